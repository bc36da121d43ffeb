//! Whose comments watchers want to hear no more of.

use std::collections::HashMap;

use uuid::Uuid;

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::{Author, CityId, EventId};
use crate::watcher::WatcherId;

/// Somebody whose comments a watcher has muted.
#[derive(Clone, Debug, PartialEq)]
pub struct MutedAuthor {
    pub author: Author,
    /// The comment by which they were muted.
    pub comment: EventId,
    pub since: Timestamp,
    /// What it said, while it is shown.
    pub said: Option<Comment>,
}

/// A comment that everybody may read.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// The issue's number.
    pub number: String,
    pub words: String,
    pub at: Timestamp,
}

type Said = (Option<String>, Option<String>, Option<i64>);

fn said((number, words, at): Said) -> Option<Comment> {
    Some(Comment { number: number?, words: words?, at: Timestamp::from_millis(at?) })
}

impl Tx {
    /// Whose comments each of these watchers does not hear: those they have muted, and their own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn muted_authors_by(
        &mut self,
        city: CityId,
        watchers: &[WatcherId],
    ) -> Result<HashMap<WatcherId, Vec<Author>>, StoreError> {
        let mut muted: HashMap<WatcherId, Vec<Author>> = HashMap::new();
        for head in [
            "SELECT watcher_id, author FROM muted_author WHERE (city_id, watcher_id) IN (",
            "SELECT watcher_id, author FROM watcher
             WHERE author IS NOT NULL AND (city_id, watcher_id) IN (",
        ] {
            let rows = rows_of!(self, (Uuid, Uuid), head, watchers, |id| [city.0, id.0], ")");
            for (watcher, author) in rows {
                muted.entry(WatcherId(watcher)).or_default().push(Author(author));
            }
        }
        Ok(muted)
    }

    /// Whose comments a watcher has muted, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn authors_muted_by(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<MutedAuthor>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, Uuid, i64, Option<String>, Option<String>, Option<i64>),
            "SELECT m.author, m.event_id, m.muted_at, i.number, e.words, e.at
             FROM muted_author m
             LEFT JOIN event e ON e.city_id = m.city_id AND e.event_id = m.event_id
             LEFT JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id AND i.hidden = 0
             WHERE m.city_id = $1 AND m.watcher_id = $2
             ORDER BY m.muted_at DESC, m.author",
            city.0,
            watcher.0
        )?;
        let muted = |(author, comment, since, number, words, at)| MutedAuthor {
            author: Author(author),
            comment: EventId(comment),
            since: Timestamp::from_millis(since),
            said: said((number, words, at)),
        };
        Ok(rows.into_iter().map(muted).collect())
    }

    /// Whose a comment is, and what it says, where everybody may read it; `None` if it is no comment of a
    /// resident's, or of one who has left.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn comment(
        &mut self,
        city: CityId,
        comment: EventId,
    ) -> Result<Option<(Author, Option<Comment>)>, StoreError> {
        let found = row!(
            self,
            (Option<Uuid>, Option<String>, Option<String>, Option<i64>),
            "SELECT e.author, i.number, e.words, e.at FROM event e
             LEFT JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id AND i.hidden = 0
             WHERE e.city_id = $1 AND e.event_id = $2",
            city.0,
            comment.0
        )?;
        let Some((Some(author), number, words, at)) = found else { return Ok(None) };
        Ok(Some((Author(author), said((number, words, at)))))
    }

    /// Mutes somebody's comments for a watcher, by one of them; those that are muted stay so.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_muted_author(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        (author, comment): (Author, EventId),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO muted_author (city_id, watcher_id, author, event_id, muted_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (city_id, watcher_id, author) DO NOTHING",
            city.0,
            watcher.0,
            author.0,
            comment.0,
            now.as_millis()
        )?;
        Ok(())
    }

    /// Has a watcher hear again of whoever made a comment, or was muted by it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_muted_author(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        comment: EventId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM muted_author WHERE city_id = $1 AND watcher_id = $2
                AND (event_id = $3 OR author = (
                    SELECT author FROM event WHERE city_id = $1 AND event_id = $3))",
            city.0,
            watcher.0,
            comment.0
        )?;
        Ok(())
    }

    /// Nothing tells any more that what somebody has said is theirs; nobody need mute them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_author(&mut self, city: CityId, who: Author) -> Result<(), StoreError> {
        for sql in [
            "UPDATE event SET author = NULL WHERE city_id = $1 AND author = $2",
            "DELETE FROM muted_author WHERE city_id = $1 AND author = $2",
        ] {
            run!(self, sql, city.0, who.0)?;
        }
        Ok(())
    }

    /// Gives what somebody said, what of it is held, and the mutes of it, to one who has turned out to be
    /// the same. Where either of them is to be read first, they are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_comments(
        &mut self,
        city: CityId,
        from: WatcherId,
        to: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE held_comment SET watcher_id = $3 WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            from.0,
            to.0
        )?;
        run!(
            self,
            "UPDATE watcher SET comments = CASE
                WHEN comments = 'held' OR o.theirs = 'held' THEN 'held'
                ELSE COALESCE(comments, o.theirs) END
             FROM (SELECT comments AS theirs FROM watcher
                WHERE city_id = $1 AND watcher_id = $2) AS o
             WHERE city_id = $1 AND watcher_id = $3",
            city.0,
            from.0,
            to.0
        )?;
        let Some(was) = self.author_of(city, from).await? else { return Ok(()) };
        // Two are not known by the same at once.
        run!(
            self,
            "UPDATE watcher SET author = NULL WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            from.0
        )?;
        self.make_author(city, to, was).await?;
        let Some(is) = self.author_of(city, to).await?.filter(|is| *is != was) else {
            return Ok(());
        };
        run!(
            self,
            "INSERT INTO muted_author (city_id, watcher_id, author, event_id, muted_at)
             SELECT city_id, watcher_id, $3, event_id, muted_at FROM muted_author
             WHERE city_id = $1 AND author = $2
             ON CONFLICT (city_id, watcher_id, author) DO NOTHING",
            city.0,
            was.0,
            is.0
        )?;
        run!(
            self,
            "UPDATE event SET author = $3 WHERE city_id = $1 AND author = $2",
            city.0,
            was.0,
            is.0
        )?;
        self.forget_author(city, was).await
    }
}
