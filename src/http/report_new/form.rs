//! What somebody has filled into the form of a report, right or not, and which of its pages comes next.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::filing::{LONGEST_ADDRESS, LONGEST_DESCRIPTION};
use super::super::pages::{Frame, Wrong};
use super::super::places::Found;
use crate::drawing;
use crate::geometry::{Envelope, Position};
use crate::issue::{Category, Misanswer, Place, Question, Service};
use crate::store::City;

/// A page of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Where,
    What,
    Similar,
    Details,
    Check,
}

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// Nothing: a link led here.
    Begin,
    /// This page is filled in.
    Done(Step),
    /// A page is to be changed.
    Change(Step),
    /// The map of the server, at a pixel.
    Map(f64, f64),
    /// The whole city, instead of the part of the map that is shown.
    WholeCity,
    Send,
}

/// The form, as its pages carry it along.
#[derive(Clone, Debug)]
pub struct Filled {
    /// Of this report: sent twice, it is one.
    pub id: Uuid,
    pub lon: String,
    pub lat: String,
    pub address: String,
    /// The address that the place, or the places to choose from, belong to; none of a place that was set on
    /// the map. On the pages behind the first it is the address.
    pub asked: String,
    /// What we called a pin that had no address, once we have.
    pub named: String,
    /// Which of those places was chosen: `LON,LAT`.
    pub chosen: String,
    /// What the address may mean, where one has to be chosen.
    pub several: Vec<Found>,
    /// What the server's map shows: `west,south,east,north`.
    pub view: String,
    pub category: String,
    pub description: String,
    /// By the codes of their questions.
    pub answers: Vec<(String, String)>,
    pub email: String,
    /// Whether it is another issue than those nearby.
    pub another: bool,
    /// Whether the details were filled in, or left out on purpose.
    pub detailed: bool,
}

/// What answers are named by, before the codes of their questions.
pub const ANSWER: &str = "a-";

/// The pixels of the server's map, which is pressed without scripts: it is not scaled, and fits the
/// narrowest phone.
pub const MAP: f64 = 288.0;

/// How much closer a press brings the map, and how close it comes, in degrees of latitude.
const CLOSER: f64 = 6.0;
const CLOSEST: f64 = 0.004;

impl Filled {
    /// Reads the form; `fresh` is the id of one that begins here.
    pub fn read(pairs: &[(String, String)], fresh: Uuid) -> Self {
        let one = |name: &str| {
            let found = pairs.iter().rev().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let has = |name: &str| pairs.iter().any(|(key, _)| key == name);
        let answers = pairs.iter().filter_map(|(name, value)| {
            let code = name.strip_prefix(ANSWER)?;
            (!value.trim().is_empty()).then(|| (code.to_owned(), value.trim().to_owned()))
        });
        Self {
            id: one("id").parse().unwrap_or(fresh),
            lon: one("lon"),
            lat: one("lat"),
            address: one("address"),
            asked: one(if has("asked") { "asked" } else { "address" }),
            named: one("named"),
            chosen: one("place"),
            several: vec![],
            view: one("view"),
            category: one("category"),
            description: one("description"),
            answers: answers.collect(),
            email: one("email"),
            another: one("another") == "1",
            detailed: one("detailed") == "1",
        }
    }

    /// Where it is, if the form knows.
    pub fn at(&self) -> Option<Position> {
        Position::on_earth(self.lon.parse().ok()?, self.lat.parse().ok()?).ok()
    }

    pub fn put(&mut self, at: Position) {
        (self.lon, self.lat) = (format!("{:.6}", at.lon), format!("{:.6}", at.lat));
    }

    /// Whether it says nothing that has no place in an address: then its pages are links, and the way
    /// back is the browser's.
    pub fn is_plain(&self) -> bool {
        self.description.is_empty() && self.answers.is_empty() && self.email.is_empty()
    }

    /// All that another page than this one asks for, to be carried along.
    pub fn carried(&self, step: Step) -> Vec<(String, String)> {
        let mut kept = vec![("id".to_owned(), self.id.to_string())];
        let mut keep = |of: Step, name: &str, value: &str| {
            if of != step && !value.is_empty() {
                kept.push((name.to_owned(), value.to_owned()));
            }
        };
        keep(Step::Where, "lon", &self.lon);
        keep(Step::Where, "lat", &self.lat);
        keep(Step::Where, "address", &self.address);
        keep(Step::Where, "named", &self.named);
        keep(Step::What, "category", &self.category);
        keep(Step::Similar, "another", if self.another { "1" } else { "" });
        keep(Step::Details, "description", &self.description);
        keep(Step::Details, "email", &self.email);
        keep(Step::Details, "detailed", if self.detailed { "1" } else { "" });
        for (code, value) in &self.answers {
            keep(Step::Details, &format!("{ANSWER}{code}"), value);
        }
        kept
    }

    pub fn answer(&self, code: &str) -> Vec<&str> {
        let given = self.answers.iter().filter(|(of, _)| of == code);
        given.map(|(_, value)| value.as_str()).collect()
    }

    /// The report, as the API takes it.
    pub fn body(&self, service: Option<&Service>) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("category".to_owned(), json!(self.category));
        if let Some(at) = self.at() {
            body.insert("lon".to_owned(), json!(at.lon));
            body.insert("lat".to_owned(), json!(at.lat));
        }
        for (name, text) in [("address", &self.address), ("description", &self.description)] {
            if !text.is_empty() {
                body.insert(name.to_owned(), json!(text));
            }
        }
        let questions = service.map(|service| &*service.questions).unwrap_or_default();
        let given = questions.iter().map(|one| (one.code.clone(), json!(self.answer(&one.code))));
        body.insert("answers".to_owned(), given.collect::<Map<_, _>>().into());
        body
    }
}

