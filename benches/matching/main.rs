//! This index beside plain rstar + geo and geo-index + geo, in one process: building, one point after
//! the other, many together, areas that come and go, and all of it at once.
//!
//!     cargo bench --bench matching -- --help
//!
//! `wardwatch bench match` measures against a frozen baseline, and is what figures over time are taken
//! from; here are the operations that it does not know, and the other tree.

mod engines;
mod lasting;
mod live;
mod table;

use std::process::Command;
use std::time::{Duration, Instant};

use clap::Parser;
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use wardwatch::bench::{Layout, Workload, per_second, resident_bytes};
use wardwatch::geometry::Position;
use wardwatch::matching::{AreaId, AreaIndex};

use engines::{Engine, GeoIndex, Rstar};
use live::{Live, Locked, Ours, Turnover, beside, median_question_us};

/// This index, plain rstar + geo, and geo-index + geo, on seeded areas
#[derive(Parser, Debug)]
#[command(name = "matching")]
struct Args {
    /// How many watch areas, beside 50 wards
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "10000,100000,1000000")]
    areas: Vec<usize>,
    /// How areas and points lie: as people live, anywhere, all on one block
    #[arg(long, value_name = "LAYOUT,…", value_delimiter = ',', default_value = "city",
          value_parser = PossibleValuesParser::new(["city", "uniform", "block"]))]
    layout: Vec<String>,
    /// How many different points
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..))]
    points: u32,
    /// Which city to draw
    #[arg(long, value_name = "N", default_value_t = 4)]
    seed: u64,
    /// Instead: how much room this index takes after so many changes, beside one made anew
    #[arg(long, value_name = "N", conflicts_with = "json")]
    edits: Option<usize>,
    /// Instead: what a town of 200 areas, the 50 wards alone, and an empty index take
    #[arg(long, conflicts_with_all = ["edits", "areas", "layout", "points", "json"])]
    small: bool,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is drawn.
#[derive(Clone, Copy)]
struct Drawing {
    layout: Layout,
    areas: usize,
    points: usize,
    seed: u64,
}

/// What was measured of one engine; `None` where it cannot do it.
#[derive(Serialize)]
struct Row {
    engine: &'static str,
    layout: Layout,
    /// Wards included.
    areas: usize,
    matches_per_point: f64,
    /// Seconds by the clock on the wall, from areas in memory.
    build_s: f64,
    /// What the process grew by over areas and index, by the areas.
    bytes_per_area: Option<f64>,
    /// Points a second of one core, the median of five rounds in turn.
    one_points_per_s: f64,
    many_points_per_s: f64,
    changing: Option<Changing>,
}

/// While areas come and go, one by one.
#[derive(Clone, Copy, Serialize)]
struct Changing {
    /// Microseconds of processor time, on average.
    insert_us: f64,
    remove_us: f64,
    /// The median of single questions by the clock on the wall, alone and while another thread changes as
    /// fast as it can.
    question_alone_us: f64,
    question_beside_us: f64,
    /// How fast that was.
    changes_beside_per_s: f64,
}

/// More areas are drawn than there are at any time: these come when others go.
const SPARE: usize = 5_000;
const ROUNDS: usize = 5;
const RUN: Duration = Duration::from_millis(500);
const LIVE: Duration = Duration::from_secs(3);

fn main() {
    let args = Args::parse();
    if args.small {
        lasting::small(args.seed);
        return;
    }
    let drawings = args.drawings();
    let [drawing] = &drawings[..] else {
        return drawings.iter().for_each(|drawing| in_a_process(&args, drawing));
    };
    match args.edits {
        Some(edits) => lasting::edited(drawing, edits),
        None => table::print(&measured(drawing), args.json),
    }
}

impl Args {
    fn drawings(&self) -> Vec<Drawing> {
        let layouts = self.layout.iter().map(|layout| match layout.as_str() {
            "uniform" => Layout::Uniform,
            "block" => Layout::Block,
            _ => Layout::City,
        });
        let (points, seed) = (self.points as usize, self.seed);
        let of = |layout| {
            let areas = self.areas.iter();
            areas.map(move |areas| Drawing { layout, areas: *areas, points, seed })
        };
        layouts.flat_map(of).collect()
    }
}

/// Measures one drawing in a process of its own: what another has left behind is used again, and would not
/// count.
fn in_a_process(args: &Args, drawing: &Drawing) {
    let layout = format!("{:?}", drawing.layout).to_lowercase();
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command.args(["--layout", &layout, "--areas", &drawing.areas.to_string()]);
    command.args(["--points", &args.points.to_string(), "--seed", &args.seed.to_string()]);
    if let Some(edits) = args.edits {
        command.args(["--edits", &edits.to_string()]);
    }
    if args.json {
        command.arg("--json");
    }
    let ended = command.status().expect("this program can be started again");
    assert!(ended.success(), "{layout}, {} areas: {ended}", drawing.areas);
}

