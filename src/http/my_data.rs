//! Everything that is stored about a person, as one JSON document for themselves: `GET
//! /api/v1/me/export`, and the link on the page behind `/watch/{token}`.
//!
//! The messages that they were sent may be many: they are read and written a page at a time, and no
//! transaction stays open while somebody reads slowly.

use std::collections::{HashMap, VecDeque};

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::auth::Caller;
use super::extract::Path;
use super::manage::Owner;
use super::watch_wire::WatchWire;
use super::{Doors, Problem};
use crate::clock::Timestamp;
use crate::engine::EngineError;
use crate::issue::{EventId, IssueId};
use crate::outbound;
use crate::store::{
    City, Claim, CommentRow, ContactRow, MyContact, MyDelivery, MyReport, MyStart, NamedArea,
    NextDigest, StoreError, ToldOf, Tx, WatchLife, WatchState,
};
use crate::watch::{Target, WatchNumber};
use crate::watcher::{ContactId, ContactKind, Habits, QuietHours, WatcherId};

/// How many messages are read at once.
const A_PAGE: i64 = 500;

/// `GET /api/v1/me/export`: everything about the caller.
pub async fn export(State(doors): State<Doors>, caller: Caller) -> Result<Response, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    everything(&doors, city, watcher).await
}

/// `GET /watch/{token}/export`: the same, as a file.
pub async fn download(
    State(doors): State<Doors>,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let Owner { city, watcher, .. } = Owner::open(&doors, &text).await?;
    let today = city.zone.local(doors.engine().clock().now());
    let name = format!("wardwatch-{:04}-{:02}-{:02}.json", today.year, today.month, today.day);
    let file = [(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    Ok((file, everything(&doors, city, watcher).await?).into_response())
}

async fn everything(doors: &Doors, city: City, watcher: WatcherId) -> Result<Response, Problem> {
    let mut tx = doors.engine().store().read().await?;
    let lives = tx.watch_lives(city.id, watcher).await?;
    let contacts = tx.my_contacts(city.id, watcher).await?;
    let head = head(&mut tx, doors, &city, watcher, (&lives, &contacts)).await?;
    drop(tx);
    let told = Told {
        doors: doors.clone(),
        watches: lives.into_iter().map(|life| (life.row.watch.number, life)).collect(),
        contacts: contacts.into_iter().map(|contact| contact.id).collect(),
        city,
        after: FROM_THE_BEGINNING,
        any: false,
    };
    let pages = stream::try_unfold(told, |mut told| async move {
        Ok::<_, StoreError>(told.next_page().await?.map(|page| (page, told)))
    });
    let head = stream::once(async { Ok(head) });
    let tail = stream::once(async { Ok("\n  ]\n}\n".to_owned()) });
    let body = Body::from_stream(head.chain(pages).chain(tail));
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// All but the messages, in the order in which a person reads it.
#[derive(Serialize)]
struct Head<'a> {
    city: &'a str,
    made_at: Timestamp,
    id: Uuid,
    since: Timestamp,
    language: String,
    /// Shown at once or held, by somebody's word.
    comments_are: Option<String>,
    inbox_seen_up_to: Option<Timestamp>,
    signed_out_everywhere_at: Option<Timestamp>,
    /// When they last used a mail's link to sign in.
    signed_in_by_link_at: Option<Timestamp>,
    contacts: Vec<Value>,
    /// Addresses that they say are theirs, too, and browsers that were named beside a watch.
    contacts_not_shown_yet: Vec<Value>,
    public_areas: Vec<Value>,
    watches: Vec<Value>,
    /// `null` when nothing was chosen.
    habits: Option<Value>,
    digests: Vec<Value>,
    mutes: Vec<Value>,
    muted_commenters: Vec<Value>,
    reports: Vec<Value>,
    comments: Vec<Value>,
    comments_not_shown: Vec<Value>,
}

/// The document up to where its messages stand.
async fn head(
    tx: &mut Tx,
    doors: &Doors,
    city: &City,
    watcher: WatcherId,
    (lives, contacts): (&[WatchLife], &[MyContact]),
) -> Result<String, Problem> {
    let known = tx.known_since(city.id, watcher).await?;
    let MyStart { since, language, comments_are } = known.ok_or(EngineError::UnknownWatcher)?;
    let mut watches = vec![];
    for life in lives {
        let number = match life.row.watch.target {
            Target::Issue(issue) => tx.number_of(city.id, issue).await?,
            _ => None,
        };
        watches.push(watch(life, number.as_deref()));
    }
    let reports = tx.my_reports(city.id, watcher).await?;
    let issues: Vec<IssueId> = reports.iter().map(|report| report.issue).collect();
    let shown = tx.public_numbers(city.id, &issues).await?;
    let mut told = vec![];
    for one in &reports {
        let is_shown = shown.contains_key(&one.issue);
        let mut wire = report(one, is_shown, &doors.inner.public_url);
        let pictures = tx.attachments_of(city.id, one.issue).await?;
        wire["pictures"] = json!(super::pictures::wire(&pictures, &doors.inner.public_url));
        let answers = tx.private_answers(city.id, one.issue).await?.into_iter();
        let answers = answers.map(|one| json!({ "question": one.asks, "answer": one.says }));
        wire["private_answers"] = answers.collect();
        told.push(wire);
    }
    let habits = tx.habits_of(city.id, &[watcher]).await?.remove(&watcher);
    let mutes = tx.my_mutes(city.id, watcher).await?.into_iter();
    let muted_authors = tx.authors_muted_by(city.id, watcher).await?.into_iter();
    let said = tx.my_comments(city.id, watcher).await?.into_iter();
    let held = tx.comments_held_of(city.id, watcher).await?.into_iter();
    let marks = tx.marks_of(city.id, watcher).await?.unwrap_or_default();
    let claims = tx.claims_of(city.id, watcher).await?;
    let claimed: Vec<ContactId> = claims.iter().map(|claim| claim.contact).collect();
    let claimed = tx.contacts(city.id, &claimed).await?;
    let areas = tx.areas_named_by(city.id, watcher).await?;
    let head = Head {
        city: &city.name,
        made_at: doors.engine().clock().now(),
        id: watcher.0,
        since,
        language,
        comments_are,
        inbox_seen_up_to: marks.seen,
        signed_out_everywhere_at: marks.signed_out,
        signed_in_by_link_at: marks.link.map(|link| link.used),
        contacts: contacts.iter().map(contact).collect(),
        contacts_not_shown_yet: claims.iter().map(|one| claim(one, &claimed)).collect(),
        public_areas: areas.iter().map(public_area).collect(),
        watches,
        habits: habits.map(|habits| chosen(&habits)),
        digests: tx.digests_of(city.id, watcher).await?.iter().map(digest).collect(),
        mutes: mutes.map(|mute| json!({ "issue": mute.number, "since": mute.since })).collect(),
        muted_commenters: muted_authors
            .map(|one| json!({ "comment": one.comment, "since": one.since }))
            .collect(),
        comments: said
            .map(|one| json!({ "issue": one.number, "text": one.words, "at": one.at }))
            .collect(),
        comments_not_shown: held.map(|one| held_comment(&one)).collect(),
        reports: told,
    };
    let text = serde_json::to_string_pretty(&head).unwrap_or_default();
    let open = text.trim_end_matches(['}', '\n']);
    Ok(format!("{open},\n  \"messages\": ["))
}

/// A mail address in full. Of anything else the service that it leads to: whoever has the whole URL can
/// write to it, and a file lies about.
fn contact(contact: &MyContact) -> Value {
    let mut wire = json!({
        "id": contact.id.0, "kind": contact.kind, "state": contact.state, "since": contact.since,
        "confirmed_at": contact.confirmed, "ended_at": contact.ended, "ended_why": contact.why,
        "came_back_at": contact.came_back,
    });
    if contact.kind == "mail" {
        wire["address"] = json!(contact.address);
    } else {
        wire["service"] = json!(outbound::host(&contact.address));
        wire["device"] = json!(contact.device);
        wire["secret_since"] = json!(contact.secret_since);
        wire["failing_since"] = json!(contact.failing_since);
    }
    wire
}

/// What they have said of a contact; nothing of how it stands, which may be somebody else's business, nor its
/// id, which would tell since when it is known here.
fn claim(claim: &Claim, known: &[ContactRow]) -> Value {
    let row = known.iter().find(|row| row.contact.id == claim.contact);
    let mail = row.filter(|row| row.contact.address.kind() == ContactKind::Mail);
    json!({
        "asked_by": claim.id, "since": claim.since,
        "address": mail.map(|row| row.contact.address.text()),
    })
}

fn public_area(area: &NamedArea) -> Value {
    json!({
        "id": area.id.0, "watch": area.watch.0, "name": area.name, "state": area.naming.name(),
        "since": area.since,
    })
}

fn watch(life: &WatchLife, issue: Option<&str>) -> Value {
    let row = &life.row;
    let mut wire = json!(WatchWire::of(row, issue));
    let gave_up =
        |target: &Target| matches!(target, Target::Wards { wards, .. } if wards.is_empty());
    if row.state == WatchState::Deleted && gave_up(&row.watch.target) {
        wire["target"] = Value::Null;
    }
    wire["since"] = json!(row.created_at);
    wire["asked_at"] = json!(row.asked.map(|asked| asked.at));
    wire["confirmed_at"] = json!(life.confirmed);
    wire["deleted_at"] = json!(life.deleted);
    wire
}

fn chosen(habits: &Habits) -> Value {
    let quiet = |quiet: QuietHours| json!({ "from": quiet.from(), "to": quiet.to() });
    json!({
        "digest_hour": habits.digest_hour,
        "digest_day": habits.digest_day,
        "quiet": habits.quiet.map(quiet),
        "paused_from": habits.pause.map(|pause| pause.since),
        "paused_until": habits.pause.map(|pause| pause.until),
    })
}

fn digest(next: &NextDigest) -> Value {
    json!({ "rhythm": next.rhythm, "due_at": next.due })
}

/// What the public knows of it stands on its page, while it is shown.
fn report(report: &MyReport, shown: bool, public_url: &str) -> Value {
    let page = shown.then(|| format!("{public_url}/issues/{}", report.number));
    json!({
        "issue": report.number, "page": page, "reported_at": report.reported, "ask_at": report.ask,
        "asked_at": report.asked, "answer": report.answer, "answered_at": report.answered,
    })
}

fn held_comment(held: &CommentRow) -> Value {
    json!({
        "issue": held.number, "text": held.words, "said_at": held.said,
        "dismissed_at": held.dismissed,
    })
}

/// Before everything that was made.
const FROM_THE_BEGINNING: (Timestamp, Uuid) = (Timestamp::from_millis(i64::MIN), Uuid::nil());

/// What a person was told, read page by page, a contact after the other.
struct Told {
    doors: Doors,
    city: City,
    watches: HashMap<WatchNumber, WatchLife>,
    contacts: VecDeque<ContactId>,
    /// The last message of the first of these contacts that was read.
    after: (Timestamp, Uuid),
    /// Whether something was written that the next has to stand behind.
    any: bool,
}

impl Told {
    async fn next_page(&mut self) -> Result<Option<String>, StoreError> {
        while let Some(contact) = self.contacts.front().copied() {
            let mut tx = self.doors.engine().store().read().await?;
            let some = tx.my_deliveries(self.city.id, contact, self.after, A_PAGE).await?;
            let Some(last) = some.last() else {
                self.contacts.pop_front();
                self.after = FROM_THE_BEGINNING;
                continue;
            };
            self.after = (last.created, last.id);
            let items = some.iter().flat_map(|one| &one.contents.items);
            let events: Vec<EventId> = items.map(|item| item.event).collect();
            let told = tx.told_of(self.city.id, &events).await?;
            drop(tx);
            let mut page = String::new();
            for one in &some {
                page += if std::mem::replace(&mut self.any, true) { ",\n    " } else { "\n    " };
                page += &self.message(contact, one, &told).to_string();
            }
            return Ok(Some(page));
        }
        Ok(None)
    }

    fn message(
        &self,
        contact: ContactId,
        one: &MyDelivery,
        told: &HashMap<EventId, ToldOf>,
    ) -> Value {
        let name = |number: &WatchNumber| Some(&self.watches.get(number)?.row.watch.name);
        let items = one.contents.items.iter().filter_map(|item| {
            let of = told.get(&item.event)?;
            let watches: Vec<_> = item.watches.iter().filter_map(name).collect();
            Some(json!({ "issue": of.number, "kind": of.kind, "at": of.at, "watches": watches }))
        });
        let items: Vec<Value> = items.collect();
        let asked = self.watches.values().find(|life| life.row.watch.id.0 == one.about_id);
        json!({
            "id": one.id, "contact": contact.0, "about": one.about, "tells": items,
            "more": one.contents.more, "asks_about": asked.map(|life| &life.row.watch.name),
            "state": one.state, "made_at": one.created,
            "due_at": one.settled.is_none().then_some(one.due),
            "settled_at": one.settled, "attempts": one.attempts, "outcome": one.outcome,
        })
    }
}