/// What was pressed, as the form says it. A press of a key on the map says 0,0, and means the page.
pub fn act(pairs: &[(String, String)]) -> Act {
    let one = |name: &str| pairs.iter().rev().find(|(key, _)| key == name).map(|(_, v)| v.as_str());
    let pixel = |name| one(name).and_then(|pixel| pixel.parse::<f64>().ok());
    if let (Some(x), Some(y)) = (pixel("map.x"), pixel("map.y")) {
        let pressed = (x, y) != (0.0, 0.0);
        return if pressed { Act::Map(x, y) } else { Act::Done(Step::Where) };
    }
    match one("act").unwrap_or_default() {
        "where" => Act::Done(Step::Where),
        "what" => Act::Done(Step::What),
        "another" => Act::Done(Step::Similar),
        "details" => Act::Done(Step::Details),
        "change_where" => Act::Change(Step::Where),
        "change_what" => Act::Change(Step::What),
        "change_details" => Act::Change(Step::Details),
        "city" => Act::WholeCity,
        "send" => Act::Send,
        _ => Act::Begin,
    }
}

/// A box as the form carries it.
pub fn view_text(Envelope { west, south, east, north }: Envelope) -> String {
    format!("{west:.6},{south:.6},{east:.6},{north:.6}")
}

pub fn read_view(text: &str) -> Option<Envelope> {
    let mut numbers = text.split(',').map(|number| number.parse::<f64>().ok());
    let mut next = || numbers.next().flatten().filter(|n| n.is_finite());
    let view = Envelope { west: next()?, south: next()?, east: next()?, north: next()? };
    let on_earth = view.west.abs() <= 180.0 && view.east.abs() <= 180.0;
    let on_map = view.south >= -85.0 && view.north <= 85.0;
    (on_earth && on_map && view.west < view.east && view.south < view.north).then_some(view)
}

/// How the server draws a part of the world.
pub fn frame_of(view: &Envelope) -> drawing::Frame {
    drawing::Frame::fit(view, MAP, MAP, 0.0)
}

/// The place under a pixel of the map, and the part of the world that is shown next.
pub fn pressed(view: &Envelope, x: f64, y: f64) -> (Position, Envelope) {
    let inside = |pixel: f64| pixel.clamp(0.0, MAP);
    let at = frame_of(view).unproject(drawing::Point { x: inside(x), y: inside(y) });
    (at, around(at, ((view.north - view.south) / CLOSER).max(CLOSEST)))
}

/// So many degrees of latitude around a place, and as far to its sides.
pub fn around(at: Position, high: f64) -> Envelope {
    let (up, side) = (high / 2.0, high / 2.0 / at.lat.to_radians().cos().max(0.1));
    Envelope { west: at.lon - side, south: at.lat - up, east: at.lon + side, north: at.lat + up }
}

/// A few blocks around a place.
pub fn blocks(at: Position) -> Envelope {
    around(at, CLOSEST)
}

/// What is wrong with where it is.
pub fn check_where(frame: &Frame<'_>, city: &City, filled: &Filled) -> Vec<Wrong> {
    let says = match Place::judge(filled.at(), city.bounds.as_ref()) {
        Place::Good | Place::HotPoint => None,
        Place::Missing if filled.address.is_empty() => Some(frame.t("page-report-wrong-where")),
        Place::Missing => Some(frame.t("page-report-wrong-address")),
        Place::NullIsland | Place::Swapped | Place::OutsideCity => {
            Some(frame.with("page-report-wrong-outside", "city", &city.name))
        }
    };
    let mut wrongs: Vec<Wrong> = says.map(|says| Wrong::at("where", says)).into_iter().collect();
    if filled.address.chars().count() > LONGEST_ADDRESS {
        wrongs.push(Wrong::at("address", frame.t("page-report-wrong-address-long")));
    }
    wrongs
}