/// Says what is being done, as it takes minutes.
fn stage(drawing: &Drawing, doing: &str) {
    eprintln!("{:?}, {} areas: {doing}", drawing.layout, drawing.areas);
}

/// An engine with what it holds, and what it took to make it.
struct Made<E: Engine> {
    index: E,
    drawn: E::Drawn,
    build_s: f64,
    bytes: Option<usize>,
}

impl<E: Engine> Made<E> {
    fn new(city: &Workload, areas: usize) -> Self {
        let before = resident_bytes();
        let drawn = E::drawn(city);
        let started = Instant::now();
        let index = E::of(&drawn, areas);
        let build_s = started.elapsed().as_secs_f64();
        let grown = before.zip(resident_bytes());
        let bytes =
            grown.and_then(|(before, after)| usize::try_from(after.saturating_sub(before)).ok());
        Self { index, drawn, build_s, bytes }
    }

    /// Points a second, one after the other and all together.
    fn speeds(&self, points: &[Position]) -> (f64, f64) {
        let (mut nths, mut found) = (points.iter().cycle(), vec![]);
        let one = per_second(RUN, 1, || {
            let at = nths.next().expect("they go round");
            self.index.ask(&self.drawn, *at, &mut found);
            std::hint::black_box(&found);
        });
        let many = per_second(RUN, points.len(), || {
            self.index.ask_each(&self.drawn, points, &mut |ids| {
                std::hint::black_box(ids);
            });
        });
        (one, many)
    }

    fn answer(&self, at: Position) -> Vec<AreaId> {
        let mut found = vec![];
        self.index.ask(&self.drawn, at, &mut found);
        found.sort_unstable();
        found
    }
}

fn measured(drawing: &Drawing) -> Vec<Row> {
    stage(drawing, "drawing");
    let drawn = drawing.areas + SPARE;
    let city = Workload::laid_out(drawing.layout, drawn, drawing.points, drawing.seed);
    let areas = city.wards + drawing.areas;
    stage(drawing, "building");
    let ours = Made::<AreaIndex>::new(&city, areas);
    let rstar = Made::<Rstar>::new(&city, areas);
    let packed = Made::<GeoIndex>::new(&city, areas);
    stage(drawing, "comparing answers");
    let matches = compared(&city.points, &ours, &rstar, &packed);
    stage(drawing, "timing questions");
    let mut speeds = [vec![], vec![], vec![]];
    for _ in 0..ROUNDS {
        speeds[0].push(ours.speeds(&city.points));
        speeds[1].push(rstar.speeds(&city.points));
        speeds[2].push(packed.speeds(&city.points));
    }
    let row = |engine, made: (f64, Option<usize>), speeds: &[(f64, f64)], changing| Row {
        engine,
        layout: drawing.layout,
        areas,
        matches_per_point: matches as f64 / city.points.len() as f64,
        build_s: made.0,
        // Areas that wait to be put in take their room as well.
        bytes_per_area: made.1.map(|bytes| bytes as f64 / (areas + SPARE) as f64),
        one_points_per_s: median(speeds.iter().map(|speed| speed.0)),
        many_points_per_s: median(speeds.iter().map(|speed| speed.1)),
        changing,
    };
    stage(drawing, "changing");
    let turnover = Turnover::new(city.wards, areas, city.len(), drawing.seed);
    let changing = changing(&Ours(&ours.index, &ours.drawn), &city.points, turnover.clone());
    let first = row(AreaIndex::NAME, (ours.build_s, ours.bytes), &speeds[0], Some(changing));
    let of_rstar = (rstar.build_s, rstar.bytes);
    let locked = Locked(rstar.index.into(), &rstar.drawn);
    let changing = self::changing(&locked, &city.points, turnover);
    vec![
        first,
        row(Rstar::NAME, of_rstar, &speeds[1], Some(changing)),
        row(GeoIndex::NAME, (packed.build_s, packed.bytes), &speeds[2], None),
    ]
}

/// How many matches the points have; all three have to agree on every one.
fn compared(
    points: &[Position],
    ours: &Made<AreaIndex>,
    rstar: &Made<Rstar>,
    packed: &Made<GeoIndex>,
) -> usize {
    let answers = points.iter().map(|at| {
        let answer = ours.answer(*at);
        assert_eq!(answer, rstar.answer(*at), "{} at {at:?}", Rstar::NAME);
        assert_eq!(answer, packed.answer(*at), "{} at {at:?}", GeoIndex::NAME);
        answer.len()
    });
    answers.sum()
}

fn changing(index: &impl Live, points: &[Position], mut turnover: Turnover) -> Changing {
    let changes = turnover.turn_for(index, LIVE);
    let started = Instant::now();
    let alone = median_question_us(index, points, || started.elapsed() >= LIVE);
    let (question_beside_us, changes_beside_per_s) = beside(index, points, &mut turnover, LIVE);
    Changing {
        insert_us: changes.put_us(),
        remove_us: changes.remove_us(),
        question_alone_us: alone,
        question_beside_us,
        changes_beside_per_s,
    }
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
