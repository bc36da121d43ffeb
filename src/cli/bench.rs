//! `wardwatch bench`: how fast this machine is at it.

mod browse;
mod digests;
mod flood;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};

use browse::{BrowseArgs, browse};
use digests::{DigestsArgs, digests};
use flood::{FloodArgs, flood};

use super::progress::Progress;
use super::run::{Failure, print, to_end};
use crate::bench::{
    self, CityPlan, CityReport, ExportPlan, Exported, Layout, MailPlan, MailReport, Plan, Report,
    Stage,
};

#[derive(Subcommand, Debug)]
pub enum Bench {
    /// Matching alone, on a seeded city: one core with this program's index, and with plain
    /// rstar and geo
    ///
    /// Five rounds of runs in turn: rstar and geo, the index point by point, the index asked of all
    /// points together, and the limit, the ids alone copied; the round with the median ratio is
    /// reported. Every answer of the two is compared first. It takes about a minute, a million areas some
    /// minutes.
    Match(MatchArgs),
    /// The whole way on a seeded city: events are stored, matched, put into the outbox, and
    /// delivered to a mail server and a push service on this machine
    ///
    /// First stage by stage, then with the whole program running. What has to arrive is worked
    /// out without the product; the command fails when a message is lost, repeated or unasked.
    City(CityArgs),
    /// A storm: thousands of reports within a minute from one place that thousands of people watch, while
    /// others sign up and live elsewhere
    ///
    /// The whole program runs, with a mail server on this machine. It tells how much anybody was sent at
    /// once, how long confirmations and the mails of others took meanwhile, and whether everything else
    /// came in a digest; it fails when anything was lost or repeated.
    Flood(FloodArgs),
    /// The digests of a day, for everybody who reads them in the morning: how long until all are in the
    /// outbox, and how much memory that takes
    ///
    /// Who has to hear of how much is worked out without the product; it fails when anything is lost or
    /// repeated.
    Digests(DigestsArgs),
    /// What looking around costs where much was reported, beside where little was: the list, the map's
    /// data, the embedded page and a feed, asked over HTTP of two cities in turn
    Browse(BrowseArgs),
    /// Mail alone: this program and Postfix's smtp-source, in turn, to Postfix's smtp-sink over as
    /// many connections
    ///
    /// Five rounds; the medians are reported. smtp-source never pipelines commands; this program does
    /// where the server offers it, and is measured without, too. Debian has both programs in the package
    /// postfix.
    Mail(MailArgs),
    /// Writes the city of `bench match`, its points and the answers as files, for programs that
    /// are to be measured beside this one
    ///
    /// In degrees (WGS 84, longitude first), each coordinate the same 64-bit number in every file:
    ///
    ///   areas.geojson  a FeatureCollection, each Feature on a line of its own; ids from 0, the
    ///                  50 wards first
    ///   areas.tsv      the same areas, a line each: id, tab, Polygon in hexadecimal WKB; as
    ///                  PostgreSQL's COPY takes it
    ///   points.csv     id,lon,lat, ids from 0 in order
    ///   answers.txt    a line for each point in the order of points.csv: the ids of the areas
    ///                  that hold it, boundaries included, ascending, with blanks between; an
    ///                  empty line where there are none
    ///
    /// Areas that people would draw as circles are polygons of 32 corners here, as in `bench
    /// match`. Files of an earlier run are written over. 100,000 areas and 20,000 points take
    /// some 120 MB.
    #[command(verbatim_doc_comment)]
    Export(ExportArgs),
}

#[derive(Args, Debug)]
pub struct MatchArgs {
    #[command(flatten)]
    drawn: DrawnArgs,
    /// How areas and points lie
    #[arg(long, value_enum, default_value = "city", env = "WARDWATCH_BENCH_LAYOUT")]
    layout: LayoutArg,
    /// Into how many cells across an area 700 m wide is cut, 1 to 64, wider ones into more: more answer
    /// faster among many areas, and take more memory [default: by how many areas there are]
    #[arg(long, value_name = "N", env = "WARDWATCH_BENCH_CELLS",
          value_parser = clap::value_parser!(u32).range(1..=64))]
    cells: Option<u32>,
    /// Print one JSON object
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LayoutArg {
    /// In clusters, as people live
    City,
    /// Anywhere
    Uniform,
    /// All around one block of 200 m, the points where their lines cross
    Block,
}

