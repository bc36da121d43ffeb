//! A real city's day, real wards, ten thousand people: who is told of what is worked out a second
//! time, from the files alone, and held against what arrived.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wardwatch::app::App;
use wardwatch::clock::{Clock, Timestamp, Weekday, Zone};
use wardwatch::issue::CityId;
use wardwatch::random::Random;
use wardwatch::store::Store;

use crate::exact::{Area, Point, is_within, metres, point};
use crate::program::Program;
use crate::receiving::{Letter, Push, digest_title};
use crate::sink::Sink;
use crate::town;

const REQUESTS: &str = "../shared/data/requests/chicago_311_2021_01.csv.gz";
const WARDS: &str =
    "../shared/data/boundaries/chicago/wards_2015_2023__councilmatic_full.geojson.gz";
/// Half an hour after the file's last request, in its own time.
const ITS_NOW: &str = "2021-01-02T17:00:00-06:00";

#[tokio::test(flavor = "multi_thread")]
async fn in_chicago_nobody_is_missed_and_nobody_told_too_much_on_sqlite() {
    whole_day(None, 10_000, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chicago_nobody_is_missed_and_nobody_told_too_much_on_postgres() {
    match town::fresh_postgres().await {
        // With the check of places switched off the busiest points count too.
        Some(url) => whole_day(Some(url), 10_000, false).await,
        None => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
    }
}

async fn whole_day(url: Option<String>, watchers: usize, places_checked: bool) {
    if !Path::new(REQUESTS).exists() {
        println!("passed over: {REQUESTS} is not here");
        return;
    }
    let keys = tempfile::NamedTempFile::new().unwrap();
    let keys = keys.path().to_str().unwrap();
    let Some(mails) = Sink::start("mail_sink.py", &["--raw"]) else { return };
    let pushes = Sink::start("push_sink.py", &["--keys", keys, "--any-time"]).unwrap();
    let town = Program::new(url, mails.port(), pushes.port());
    town.keep_push_key();
    let mut watch = Stopwatch::start();
    let requests = requests(places_checked);
    let before = Clock::System.now();
    let people = people_move_in(&town, &requests, watchers, keys, pushes.port());
    watch.lap("wards and people");
    let said = ingest(&town, places_checked);
    let (good, flagged) = (requests.list.len(), 5_000 - requests.list.len());
    let wanted = format!("read 5000: accepted {good}, repeated 0, flagged {flagged}, refused 0\n");
    assert_eq!(said, wanted);
    watch.lap("ingest");

    let serving = town.serve(&[]).await;
    until_all_is_sent(&town.store().await).await;
    serving.stop();
    watch.lap("serve: told at once");
    let app = a_later_day(&town, before).await;
    assert!(eight_mornings(&app).await > 0, "digests go out");
    watch.lap("eight mornings");

    let told = Told::read(&mails, &pushes);
    let zone: Zone = "America/Chicago".parse().unwrap();
    let monday_first = zone.next(before, 7, |_| true) == zone.next(before, 7, is_monday);
    let expected = Told::expected(&requests, &people, monday_first);
    watch.lap("worked out again");
    println!("found: {} {}", expected.counts(), watch.laps());
    told.is(&expected);

    let again = ingest(&town, places_checked);
    assert_eq!(again, "read 5000: accepted 0, repeated 5000, flagged 0, refused 0\n");
    assert_eq!(eight_mornings(&app).await, 0, "the same again is no news");
    assert!(mails.got_nothing() && pushes.got_nothing());
}

fn is_monday(day: Weekday) -> bool {
    day == Weekday::Monday
}

fn ingest(town: &Program, places_checked: bool) -> String {
    let row = ["ingest", REQUESTS, "--source", "chicago-311", "--now", ITS_NOW];
    let unchecked: &[&str] = if places_checked { &[] } else { &["--hot-point-reports", "0"] };
    town.run(&[&row[..], unchecked].concat())
}

/// Waits until every event is matched and nothing waits in the outbox.
async fn until_all_is_sent(store: &Store) {
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < Duration::from_mins(5), "the outbox does not empty");
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut tx = store.read().await.unwrap();
        let matched = tx.unmatched(CityId(1), 0, 1).await.unwrap().is_empty();
        if matched && tx.oldest_waiting().await.unwrap().is_none() {
            return;
        }
    }
}

/// The program with a clock that the test moves, just before seven in the morning.
async fn a_later_day(town: &Program, before: Timestamp) -> App {
    let config = town.settings().resolve().unwrap();
    let clock = Clock::manual(before);
    App::open(&config, clock, Random::System).await.unwrap()
}