/// What is wrong with the details. A question's field is known by its place, as ids of fields are ours.
pub fn check_details(frame: &Frame<'_>, questions: &[Question], filled: &Filled) -> Vec<Wrong> {
    let mut wrongs = vec![];
    for (field, question) in FIELDS.into_iter().zip(questions) {
        let said = filled.answer(&question.code);
        if let Err(why) = question.take(&said) {
            let says = frame.with(misanswer_key(why), "question", &question.asks);
            wrongs.push(Wrong::at(field, says));
        }
    }
    if filled.description.chars().count() > LONGEST_DESCRIPTION {
        wrongs.push(Wrong::at("description", frame.t("page-report-wrong-long")));
    }
    wrongs
}

/// The fields of questions, by their place: a category asks at most so many.
pub const FIELDS: [&str; 30] = [
    "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14",
    "q15", "q16", "q17", "q18", "q19", "q20", "q21", "q22", "q23", "q24", "q25", "q26", "q27",
    "q28", "q29",
];

fn misanswer_key(why: Misanswer) -> &'static str {
    match why {
        Misanswer::Missing => "page-report-wrong-answer-none",
        Misanswer::NoNumber => "page-report-wrong-number",
        Misanswer::NoDay => "page-report-wrong-day",
        Misanswer::NoChoice => "page-report-wrong-choice",
        Misanswer::TooLong => "page-report-wrong-answer-long",
    }
}

/// What may be chosen, as the city says it, or else what it has heard of.
pub fn offered(services: Vec<Service>, known: Vec<String>) -> Vec<Service> {
    if !services.is_empty() {
        return services;
    }
    let service = |name: String| Service {
        code: String::new(),
        name: Category::from(name),
        hint: String::new(),
        questions: vec![],
    };
    known.into_iter().map(service).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_press_on_the_map_is_a_place_and_a_key_is_none() {
        assert_eq!(act(&pairs(&[("map.x", "3"), ("map.y", "4")])), Act::Map(3.0, 4.0));
        assert_eq!(act(&pairs(&[("map.x", "0"), ("map.y", "0")])), Act::Done(Step::Where));
        assert_eq!(act(&pairs(&[("act", "another")])), Act::Done(Step::Similar));
        assert_eq!(act(&[]), Act::Begin);
    }

    #[test]
    fn each_press_comes_closer_to_the_place_under_it() {
        let mut view = Envelope { west: -87.9, south: 41.6, east: -87.5, north: 42.0 };
        let there = Position { lon: -87.65, lat: 41.87 };
        for _ in 0..6 {
            let pixel = frame_of(&view).project(there);
            let (at, next) = pressed(&view, pixel.x.round(), pixel.y.round());
            let off = at.distance_m(there);
            let pixel_m = (view.north - view.south) * 111_200.0 / MAP * 1.5;
            assert!(off <= pixel_m, "{off} m at {pixel_m} m a pixel");
            assert!(next.contains(there));
            view = next;
        }
        assert!(view.north - view.south <= CLOSEST * 1.001, "a few blocks");
    }

    #[test]
    fn a_page_carries_what_the_others_ask() {
        let all = pairs(&[
            ("lon", "-87.7"),
            ("lat", "41.8"),
            ("address", "1 A St"),
            ("category", "Pothole"),
            ("a-deep", "k"),
            ("a-tags", "x"),
            ("a-tags", "y"),
            ("description", "a\nb"),
            ("email", "ada@example.org"),
            ("another", "1"),
            ("detailed", "1"),
        ]);
        let filled = Filled::read(&all, Uuid::nil());
        assert!(!filled.is_plain());
        for step in [Step::Where, Step::What, Step::Similar, Step::Details, Step::Check] {
            let carried = filled.carried(step);
            let own = |name: &str| match step {
                Step::Where => ["lon", "lat", "address"].contains(&name),
                Step::What => name == "category",
                Step::Similar => name == "another",
                Step::Details => {
                    name.starts_with("a-") || ["description", "email", "detailed"].contains(&name)
                }
                Step::Check => false,
            };
            for pair in &all {
                assert_eq!(carried.contains(pair), !own(&pair.0), "{step:?} {pair:?}");
            }
        }
    }
}
