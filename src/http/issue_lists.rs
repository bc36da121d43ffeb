//! Lists of issues: JSON, GeoJSON, CSV, all with the same filters.

use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::browse::map_data;
use super::extract::Query;
use super::issues::IssueWire;
use super::{Doors, Problem};
use crate::clock::Timestamp;
use crate::geometry::{Envelope, Position};
use crate::issue::{Issue, IssueId, Place, Status};
use crate::store::IssueQuery;
use crate::ward::WardRef;

/// What `GET /api/v1/issues` can be asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    bbox: Option<String>,
    /// `12`, or `LAYER:12`; without a layer it is `wards`.
    ward: Option<String>,
    category: Option<String>,
    /// A status, or `open`.
    status: Option<String>,
    updated_after: Option<String>,
    q: Option<String>,
    cursor: Option<String>,
    limit: Option<i64>,
}

/// How long the words may be that are looked for, in characters.
pub(super) const A_SEARCH: usize = 200;

/// A page of issues, and where the next one begins.
struct Page {
    issues: Vec<IssueWire>,
    cursor: Option<String>,
    /// The `Link` header (RFC 8288) to the next page.
    next: Option<String>,
}

impl Page {
    async fn read(
        doors: &Doors,
        asked: ListQuery,
        uri: &Uri,
        usual: i64,
        most: i64,
    ) -> Result<Self, Problem> {
        let city = doors.city().await?;
        let query = asked.parse(usual, most)?;
        let mut tx = doors.engine().store().read().await?;
        let issues = tx.list_issues(city.id, &query).await?;
        let ids: Vec<IssueId> = issues.iter().map(|issue| issue.id).collect();
        let wards = tx.wards_of_issues(city.id, &ids).await?;
        drop(tx);
        let full = i64::try_from(issues.len()).is_ok_and(|n| n == query.limit);
        let cursor = issues.last().filter(|_| full).map(cursor_after);
        let next = cursor.as_deref().map(|cursor| next_link(uri, cursor));
        let url = &doors.inner.public_url;
        let wires = issues.into_iter().map(|issue| IssueWire::of(issue, &wards, url)).collect();
        Ok(Self { issues: wires, cursor, next })
    }

    fn answer(next: Option<String>, kind: &'static str, body: String) -> Response {
        let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(next) = next.and_then(|link| HeaderValue::try_from(link).ok()) {
            response.headers_mut().insert(header::LINK, next);
        }
        response
    }
}

fn next_link(uri: &Uri, cursor: &str) -> String {
    let asked = uri.query().unwrap_or_default().split('&');
    let mut kept: Vec<&str> =
        asked.filter(|part| !part.is_empty() && !part.starts_with("cursor=")).collect();
    let cursor = format!("cursor={cursor}");
    kept.push(&cursor);
    format!("<{}?{}>; rel=\"next\"", uri.path(), kept.join("&"))
}

