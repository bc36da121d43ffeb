//! Something happens where thousands watch, and something else where few do.

use wardwatch::delivery::{Lane, MANY};
use wardwatch::engine::{NewWatch, Newcomer};
use wardwatch::geometry::Position;
use wardwatch::watch::{Filter, Rhythm, Via, WatchId};
use wardwatch::watcher::Address;

use crate::town::{Town, block, place, story};

async fn move_in(town: &Town, people: std::ops::Range<usize>, at: Position) {
    let now = town.clock.now();
    let newcomer = |nth: usize| Newcomer {
        language: "en".into(),
        addresses: vec![Address::Mail(format!("{nth}@example.org").parse().unwrap())],
        watches: vec![NewWatch {
            id: WatchId(town.engine.random().uuid(now)),
            name: "Home".into(),
            target: block(at, 300.0),
            filter: Filter::for_places(),
            rhythm: Rhythm::AtOnce,
            via: Via::MAIL,
        }],
    };
    town.engine.settle_in(&town.city().await, people.map(newcomer).collect()).await.unwrap();
}

story! {
    async fn who_lives_elsewhere_does_not_wait_for_the_mails_of_thousands(town: Town) {
        town.found_wards().await;
        let (crowd, quiet) = (place(-87.70, 41.85), place(-87.60, 41.85));
        move_in(&town, 0..MANY + 1, crowd).await;
        move_in(&town, MANY + 1..2 * MANY + 1, quiet).await;
        town.report("crowd", crowd).await;
        town.report("quiet", quiet).await;
        let taken = town.take_deliveries().await;
        let lane = |lane| taken.iter().filter(|one| one.lane == lane).count();
        assert_eq!((lane(Lane::Digest), lane(Lane::AtOnce)), (MANY + 1, MANY));
    }
}
