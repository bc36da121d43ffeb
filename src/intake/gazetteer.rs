//! Rows of addresses and of street centre lines, as cities, counties and the census publish them.
//!
//! Which column means what is found by the names that they use, without case, spaces and
//! punctuation: the national address data's (`Add_Number`, `St_PreDir` …), TIGER's, `OpenAddresses`',
//! Chicago's, New York's; or as a person maps them.

mod lines;

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use super::columns::{place_of, plain_name};
use super::places::shown;
use super::rows::{Row, scalar};
use super::{Columns, IntakeError, Mapping, words};
use crate::gazetteer::{AddressPoint, Numbers, StreetLine, split_address};
use crate::geometry::Position;

/// What a column of such a file can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// Of a house.
    Number,
    /// The name of a street, whole.
    Street,
    /// Its parts, where it stands in parts.
    Before,
    Name,
    Type,
    After,
    /// Number and street in one.
    Address,
    From,
    To,
    LeftFrom,
    LeftTo,
    RightFrom,
    RightTo,
    /// A geometry that may be a line.
    Line,
}

impl Part {
    const ALL: [Self; 14] = [
        Self::Number,
        Self::Street,
        Self::Before,
        Self::Name,
        Self::Type,
        Self::After,
        Self::Address,
        Self::From,
        Self::To,
        Self::LeftFrom,
        Self::LeftTo,
        Self::RightFrom,
        Self::RightTo,
        Self::Line,
    ];

    /// The name in `--map`.
    fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Street => "street",
            Self::Before => "before",
            Self::Name => "name",
            Self::Type => "type",
            Self::After => "after",
            Self::Address => "address",
            Self::From => "from",
            Self::To => "to",
            Self::LeftFrom => "left_from",
            Self::LeftTo => "left_to",
            Self::RightFrom => "right_from",
            Self::RightTo => "right_to",
            Self::Line => "line",
        }
    }

    /// The columns that are taken for it, best first.
    fn columns(self) -> &'static str {
        match self {
            Self::Number => {
                "number housenumber addnumber addrnumber addressnumber streetnumber housenum \
                 houseno hno stnumber stnum streetno stno strno addrnum addno addressno addrhn num"
            }
            Self::Street => {
                "fullstreetname fullstreet streetfull fullname stfullname streetnamefull \
                 fullstname fullstree stfull addrstreet street road calle"
            }
            Self::Before => {
                "before predir stpredir predirection prefixdirection stpredirection predirabrv \
                 streetdirprefix prefixdir dirpre pdir prefix direction streetdirection"
            }
            Self::Name => {
                "streetname stname streetnam stnam stnm streetnm basename streetbase roadname name"
            }
            Self::Type => {
                "sttype streettype streettyp stpostyp stpostype posttype suftype suffixtype \
                 stsuffix streetsuffix strtype roadtype suffix suftypabrv"
            }
            Self::After => {
                "after postdir stposdir stpostdir sufdir postdirection suffixdirection \
                 streetdirsuffix suffixdir dirsuf sdir sufdirabrv"
            }
            Self::Address => {
                "address fulladdress fulladdr addrdeliv streetaddress addressfull siteaddress \
                 siteaddr completeaddress cmpaddabrv addresslabel addr location label"
            }
            Self::From => "from fromadd fromaddr fromnumber fromaddress numberfrom",
            Self::To => "to toadd toaddr tonumber toaddress numberto",
            Self::LeftFrom => {
                "leftfrom lfromadd lfadd lfromaddr lfromhn fromleft fromaddrl fromaddl lfrom \
                 leftfromaddress fromaddressleft leftaddr1 lfaddr"
            }
            Self::LeftTo => {
                "leftto ltoadd ltadd ltoaddr ltohn toleft toaddrl toaddl lto lefttoaddress \
                 toaddressleft leftaddr2 ltaddr"
            }
            Self::RightFrom => {
                "rightfrom rfromadd rfadd rfromaddr rfromhn fromright fromaddrr rfrom \
                 rightfromaddress fromaddressright rgtaddr1 rightaddr1 rfaddr"
            }
            Self::RightTo => {
                "rightto rtoadd rtadd rtoaddr rtohn toright toaddrr rto righttoaddress \
                 toaddressright rgtaddr2 rightaddr2 rtaddr"
            }
            Self::Line => "geometry thegeom geom shape wkt line",
        }
    }
}