/// `GET /api/v1/issues`, latest change first.
pub async fn json(
    State(doors): State<Doors>,
    uri: Uri,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Problem> {
    let page = Page::read(&doors, asked, &uri, 50, 500).await?;
    let body = json!({ "issues": page.issues, "cursor": page.cursor });
    Ok(Page::answer(page.next, "application/json", body.to_string()))
}

/// `GET /api/v1/issues.geojson`: the same as a `FeatureCollection`. An issue whose place is not
/// believed has no geometry.
///
/// With `zoom` it is what a map shows, with the filters of `/issues`: points, of which some stand for
/// `count` issues.
pub async fn geojson(
    State(doors): State<Doors>,
    uri: Uri,
    Query(pairs): Query<Vec<(String, String)>>,
    asked: Result<Query<ListQuery>, Problem>,
) -> Result<Response, Problem> {
    if pairs.iter().any(|(name, _)| name == "zoom") {
        return map_data::answer(&doors, &pairs).await;
    }
    let Query(asked) = asked?;
    let page = Page::read(&doors, asked, &uri, 500, 5_000).await?;
    let features: Vec<Value> = page.issues.iter().map(feature).collect();
    let all = json!({ "type": "FeatureCollection", "features": features });
    Ok(Page::answer(page.next, "application/geo+json", all.to_string()))
}

pub(super) fn feature(issue: &IssueWire) -> Value {
    let believed = issue.lon.zip(issue.lat).filter(|_| issue.place == Place::Good);
    let point = |(lon, lat)| json!({ "type": "Point", "coordinates": [lon, lat] });
    json!({
        "type": "Feature", "id": issue.number, "properties": issue,
        "geometry": believed.map(point),
    })
}

const COLUMNS: &str = "number,category,status,address,description,lon,lat,place,opened_at,\
    changed_at,closed_at,votes,wards,link\r\n";

/// `GET /api/v1/issues.csv`: the same as RFC 4180 tells it, with a header.
pub async fn csv(
    State(doors): State<Doors>,
    uri: Uri,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Problem> {
    let page = Page::read(&doors, asked, &uri, 500, 5_000).await?;
    let rows: String = page.issues.iter().map(row).collect();
    Ok(Page::answer(
        page.next,
        "text/csv; charset=utf-8; header=present",
        COLUMNS.to_owned() + &rows,
    ))
}

fn row(issue: &IssueWire) -> String {
    let number = |n: Option<f64>| n.map(|n| n.to_string()).unwrap_or_default();
    let wards: Vec<String> =
        issue.wards.iter().map(|w| format!("{}:{}", w.layer, w.ward)).collect();
    let cells = [
        cell(&issue.number),
        cell(&issue.category),
        issue.status.name().to_owned(),
        cell(&issue.address),
        cell(&issue.description),
        number(issue.lon),
        number(issue.lat),
        issue.place.name().to_owned(),
        issue.opened_at.to_string(),
        issue.changed_at.to_string(),
        issue.closed_at.map(|at| at.to_string()).unwrap_or_default(),
        issue.votes.to_string(),
        cell(&wards.join(" ")),
        cell(&issue.link),
    ];
    cells.join(",") + "\r\n"
}

/// A text as a CSV cell. One that a spreadsheet would run as a formula is held back by a quote
/// (OWASP, "CSV Injection"): residents write these.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn cursor_after(issue: &Issue) -> String {
    format!("{}.{}", issue.standing.changed_at.as_millis(), issue.id.0.simple())
}

impl ListQuery {
    fn parse(self, usual: i64, most: i64) -> Result<IssueQuery, Problem> {
        let (status, open) = match self.status.as_deref() {
            None => (None, None),
            Some("open") => (None, Some(true)),
            Some(name) => (
                Some(Status::from_name(name).ok_or_else(|| {
                    let names = Status::ALL.map(Status::name).join(", ");
                    Problem::field(
                        "/status",
                        format!("“{name}” is no status; choose open, {names}"),
                    )
                })?),
                None,
            ),
        };
        let updated_after = self
            .updated_after
            .map(|text| text.parse::<Timestamp>())
            .transpose()
            .map_err(|e| Problem::field("/updated_after", e.to_string()))?;
        let limit = self.limit.unwrap_or(usual);
        if !(1..=most).contains(&limit) {
            return Err(Problem::field("/limit", format!("`limit` is from 1 to {most}")));
        }
        let words = self.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
        if words.is_some_and(|words| words.chars().count() > A_SEARCH) {
            let detail = format!("`q` has at most {A_SEARCH} characters");
            return Err(Problem::field("/q", detail));
        }
        Ok(IssueQuery {
            bbox: self.bbox.as_deref().map(parse_bbox).transpose()?,
            ward: self.ward.as_deref().map(WardRef::read),
            category: self.category,
            status,
            open,
            updated_after,
            words: words.map(str::to_owned),
            after: self.cursor.as_deref().map(parse_cursor).transpose()?,
            limit,
        })
    }
}

pub(super) fn parse_bbox(text: &str) -> Result<Envelope, Problem> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse()).collect();
    let corner = |lon, lat| Position { lon, lat }.is_on_earth();
    match numbers.as_deref() {
        Ok(&[west, south, east, north])
            if corner(west, south) && corner(east, north) && west <= east && south <= north =>
        {
            Ok(Envelope { west, south, east, north })
        }
        _ => Err(Problem::field("/bbox", "`bbox` is west,south,east,north in degrees")),
    }
}

fn parse_cursor(text: &str) -> Result<(Timestamp, IssueId), Problem> {
    let parse = || {
        let (millis, id) = text.split_once('.')?;
        Some((Timestamp::from_millis(millis.parse().ok()?), IssueId(id.parse().ok()?)))
    };
    parse().ok_or_else(|| Problem::field("/cursor", "`cursor` is what the last answer gave"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_runs_nowhere() {
        assert_eq!(cell("Main St"), "Main St");
        assert_eq!(cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell("two\nlines"), "\"two\nlines\"");
    }

    #[test]
    fn the_next_page_keeps_the_question() {
        let uri: Uri = "/api/v1/issues?ward=1&cursor=old&limit=2".parse().unwrap();
        let next = "</api/v1/issues?ward=1&limit=2&cursor=5.a>; rel=\"next\"";
        assert_eq!(next_link(&uri, "5.a"), next);
    }
}