/// Lets eight days pass, each to a minute after seven, and sends what is due. Gives the number of
/// attempts.
async fn eight_mornings(app: &App) -> usize {
    let zone: Zone = "America/Chicago".parse().unwrap();
    let mut attempts = 0;
    for _ in 0..8 {
        let seven = zone.next(app.engine.clock().now(), 7, |_| true);
        app.engine.clock().set(seven.plus(Duration::from_mins(1)));
        app.engine.match_pending().await.unwrap();
        app.engine.plan_digests().await.unwrap();
        attempts += app.dispatcher.drain().await.unwrap();
    }
    let tally = app.engine.store().read().await.unwrap().delivery_tally().await.unwrap();
    assert!(tally.iter().all(|row| row.state == "sent"), "all was taken: {tally:?}");
    attempts
}

// What the files say.

/// A request of the file, at a place that can be believed.
struct Request {
    number: String,
    category: String,
    place: usize,
}

struct Requests {
    list: Vec<Request>,
    /// Each place once.
    places: Vec<Point>,
}

/// The requests whose places are believed. A point that takes at least a twentieth of the rows so
/// far, and twenty of them, is not believed from then on.
fn requests(places_checked: bool) -> Requests {
    let mut text = String::new();
    let packed = std::fs::File::open(REQUESTS).unwrap();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let names = table.headers().unwrap().clone();
    let column = |name| names.iter().position(|n| n == name).unwrap();
    let [lon, lat, kind] = ["longitude", "latitude", "sr_type"].map(column);
    let (mut list, mut places) = (vec![], vec![]);
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    let (mut placed, mut counts, mut held) = (0, HashMap::new(), BTreeSet::new());
    for (row, record) in (1..).zip(table.records()) {
        let record = record.unwrap();
        if record[lon].is_empty() {
            continue;
        }
        let key = (record[lon].to_owned(), record[lat].to_owned());
        let place = *known.entry(key).or_insert_with(|| {
            places.push(point(record[lon].parse().unwrap(), record[lat].parse().unwrap()));
            places.len() - 1
        });
        placed += 1;
        let here = counts.entry(place).or_insert(0);
        *here += 1;
        if places_checked && *here >= 20 && *here * 20 >= placed {
            held.insert(place);
        }
        if held.contains(&place) {
            continue;
        }
        // All of the file is new and of one year, so the city numbers its rows.
        let (number, category) = (format!("21-{row:06}"), record[kind].to_owned());
        list.push(Request { number, category, place });
    }
    Requests { list, places }
}

impl Requests {
    /// The categories, the most frequent first.
    fn categories(&self) -> Vec<&str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for request in &self.list {
            *counts.entry(&request.category).or_default() += 1;
        }
        let mut all: Vec<&str> = counts.keys().copied().collect();
        all.sort_by_key(|name| std::cmp::Reverse(counts[name]));
        all
    }
}

// Who watches what.

enum Ground {
    Area(Area),
    Circle(Point, f64),
    Ward(String),
}

/// A watch, as its export says.
struct Watch {
    ground: Ground,
    categories: Vec<String>,
    rhythm: String,
    /// Mail addresses and paths of push endpoints.
    contacts: Vec<String>,
}

struct People {
    watches: Vec<Watch>,
    wards: Vec<(String, Area)>,
}

fn people_move_in(
    town: &Program,
    requests: &Requests,
    watchers: usize,
    keys: &str,
    push_port: u64,
) -> People {
    town.run(&["boundaries", "import", WARDS, "--layer", "wards", "--id-property", "ward"]);
    let (count, endpoint) = (watchers.to_string(), format!("http://127.0.0.1:{push_port}/push"));
    let wanted: Vec<&str> =
        requests.categories().into_iter().filter(|name| !name.contains(',')).take(12).collect();
    let options = ["--push-keys", keys, "--push-endpoint", &endpoint];
    let chosen = ["--categories", &wanted.join(",")];
    town.run(&[&["watches", "generate", "--watchers", &count][..], &options, &chosen].concat());
    let exported: Value = serde_json::from_str(&town.run(&["watches", "export"])).unwrap();
    let watches: Vec<Watch> = exported["features"].as_array().unwrap().iter().map(watch).collect();
    assert!(watches.len() > watchers, "some people have several");
    People { watches, wards: wards() }
}

