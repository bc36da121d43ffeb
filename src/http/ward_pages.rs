//! The pages of wards: all of them with a map, and one with its issues and a field to subscribe.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::extract::{Path, Query, Reads};
use super::issue_page::{Line, Picture, lines};
use super::pages::{self, Frame, Wrong, render};
use super::places::{self, Outcome, PlaceField};
use super::sender::From;
use super::ward_office::Office;
use super::{Doors, Problem, boundaries, island_words, sign_up};
use crate::drawing::{self, Ground};
use crate::engine::NewWatch;
use crate::geometry::Position;
use crate::message::Language;
use crate::store::{City, IssueQuery};
use crate::ward::{LayerVersion, USUAL_LAYER, Ward, WardRef};
use crate::watch::{Filter, Meant, Rhythm, Target, Via};

/// A ward in a list.
struct Entry {
    title: String,
    name: String,
    link: String,
}

#[derive(Template)]
#[template(path = "pages/wards.html")]
struct WardsPage<'a> {
    frame: Frame<'a>,
    wards: Vec<Entry>,
    picture: Option<Picture>,
    /// JSON.
    locate: String,
    place: PlaceField,
    /// Wards of the places that were found: what they are called, with the place.
    found: Vec<(String, Entry)>,
    wrongs: Vec<Wrong>,
}

/// A place that is asked for, as its form sends it.
#[derive(Debug, Deserialize)]
pub struct Where {
    #[serde(default)]
    lon: String,
    #[serde(default)]
    lat: String,
    /// An address.
    #[serde(default)]
    q: Option<String>,
}

impl Where {
    fn place(&self) -> Option<Position> {
        Position::on_earth(self.lon.parse().ok()?, self.lat.parse().ok()?).ok()
    }

    fn is_asked(&self) -> bool {
        !self.lon.is_empty() || !self.lat.is_empty()
    }
}

/// `GET /wards`: all wards; with a place or an address, the one that holds it.
pub async fn list(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Query(asked): Query<Where>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let frame = Frame::new(&city.name, &language);
    let (mut wrongs, mut found) = (vec![], vec![]);
    if let Some(text) = &asked.q {
        match of_address(&doors, &city, &frame, text).await {
            Ok(wards) if wards.len() == 1 => {
                return Ok(Redirect::to(&wards[0].1.link).into_response());
            }
            Ok(wards) => found = wards,
            Err(wrong) => wrongs.push(wrong),
        }
    }
    if asked.is_asked() {
        match ward_of(&doors, &city, asked.place()).await {
            Some(ward) => return Ok(Redirect::to(&path_of(&ward)).into_response()),
            None => wrongs.push(Wrong::at("wards", frame.t("page-wards-nowhere"))),
        }
    }
    let layer = boundaries::in_force(&doors, &city, USUAL_LAYER).await?;
    let wards = layer.iter().flat_map(|layer| {
        let mut wards: Vec<&Ward> = layer.wards.iter().collect();
        wards.sort_by(|a, b| by_number(&a.key).cmp(&by_number(&b.key)));
        wards.into_iter().map(|ward| entry(&frame, layer, ward)).collect::<Vec<_>>()
    });
    let page = WardsPage {
        wards: wards.collect(),
        picture: layer.as_deref().and_then(|layer| draw(layer, None, doors.ground())),
        locate: island_words::of(&frame.words, "locate", doors.inner.units),
        place: PlaceField::new("q", asked.q.as_deref().unwrap_or_default(), &wrongs),
        found,
        wrongs,
        frame,
    };
    render(&page)
}

/// The wards of the places that an address may mean, each ward once.
async fn of_address(
    doors: &Doors,
    city: &City,
    frame: &Frame<'_>,
    text: &str,
) -> Result<Vec<(String, Entry)>, Wrong> {
    let found = match places::settle(doors, city, text).await {
        Outcome::One(found) => vec![found],
        Outcome::Several(several) => several,
        Outcome::None(key) => return Err(Wrong::at("address", frame.t(key))),
    };
    let mut wards: Vec<(String, Entry)> = vec![];
    for place in found {
        let Some(ward) = place.ward else { continue };
        let link = path_of(&ward);
        if !wards.iter().any(|(_, known)| known.link == link) {
            let entry = Entry { title: title(frame, &ward), name: String::new(), link };
            wards.push((place.label, entry));
        }
    }
    if wards.is_empty() {
        return Err(Wrong::at("address", frame.t("page-wards-nowhere")));
    }
    Ok(wards)
}

