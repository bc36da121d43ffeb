//! A feed of rows, each as its issue stood in the end, told again as it happened.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::issue::{Notice, Said, Status};

/// What was said when, in order.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    pub said: Vec<(Timestamp, Notice)>,
    /// What happened after the last report: the feed tells nothing else of that time.
    pub after_the_end: usize,
}

impl Feed {
    /// A row that is closed becomes two: as it was when it was opened, and as it is when it was
    /// closed.
    #[must_use]
    pub fn of(rows: Vec<Notice>) -> Self {
        let end = rows.iter().map(|row| row.at).max().unwrap_or_default();
        let mut said: Vec<(Timestamp, Notice)> =
            rows.into_iter().flat_map(as_it_happened).collect();
        let all = said.len();
        said.retain(|(at, _)| *at <= end);
        said.sort_by_key(|(at, _)| *at);
        Self { after_the_end: all - said.len(), said }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    /// When the first and the last of it was said.
    #[must_use]
    pub fn span(&self) -> (Timestamp, Timestamp) {
        let at = |one: Option<&(Timestamp, Notice)>| one.map(|(at, _)| *at).unwrap_or_default();
        (at(self.said.first()), at(self.said.last()))
    }

    #[must_use]
    pub fn lasts(&self) -> Duration {
        let (start, end) = self.span();
        end.since(start)
    }
}

fn as_it_happened(row: Notice) -> Vec<(Timestamp, Notice)> {
    let closed = match row.said {
        Said::State { closed: Some(closed), .. } if closed > row.at => closed,
        _ => return vec![(row.at, row)],
    };
    if row.facts.status != Some(Status::Closed) {
        return vec![(row.at, row)];
    }
    let mut opened = row.clone();
    opened.said = Said::State { changed: None, closed: None };
    opened.version = row.version.as_ref().map(|version| format!("{version} opened"));
    opened.facts.status = Some(Status::Received);
    vec![(row.at, opened), (closed, row)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::{Actor, Facts};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn row(id: &str, opened: i64, closed: Option<i64>) -> Notice {
        let status = Some(if closed.is_some() { Status::Closed } else { Status::Received });
        Notice {
            source: "feed".into(),
            source_id: id.into(),
            version: Some("1".into()),
            said: Said::State { changed: None, closed: closed.map(at) },
            at: at(opened),
            actor: Actor::System,
            lets: None,
            desk: None,
            facts: Facts { status, ..Facts::default() },
        }
    }

    #[test]
    fn a_row_that_is_closed_is_opened_first_and_what_came_after_the_end_is_not_played() {
        let rows = vec![
            row("b", 20, Some(25)),
            row("a", 10, Some(30)),
            row("c", 30, Some(99)),
            row("odd", 15, Some(15)),
        ];
        let feed = Feed::of(rows);
        let told: Vec<_> = feed
            .said
            .iter()
            .map(|(at, one)| (at.as_millis() / 1_000, one.source_id.as_str(), one.facts.status))
            .map(|(at, id, status)| (at, id, status == Some(Status::Closed)))
            .collect();
        assert_eq!(
            told,
            [
                (10, "a", false),
                (15, "odd", true),
                (20, "b", false),
                (25, "b", true),
                (30, "a", true),
                (30, "c", false),
            ]
        );
        assert_eq!((feed.after_the_end, feed.lasts().as_secs()), (1, 20));
    }
}
