//! Who calls: nobody in particular, a program with a key, or a watcher with a management link.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};

use super::{Doors, Problem};
use crate::intake::FieldError;
use crate::store::StaffRole;
use crate::token::{ApiKey, Token};
use crate::watcher::WatcherId;

/// Whom a request's `Authorization: Bearer …` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    Anybody,
    Key { role: StaffRole, name: String },
    Watcher(WatcherId),
}

impl Caller {
    /// The caller as somebody who may bring events.
    ///
    /// # Errors
    /// 401 without a key, 403 with one of another role.
    pub fn may_bring_events(&self) -> Result<&str, Problem> {
        match self {
            Self::Key { role: StaffRole::Office, .. } => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "this key may not bring events; make one with: wardwatch keys api --role source",
            )),
            Self::Key { name, .. } => Ok(name),
            _ => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "this needs an API key: Authorization: Bearer ww_…; make one with: \
                 wardwatch keys api --role source",
            )),
        }
    }

    /// Whether the caller may do what a feed of issues has no say in, as `wanted` puts it: end what somebody
    /// is sent, read what is not shown.
    ///
    /// # Errors
    /// 401 without a key, 403 with one of another role.
    pub fn is_staff(&self, wanted: &str) -> Result<(), Problem> {
        match self {
            Self::Key { role: StaffRole::Admin | StaffRole::Staff, .. } => Ok(()),
            Self::Key { .. } => Err(Problem::new(
                StatusCode::FORBIDDEN,
                format!(
                    "this key may not {wanted}; make one with: wardwatch keys api --role staff"
                ),
            )),
            _ => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "this needs an API key: Authorization: Bearer ww_…; make one with: wardwatch keys \
                 api --role staff",
            )),
        }
    }

    /// Whether this may stand in the caller's mouth. A key of role `source` speaks for the source
    /// that it is named after and for no other; staff may bring what any source has said.
    ///
    /// # Errors
    /// A refusal at `/source`.
    pub fn may_speak_for(&self, source: &str) -> Result<(), FieldError> {
        match self {
            Self::Key { role: StaffRole::Source, name } if name != source => {
                let detail = format!(
                    "this key speaks for “{name}” alone; leave `source` out, or make a key with: \
                     wardwatch keys api --role source --name …"
                );
                Err(FieldError::new("source", &detail))
            }
            _ => Ok(()),
        }
    }

    /// Whether the caller may say what happens to an issue that came from `source`: a 311 system's
    /// feed closes and hides requests of its own, staff those of anybody.
    ///
    /// # Errors
    /// 403 when it is somebody else's.
    pub fn may_act_on(&self, source: &str) -> Result<(), Problem> {
        match self {
            Self::Key { role: StaffRole::Source, name } if name != source => Err(Problem::new(
                StatusCode::FORBIDDEN,
                format!(
                    "this issue came from “{source}”, and this key speaks for “{name}” alone; \
                     use a key of role staff"
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The name of a key; nobody else has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Key { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The caller as a watcher.
    ///
    /// # Errors
    /// 401 when it is none.
    pub fn watcher(&self) -> Result<WatcherId, Problem> {
        match self {
            Self::Watcher(watcher) => Ok(*watcher),
            _ => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "this needs the management token that confirming a watch gives, or that stands \
                 behind /watch/ in any of our mails: Authorization: Bearer …",
            )),
        }
    }
}

impl FromRequestParts<Doors> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Problem> {
        let Some(given) = parts.headers.get(header::AUTHORIZATION) else {
            return Ok(Self::Anybody);
        };
        let unknown = || {
            Problem::new(
                StatusCode::UNAUTHORIZED,
                "this key or token is not known here, or was revoked",
            )
        };
        let text = given.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        let text = text.ok_or_else(unknown)?.trim();
        let city = doors.city().await?;
        if let Some(key) = ApiKey::parse(text) {
            let mut tx = doors.engine().store().read().await?;
            let found = tx.api_key(city.id, &key.hash()).await?;
            return found.map(|(role, name)| Self::Key { role, name }).ok_or_else(unknown);
        }
        match Token::open(text, doors.engine().secrets()) {
            // A token outlives the one whose it was.
            Ok(Token::Manage { city: of, watcher })
                if of == city.id && doors.engine().is_known(city.id, watcher).await? =>
            {
                Ok(Self::Watcher(watcher))
            }
            _ => Err(unknown()),
        }
    }
}