/// The ward that holds a place, of the layer whose wards people know by number.
pub(super) async fn ward_of(doors: &Doors, city: &City, at: Option<Position>) -> Option<WardRef> {
    let hits = doors.engine().wards_at(city.id, at?).await;
    let mut usual = hits.into_iter().filter(|hit| hit.ward.layer == USUAL_LAYER && !hit.near);
    usual.next().map(|hit| hit.ward)
}

/// Numbers as numbers, and before names.
pub(super) fn by_number(key: &str) -> (u64, &str) {
    let digits = key.len() - key.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (key[..digits].parse().unwrap_or(u64::MAX), &key[digits..])
}

fn entry(frame: &Frame<'_>, layer: &LayerVersion, ward: &Ward) -> Entry {
    let of = WardRef { layer: layer.layer.clone(), ward: ward.key.clone() };
    let title = title(frame, &of);
    let name = if ward.name == ward.key || ward.name == title { "" } else { &*ward.name };
    Entry { name: name.to_owned(), link: path_of(&of), title }
}

/// What people call a ward: by its number, or with its layer where that is not wards.
pub(super) fn title(frame: &Frame<'_>, ward: &WardRef) -> String {
    if ward.layer == USUAL_LAYER {
        frame.with("page-target-ward", "what", &ward.ward)
    } else {
        format!("{} {}", ward.layer, ward.ward)
    }
}

pub(super) fn path_of(ward: &WardRef) -> String {
    let key = if ward.layer == USUAL_LAYER {
        ward.ward.clone()
    } else {
        format!("{}:{}", ward.layer, ward.ward)
    };
    format!("/wards/{}", urlencoded(&key))
}

/// A segment of a path (RFC 3986, §3.3).
pub(super) fn urlencoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    let escaped =
        |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(escaped).collect()
}

/// How wide a map is drawn, in its own pixels.
const WIDTH: f64 = 640.0;

/// All wards, or one among its neighbours.
fn draw(layer: &LayerVersion, mine: Option<&Ward>, ground: &Ground) -> Option<Picture> {
    let shown = layer.wards.iter().filter(|ward| mine.is_none_or(|mine| mine.key == ward.key));
    let around = shown.flat_map(|ward| ward.shape.envelopes(0.0)).reduce(|a, b| a.union(&b))?;
    let frame = drawing::Frame::fit_width(&around, WIDTH, 28.0);
    let mut map = drawing::Map::new(frame);
    for ward in &layer.wards {
        let here = mine.is_some_and(|mine| mine.key == ward.key);
        map = map.area(if here { "land here" } else { "land" }, &ward.shape);
    }
    map = map.ground(ground);
    for ward in &layer.wards {
        map = map.area("ward", &ward.shape);
    }
    for ward in &layer.wards {
        map = map.label("label", &ward.key, &ward.shape);
    }
    Some(Picture::of(&map))
}

/// How many issues a ward's page shows.
const SHOWN: i64 = 10;

#[derive(Template)]
#[template(path = "pages/ward.html")]
struct WardPage<'a> {
    frame: Frame<'a>,
    title: String,
    /// What the city calls it, where that says more.
    name: String,
    key: String,
    picture: Option<Picture>,
    lines: Vec<Line>,
    office: Office,
    email: String,
    wrongs: Vec<Wrong>,
}

/// A ward that somebody asked for.
struct Found {
    city: City,
    layer: Arc<LayerVersion>,
    ward: WardRef,
}

impl Found {
    async fn read(doors: &Doors, key: &str) -> Result<Self, Problem> {
        let city = doors.city().await?;
        let ward = WardRef::read(key);
        let layer = boundaries::in_force(doors, &city, &ward.layer).await?;
        let layer = layer.filter(|layer| layer.wards.iter().any(|one| one.key == ward.ward));
        let missing = || Problem::new(StatusCode::NOT_FOUND, format!("there is no ward “{key}”"));
        Ok(Self { layer: layer.ok_or_else(missing)?, city, ward })
    }

