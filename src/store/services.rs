//! What residents may report, and the answers that only staff read.

use std::collections::HashSet;

use super::accept::fold;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::{Answer, CityId, IssueId, Service};
use crate::watcher::WatcherId;

row_struct! {
    struct ServiceFields {
        code: String,
        name: String,
        hint: String,
        questions: String,
    }
}

impl ServiceFields {
    fn into_service(self) -> Result<Service, StoreError> {
        Ok(Service {
            code: self.code,
            name: self.name.into(),
            hint: self.hint,
            questions: serde_json::from_str(&self.questions)
                .map_err(|_| StoreError::Unreadable("service.questions"))?,
        })
    }
}

/// The answers whose time is over.
macro_rules! over {
    ($first:literal, $last:literal) => {
        concat!(
            $first,
            " FROM private_answer p
             LEFT JOIN issue i ON i.city_id = p.city_id AND i.source = p.source
                AND i.source_id = p.source_id
             WHERE p.city_id = $1
                AND ((i.status = 'closed' AND i.closed_at < $2)
                    OR (i.issue_id IS NULL AND p.said_at < $3)) ",
            $last
        )
    };
}

impl Tx {
    /// What may be reported, in its order; empty where the city has not said.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn services(&mut self, city: CityId) -> Result<Vec<Service>, StoreError> {
        let rows = rows!(
            self,
            ServiceFields,
            "SELECT code, name, hint, questions FROM service WHERE city_id = $1 ORDER BY place, code",
            city.0
        )?;
        rows.into_iter().map(ServiceFields::into_service).collect()
    }

    /// The names of what was reported and of what may be, each once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn categories_offered(&mut self, city: CityId) -> Result<Vec<String>, StoreError> {
        let seen = self.categories_by_name(city).await?;
        let services =
            rows!(self, (String,), "SELECT name FROM service WHERE city_id = $1", city.0)?;
        let mut known = HashSet::new();
        let mut all: Vec<String> = seen
            .into_iter()
            .chain(services.into_iter().map(|(name,)| name))
            .filter(|name| known.insert(fold(name)))
            .collect();
        all.sort();
        Ok(all)
    }

    /// Says anew what may be reported, in place of all that was said before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_services(
        &mut self,
        city: CityId,
        services: &[Service],
    ) -> Result<(), StoreError> {
        run!(self, "DELETE FROM service WHERE city_id = $1", city.0)?;
        for (place, service) in (0_i64..).zip(services) {
            run!(
                self,
                "INSERT INTO service (city_id, code, place, name, hint, questions)
                 VALUES ($1, $2, $3, $4, $5, $6)",
                city.0,
                &service.code,
                place,
                service.name.name(),
                &service.hint,
                serde_json::to_string(&service.questions).unwrap_or_default()
            )?;
        }
        Ok(())
    }

    /// Keeps what only staff may read of a report, known by its source's key. The same report says the
    /// same. Gives the codes of the answers that were not there already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_private_answers(
        &mut self,
        city: CityId,
        (source, source_id): (&str, &str),
        answers: &[Answer],
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let mut kept = vec![];
        for answer in answers {
            let inserted = run!(
                self,
                "INSERT INTO private_answer (city_id, source, source_id, code, asks, says, said_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (city_id, source, source_id, code) DO NOTHING",
                city.0,
                source,
                source_id,
                &answer.code,
                &answer.asks,
                &answer.says,
                now.as_millis()
            )?;
            if inserted > 0 {
                kept.push(answer.code.clone());
            }
        }
        Ok(kept)
    }

    /// Removes some answers of a report that was not taken.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_back_private_answers(
        &mut self,
        city: CityId,
        (source, source_id): (&str, &str),
        codes: &[String],
    ) -> Result<(), StoreError> {
        for code in codes {
            run!(
                self,
                "DELETE FROM private_answer
                 WHERE city_id = $1 AND source = $2 AND source_id = $3 AND code = $4",
                city.0,
                source,
                source_id,
                code
            )?;
        }
        Ok(())
    }

    /// Whether there are answers to be forgotten: of issues that were closed before a time, or that were
    /// given before another and belong to none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn any_private_answer_over(
        &mut self,
        city: CityId,
        closed: Option<Timestamp>,
        alone: Timestamp,
    ) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (String,),
            over!("SELECT p.code", "LIMIT 1"),
            city.0,
            closed.map_or(i64::MIN, Timestamp::as_millis),
            alone.as_millis()
        )?;
        Ok(found.is_some())
    }

    /// Forgets them, at most `limit`. Gives how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_private_answers_over(
        &mut self,
        city: CityId,
        closed: Option<Timestamp>,
        alone: Timestamp,
        limit: i64,
    ) -> Result<u64, StoreError> {
        Ok(run!(
            self,
            over!(
                "DELETE FROM private_answer WHERE city_id = $1 AND (source, source_id, code) IN (
                    SELECT p.source, p.source_id, p.code",
                "LIMIT $4)"
            ),
            city.0,
            closed.map_or(i64::MIN, Timestamp::as_millis),
            alone.as_millis(),
            limit
        )?)
    }

    /// What only staff may read of an issue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn private_answers(
        &mut self,
        city: CityId,
        issue: IssueId,
    ) -> Result<Vec<Answer>, StoreError> {
        let rows = rows!(
            self,
            (String, String, String),
            "SELECT p.code, p.asks, p.says FROM issue i
             JOIN private_answer p ON p.city_id = i.city_id AND p.source = i.source
                AND p.source_id = i.source_id
             WHERE i.city_id = $1 AND i.issue_id = $2 ORDER BY p.code",
            city.0,
            issue.0
        )?;
        let answer = |(code, asks, says)| Answer { code, asks, says, private: true };
        Ok(rows.into_iter().map(answer).collect())
    }

    /// Removes what somebody who leaves has answered to the staff alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_private_answers(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM private_answer WHERE city_id = $1 AND (source, source_id) IN (
                SELECT i.source, i.source_id FROM reporter r
                JOIN issue i ON i.city_id = r.city_id AND i.issue_id = r.issue_id
                WHERE r.city_id = $1 AND r.watcher_id = $2)",
            city.0,
            watcher.0
        )?;
        Ok(())
    }
}