fn watch(feature: &Value) -> Watch {
    let (properties, geometry) = (&feature["properties"], &feature["geometry"]);
    assert_eq!(properties["state"], "active");
    assert_eq!(properties["kinds"], json!(["opened"]));
    let ground = if let Some(radius_m) = properties["radius_m"].as_f64() {
        let at = &geometry["coordinates"];
        Ground::Circle(point(at[0].as_f64().unwrap(), at[1].as_f64().unwrap()), radius_m)
    } else if let Some(ward) = properties["wards"][0]["ward"].as_str() {
        Ground::Ward(ward.to_owned())
    } else {
        Ground::Area(Area::read(geometry))
    };
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
    };
    let mut contacts = vec![];
    if properties["via"]["mail"] == true {
        contacts.push(properties["email"].as_str().expect("an address to mail to").to_owned());
    }
    if properties["via"]["push"] == true {
        let browsers = properties["push"].as_array().unwrap();
        let endpoint = |push: &Value| push["endpoint"].as_str().unwrap().to_owned();
        let endpoints: Vec<String> = browsers.iter().map(endpoint).collect();
        assert_eq!(endpoints.len(), 1, "a browser to push to");
        contacts.push(path_of(&endpoints[0]));
    }
    Watch {
        ground,
        categories: texts(&properties["categories"]),
        rhythm: properties["frequency"].as_str().unwrap().to_owned(),
        contacts,
    }
}

fn path_of(endpoint: &str) -> String {
    let (_, path) = endpoint.split_once("/push").unwrap();
    format!("/push{path}")
}

fn wards() -> Vec<(String, Area)> {
    let mut text = String::new();
    let packed = std::fs::File::open(WARDS).unwrap();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let ward = |feature: &Value| {
        let name = feature["properties"]["ward"].as_str().unwrap().to_owned();
        (name, Area::read(&feature["geometry"]))
    };
    file["features"].as_array().unwrap().iter().map(ward).collect()
}

impl People {
    /// For every place of the file, which watches hold it: each is looked at.
    fn who_watch(&self, places: &[Point]) -> Vec<Vec<&Watch>> {
        let share = places.len().div_ceil(4);
        std::thread::scope(|threads| {
            let look = |some: &[Point]| some.iter().map(|at| self.who_watch_one(*at)).collect();
            let working: Vec<_> =
                places.chunks(share).map(|some| threads.spawn(move || look(some))).collect();
            working.into_iter().flat_map(|w| -> Vec<Vec<&Watch>> { w.join().unwrap() }).collect()
        })
    }

    fn who_watch_one(&self, at: Point) -> Vec<&Watch> {
        let near = |area: &Area| area.holds(at) || is_within(area.metres_to_line(at), 1.0);
        let wards: Vec<&str> =
            self.wards.iter().filter(|(_, area)| near(area)).map(|(name, _)| &**name).collect();
        let holds = |watch: &&Watch| match &watch.ground {
            Ground::Area(area) => area.holds(at),
            Ground::Circle(centre, radius_m) => is_within(metres(*centre, at), *radius_m),
            Ground::Ward(ward) => wards.contains(&&**ward),
        };
        self.watches.iter().filter(holds).collect()
    }
}

// Who was told of what.

