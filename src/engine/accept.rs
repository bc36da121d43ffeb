//! Notices in, receipts out: durable before it is answered, once however often it is sent.

mod together;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use uuid::Uuid;

use self::together::take_together;
use super::place_check::{Learned, PlaceCheck};
use super::{Engine, EngineError};
use crate::clock::{Clock, Timestamp};
use crate::failpoint;
use crate::issue::{
    Author, CityId, EventId, Happening, HotPointRule, Issue, IssueEvent, IssueId, Kind, Notice,
    Place, Quiet, Standing, Unexplained, explain,
};
use crate::random::Random;
use crate::store::{City, EventRow, Hearing, KnownKey, Store, StoreError, Tx};
use crate::watcher::WatcherId;

/// How notices come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Arrival {
    /// They are history: stored and matched, told to nobody.
    pub backfill: bool,
}

/// What became of one notice.
#[derive(Clone, Debug, PartialEq)]
pub enum Receipt {
    Accepted {
        issue: IssueId,
        number: String,
        kinds: Vec<Kind>,
        place: Place,
    },
    /// The same has been accepted before, or it changes nothing.
    Repeated {
        number: Option<String>,
    },
    Refused {
        reason: Unexplained,
    },
}

/// Notices of one caller, and where the caller waits.
pub(super) struct Job {
    city: City,
    arrival: Arrival,
    notices: Vec<Notice>,
    answer: oneshot::Sender<Result<Vec<Receipt>, StoreError>>,
}

/// What accepting needs; it runs on its own, so that callers share transactions.
#[derive(Clone)]
pub(super) struct Acceptor {
    pub store: Store,
    pub clock: Clock,
    pub random: Random,
    pub news_for: Duration,
    pub hot_points: HotPointRule,
    pub ask_fixed_after: Duration,
    pub learned: Arc<Mutex<HashMap<CityId, Learned>>>,
    pub accepted: Arc<Notify>,
}

impl Engine {
    /// Accepts notices, in order. When this returns without an error each of them is stored
    /// durably, or was before, or is refused with a reason. On an error none of them is.
    ///
    /// # Errors
    /// When the database does not answer; sending the same again is safe.
    pub async fn accept(
        &self,
        city: &City,
        notices: Vec<Notice>,
        arrival: Arrival,
    ) -> Result<Vec<Receipt>, EngineError> {
        let (answer, receipts) = oneshot::channel();
        let job = Job { city: city.clone(), arrival, notices, answer };
        self.inner.intake.send(job).await.map_err(|_| EngineError::Stopping)?;
        Ok(receipts.await.map_err(|_| EngineError::Stopping)??)
    }
}

impl Acceptor {
    /// Begins to take jobs. It ends when the last sender is gone.
    pub fn start(self) -> mpsc::Sender<Job> {
        let (sender, receiver) = mpsc::channel(1_024);
        tokio::spawn(self.run(receiver));
        sender
    }

    /// While one transaction is made durable the next callers gather; they share the next one.
    async fn run(self, mut jobs: mpsc::Receiver<Job>) {
        let mut waiting = vec![];
        while jobs.recv_many(&mut waiting, 512).await > 0 {
            while !waiting.is_empty() {
                let (this, together) = (self.clone(), take_together(&mut waiting));
                // In a task of its own: what breaks there ends one batch, not the taking of all.
                if let Err(error) = tokio::spawn(async move { this.serve(together).await }).await {
                    tracing::error!(%error, "accepting broke");
                }
            }
        }
    }

