//! What people and programs of the city's may do, and the keys of programs.

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;

/// What a member of staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRole {
    Admin,
    Staff,
    /// A ward's office.
    Office,
    /// A program that brings events.
    Source,
}

impl StaffRole {
    /// The name in the store and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Staff => "staff",
            Self::Office => "office",
            Self::Source => "source",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Admin, Self::Staff, Self::Office, Self::Source]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// What is kept of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    hash: Vec<u8>,
    pub role: StaffRole,
    pub name: String,
    pub created: Timestamp,
    pub revoked: Option<Timestamp>,
}

impl KeyRow {
    /// Its SHA-256.
    #[must_use]
    pub fn hash(&self) -> &[u8] {
        &self.hash
    }

    /// What tells it from others of its name: the beginning of its hash, which opens nothing.
    #[must_use]
    pub fn id(&self) -> String {
        self.hash.iter().take(5).fold(String::new(), |id, byte| format!("{id}{byte:02x}"))
    }
}

impl Tx {
    /// Adds an API key by its SHA-256.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_api_key(
        &mut self,
        city: CityId,
        hash: &[u8],
        role: StaffRole,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO api_key (city_id, hash, role, name, created_at) VALUES ($1, $2, $3, $4, $5)",
            city.0,
            hash,
            role.name(),
            name,
            now.as_millis()
        )?;
        Ok(())
    }

    /// All keys ever made, oldest first. A key itself is nowhere kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn api_keys(&mut self, city: CityId) -> Result<Vec<KeyRow>, StoreError> {
        let rows = rows!(
            self,
            (Vec<u8>, String, String, i64, Option<i64>),
            "SELECT hash, role, name, created_at, revoked_at FROM api_key
             WHERE city_id = $1 ORDER BY created_at, name",
            city.0
        )?;
        let key = |(hash, role, name, created, revoked): (_, String, _, _, Option<i64>)| {
            Some(KeyRow {
                hash,
                role: StaffRole::from_name(&role)?,
                name,
                created: Timestamp::from_millis(created),
                revoked: revoked.map(Timestamp::from_millis),
            })
        };
        let keys = rows.into_iter().map(key).collect::<Option<_>>();
        keys.ok_or(StoreError::Unreadable("api_key.role"))
    }

    /// Lets nobody in by this key any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_api_key(
        &mut self,
        city: CityId,
        hash: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE api_key SET revoked_at = $3
             WHERE city_id = $1 AND hash = $2 AND revoked_at IS NULL",
            city.0,
            hash,
            now.as_millis()
        )?;
        Ok(())
    }

    /// The role and name of a key that has not been revoked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn api_key(
        &mut self,
        city: CityId,
        hash: &[u8],
    ) -> Result<Option<(StaffRole, String)>, StoreError> {
        let found = row!(
            self,
            (String, String),
            "SELECT role, name FROM api_key
             WHERE city_id = $1 AND hash = $2 AND revoked_at IS NULL",
            city.0,
            hash
        )?;
        Ok(found.and_then(|(role, name)| Some((StaffRole::from_name(&role)?, name))))
    }
}
