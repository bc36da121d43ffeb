//! Which column means what: by the names that cities use, or as a person maps them.
//!
//! Names are compared without case, spaces and punctuation: "Created Date", `created_date` and
//! `CREATEDDATE` are one name. Where several columns of a row could be a field, the first of the
//! list that is not blank is, and the others stay attributes.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use crate::geometry::Position;

use super::rows::{Row, scalar};
use super::{Defaults, FieldError, IntakeError, places, words};

/// A field of an issue or event that a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Id,
    Category,
    /// When it was requested, or for an event when it happened.
    At,
    /// When the row last changed; its version too.
    Updated,
    /// When something about it last changed, too loosely kept to be a version.
    Touched,
    Closed,
    Status,
    Description,
    Address,
    Lon,
    Lat,
    /// Both coordinates in one value.
    Point,
    Version,
    Kind,
    Source,
    Text,
    Actor,
}

impl Role {
    pub const ALL: [Self; 17] = [
        Self::Id,
        Self::Category,
        Self::At,
        Self::Updated,
        Self::Touched,
        Self::Closed,
        Self::Status,
        Self::Description,
        Self::Address,
        Self::Lon,
        Self::Lat,
        Self::Point,
        Self::Version,
        Self::Kind,
        Self::Source,
        Self::Text,
        Self::Actor,
    ];

    /// The name in `--map` and in the wire form of events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Category => "category",
            Self::At => "at",
            Self::Updated => "updated",
            Self::Touched => "touched",
            Self::Closed => "closed",
            Self::Status => "status",
            Self::Description => "description",
            Self::Address => "address",
            Self::Lon => "lon",
            Self::Lat => "lat",
            Self::Point => "point",
            Self::Version => "version",
            Self::Kind => "kind",
            Self::Source => "source",
            Self::Text => "text",
            Self::Actor => "actor",
        }
    }

    /// The columns that are taken for it, best first: ours, Open311's, then Chicago's, New
    /// York's, Washington's, Boston's, SeeClickFix's, and what others commonly write.
    fn columns(self) -> &'static str {
        match self {
            Self::Id => {
                "sourceid srnumber servicerequestid servicerequestnumber uniquekey caseenquiryid \
                 requestid id ticketid caseid casenumber incidentid reportid issueid \
                 featureid"
            }
            Self::Category => {
                "category srtype servicename complainttype servicecodedescription primarytype \
                 requesttype issuetype type servicecode subject summary"
            }
            Self::At => {
                "at requesteddatetime createddate creationdate createdat opendt opendate \
                 openedat opened dateopened serviceorderdate adddate reporteddate reportedat \
                 requestdate submittedat submitteddate datecreated created datetime timestamp \
                 date time"
            }
            Self::Updated => {
                "updated updateddatetime updatedat lastmodifieddate lastmodified lastupdated \
                 lastupdate modifieddate modifiedat modified updateddate dateupdated \
                 updatedtimestamp"
            }
            Self::Touched => "resolutionactionupdateddate",
            Self::Closed => {
                "closed closeddate closedat completiondate completeddate closeddt dateclosed \
                 closedatetime closeddatetime closedate resolutiondate resolvedat resolveddate"
            }
            Self::Status => {
                "status casestatus serviceorderstatus requeststatus currentstatus statuscode state"
            }
            Self::Description => {
                "description details descriptor summary casetitle title natureofviolation"
            }
            Self::Address => {
                "address streetaddress incidentaddress addressstring fulladdress \
                 locationstreetname block streetname location"
            }
            Self::Lon => "lon longitude lng long geomlon x",
            Self::Lat => "lat latitude geomlat y",
            Self::Point => "geometry position point location geom thegeom coordinates",
            Self::Version => "version",
            Self::Kind => "kind",
            Self::Source => "source",
            Self::Text => "text",
            Self::Actor => "actor",
        }
    }
}

/// What a person says about columns: `lon=COL,lat=COL,id=COL,…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(BTreeMap<Role, String>);

impl FromStr for Mapping {
    type Err = IntakeError;

