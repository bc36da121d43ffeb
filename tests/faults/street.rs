//! A street where much happens while the program is done harm: who lives there, the city's system
//! that reports until it is answered, and whether in the end everybody was told once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use wardwatch::channel::push::Receiver;
use wardwatch::clock::{Clock, Timestamp};
use wardwatch::engine::{Engine, EngineSettings, NewWatch, Newcomer};
use wardwatch::geometry::{Position, Shape};
use wardwatch::issue::{CityId, Kind};
use wardwatch::random::{Random, SplitMix};
use wardwatch::store::{OutboxQuery, Store};
use wardwatch::token::Secrets;
use wardwatch::watch::{Filter, Rhythm, Target, Via, WatchId};
use wardwatch::watcher::Address;

use crate::dump::change;
use crate::exact::{is_within, metres, point};
use crate::program::{Program, Serving};
use crate::receiving::{Letter, Push};
use crate::sink::Sink;

/// Longer than any of these stories: what was in hand when the program died comes back when the
/// story says so. As beside a supervisor that restarts at once, where two minutes are long.
const LEASE_S: &str = "7200";
/// The street that everything happens on, from its western end, in degrees and metres.
const STREET: (f64, f64) = (-87.65, 41.88);
const STREET_M: f64 = 4_000.0;

pub struct Street {
    pub town: Program,
    url: Option<String>,
    mails: Sink,
    pushes: Sink,
    _keys: tempfile::NamedTempFile,
    people: Vec<Neighbour>,
    key: String,
}

/// The city's system at work.
pub struct Speaking {
    over: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    source: tokio::task::JoinHandle<Vec<Saying>>,
}

impl Speaking {
    /// How many events were answered for so far.
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// It says no more once what it has begun is answered, and gives what was.
    pub async fn end(self) -> Vec<Saying> {
        self.over.store(true, Ordering::Relaxed);
        self.source.await.unwrap()
    }
}

impl Street {
    /// Where the receivers of mail and pushes are installed.
    pub async fn new(url: Option<String>) -> Option<Self> {
        let keys = tempfile::NamedTempFile::new().unwrap();
        let options = ["--keys", keys.path().to_str().unwrap()];
        let mails = Sink::start("mail_sink.py", &["--raw"])?;
        let pushes = Sink::start("push_sink.py", &options)?;
        let town = Program::new(url.clone(), mails.port(), pushes.port());
        let key = town.run(&["keys", "api", "--role", "source", "--name", "city"]);
        town.keep_push_key();
        let people = people_move_in(&town.store().await, keys.as_file(), pushes.port()).await;
        let key = key.trim().to_owned();
        Some(Self { town, url, mails, pushes, _keys: keys, people, key })
    }

    pub async fn serve(&self) -> Serving {
        self.serve_with(&[]).await
    }

    pub async fn serve_with(&self, settings: &[(&str, &str)]) -> Serving {
        let lease = ("WARDWATCH_LEASE_S", LEASE_S);
        let settings: Vec<_> = [lease].into_iter().chain(settings.iter().copied()).collect();
        self.town.serve(&settings).await
    }

    /// Starts it to die at a point, perhaps before it answers.
    #[cfg(feature = "failpoints")]
    pub fn launch_to_die(&self, point: &str) -> Serving {
        let lease = ("WARDWATCH_LEASE_S", LEASE_S);
        self.town.launch(&[lease, ("WARDWATCH_FAILPOINT", point)])
    }

    /// Another process on the same database, with the same people to tell.
    pub fn another(&self) -> Program {
        let url = self.url.clone().expect("PostgreSQL, which several processes share");
        let other = Program::new(Some(url), self.mails.port(), self.pushes.port());
        // A link in the mail of one opens at the other, and a browser hears both.
        for name in ["secret", "vapid.key"] {
            std::fs::copy(self.town.dir().join(name), other.dir().join(name)).unwrap();
        }
        other
    }

    /// The city's system begins to report to these processes in turn, until it is answered.
    pub fn speak(&self, seed: u64, to: &[&Program]) -> Speaking {
        let (over, answered) = (Arc::default(), Arc::default());
        let source = Source {
            client: reqwest::Client::new(),
            doors: to.iter().map(|town| town.at("")).collect(),
            knocks: 0,
            key: self.key.clone(),
            dice: SplitMix::new(seed ^ 0x0073_7065_616b),
            over: Arc::clone(&over),
            count: Arc::clone(&answered),
            said: vec![],
            issues: vec![],
        };
        Speaking { over, answered, source: tokio::spawn(source.speak()) }
    }

