//! Whoever reported something follows it to the end: is asked whether it is fixed once it was closed,
//! and opens it again when it is not.

use std::collections::HashMap;
use std::time::Duration;

use super::beside::Beside;
use super::comments::of_resident;
use super::{Engine, EngineError, NewWatch, Who};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents, Delivery, DeliveryId, Item, Lane, Road};
use crate::issue::{EventId, Issue, IssueId, Kind, Notice, Said};
use crate::store::{City, Fixed, ToAsk, WatchRow};
use crate::watch::{Filter, Rhythm, Target, Via, WatchId};
use crate::watcher::{Address, Habits, WatcherId};

/// How many reporters are asked in one transaction, during which nothing is accepted.
const TOGETHER: i64 = 100;

/// Whoever reported a whole street is not asked of all of it in one morning.
const AT_ONCE: usize = 3;
const THE_OTHERS_AFTER: Duration = Duration::from_hours(24);

impl Engine {
    /// Keeps who reported an issue, who follows it from now on: once they have confirmed, where they
    /// are known by an address alone. Said again, nothing changes.
    ///
    /// # Errors
    /// When the address was asked too often, or the database does not answer.
    pub async fn follow_own_report(
        &self,
        city: &City,
        who: Who,
        issue: &Issue,
    ) -> Result<WatchRow, EngineError> {
        let (said, via) = match &who {
            Who::Watcher(watcher) => (watcher.0.to_string(), Via::BOTH),
            Who::Address { address: Address::Mail(mail), .. } => (mail.as_str().into(), Via::MAIL),
            Who::Address { address: Address::Push(push), .. } => (push.endpoint.clone(), Via::PUSH),
            Who::Address { address: Address::Webhook(hook), .. } => {
                (hook.url.clone(), Via::WEBHOOK)
            }
        };
        // The same report by the same person is one watch, however often it is sent.
        let of = [issue.id.0.as_bytes(), said.as_bytes()].concat();
        let new = NewWatch {
            id: WatchId(self.inner.secrets.derive_id("own-report", &of)),
            name: name_of(issue),
            target: Target::Issue(issue.id),
            filter: Filter::for_issue(),
            rhythm: Rhythm::AtOnce,
            via,
        };
        self.watch_with(city, who, new, Beside::Report(issue.id)).await
    }

    /// Asks every reporter whose issue was closed some days ago whether it is fixed, unless they rest
    /// or want to hear no more of it. Gives how many messages that came to.
    ///
    /// # Errors
    /// When the database does not answer. Nothing is lost: who was not asked is asked later.
    pub async fn ask_whether_fixed(&self) -> Result<usize, EngineError> {
        let mut asked = 0;
        if self.inner.settings.ask_fixed_after.is_zero() {
            return Ok(asked);
        }
        for city in self.cities().await? {
            loop {
                let now = self.inner.clock.now();
                // A look without a lock: mostly nobody is to be asked.
                let mut tx = self.inner.store.read().await?;
                if tx.reporters_to_ask(city.id, now, 1).await?.is_empty() {
                    break;
                }
                drop(tx);
                asked += self.ask_some(&city, now).await?;
            }
        }
        Ok(asked)
    }

    async fn ask_some(&self, city: &City, now: Timestamp) -> Result<usize, EngineError> {
        // What is accepted meanwhile may close one of these issues again.
        let mut tx = self.accepting(city.id).await?;
        tx.take_numbers(city.id, "watch_change", 0).await?;
        let due = tx.reporters_to_ask(city.id, now, TOGETHER).await?;
        let people: Vec<WatcherId> = due.iter().map(|who| who.watcher).collect();
        let issues: Vec<IssueId> = due.iter().map(|who| who.issue).collect();
        let habits = tx.habits_of(city.id, &people).await?;
        let roads: HashMap<WatcherId, Vec<Road>> =
            tx.roads_of(city.id, &people).await?.into_iter().collect();
        let mutes = tx.mutes_of(city.id, &issues, &[]).await?;
        let (mut questions, mut asked_of) = (vec![], HashMap::<WatcherId, usize>::new());
        for who in &due {
            let habits = habits.get(&who.watcher).copied().unwrap_or_default();
            let enough = asked_of.get(&who.watcher).is_some_and(|asked| *asked >= AT_ONCE);
            let tomorrow = enough.then(|| now.plus(THE_OTHERS_AFTER));
            let later = rests_until(&habits, city, now).or(tomorrow);
            if later.is_some() {
                tx.reporter_is_asked(city.id, who, None, later).await?;
                continue;
            }
            let roads = roads.get(&who.watcher).map(Vec::as_slice).unwrap_or_default();
            let before = questions.len();
            if !mutes.hold_issue(who.watcher, who.issue) {
                questions.extend(self.questions(who, roads, now));
            }
            let asked = (questions.len() > before).then_some(now);
            *asked_of.entry(who.watcher).or_default() += usize::from(asked.is_some());
            tx.reporter_is_asked(city.id, who, asked, None).await?;
        }
        tx.put_deliveries(city.id, &questions, now).await?;
        tx.commit().await?;
        if !questions.is_empty() {
            self.inner.planned.notify_waiters();
        }
        Ok(questions.len())
    }

