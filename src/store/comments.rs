//! What residents say of issues before it is an event, and whom the city trusts to say it.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Portion, StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::{Author, CityId, IssueId};
use crate::ward::WardRef;
use crate::watcher::WatcherId;

/// A comment of a resident.
#[derive(Clone, Debug, PartialEq)]
pub struct CommentRow {
    pub id: Uuid,
    pub issue: IssueId,
    /// The issue's number.
    pub number: String,
    pub words: String,
    pub said: Timestamp,
    /// When it was decided that it is not to be shown.
    pub dismissed: Option<Timestamp>,
}

row_struct! {
    struct CommentFields {
        comment_id: Uuid,
        issue_id: Uuid,
        number: String,
        words: String,
        said_at: i64,
        dismissed_at: Option<i64>,
    }
}

impl CommentFields {
    fn into_row(self) -> CommentRow {
        CommentRow {
            id: self.comment_id,
            issue: IssueId(self.issue_id),
            number: self.number,
            words: self.words,
            said: Timestamp::from_millis(self.said_at),
            dismissed: self.dismissed_at.map(Timestamp::from_millis),
        }
    }
}

macro_rules! held {
    ($where:literal) => {
        concat!(
            "SELECT h.comment_id, h.issue_id, i.number, h.words, h.said_at, h.dismissed_at
             FROM held_comment h JOIN issue i ON i.city_id = h.city_id AND i.issue_id = h.issue_id
             WHERE h.city_id = $1 AND ",
            $where
        )
    };
}

