//! What somebody who looks around is shown: lists of issues, and how many lie where.
//!
//! The one rule: no answer costs more because the city is older. A list is read in the order of an
//! index and goes on where the last one ended; what is rare is looked for by itself, and what has to be
//! looked for among everything is looked for among so many at a time.

mod cells;

use uuid::Uuid;

use super::accept::{StandingRow, fold, issue_columns};
use super::match_log::{EventFields, PendingEvent, event_columns};
use super::read::pattern;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::geometry::Envelope;
use crate::issue::{CityId, Issue, IssueId, Status, is_number};
use crate::ward::WardRef;

pub use cells::{Dot, Dots, Group, Grouped};

/// Which issues are looked at; what is not said asks for nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    pub bbox: Option<Envelope>,
    pub ward: Option<WardRef>,
    /// One of these.
    pub categories: Vec<String>,
    pub status: Option<Status>,
    /// Only open, or only closed ones.
    pub open: Option<bool>,
    /// Opened since then.
    pub since: Option<Timestamp>,
    /// Looked for in description and address, whatever the case; an issue's number finds that one.
    pub words: Option<String>,
}

/// In which order issues stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Opened last first: nothing that happens meanwhile moves what is further down.
    #[default]
    Newest,
    Votes,
    /// Those that are open, for the longest time first.
    Longest,
    /// Changed last first.
    Changed,
}

/// Where a list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub votes: i64,
    /// When it was opened; of [`Order::Changed`] when it changed.
    pub at: Timestamp,
    pub id: IssueId,
}

/// A part of a list.
#[derive(Debug, Default)]
pub struct Leaf {
    pub issues: Vec<Issue>,
    /// Where the next one begins; there is none behind the last.
    pub next: Option<Mark>,
    /// There may be more behind, which was not looked through.
    pub unfinished: bool,
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Exactly(usize),
    /// So many, and more.
    MoreThan(usize),
    /// So many among the latest so many.
    Among(usize, usize),
}

/// No more than this are counted.
const COUNTED: i64 = 1_000;
/// What names fewer than this is looked for by itself.
const FEW: i64 = 1_000;
/// Among so many at a time is looked for what no index knows.
const LOOKED_THROUGH: i64 = 5_000;

/// By what issues are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// One after the other, in the order of the list.
    Order,
    /// All that lie in the box.
    Place,
    /// All of the ward.
    Ward,
}

impl Order {
    /// The columns, and whether it goes down.
    fn columns(self) -> (&'static [&'static str], bool) {
        match self {
            Self::Newest => (&["opened_at", "issue_id"], true),
            Self::Votes => (&["votes", "opened_at", "issue_id"], true),
            Self::Longest => (&["opened_at", "issue_id"], false),
            Self::Changed => (&["changed_at", "issue_id"], true),
        }
    }

    fn mark(self, issue: &Issue) -> Mark {
        let s = &issue.standing;
        let at = if self == Self::Changed { s.changed_at } else { s.opened_at };
        Mark { votes: s.votes, at, id: issue.id }
    }
}

impl View {
    /// Whether an index gives what is asked for, in this order, without leaving anything out.
    fn is_plain(&self, order: Order) -> bool {
        // A number has an index of its own.
        if self.number().is_some() {
            return true;
        }
        let since = self.since.is_none() || matches!(order, Order::Newest | Order::Longest);
        self.bbox.is_none()
            && self.ward.is_none()
            && self.words.is_none()
            && self.status.is_none()
            && self.open != Some(false)
            && (self.open.is_none() || matches!(order, Order::Newest | Order::Longest))
            && (self.categories.is_empty()
                || (self.categories.len() == 1 && order == Order::Newest))
            && since
    }