    /// One message to each contact that the reporter's watch of the issue goes to.
    fn questions(&self, who: &ToAsk, roads: &[Road], now: Timestamp) -> Vec<Delivery> {
        let Some((watch, via)) = who.by else { return vec![] };
        let about = About::Fixed(self.inner.random.uuid(now));
        let item = Item { event: who.closing, watches: vec![watch] };
        let contents = Contents { items: vec![item], ..Contents::default() };
        let roads = roads.iter().filter(|road| via.includes(road.kind));
        let question = |road: &Road| Delivery {
            id: DeliveryId(self.inner.random.uuid(now)),
            about,
            watcher: who.watcher,
            contact: road.contact,
            kind: road.kind,
            lane: Lane::Digest,
            contents: contents.clone(),
            due: now,
        };
        roads.map(question).collect()
    }

    /// Keeps what a reporter says of an issue. When they say that it is not fixed, it is opened again,
    /// unless it is open already; their words, if they give any, are a comment like any other. Gives
    /// whether it was opened.
    ///
    /// # Errors
    /// [`EngineError::NotTheReporter`], when they have said too much, or when the database does not answer.
    pub async fn reporter_says(
        &self,
        city: &City,
        watcher: WatcherId,
        issue: &Issue,
        (fixed, words): (Fixed, Option<String>),
    ) -> Result<bool, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        if !tx.is_reporter(city.id, issue.id, watcher).await? {
            return Err(EngineError::NotTheReporter);
        }
        let closing = tx.last_closing(city.id, issue.id).await?;
        tx.reporter_answers(city.id, issue.id, watcher, fixed, now).await?;
        tx.commit().await?;
        // Should this fail, their page still shows it as closed, and they press once more.
        match closing.filter(|_| fixed == Fixed::No) {
            Some(closing) => {
                if let Some(words) = words {
                    self.comment(city, watcher, issue, words).await?;
                }
                self.open_again(city, (watcher, closing), issue).await
            }
            None => Ok(false),
        }
    }

    async fn open_again(
        &self,
        city: &City,
        (watcher, closing): (WatcherId, EventId),
        issue: &Issue,
    ) -> Result<bool, EngineError> {
        // Pressed twice it is still once; after the next closing it is something new, whatever time
        // that one is given by its source.
        let of = [&closing.0.as_bytes()[..], watcher.0.as_bytes()].concat();
        let version = self.inner.secrets.derive_id("opened-again", &of);
        let now = self.inner.clock.now();
        let said = Said::Event { kind: Kind::Reopened, text: None };
        let notice = Notice { version: Some(version.to_string()), said, ..of_resident(issue, now) };
        self.is_news(city, notice).await
    }
}

/// “Pothole, 26-001234”, as long as a watch's name may be.
fn name_of(issue: &Issue) -> String {
    let category: String = issue.standing.category.name().chars().take(60).collect();
    format!("{category}, {}", issue.number)
}

/// When somebody who wants to hear nothing now may be asked.
fn rests_until(habits: &Habits, city: &City, now: Timestamp) -> Option<Timestamp> {
    if let Some(pause) = habits.pause.filter(|pause| pause.lasts(now)) {
        return Some(habits.awake(pause.until, &city.zone));
    }
    Some(habits.awake(now, &city.zone)).filter(|awake| *awake > now)
}
