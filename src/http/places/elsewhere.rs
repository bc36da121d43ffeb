//! The service that is asked for what the city's own files do not know, if the operator names one.
//!
//! Asked by this server alone, so that no reader's browser tells a third party what its owner looks
//! for; within the city's box; seldom; and not for long.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde_json::Value;

use super::super::ward_pages::urlencoded;
use crate::gazetteer::{Hit, Kind, LONGEST_QUERY};
use crate::geometry::{Envelope, Position};
use crate::http::Problem;
use crate::outbound::{self, Outbound, OutboundError, host};
use crate::store::City;

/// Who is asked, as the setting names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Geocoder {
    #[default]
    None,
    /// `photon:URL`, as of komoot.
    Photon(String),
    /// `nominatim:URL`, of `OpenStreetMap`.
    Nominatim(String),
    /// `pelias:URL`
    Pelias(String),
    /// `census:`, of the United States Census Bureau; or `census:URL`.
    Census(String),
}

const CENSUS: &str = "https://geocoding.geo.census.gov";

impl FromStr for Geocoder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (kind, url) = text.split_once(':').unwrap_or((text, ""));
        let url = url.trim_end_matches('/').to_owned();
        let is_url = outbound::origin(&url).is_some();
        match (kind, url.is_empty()) {
            ("" | "none", true) => Ok(Self::None),
            ("photon", false) if is_url => Ok(Self::Photon(url)),
            ("nominatim", false) if is_url => Ok(Self::Nominatim(url)),
            ("pelias", false) if is_url => Ok(Self::Pelias(url)),
            ("census", true) => Ok(Self::Census(CENSUS.to_owned())),
            ("census", false) if is_url => Ok(Self::Census(url)),
            _ => Err(format!(
                "“{text}” is no geocoder; write none, photon:URL, nominatim:URL, pelias:URL or census:"
            )),
        }
    }
}

impl Geocoder {
    fn url(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Photon(url) | Self::Nominatim(url) | Self::Pelias(url) | Self::Census(url) => {
                Some(url)
            }
        }
    }

    fn question(
        &self,
        url: &str,
        text: &str,
        city: &City,
        within: &Envelope,
        limit: usize,
    ) -> String {
        let Envelope { west, south, east, north } = within;
        let text = urlencoded(text);
        match self {
            Self::None => String::new(),
            Self::Photon(_) => {
                format!("{url}/api?q={text}&limit={limit}&bbox={west},{south},{east},{north}")
            }
            Self::Nominatim(_) => format!(
                "{url}/search?q={text}&format=jsonv2&addressdetails=1&limit={limit}&bounded=1\
                 &viewbox={west},{north},{east},{south}"
            ),
            Self::Pelias(_) => format!(
                "{url}/v1/search?text={text}&size={limit}&boundary.rect.min_lon={west}\
                 &boundary.rect.min_lat={south}&boundary.rect.max_lon={east}\
                 &boundary.rect.max_lat={north}"
            ),
            // It knows the whole country, and wants to be told the city.
            Self::Census(_) => {
                let city = urlencoded(&city.name);
                let whole = if text.contains("%2C") { text } else { format!("{text}%2C%20{city}") };
                format!(
                    "{url}/geocoder/locations/onelineaddress?address={whole}\
                     &benchmark=Public_AR_Current&format=json"
                )
            }
        }
    }

    fn read(&self, answer: &Value) -> Vec<Hit> {
        let list = match self {
            Self::None => None,
            Self::Photon(_) | Self::Pelias(_) => answer["features"].as_array(),
            Self::Nominatim(_) => answer.as_array(),
            Self::Census(_) => answer["result"]["addressMatches"].as_array(),
        };
        let one: fn(&Value) -> Option<Hit> = match self {
            Self::None => return vec![],
            Self::Photon(_) => photon,
            Self::Nominatim(_) => nominatim,
            Self::Pelias(_) => pelias,
            Self::Census(_) => census,
        };
        list.into_iter().flatten().filter_map(one).collect()
    }
}