impl From<LayoutArg> for Layout {
    fn from(layout: LayoutArg) -> Self {
        match layout {
            LayoutArg::City => Self::City,
            LayoutArg::Uniform => Self::Uniform,
            LayoutArg::Block => Self::Block,
        }
    }
}

#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The folder to write to; made when it is not there
    #[arg(value_name = "DIR", env = "WARDWATCH_BENCH_EXPORT_DIR")]
    dir: PathBuf,
    #[command(flatten)]
    drawn: DrawnArgs,
}

/// The city that both draw.
#[derive(Args, Debug)]
struct DrawnArgs {
    /// How many watch areas, beside 50 wards
    #[arg(long, value_name = "N", default_value_t = 100_000, env = "WARDWATCH_BENCH_AREAS",
          value_parser = drawable)]
    areas: usize,
    /// How many different points to ask about
    #[arg(long, value_name = "N", default_value_t = 20_000, env = "WARDWATCH_BENCH_POINTS",
          value_parser = drawable)]
    points: usize,
    /// Which city to draw; at a point of the default one lie 13 areas of 10,000, and in proportion
    #[arg(long, value_name = "N", default_value_t = 4, env = "WARDWATCH_BENCH_SEED")]
    seed: u64,
}

/// A number that can be drawn and kept in memory, for clap.
fn drawable(text: &str) -> Result<usize, String> {
    const MOST: usize = 10_000_000;
    let number = text.parse().map_err(|_| format!("“{text}” is not a whole number"))?;
    if number > MOST { Err(format!("give at most {MOST}")) } else { Ok(number) }
}

/// Where a database is made for a run, and removed after it.
#[derive(Args, Debug)]
struct GroundArgs {
    /// postgres://…, a server where databases may be made and removed [default: an `SQLite` file]
    #[arg(
        long,
        value_name = "URL",
        env = "WARDWATCH_BENCH_DATABASE_URL",
        value_parser = postgres,
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Where the `SQLite` file is made and removed; on a real disk, or syncing costs nothing
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARDWATCH_BENCH_DIR")]
    dir: PathBuf,
}

#[derive(Args, Debug)]
pub struct CityArgs {
    /// How many watches, in the shares of `watches generate`
    #[arg(long, value_name = "N", default_value_t = 20_000, env = "WARDWATCH_BENCH_AREAS")]
    areas: usize,
    /// How many events
    #[arg(long, value_name = "N", default_value_t = 5_000, env = "WARDWATCH_BENCH_EVENTS")]
    events: usize,
    /// Which city to draw
    #[arg(long, value_name = "N", default_value_t = 4, env = "WARDWATCH_BENCH_SEED")]
    seed: u64,
    /// How long events come while the whole program runs
    #[arg(long, value_name = "SECONDS", default_value_t = 20.0, env = "WARDWATCH_BENCH_LIVE_S")]
    live_s: f64,
    #[command(flatten)]
    ground: GroundArgs,
    /// Print one JSON object
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
}

#[derive(Args, Debug)]
pub struct MailArgs {
    /// How many mails each sends in a round
    #[arg(long, value_name = "N", default_value_t = 5_000, env = "WARDWATCH_BENCH_MAILS")]
    mails: usize,
    /// Over how many connections
    #[arg(long, value_name = "N", default_value_t = 8, env = "WARDWATCH_BENCH_CONNECTIONS")]
    connections: usize,
    /// Where an `SQLite` file is made and removed; on a real disk, or syncing costs nothing
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARDWATCH_BENCH_DIR")]
    dir: PathBuf,
    /// Print one JSON object
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
}

fn postgres(url: &str) -> Result<String, String> {
    let right = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let why = "write postgres://…; without it a fresh SQLite file is used";
    right.then(|| url.to_owned()).ok_or(why.to_owned())
}

/// How long each timed run lasts at least.
const RUN: Duration = Duration::from_secs(1);

