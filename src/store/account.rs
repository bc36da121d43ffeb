//! What a person's own account holds besides watches and habits: what they have seen, where they are signed
//! in, what they know their devices by, and contacts that they say are theirs, too.

use uuid::Uuid;

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::watcher::{ContactId, WatcherId};

/// Up to when somebody has seen what they were told, when they last signed out everywhere, and by which link
/// they last signed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    pub seen: Option<Timestamp>,
    pub signed_out: Option<Timestamp>,
    pub link: Option<UsedLink>,
}

/// A link to sign in that has been used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedLink {
    pub asked: Timestamp,
    /// When it was used first.
    pub used: Timestamp,
}

/// A contact that somebody says is theirs, which has not been shown yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The watch, or the question, by which it is shown.
    pub id: Uuid,
    pub contact: ContactId,
    pub watcher: WatcherId,
    pub since: Timestamp,
}

row_struct! {
    struct ClaimFields {
        claim_id: Uuid,
        contact_id: Uuid,
        watcher_id: Uuid,
        claimed_at: i64,
    }
}

impl ClaimFields {
    fn into_claim(self) -> Claim {
        Claim {
            id: self.claim_id,
            contact: ContactId(self.contact_id),
            watcher: WatcherId(self.watcher_id),
            since: Timestamp::from_millis(self.claimed_at),
        }
    }
}

impl Tx {
    /// A person's marks; none of whoever has left.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn marks_of(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Option<Marks>, StoreError> {
        let found = row!(
            self,
            (Option<i64>, Option<i64>, Option<i64>, Option<i64>),
            "SELECT seen_at, signed_out_at, link_asked_at, link_used_at FROM watcher
             WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            watcher.0
        )?;
        let at = |millis: Option<i64>| millis.map(Timestamp::from_millis);
        let marks = |(seen, out, asked, used)| Marks {
            seen: at(seen),
            signed_out: at(out),
            link: at(asked).zip(at(used)).map(|(asked, used)| UsedLink { asked, used }),
        };
        Ok(found.filter(|_| watcher != super::leaving::NOBODY).map(marks))
    }

    /// A person has seen what they were told up to a time; said of an earlier one, nothing changes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_seen(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        up_to: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watcher SET seen_at = $3
             WHERE city_id = $1 AND watcher_id = $2 AND COALESCE(seen_at, $3) <= $3",
            city.0,
            watcher.0,
            up_to.as_millis()
        )?;
        Ok(())
    }

    /// Whoever signed in before a time as this person is signed out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_out_all(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watcher SET signed_out_at = $3 WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            watcher.0,
            now.as_millis()
        )?;
        Ok(())
    }

    /// A person has signed in by a link; said of the same one again, or of an older one, nothing changes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn use_link(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        link: UsedLink,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watcher SET link_asked_at = $3, link_used_at = $4
             WHERE city_id = $1 AND watcher_id = $2
             AND (link_asked_at IS NULL OR link_asked_at < $3)",
            city.0,
            watcher.0,
            link.asked.as_millis(),
            link.used.as_millis()
        )?;
        Ok(())
    }

    /// Keeps what a person knows a browser by.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn name_device(
        &mut self,
        city: CityId,
        contact: ContactId,
        device: &str,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET device = $3
             WHERE city_id = $1 AND contact_id = $2 AND kind = 'push'",
            city.0,
            contact.0,
            device
        )?;
        Ok(())
    }

    /// Keeps that somebody says that a contact is theirs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_claim(&mut self, city: CityId, claim: Claim) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO claim (city_id, claim_id, contact_id, watcher_id, claimed_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (city_id, claim_id, contact_id) DO NOTHING",
            city.0,
            claim.id,
            claim.contact.0,
            claim.watcher.0,
            claim.since.as_millis()
        )?;
        Ok(())
    }

    /// What is shown by one watch, or by the answer to one question.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claims(&mut self, city: CityId, id: Uuid) -> Result<Vec<Claim>, StoreError> {
        let rows = rows!(
            self,
            ClaimFields,
            "SELECT claim_id, contact_id, watcher_id, claimed_at FROM claim
             WHERE city_id = $1 AND claim_id = $2",
            city.0,
            id
        )?;
        Ok(rows.into_iter().map(ClaimFields::into_claim).collect())
    }

    /// All that somebody says is theirs, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claims_of(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<Claim>, StoreError> {
        let rows = rows!(
            self,
            ClaimFields,
            "SELECT claim_id, contact_id, watcher_id, claimed_at FROM claim
             WHERE city_id = $1 AND watcher_id = $2 ORDER BY claimed_at, claim_id",
            city.0,
            watcher.0
        )?;
        Ok(rows.into_iter().map(ClaimFields::into_claim).collect())
    }

    /// Somebody says no longer that a contact is theirs, or it has been shown.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_claims(
        &mut self,
        city: CityId,
        contact: ContactId,
        watcher: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM claim WHERE city_id = $1 AND contact_id = $2 AND watcher_id = $3",
            city.0,
            contact.0,
            watcher.0
        )?;
        Ok(())
    }

    /// Whether something was said before a time and was not shown.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn any_claim_before(
        &mut self,
        city: CityId,
        before: Timestamp,
    ) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (i64,),
            "SELECT claimed_at FROM claim WHERE city_id = $1 AND claimed_at < $2 LIMIT 1",
            city.0,
            before.as_millis()
        )?;
        Ok(found.is_some())
    }

    /// Forgets what was said before a time and was not shown.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_claims(
        &mut self,
        city: CityId,
        before: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM claim WHERE city_id = $1 AND claimed_at < $2",
            city.0,
            before.as_millis()
        )?;
        Ok(())
    }
}
