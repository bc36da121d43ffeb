//! Push messages made ready for their push services, by this program and by the `web-push` crate,
//! in turn on one thread: messages a second of processor time.
//!
//! The one rule: before anything is timed, each opens and checks what the other has made.
//!
//! Three comparisons, each like for like: sealing alone (RFC 8291); sealing with the VAPID token
//! (RFC 8292) that was signed once for each push service, which this program does by itself and a
//! user of `web-push` has to see to; and sealing with a token signed for each message, as the
//! documentation of `web-push` shows it.

mod browser;
mod ours;
mod theirs;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use wardwatch::bench::Stopwatch;

use browser::Browser;
use ours::Ours;
use theirs::Theirs;

/// Different people; timed runs go round them.
const BROWSERS: usize = 1_000;
/// As the push services of browsers in use are; none of them is asked anything.
const SERVICES: [&str; 3] = [
    "https://fcm.googleapis.com/fcm/send",
    "https://updates.push.services.mozilla.com/wpush/v2",
    "https://web.push.apple.com",
];
/// What the dispatcher writes of a pothole: a middling note.
const PAYLOAD: &str = r#"{"title":"Pothole reported at 1200 W Alder St","body":"Deep hole in the right lane, just past the bus stop. My neighbor’s bike fell into it yesterday. It is hard to see when it rains.","url":"https://watch.example.org/issues/26-001234","tag":"issue-26-001234","actions":[{"action":"follow","title":"Follow"},{"action":"mute","title":"Mute"}]}"#;
const CONTACT: &str = "mailto:311@watch.example.org";
/// How long each timed run lasts at least.
const RUN: Duration = Duration::from_secs(1);
const PAIRS: usize = 5;

/// How a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signing {
    Not,
    OncePerService,
    EachMessage,
}

/// Messages a second, in the pair of runs with the median ratio.
struct Pair {
    ours: f64,
    theirs: f64,
}

impl Pair {
    fn ratio(&self) -> f64 {
        self.ours / self.theirs
    }
}

fn main() -> ExitCode {
    let json = std::env::args().skip(1).any(|arg| arg == "--json");
    match run(json) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(json: bool) -> Result<()> {
    let browsers = (0..BROWSERS)
        .map(|nth| Browser::subscribe(&format!("{}/{nth:0>120}", SERVICES[nth % SERVICES.len()])))
        .collect::<Result<Vec<_>>>()?;
    let key = wardwatch::channel::push::VapidKey::generate()?;
    let (mut ours, mut theirs) = (Ours::new(key.clone())?, Theirs::new(&key.private_base64())?);
    for signing in [Signing::Not, Signing::OncePerService, Signing::EachMessage] {
        for browser in &browsers[..20] {
            each_reads_the_other(browser, signing, &mut ours, &mut theirs)?;
        }
    }
    let mut timed = vec![];
    for (key, words, signing) in [
        ("sealed", "sealed, not signed", Signing::Not),
        ("signed_once", "sealed, one token for each service", Signing::OncePerService),
        ("signed_each", "sealed, a token for each message", Signing::EachMessage),
    ] {
        timed.push((key, words, median(&browsers, signing, &mut ours, &mut theirs)?));
    }
    print(json, &timed);
    Ok(())
}

/// Both make a message for one browser; a stranger's reader opens it and checks who sent it.
fn each_reads_the_other(
    browser: &Browser,
    signing: Signing,
    ours: &mut Ours,
    theirs: &mut Theirs,
) -> Result<()> {
    let (body, token) = ours.message(browser, signing)?;
    let opened = browser.open_by_ece(&body).context("their reader does not open ours")?;
    ensure!(opened == PAYLOAD.as_bytes(), "their reader reads something else than we wrote");
    ensure!(token.is_some() == (signing != Signing::Not), "we signed where we should not");
    token.iter().try_for_each(|token| theirs.check(token, browser))?;
    let (body, token) = theirs.message(browser, signing)?;
    let opened = browser.open_by_us(&body).context("our reader does not open theirs")?;
    ensure!(opened == PAYLOAD.as_bytes(), "our reader reads something else than they wrote");
    token.iter().try_for_each(|token| theirs.check(token, browser))
}

/// Runs of both in turn; the pair with the median ratio.
fn median(
    browsers: &[Browser],
    signing: Signing,
    ours: &mut Ours,
    theirs: &mut Theirs,
) -> Result<Pair> {
    let mut pairs = vec![];
    for _ in 0..PAIRS {
        let ours = rate(browsers, |browser| ours.message(browser, signing).map(drop))?;
        let theirs = rate(browsers, |browser| theirs.message(browser, signing).map(drop))?;
        pairs.push(Pair { ours, theirs });
    }
    pairs.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    Ok(pairs.swap_remove(PAIRS / 2))
}

/// Messages a second of this thread's processor time.
fn rate(browsers: &[Browser], mut seal: impl FnMut(&Browser) -> Result<()>) -> Result<f64> {
    let (stopwatch, mut made) = (Stopwatch::start(), 0_usize);
    loop {
        for browser in browsers.iter().cycle().skip(made % browsers.len()).take(100) {
            seal(browser)?;
        }
        made += 100;
        let took = stopwatch.elapsed();
        if took >= RUN {
            return Ok(made as f64 / took.as_secs_f64());
        }
    }
}

fn print(json: bool, timed: &[(&str, &str, Pair)]) {
    if json {
        let mut object = serde_json::Map::new();
        object.insert("payload_bytes".into(), PAYLOAD.len().into());
        for (key, _, pair) in timed {
            object.insert(format!("{key}_messages_per_s"), pair.ours.into());
            object.insert(format!("web_push_{key}_messages_per_s"), pair.theirs.into());
            object.insert(format!("{key}_ratio"), pair.ratio().into());
        }
        println!("{}", serde_json::Value::Object(object));
        return;
    }
    println!("{} bytes to {BROWSERS} browsers, one core", PAYLOAD.len());
    println!("{:<36} {:>11} {:>11} {:>6}", "messages a second", "this", "web-push", "ratio");
    for (_, words, pair) in timed {
        println!("{words:<36} {:>11.0} {:>11.0} {:>6.2}", pair.ours, pair.theirs, pair.ratio());
    }
}
