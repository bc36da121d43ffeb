//! What lies beneath the maps of the site, where anything does.

use std::path::Path;

use super::Finding;
use crate::geometry::Envelope;
use crate::http::{Basemap, BasemapHeader};

const NAME: &str = "basemap";

/// Whether it is there, and covers the city.
pub(super) fn look(basemap: Option<&Basemap>, city: Option<Envelope>) -> Option<Finding> {
    let basemap = basemap?;
    match (basemap.file(), basemap.stranger()) {
        (Some(file), _) => Some(archive(file, city)),
        (None, Some(host)) => {
            let found = format!("browsers load it from {host}, which sees what they look at");
            Some(Finding::ok(NAME, found + "; /privacy says so"))
        }
        // The ground has a line of its own.
        (None, None) => None,
    }
}

fn archive(file: &Path, city: Option<Envelope>) -> Finding {
    let shown = file.display();
    let header = match BasemapHeader::read(file) {
        Ok(header) => header,
        Err(why) => {
            let todo = "put a PMTiles archive there, or leave --basemap out";
            return Finding::fail(NAME, format!("{shown}: {why}"), todo);
        }
    };
    if !header.is_vector {
        let todo = "take a vector archive, such as an extract of Protomaps' basemap";
        return Finding::fail(NAME, format!("{shown} holds pictures, which are not drawn"), todo);
    }
    let size = std::fs::metadata(file).map_or(0, |meta| meta.len());
    let (near, far) = (header.max_zoom, header.min_zoom);
    let found = format!("{shown} has {:.1} MB, zoom {far} to {near}", size as f64 / 1e6);
    let Some(city) = city else {
        return Finding::ok(NAME, format!("{found}; there is no city yet to compare it with"));
    };
    match share(&header.covers, &city) {
        None => Finding::ok(NAME, format!("{found}, and covers the city")),
        Some(percent) if percent < 1.0 => {
            let todo = "make an extract for the city's area";
            Finding::fail(NAME, format!("{found}, and lies outside the city"), todo)
        }
        Some(percent) => {
            let todo = "make a larger extract: maps are empty at its edges";
            Finding::warn(NAME, format!("{found}, and covers {percent:.0} % of the city"), todo)
        }
    }
}

/// How much of the city's box an archive covers, in per cent; `None` for all of it.
fn share(covers: &Envelope, city: &Envelope) -> Option<f64> {
    let along = |from: f64, to: f64, least: f64, most: f64| {
        let length = (to - from).max(f64::MIN_POSITIVE);
        ((to.min(most) - from.max(least)) / length).clamp(0.0, 1.0)
    };
    let share = along(city.west, city.east, covers.west, covers.east)
        * along(city.south, city.north, covers.south, covers.north);
    (share < 1.0).then_some((share * 100.0).floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_archive_leaves_out_of_the_city_is_told() {
        let city = Envelope { west: 10.0, south: 40.0, east: 12.0, north: 41.0 };
        let with = |west, south| share(&Envelope { west, south, east: 13.0, north: 42.0 }, &city);
        assert_eq!(with(9.0, 39.0), None);
        assert_eq!(with(10.0, 40.0), None, "to the line");
        assert_eq!(with(11.0, 40.5), Some(25.0));
        assert_eq!(with(12.5, 39.0), Some(0.0));
    }
}
