//! The doors: HTTP in, the engine behind.
//!
//! The one rule: what comes in is parsed here, completely, before anything else sees it; a refusal
//! names the field. Errors are problem documents (RFC 9457); an internal error's text stays inside.

mod auth;
mod boundaries;
mod bulk;
mod dev;
mod issues;
mod limits;
mod links;
mod operate;
mod pages;
mod problem;
mod subscriptions;
mod watch_wire;
mod watches;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::engine::Engine;
use crate::metrics::Metrics;
use crate::store::City;

pub use dev::{CaughtMail, CaughtPushes, read as read_caught};
pub use problem::Problem;
pub use subscriptions::PushDoor;

/// What the doors are built with.
#[derive(Debug)]
pub struct DoorSettings {
    pub engine: Engine,
    pub metrics: Metrics,
    pub push: PushDoor,
    /// Without a slash at its end.
    pub public_url: String,
    /// The folder of caught mail, where mail is caught and not sent.
    pub caught_mail: Option<PathBuf>,
}

/// What the doors need.
#[derive(Clone, Debug)]
pub struct Doors {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    metrics: Metrics,
    push: PushDoor,
    public_url: String,
    caught_mail: Option<PathBuf>,
    caught_pushes: CaughtPushes,
    limits: limits::Limits,
}

impl Doors {
    #[must_use]
    pub fn new(settings: DoorSettings) -> Self {
        let DoorSettings { engine, metrics, push, public_url, caught_mail } = settings;
        let inner = Inner {
            engine,
            metrics,
            push,
            public_url,
            caught_mail,
            caught_pushes: CaughtPushes::default(),
            limits: limits::Limits::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The folder of caught mail, where mail is caught and not sent.
    #[must_use]
    pub fn caught_mail(&self) -> Option<&Path> {
        self.inner.caught_mail.as_deref()
    }

    /// Where a receiver on this machine puts the pushes it has caught.
    #[must_use]
    pub fn caught_pushes(&self) -> &CaughtPushes {
        &self.inner.caught_pushes
    }

    fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The city that is served.
    async fn city(&self) -> Result<City, Problem> {
        let cities = self.engine().cities().await?;
        cities.into_iter().next().ok_or_else(|| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "this instance has no city yet")
        })
    }
}

/// A body that one request may have; bulk streams have their own bound, a line at a time.
const A_BODY: usize = 2 << 20;

/// All routes.
pub fn router(doors: &Doors) -> Router {
    let bounded = Router::new()
        .route("/api/v1/issues", post(issues::report).get(issues::list))
        .route("/api/v1/issues/{number}", get(issues::read_json))
        .route("/api/v1/issues/{number}/events", post(issues::happen))
        .route("/api/v1/watches", post(watches::create).get(watches::list))
        .route(
            "/api/v1/watches/{id}",
            get(watches::read).patch(watches::change).delete(watches::delete),
        )
        .route("/api/v1/watches/{id}/confirm", post(watches::confirm))
        .route("/api/v1/push/key", get(subscriptions::key))
        .route("/api/v1/push/subscriptions", post(subscriptions::add))
        .route("/api/v1/boundaries", get(boundaries::list))
        .route("/api/v1/boundaries/at", get(boundaries::at))
        .route("/api/v1/boundaries/{layer}", get(boundaries::layer))
        .route("/api/v1/boundaries/{layer}/{ward}", get(boundaries::ward))
        .route("/confirm/{token}", get(links::ask_confirm).post(links::confirm))
        .route("/u/{token}", get(links::ask_unsubscribe).post(links::unsubscribe))
        .route("/watch/{token}", get(links::manage).post(links::manage_one))
        .route("/issues/{number}", get(pages::issue))
        .route("/assets/wardwatch.css", get(pages::css))
        .route("/healthz", get(operate::healthz))
        .route("/readyz", get(operate::readyz))
        .route("/metrics", get(operate::metrics))
        .layer(RequestBodyLimitLayer::new(A_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(30),
        ));
    let dev = match doors.inner.caught_mail {
        Some(_) => dev::routes(),
        None => Router::new(),
    };
    bounded
        .route("/api/v1/events", post(bulk::stream))
        .merge(dev)
        .fallback(problem::no_such_page)
        .with_state(doors.clone())
        .layer(middleware::from_fn_with_state(doors.clone(), watched))
}

/// The front page, for an instance that has no other.
pub fn front(doors: &Doors) -> Router {
    Router::new().route("/", get(pages::home)).with_state(doors.clone())
}

/// Times each request by its route's pattern, and sets the headers that every answer carries.
async fn watched(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    doors.inner.metrics.request(method.as_str(), &route, status, took);
    if response.status().is_server_error() {
        tracing::warn!(method = %method, route, status, "a request failed");
    }
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Nothing from anywhere but here, nothing inline, nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";
