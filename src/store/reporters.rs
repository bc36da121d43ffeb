//! Who reported what here, and whether they say that it is fixed.

use uuid::Uuid;

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::{CityId, EventId, IssueId, Status};
use crate::watch::{Via, WatchNumber};
use crate::watcher::WatcherId;

/// A reporter who is to be asked now whether what was closed is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToAsk {
    pub issue: IssueId,
    pub watcher: WatcherId,
    /// The last event that closed it.
    pub closing: EventId,
    /// The watch by which they follow it, and its roads; `None` when they do not any more, or it is
    /// closed and hidden, or open again: then nobody is asked.
    pub by: Option<(WatchNumber, Via)>,
}

/// What somebody reported themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnReport {
    /// When they are to be asked whether it is fixed, if at all.
    pub ask_at: Option<Timestamp>,
}

/// What a reporter says of an issue that was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    Yes,
    No,
}

impl Fixed {
    fn name(self) -> &'static str {
        match self {
            Self::Yes => "fixed",
            Self::No => "not_fixed",
        }
    }
}

impl Tx {
    /// Keeps who reported an issue; said again, nothing changes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_reporter(
        &mut self,
        city: CityId,
        issue: IssueId,
        watcher: WatcherId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO reporter (city_id, issue_id, watcher_id, reported_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT (city_id, issue_id, watcher_id) DO NOTHING",
            city.0,
            issue.0,
            watcher.0,
            now.as_millis()
        )?;
        Ok(())
    }

    /// Whether somebody reported an issue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_reporter(
        &mut self,
        city: CityId,
        issue: IssueId,
        watcher: WatcherId,
    ) -> Result<bool, StoreError> {
        Ok(self.own_report(city, issue, watcher).await?.is_some())
    }

    /// How somebody stands to an issue as its reporter, if they reported it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn own_report(
        &mut self,
        city: CityId,
        issue: IssueId,
        watcher: WatcherId,
    ) -> Result<Option<OwnReport>, StoreError> {
        let found = row!(
            self,
            (Option<i64>,),
            "SELECT ask_at FROM reporter WHERE city_id = $1 AND issue_id = $2 AND watcher_id = $3",
            city.0,
            issue.0,
            watcher.0
        )?;
        Ok(found.map(|(at,)| OwnReport { ask_at: at.map(Timestamp::from_millis) }))
    }

    /// Says when the reporters of issues are to be asked, or `None` that they are not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ask_reporters(
        &mut self,
        city: CityId,
        issues: &[IssueId],
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        write_rows!(
            self,
            "UPDATE reporter SET ask_at = v.column3 FROM (",
            issues,
            |id| [city.0, id.0, at.map(Timestamp::as_millis)],
            ") AS v WHERE reporter.city_id = v.column1 AND reporter.issue_id = v.column2"
        );
        Ok(())
    }

    /// The reporters who are to be asked by now, the longest due first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reporters_to_ask(
        &mut self,
        city: CityId,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<ToAsk>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, Uuid, Uuid, Option<i64>, Option<i64>, Option<i64>),
            "SELECT r.issue_id, r.watcher_id,
                (SELECT e.event_id FROM event e
                 WHERE e.city_id = r.city_id AND e.issue_id = r.issue_id AND e.kind = 'closed'
                 ORDER BY e.event_no DESC LIMIT 1),
                w.watch_no, w.via_mail, w.via_push
             FROM reporter r
             JOIN issue i ON i.city_id = r.city_id AND i.issue_id = r.issue_id
             LEFT JOIN watch w ON w.city_id = r.city_id AND w.watcher_id = r.watcher_id
                AND w.issue_id = r.issue_id AND w.state = 'active'
                AND i.status = 'closed' AND i.hidden = 0
             WHERE r.city_id = $1 AND r.ask_at <= $2
             ORDER BY r.ask_at, r.issue_id, r.watcher_id, w.watch_no LIMIT $3",
            city.0,
            now.as_millis(),
            limit
        )?;
        let mut asked: Vec<ToAsk> = vec![];
        for (issue, watcher, closing, number, mail, push) in rows {
            let (issue, watcher) = (IssueId(issue), WatcherId(watcher));
            if asked.last().is_some_and(|last| (last.issue, last.watcher) == (issue, watcher)) {
                continue; // two watches of one issue ask once
            }
            // A program cannot say whether it is fixed.
            let via = Via { mail: mail == Some(1), push: push == Some(1), webhook: false };
            let by = number.map(|number| (WatchNumber(number), via));
            asked.push(ToAsk { issue, watcher, closing: EventId(closing), by });
        }
        Ok(asked)
    }

    /// The last event that closed an issue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn last_closing(
        &mut self,
        city: CityId,
        issue: IssueId,
    ) -> Result<Option<EventId>, StoreError> {
        let last = row!(
            self,
            (Uuid,),
            "SELECT event_id FROM event WHERE city_id = $1 AND issue_id = $2 AND kind = 'closed'
             ORDER BY event_no DESC LIMIT 1",
            city.0,
            issue.0
        )?;
        Ok(last.map(|(id,)| EventId(id)))
    }

    /// Whether anybody has ever said who they are who reported something.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_reporters(&mut self, city: CityId) -> Result<bool, StoreError> {
        let one = row!(
            self,
            (i64,),
            "SELECT reported_at FROM reporter WHERE city_id = $1 LIMIT 1",
            city.0
        )?;
        Ok(one.is_some())
    }

    /// Writes that reporters were asked now, or when to try again because they rest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reporter_is_asked(
        &mut self,
        city: CityId,
        who: &ToAsk,
        asked: Option<Timestamp>,
        again: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE reporter SET ask_at = $4, asked_at = COALESCE($5, asked_at)
             WHERE city_id = $1 AND issue_id = $2 AND watcher_id = $3",
            city.0,
            who.issue.0,
            who.watcher.0,
            again.map(Timestamp::as_millis),
            asked.map(Timestamp::as_millis)
        )?;
        Ok(())
    }

    /// Keeps what a reporter says, and asks no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reporter_answers(
        &mut self,
        city: CityId,
        issue: IssueId,
        watcher: WatcherId,
        fixed: Fixed,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE reporter SET ask_at = NULL, answer = $4, answered_at = $5
             WHERE city_id = $1 AND issue_id = $2 AND watcher_id = $3",
            city.0,
            issue.0,
            watcher.0,
            fixed.name(),
            now.as_millis()
        )?;
        Ok(())
    }

    /// How each of these issues stands.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn statuses_of(
        &mut self,
        city: CityId,
        issues: &[IssueId],
    ) -> Result<Vec<(IssueId, Status)>, StoreError> {
        let rows = rows_of!(
            self,
            (Uuid, String),
            "SELECT issue_id, status FROM issue WHERE (city_id, issue_id) IN (",
            issues,
            |id| [city.0, id.0],
            ")"
        );
        let read =
            |(issue, status): (Uuid, String)| Some((IssueId(issue), Status::from_name(&status)?));
        let all: Option<_> = rows.into_iter().map(read).collect();
        all.ok_or(StoreError::Unreadable("issue.status"))
    }

    /// Gives what a watcher reported to another.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_reports(
        &mut self,
        city: CityId,
        from: WatcherId,
        to: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO reporter
                (city_id, issue_id, watcher_id, reported_at, ask_at, asked_at, answer, answered_at)
             SELECT city_id, issue_id, $3, reported_at, ask_at, asked_at, answer, answered_at
             FROM reporter WHERE city_id = $1 AND watcher_id = $2
             ON CONFLICT (city_id, issue_id, watcher_id) DO NOTHING",
            city.0,
            from.0,
            to.0
        )?;
        run!(self, "DELETE FROM reporter WHERE city_id = $1 AND watcher_id = $2", city.0, from.0)?;
        Ok(())
    }
}
