//! What a list and its map show: the issues, and the ground that they lie on.

use super::super::issue_page::Picture;
use super::super::pages::Frame;
use super::super::{Doors, basemap, island_words, ward_pages};
use super::{Asked, Wanted};
use crate::clock::Timestamp;
use crate::drawing::{self, Ground};
use crate::geometry::Envelope;
use crate::issue::Issue;
use crate::store::City;
use crate::ward::{LayerVersion, USUAL_LAYER, WardRef};

/// An issue of the list.
pub struct Item {
    pub number: String,
    pub category: String,
    pub address: String,
    pub opened: String,
    pub iso: String,
    /// HTML.
    pub status: String,
    pub votes: String,
    /// `lon,lat`, by which its map finds it; empty where its place is not believed.
    pub at: String,
}

pub fn items(frame: &Frame<'_>, city: &City, issues: &[Issue], now: Timestamp) -> Vec<Item> {
    let item = |issue: &Issue| {
        let s = &issue.standing;
        Item {
            number: issue.number.clone(),
            category: s.category.to_string(),
            address: s.address.clone(),
            opened: frame.words.moment(s.opened_at, now, &city.zone),
            iso: s.opened_at.to_string(),
            status: frame.status(s.status),
            votes: if s.votes > 0 { frame.votes(s.votes) } else { String::new() },
            at: s
                .believed_position()
                .map(|at| format!("{},{}", at.lon, at.lat))
                .unwrap_or_default(),
        }
    };
    issues.iter().map(item).collect()
}

/// What people call a ward that a URL names.
pub fn ward_title(frame: &Frame<'_>, ward: &str) -> String {
    ward_pages::title(frame, &WardRef::read(ward))
}

/// The map: where its issues come from, what it shows first, and a drawing for whoever has no script.
pub struct MapPart {
    pub geojson: String,
    /// `west,south,east,north`; empty where nobody knows.
    pub bounds: String,
    pub units: &'static str,
    /// Attributes: the operator's map beneath ours.
    pub beneath: String,
    /// JSON.
    pub words: String,
    pub picture: Option<Picture>,
}

impl MapPart {
    pub fn of(
        doors: &Doors,
        frame: &Frame<'_>,
        (asked, wanted): (&Asked, &Wanted),
        layer: Option<&LayerVersion>,
        city: &City,
        issues: &[Issue],
    ) -> Self {
        let extent = extent(wanted, layer, city);
        // The map says where it looks by itself.
        let mut all = asked.without("bbox", "");
        all.sort.clear();
        Self {
            geojson: all.link("/api/v1/issues.geojson"),
            bounds: extent.map(bounds).unwrap_or_default(),
            units: doors.inner.units.name(),
            beneath: basemap::beneath(doors),
            words: island_words::of(&frame.words, "browse", doors.inner.units),
            picture: extent.map(|around| draw(&around, layer, issues, doors.ground())),
        }
    }
}

/// As islands read it: `west,south,east,north`.
pub fn bounds(Envelope { west, south, east, north }: Envelope) -> String {
    format!("{west:.5},{south:.5},{east:.5},{north:.5}")
}

/// What is asked for: a box, a ward, or the city.
fn extent(wanted: &Wanted, layer: Option<&LayerVersion>, city: &City) -> Option<Envelope> {
    let view = &wanted.view;
    let asked = view.ward.as_ref().filter(|ward| ward.layer == USUAL_LAYER).and_then(|asked| {
        let ward = layer?.wards.iter().find(|ward| ward.key == asked.ward)?;
        ward.shape.envelopes(0.0).into_iter().reduce(|a, b| a.union(&b))
    });
    view.bbox.or(asked).or_else(|| layer?.bounds()).or(city.bounds)
}

/// How wide the map is drawn, in its own pixels.
const WIDTH: f64 = 640.0;

fn draw(
    around: &Envelope,
    layer: Option<&LayerVersion>,
    issues: &[Issue],
    ground: &Ground,
) -> Picture {
    let frame = drawing::Frame::fit_width(around, WIDTH, 12.0);
    let mut map = drawing::Map::new(frame);
    let wards = || layer.into_iter().flat_map(|layer| &layer.wards);
    for ward in wards() {
        map = map.area("land", &ward.shape);
    }
    map = map.ground(ground);
    for ward in wards() {
        map = map.area("ward", &ward.shape);
    }
    for at in issues.iter().filter_map(|issue| issue.standing.believed_position()) {
        map = map.disc("pin", at, 6.0);
    }
    Picture::of(&map)
}