/// A digest: what its title says, the issues that it lists, and how many more it counts. A push lists
/// none.
type Digest = ((&'static str, usize, usize), Vec<String>, usize);

#[derive(Debug, Default)]
struct Told {
    /// By contact, then by issue: how many messages of its own it had.
    at_once: BTreeMap<String, BTreeMap<String, usize>>,
    digests: BTreeMap<String, Vec<Digest>>,
}

/// How many issues a digest lists.
const LISTED: usize = 25;

impl Told {
    fn read(mails: &Sink, pushes: &Sink) -> Self {
        let mut told = Self::default();
        for line in mails.got_all() {
            let letter = Letter::read(&line);
            let numbers: Vec<String> = letter.issues().into_iter().map(str::to_owned).collect();
            if letter.is_digest() {
                let digest = (digest_title(&letter.subject), numbers, letter.more());
                told.digests.entry(letter.to).or_default().push(digest);
            } else {
                assert_eq!(numbers.len(), 1, "{letter:?}");
                told.add(letter.to, numbers[0].clone());
            }
        }
        for line in pushes.got_all() {
            let push = Push::read(&line);
            match push.issue() {
                Some(number) => told.add(push.to.clone(), number.to_owned()),
                None => told.digests.entry(push.to).or_default().push((
                    digest_title(&push.title),
                    vec![],
                    0,
                )),
            }
        }
        told.sorted()
    }

    fn add(&mut self, contact: String, issue: String) {
        *self.at_once.entry(contact).or_default().entry(issue).or_default() += 1;
    }

    fn sorted(mut self) -> Self {
        self.digests.values_mut().for_each(|list| list.sort());
        self
    }

    fn expected(requests: &Requests, people: &People, monday_first: bool) -> Self {
        let mut told = Self::default();
        let watching = people.who_watch(&requests.places);
        // By contact: issue and rhythms, in the order of the file.
        let mut later: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
        for request in &requests.list {
            let wants =
                |w: &&&Watch| w.categories.is_empty() || w.categories.contains(&request.category);
            for watch in watching[request.place].iter().filter(wants) {
                for contact in &watch.contacts {
                    if watch.rhythm == "at_once" {
                        // However many watches match, it is one message.
                        let known = told.at_once.entry(contact.clone()).or_default();
                        known.insert(request.number.clone(), 1);
                    } else {
                        let issues = later.entry(contact).or_default();
                        issues.entry(&request.number).or_default().push(&watch.rhythm);
                    }
                }
            }
        }
        for (contact, issues) in later {
            // What was told once is not told again.
            let mut known: BTreeSet<&str> = told
                .at_once
                .get(contact)
                .into_iter()
                .flatten()
                .map(|(issue, _)| &**issue)
                .collect();
            let mut written = vec![];
            let mornings: &[&[&str]] =
                if monday_first { &[&["daily", "weekly"]] } else { &[&["daily"], &["weekly"]] };
            for rhythms in mornings {
                let wanted = issues.iter().filter(|(issue, by)| {
                    !known.contains(*issue) && by.iter().any(|rhythm| rhythms.contains(rhythm))
                });
                let issues: Vec<(&str, bool)> =
                    wanted.map(|(issue, by)| (*issue, is_daily(rhythms, by))).collect();
                if !issues.is_empty() {
                    written.push(digest(contact, &issues));
                    known.extend(issues.iter().take(LISTED).map(|(issue, _)| *issue));
                }
            }
            if !written.is_empty() {
                told.digests.insert(contact.to_owned(), written);
            }
        }
        told.sorted()
    }

    fn counts(&self) -> String {
        let at_once: usize = self.at_once.values().map(BTreeMap::len).sum();
        let digests: usize = self.digests.values().map(Vec::len).sum();
        let long = self.digests.values().flatten().filter(|digest| digest.0.2 > 0);
        format!(
            "{at_once} messages at once to {} contacts, {digests} digests, {} of them too long to list all;",
            self.at_once.len(),
            long.count()
        )
    }

    /// Holds what arrived against what should have, and names whoever was missed or told too much.
    fn is(&self, expected: &Self) {
        let contacts = |told: &Self| -> Vec<String> {
            let mut all: Vec<_> = told.at_once.keys().chain(told.digests.keys()).cloned().collect();
            all.sort();
            all.dedup();
            all
        };
        let mut wrong = vec![];
        for contact in contacts(expected).iter().chain(&contacts(self)) {
            if self.at_once.get(contact) != expected.at_once.get(contact) {
                let none = BTreeMap::new();
                let (got, due) = (
                    self.at_once.get(contact).unwrap_or(&none),
                    expected.at_once.get(contact).unwrap_or(&none),
                );
                let differ = |issue: &&String| got.get(*issue) != due.get(*issue);
                let issues: BTreeSet<_> = got.keys().chain(due.keys()).filter(differ).collect();
                let show = |issue: &&String| {
                    format!("{issue} {:?} times, not {:?}", got.get(*issue), due.get(*issue))
                };
                let some: Vec<_> = issues.iter().take(5).map(show).collect();
                wrong.push(format!("{contact}: {}", some.join(", ")));
            }
            if self.digests.get(contact) != expected.digests.get(contact) {
                let (got, due) = (self.digests.get(contact), expected.digests.get(contact));
                wrong.push(format!("{contact}: digests {got:?}, not {due:?}"));
            }
        }
        let shown = &wrong[..wrong.len().min(5)];
        assert!(wrong.is_empty(), "{} are wrong, such as {shown:#?}", wrong.len());
    }
}

/// Whether an issue is in a digest because of a daily watch.
fn is_daily(rhythms: &[&str], by: &[&str]) -> bool {
    rhythms.contains(&"daily") && by.contains(&"daily")
}

/// A digest as this contact should get it; each issue says whether a daily watch matched it.
fn digest(contact: &str, issues: &[(&str, bool)]) -> Digest {
    let listed = &issues[..issues.len().min(LISTED)];
    let more = issues.len() - listed.len();
    let word = if listed.iter().any(|(_, daily)| *daily) { "day" } else { "week" };
    let title = (word, listed.len(), more);
    if contact.starts_with('/') {
        return (title, vec![], 0);
    }
    (title, listed.iter().map(|(issue, _)| (*issue).to_owned()).collect(), more)
}

/// How long each part took.
struct Stopwatch {
    last: Instant,
    laps: Vec<String>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { last: Instant::now(), laps: vec![] }
    }

    fn lap(&mut self, what: &str) {
        self.laps.push(format!("{what} {:.1} s", self.last.elapsed().as_secs_f64()));
        println!("{}", self.laps[self.laps.len() - 1]);
        self.last = Instant::now();
    }

    fn laps(&self) -> String {
        self.laps.join(", ")
    }
}