/// Runs a benchmark; fails when it cannot be run, or when the two answers disagree.
pub fn run(which: &Bench) -> ExitCode {
    match which {
        Bench::Match(args) => to_end(async { matching(args) }),
        Bench::City(args) => to_end(city(args)),
        Bench::Mail(args) => to_end(mail(args)),
        Bench::Flood(args) => to_end(flood(args)),
        Bench::Digests(args) => to_end(digests(args)),
        Bench::Browse(args) => to_end(browse(args)),
        Bench::Export(args) => to_end(async { export(args) }),
    }
}

fn export(args: &ExportArgs) -> Result<(), Failure> {
    let plan =
        ExportPlan { areas: args.drawn.areas, points: args.drawn.points, seed: args.drawn.seed };
    let mut progress = Progress::new(Some(100), "{msg} {wide_bar} {pos} %");
    let exported = bench::run_export(&plan, &args.dir, &mut |Stage { doing, done }| {
        progress.at(percent(done), doing);
    });
    progress.end();
    let Exported { areas, points, matches } = exported?;
    let dir = args.dir.display();
    print(&format!("{areas} areas, {points} points and their {matches} matches are in {dir}\n"))?;
    Ok(())
}

async fn mail(args: &MailArgs) -> Result<(), Failure> {
    let MailArgs { mails, connections, .. } = *args;
    let plan = MailPlan { mails, connections, dir: args.dir.clone() };
    let mut progress = Progress::new(Some(100), "{msg} {wide_bar} {pos} %");
    let report = bench::run_mail(&plan, &mut |Stage { doing, done }| {
        progress.at(percent(done), doing);
    })
    .await;
    progress.end();
    let report = report?;
    let text = if args.json { serde_json::json!(report).to_string() } else { mail_told(&report) };
    print(&(text + "\n"))?;
    Ok(())
}

fn mail_told(r: &MailReport) -> String {
    let line = |name: &str, per_s: f64, ratio: f64| format!("{name:<36} {per_s:>9.0} {ratio:>7.2}");
    [
        format!("{} mails of {} bytes over {} connections", r.mails, r.mail_bytes, r.connections),
        format!("{:<36} {:>9} {:>7}", "", "mails/s", "ratio"),
        line("smtp-source, one mail from a file", r.smtp_source_mails_per_s, 1.0),
        line("the mail channel, one finished mail", r.channel_mails_per_s, r.channel_ratio),
        line("  commands sent together", r.pipelined_mails_per_s, r.pipelined_ratio),
        line("the mail channel, each mail written", r.written_mails_per_s, r.written_ratio),
        line("the whole way, outbox to outcome", r.outbox_mails_per_s, r.outbox_ratio),
    ]
    .join("\n")
}

async fn city(args: &CityArgs) -> Result<(), Failure> {
    let plan = CityPlan {
        areas: args.areas,
        events: args.events,
        seed: args.seed,
        live_s: args.live_s.clamp(0.0, 3_600.0),
        server: args.ground.database_url.clone(),
        dir: args.ground.dir.clone(),
    };
    let mut progress = Progress::new(Some(100), "{msg} {wide_bar} {pos} %");
    let report = bench::run_city(&plan, &mut |Stage { doing, done }| {
        progress.at(percent(done), doing);
    })
    .await;
    progress.end();
    let report = report?;
    let text = if args.json { serde_json::json!(report).to_string() } else { city_told(&report) };
    print(&(text + "\n"))?;
    let CityReport { lost, repeated, unasked, .. } = report;
    if lost + repeated + unasked == 0 {
        return Ok(());
    }
    let sentence = format!("{lost} messages were lost, {repeated} repeated, {unasked} unasked for");
    Err(Failure::new(sentence))
}