    fn from_str(text: &str) -> Result<Self, IntakeError> {
        let mut mapping = BTreeMap::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (role, column) = pair
                .split_once('=')
                .map(|(role, column)| (role.trim(), column.trim()))
                .filter(|(role, column)| !role.is_empty() && !column.is_empty())
                .ok_or_else(|| IntakeError::NotAMapping(pair.to_owned()))?;
            let known =
                Role::ALL.into_iter().find(|known| known.name() == role).ok_or_else(|| {
                    IntakeError::NoSuchField {
                        wanted: role.to_owned(),
                        known: Role::ALL.map(Role::name).join(", "),
                    }
                })?;
            if mapping.insert(known, column.to_owned()).is_some() {
                return Err(IntakeError::MappedTwice(role.to_owned()));
            }
        }
        Ok(Self(mapping))
    }
}

impl Mapping {
    /// Finds the fields among a row's columns. A mapped field is looked for nowhere else.
    #[must_use]
    pub fn columns(&self, row: &Row) -> Columns {
        let plain: Vec<String> = row.keys.iter().map(|key| plain_name(key)).collect();
        let places = |role: Role| -> Vec<usize> {
            if let Some(column) = self.0.get(&role) {
                return place_of(column, &row.keys).into_iter().collect();
            }
            let place = |name| plain.iter().position(|key| key == name);
            role.columns().split_whitespace().filter_map(place).collect()
        };
        Columns {
            keys: Arc::clone(&row.keys),
            places: Role::ALL.map(places),
            corner: self.corner(&plain),
            mapped: Role::ALL.map(|role| self.0.contains_key(&role)),
            ours: self.0.contains_key(&Role::Kind) || plain.iter().any(|k| k == "sourceid"),
        }
    }

    /// The streets that cross where an issue is, as New York names their columns.
    fn corner(&self, plain: &[String]) -> Option<[usize; 2]> {
        let place = |name| plain.iter().position(|key| key == name);
        let corner = [place("intersectionstreet1")?, place("intersectionstreet2")?];
        (!self.0.contains_key(&Role::Address)).then_some(corner)
    }

    /// Holds the mapping against a header.
    ///
    /// # Errors
    /// When a column that it names is not there.
    pub fn check(&self, header: &[String]) -> Result<(), IntakeError> {
        for column in self.0.values() {
            if place_of(column, header).is_none() {
                return Err(IntakeError::NoSuchColumn {
                    wanted: column.clone(),
                    present: header.join(", "),
                });
            }
        }
        Ok(())
    }

    /// Holds a header against what every point has to say.
    ///
    /// # Errors
    /// When no column, or only one of the two, says where it is.
    pub fn check_for_points(&self, header: &[String]) -> Result<(), IntakeError> {
        let named = self.named(header);
        let missing = match (named(Role::Point), named(Role::Lon), named(Role::Lat)) {
            (true, ..) | (_, true, true) => return Ok(()),
            (_, true, false) => "latitude",
            (_, false, true) => "longitude",
            (_, false, false) => "longitude and latitude",
        };
        Err(IntakeError::NoPoints { missing, present: shortened(header) })
    }

    /// Which fields a header has columns for.
    fn named(&self, header: &[String]) -> impl Fn(Role) -> bool {
        let plain: Vec<String> = header.iter().map(|key| plain_name(key)).collect();
        move |role| {
            let mut names = role.columns().split_whitespace();
            self.0.contains_key(&role) || names.any(|name| plain.iter().any(|key| key == name))
        }
    }

    /// Holds a header against what every issue has to say: without its number or its time no row
    /// can be taken, and what was given is something else.
    ///
    /// # Errors
    /// When one of them is neither in the header nor known from elsewhere.
    pub fn check_for_issues(
        &self,
        header: &[String],
        defaults: &Defaults,
    ) -> Result<(), IntakeError> {
        let named = self.named(header);
        let has_id = named(Role::Id) || defaults.source_id.is_some();
        let has_time = named(Role::At) || defaults.at.is_some();
        let missing = match (has_id, has_time) {
            (true, true) => return Ok(()),
            (false, false) => "what number an issue has, nor when it was opened",
            (false, true) => "what number an issue has",
            (true, false) => "when an issue was opened",
        };
        Err(IntakeError::NoIssues { missing, present: shortened(header) })
    }
}

/// At most two hundred characters of it, for a message.
fn shortened(header: &[String]) -> String {
    header.join(", ").chars().take(200).collect()
}

