//! `bench mail`: this program's mail beside Postfix's `smtp-source`, in turn, to Postfix's
//! `smtp-sink`.
//!
//! Each round: 1. `smtp-source` sends one mail again and again, from a file; 2. the mail channel
//! sends the same finished mail as often to a server that offers no pipelining (RFC 2920), as
//! `smtp-source` uses none, and 3. to one that does; 4. the mail channel sends mails that are each
//! written for their reader first; 5. the whole way: the dispatcher claims deliveries from the outbox,
//! writes, sends and settles them.
//!
//! The one rule: all go to the same receiver over as many connections that stay open.

mod outbox;
mod postfix;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use tokio::task::JoinSet;
use uuid::Uuid;

use self::outbox::Street;
use self::postfix::{Pipelining, SmtpSink, smtp_source};
use super::city::{CityError, per_second};
use super::matching::Stage;
use crate::app::told_to_stop;
use crate::channel::email::{EmailError, Mailer, Settings};
use crate::clock::Clock;
use crate::delivery::{Lane, Outcome};
use crate::dispatcher::DispatchSettings;
use crate::drawing::{Picture, WardLines};
use crate::geometry::{Position, Units};
use crate::issue::{Actor, CityId, IssueId, Kind, Status};
use crate::message::{
    Because, Content, Happening, Language, Mail, Map, MessageError, Reader, Sender, Told,
    compose_mail,
};

/// What to measure.
#[derive(Clone, Debug)]
pub struct MailPlan {
    /// How many each of them sends in a round.
    pub mails: usize,
    pub connections: usize,
    /// The folder in which a database is made and removed, on a real disk.
    pub dir: PathBuf,
}

