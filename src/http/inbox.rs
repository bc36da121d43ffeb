//! `/api/v1/me/inbox`: what a person was told, whichever way it came; and why, or why not.

use std::collections::HashMap;

use axum::Json as JsonAnswer;
use axum::extract::State;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use super::auth::Caller;
use super::extract::{Path, Query};
use super::issues::public_issue;
use super::{Doors, Problem};
use crate::clock::Timestamp;
use crate::delivery::{About, Item};
use crate::engine::{CaseFile, Later};
use crate::issue::{EventId, Kind, Status};
use crate::store::{City, InboxRow, NamedWatch, PendingEvent, Tx};
use crate::watch::WatchNumber;
use crate::watcher::WatcherId;

/// Messages on a page at most, if no other number is asked for, and however many are.
const A_PAGE: i64 = 50;
const LONGEST_PAGE: i64 = 200;

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What the last answer gave.
    cursor: Option<i64>,
    limit: Option<i64>,
}

/// A message, as its reader knows it.
#[derive(Debug, Serialize)]
pub(super) struct MessageWire {
    pub at: Timestamp,
    /// `issue`, `digest` or `question`.
    pub kind: &'static str,
    /// By which contacts it has come.
    pub came_by: Vec<&'static str>,
    /// Those that it waits for, or could not be sent to.
    pub not_yet: Vec<&'static str>,
    pub issues: Vec<IssueWire>,
    /// How many issues there were besides.
    pub more: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct IssueWire {
    pub number: String,
    pub category: String,
    pub address: String,
    pub status: Status,
    /// What happened, oldest first.
    pub kinds: Vec<Kind>,
    /// The names of the watches that brought it.
    pub watches: Vec<Because>,
    pub link: String,
}

/// A watch that brought something; on the wire its name.
#[derive(Debug)]
pub(super) struct Because {
    pub name: String,
    pub is_area: bool,
}

impl Serialize for Because {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.name)
    }
}

/// `GET /api/v1/me/inbox`: what the caller was told of issues, the newest first. What was taken off the
/// site since is not there.
pub async fn list(
    State(doors): State<Doors>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<JsonAnswer<Value>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let limit = asked.limit.unwrap_or(A_PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let detail = format!("`limit` is a number from 1 to {LONGEST_PAGE}");
        return Err(Problem::field("/limit", detail));
    }
    let told = read(&doors, &city, watcher, (asked.cursor, limit)).await?;
    Ok(JsonAnswer(json!({ "messages": told.messages, "cursor": told.cursor })))
}

/// A page of what somebody was told.
pub(super) struct Told {
    pub messages: Vec<MessageWire>,
    /// Where the next page begins, if there is more.
    pub cursor: Option<i64>,
}

/// What somebody was told before a time, the newest first.
pub(super) async fn read(
    doors: &Doors,
    city: &City,
    watcher: WatcherId,
    (cursor, limit): (Option<i64>, i64),
) -> Result<Told, Problem> {
    let before = cursor.map_or(Timestamp::from_millis(i64::MAX), Timestamp::from_millis);
    let mut tx = doors.engine().store().read().await?;
    let rows = tx.inbox(city.id, watcher, before, limit).await?;
    let items = rows.iter().flat_map(|row| &row.contents.items);
    let known = Known::look_up(doors, &mut tx, city, items).await?;
    drop(tx);
    // There is more where the page is full: rows of one moment stand together.
    let full = i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
    let cursor = rows.last().filter(|_| full).map(|row| row.at.as_millis());
    Ok(Told { messages: known.messages(&rows), cursor })
}

/// What waits for somebody's digests, the newest first, and when the next of them comes.
pub(super) async fn read_waiting(
    doors: &Doors,
    city: &City,
    watcher: WatcherId,
) -> Result<(Vec<IssueWire>, Option<Timestamp>), Problem> {
    let later = doors.engine().waiting_for(city, watcher).await?;
    let due = later.iter().map(|one| one.due).min();
    let items = later.into_iter().map(|Later { event, watches, .. }| Item { event, watches });
    let items: Vec<Item> = items.collect();
    let mut tx = doors.engine().store().read().await?;
    let known = Known::look_up(doors, &mut tx, city, items.iter()).await?;
    let mut issues = known.issues(&items);
    issues.reverse();
    Ok((issues, due))
}