fn city_told(r: &CityReport) -> String {
    let line = |name: &str, per_s: f64, unit: &str| format!("{name:<28} {per_s:>9.0} {unit}");
    let wait = |name: &str, p50: f64, p99: f64| {
        format!("{name:<28} {p50:>9.1} ms median, {p99:.1} ms for 99 of 100")
    };
    [
        format!(
            "{} areas of {} people, {} events, seed {}, on {}: {:.1} matches an event",
            r.areas, r.people, r.events, r.seed, r.database, r.matches_per_event
        ),
        line("accepted", r.accepted_events_per_s, "events/s"),
        line("matched", r.matched_events_per_s, "events/s"),
        line("into the outbox", r.outbox_rows_per_s, "rows/s"),
        line("  by a bare insert", r.bare_insert_rows_per_s, "rows/s"),
        line("mails", r.mails_per_s, &format!("/s of {:.0} bytes, with", r.mail_bytes)),
        line("pushes", r.pushes_per_s, "/s at the same time"),
        line("both, by processor time", r.deliveries_per_cpu_s.unwrap_or(0.0), "/s"),
        line("people told, all together", r.notified_people_per_s, "/s"),
        line("digests planned", r.digests_planned_people_per_s, "people/s"),
        line("digests mailed", r.digest_mails_per_s, "/s, with"),
        line("digests pushed", r.digest_pushes_per_s, "/s at the same time"),
        format!(
            "the whole program at {:.1} events and {:.0} messages a second:",
            r.live_events_per_s, r.live_deliveries_per_s
        ),
        wait("  stored", r.accept_p50_ms, r.accept_p99_ms),
        wait("  at the push service", r.accept_to_push_p50_ms, r.accept_to_push_p99_ms),
        wait("  at the mail server", r.accept_to_mail_p50_ms, r.accept_to_mail_p99_ms),
        format!("{} lost, {} repeated, {} unasked for", r.lost, r.repeated, r.unasked),
        format!(
            "in {:.0} s, with {:.0} s of processor time here and {:.0} s elsewhere",
            r.took_s,
            r.own_cpu_s.unwrap_or(0.0),
            r.other_cpu_s.unwrap_or(0.0)
        ),
    ]
    .join("\n")
}

fn matching(args: &MatchArgs) -> Result<(), Failure> {
    let plan = Plan {
        layout: args.layout.into(),
        areas: args.drawn.areas,
        points: args.drawn.points,
        seed: args.drawn.seed,
        cells: args.cells,
        run: RUN,
    };
    let mut progress = Progress::new(Some(100), "{msg} {wide_bar} {pos} %");
    let report = bench::run(&plan, &mut |Stage { doing, done }| {
        progress.at(percent(done), doing);
    });
    progress.end();
    let report = report?;
    let text = if args.json { serde_json::json!(report).to_string() } else { told(&report) };
    print(&(text + "\n"))?;
    match report.disagreements {
        0 => Ok(()),
        some => Err(Failure::new(format!("the two disagree on {some} matches"))),
    }
}

fn told(report: &Report) -> String {
    let Report { areas, points, seed, matches_per_point, disagreements, .. } = report;
    let speed = |name: &str, points: f64, ratio: f64| {
        let (matches, share) =
            (points * matches_per_point, points / report.copied_points_per_s * 100.0);
        format!("{name:<28} {points:>10.0} {matches:>13.0} {ratio:>7.1} {share:>9.1}")
    };
    let bytes = report.bytes_per_area.map_or("unknown".into(), |bytes| format!("{bytes:.0}"));
    let (alone, together) = (report.index_points_per_s, report.together_points_per_s);
    let (rstar, copied) = (report.rstar_points_per_s, report.copied_points_per_s);
    [
        format!(
            "{areas} areas, {points} points, seed {seed}: {matches_per_point:.1} matches a point"
        ),
        format!(
            "{:<28} {:>10} {:>13} {:>7} {:>9}",
            "one core", "points/s", "matches/s", "ratio", "% limit"
        ),
        speed("index, point by point", alone, report.ratio),
        speed("index, all points together", together, report.together_ratio),
        speed("rstar + geo, point by point", rstar, 1.0),
        speed("limit: the ids copied", copied, copied / rstar),
        format!(
            "built in {:.2} s, rstar in {:.2} s; {bytes} bytes an area, shapes included; \
             {disagreements} disagreements",
            report.build_s, report.rstar_build_s
        ),
    ]
    .join("\n")
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
fn percent(part: f64) -> u64 {
    (part.clamp(0.0, 1.0) * 100.0) as u64
}