    /// The conditions on an issue; `$1` to `$12` are bound by [`asked!`].
    fn conditions(&self, order: Order, way: Way) -> String {
        let mut all = String::from("city_id = $1 AND hidden = 0");
        if self.bbox.is_some() {
            // Of a large box the index of places would read nearly all: a sum is in no index.
            let sum = if way == Way::Place { "" } else { "+" };
            let lies = format!("{sum}lat BETWEEN $3 AND $5 AND {sum}lon BETWEEN $2 AND $4");
            all = format!("{all} AND place = 'good' AND {lies}");
        }
        if self.ward.is_some() {
            all += match way {
                Way::Ward => {
                    " AND issue_id IN (SELECT w.issue_id FROM issue_ward w
                      WHERE w.city_id = $1 AND w.layer = $6 AND w.ward = $7)"
                }
                Way::Order | Way::Place => {
                    " AND EXISTS (SELECT 1 FROM issue_ward w WHERE w.city_id = issue.city_id
                      AND w.issue_id = issue.issue_id AND w.layer = $6 AND w.ward = $7)"
                }
            };
        }
        match self.categories.len() {
            0 => {}
            1 => all += " AND category_folded = $8",
            // A list between marks, as both databases know it.
            _ => all += " AND REPLACE($8, $9 || category_folded || $9, '') <> $8",
        }
        if self.status.is_some() {
            all += " AND status = $10";
        }
        if self.open == Some(false) {
            all += " AND status = 'closed'";
        }
        if self.open == Some(true) || order == Order::Longest {
            all += " AND status <> 'closed'";
        }
        if self.since.is_some() {
            all += " AND opened_at >= $11";
        }
        if self.number().is_some() {
            all += " AND number = $12";
        } else if self.words.is_some() {
            all += " AND words_folded LIKE $12 ESCAPE '\\'";
        }
        all
    }

    /// The number, where the words are one.
    fn number(&self) -> Option<&str> {
        let words = self.words.as_deref()?.trim().trim_start_matches('#');
        is_number(words).then_some(words)
    }

    fn words_text(&self) -> Option<String> {
        let number = self.number().map(str::to_owned);
        number.or_else(|| self.words.as_deref().map(pattern))
    }

    fn categories_text(&self) -> Option<String> {
        match &*self.categories {
            [] => None,
            [one] => Some(fold(one)),
            all => {
                let all: Vec<String> = all.iter().map(|name| fold(name)).collect();
                Some(format!("{BETWEEN}{}{BETWEEN}", all.join(&format!("{BETWEEN}{BETWEEN}"))))
            }
        }
    }
}

/// Stands in no category's name.
const BETWEEN: &str = "\u{1f}";

/// Runs one of `rows!` and `row!` with what a view asks, `$1` to `$12`, where its list goes on, `$13` to
/// `$15`, where it is given up, `$16` to `$18`, and whatever else from `$19`.
macro_rules! asked {
    ($how:ident, $tx:expr, $row:ty, $sql:expr, $city:expr, $view:expr, $after:expr, $until:expr
     $(, $bind:expr)* $(,)?) => {{
        let (view, after, until): (&View, Option<Mark>, Option<Mark>) = ($view, $after, $until);
        $how!(
            $tx,
            $row,
            sqlx::AssertSqlSafe($sql),
            $city.0,
            view.bbox.map(|b| b.west),
            view.bbox.map(|b| b.south),
            view.bbox.map(|b| b.east),
            view.bbox.map(|b| b.north),
            view.ward.as_ref().map(|ward| ward.layer.as_str()),
            view.ward.as_ref().map(|ward| ward.ward.as_str()),
            view.categories_text(),
            BETWEEN,
            view.status.map(Status::name),
            view.since.map(Timestamp::as_millis),
            view.words_text(),
            after.map(|mark| mark.votes),
            after.map(|mark| mark.at.as_millis()),
            after.map(|mark| mark.id.0),
            until.map(|mark| mark.votes),
            until.map(|mark| mark.at.as_millis()),
            until.map(|mark| mark.id.0),
            $($bind),*
        )
    }};
}
use asked;

/// Behind where a list goes on, from `first` on the numbers of its parameters.
fn behind(order: Order, first: usize, sign: &str) -> String {
    let (columns, _) = order.columns();
    let all: Vec<String> = (first..first + 3).map(|no| format!("${no}")).collect();
    let values = &all[3 - columns.len()..];
    format!(" AND ({}) {sign} ({})", columns.join(", "), values.join(", "))
}

fn in_order(order: Order, way: Way) -> String {
    let (columns, down) = order.columns();
    let down = if down { " DESC" } else { "" };
    let mut all: Vec<String> = columns.iter().map(|name| format!("{name}{down}")).collect();
    if way != Way::Order {
        // Read in that order it would look through everything.
        all[0] = format!("+{}", all[0]);
    }
    format!(" ORDER BY {}", all.join(", "))
}