/// What a person says about columns: `number=COL,street=COL,lon=COL,…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceMapping {
    parts: BTreeMap<Part, String>,
    /// Of the point.
    place: Mapping,
}

impl FromStr for PlaceMapping {
    type Err = IntakeError;

    fn from_str(text: &str) -> Result<Self, IntakeError> {
        let (mut parts, mut place) = (BTreeMap::new(), vec![]);
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (wanted, column) = pair
                .split_once('=')
                .map(|(part, column)| (part.trim(), column.trim()))
                .filter(|(part, column)| !part.is_empty() && !column.is_empty())
                .ok_or_else(|| IntakeError::NotAMapping(pair.to_owned()))?;
            if ["lon", "lat", "point"].contains(&wanted) {
                place.push(pair);
                continue;
            }
            let known = Part::ALL.into_iter().find(|part| part.name() == wanted);
            let known = known.ok_or_else(|| IntakeError::NoSuchField {
                wanted: wanted.to_owned(),
                known: format!("lon, lat, point, {}", Part::ALL.map(Part::name).join(", ")),
            })?;
            if parts.insert(known, column.to_owned()).is_some() {
                return Err(IntakeError::MappedTwice(wanted.to_owned()));
            }
        }
        Ok(Self { parts, place: place.join(",").parse()? })
    }
}

impl PlaceMapping {
    /// Finds what is what among a row's columns.
    ///
    /// # Errors
    /// When a column that a person named is not there.
    pub fn columns(&self, row: &Row) -> Result<PlaceColumns, IntakeError> {
        self.place.check(&row.keys)?;
        let plain: Vec<String> = row.keys.iter().map(|key| plain_name(key)).collect();
        let mut places: [Vec<usize>; 14] = Default::default();
        for part in Part::ALL {
            places[part as usize] = if let Some(column) = self.parts.get(&part) {
                let place =
                    place_of(column, &row.keys).ok_or_else(|| IntakeError::NoSuchColumn {
                        wanted: column.clone(),
                        present: row.keys.join(", "),
                    })?;
                vec![place]
            } else {
                let place = |name| plain.iter().position(|key| key == name);
                part.columns().split_whitespace().filter_map(place).collect()
            };
        }
        // `FROM_ADD_R` beside `FROM_ADD_L` reads like `FROM_ADDR`, which alone is of both sides.
        let of = |part: Part| part as usize;
        if !places[of(Part::LeftFrom)].is_empty() && places[of(Part::RightFrom)].is_empty() {
            for (right, both) in [(Part::RightFrom, Part::From), (Part::RightTo, Part::To)] {
                let both = places[of(both)].clone();
                places[of(right)] = both;
            }
        }
        Ok(PlaceColumns { keys: Arc::clone(&row.keys), places, place: self.place.columns(row) })
    }
}

/// Where in rows of the same columns the parts of an address are.
#[derive(Clone, Debug)]
pub struct PlaceColumns {
    keys: Arc<[String]>,
    /// By part, as in [`Part::ALL`].
    places: [Vec<usize>; 14],
    place: Columns,
}

impl PlaceColumns {
    /// Whether a row has the same columns.
    #[must_use]
    pub fn fit(&self, row: &Row) -> bool {
        Arc::ptr_eq(&self.keys, &row.keys) || self.keys == row.keys
    }

    fn has(&self, part: Part) -> bool {
        !self.places[part as usize].is_empty()
    }

    /// Whether a row is a piece of street rather than an address.
    #[must_use]
    pub fn look_like_streets(&self, row: &Row) -> bool {
        let ranges = [Part::LeftFrom, Part::RightFrom].into_iter().any(|part| self.has(part))
            || (self.has(Part::From) && self.has(Part::To) && !self.has(Part::Number));
        ranges || self.line_value(row).is_some()
    }

