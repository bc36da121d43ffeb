//! What every answer shares: it is timed, it carries the same headers, and when it is a refusal a
//! program gets a problem document and a person a page.
//!
//! The one rule: a path may hold a token, so nothing here ever writes a path down.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Doors, Problem, basemap, extract, pages, uploads};
use crate::message::Language;

/// How long an answer may take to begin.
const A_REQUEST: Duration = Duration::from_secs(30);

/// And where pictures come in, from phones in streets with little reception.
const AN_UPLOAD: Duration = Duration::from_mins(5);

/// Nothing from anywhere but here, nothing inline, framed by these. A page with a map may have more
/// (`basemap`).
macro_rules! policy {
    ($ancestors:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             media-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
             worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ",
            $ancestors
        )
    };
}

/// Nobody's frame.
pub(super) const POLICY: &str = policy!("'none'");

/// Of the one page that anybody may frame.
pub const FRAMED_POLICY: &str = policy!("*");

/// What of a request matters to its answer's manners.
struct Asked {
    method: &'static str,
    /// The route's pattern, never the path itself.
    route: String,
    for_program: bool,
    private: bool,
    link: bool,
    patience: Duration,
    reads: Option<Language>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let starts = |list: &[&str]| list.iter().any(|start| path.starts_with(start));
        let pattern = request.extensions().get::<MatchedPath>();
        let link = starts(&[
            "/confirm/",
            "/contact/",
            "/u/",
            "/watch/",
            "/fixed/",
            "/signin/",
            "/feeds/mine/",
        ]) && !starts(&["/watch/new"]);
        Self {
            method: method_name(request.method()),
            route: pattern.map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned()),
            for_program: starts(&[
                "/api/",
                "/open311/",
                "/feeds/",
                "/ground/",
                "/healthz",
                "/readyz",
                "/metrics",
            ]) || ["/dev/mail.json", "/dev/push.json", "/basemap.pmtiles"]
                .contains(&path),
            private: link
                || starts(&[
                    "/watch",
                    "/signin",
                    "/desk",
                    "/report/sent",
                    "/account",
                    "/inbox",
                    "/api/v1/watches",
                    "/api/v1/me",
                    "/api/v1/push/subscriptions",
                    "/dev/",
                ]),
            link,
            patience: if uploads::brings(request) { AN_UPLOAD } else { A_REQUEST },
            reads: extract::accepted(request.headers()),
        }
    }
}

/// A label that strangers cannot invent.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Whether another site sent what may change something (`Sec-Fetch-Site`, Fetch Metadata). Nobody acts here
/// by a page that is not ours: it could act for a visitor, or sign them in as somebody else. A program may
/// come from anywhere, and so may the button of a mail program that ends a watch; they bring no cookie's word.
fn comes_from_elsewhere(request: &Request) -> bool {
    let path = request.uri().path();
    let for_all = ["/api/", "/open311/", "/u/"].iter().any(|start| path.starts_with(start));
    let site = request.headers().get("sec-fetch-site").and_then(|site| site.to_str().ok());
    !for_all && !request.method().is_safe() && matches!(site, Some("cross-site" | "same-site"))
}

/// What the routes answer, in time.
async fn answer(asked: &Asked, request: Request, next: Next) -> Response {
    if comes_from_elsewhere(&request) {
        let detail =
            "this was sent from a page of another site; open the page here and send it there";
        return Problem::new(StatusCode::FORBIDDEN, detail).into_response();
    }
    match tokio::time::timeout(asked.patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "this took too long and was given up; try again in a moment",
        )
        .into_response(),
    }
}

/// The layer around all routes.
pub async fn kept(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let asked = Asked::of(&request);
    let mut response = answer(&asked, request, next).await;
    let is_refusal = response.status().is_client_error() || response.status().is_server_error();
    // A form to be mended is a page already.
    let is_page = response.extensions().get::<pages::Form>().is_some();
    if is_refusal && !is_page {
        response = refusal(&doors, &asked, response).await;
    }
    let status = response.status();
    doors.inner.metrics.request(asked.method, &asked.route, status.as_u16(), began.elapsed());
    if status.is_server_error() {
        let (method, route) = (asked.method, &asked.route);
        tracing::warn!(method, route, status = status.as_u16(), "a request failed");
    }
    let policy = basemap::policy(&doors, &response);
    dress(&asked, policy, &mut response);
    response
}

/// A refusal in the asker's form, whoever gave it: a handler, an extractor, or a layer that says
/// only a number.
async fn refusal(doors: &Doors, asked: &Asked, mut said: Response) -> Response {
    let problem = said.extensions_mut().remove::<Problem>();
    let problem = problem.unwrap_or_else(|| Problem::of_status(said.status()));
    let mut response = if asked.for_program {
        problem.into_response()
    } else {
        pages::refusal(doors, &problem, asked.link, asked.reads.clone()).await
    };
    let told = [header::ALLOW, header::ACCEPT_ENCODING, header::RETRY_AFTER, header::CONTENT_RANGE];
    for name in told {
        if let Some(value) = said.headers_mut().remove(&name) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn dress(asked: &Asked, policy: Option<HeaderValue>, response: &mut Response) {
    let (referrer, cache) =
        if asked.private { ("no-referrer", "no-store") } else { ("same-origin", "no-cache") };
    let mut all: Vec<(HeaderName, &'static str)> = vec![
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, referrer),
        (header::CACHE_CONTROL, cache),
    ];
    if asked.link {
        all.push((HeaderName::from_static("x-robots-tag"), "noindex, nofollow"));
    }
    let headers = response.headers_mut();
    if let Some(policy) = policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in all {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