/// By its exact name, else by its plain one.
pub(super) fn place_of(column: &str, keys: &[String]) -> Option<usize> {
    let by = |same: &dyn Fn(&String) -> bool| keys.iter().position(same);
    by(&|key| key == column).or_else(|| by(&|key| plain_name(key) == plain_name(column)))
}

pub(super) fn plain_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Where in rows of the same columns the fields are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    keys: Arc<[String]>,
    /// By role, as in [`Role::ALL`]; the places in the row, best first.
    places: [Vec<usize>; 17],
    /// Two streets that stand in for an address.
    corner: Option<[usize; 2]>,
    /// By role: whether a person named the column.
    mapped: [bool; 17],
    /// Whether these rows speak our own words: they come from a program that knows them, or a
    /// person said so. Elsewhere a column `kind`, `source` or `version` may mean anything.
    pub(super) ours: bool,
}

impl Columns {
    /// Whether a row has the same columns, so that these fit it too.
    #[must_use]
    pub fn fit(&self, row: &Row) -> bool {
        Arc::ptr_eq(&self.keys, &row.keys) || self.keys == row.keys
    }

    pub(super) fn places(&self, role: Role) -> &[usize] {
        &self.places[role as usize]
    }

    /// Whether there are columns that say where something is.
    #[must_use]
    pub fn have_places(&self) -> bool {
        let has = |role| !self.places(role).is_empty();
        has(Role::Point) || (has(Role::Lon) && has(Role::Lat))
    }

    pub(super) fn corner(&self) -> Option<[usize; 2]> {
        self.corner
    }

    pub(super) fn is_mapped(&self, role: Role) -> bool {
        self.mapped[role as usize]
    }

    /// A row's id: `1587655.0`, which a spreadsheet made of 1587655, is that number again.
    #[must_use]
    pub fn id(&self, row: &Row) -> Option<String> {
        let place = self.id_place(row)?;
        scalar(&row.values[place]).map(|id| whole_number(&id).to_owned())
    }

    pub(super) fn id_place(&self, row: &Row) -> Option<usize> {
        let is_there =
            |&&place: &&usize| scalar(&row.values[place]).is_some_and(|id| !words::is_blank(&id));
        self.places(Role::Id).iter().find(is_there).copied()
    }

    /// A row's position: from a GeoJSON point, from two columns, or from one that holds both.
    /// `None` when nothing is given. Numbers beyond ±180 and ±90 are given as they stand.
    ///
    /// # Errors
    /// When what is given cannot be read as a position.
    pub fn position(&self, row: &Row) -> Result<Option<Position>, FieldError> {
        places::read(row, self).map(|found| found.map(|found| found.position))
    }
}

pub(super) fn whole_number(id: &str) -> &str {
    match id.split_once('.') {
        Some((whole, zeroes))
            if whole.bytes().all(|b| b.is_ascii_digit())
                && !whole.is_empty()
                && !zeroes.is_empty()
                && zeroes.bytes().all(|b| b == b'0') =>
        {
            whole
        }
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_read_or_says_what_is_wrong_with_it() {
        let wrong = |text: &str| text.parse::<Mapping>().unwrap_err().to_string();
        assert!("lon=X Coord, lat=Y,id=Key".parse::<Mapping>().is_ok());
        assert!("".parse::<Mapping>().is_ok());
        assert!(wrong("lon").contains("“lon” is no mapping; write FIELD=COLUMN"));
        assert!(wrong("lon=").contains("is no mapping"));
        assert!(wrong("longitude=X").contains("choose from id, category, at,"));
        assert!(wrong("lon=a,lon=b").contains("mapped twice"));
    }

    #[test]
    fn a_mapped_column_must_be_there() {
        let mapping: Mapping = "id=Key,lon=East".parse().unwrap();
        let header = ["key".to_owned(), "North".to_owned()];
        let error = mapping.check(&header).unwrap_err().to_string();
        assert_eq!(error, "the file has no column “East”; it has: key, North");
    }

    #[test]
    fn roles_stand_in_the_order_of_their_places() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
        }
    }

    #[test]
    fn an_id_that_a_spreadsheet_made_a_fraction_is_whole_again() {
        let cases = [
            ("1587655.0", "1587655"),
            ("1.10", "1.10"),
            ("v1.0", "v1.0"),
            ("7", "7"),
            (".0", ".0"),
        ];
        for (given, meant) in cases {
            assert_eq!(whole_number(given), meant);
        }
    }
}
