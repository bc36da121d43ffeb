//! Who sits at a browser: the link by which somebody signs in, and what the browser keeps after it.

use std::time::Duration;

use uuid::Uuid;

use super::{Secrets, TokenError};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::watcher::{ContactId, WatcherId};

/// Somebody who has signed in, until it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub city: CityId,
    pub watcher: WatcherId,
    pub until: Timestamp,
}

/// The link in a mail by which its reader signs in, until it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInLink {
    pub city: CityId,
    pub contact: ContactId,
    pub until: Timestamp,
}

impl Session {
    #[must_use]
    pub fn seal(&self, secrets: &Secrets) -> String {
        seal(secrets, "session", (self.city, self.watcher.0, self.until))
    }

    /// # Errors
    /// When it was not sealed here, or has ended.
    pub fn open(text: &str, secrets: &Secrets, now: Timestamp) -> Result<Self, TokenError> {
        let (city, id, until) = open(text, secrets, "session", now)?;
        Ok(Self { city, watcher: WatcherId(id), until })
    }
}

impl SignInLink {
    /// How long it is good after it was asked for.
    pub const LASTS: Duration = Duration::from_mins(30);

    /// When it was asked for.
    #[must_use]
    pub fn asked(&self) -> Timestamp {
        self.until.minus(Self::LASTS)
    }

    #[must_use]
    pub fn seal(&self, secrets: &Secrets) -> String {
        seal(secrets, "sign-in", (self.city, self.contact.0, self.until))
    }

    /// # Errors
    /// When it was not sealed here, or has ended.
    pub fn open(text: &str, secrets: &Secrets, now: Timestamp) -> Result<Self, TokenError> {
        let (city, id, until) = open(text, secrets, "sign-in", now)?;
        Ok(Self { city, contact: ContactId(id), until })
    }
}

/// The link by which the reader of an address says that it is the person's, too, who asked; it is good while
/// they go on asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimLink {
    pub city: CityId,
    pub claim: Uuid,
}

impl ClaimLink {
    #[must_use]
    pub fn seal(&self, secrets: &Secrets) -> String {
        seal(secrets, "claim", (self.city, self.claim, Timestamp::from_millis(i64::MAX)))
    }

    /// # Errors
    /// When it was not sealed here.
    pub fn open(text: &str, secrets: &Secrets) -> Result<Self, TokenError> {
        let (city, claim, _) = open(text, secrets, "claim", Timestamp::from_millis(0))?;
        Ok(Self { city, claim })
    }
}

type Parts = (CityId, Uuid, Timestamp);

fn seal(secrets: &Secrets, purpose: &str, (city, id, until): Parts) -> String {
    let payload =
        [&city.0.to_be_bytes()[..], id.as_bytes(), &until.as_millis().to_be_bytes()].concat();
    secrets.sign(purpose, &payload)
}

fn open(text: &str, secrets: &Secrets, purpose: &str, now: Timestamp) -> Result<Parts, TokenError> {
    let payload = secrets.verify(purpose, text)?;
    let (city, rest) = payload.split_first_chunk::<8>().ok_or(TokenError::NotValid)?;
    let (id, rest) = rest.split_first_chunk::<16>().ok_or(TokenError::NotValid)?;
    let until: [u8; 8] = rest.try_into().map_err(|_| TokenError::NotValid)?;
    let until = Timestamp::from_millis(i64::from_be_bytes(until));
    if until <= now {
        return Err(TokenError::NotValid);
    }
    Ok((CityId(i64::from_be_bytes(*city)), Uuid::from_bytes(*id), until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_whose_it_was_until_it_ends_and_no_link_is_one() {
        let secrets = Secrets::generate();
        let (city, until) = (CityId(7), Timestamp::from_millis(1_000));
        let session = Session { city, watcher: WatcherId(Uuid::from_u128(9)), until };
        let sealed = session.seal(&secrets);
        let at = |ms| Session::open(&sealed, &secrets, Timestamp::from_millis(ms));
        assert_eq!(at(999), Ok(session));
        assert_eq!(at(1_000), Err(TokenError::NotValid));
        assert!(Session::open(&sealed, &Secrets::generate(), Timestamp::from_millis(0)).is_err());
        let link = SignInLink { city, contact: ContactId(Uuid::from_u128(9)), until };
        let sealed = link.seal(&secrets);
        let now = Timestamp::from_millis(0);
        assert_eq!(SignInLink::open(&sealed, &secrets, now), Ok(link));
        assert!(Session::open(&sealed, &secrets, now).is_err(), "each has its own seal");
        let claim = ClaimLink { city, claim: Uuid::from_u128(9) };
        assert_eq!(ClaimLink::open(&claim.seal(&secrets), &secrets), Ok(claim));
        assert!(ClaimLink::open(&sealed, &secrets).is_err(), "so has a question");
        for text in ["", "x", &sealed[1..], &sealed[..sealed.len() - 4]] {
            assert!(SignInLink::open(text, &secrets, now).is_err(), "{text}");
        }
    }
}