    async fn serve(&self, jobs: Vec<Job>) {
        let Some(first) = jobs.first() else { return };
        let notices: Vec<&Notice> = jobs.iter().flat_map(|job| &job.notices).collect();
        match self.store_all(&first.city, &notices, first.arrival).await {
            Ok(mut receipts) => {
                self.accepted.notify_one();
                for Job { notices, answer, .. } in jobs {
                    // A caller that has gone away does not need its receipts.
                    let _ = answer.send(Ok(receipts.drain(..notices.len()).collect()));
                }
            }
            // One caller's fault is not the others'.
            Err(error) if jobs.len() > 1 && !error.is_passing() => {
                for job in jobs {
                    Box::pin(self.serve(vec![job])).await;
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "accepting failed");
                for job in jobs {
                    let _ = job.answer.send(Err(again(&error)));
                }
            }
        }
    }

    async fn store_all(
        &self,
        city: &City,
        notices: &[&Notice],
        arrival: Arrival,
    ) -> Result<Vec<Receipt>, StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        // From here on nobody else accepts for this city, so what is read stays true.
        let next_no = tx.take_numbers(city.id, "event", 0).await?;
        // What was learned is put back when it has become true; until then it would be read anew.
        let mut learning = self.learned.lock().await;
        let learned = learning.remove(&city.id).unwrap_or_default();
        let check = PlaceCheck::begin(&mut tx, city.id, self.hot_points, learned, next_no).await?;
        let mut batch = Batch::load(&mut tx, city, notices, check, next_no).await?;
        let outcomes: Vec<_> =
            notices.iter().map(|notice| batch.take(notice, now, &self.random)).collect();
        batch.number_new_issues(&mut tx, city).await?;
        let receipts = outcomes.into_iter().map(|outcome| batch.receipt(outcome)).collect();
        let judge = |at| Quiet::judge(at, now, arrival.backfill, self.news_for);
        let first = tx.take_numbers(city.id, "event", batch.events.len()).await?;
        let events = batch.event_rows(first, now, judge);
        tx.put_issues(city.id, &batch.changed_issues()).await?;
        tx.put_events(city.id, &events).await?;
        self.will_ask(&mut tx, city.id, &events, now).await?;
        for watcher in &batch.read {
            tx.hear(city.id, *watcher, Hearing::Shown).await?;
        }
        let last_no = next_no - 1 + i64::try_from(events.len()).unwrap_or(0);
        let learned = batch.check.end(&mut tx, city.id, last_no).await?;
        tx.commit().await?;
        failpoint::at(failpoint::Point::Accepted);
        learning.insert(city.id, learned);
        Ok(receipts)
    }
}

impl Acceptor {
    /// The reporters of what was closed are asked some days later whether it is fixed; of what was
    /// opened again, or taken off the site, they are not.
    async fn will_ask(
        &self,
        tx: &mut Tx,
        city: CityId,
        events: &[EventRow],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut last: HashMap<IssueId, Kind> = HashMap::new();
        for EventRow { event, .. } in events {
            let news = event.quiet.is_none() || event.kind != Kind::Closed;
            if news && matches!(event.kind, Kind::Closed | Kind::Reopened | Kind::Hidden) {
                last.insert(event.issue, event.kind);
            }
        }
        if last.is_empty() || !tx.has_reporters(city).await? {
            return Ok(());
        }
        let (closed, others): (Vec<_>, Vec<_>) =
            last.into_iter().partition(|(_, kind)| *kind == Kind::Closed);
        let issues = |some: Vec<(IssueId, Kind)>| some.into_iter().map(|(id, _)| id).collect();
        let (closed, others): (Vec<IssueId>, Vec<IssueId>) = (issues(closed), issues(others));
        if !self.ask_fixed_after.is_zero() {
            tx.ask_reporters(city, &closed, Some(now.plus(self.ask_fixed_after))).await?;
        }
        tx.ask_reporters(city, &others, None).await
    }
}

/// The same failure for each of several callers.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(_) | StoreError::Busy => StoreError::Busy,
        StoreError::Full => StoreError::Full,
        _ => StoreError::Unreadable("the accepting of events"),
    }
}

type SourceKey = (String, String);