/// What was measured: the medians of the rounds, by the clock on the wall, with the receiver on
/// the same processors. A ratio is the median of the rounds' own, each by `smtp-source`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MailReport {
    pub mails: usize,
    pub connections: usize,
    pub mail_bytes: usize,
    pub smtp_source_mails_per_s: f64,
    /// The mail channel with a finished mail, a command at a time: what `smtp-source` does.
    pub channel_mails_per_s: f64,
    pub channel_ratio: f64,
    /// The same, commands sent together.
    pub pipelined_mails_per_s: f64,
    pub pipelined_ratio: f64,
    /// The mail channel with mails that are written for it.
    pub written_mails_per_s: f64,
    pub written_ratio: f64,
    /// From the outbox to the stored outcome.
    pub outbox_mails_per_s: f64,
    pub outbox_ratio: f64,
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("there is no {0} here; get it with: sudo apt-get install -y postfix")]
    NoPostfix(&'static str),
    #[error("give at least two connections, and not fewer mails")]
    Nothing,
    #[error("smtp-source failed: {0}")]
    Source(String),
    #[error("a mail was not taken: {0}")]
    NotTaken(String),
    #[error("smtp-sink cannot be used: {0}")]
    Sink(#[from] std::io::Error),
    #[error(transparent)]
    Channel(#[from] EmailError),
    #[error(transparent)]
    Message(#[from] MessageError),
    #[error(transparent)]
    City(#[from] CityError),
    #[error("stopped; nothing was measured")]
    Stopped,
}

/// How often all take their turn.
const ROUNDS: usize = 5;

/// Measures, and removes what it made. `progress` hears of every turn.
///
/// # Errors
/// When Postfix's programs or a database cannot be used, or a mail is not taken.
pub async fn run_mail(
    plan: &MailPlan,
    progress: &mut dyn FnMut(Stage),
) -> Result<MailReport, MailError> {
    if plan.connections < 2 || plan.mails < plan.connections {
        return Err(MailError::Nothing);
    }
    let sink = SmtpSink::start(Pipelining::Offered).await?;
    let strict = SmtpSink::start(Pipelining::Refused).await?;
    let street = Street::build(plan, sink.addr).await?;
    let measured = tokio::select! {
        measured = in_rounds(plan, [&sink, &strict], &street, progress) => measured,
        () = told_to_stop() => Err(MailError::Stopped),
    };
    street.clear().await?;
    measured
}

async fn in_rounds(
    plan: &MailPlan,
    [sink, strict]: [&SmtpSink; 2],
    street: &Street,
    progress: &mut dyn FnMut(Stage),
) -> Result<MailReport, MailError> {
    let pen = Arc::new(Pen::new()?);
    let mailer = Arc::new(Mailer::new(settings(plan, sink.addr))?);
    let one_by_one = Arc::new(Mailer::new(settings(plan, strict.addr))?);
    let mut rounds = vec![];
    for nth in 0..ROUNDS {
        let done = nth as f64 / ROUNDS as f64;
        progress(Stage { doing: "smtp-source", done });
        let source = smtp_source(plan, sink.addr, &pen.finished).await?;
        progress(Stage { doing: "the mail channel", done });
        let finished = |pen: &Pen, _| Ok(pen.finished.clone());
        let channel = send(plan, &one_by_one, &pen, finished).await?;
        let pipelined = send(plan, &mailer, &pen, finished).await?;
        let written = send(plan, &mailer, &pen, Pen::write).await?;
        progress(Stage { doing: "the whole way", done });
        let outbox = street.tell().await?;
        rounds.push([source, channel, pipelined, written, outbox]);
    }
    let rate = |which: usize| median(rounds.iter().map(|round| round[which]));
    let ratio = |which: usize| median(rounds.iter().map(|round| round[which] / round[0]));
    Ok(MailReport {
        mails: plan.mails,
        connections: plan.connections,
        mail_bytes: pen.finished.bytes.len(),
        smtp_source_mails_per_s: rate(0),
        channel_mails_per_s: rate(1),
        channel_ratio: ratio(1),
        pipelined_mails_per_s: rate(2),
        pipelined_ratio: ratio(2),
        written_mails_per_s: rate(3),
        written_ratio: ratio(3),
        outbox_mails_per_s: rate(4),
        outbox_ratio: ratio(4),
    })
}

/// The middle one of an odd number.
fn median(of: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = of.collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(0.0)
}

/// So that what is told at once may have as many connections as the plan says.
fn settings(plan: &MailPlan, smtp: SocketAddr) -> Settings {
    Settings { connections: allowed(plan), ..Settings::new(format!("smtp://{smtp}")) }
}

/// All connections of the program, of which it keeps a quarter for urgent mail.
fn allowed(plan: &MailPlan) -> usize {
    let for_bulk = |all: usize| all - (all / 4).max(1);
    let enough = plan.connections * 2;
    (plan.connections..enough).find(|all| for_bulk(*all) == plan.connections).unwrap_or(enough)
}

/// Mails a second by the channel alone, from as many hands as a dispatcher has.
async fn send(
    plan: &MailPlan,
    mailer: &Arc<Mailer>,
    pen: &Arc<Pen>,
    write: fn(&Pen, usize) -> Result<Mail, MessageError>,
) -> Result<f64, MailError> {
    let (started, mut hands) = (Instant::now(), JoinSet::new());
    let many = DispatchSettings::default().in_hand;
    for hand in 0..many {
        let (mailer, pen, plan) = (Arc::clone(mailer), Arc::clone(pen), plan.clone());
        hands.spawn(async move {
            for nth in (hand..plan.mails).step_by(many) {
                let outcome =
                    mailer.send(&write(&pen, nth)?, Lane::AtOnce, Clock::System.now()).await;
                if !matches!(outcome, Outcome::Sent { .. }) {
                    return Err(MailError::NotTaken(format!("{outcome:?}")));
                }
            }
            Ok(())
        });
    }
    while let Some(ended) = hands.join_next().await {
        ended.map_err(|broke| MailError::NotTaken(broke.to_string()))??;
    }
    Ok(per_second(plan.mails, started.elapsed()))
}

/// Writes the mails: one issue, to readers who differ.
struct Pen {
    sender: Sender,
    content: Content,
    finished: Mail,
}

impl Pen {
    fn new() -> Result<Self, MessageError> {
        let (sender, content) = (sender(), Content::Issue(pothole()));
        let finished = letter(&sender, &content, 0)?;
        Ok(Self { sender, content, finished })
    }

    fn write(&self, nth: usize) -> Result<Mail, MessageError> {
        letter(&self.sender, &self.content, nth)
    }
}

fn letter(sender: &Sender, content: &Content, nth: usize) -> Result<Mail, MessageError> {
    let link = |page: &str| format!("https://bench.example.org/{page}/{nth:0>64}");
    let reader = Reader {
        language: Language::default(),
        manage_link: link("watch"),
        unsubscribe_all_link: link("u"),
    };
    let to = outbox::resident(nth);
    let now = Clock::System.now();
    compose_mail(Uuid::from_u128(nth as u128 + 1), sender, &reader, &to, content, now)
}

fn sender() -> Sender {
    Sender {
        city: CityId(1),
        city_name: "Springfield".to_owned(),
        public_url: "https://bench.example.org".to_owned(),
        mail_from: outbox::resident(0),
        return_path: None,
        list_host: "bench.example.org".to_owned(),
        zone: crate::clock::Zone::utc(),
        units: Units::Metric,
    }
}

fn pothole() -> Told {
    let opened = Happening {
        kind: Kind::Opened,
        at: Clock::System.now(),
        actor: Actor::Resident,
        office: None,
        comment: None,
        text: None,
    };
    Told {
        issue: IssueId(Uuid::from_u128(1)),
        number: "26-001234".to_owned(),
        category: outbox::CATEGORY.into(),
        address: outbox::ADDRESS.to_owned(),
        at: Some(outbox::HERE),
        map: map(),
        ward: None,
        description: outbox::WORDS.to_owned(),
        status: Status::Received,
        happenings: vec![opened],
        link: "https://bench.example.org/issues/26-001234".to_owned(),
        because: vec![Because {
            watch_name: outbox::WATCH.to_owned(),
            middle: Some(Position { lat: outbox::HERE.lat + 0.002, ..outbox::HERE }),
            near_ward: None,
            area_ended: false,
            unsubscribe_link: format!("https://bench.example.org/u/{:0>64}", 1),
        }],
    }
}

/// As the dispatcher has it drawn, once for all readers.
fn map() -> Option<Map> {
    let (wards, ground) = (WardLines::default(), outbox::demo_ground());
    let at = outbox::HERE;
    let picture = Picture { at, ward: None, wards: &wards, ground: &ground, units: Units::Metric };
    picture.png().map(Map::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(mails: usize, connections: usize, dir: &std::path::Path) -> MailPlan {
        MailPlan { mails, connections, dir: dir.to_owned() }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn each_takes_its_turn_and_every_mail_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        let report = match run_mail(&plan(40, 3, dir.path()), &mut |_| ()).await {
            Ok(report) => report,
            Err(MailError::NoPostfix(program)) => return eprintln!("passed over: no {program}"),
            Err(other) => panic!("{other}"),
        };
        assert!((5_000..40_000).contains(&report.mail_bytes), "{report:?}");
        let mut ratios = vec![report.channel_ratio, report.pipelined_ratio];
        ratios.extend([report.written_ratio, report.outbox_ratio]);
        for ratio in ratios {
            assert!(ratio > 0.0 && ratio.is_finite(), "{report:?}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "it clears up");
    }

    #[tokio::test]
    async fn fewer_mails_than_connections_measure_nothing() {
        for (mails, connections) in [(0, 0), (1, 1), (2, 3)] {
            let plan = plan(mails, connections, "nowhere".as_ref());
            let refused = run_mail(&plan, &mut |_| ()).await;
            assert!(matches!(refused, Err(MailError::Nothing)));
        }
    }

    #[test]
    fn what_is_told_at_once_has_the_connections_of_the_plan() {
        let of = |connections| allowed(&plan(100, connections, "".as_ref()));
        assert_eq!([2, 3, 8, 12].map(of), [3, 4, 10, 15]);
    }
}