    fn shape(&self) -> Option<&Ward> {
        self.layer.wards.iter().find(|one| one.key == self.ward.ward)
    }

    async fn page(
        &self,
        doors: &Doors,
        language: &Language,
        email: String,
        wrongs: Vec<Wrong>,
    ) -> Result<Response, Problem> {
        let query =
            IssueQuery { ward: Some(self.ward.clone()), limit: SHOWN, ..IssueQuery::default() };
        let issues = doors.engine().store().read().await?.list_issues(self.city.id, &query).await?;
        let frame = Frame::new(&self.city.name, language);
        let office = Office::of(doors, &self.city, &frame, &self.ward).await?;
        let lines = lines(&frame, &issues, &self.city.zone, doors.engine().clock().now());
        let title = title(&frame, &self.ward);
        let name = self.shape().map_or("", |ward| &*ward.name);
        let name = if name == self.ward.ward || name == title { "" } else { name };
        render(&WardPage {
            name: name.to_owned(),
            key: self.key(),
            picture: draw(&self.layer, self.shape(), doors.ground()),
            title,
            lines,
            office,
            email,
            wrongs,
            frame,
        })
    }

    fn key(&self) -> String {
        path_of(&self.ward).trim_start_matches("/wards/").to_owned()
    }
}

/// `GET /wards/{ward}`: `12`, or `LAYER:12`.
pub async fn show(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Path(key): Path<String>,
) -> Result<Response, Problem> {
    let found = Found::read(&doors, &key).await?;
    found.page(&doors, &language, String::new(), vec![]).await
}

/// The one field.
#[derive(Debug, Deserialize)]
pub struct Subscribing {
    #[serde(default)]
    email: String,
    #[serde(default)]
    what: Followed,
}

/// What of a ward is followed.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Followed {
    /// What is reported there.
    #[default]
    News,
    /// What officials reply there.
    Replies,
}

/// `POST /wards/{ward}`: a daily digest of the ward, or of what officials reply there, once its reader has
/// agreed.
pub async fn subscribe(
    State(doors): State<Doors>,
    from: From,
    Reads(language): Reads,
    Path(key): Path<String>,
    Form(Subscribing { email, what }): Form<Subscribing>,
) -> Result<Response, Problem> {
    let found = Found::read(&doors, &key).await?;
    let frame = Frame::new(&found.city.name, &language);
    let address = match sign_up::read_email(&frame, &email) {
        Ok(address) => address,
        Err(wrong) => {
            return Ok(pages::refused(found.page(&doors, &language, email, vec![wrong]).await?));
        }
    };
    let title = title(&frame, &found.ward);
    let (name, filter) = match what {
        Followed::News => (title, Filter::for_places()),
        Followed::Replies => {
            (frame.with("page-ward-replies", "ward", &title), Filter::for_replies())
        }
    };
    let new = NewWatch {
        id: sign_up::new_id(&doors),
        name,
        target: Target::Wards { wards: vec![found.ward.clone()], meant: Meant::ThisWard },
        filter,
        rhythm: Rhythm::Daily,
        via: Via::MAIL,
    };
    let asked = sign_up::ask(&doors, from, &found.city, &language, (address, new)).await?;
    Ok(asked.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wards_stand_in_the_order_of_their_numbers() {
        let mut keys = ["10", "2", "2a", "Central", "1"];
        keys.sort_by(|a, b| by_number(a).cmp(&by_number(b)));
        assert_eq!(keys, ["1", "2", "2a", "10", "Central"]);
    }

    #[test]
    fn a_ward_of_any_name_has_a_path() {
        let path = |layer: &str, ward: &str| {
            path_of(&WardRef { layer: layer.to_owned(), ward: ward.to_owned() })
        };
        assert_eq!(path("wards", "12"), "/wards/12");
        assert_eq!(path("police-beats", "A/1 ż"), "/wards/police-beats:A%2F1%20%C5%BC");
    }
}