/// The issues of a batch as they change under it, and the events on the way.
struct Batch<'a> {
    city: &'a City,
    issues: HashMap<SourceKey, Issue>,
    versions: HashSet<KnownKey>,
    changed: HashSet<SourceKey>,
    fresh: Vec<SourceKey>,
    events: Vec<Told>,
    check: PlaceCheck,
    /// The comments that were held until now, and whose they are.
    let_through: HashMap<Uuid, (WatcherId, Author)>,
    /// Of whom somebody of the city's has read a comment.
    read: Vec<WatcherId>,
    /// The number that the first of the events will have.
    next_no: i64,
}

/// One happening on its way to becoming an event.
struct Told {
    id: EventId,
    key: SourceKey,
    version: String,
    part: i64,
    notice_actor: crate::issue::Actor,
    author: Option<Author>,
    office: Option<String>,
    happening: Happening,
    standing: Standing,
}

enum Outcome {
    Accepted(SourceKey, Vec<Kind>, Place),
    Repeated(SourceKey),
    Refused(Unexplained),
}

impl<'a> Batch<'a> {
    async fn load(
        tx: &mut Tx,
        city: &'a City,
        notices: &[&Notice],
        check: PlaceCheck,
        next_no: i64,
    ) -> Result<Self, StoreError> {
        let mut keys: Vec<SourceKey> =
            notices.iter().map(|n| (n.source.clone(), n.source_id.clone())).collect();
        keys.sort_unstable();
        keys.dedup();
        let versions: Vec<KnownKey> = notices
            .iter()
            .filter_map(|n| Some((n.source.clone(), n.source_id.clone(), n.version.clone()?)))
            .collect();
        let lets: Vec<Uuid> =
            notices.iter().filter_map(|n| n.lets).map(|lets| lets.comment).collect();
        let issues = tx.issues_of_sources(city.id, &keys).await?;
        let by_key = |issue: Issue| ((issue.source.clone(), issue.source_id.clone()), issue);
        Ok(Self {
            city,
            issues: issues.into_iter().map(by_key).collect(),
            versions: tx.known_versions(city.id, &versions).await?,
            changed: HashSet::new(),
            fresh: vec![],
            events: vec![],
            check,
            let_through: tx.take_held_comments(city.id, &lets).await?,
            read: vec![],
            next_no,
        })
    }

    fn take(&mut self, notice: &Notice, now: Timestamp, random: &Random) -> Outcome {
        let key = (notice.source.clone(), notice.source_id.clone());
        let version = notice.version.clone().unwrap_or_else(|| random.uuid(now).to_string());
        let said = (key.0.clone(), key.1.clone(), version.clone());
        if self.versions.contains(&said) {
            return Outcome::Repeated(key);
        }
        let known = self.issues.get(&key).map(|issue| &issue.standing);
        let mut explained = match explain(known, notice, self.city.bounds.as_ref(), now) {
            Ok(explained) => explained,
            Err(Unexplained::NothingNew) => return Outcome::Repeated(key),
            Err(reason) => return Outcome::Refused(reason),
        };
        let mut author = None;
        if let Some(lets) = notice.lets {
            let Some((watcher, theirs)) = self.let_through.remove(&lets.comment) else {
                return Outcome::Refused(Unexplained::NotHeld);
            };
            author = Some(theirs);
            self.read.extend(lets.read.then_some(watcher));
        }
        self.versions.insert(said);
        let kinds = explained.happenings.iter().map(|happening| happening.kind).collect();
        let is_report = known.is_none();
        let no = self.next_no + i64::try_from(self.events.len()).unwrap_or(0);
        let place = self.check.judge(&key.0, &explained.standing, is_report.then_some(no), now);
        explained.standing.place = place;
        for (part, happening) in (0..).zip(explained.happenings) {
            self.events.push(Told {
                // What becomes of a comment keeps the name by which it was held.
                id: EventId(notice.lets.map_or_else(|| random.uuid(now), |lets| lets.comment)),
                key: key.clone(),
                version: version.clone(),
                part,
                notice_actor: notice.actor,
                author,
                office: notice.desk.as_ref().and_then(|desk| desk.office.clone()),
                happening,
                standing: explained.standing.clone(),
            });
        }
        self.stand(&key, explained.standing, now, random);
        Outcome::Accepted(key, kinds, place)
    }

