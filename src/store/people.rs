//! Watchers and their contacts.

use std::collections::HashMap;

use uuid::Uuid;

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::delivery::Road;
use crate::issue::CityId;
use crate::watcher::{
    Address, Contact, ContactId, ContactKind, PushSubscription, WatcherId, Webhook,
};

/// A contact as it is stored.
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
#[derive(Clone, Debug, PartialEq)]
pub struct ContactRow {
    pub contact: Contact,
    pub confirmed: bool,
    /// It had agreed, and its mails came back too often; nothing but a question is sent to it.
    pub suspended: bool,
    pub retired: bool,
    /// Its owner asked that nothing is ever sent to it, not even a question.
    pub silenced: bool,
    /// When it last agreed.
    pub confirmed_at: Option<Timestamp>,
    /// Of a webhook: since when it has taken nothing.
    pub failing_at: Option<Timestamp>,
    /// Why it was retired or suspended.
    pub why: Option<String>,
    /// Of a browser: what a person knows it by, as `Firefox/Android`.
    pub device: Option<String>,
    pub since: Timestamp,
}

impl ContactRow {
    /// Whether all that was ever sent to it were questions.
    #[must_use]
    pub fn never_agreed(&self) -> bool {
        !self.confirmed && !self.suspended && !self.retired
    }
}

/// Why a silenced contact is retired. It is never mailed again until its owner allows it; any other
/// retired contact may be asked anew.
pub(super) const ASKED_NEVER: &str = "asked never to be mailed";

row_struct! {
    struct ContactFields {
        contact_id: Uuid,
        watcher_id: Uuid,
        kind: String,
        address: String,
        p256dh: Option<Vec<u8>>,
        auth: Option<Vec<u8>>,
        secret_no: Option<i64>,
        secret_at: Option<i64>,
        failing_at: Option<i64>,
        state: String,
        confirmed_at: Option<i64>,
        retired_why: Option<String>,
        device: Option<String>,
        created_at: i64,
    }
}

macro_rules! contact_columns {
    () => {
        "contact_id, watcher_id, kind, address, p256dh, auth, secret_no, secret_at, failing_at, state,
         confirmed_at, retired_why, device, created_at"
    };
}

impl ContactFields {
    fn into_row(self) -> Result<ContactRow, StoreError> {
        let address = match (self.kind.as_str(), self.p256dh, self.auth) {
            ("mail", _, _) => self.address.parse().map(Address::Mail).ok(),
            ("webhook", _, _) => Some(Address::Webhook(Webhook {
                url: self.address,
                secret_no: self.secret_no.and_then(|no| u32::try_from(no).ok()).unwrap_or(0),
                renewed_at: self.secret_at.map(Timestamp::from_millis),
            })),
            (_, Some(p256dh), Some(auth)) => {
                Some(Address::Push(PushSubscription { endpoint: self.address, p256dh, auth }))
            }
            _ => None,
        };
        Ok(ContactRow {
            contact: Contact {
                id: ContactId(self.contact_id),
                watcher: WatcherId(self.watcher_id),
                address: address.ok_or(StoreError::Unreadable("contact.address"))?,
            },
            confirmed: self.state == "confirmed",
            suspended: self.state == "suspended",
            retired: self.state == "retired",
            silenced: self.state == "retired" && self.retired_why.as_deref() == Some(ASKED_NEVER),
            confirmed_at: self.confirmed_at.map(Timestamp::from_millis),
            failing_at: self.failing_at.map(Timestamp::from_millis),
            why: self.retired_why,
            device: self.device,
            since: Timestamp::from_millis(self.created_at),
        })
    }
}

impl Tx {
    /// Adds watchers who read this language; those already there stay as they are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_watchers(
        &mut self,
        city: CityId,
        watchers: &[(WatcherId, String)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        write_rows!(
            self,
            "INSERT INTO watcher (city_id, watcher_id, language, created_at) ",
            watchers,
            |row| [city.0, row.0.0, &row.1, now.as_millis()],
            " ON CONFLICT (city_id, watcher_id) DO NOTHING"
        );
        Ok(())
    }