struct Known<'a> {
    events: HashMap<EventId, PendingEvent>,
    watches: HashMap<WatchNumber, NamedWatch>,
    public_url: &'a str,
}

impl<'a> Known<'a> {
    async fn look_up(
        doors: &'a Doors,
        tx: &mut Tx,
        city: &City,
        items: impl Iterator<Item = &Item> + Clone,
    ) -> Result<Self, Problem> {
        let mut events: Vec<EventId> = items.clone().map(|item| item.event).collect();
        events.sort_unstable();
        events.dedup();
        let mut numbers: Vec<WatchNumber> =
            items.flat_map(|item| item.watches.iter().copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let events = tx.events(city.id, &events).await?.into_iter();
        let watches = tx.watches_named(city.id, &numbers).await?.into_iter();
        Ok(Self {
            events: events.map(|event| (event.event.id, event)).collect(),
            watches: watches.map(|watch| (watch.number, watch)).collect(),
            public_url: &doors.inner.public_url,
        })
    }

    /// One for all contacts that it went to.
    fn messages(&self, rows: &[InboxRow]) -> Vec<MessageWire> {
        let mut messages: Vec<(About, MessageWire)> = vec![];
        for row in rows {
            let by: fn(&mut MessageWire) -> &mut Vec<&'static str> =
                if row.sent { |one| &mut one.came_by } else { |one| &mut one.not_yet };
            if let Some((_, same)) = messages.iter_mut().find(|(about, _)| *about == row.about) {
                let by = by(same);
                if !by.contains(&row.by.name()) {
                    by.push(row.by.name());
                }
                continue;
            }
            let issues = self.issues(&row.contents.items);
            if issues.is_empty() {
                continue;
            }
            let kind = match row.about {
                About::Digest(_) => "digest",
                About::Fixed(_) => "question",
                _ => "issue",
            };
            let (came_by, not_yet) = (vec![], vec![]);
            let more = row.contents.more;
            let mut message = MessageWire { at: row.at, kind, came_by, not_yet, issues, more };
            by(&mut message).push(row.by.name());
            messages.push((row.about, message));
        }
        messages.into_iter().map(|(_, message)| message).collect()
    }

    fn issues(&self, items: &[Item]) -> Vec<IssueWire> {
        let mut issues: Vec<IssueWire> = vec![];
        for item in items {
            let Some(PendingEvent { event, .. }) = self.events.get(&item.event) else { continue };
            let at =
                issues.iter().position(|one| one.number == event.number).unwrap_or_else(|| {
                    issues.push(IssueWire {
                        number: event.number.clone(),
                        category: String::new(),
                        address: String::new(),
                        status: event.status,
                        kinds: vec![],
                        watches: vec![],
                        link: format!("{}/issues/{}", self.public_url, event.number),
                    });
                    issues.len() - 1
                });
            let one = &mut issues[at];
            one.category = event.category.to_string();
            one.address.clone_from(&event.address);
            one.status = event.status;
            one.kinds.push(event.kind);
            for number in &item.watches {
                let Some(watch) = self.watches.get(number) else { continue };
                if !one.watches.iter().any(|known| known.name == watch.name) {
                    let is_area = watch.middle.is_some();
                    one.watches.push(Because { name: watch.name.clone(), is_area });
                }
            }
        }
        issues
    }
}

/// `GET /api/v1/me/issues/{number}`: event by event, by which message and watch the caller was told of an
/// issue, or why not.
pub async fn why(
    State(doors): State<Doors>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<JsonAnswer<Value>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let issue = public_issue(&doors, &city, &number).await?;
    let now = doors.engine().clock().now();
    let mut tx = doors.engine().store().read().await?;
    let file = CaseFile::gather(&mut tx, &city, issue, watcher, now).await?;
    Ok(JsonAnswer(file.as_json()))
}
