//! A real feed, played again: in its own order, in its own time sped up or at an even rate.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::issue::{Category, HotPointRule, Notice};

/// How fast a feed is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Its own time, this many times as fast; more than 0.
    Speed(f64),
    /// This many notices a second whatever their times; more than 0.
    Rate(f64),
}

/// How many notices are looked through for a wanted one.
const LOOK_AHEAD: usize = 300;

/// Notices with the moment at which each is due, counted from the start of the play.
#[derive(Debug)]
pub struct Replay {
    notices: VecDeque<Notice>,
    start: Timestamp,
    played: u32,
    pace: Pace,
}

impl Replay {
    /// Sorts by time; what happened at the same moment keeps the order of the file.
    #[must_use]
    pub fn new(mut notices: Vec<Notice>, pace: Pace) -> Self {
        notices.sort_by_key(|notice| notice.at);
        let start = notices.first().map_or_else(Timestamp::default, |first| first.at);
        Self { notices: notices.into(), start, played: 0, pace }
    }

    /// Takes the first of the next notices that is wanted ahead of those before it, which are
    /// played after it in their order. `None`, and nothing is taken, when none of them is.
    pub fn take_ahead(&mut self, wanted: impl Fn(&Notice) -> bool) -> Option<Notice> {
        // Not ahead of what was said of the same issue before.
        let mut passed = HashSet::new();
        let found = self.notices.iter().take(LOOK_AHEAD).position(|notice| {
            let issue = (notice.source.as_str(), notice.source_id.as_str());
            let is_first = passed.insert(issue);
            is_first && wanted(notice)
        })?;
        self.notices.remove(found)
    }
}

impl Iterator for Replay {
    /// When it is due after the start, and what is said then.
    type Item = (Duration, Notice);

    fn next(&mut self) -> Option<Self::Item> {
        let notice = self.notices.pop_front()?;
        let seconds = match self.pace {
            Pace::Speed(times) => notice.at.since(self.start).as_secs_f64() / times,
            Pace::Rate(per_s) => f64::from(self.played) / per_s,
        };
        self.played = self.played.saturating_add(1);
        // A pace of 0 would mean never; a century is long enough.
        let due = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_hours(876_600));
        Some((due, notice))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.notices.len(), Some(self.notices.len()))
    }
}

/// The points that take so much of a feed that they are hardly anybody's place: what lies there,
/// or nowhere, is held back, and is no way to begin a show.
#[must_use]
pub fn favourites(feed: &[Notice]) -> HashSet<(u64, u64)> {
    let mut counts: HashMap<(u64, u64), usize> = HashMap::new();
    for at in feed.iter().filter_map(point) {
        *counts.entry(at).or_default() += 1;
    }
    let rule = HotPointRule::default();
    let enough =
        |count: usize| count >= rule.reports && count as f64 >= rule.share * feed.len() as f64;
    counts.into_iter().filter(|(_, count)| enough(*count)).map(|(at, _)| at).collect()
}

/// Where a notice lies, if it says so.
#[must_use]
pub fn point(notice: &Notice) -> Option<(u64, u64)> {
    notice.facts.position.map(|at| (at.lon.to_bits(), at.lat.to_bits()))
}

/// The categories of a feed, the most frequent first.
#[must_use]
pub fn most_frequent(feed: &[Notice]) -> Vec<Category> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for category in feed.iter().filter_map(|notice| notice.facts.category.as_ref()) {
        *counts.entry(category.name()).or_default() += 1;
    }
    let mut names: Vec<_> = counts.into_iter().collect();
    names.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    names.into_iter().map(|(name, _)| Category::from(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::{Actor, Facts, Said};

    fn at(id: &str, seconds: i64) -> Notice {
        Notice {
            source: "feed".into(),
            source_id: id.into(),
            version: None,
            said: Said::State { changed: None, closed: None },
            at: Timestamp::from_millis(seconds * 1_000),
            actor: Actor::System,
            lets: None,
            desk: None,
            facts: Facts::default(),
        }
    }

    fn played(pace: Pace) -> Vec<(u64, String)> {
        let feed = vec![at("late", 700), at("first", 100), at("same", 100), at("second", 400)];
        Replay::new(feed, pace).map(|(due, n)| (due.as_secs(), n.source_id)).collect()
    }

    #[test]
    fn a_feed_plays_in_order_of_time_at_its_pace() {
        let own = [(0, "first"), (0, "same"), (3, "second"), (6, "late")];
        assert_eq!(played(Pace::Speed(100.0)), own.map(|(s, id)| (s, id.to_owned())));
        let even = [(0, "first"), (2, "same"), (4, "second"), (6, "late")];
        assert_eq!(played(Pace::Rate(0.5)), even.map(|(s, id)| (s, id.to_owned())));
    }

    #[test]
    fn a_show_does_not_begin_at_the_call_centre() {
        let lies = |lon: f64, notice: Notice| {
            let position = Some(crate::geometry::Position { lon, lat: 41.9 });
            Notice { facts: Facts { position, ..Facts::default() }, ..notice }
        };
        let centre = (0..30).map(|k| lies(-87.6, at("centre", k)));
        let streets = (0..300).map(|k| lies(-87.7 + f64::from(k) * 1e-4, at("street", 40)));
        let feed: Vec<_> = centre.chain(streets).collect();
        let known = favourites(&feed);
        assert_eq!(known.len(), 1);
        assert!(known.contains(&point(&feed[0]).unwrap()));
    }

    #[test]
    fn a_show_begins_with_the_first_lively_notice_and_loses_none() {
        let feed = (0..1_000).map(|k| at(&k.to_string(), k)).collect();
        let mut replay = Replay::new(feed, Pace::Rate(1.0));
        let named = |wanted: &'static str| move |notice: &Notice| notice.source_id == wanted;
        let mut began = vec![];
        for wanted in ["3", "5", "999"] {
            began.extend(replay.take_ahead(named(wanted)).map(|notice| notice.source_id));
        }
        assert_eq!(began, ["3", "5"], "no farther than some hundred");
        let rest: Vec<_> = replay.map(|(_, notice)| notice.source_id).collect();
        assert_eq!(rest[..5], ["0", "1", "2", "4", "6"], "in their order");
        assert_eq!(rest.len(), 998);
    }

    #[test]
    fn what_was_said_of_an_issue_first_is_played_first() {
        let closed = Notice { actor: Actor::Official, ..at("1", 20) };
        let feed = vec![at("1", 10), closed, at("2", 30)];
        let mut replay = Replay::new(feed, Pace::Rate(1.0));
        assert_eq!(replay.take_ahead(|notice| notice.actor == Actor::Official), None);
        assert_eq!(replay.count(), 3);
    }

    #[test]
    fn a_pace_of_nothing_waits_rather_than_breaks() {
        assert!(
            Replay::new(vec![at("a", 0), at("b", 9)], Pace::Speed(0.0)).nth(1).unwrap().0.as_secs()
                > 1_000_000
        );
    }
}
