//! Members of staff: who may do what, by the mail address that they sign in with.

use super::{StaffRole, StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::watcher::WatcherId;

/// Somebody who may act for the city, or for a ward's office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    pub email: String,
    pub role: StaffRole,
    /// Of an office: its ward, `12` or `LAYER:12`.
    pub ward: Option<String>,
    /// What the holder of an office is called in public.
    pub name: Option<String>,
}

type Fields = (String, String, Option<String>, Option<String>);

fn member((email, role, ward, name): Fields) -> Result<MemberRow, StoreError> {
    let role = StaffRole::from_name(&role).ok_or(StoreError::Unreadable("staff.role"))?;
    Ok(MemberRow { email, role, ward, name })
}

impl Tx {
    /// Adds or changes a member of staff.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_member(
        &mut self,
        city: CityId,
        member: &MemberRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO staff (city_id, email, role, ward, name, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (city_id, email)
             DO UPDATE SET role = excluded.role, ward = excluded.ward, name = excluded.name",
            city.0,
            &member.email,
            member.role.name(),
            member.ward.as_deref(),
            member.name.as_deref(),
            now.as_millis()
        )?;
        Ok(())
    }

    /// Takes a member's powers away. Gives whether there was one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_member(&mut self, city: CityId, email: &str) -> Result<bool, StoreError> {
        let gone = run!(
            self,
            "DELETE FROM staff WHERE city_id = $1 AND lower(email) = lower($2)",
            city.0,
            email
        )?;
        Ok(gone > 0)
    }

    /// All members of staff, by role and address.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn members(&mut self, city: CityId) -> Result<Vec<MemberRow>, StoreError> {
        let rows = rows!(
            self,
            Fields,
            "SELECT email, role, ward, name FROM staff WHERE city_id = $1 ORDER BY role, email",
            city.0
        )?;
        rows.into_iter().map(member).collect()
    }

    /// The member who signs in with an address, however its letters are typed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn member_at(
        &mut self,
        city: CityId,
        email: &str,
    ) -> Result<Option<MemberRow>, StoreError> {
        let found = row!(
            self,
            Fields,
            "SELECT email, role, ward, name FROM staff
             WHERE city_id = $1 AND lower(email) = lower($2) ORDER BY email LIMIT 1",
            city.0,
            email
        )?;
        found.map(member).transpose()
    }

    /// What somebody who has signed in may do, by the mail addresses that they have shown to be theirs; of
    /// several the role that may most.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn member_who_is(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Option<MemberRow>, StoreError> {
        let found = row!(
            self,
            Fields,
            "SELECT s.email, s.role, s.ward, s.name FROM contact c
             JOIN staff s ON s.city_id = c.city_id AND s.email = c.address
             WHERE c.city_id = $1 AND c.watcher_id = $2 AND c.kind = 'mail' AND c.state = 'confirmed'
             ORDER BY CASE s.role WHEN 'admin' THEN 0 WHEN 'staff' THEN 1 ELSE 2 END, s.email LIMIT 1",
            city.0,
            watcher.0
        )?;
        found.map(member).transpose()
    }

    /// Who holds the office of a ward, by what they are called in public.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn office_holders(
        &mut self,
        city: CityId,
        ward: &str,
    ) -> Result<Vec<String>, StoreError> {
        let rows = rows!(
            self,
            (String,),
            "SELECT DISTINCT name FROM staff
             WHERE city_id = $1 AND role = 'office' AND ward = $2 AND name IS NOT NULL ORDER BY name",
            city.0,
            ward
        )?;
        Ok(rows.into_iter().map(|(name,)| name).collect())
    }
}