impl Tx {
    /// A part of a list of issues, in its order, none that was taken off the site.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn browse(
        &mut self,
        city: CityId,
        view: &View,
        order: Order,
        after: Option<Mark>,
        limit: usize,
    ) -> Result<Leaf, StoreError> {
        let (way, until) = self.look(city, view, order, after).await?;
        let (_, down) = order.columns();
        let mut sql = format!(
            concat!("SELECT ", issue_columns!(), " FROM issue WHERE {}"),
            view.conditions(order, way)
        );
        if after.is_some() {
            sql += &behind(order, 13, if down { "<" } else { ">" });
        }
        if until.is_some() {
            sql += &behind(order, 16, if down { ">=" } else { "<=" });
        }
        sql += &in_order(order, way);
        sql += " LIMIT $19";
        // One more than is shown tells whether there are more.
        let most = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
        let rows = asked!(rows, self, StandingRow, sql, city, view, after, until, most)?;
        let issues: Result<Vec<Issue>, StoreError> =
            rows.into_iter().map(StandingRow::into_issue).collect();
        Ok(Leaf::of(issues?, order, limit, until))
    }

    /// How many there are, as far as anybody counts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_issues(
        &mut self,
        city: CityId,
        view: &View,
        order: Order,
    ) -> Result<Count, StoreError> {
        let (way, until) = self.look(city, view, order, None).await?;
        let (_, down) = order.columns();
        let mut sql = format!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM issue WHERE {}",
            view.conditions(order, way)
        );
        if until.is_some() {
            sql += &behind(order, 16, if down { ">=" } else { "<=" });
        }
        sql += " LIMIT $19) AS found";
        let found = asked!(row, self, (i64,), sql, city, view, None, until, COUNTED + 1)?;
        let found = found.map_or(0, |(count,)| count);
        let number = |n: i64| usize::try_from(n).unwrap_or(0);
        Ok(match until {
            _ if found > COUNTED => Count::MoreThan(number(COUNTED)),
            Some(_) => Count::Among(number(found), number(LOOKED_THROUGH)),
            None => Count::Exactly(number(found)),
        })
    }

    /// What happened to these issues, the latest first; votes are counted with the issue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events_of_all(
        &mut self,
        city: CityId,
        issues: &[IssueId],
    ) -> Result<Vec<PendingEvent>, StoreError> {
        let rows = rows_of!(
            self,
            EventFields,
            concat!(
                "SELECT ",
                event_columns!(),
                " FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
                 WHERE i.hidden = 0 AND e.kind <> 'voted' AND (e.city_id, e.issue_id) IN ("
            ),
            issues,
            |id| [city.0, id.0],
            ")"
        );
        let events: Result<Vec<_>, _> = rows.into_iter().map(EventFields::into_pending).collect();
        let mut events = events?;
        events.sort_by_key(|one| std::cmp::Reverse((one.event.at, one.no)));
        Ok(events)
    }

    /// By what a list is found, and where it is given up.
    async fn look(
        &mut self,
        city: CityId,
        view: &View,
        order: Order,
        after: Option<Mark>,
    ) -> Result<(Way, Option<Mark>), StoreError> {
        let way = self.way(city, view, FEW).await?;
        let until = match way {
            Way::Order if !view.is_plain(order) => {
                self.end_of_look(city, view, order, after, LOOKED_THROUGH).await?
            }
            _ => None,
        };
        Ok((way, until))
    }

    /// What is rare is looked for by itself; so is a ward with at most so many issues.
    async fn way(&mut self, city: CityId, view: &View, in_ward: i64) -> Result<Way, StoreError> {
        if let Some(bbox) = view.bbox
            && self.about_in(city, bbox).await? <= FEW
        {
            return Ok(Way::Place);
        }
        if let Some(ward) = &view.ward {
            let found = row!(
                self,
                (i64,),
                "SELECT COUNT(*) FROM (SELECT 1 AS one FROM issue_ward
                 WHERE city_id = $1 AND layer = $2 AND ward = $3 LIMIT $4) AS found",
                city.0,
                &ward.layer,
                &ward.ward,
                in_ward + 1
            )?;
            if found.is_none_or(|(count,)| count <= in_ward) {
                return Ok(Way::Ward);
            }
        }
        Ok(Way::Order)
    }

    /// The last of so many that are looked through; `None` when there are fewer.
    async fn end_of_look(
        &mut self,
        city: CityId,
        view: &View,
        order: Order,
        after: Option<Mark>,
        most: i64,
    ) -> Result<Option<Mark>, StoreError> {
        let (_, down) = order.columns();
        let at = if order == Order::Changed { "changed_at" } else { "opened_at" };
        let by_age = matches!(order, Order::Newest | Order::Longest);
        let one = view.categories.len() == 1 && order == Order::Newest;
        // What the order's own index knows.
        let all = View {
            open: view.open.filter(|open| *open),
            since: view.since.filter(|_| by_age),
            categories: if one { view.categories.clone() } else { vec![] },
            ..View::default()
        };
        let mut sql = format!(
            "SELECT votes, {at}, issue_id FROM issue WHERE {}",
            all.conditions(order, Way::Order)
        );
        if order != Order::Votes {
            // Without what only the row knows: the index alone is read.
            sql = sql.replacen("votes", "CAST(0 AS BIGINT)", 1);
        }
        if after.is_some() {
            sql += &behind(order, 13, if down { "<" } else { ">" });
        }
        sql += &in_order(order, Way::Order);
        sql += " LIMIT 1 OFFSET $19";
        let found = asked!(row, self, (i64, i64, Uuid), sql, city, &all, after, None, most - 1)?;
        let mark =
            |(votes, at, id)| Mark { votes, at: Timestamp::from_millis(at), id: IssueId(id) };
        Ok(found.map(mark))
    }
}

impl Leaf {
    fn of(mut issues: Vec<Issue>, order: Order, limit: usize, until: Option<Mark>) -> Self {
        if issues.len() > limit {
            issues.truncate(limit);
            let next = issues.last().map(|issue| order.mark(issue));
            return Self { issues, next, unfinished: false };
        }
        Self { issues, next: until, unfinished: until.is_some() }
    }
}
