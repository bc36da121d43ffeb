//! People move their areas while events stream in and two processes match: whatever was
//! acknowledged before an event was accepted is what the event is matched against.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wardwatch::engine::{Engine, Receipt, WatchChange};
use wardwatch::geometry::{Position, Shape};
use wardwatch::random::SplitMix;
use wardwatch::store::WatchRow;
use wardwatch::watch::Rhythm;
use wardwatch::watcher::WatcherId;

use crate::town::{Town, place};

const PEOPLE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn an_area_that_was_moved_before_an_event_is_where_it_is_matched() {
    on_both(300).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a hundred thousand steps on each database"]
async fn a_hundred_thousand_times_a_moved_area_is_where_it_is_matched() {
    on_both(100_000).await;
}

async fn on_both(steps: usize) {
    edit(Town::on_sqlite().await, steps, 9).await;
    match Town::on_postgres().await {
        Some(town) => edit(town, steps, 10).await,
        None => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
    }
}

/// Somebody, and what they have watched since all was last quiet, the present last. `None` while
/// they pause.
struct Resident {
    row: WatchRow,
    area: Shape,
    watched: Vec<Option<Shape>>,
}

/// An event, and which of each resident's states was acknowledged before it.
struct Reported {
    number: String,
    at: Position,
    since: Vec<usize>,
}

fn somewhere(dice: &mut SplitMix) -> Position {
    place(dice.range(-87.70, -87.65), dice.range(41.84, 41.86))
}

fn area(dice: &mut SplitMix) -> Shape {
    Shape::circle(somewhere(dice), dice.range(200.0, 900.0)).unwrap()
}

async fn keep_matching(engine: Engine, over: Arc<AtomicBool>) {
    while !over.load(Ordering::Relaxed) {
        engine.match_pending().await.unwrap();
        engine.accepted(Duration::from_millis(5)).await;
    }
}

async fn edit(town: Town, steps: usize, seed: u64) {
    let mut dice = SplitMix::new(seed);
    let mut residents = vec![];
    for n in 0..PEOPLE {
        let (area, email) = (area(&mut dice), format!("resident{n}@example.org"));
        let target = wardwatch::watch::Target::Area(area.clone().into());
        let row = town.watch(&email, target, Rhythm::AtOnce).await;
        residents.push(Resident { row, watched: vec![Some(area.clone())], area });
    }
    let over = Arc::<AtomicBool>::default();
    let matchers = [town.engine.clone(), town.another_process().await]
        .map(|engine| tokio::spawn(keep_matching(engine, Arc::clone(&over))));
    let (city, begun) = (town.city().await, Instant::now());
    let mut reported: Vec<Reported> = vec![];
    let (mut events, mut edits, mut told, mut open) = (0, 0, 0, 0);
    for step in 0..steps {
        match dice.below(20) {
            0..10 => {
                let (at, id) = (somewhere(&mut dice), step.to_string());
                let since = residents.iter().map(|one| one.watched.len() - 1).collect();
                let Receipt::Accepted { number, .. } = town.report(&id, at).await else {
                    panic!("it is new");
                };
                reported.push(Reported { number, at, since });
                events += 1;
            }
            10..19 => {
                let one = &mut residents[dice.below(PEOPLE)];
                let pauses = one.watched.last().unwrap().is_some() && dice.below(8) == 0;
                if !pauses {
                    one.area = area(&mut dice);
                }
                let (watch, paused) = (&one.row.watch, Some(pauses));
                let shape = (!pauses).then(|| one.area.clone());
                let change = WatchChange { paused, shape, ..WatchChange::default() };
                town.engine.change_watch(&city, watch.watcher, watch.id, change).await.unwrap();
                one.watched.push((!pauses).then(|| one.area.clone()));
                edits += 1;
            }
            _ => {
                let (came, either) = quiet(&town, &mut residents, &mut reported).await;
                told += came;
                open += either;
            }
        }
    }
    told += quiet(&town, &mut residents, &mut reported).await.0;
    over.store(true, Ordering::Relaxed);
    for matcher in matchers {
        matcher.await.unwrap();
    }
    assert!(told * 10 > events, "somebody lives there: {told} of {events}");
    println!(
        "found: {steps} steps on {}, {events} events while areas moved {edits} times, {told} \
         messages and none missing; for {open} pairs a move was under way; {:.1} s",
        town.engine.store().engine(),
        begun.elapsed().as_secs_f64()
    );
}

/// Waits until all is matched and holds who was told against what they watched. Gives how many
/// messages there were, and for how many pairs of event and resident either answer was right.
async fn quiet(
    town: &Town,
    residents: &mut [Resident],
    reported: &mut Vec<Reported>,
) -> (usize, usize) {
    let told = told(town).await;
    let mut either = 0;
    for Reported { number, at, since } in reported.drain(..) {
        for (one, since) in residents.iter().zip(since) {
            let covers = |area: &Option<Shape>| area.as_ref().is_some_and(|area| area.covers(at));
            // What was acknowledged before, and whatever came between accepting and matching.
            let possible: HashSet<bool> = one.watched[since..].iter().map(covers).collect();
            let was_told = told.contains(&(number.clone(), one.row.watch.watcher));
            assert!(possible.contains(&was_told), "{number}: told {was_told}, {:?}", one.row);
            either += usize::from(possible.len() == 2);
        }
    }
    for one in residents {
        one.watched.drain(..one.watched.len() - 1);
    }
    (told.len(), either)
}

async fn told(town: &Town) -> HashSet<(String, WatcherId)> {
    let city = town.city().await.id;
    let begun = Instant::now();
    while !town.engine.store().read().await.unwrap().unmatched(city, 0, 1).await.unwrap().is_empty()
    {
        assert!(begun.elapsed() < Duration::from_secs(30), "events are not matched");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let deliveries = town.take_deliveries().await;
    let ids: Vec<_> =
        deliveries.iter().flat_map(|d| d.contents.items.iter().map(|item| item.event)).collect();
    let mut tx = town.engine.store().read().await.unwrap();
    let events = tx.events(city, &ids).await.unwrap();
    let number = |id| events.iter().find(|e| e.event.id == id).unwrap().event.number.clone();
    let mut told = HashSet::new();
    for delivery in &deliveries {
        for item in &delivery.contents.items {
            let new = told.insert((number(item.event), delivery.watcher));
            assert!(new, "nobody is told twice");
        }
    }
    told
}
