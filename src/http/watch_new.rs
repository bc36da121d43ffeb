//! `/watch/new`: where, what, how and when, on one page that works without JavaScript. A place that is
//! found (by address, or where the device is) becomes a circle, which the drawing tool can change.

mod address;
mod form;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::choice::Fields;
use super::device::Device;
use super::extract::{Query, Reads};
use super::issue_page::Picture;
use super::pages::{self, Frame, Notice, Wrong, render};
use super::places::{Found, PlaceField};
use super::sender::From;
use super::watches::find;
use super::{Doors, Problem, basemap, boundaries, browse, island_words, session, sign_up};
use crate::drawing;
use crate::engine::{Beside, NewWatch, Who};
use crate::geometry::Units;
use crate::message::Language;
use crate::store::City;
use crate::token::Token;
use crate::ward::{LayerVersion, USUAL_LAYER};
use crate::watch::{Target, Via};
use crate::watcher::{Address, PushSubscription};

use form::Kind;

pub(super) use address::look as look_up;
pub(super) use form::Filled;

/// A ward to choose.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "pages/watch_new.html")]
struct NewPage<'a> {
    frame: Frame<'a>,
    filled: &'a Filled,
    fields: Fields,
    place: PlaceField,
    wards: Vec<Choice>,
    /// `west,south,east,north` of what the map shows first.
    bounds: String,
    /// Attributes: the operator's map beneath ours.
    beneath: String,
    units: &'static str,
    limits: crate::geometry::Limits,
    radii: Vec<Choice>,
    picture: Option<Picture>,
    wrongs: Vec<Wrong>,
    /// JSON for the islands.
    draw: String,
    locate: String,
    push: String,
}

/// `GET /watch/new?ward=&category=&lon=&lat=`: the form, filled in as far as the link says.
pub async fn ask(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let filled = Filled::linked(&pairs);
    page(&doors, &city, &language, (&filled, &[]), vec![]).await
}

/// `POST /watch/new`: finds a place and shows the form again with it, or makes the watch.
pub async fn press(
    State(doors): State<Doors>,
    from: From,
    Reads(language): Reads,
    Device(device): Device,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let frame = Frame::new(&city.name, &language);
    let mut filled = Filled::read(&pairs);
    let looked = address::look(&doors, &city, &frame, &mut filled).await;
    let (several, mut wrongs) = (&*looked.several, looked.wrongs);
    if wrongs.is_empty() && several.is_empty() {
        wrongs = filled.place(&frame);
    }
    if filled.only_looks {
        if wrongs.is_empty() && !filled.finds_address {
            address::call(&doors, &city, &mut filled).await;
        }
        return page(&doors, &city, &language, (&filled, several), wrongs).await;
    }
    let target = match target(&doors, &city, &frame, &filled).await {
        Ok(target) => Some(target),
        // What is wrong with the place says it already.
        Err(_) if !wrongs.is_empty() => None,
        Err(wrong) => {
            wrongs.push(wrong);
            None
        }
    };
    let filter = filled.filter().map_err(|why| wrongs.push(form::wrong_filter(&frame, why))).ok();
    let who = who(&doors, &frame, &filled).map_err(|wrong| wrongs.push(wrong)).ok();
    let (Some(target), Some(filter), Some(who), true) = (target, filter, who, wrongs.is_empty())
    else {
        let again = page(&doors, &city, &language, (&filled, several), wrongs).await?;
        return Ok(pages::refused(again));
    };
    let new = NewWatch {
        id: sign_up::new_id(&doors),
        name: form::name(&frame, &filled, &target),
        target,
        filter,
        rhythm: filled.rhythm,
        via: Via::MAIL,
    };
    let made = match who {
        Told { by: Address::Mail(email), also } => {
            let (via, beside) = match also {
                Some(browser) => (Via::BOTH, Beside::Browser(browser, device)),
                None => (Via::MAIL, Beside::Nothing),
            };
            let asked = (email, NewWatch { via, ..new });
            sign_up::ask_beside(&doors, from, &city, &language, asked, beside)
                .await
                .map(IntoResponse::into_response)
        }
        Told { by, .. } => by_push(&doors, from, &city, &language, (by, device, new)).await,
    };
    match made {
        Err(problem) if problem.status().as_u16() == 422 => {
            let wrongs = vec![Wrong::at("where", frame.t("page-wrong-outside"))];
            Ok(pages::refused(page(&doors, &city, &language, (&filled, &[]), wrongs).await?))
        }
        other => other,
    }
}

