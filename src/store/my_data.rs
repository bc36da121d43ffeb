//! All that is stored about one person, for themselves.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Comment, StoreError, Tx};
use crate::clock::Timestamp;
use crate::delivery::Contents;
use crate::issue::{CityId, EventId, IssueId};
use crate::watcher::{ContactId, WatcherId};

/// What a person is known by at all.
#[derive(Clone, Debug, PartialEq)]
pub struct MyStart {
    pub since: Timestamp,
    pub language: String,
    /// Whether what they say is shown at once or held, by somebody's word.
    pub comments_are: Option<String>,
}

/// A contact of theirs, of whatever kind.
#[derive(Clone, Debug, PartialEq)]
pub struct MyContact {
    pub id: ContactId,
    pub kind: String,
    /// A mail address, or a URL that may be a secret in itself.
    pub address: String,
    pub state: String,
    pub since: Timestamp,
    /// When it last agreed.
    pub confirmed: Option<Timestamp>,
    /// When and why nothing was sent any more.
    pub ended: Option<Timestamp>,
    pub why: Option<String>,
    /// Of a webhook: since when its secret signs, and since when it has taken nothing.
    pub secret_since: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
    /// When mails to it came back, of late.
    pub came_back: Vec<Timestamp>,
    /// Of a browser: what a person knows it by.
    pub device: Option<String>,
}

/// An issue that they have muted.
#[derive(Clone, Debug, PartialEq)]
pub struct MyMute {
    pub number: String,
    pub since: Timestamp,
}

/// An issue that they reported.
#[derive(Clone, Debug, PartialEq)]
pub struct MyReport {
    pub issue: IssueId,
    pub number: String,
    pub reported: Timestamp,
    /// When they are to be asked whether it is fixed, and were asked last.
    pub ask: Option<Timestamp>,
    pub asked: Option<Timestamp>,
    pub answer: Option<String>,
    pub answered: Option<Timestamp>,
}

/// A message to them.
#[derive(Clone, Debug, PartialEq)]
pub struct MyDelivery {
    pub id: Uuid,
    pub about: String,
    pub about_id: Uuid,
    pub contents: Contents,
    pub state: String,
    pub due: Timestamp,
    pub attempts: i64,
    pub outcome: Option<String>,
    pub created: Timestamp,
    pub settled: Option<Timestamp>,
}

/// What a message told.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldOf {
    pub number: String,
    pub kind: String,
    pub at: Timestamp,
}

row_struct! {
    struct ContactFields {
        contact_id: Uuid,
        kind: String,
        address: String,
        state: String,
        created_at: i64,
        confirmed_at: Option<i64>,
        retired_at: Option<i64>,
        retired_why: Option<String>,
        secret_at: Option<i64>,
        failing_at: Option<i64>,
        device: Option<String>,
    }
}

row_struct! {
    struct ReportFields {
        issue_id: Uuid,
        number: String,
        reported_at: i64,
        ask_at: Option<i64>,
        asked_at: Option<i64>,
        answer: Option<String>,
        answered_at: Option<i64>,
    }
}

row_struct! {
    struct DeliveryFields {
        delivery_id: Uuid,
        about: String,
        about_id: Uuid,
        items: String,
        state: String,
        due_at: i64,
        attempts: i64,
        outcome: Option<String>,
        created_at: i64,
        settled_at: Option<i64>,
    }
}

fn time(at: Option<i64>) -> Option<Timestamp> {
    at.map(Timestamp::from_millis)
}

impl ContactFields {
    fn into_contact(self) -> MyContact {
        MyContact {
            id: ContactId(self.contact_id),
            kind: self.kind,
            address: self.address,
            state: self.state,
            since: Timestamp::from_millis(self.created_at),
            confirmed: time(self.confirmed_at),
            ended: time(self.retired_at),
            why: self.retired_why,
            secret_since: time(self.secret_at),
            failing_since: time(self.failing_at),
            came_back: vec![],
            device: self.device,
        }
    }
}

impl ReportFields {
    fn into_report(self) -> MyReport {
        MyReport {
            issue: IssueId(self.issue_id),
            number: self.number,
            reported: Timestamp::from_millis(self.reported_at),
            ask: time(self.ask_at),
            asked: time(self.asked_at),
            answer: self.answer,
            answered: time(self.answered_at),
        }
    }
}

impl DeliveryFields {
    fn into_delivery(self) -> MyDelivery {
        MyDelivery {
            id: self.delivery_id,
            about: self.about,
            about_id: self.about_id,
            // Of what a newer program wrote, the rest.
            contents: serde_json::from_str(&self.items).unwrap_or_default(),
            state: self.state,
            due: Timestamp::from_millis(self.due_at),
            attempts: self.attempts,
            outcome: self.outcome,
            created: Timestamp::from_millis(self.created_at),
            settled: time(self.settled_at),
        }
    }
}