    fn stand(&mut self, key: &SourceKey, standing: Standing, now: Timestamp, random: &Random) {
        self.changed.insert(key.clone());
        if let Some(issue) = self.issues.get_mut(key) {
            issue.standing = standing;
            return;
        }
        self.fresh.push(key.clone());
        let issue = Issue {
            id: IssueId(random.uuid(now)),
            number: String::new(), // given once the batch is known
            source: key.0.clone(),
            source_id: key.1.clone(),
            standing,
        };
        self.issues.insert(key.clone(), issue);
    }

    /// Gives each new issue its number: the year in which it was opened, as the city reads its
    /// clocks, and a count. Years a century apart share their two digits, so they share the count.
    async fn number_new_issues(&mut self, tx: &mut Tx, city: &City) -> Result<(), StoreError> {
        let mut by_year: HashMap<i16, Vec<&SourceKey>> = HashMap::new();
        for key in &self.fresh {
            let opened = self.issues[key].standing.opened_at;
            let year = city.zone.local(opened).year.rem_euclid(100);
            by_year.entry(year).or_default().push(key);
        }
        let mut numbers = vec![];
        for (year, keys) in by_year {
            let first = tx.take_numbers(city.id, &format!("issue-{year:02}"), keys.len()).await?;
            let numbered = (first..).zip(keys);
            numbers.extend(numbered.map(|(no, key)| (key.clone(), format!("{year:02}-{no:06}"))));
        }
        for (key, number) in numbers {
            if let Some(issue) = self.issues.get_mut(&key) {
                issue.number = number;
            }
        }
        Ok(())
    }

    fn receipt(&self, outcome: Outcome) -> Receipt {
        match outcome {
            Outcome::Accepted(key, kinds, place) => {
                let issue = &self.issues[&key];
                Receipt::Accepted { issue: issue.id, number: issue.number.clone(), kinds, place }
            }
            Outcome::Repeated(key) => {
                Receipt::Repeated { number: self.issues.get(&key).map(|i| i.number.clone()) }
            }
            Outcome::Refused(reason) => Receipt::Refused { reason },
        }
    }

    fn changed_issues(&self) -> Vec<Issue> {
        self.changed.iter().map(|key| self.issues[key].clone()).collect()
    }

    fn event_rows(
        &mut self,
        first: i64,
        now: Timestamp,
        judge: impl Fn(Timestamp) -> Option<Quiet>,
    ) -> Vec<EventRow> {
        let told = std::mem::take(&mut self.events);
        (first..)
            .zip(told)
            .map(|(no, told)| {
                let issue = &self.issues[&told.key];
                let event = told.as_event(issue, judge(told.happening.at));
                let (source, source_id) = told.key;
                let (version, part) = (told.version, told.part);
                EventRow { no, event, source, source_id, version, part, accepted_at: now }
            })
            .collect()
    }
}

impl Told {
    fn as_event(&self, issue: &Issue, quiet: Option<Quiet>) -> IssueEvent {
        let (standing, happening) = (self.standing.clone(), self.happening.clone());
        IssueEvent {
            id: self.id,
            issue: issue.id,
            number: issue.number.clone(),
            kind: happening.kind,
            at: happening.at,
            actor: self.notice_actor,
            author: self.author,
            office: self.office.clone(),
            text: happening.text,
            category: standing.category,
            status: happening.status,
            description: standing.description,
            address: standing.address,
            position: standing.position,
            place: standing.place,
            quiet,
        }
    }
}