/// A browser is its own proof: the watch speaks at once.
async fn by_push(
    doors: &Doors,
    from: From,
    city: &City,
    language: &Language,
    (address, device, new): (Address, Option<String>, NewWatch),
) -> Result<Response, Problem> {
    doors.inner.limits.sign_up(from)?;
    let who = Who::Address { address: address.clone(), language: language.to_string() };
    let row = doors.engine().watch(city, who, NewWatch { via: Via::PUSH, ..new }).await?;
    if let Some(device) = device {
        doors.engine().name_browser(city, &address, &device).await?;
    }
    let watcher = row.watch.watcher;
    let token = Token::Manage { city: city.id, watcher }.seal(doors.engine().secrets());
    let manage = format!("/watch/{token}");
    let notice = Notice::Confirmed { watch: &row.watch, manage: &manage, issue: None };
    let done = pages::notice(Frame::new(&city.name, language), &notice)?;
    Ok(session::signed_in(doors, city, watcher, done))
}

/// How they are told.
struct Told {
    by: Address,
    /// This browser, beside a mail address.
    also: Option<Address>,
}

/// How they are told: by mail, by this browser, or by both once the mail is answered.
fn who(doors: &Doors, frame: &Frame<'_>, filled: &Filled) -> Result<Told, Wrong> {
    let browser = if filled.push.is_empty() {
        None
    } else {
        Some(read_browser(doors, frame, "email", &filled.push)?)
    };
    match (filled.email.trim(), browser) {
        ("", Some(by)) => Ok(Told { by, also: None }),
        (_, also) => {
            let by = sign_up::read_email(frame, &filled.email).map(Address::Mail)?;
            Ok(Told { by, also })
        }
    }
}

/// A browser, as the island that subscribes it fills its field.
///
/// # Errors
/// The sentence that says what to do.
pub(super) fn read_browser(
    doors: &Doors,
    frame: &Frame<'_>,
    field: &'static str,
    text: &str,
) -> Result<Address, Wrong> {
    let push: Option<PushSubscription> = serde_json::from_str(text).ok();
    let push = push.filter(|push| doors.inner.push.check("/push", push).is_ok());
    push.map(Address::Push).ok_or_else(|| Wrong::at(field, frame.t("page-wrong-push")))
}

/// What is watched.
async fn target(
    doors: &Doors,
    city: &City,
    frame: &Frame<'_>,
    filled: &Filled,
) -> Result<Target, Wrong> {
    let wanted = match filled.kind {
        Kind::Area => {
            let area: Value = serde_json::from_str(&filled.area)
                .map_err(|_| Wrong::at("where", frame.t("page-wrong-no-area")))?;
            let shape = doors.inner.watch_limits.read(&area);
            let shape = shape.map_err(|_| Wrong::at("where", frame.t("page-wrong-area")))?;
            return Ok(Target::Area(Arc::new(shape)));
        }
        Kind::Ward => filled.ward().ok_or_else(|| frame.t("page-wrong-no-ward")),
        Kind::MyWard => filled.my_ward().ok_or_else(|| frame.t("page-wrong-no-place")),
    };
    let wanted = wanted.map_err(|says| Wrong::at("where", says))?;
    let found = find(doors, city, wanted).await;
    found.map_err(|_| Wrong::at("where", frame.t("page-wards-nowhere")))
}