fn hit(label: &str, lon: &Value, lat: &Value) -> Option<Hit> {
    // Some write numbers as text.
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
    let at = Position::on_earth(number(lon)?, number(lat)?).ok()?;
    let label: String = label.trim().chars().filter(|c| !c.is_control()).take(120).collect();
    (!label.is_empty()).then_some(Hit { label, at, kind: Kind::Address, exact: false })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// `1200 W Addison St`, or what else the place is called.
fn named(number: &Value, street: &Value, name: &Value) -> Option<String> {
    match (text(number), text(street), text(name)) {
        (Some(number), Some(street), _) => Some(format!("{number} {street}")),
        (_, _, Some(name)) => Some(name),
        (None, street, None) => street,
        (Some(_), None, None) => None,
    }
}

fn photon(feature: &Value) -> Option<Hit> {
    let about = &feature["properties"];
    let label = named(&about["housenumber"], &about["street"], &about["name"])?;
    let at = &feature["geometry"]["coordinates"];
    hit(&label, &at[0], &at[1])
}

fn pelias(feature: &Value) -> Option<Hit> {
    let about = &feature["properties"];
    let label = named(&about["housenumber"], &about["street"], &about["name"])
        .or_else(|| text(&about["label"]))?;
    let at = &feature["geometry"]["coordinates"];
    hit(&label, &at[0], &at[1])
}

fn nominatim(place: &Value) -> Option<Hit> {
    let address = &place["address"];
    let label = named(&address["house_number"], &address["road"], &place["name"])
        .or_else(|| text(&place["display_name"]))?;
    hit(&label, &place["lon"], &place["lat"])
}

fn census(place: &Value) -> Option<Hit> {
    let label = text(&place["matchedAddress"])?;
    hit(&label, &place["coordinates"]["x"], &place["coordinates"]["y"])
}

/// How long somebody who looks for an address waits for another's answer.
const PATIENCE: Duration = Duration::from_secs(4);

/// No answer is longer.
const LONGEST_ANSWER: usize = 1 << 20;

/// Public services ask for no more than one question a second; a few at once are forgiven.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");

/// Asks that service.
#[derive(Debug)]
pub struct Asking {
    whom: Geocoder,
    client: Outbound,
    pace: DefaultDirectRateLimiter,
}

impl Asking {
    /// # Errors
    /// When TLS cannot be set up on this machine.
    pub fn open(whom: Geocoder) -> Result<Self, OutboundError> {
        // The operator has named it: it may stand beside this server.
        let named = whom.url().and_then(|url| url.split_once("://"));
        let named = named.map(|(_, rest)| rest.split('/').next().unwrap_or(rest).to_owned());
        let settings = outbound::Settings {
            allow_hosts: named.into_iter().collect(),
            connect_timeout: PATIENCE / 2,
            total_timeout: PATIENCE,
            max_body_bytes: LONGEST_ANSWER,
            ..outbound::Settings::default()
        };
        let pace = Quota::per_second(NonZeroU32::MIN).allow_burst(AT_ONCE);
        Ok(Self { whom, client: Outbound::new(settings)?, pace: RateLimiter::direct(pace) })
    }

    /// The host that is asked, if one is.
    pub fn host(&self) -> Option<String> {
        self.whom.url().map(host)
    }

    /// Who has to be named beside what they found.
    pub fn credit(&self) -> Option<&'static str> {
        match self.whom {
            Geocoder::None => None,
            Geocoder::Photon(_) | Geocoder::Nominatim(_) => Some("© OpenStreetMap"),
            Geocoder::Pelias(_) => Some("Pelias, © OpenStreetMap"),
            Geocoder::Census(_) => Some("U.S. Census Bureau"),
        }
    }

    /// What they know of a text within the city's box; nothing where nobody is asked.
    ///
    /// # Errors
    /// When they do not answer as they should.
    pub async fn ask(&self, city: &City, text: &str, limit: usize) -> Result<Vec<Hit>, Problem> {
        let (Some(url), Some(within)) = (self.whom.url(), city.bounds) else { return Ok(vec![]) };
        let text: String = text.trim().chars().take(LONGEST_QUERY).collect();
        if text.chars().count() < 3 {
            return Ok(vec![]);
        }
        if self.pace.check().is_err() {
            return Err(away("many look for addresses just now"));
        }
        let question = self.whom.question(url, &text, city, &within, limit);
        let reply = self.client.get(&question, HeaderMap::new()).await;
        let answer = match reply {
            Ok(reply) if reply.status == 200 => serde_json::from_slice::<Value>(&reply.body)
                .map_err(|_| "it answered with something that is not JSON".to_owned()),
            Ok(reply) => Err(format!("it answered with status {}", reply.status)),
            Err(error) => Err(error.to_string()),
        };
        let answer = answer.map_err(|why| {
            // Nothing of the question is in it: errors name the host alone.
            tracing::warn!(host = host(url), why, "the geocoder gave no answer");
            away("the service that knows addresses does not answer")
        })?;
        let mut hits = self.whom.read(&answer);
        hits.retain(|hit| within.contains(hit.at));
        hits.truncate(limit);
        Ok(hits)
    }
}

fn away(why: &str) -> Problem {
    let detail = format!("{why}; try again in a moment, or choose the place on the map");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_geocoder_is_named_by_its_kind_and_address() {
        let read = |text: &str| text.parse::<Geocoder>();
        assert_eq!(read("none"), Ok(Geocoder::None));
        assert_eq!(read(""), Ok(Geocoder::None));
        assert_eq!(read("census:"), Ok(Geocoder::Census(CENSUS.to_owned())));
        assert_eq!(read("census"), Ok(Geocoder::Census(CENSUS.to_owned())));
        let photon = Geocoder::Photon("https://photon.example.org".to_owned());
        assert_eq!(read("photon:https://photon.example.org/"), Ok(photon));
        for wrong in
            ["photon:", "photon", "google:https://x.org", "pelias:x.org", "https://x.org", "none:x"]
        {
            let told = read(wrong).unwrap_err();
            assert!(told.contains("write none, photon:URL"), "{wrong}: {told}");
        }
    }

    #[test]
    fn a_place_without_a_name_or_on_no_earth_is_none() {
        let places = serde_json::json!({ "features": [
            { "properties": { "housenumber": "7" }, "geometry": { "coordinates": [1, 2] } },
            { "properties": { "name": "There" }, "geometry": { "coordinates": [1, 200] } },
            { "properties": { "name": "There" } },
            { "properties": { "street": "Main St" }, "geometry": { "coordinates": [1, 2] } },
        ] });
        let hits = Geocoder::Photon(String::new()).read(&places);
        assert_eq!(hits.iter().map(|hit| &*hit.label).collect::<Vec<_>>(), ["Main St"]);
    }
}
