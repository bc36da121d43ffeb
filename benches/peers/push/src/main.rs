//! Push messages made ready for their push services, by this program and by the `web-push` crate,
//! in turn on one thread: messages a second of processor time.
//!
//! The one rule: before anything is timed, each opens and checks what the other has made.
//!
//! Comparisons, each like for like: sealing alone (RFC 8291); sealing with the VAPID token
//! (RFC 8292) that was signed once for each push service, which this program does by itself and a
//! user of `web-push` has to see to; and sealing with a token signed for each message, as the
//! documentation of `web-push` shows it. Beside them what no sender gets around, making a key on P-256 and
//! agreeing with the browser's; and the whole way to a push service over TLS, each with its own client.

mod browser;
mod ours;
mod sink;
mod theirs;
mod whole_way;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_lc_rs::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::rand::SystemRandom;
use wardwatch::bench::Stopwatch;
use wardwatch::channel::push::VapidKey;
use wardwatch::message::{Note, Urgency};

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
/// How long a note is kept for its browser; a token that was kept so long has ended.
const A_DAY: Duration = Duration::from_hours(24);
/// Where OpenSSL, and whoever goes by the same rule, finds the certificates that are trusted.
const TRUSTED: &str = "SSL_CERT_FILE";

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

fn note() -> Note {
    Note {
        payload: PAYLOAD.to_owned(),
        topic: "issue-26-001234".to_owned(),
        urgency: Urgency::Normal,
        ttl: A_DAY,
    }
}

fn main() -> ExitCode {
    let json = std::env::args().skip(1).any(|arg| arg == "--json");
    match trusting(|certificate| run(json, certificate)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What is trusted is read once, when a program begins: so this one begins a second time, told of a file in
/// which a certificate will stand.
fn trusting(run: impl FnOnce(&Path) -> Result<()>) -> Result<ExitCode> {
    const BEGUN: &str = "WARDWATCH_PEERS_BEGUN";
    if std::env::var_os(BEGUN).is_some() {
        let file = std::env::var_os(TRUSTED).context("no file for the certificate")?;
        return run(Path::new(&file)).map(|()| ExitCode::SUCCESS);
    }
    let folder = tempfile::tempdir()?;
    let status = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(TRUSTED, folder.path().join("certificate.pem"))
        .env(BEGUN, "yes")
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run(json: bool, certificate: &Path) -> Result<()> {
    // Before anything reads what is trusted.
    let identity = sink::Identity::make(certificate)?;
    let browsers = (0..BROWSERS)
        .map(|nth| Browser::subscribe(&format!("{}/{nth:0>120}", SERVICES[nth % SERVICES.len()])))
        .collect::<Result<Vec<_>>>()?;
    let key = VapidKey::generate()?;
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
    let words = "the whole way, a token for each service";
    timed.push(("end_to_end", words, whole_way::median(identity, &key)?));
    let (agreed, share) = beside_agreeing(&browsers, &mut ours)?;
    print(json, &timed, (agreed, share));
    Ok(())
}

/// Keys made and agreed upon a second, and how many messages are sealed for each of them, in the pair of
/// runs with the median share.
fn beside_agreeing(browsers: &[Browser], ours: &mut Ours) -> Result<(f64, f64)> {
    let random = SystemRandom::new();
    let agree = |to: &Browser| {
        let own = EphemeralPrivateKey::generate(&ECDH_P256, &random)?;
        own.compute_public_key()?;
        let peer = UnparsedPublicKey::new(&ECDH_P256, &to.ours.p256dh);
        agree_ephemeral(own, peer, aws_lc_rs::error::Unspecified, |_| Ok(()))
    };
    let mut pairs = vec![];
    for _ in 0..PAIRS {
        let theirs = rate(browsers, |browser| Ok(agree(browser)?))?;
        let ours = rate(browsers, |browser| ours.message(browser, Signing::Not).map(drop))?;
        pairs.push(Pair { ours, theirs });
    }
    let pair = middle(pairs);
    Ok((pair.theirs, pair.ratio()))
}

fn middle(mut pairs: Vec<Pair>) -> Pair {
    pairs.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    pairs.swap_remove(pairs.len() / 2)
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
    Ok(middle(pairs))
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

fn print(json: bool, timed: &[(&str, &str, Pair)], (agreed, share): (f64, f64)) {
    if json {
        let mut object = serde_json::Map::new();
        object.insert("payload_bytes".into(), PAYLOAD.len().into());
        for (key, _, pair) in timed {
            object.insert(format!("{key}_messages_per_s"), pair.ours.into());
            object.insert(format!("web_push_{key}_messages_per_s"), pair.theirs.into());
            object.insert(format!("{key}_ratio"), pair.ratio().into());
        }
        object.insert("key_agreements_per_s".into(), agreed.into());
        object.insert("sealed_of_key_agreements".into(), share.into());
        println!("{}", serde_json::Value::Object(object));
        return;
    }
    println!("{} bytes to {BROWSERS} browsers, one core", PAYLOAD.len());
    println!("{:<36} {:>11} {:>11} {:>6}", "messages a second", "this", "web-push", "ratio");
    for (_, words, pair) in timed {
        println!("{words:<36} {:>11.0} {:>11.0} {:>6.2}", pair.ours, pair.theirs, pair.ratio());
    }
    println!(
        "keys made and agreed upon a second: {agreed:.0}, messages sealed for each: {share:.2}"
    );
}
