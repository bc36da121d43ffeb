//! What somebody who has signed in may do for the city, or for a ward's office.
//!
//! The one rule: it is looked up at every request, by the mail addresses that are theirs; so whoever is no
//! member any more can do nothing from then on, wherever they are signed in.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::pages::Frame;
use super::session::Visitor;
use super::{Doors, Problem};
use crate::issue::CityId;
use crate::message::Key;
use crate::store::{IssueWardRow, StaffRole};
use crate::ward::{USUAL_LAYER, WardRef};
use crate::watcher::WatcherId;

/// Whoever sits at the browser, if they are staff.
#[derive(Clone, Debug)]
pub struct Member(pub Option<Seat>);

/// What a member may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The ward of an office; the whole city without.
    pub office: Option<WardRef>,
}

impl Seat {
    /// Whether an issue is theirs to work on: of an office those in its ward, or on its line.
    pub fn works_on(&self, wards: &[IssueWardRow]) -> bool {
        self.office.as_ref().is_none_or(|office| wards.iter().any(|row| row.ward == *office))
    }

    /// What stands in the events of what they do.
    pub fn office(&self) -> Option<String> {
        self.office.as_ref().map(WardRef::written)
    }
}

impl FromRequestParts<Doors> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Problem> {
        let Ok(Visitor(visitor)) = Visitor::from_request_parts(parts, doors).await;
        let Some(visitor) = visitor else { return Ok(Self(None)) };
        let city = doors.city().await?;
        Ok(Self(seat_of(doors, city.id, visitor).await?))
    }
}

/// What somebody may do, if they are staff.
///
/// # Errors
/// When the database does not answer.
pub async fn seat_of(
    doors: &Doors,
    city: CityId,
    visitor: WatcherId,
) -> Result<Option<Seat>, Problem> {
    let member = doors.engine().store().read().await?.member_who_is(city, visitor).await?;
    Ok(member.and_then(|member| match (member.role, member.ward) {
        (StaffRole::Admin | StaffRole::Staff, _) => Some(Seat { office: None }),
        (StaffRole::Office, Some(ward)) => Some(Seat { office: Some(WardRef::read(&ward)) }),
        (StaffRole::Office, None) | (StaffRole::Source, _) => None,
    }))
}

/// The refusal of what only staff may do.
pub fn not_yours() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "this is for those who work for the city, or for the ward's office; sign in with the address that \
         the city knows you by",
    )
}

/// Who speaks: a ward's office, or the city. Never a person.
pub fn speaker(frame: &Frame<'_>, office: Option<&str>) -> String {
    let Some(office) = office.map(WardRef::read) else { return frame.city.to_owned() };
    if office.layer == USUAL_LAYER {
        return frame.with("page-office-ward", "ward", &office.ward);
    }
    let gaps = [("layer", office.layer.into()), ("ward", office.ward.into())];
    frame.words.fill(Key("page-office-layer"), &gaps)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::issue::IssueId;

    fn lies_in(ward: &str, near: bool) -> IssueWardRow {
        IssueWardRow { issue: IssueId(Uuid::nil()), ward: WardRef::read(ward), near }
    }

    #[test]
    fn an_office_works_on_what_lies_in_its_ward_or_on_its_line() {
        let office = |ward: &str| Seat { office: Some(WardRef::read(ward)) };
        let wards = [lies_in("12", false), lies_in("13", true), lies_in("police-beats:7", false)];
        assert!(office("12").works_on(&wards) && office("13").works_on(&wards));
        assert!(!office("7").works_on(&wards), "a ward of another layer is another ward");
        assert!(office("police-beats:7").works_on(&wards));
        assert!(!office("12").works_on(&[]));
        assert!(Seat { office: None }.works_on(&[]));
    }
}