    /// Time passes: what dead processes held is due.
    pub async fn leases_end(&self) {
        let url = self.town.database();
        change(&url, "UPDATE delivery SET due_at = 0 WHERE state = 'waiting'").await;
    }

    /// Everything is sent, nothing that was answered for is lost, and everybody was told of what
    /// they watch, at most twice. Gives the counts in words.
    pub async fn is_whole(&self, said: &[Saying]) -> String {
        self.is_told(said, 2).await
    }

    /// As [`is_whole`](Self::is_whole), each message at most so often.
    pub async fn is_told(&self, said: &[Saying], at_most: usize) -> String {
        let store = self.town.store().await;
        until_all_is_sent(&store).await;
        all_is_kept(&store, said).await;
        let told = Told::read(&self.mails, &self.pushes);
        told.is(said, &self.people, at_most);
        let twice = told.copies.values().filter(|count| **count == 2).count();
        format!(
            "{} events answered for, none lost, {} messages, {twice} of them twice, none more often",
            said.len(),
            told.copies.len()
        )
    }
}

async fn until_all_is_sent(store: &Store) {
    let begun = Instant::now();
    loop {
        let mut tx = store.read().await.unwrap();
        let matched = tx.unmatched(CityId(1), 0, 1).await.unwrap().is_empty();
        if matched && tx.oldest_waiting().await.unwrap().is_none() {
            break;
        }
        let tally = tx.delivery_tally().await.unwrap();
        assert!(begun.elapsed() < Duration::from_mins(3), "the outbox does not empty: {tally:?}");
        drop(tx);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (mut tx, all) = (store.read().await.unwrap(), OutboxQuery { state: None, kind: None });
    let tally = tx.delivery_tally().await.unwrap();
    let left = tx.outbox_piles(CityId(1), all).await.unwrap();
    assert!(tally.iter().all(|row| row.state == "sent"), "all was taken: {tally:?} {left:?}");
}

// People.

struct Neighbour {
    /// A mail address or the path of a push endpoint.
    contact: String,
    /// Metres east of the street's beginning, and how far around.
    home_m: f64,
    radius_m: f64,
    /// Whether comments are wanted, too.
    curious: bool,
}

fn on_street(metres: f64) -> (f64, f64) {
    let degree = 111_195.0 * STREET.1.to_radians().cos();
    (STREET.0 + metres / degree, STREET.1)
}

/// Sixteen people along the street who are told at once, ten by mail, six by push.
async fn people_move_in(store: &Store, keys: &std::fs::File, push_port: u64) -> Vec<Neighbour> {
    let engine = Engine::new(
        store.clone(),
        Clock::System,
        Random::System,
        Secrets::generate(),
        EngineSettings::default(),
    );
    let mut dice = SplitMix::new(311);
    let (mut people, mut newcomers) = (vec![], vec![]);
    for n in 0..16 {
        let home_m = dice.range(0.0, STREET_M);
        let radius_m = dice.range(300.0, 900.0).round();
        let by_push = n >= 10;
        let (address, contact) = if by_push {
            browser(n, keys, push_port)
        } else {
            let mail = format!("neighbour{n}@example.org");
            (Address::Mail(mail.parse().unwrap()), mail)
        };
        // A push shows no comment's words, so nobody could tell two of them apart.
        let curious = !by_push && n % 2 == 0;
        let mut filter = Filter::for_places();
        if curious {
            filter.kinds.insert(Kind::Commented);
        }
        let (lon, lat) = on_street(home_m);
        let home = Shape::circle(Position { lon, lat }, radius_m).unwrap();
        let new = NewWatch {
            id: WatchId(engine.random().uuid(engine.clock().now())),
            name: "Home".into(),
            target: Target::Area(home.into()),
            filter,
            rhythm: Rhythm::AtOnce,
            via: Via::BOTH,
        };
        let (addresses, watches) = (vec![address], vec![new]);
        newcomers.push(Newcomer { language: "en".into(), addresses, watches });
        people.push(Neighbour { contact, home_m, radius_m, curious });
    }
    let city = engine.cities().await.unwrap().remove(0);
    engine.settle_in(&city, newcomers).await.unwrap();
    people
}

fn browser(n: usize, mut keys: &std::fs::File, push_port: u64) -> (Address, String) {
    let n = u8::try_from(n).unwrap();
    let (scalar, auth) = ([n + 1; 32], [n; 16]);
    let path = format!("/push/{n}");
    let endpoint = format!("http://127.0.0.1:{push_port}{path}");
    let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let line = json!({ "endpoint": endpoint, "private": base64(&scalar), "auth": base64(&auth) });
    writeln!(keys, "{line}").unwrap();
    let receiver = Receiver::from_parts(&scalar, auth).unwrap();
    (Address::Push(receiver.subscription(endpoint)), path)
}

// The city that speaks.

/// An event that was answered for.
#[derive(Clone, Debug)]
pub struct Saying {
    source_id: String,
    version: String,
    /// A word that stands in no other event.
    token: String,
    opened: bool,
    at_m: f64,
    /// The issue's number, as it was answered.
    number: String,
}

/// Another city's system, which sends until it is answered.
struct Source {
    client: reqwest::Client,
    /// The processes that it speaks to, in turn.
    doors: Vec<String>,
    knocks: usize,
    key: String,
    dice: SplitMix,
    over: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
    said: Vec<Saying>,
    issues: Vec<Saying>,
}

impl Source {
    fn next_door(&mut self, path: &str) -> String {
        self.knocks += 1;
        self.doors[self.knocks % self.doors.len()].clone() + path
    }

    /// Sends a few events at a time, the same ones again until each has its answer.
    async fn speak(mut self) -> Vec<Saying> {
        let mut count = 0;
        while !self.over.load(Ordering::Relaxed) {
            count += 1;
            if count % 5 == 0 {
                self.report(count).await;
            } else {
                self.stream(count).await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.said
    }

    fn opened(&mut self, id: String) -> (Saying, Value) {
        let at_m = self.dice.range(0.0, STREET_M);
        let (lon, lat) = on_street(at_m);
        let token = format!("o{id}o");
        let at: Timestamp = Clock::System.now();
        let body = json!({
            "source_id": id, "version": "1", "kind": "opened", "at": at.to_string(),
            "category": "Pothole", "lon": lon, "lat": lat, "text": token,
        });
        let (version, number) = ("1".into(), String::new());
        (Saying { source_id: id, version, token, opened: true, at_m, number }, body)
    }

    fn commented(&mut self, version: String) -> (Saying, Value) {
        let on = self.issues[self.dice.below(self.issues.len())].clone();
        let token = format!("c{version}c");
        let body = json!({
            "source_id": on.source_id, "version": version, "kind": "commented",
            "at": Clock::System.now().to_string(), "text": token,
        });
        (Saying { version, token, opened: false, ..on }, body)
    }

    async fn stream(&mut self, count: usize) {
        let mut waiting: Vec<(Saying, Value)> = vec![];
        for line in 0..6 {
            let id = format!("{count}x{line}");
            let comments = line % 3 == 2 && !self.issues.is_empty();
            waiting.push(if comments { self.commented(id) } else { self.opened(id) });
        }
        while !waiting.is_empty() {
            let lines: Vec<String> = waiting.iter().map(|(_, event)| event.to_string()).collect();
            let body = lines.join("\n");
            let mut answered = vec![];
            let door = self.next_door("/api/v1/events");
            let sent = self.client.post(door).bearer_auth(&self.key).body(body);
            if let Ok(mut response) = sent.timeout(Duration::from_secs(5)).send().await {
                let status = response.status().as_u16();
                assert!([200, 503].contains(&status), "{status} is no answer to a good stream");
                if status == 503 {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    continue;
                }
                // Whatever was read before the connection broke was answered for.
                while let Ok(Some(piece)) = response.chunk().await {
                    answered.extend_from_slice(&piece);
                }
            }
            let whole = answered.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            let answers = answered[..whole].split(|byte| *byte == b'\n').filter(|l| !l.is_empty());
            let answers: Vec<Value> = answers.map(|l| serde_json::from_slice(l).unwrap()).collect();
            for answer in &answers {
                let outcome = answer["outcome"].as_str().unwrap();
                if outcome == "failed" {
                    break;
                }
                assert!(["accepted", "repeated"].contains(&outcome), "{answer}");
                let (saying, _) = waiting.remove(0);
                self.answered(saying, answer["number"].as_str().unwrap());
            }
            if !waiting.is_empty() {
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        }
    }

    async fn report(&mut self, count: usize) {
        let (saying, body) = self.opened(format!("{count}y"));
        loop {
            let door = self.next_door("/api/v1/issues");
            let sent = self.client.post(door).bearer_auth(&self.key);
            let sent = sent.header("Content-Type", "application/json").body(body.to_string());
            let sent = sent.timeout(Duration::from_secs(5)).send().await;
            let status = sent.as_ref().map_or(503, |response| response.status().as_u16());
            assert!([200, 201, 503].contains(&status), "{status} is no answer to a good report");
            if let Ok(response) = sent
                && status != 503
                && let Ok(answer) = response.bytes().await
            {
                let answer: Value = serde_json::from_slice(&answer).unwrap();
                self.answered(saying, answer["number"].as_str().unwrap());
                return;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    fn answered(&mut self, mut saying: Saying, number: &str) {
        number.clone_into(&mut saying.number);
        if saying.opened {
            self.issues.push(saying.clone());
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.said.push(saying);
    }
}

/// Every event that was answered for is in the database, under its issue's number.
async fn all_is_kept(store: &Store, said: &[Saying]) {
    let keys: Vec<_> =
        said.iter().map(|s| ("city".to_owned(), s.source_id.clone(), s.version.clone())).collect();
    let mut tx = store.read().await.unwrap();
    let kept = tx.known_versions(CityId(1), &keys).await.unwrap();
    let lost: Vec<_> = keys.iter().filter(|key| !kept.contains(*key)).collect();
    assert!(lost.is_empty(), "{} events were answered for and lost: {lost:?}", lost.len());
    let keys: Vec<_> = keys.into_iter().map(|(source, id, _)| (source, id)).collect();
    let issues = tx.issues_of_sources(CityId(1), &keys).await.unwrap();
    let numbers: BTreeMap<_, _> = issues.iter().map(|i| (&i.source_id, &i.number)).collect();
    let distinct: BTreeSet<_> = numbers.values().collect();
    assert_eq!(distinct.len(), numbers.len(), "no number is given twice");
    for saying in said {
        assert_eq!(numbers[&saying.source_id], &saying.number, "the number that was answered");
    }
}

// What arrived.

#[derive(Default)]
struct Told {
    /// How often each message came: by Message-ID, or by browser and issue.
    copies: BTreeMap<String, usize>,
    /// Which messages told a contact of an event: of a mail by the event's word, of a push by the
    /// issue's number.
    by: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Told {
    fn read(mails: &Sink, pushes: &Sink) -> Self {
        let mut told = Self::default();
        for line in mails.got_all() {
            let letter = Letter::read(&line);
            *told.copies.entry(letter.message_id.clone()).or_default() += 1;
            let words = letter.plain.lines().filter_map(|line| line.strip_prefix("> "));
            for word in words {
                let event = (letter.to.clone(), word.to_owned());
                told.by.entry(event).or_default().insert(letter.message_id.clone());
            }
        }
        for line in pushes.got_all() {
            let push = Push::read(&line);
            let number = push.issue().expect("a push about an issue").to_owned();
            let message = format!("{} {number}", push.to);
            *told.copies.entry(message.clone()).or_default() += 1;
            told.by.entry((push.to, number)).or_default().insert(message);
        }
        told
    }

    /// Each contact was told of exactly what it watches, each event in one message, and no message
    /// came a third time.
    fn is(&self, said: &[Saying], people: &[Neighbour], at_most: usize) {
        let expected: BTreeSet<_> = said
            .iter()
            .flat_map(|saying| {
                let wants = |who: &&Neighbour| hears_of(who, saying);
                people.iter().filter(wants).map(|who| (who.contact.clone(), what(who, saying)))
            })
            .collect();
        let got: BTreeSet<_> = self.by.keys().cloned().collect();
        let some = |set: Vec<&(String, String)>| {
            format!("{}: {:?}", set.len(), set.iter().take(5).collect::<Vec<_>>())
        };
        assert_eq!(
            expected,
            got,
            "missed {}, told too much {}",
            some(expected.difference(&got).collect()),
            some(got.difference(&expected).collect())
        );
        let twice = self.by.iter().find(|(_, messages)| messages.len() > 1);
        assert_eq!(twice, None, "told in two messages of their own");
        let most = self.copies.iter().max_by_key(|(_, count)| **count);
        let enough = most.is_some_and(|(_, count)| *count <= at_most);
        assert!(enough, "came more than {at_most} times: {most:?}");
    }
}

fn hears_of(who: &Neighbour, saying: &Saying) -> bool {
    let place = |m: f64| {
        let (lon, lat) = on_street(m);
        point(lon, lat)
    };
    let near = is_within(metres(place(who.home_m), place(saying.at_m)), who.radius_m);
    near && (saying.opened || who.curious)
}

/// How a contact's messages name an event.
fn what(who: &Neighbour, saying: &Saying) -> String {
    if who.contact.starts_with('/') { saying.number.clone() } else { saying.token.clone() }
}