impl Tx {
    /// Since when somebody is known, and the language that they read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn known_since(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Option<MyStart>, StoreError> {
        let found = row!(
            self,
            (i64, String, Option<String>),
            "SELECT created_at, language, comments FROM watcher WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            watcher.0
        )?;
        let start = |(since, language, comments_are)| MyStart {
            since: Timestamp::from_millis(since),
            language,
            comments_are,
        };
        Ok(found.map(start))
    }

    /// Somebody's contacts, whatever their state, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn my_contacts(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<MyContact>, StoreError> {
        let rows = rows!(
            self,
            ContactFields,
            "SELECT contact_id, kind, address, state, created_at, confirmed_at, retired_at, retired_why,
                secret_at, failing_at, device
             FROM contact WHERE city_id = $1 AND watcher_id = $2 ORDER BY created_at, contact_id",
            city.0,
            watcher.0
        )?;
        let returns = rows!(
            self,
            (Uuid, i64),
            "SELECT contact_id, at FROM came_back WHERE city_id = $1 AND contact_id IN (
                SELECT contact_id FROM contact WHERE city_id = $1 AND watcher_id = $2)
             ORDER BY at",
            city.0,
            watcher.0
        )?;
        let mut contacts: Vec<MyContact> =
            rows.into_iter().map(ContactFields::into_contact).collect();
        for (id, at) in returns {
            if let Some(of) = contacts.iter_mut().find(|contact| contact.id == ContactId(id)) {
                of.came_back.push(Timestamp::from_millis(at));
            }
        }
        Ok(contacts)
    }

    /// What somebody has muted, what was taken off the site too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn my_mutes(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<MyMute>, StoreError> {
        let rows = rows!(
            self,
            (String, i64),
            "SELECT i.number, m.muted_at
             FROM mute m JOIN issue i ON i.city_id = m.city_id AND i.issue_id = m.issue_id
             WHERE m.city_id = $1 AND m.watcher_id = $2 ORDER BY m.muted_at, i.number",
            city.0,
            watcher.0
        )?;
        let mute = |(number, at)| MyMute { number, since: Timestamp::from_millis(at) };
        Ok(rows.into_iter().map(mute).collect())
    }

    /// What somebody has said that is shown, the oldest first: the issue's number, the words, and when.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn my_comments(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<Comment>, StoreError> {
        let rows = rows!(
            self,
            (String, Option<String>, i64),
            "SELECT i.number, e.words, e.at
             FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
             WHERE e.city_id = $1 AND e.author = (
                SELECT author FROM watcher WHERE city_id = $1 AND watcher_id = $2)
             ORDER BY e.event_no",
            city.0,
            watcher.0
        )?;
        let comment = |(number, words, at): (_, Option<String>, _)| Comment {
            number,
            words: words.unwrap_or_default(),
            at: Timestamp::from_millis(at),
        };
        Ok(rows.into_iter().map(comment).collect())
    }

    /// What somebody reported, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn my_reports(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<MyReport>, StoreError> {
        let rows = rows!(
            self,
            ReportFields,
            "SELECT r.issue_id, i.number, r.reported_at, r.ask_at, r.asked_at, r.answer, r.answered_at
             FROM reporter r JOIN issue i ON i.city_id = r.city_id AND i.issue_id = r.issue_id
             WHERE r.city_id = $1 AND r.watcher_id = $2 ORDER BY r.reported_at, i.number",
            city.0,
            watcher.0
        )?;
        Ok(rows.into_iter().map(ReportFields::into_report).collect())
    }

    /// The messages to a contact after one of them, in the order in which they were made.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn my_deliveries(
        &mut self,
        city: CityId,
        contact: ContactId,
        (made, id): (Timestamp, Uuid),
        limit: i64,
    ) -> Result<Vec<MyDelivery>, StoreError> {
        let rows = rows!(
            self,
            DeliveryFields,
            "SELECT delivery_id, about, about_id, items, state, due_at, attempts, outcome, created_at,
                settled_at
             FROM delivery
             WHERE city_id = $1 AND contact_id = $2 AND (created_at, delivery_id) > ($3, $4)
             ORDER BY created_at, delivery_id LIMIT $5",
            city.0,
            contact.0,
            made.as_millis(),
            id,
            limit
        )?;
        Ok(rows.into_iter().map(DeliveryFields::into_delivery).collect())
    }

    /// What these events were. Of an issue that was taken off the site, too: its number and no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn told_of(
        &mut self,
        city: CityId,
        events: &[EventId],
    ) -> Result<HashMap<EventId, ToldOf>, StoreError> {
        let rows = rows_of!(
            self,
            (Uuid, String, String, i64),
            "SELECT e.event_id, i.number, e.kind, e.at
             FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
             WHERE (e.city_id, e.event_id) IN (",
            events,
            |id| [city.0, id.0],
            ")"
        );
        let told = |(id, number, kind, at)| {
            (EventId(id), ToldOf { number, kind, at: Timestamp::from_millis(at) })
        };
        Ok(rows.into_iter().map(told).collect())
    }
}
