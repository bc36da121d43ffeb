//! The page of an issue, with its map and its timeline; and issues as lists show them.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use super::city_panel::Panel;
use super::extract::{Path, Query, Reads};
use super::issue_aside::{self, Aside, Own};
use super::issues::public_issue;
use super::links::manage_link;
use super::member::speaker;
use super::pages::{Frame, Told, Wrong, render};
use super::pictures::Shown;
use super::session::Visitor;
use super::{Doors, Problem, boundaries, comments, filing, pictures, sign_up};
use crate::clock::{Timestamp, Zone};
use crate::drawing::{self, Ground};
use crate::geometry::{Envelope, Position};
use crate::issue::{Actor, Issue, Place, Status};
use crate::message::Language;
use crate::store::{City, IssueWardRow, PendingEvent, WatchState};
use crate::ward::{LayerVersion, USUAL_LAYER};
use crate::watch::Target;
use crate::watcher::WatcherId;

/// An issue in a list.
pub struct Line {
    pub number: String,
    pub category: String,
    pub place: String,
    pub when: String,
    pub iso: String,
    /// HTML.
    pub status: String,
}

/// Issues as a list shows them, each with when it last changed.
pub fn lines(frame: &Frame<'_>, issues: &[Issue], zone: &Zone, now: Timestamp) -> Vec<Line> {
    let line = |issue: &Issue| line(frame, issue, issue.standing.changed_at, (zone, now));
    issues.iter().map(line).collect()
}

/// The same, each with when it was reported.
pub fn opened_lines(frame: &Frame<'_>, issues: &[Issue], zone: &Zone, now: Timestamp) -> Vec<Line> {
    let line = |issue: &Issue| line(frame, issue, issue.standing.opened_at, (zone, now));
    issues.iter().map(line).collect()
}

fn line(frame: &Frame<'_>, issue: &Issue, at: Timestamp, (zone, now): (&Zone, Timestamp)) -> Line {
    Line {
        number: issue.number.clone(),
        category: issue.standing.category.to_string(),
        place: issue.standing.address.clone(),
        when: frame.words.moment(at, now, zone),
        iso: at.to_string(),
        status: frame.status(issue.standing.status),
    }
}

/// One step of a timeline.
struct Step {
    what: String,
    when: String,
    iso: String,
    text: String,
    /// Of what an official did: for whom they speak.
    official: Option<String>,
    /// HTML: the status, where it became another one.
    became: Option<String>,
}

/// A drawn map, `<svg>` contents and size.
pub struct Picture {
    pub body: String,
    pub width: f64,
    pub height: f64,
}

impl Picture {
    pub fn of(map: &drawing::Map) -> Self {
        let (width, height) = (map.frame().width(), map.frame().height());
        Self { body: map.inline().to_owned(), width, height }
    }
}

#[derive(Template)]
#[template(path = "pages/issue.html")]
struct IssuePage<'a> {
    frame: Frame<'a>,
    issue: &'a Issue,
    /// HTML.
    status: String,
    wards: String,
    opened: String,
    steps: Vec<Step>,
    /// What is to be expected, if that is known.
    next: Option<String>,
    picture: Option<Picture>,
    aside: Aside,
    /// Whoever has signed in.
    visitor: Option<Visiting>,
    /// What staff may do.
    panel: Option<Panel>,
    done: Option<&'static str>,
    unsent: Unsent,
    pictures: Vec<Shown>,
    /// What everybody may read of what its reporter was asked.
    answers: Vec<(String, String)>,
}

/// How somebody who has signed in stands to an issue.
pub struct Visiting {
    follows: bool,
    /// To all that they watch.
    manage: String,
    own: Own,
}

impl Visiting {
    async fn of(
        doors: &Doors,
        city: &City,
        frame: &Frame<'_>,
        (visitor, issue): (WatcherId, &Issue),
    ) -> Result<Self, Problem> {
        Ok(Self {
            follows: follows(doors, city, visitor, issue).await?,
            manage: manage_link(doors, city, visitor),
            own: Own::of(doors, city, frame, (visitor, issue)).await?,
        })
    }
}

/// What stood in the fields of a form that is to be mended.
#[derive(Debug, Default)]
pub struct Unsent {
    pub email: String,
    pub words: String,
    /// What staff would have said, and what has happened since they saw the issue.
    pub reply: String,
    pub changed: Vec<String>,
    /// What its reporter says who opens it again.
    pub still: String,
    pub wrongs: Vec<Wrong>,
}

/// `GET /issues/{number}`: where a mail's link leads.
pub async fn show(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Reads(language): Reads,
    Path(number): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let issue = public_issue(&doors, &city, &number).await?;
    let done = told.done.as_deref().filter(|_| visitor.is_some()).and_then(did);
    page(&doors, &city, &language, visitor, (issue, done, Unsent::default())).await
}

/// What has just been done, as a sentence.
fn did(done: &str) -> Option<&'static str> {
    Some(match done {
        "follow" => "page-did-follow",
        "vote" => "page-did-vote",
        "join" => "page-did-join",
        "comment" => "page-did-comment",
        "comment_waits" => "page-did-comment-waits",
        "again" => "page-did-again",
        "official" => "page-city-did",
        "shown" => "page-city-did-show",
        "dismissed" => "page-city-did-dismiss",
        "decided" => "page-city-gone",
        "picture" => "page-city-did-picture",
        _ => return None,
    })
}