    /// Whether rows of these columns can be addresses, else what they lack.
    #[must_use]
    pub fn lacks_for_addresses(&self) -> Option<&'static str> {
        if !(self.has(Part::Address) || self.has(Part::Number) && self.named()) {
            Some("house numbers and streets")
        } else if !self.place.have_places() {
            Some("longitude and latitude")
        } else {
            None
        }
    }

    /// The same of streets.
    #[must_use]
    pub fn lacks_for_streets(&self) -> Option<&'static str> {
        if !self.named() {
            Some("the names of streets")
        } else if !self.has(Part::Line) {
            Some("the lines of streets")
        } else {
            None
        }
    }

    fn named(&self) -> bool {
        self.has(Part::Street) || self.has(Part::Name)
    }

    /// The first of a part's columns that is not blank.
    fn text(&self, row: &Row, part: Part) -> Option<String> {
        let values = self.places[part as usize].iter().map(|place| &row.values[*place]);
        let text = values.filter_map(scalar).find(|text| !words::is_blank(text))?;
        Some(text.into_owned())
    }

    /// A row as an address.
    ///
    /// # Errors
    /// In a sentence, what it lacks.
    pub fn address(&self, row: &Row) -> Result<AddressPoint, String> {
        let number = self.text(row, Part::Number).zip(self.street_name(row));
        let whole = || self.text(row, Part::Address).and_then(|text| split_address(&text));
        let (number, street) = number
            .or_else(whole)
            .ok_or("it has no house number with a street, as in 1200 W Addison St")?;
        let at = self.place.position(row).map_err(|error| error.detail)?;
        let at = at.ok_or("it has no place")?;
        Ok(AddressPoint { number, street, at: on_earth(at)? })
    }

    /// A row as the pieces of its street's line, without those of no length.
    ///
    /// # Errors
    /// In a sentence, what it lacks.
    pub fn street(&self, row: &Row) -> Result<Vec<StreetLine>, String> {
        let name = self.street_name(row).ok_or("its street has no name")?;
        let value = self.line_value(row).ok_or("it has no line")?;
        let lines = lines::read(value).ok_or("its line cannot be read")?;
        for at in lines.iter().flatten() {
            on_earth(*at)?;
        }
        let side = |from, to| numbers(self.text(row, from), self.text(row, to));
        let (mut left, mut right) =
            (side(Part::LeftFrom, Part::LeftTo), side(Part::RightFrom, Part::RightTo));
        if left.is_none() && right.is_none() {
            left = side(Part::From, Part::To);
            right = left;
        }
        let longest = lines.iter().map(|line| lines::metres(line)).fold(0.0, f64::max);
        let piece = |line: Vec<Position>| {
            // Numbers run along the whole; of several parts the longest comes nearest to that.
            let whole = lines::metres(&line) >= longest;
            let [left, right] = [left, right].map(|side| side.filter(|_| whole));
            StreetLine { name: name.clone(), line, left, right }
        };
        Ok(lines.into_iter().filter(|line| lines::metres(line) > 0.0).map(piece).collect())
    }

    /// The name of a street, put together where it stands in parts.
    fn street_name(&self, row: &Row) -> Option<String> {
        if let Some(whole) = self.text(row, Part::Street) {
            return Some(whole);
        }
        let name = self.text(row, Part::Name)?;
        let mut parts = vec![];
        parts.extend(self.text(row, Part::Before));
        parts.push(name);
        parts.extend(self.text(row, Part::Type));
        parts.extend(self.text(row, Part::After));
        Some(parts.join(" "))
    }

    fn line_value<'r>(&self, row: &'r Row) -> Option<&'r serde_json::Value> {
        let values = self.places[Part::Line as usize].iter().map(|place| &row.values[*place]);
        values.into_iter().find(|value| lines::is_line(value))
    }
}

/// Numbers from one end to the other; files write 0 where there is none.
fn numbers(from: Option<String>, to: Option<String>) -> Option<Numbers> {
    let number = |text: Option<String>| {
        let text = text?;
        let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok().filter(|n| *n > 0 && *n < 10_000_000)
    };
    number(from).zip(number(to))
}

fn on_earth(at: Position) -> Result<Position, String> {
    if at.lon == 0.0 && at.lat == 0.0 {
        return Err("it lies at 0, 0, where no city is".to_owned());
    }
    if at.is_on_earth() {
        return Ok(at);
    }
    let at = shown(&format!("{}, {}", at.lon, at.lat));
    Err(format!(
        "{at} is no longitude and latitude in degrees; convert the file with: ogr2ogr -t_srs \
         EPSG:4326 OUT IN"
    ))
}

#[cfg(test)]
mod tests;