impl Tx {
    /// A comment that is held, of an issue that everybody may be shown.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn held_comment(
        &mut self,
        city: CityId,
        id: Uuid,
    ) -> Result<Option<CommentRow>, StoreError> {
        let found =
            row!(self, CommentFields, held!("h.comment_id = $2 AND i.hidden = 0"), city.0, id)?;
        Ok(found.map(CommentFields::into_row))
    }

    /// Comments that wait for somebody to read them, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn comments_waiting(
        &mut self,
        city: CityId,
        limit: i64,
    ) -> Result<Vec<CommentRow>, StoreError> {
        self.comments_waiting_in(city, None, Portion { limit, behind: 0 }).await
    }

    /// Those of issues in or near a ward, behind so many of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn comments_waiting_in(
        &mut self,
        city: CityId,
        ward: Option<&WardRef>,
        portion: Portion,
    ) -> Result<Vec<CommentRow>, StoreError> {
        let rows = rows!(
            self,
            CommentFields,
            held!(
                "h.dismissed_at IS NULL AND i.hidden = 0
                 AND ($2 IS NULL OR EXISTS (SELECT 1 FROM issue_ward w WHERE w.city_id = h.city_id
                    AND w.issue_id = h.issue_id AND w.layer = $2 AND w.ward = $3))
                 ORDER BY h.said_at, h.comment_id LIMIT $4 OFFSET $5"
            ),
            city.0,
            ward.map(|ward| ward.layer.as_str()),
            ward.map(|ward| ward.ward.as_str()),
            portion.limit,
            portion.behind
        )?;
        Ok(rows.into_iter().map(CommentFields::into_row).collect())
    }

    /// Those of one issue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn comments_waiting_on(
        &mut self,
        city: CityId,
        issue: IssueId,
    ) -> Result<Vec<CommentRow>, StoreError> {
        let rows = rows!(
            self,
            CommentFields,
            held!(
                "h.issue_id = $2 AND h.dismissed_at IS NULL ORDER BY h.said_at, h.comment_id LIMIT 50"
            ),
            city.0,
            issue.0
        )?;
        Ok(rows.into_iter().map(CommentFields::into_row).collect())
    }

    /// Residents' comments that are shown, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn comments_shown(
        &mut self,
        city: CityId,
        limit: i64,
    ) -> Result<Vec<CommentRow>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, Uuid, String, Option<String>, i64),
            "SELECT e.event_id, e.issue_id, i.number, e.words, e.at
             FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
             WHERE e.city_id = $1 AND e.author IS NOT NULL AND i.hidden = 0
             ORDER BY e.event_no DESC LIMIT $2",
            city.0,
            limit
        )?;
        let comment = |(id, issue, number, words, at): (_, _, _, Option<String>, _)| CommentRow {
            id,
            issue: IssueId(issue),
            number,
            words: words.unwrap_or_default(),
            said: Timestamp::from_millis(at),
            dismissed: None,
        };
        Ok(rows.into_iter().map(comment).collect())
    }

    /// What is held of a watcher's, dismissed or not, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn comments_held_of(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<CommentRow>, StoreError> {
        let rows = rows!(
            self,
            CommentFields,
            held!("h.watcher_id = $2 ORDER BY h.said_at, h.comment_id"),
            city.0,
            watcher.0
        )?;
        Ok(rows.into_iter().map(CommentFields::into_row).collect())
    }

    /// How many comments wait in all cities, and since when the oldest does.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn waiting_comments(&mut self) -> Result<(i64, Option<Timestamp>), StoreError> {
        let counted = row!(
            self,
            (i64, Option<i64>),
            "SELECT COUNT(*), MIN(h.said_at) FROM held_comment h
             JOIN issue i ON i.city_id = h.city_id AND i.issue_id = h.issue_id
             WHERE h.dismissed_at IS NULL AND i.hidden = 0"
        )?;
        Ok(counted
            .map(|(count, oldest)| (count, oldest.map(Timestamp::from_millis)))
            .unwrap_or_default())
    }

    /// Holds a comment.
    ///
    /// # Errors
    /// When it is held already, or the database does not answer.
    pub async fn hold_comment(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        comment: &CommentRow,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO held_comment (city_id, comment_id, issue_id, watcher_id, words, said_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            city.0,
            comment.id,
            comment.issue.0,
            watcher.0,
            &comment.words,
            comment.said.as_millis()
        )?;
        Ok(())
    }

    /// Holds comments no longer, and gives whose they are, by which they are known: those that were held.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_held_comments(
        &mut self,
        city: CityId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, (WatcherId, Author)>, StoreError> {
        // Taken first: whoever leaves, or decides otherwise, at this moment was faster or waits for us.
        let taken = rows_of!(
            self,
            (Uuid, Uuid),
            "DELETE FROM held_comment WHERE (city_id, comment_id) IN (",
            ids,
            |id| [city.0, *id],
            ") RETURNING comment_id, watcher_id"
        );
        let people: Vec<Uuid> = taken.iter().map(|(_, watcher)| *watcher).collect();
        let authors: HashMap<Uuid, Uuid> = rows_of!(
            self,
            (Uuid, Uuid),
            "SELECT watcher_id, author FROM watcher WHERE author IS NOT NULL
                AND (city_id, watcher_id) IN (",
            people,
            |id| [city.0, *id],
            ")"
        )
        .into_iter()
        .collect();
        let of = |(id, watcher)| {
            let author = authors.get(&watcher).ok_or(StoreError::Unreadable("watcher.author"))?;
            Ok((id, (WatcherId(watcher), Author(*author))))
        };
        taken.into_iter().map(of).collect()
    }

    /// Keeps that a comment that is held is not to be shown, and gives whose it is; said again, the first
    /// time stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn dismiss_comment(
        &mut self,
        city: CityId,
        id: Uuid,
        now: Timestamp,
    ) -> Result<Option<WatcherId>, StoreError> {
        let found = row!(
            self,
            (Uuid,),
            "UPDATE held_comment SET dismissed_at = COALESCE(dismissed_at, $3)
             WHERE city_id = $1 AND comment_id = $2 RETURNING watcher_id",
            city.0,
            id,
            now.as_millis()
        )?;
        Ok(found.map(|(watcher,)| WatcherId(watcher)))
    }

    /// Takes a comment that is shown out of the world. Gives whether there was one, and whose it is, if
    /// they are still known.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_back_comment(
        &mut self,
        city: CityId,
        id: Uuid,
    ) -> Result<Option<Option<WatcherId>>, StoreError> {
        let taken = row!(
            self,
            (Option<Uuid>,),
            "DELETE FROM event WHERE city_id = $1 AND event_id = $2
                AND kind = 'commented' AND actor = 'resident' RETURNING author",
            city.0,
            id
        )?;
        let Some((author,)) = taken else { return Ok(None) };
        let found = row!(
            self,
            (Uuid,),
            "SELECT watcher_id FROM watcher WHERE city_id = $1 AND author = $2",
            city.0,
            author
        )?;
        Ok(Some(found.map(|(watcher,)| WatcherId(watcher))))
    }

    /// Whether somebody has said the same of an issue since a time; then, whether it is held.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_said(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        (issue, words): (IssueId, &str),
        since: Timestamp,
    ) -> Result<Option<bool>, StoreError> {
        let found = row!(
            self,
            (i64,),
            "SELECT CAST(1 AS BIGINT) AS held FROM held_comment
             WHERE city_id = $1 AND watcher_id = $2 AND issue_id = $3 AND words = $4 AND said_at >= $5
             UNION ALL
             SELECT CAST(0 AS BIGINT) AS held FROM event
             WHERE city_id = $1 AND author = (
                    SELECT author FROM watcher WHERE city_id = $1 AND watcher_id = $2)
                AND issue_id = $3 AND words = $4 AND accepted_at >= $5
             ORDER BY held DESC LIMIT 1",
            city.0,
            watcher.0,
            issue.0,
            words,
            since.as_millis()
        )?;
        Ok(found.map(|(held,)| held == 1))
    }

    /// How much somebody has said since a time, shown or held; and how much of theirs waits.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn said_since(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        since: Timestamp,
    ) -> Result<(i64, i64), StoreError> {
        let counted = row!(
            self,
            (i64, i64),
            "SELECT (SELECT COUNT(*) FROM event WHERE city_id = $1 AND accepted_at >= $3
                    AND author = (SELECT author FROM watcher
                        WHERE city_id = $1 AND watcher_id = $2))
                 + (SELECT COUNT(*) FROM held_comment
                    WHERE city_id = $1 AND watcher_id = $2 AND said_at >= $3),
                (SELECT COUNT(*) FROM held_comment
                    WHERE city_id = $1 AND watcher_id = $2 AND dismissed_at IS NULL)",
            city.0,
            watcher.0,
            since.as_millis()
        )?;
        Ok(counted.unwrap_or_default())
    }

    /// Whether comments that nobody will be shown any more have been held since before a time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn any_held_before(
        &mut self,
        city: CityId,
        before: Timestamp,
    ) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (i64,),
            "SELECT said_at FROM held_comment
             WHERE city_id = $1 AND COALESCE(dismissed_at, said_at) < $2 LIMIT 1",
            city.0,
            before.as_millis()
        )?;
        Ok(found.is_some())
    }

    /// Forgets comments that were dismissed before a time, or have waited since before it, at most `limit`.
    /// Gives how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_held_comments(
        &mut self,
        city: CityId,
        before: Timestamp,
        limit: i64,
    ) -> Result<u64, StoreError> {
        Ok(run!(
            self,
            "DELETE FROM held_comment WHERE city_id = $1 AND comment_id IN (
                SELECT comment_id FROM held_comment
                WHERE city_id = $1 AND COALESCE(dismissed_at, said_at) < $2 LIMIT $3)",
            city.0,
            before.as_millis(),
            limit
        )?)
    }
}