/// The page of an issue, for whoever sits at the browser.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    doors: &Doors,
    city: &City,
    language: &Language,
    visitor: Option<WatcherId>,
    (issue, done, unsent): (Issue, Option<&'static str>, Unsent),
) -> Result<Response, Problem> {
    let mut tx = doors.engine().store().read().await?;
    let events = tx.events_of(city.id, issue.id).await?;
    let wards = tx.wards_of_issues(city.id, &[issue.id]).await?;
    drop(tx);
    let picture = picture(doors, city, &issue, &wards).await?;
    let frame = Frame::new(&city.name, language);
    let (mut visiting, mut panel) = (None, None);
    if let Some(visitor) = visitor {
        let of = (&issue, &events[..], &wards[..]);
        panel = Panel::of(doors, city, (&frame, visitor), of).await?;
        visiting = Some(Visiting::of(doors, city, &frame, (visitor, &issue)).await?);
    }
    let now = doors.engine().clock().now();
    let nobody = Own::default();
    let own = visiting.as_ref().map_or(&nobody, |visiting| &visiting.own);
    let private = panel.is_some();
    let pictures = pictures::shown(doors, city, &frame, &issue).await?;
    let mut page = render(&IssuePage {
        steps: steps(&frame, city, events, now),
        next: issue_aside::next_step(&frame, city, (&issue, own), now),
        wards: ward_names(&wards),
        status: frame.status(issue.standing.status),
        opened: frame.words.moment(issue.standing.opened_at, now, &city.zone),
        aside: Aside::of(doors, &frame, &issue, &wards),
        issue: &issue,
        picture,
        visitor: visiting,
        panel,
        done,
        unsent,
        pictures,
        answers: filing::published(&issue.standing.attributes),
        frame,
    })?;
    if private {
        // It shows what nobody else is shown yet.
        page.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(page)
}

/// What happened, oldest first.
fn steps(frame: &Frame<'_>, city: &City, events: Vec<PendingEvent>, now: Timestamp) -> Vec<Step> {
    let mut before = Status::Received;
    let step = |PendingEvent { event, .. }: PendingEvent| {
        let changed = std::mem::replace(&mut before, event.status) != event.status;
        let official = event.actor == Actor::Official;
        Step {
            what: frame.did(&event),
            when: frame.words.moment(event.at, now, &city.zone),
            iso: event.at.to_string(),
            official: official.then(|| speaker(frame, event.office.as_deref())),
            text: event.text.unwrap_or_default(),
            became: changed.then(|| frame.status(event.status)),
        }
    };
    events.into_iter().map(step).collect()
}

/// Whether somebody follows an issue itself.
///
/// # Errors
/// When the database does not answer.
pub async fn follows(
    doors: &Doors,
    city: &City,
    visitor: WatcherId,
    issue: &Issue,
) -> Result<bool, Problem> {
    let rows = doors.engine().store().read().await?.watches_of(city.id, &[visitor]).await?;
    Ok(rows.iter().any(|row| {
        row.state == WatchState::Active
            && matches!(row.watch.target, Target::Issue(id) if id == issue.id)
    }))
}

/// The wards that an issue is in, those on whose line it lies too.
fn ward_names(wards: &[IssueWardRow]) -> String {
    usual(wards).join(", ")
}

/// The keys of the usual wards; other layers' keys may be the same and mean other places.
fn usual(wards: &[IssueWardRow]) -> Vec<&str> {
    let usual = wards.iter().filter(|row| row.ward.layer == USUAL_LAYER);
    usual.map(|row| row.ward.ward.as_str()).collect()
}

/// The issue's ward with a pin; nothing when its place is not believed.
async fn picture(
    doors: &Doors,
    city: &City,
    issue: &Issue,
    wards: &[IssueWardRow],
) -> Result<Option<Picture>, Problem> {
    let standing = &issue.standing;
    let Some(at) = standing.position.filter(|_| standing.place == Place::Good) else {
        return Ok(None);
    };
    let Some(layer) = boundaries::in_force(doors, city, USUAL_LAYER).await? else {
        return Ok(None);
    };
    Ok(Some(draw(&layer, &usual(wards), at, doors.ground())))
}

/// How wide the map is drawn, in its own pixels.
const WIDTH: f64 = 640.0;

/// The streets around it, where they are known, else its ward.
fn draw(layer: &LayerVersion, mine: &[&str], at: Position, ground: &Ground) -> Picture {
    let is_mine = |key: &str| mine.contains(&key);
    let ward = || {
        let mine = layer.wards.iter().filter(|ward| is_mine(&ward.key));
        let around = mine.flat_map(|ward| ward.shape.envelopes(0.0));
        let around = around.fold(neighbourhood(at), |a, b| a.union(&b));
        drawing::Frame::fit_width(&around, WIDTH, 28.0)
    };
    let close = drawing::Frame::fit_width(&blocks(at), WIDTH, 0.0);
    let frame = if close.has_ground(ground) { close } else { ward() };
    let mut map = drawing::Map::new(frame);
    for ward in &layer.wards {
        let class = if is_mine(&ward.key) { "land here" } else { "land" };
        map = map.area(class, &ward.shape);
    }
    map = map.ground(ground);
    for ward in &layer.wards {
        map = map.area("ward", &ward.shape);
    }
    // The caption names the issue's own ward; a label there would lie under the pin.
    for ward in layer.wards.iter().filter(|ward| !is_mine(&ward.key)) {
        map = map.label("label", &ward.key, &ward.shape);
    }
    Picture::of(&map.disc("halo", at, 22.0).disc("pin", at, 9.0))
}

/// Some 500 m to each side.
fn blocks(at: Position) -> Envelope {
    let (up, side) = (0.0032, 0.0045 / at.lat.to_radians().cos().max(0.1));
    Envelope { west: at.lon - side, south: at.lat - up, east: at.lon + side, north: at.lat + up }
}

/// A few blocks around a place.
fn neighbourhood(at: Position) -> Envelope {
    let side = 0.004;
    Envelope {
        west: at.lon - side,
        south: at.lat - side,
        east: at.lon + side,
        north: at.lat + side,
    }
}
