//! `/find?q=`: what the search box of the front page leads to. A number leads to its issue, the name of
//! a ward to that ward, and an address to what happens there and what can be done about it.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::extract::{Query, Reads};
use super::issue_page::{Line, opened_lines};
use super::issues::public_issue;
use super::pages::{Frame, Wrong, render};
use super::places::{self, Found, Outcome, PlaceField};
use super::sender::From;
use super::ward_pages::{path_of, title, urlencoded};
use super::{Doors, Problem, boundaries, browse};
use crate::gazetteer::{LONGEST_QUERY, plain};
use crate::geometry::{Envelope, Position};
use crate::issue::is_number;
use crate::store::{City, Order, View};
use crate::ward::{USUAL_LAYER, WardRef};

/// A place, and where one can go from it.
struct Entry {
    label: String,
    /// `lon=…&lat=…&address=…`
    query: String,
    /// Its ward: what people call it, and its page.
    ward: Option<(String, String)>,
}

/// How far around a place is looked for what happens there, in metres: as far as a watch of it reaches.
const AROUND_M: f64 = 300.0;

/// How many issues it shows.
const SHOWN: usize = 6;

/// What happens around the one place that was meant.
struct Around {
    title: String,
    lines: Vec<Line>,
    /// To all of it, and to be told of it.
    all: String,
    watch: String,
}

#[derive(Template)]
#[template(path = "pages/find.html")]
struct FindPage<'a> {
    frame: Frame<'a>,
    place: PlaceField,
    entries: Vec<Entry>,
    around: Option<Around>,
    wrongs: Vec<Wrong>,
}

/// What somebody typed.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// `GET /find?q=`
pub async fn find(
    State(doors): State<Doors>,
    from: From,
    Reads(language): Reads,
    Query(Asked { q }): Query<Asked>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let frame = Frame::new(&city.name, &language);
    let text: String = q.trim().chars().take(LONGEST_QUERY).collect();
    if let Some(path) = known(&doors, &city, &frame, &text).await? {
        return Ok(Redirect::to(&path).into_response());
    }
    let (mut found, mut wrongs) = (vec![], vec![]);
    if is_number(text.trim_start_matches('#')) {
        wrongs.push(Wrong::at("address", frame.t("page-find-no-issue")));
    } else if !text.is_empty() {
        doors.inner.limits.lookup(from)?;
        match places::settle(&doors, &city, &text).await {
            Outcome::One(one) => found.push(one),
            Outcome::Several(several) => found = several,
            Outcome::None(key) => wrongs.push(Wrong::at("address", frame.t(key))),
        }
    }
    let mut place = PlaceField::new("q", &text, &wrongs);
    place.credit = found.iter().find_map(|one| one.credit);
    let entries: Vec<Entry> = found.iter().map(|one| entry(&frame, one)).collect();
    let around = match (&*found, &*entries) {
        ([one], [entry]) => around(&doors, &city, &frame, (one, entry)).await?,
        _ => None,
    };
    render(&FindPage { frame, place, entries, around, wrongs })
}

/// The latest of what was reported around a place.
async fn around(
    doors: &Doors,
    city: &City,
    frame: &Frame<'_>,
    (found, entry): (&Found, &Entry),
) -> Result<Option<Around>, Problem> {
    let Position { lon, lat } = found.at;
    let point = Envelope { west: lon, south: lat, east: lon, north: lat };
    let boxes = point.grown_m(AROUND_M).into_iter();
    let Some(bbox) = boxes.reduce(|a, b| a.union(&b)) else { return Ok(None) };
    let view = View { bbox: Some(bbox), ..View::default() };
    let mut tx = doors.engine().store().read().await?;
    let leaf = tx.browse(city.id, &view, Order::Newest, None, SHOWN).await?;
    drop(tx);
    let now = doors.engine().clock().now();
    Ok(Some(Around {
        title: frame.with("page-find-around", "place", &found.label),
        lines: opened_lines(frame, &leaf.issues, &city.zone, now),
        all: browse::with_query("/issues", &[("bbox", &browse::bounds(bbox))]),
        watch: format!("/watch/new?{}", entry.query),
    }))
}

/// The page of an issue or a ward that is named whole.
async fn known(
    doors: &Doors,
    city: &City,
    frame: &Frame<'_>,
    text: &str,
) -> Result<Option<String>, Problem> {
    let number = text.trim_start_matches('#');
    let parts = number.split_once('-').map(<[&str; 2]>::from);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if parts.is_some_and(|parts| parts.into_iter().all(digits))
        && public_issue(doors, city, number).await.is_ok()
    {
        return Ok(Some(format!("/issues/{number}")));
    }
    let said = plain(text);
    let Some(layer) = boundaries::in_force(doors, city, USUAL_LAYER).await? else {
        return Ok(None);
    };
    let ward = layer.wards.iter().find_map(|ward| {
        let of = WardRef { layer: layer.layer.clone(), ward: ward.key.clone() };
        let (key, named) = (ward.key.clone(), format!("Ward {}", ward.key));
        let names = [title(frame, &of), named, ward.name.clone(), key];
        names.iter().any(|name| !said.is_empty() && plain(name) == said).then_some(of)
    });
    Ok(ward.map(|ward| path_of(&ward)))
}

fn entry(frame: &Frame<'_>, found: &Found) -> Entry {
    let (lon, lat) = (found.at.lon, found.at.lat);
    Entry {
        label: found.label.clone(),
        query: format!("lon={lon:.6}&lat={lat:.6}&address={}", urlencoded(&found.label)),
        ward: found.ward.as_ref().map(|ward| (title(frame, ward), path_of(ward))),
    }
}