    /// Changes the language that a watcher reads.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_language(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        language: &str,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watcher SET language = $3 WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            watcher.0,
            language
        )?;
        Ok(())
    }

    /// Adds contacts. None of their addresses may be there already.
    ///
    /// # Errors
    /// When one is, or the database does not answer.
    pub async fn put_contacts(
        &mut self,
        city: CityId,
        contacts: &[Contact],
        confirmed: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let push = |contact: &Contact| match &contact.address {
            Address::Push(s) => Some((s.p256dh.clone(), s.auth.clone())),
            Address::Mail(_) | Address::Webhook(_) => None,
        };
        write_rows!(
            self,
            "INSERT INTO contact (city_id, contact_id, watcher_id, kind, address, p256dh, auth,
                state, confirmed_at, created_at) ",
            contacts,
            |c| [
                city.0,
                c.id.0,
                c.watcher.0,
                c.address.kind().name(),
                c.address.text().to_owned(),
                push(c).map(|(p256dh, _)| p256dh),
                push(c).map(|(_, auth)| auth),
                if confirmed { "confirmed" } else { "unconfirmed" },
                confirmed.then(|| now.as_millis()),
                now.as_millis(),
            ],
            ""
        );
        Ok(())
    }

    /// Push endpoints that began with `from` begin with `to`: a push service has moved, with all
    /// its subscriptions.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_push_endpoints(
        &mut self,
        city: CityId,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET address = CAST($3 AS TEXT) || substr(address, length(CAST($2 AS TEXT)) + 1)
             WHERE city_id = $1 AND kind = 'push'
                AND substr(address, 1, length(CAST($2 AS TEXT))) = $2",
            city.0,
            from,
            to
        )?;
        Ok(())
    }

    /// The contact with this address, if anybody has it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn contact_at(
        &mut self,
        city: CityId,
        address: &Address,
    ) -> Result<Option<ContactRow>, StoreError> {
        let found = row!(
            self,
            ContactFields,
            concat!(
                "SELECT ",
                contact_columns!(),
                " FROM contact WHERE city_id = $1 AND kind = $2 AND address = $3"
            ),
            city.0,
            address.kind().name(),
            address.text()
        )?;
        found.map(ContactFields::into_row).transpose()
    }

    /// The contacts with these addresses, so far as they are known.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn contacts_at(
        &mut self,
        city: CityId,
        addresses: &[&Address],
    ) -> Result<Vec<ContactRow>, StoreError> {
        let head = concat!(
            "SELECT ",
            contact_columns!(),
            " FROM contact WHERE (city_id, kind, address) IN ("
        );
        let rows = rows_of!(
            self,
            ContactFields,
            head,
            addresses,
            |address| [city.0, address.kind().name(), address.text()],
            ")"
        );
        rows.into_iter().map(ContactFields::into_row).collect()
    }

    /// Gives a watcher's contacts, and what is on its way to them, to another watcher.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_contacts(
        &mut self,
        city: CityId,
        from: WatcherId,
        to: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET watcher_id = $3 WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            from.0,
            to.0
        )?;
        run!(
            self,
            "UPDATE delivery SET watcher_id = $3
             WHERE city_id = $1 AND watcher_id = $2 AND state = 'waiting' AND contact_id IN (
                SELECT contact_id FROM contact WHERE city_id = $1 AND watcher_id = $3)",
            city.0,
            from.0,
            to.0
        )?;
        Ok(())
    }

    /// Writes the keys that a browser has now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn renew_browser(
        &mut self,
        city: CityId,
        contact: ContactId,
        browser: &Address,
    ) -> Result<(), StoreError> {
        let Address::Push(keys) = browser else { return Ok(()) };
        run!(
            self,
            "UPDATE contact SET p256dh = $3, auth = $4
             WHERE city_id = $1 AND contact_id = $2 AND kind = 'push'",
            city.0,
            contact.0,
            &keys.p256dh,
            &keys.auth
        )?;
        Ok(())
    }

    /// Contacts by their ids.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn contacts(
        &mut self,
        city: CityId,
        ids: &[ContactId],
    ) -> Result<Vec<ContactRow>, StoreError> {
        let head = concat!(
            "SELECT ",
            contact_columns!(),
            " FROM contact WHERE (city_id, contact_id) IN ("
        );
        let rows = rows_of!(self, ContactFields, head, ids, |id| [city.0, id.0], ")");
        rows.into_iter().map(ContactFields::into_row).collect()
    }

    /// All contacts of these watchers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn contacts_of(
        &mut self,
        city: CityId,
        watchers: &[WatcherId],
    ) -> Result<Vec<ContactRow>, StoreError> {
        let head = concat!(
            "SELECT ",
            contact_columns!(),
            " FROM contact WHERE (city_id, watcher_id) IN ("
        );
        let rows = rows_of!(self, ContactFields, head, watchers, |id| [city.0, id.0], ")");
        rows.into_iter().map(ContactFields::into_row).collect()
    }

    /// By which confirmed contacts these watchers can be reached, in the order of the contacts' ids.
    /// Matching asks this for everybody it has something to tell, so the index alone answers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn roads_of(
        &mut self,
        city: CityId,
        watchers: &[WatcherId],
    ) -> Result<HashMap<WatcherId, Vec<Road>>, StoreError> {
        let rows = rows_of!(
            self,
            (Uuid, Uuid, String),
            "SELECT watcher_id, contact_id, kind FROM contact
             WHERE state = 'confirmed' AND (city_id, watcher_id) IN (",
            watchers,
            |id| [city.0, id.0],
            ")"
        );
        let mut roads: HashMap<_, Vec<Road>> = HashMap::with_capacity(watchers.len());
        for (watcher, contact, kind) in rows {
            let kind =
                ContactKind::from_name(&kind).ok_or(StoreError::Unreadable("contact.kind"))?;
            let road = Road { contact: ContactId(contact), kind };
            roads.entry(WatcherId(watcher)).or_default().push(road);
        }
        for list in roads.values_mut() {
            list.sort_unstable_by_key(|road| road.contact);
        }
        Ok(roads)
    }
}