async fn page(
    doors: &Doors,
    city: &City,
    language: &Language,
    (filled, several): (&Filled, &[Found]),
    wrongs: Vec<Wrong>,
) -> Result<Response, Problem> {
    let known = doors.engine().store().read().await?.categories_offered(city.id).await?;
    let layer = boundaries::in_force(doors, city, USUAL_LAYER).await?;
    let (frame, units) = (Frame::new(&city.name, language), doors.inner.units);
    let filter = filled.filter().unwrap_or_else(|_| crate::watch::Filter::for_places());
    let words = |island| island_words::of(&frame.words, island, units);
    let (draw, locate, push) = (words("draw"), words("locate"), words("push"));
    let page = NewPage {
        place: PlaceField::new("address", &filled.address, &wrongs).offering(&frame, several),
        fields: Fields::of("", filled.rhythm, &filter, known.iter().map(String::as_str)),
        wards: layer.as_deref().map(|layer| wards(&frame, layer, filled)).unwrap_or_default(),
        bounds: extent(filled, layer.as_deref()),
        beneath: basemap::beneath(doors),
        units: units.name(),
        limits: doors.inner.watch_limits,
        radii: radii(&frame, filled, units),
        picture: picture(doors, filled, layer.as_deref()),
        filled,
        wrongs,
        draw,
        locate,
        push,
        frame,
    };
    Ok(basemap::with_map(render(&page)?))
}

/// `west,south,east,north` of what the map shows first.
pub(super) fn extent(filled: &Filled, layer: Option<&LayerVersion>) -> String {
    form::extent(filled, layer).map(browse::bounds).unwrap_or_default()
}

fn wards(frame: &Frame<'_>, layer: &LayerVersion, filled: &Filled) -> Vec<Choice> {
    let mut wards: Vec<_> = layer.wards.iter().collect();
    wards.sort_by(|a, b| {
        super::ward_pages::by_number(&a.key).cmp(&super::ward_pages::by_number(&b.key))
    });
    let choice = |ward: &crate::ward::Ward| {
        let plain = frame.with("page-target-ward", "what", &ward.key);
        let named = ward.name != ward.key && ward.name != plain;
        Choice {
            value: ward.key.clone(),
            label: if named { format!("{plain} – {}", ward.name) } else { plain },
            chosen: filled.ward == ward.key,
        }
    };
    wards.into_iter().map(choice).collect()
}

/// How far around a place, in metres, with what people call it; what was drawn otherwise stays.
pub(super) fn radii(frame: &Frame<'_>, filled: &Filled, units: Units) -> Vec<Choice> {
    let choice = |metres: f64, size: &str| Choice {
        value: metres.to_string(),
        label: frame.with("page-watch-around", "size", size),
        chosen: (filled.radius_m - metres).abs() < 1.0,
    };
    let drawn = (!form::is_offered(filled.radius_m))
        .then(|| choice(filled.radius_m, &frame.words.distance(filled.radius_m, units)));
    let offered = form::RADII
        .iter()
        .map(|&(metres, metric, us)| choice(metres, if units == Units::Us { us } else { metric }));
    drawn.into_iter().chain(offered).collect()
}

/// The area as drawn by the server, for whoever has no map.
pub(super) fn picture(
    doors: &Doors,
    filled: &Filled,
    layer: Option<&LayerVersion>,
) -> Option<Picture> {
    let shape = filled.shape()?;
    let around = form::extent(filled, layer)?;
    let mut map = drawing::Map::new(drawing::Frame::fit_width(&around, 640.0, 28.0));
    for ward in layer.iter().flat_map(|layer| &layer.wards) {
        map = map.area("land", &ward.shape);
    }
    map = map.ground(doors.ground());
    for ward in layer.iter().flat_map(|layer| &layer.wards) {
        map = map.area("ward", &ward.shape);
    }
    Some(Picture::of(&map.area("mine", &shape)))
}
