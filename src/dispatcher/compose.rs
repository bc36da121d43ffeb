//! What a delivery refers to, gathered and put into words.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::maps::Maps;
use crate::channel::webhook::Post;
use crate::clock::Timestamp;
use crate::delivery::{About, Item, Mutes, Verdict};
use crate::drawing::Ground;
use crate::geometry::Units;
use crate::issue::{CityId, EventId, IssueEvent, IssueId, Status};
use crate::message::{
    Because, Confirm, Content, Digest, Fixed, Happening, Language, Mail, Map, Note, Reach, Reader,
    Sender, SignIn, Told, Watched, compose_mail, compose_push, compose_webhook,
};
use crate::store::{
    AskedAbout, City, Claimed, ContactRow, IssueWardRow, NamedWatch, PendingEvent, StoreError, Tx,
    WatchState,
};
use crate::token::{
    BounceAddress, CONFIRM_WATCH, ClaimLink, MailMark, Secrets, SignInLink, Token, WayBack,
};
use crate::ward::{USUAL_LAYER, WardRef};
use crate::watch::{Rhythm, WatchId, WatchNumber};
use crate::watcher::{Address, ContactId, EmailAddress, PushSubscription, WatcherId};

/// What stands at the head of every message.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// Without a slash at its end.
    pub public_url: String,
    pub mail_from: EmailAddress,
    /// Where mails come back to, if not to `mail_from`.
    pub bounce_address: Option<BounceAddress>,
    /// The host that `Message-ID` and `List-Id` are made of.
    pub list_host: String,
    /// In which distances are told.
    pub units: Units,
    /// Streets, parks and water on maps.
    pub ground: Arc<Ground>,
}

/// A delivery, ready to be handed over.
#[derive(Debug)]
pub enum Parcel {
    Mail(Mail),
    Push(PushSubscription, Note),
    Webhook(Post),
}

/// All that a batch of deliveries refers to.
#[derive(Debug, Default)]
pub struct Gathered {
    pub(super) contacts: HashMap<ContactId, ContactRow>,
    languages: HashMap<WatcherId, String>,
    watches: HashMap<WatchNumber, NamedWatch>,
    questions: HashMap<WatchId, AskedAbout>,
    events: HashMap<EventId, PendingEvent>,
    wards: HashMap<IssueId, Vec<IssueWardRow>>,
    mutes: Mutes,
    /// Of the issues that a reporter is asked about.
    statuses: HashMap<IssueId, Status>,
}

/// Reads what a batch refers to, and gives it with those that can be put into words. A delivery that
/// refers to what this program cannot read is put aside alone: it must not hold up the others, who
/// would be claimed together with it again and again.
pub async fn gather(
    tx: &mut Tx,
    city: CityId,
    claimed: Vec<Claimed>,
    now: Timestamp,
) -> Result<(Gathered, Vec<Claimed>), StoreError> {
    match look_up(tx, city, &claimed).await {
        Ok(gathered) => return Ok((gathered, claimed)),
        Err(StoreError::Unreadable(_)) => {}
        Err(error) => return Err(error),
    }
    let (mut readable, mut unreadable) = (vec![], vec![]);
    for one in claimed {
        match look_up(tx, city, std::slice::from_ref(&one)).await {
            Ok(_) => readable.push(one),
            Err(StoreError::Unreadable(what)) => {
                let why = format!("cannot be read: the {what} that it refers to");
                unreadable.push((one.held(), i64::from(one.attempt), why));
            }
            Err(error) => return Err(error),
        }
    }
    tx.put_aside(unreadable, now).await?;
    Ok((look_up(tx, city, &readable).await?, readable))
}

async fn look_up(tx: &mut Tx, city: CityId, claimed: &[Claimed]) -> Result<Gathered, StoreError> {
    let spoken_of = claimed.iter().filter_map(|c| c.contents.webhook);
    let contacts = unique(claimed.iter().map(|c| c.contact).chain(spoken_of));
    let watchers = unique(claimed.iter().map(|c| c.watcher));
    let items = || claimed.iter().flat_map(|c| &c.contents.items);
    let events = unique(items().map(|item| item.event));
    let numbers = unique(items().flat_map(|item| item.watches.iter().copied()));
    let mut gathered = Gathered::default();
    for row in tx.contacts(city, &contacts).await? {
        gathered.contacts.insert(row.contact.id, row);
    }
    gathered.languages.extend(tx.languages(city, &watchers).await?);
    for watch in tx.watches_named(city, &numbers).await? {
        gathered.watches.insert(watch.number, watch);
    }
    for pending in tx.events(city, &events).await? {
        gathered.events.insert(pending.event.id, pending);
    }
    let issues = unique(gathered.events.values().map(|pending| pending.event.issue));
    for row in tx.wards_of_issues(city, &issues).await? {
        gathered.wards.entry(row.issue).or_default().push(row);
    }
    let authors = unique(gathered.events.values().filter_map(|pending| pending.event.author));
    gathered.mutes = tx.mutes_of(city, &issues, &authors).await?;
    let reported = claimed.iter().filter(|one| matches!(one.about, About::Fixed(_)));
    let reported = reported.flat_map(|one| &one.contents.items);
    let reported = reported.filter_map(|item| Some(gathered.events.get(&item.event)?.event.issue));
    let reported = unique(reported);
    gathered.statuses.extend(tx.statuses_of(city, &reported).await?);
    let asked = claimed.iter().filter_map(|one| match one.about {
        About::Confirm(id) => Some(id),
        _ => None,
    });
    for asked in tx.asked_about(city, &unique(asked)).await? {
        gathered.questions.insert(asked.id, asked);
    }
    Ok(gathered)
}

fn unique<T: Ord>(list: impl Iterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = list.collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// Where a batch of deliveries is put into words; each by the task that sends it, so that all
/// processors write.
#[derive(Debug)]
pub struct Desk {
    pub gathered: Gathered,
    pub letterhead: Letterhead,
    pub maps: Arc<Maps>,
    pub city: City,
    pub secrets: Secrets,
    pub now: Timestamp,
}

/// How long what is told of an area says that it is public no more.
const NEWS_OF_AREA: Duration = Duration::from_hours(24 * 14);

impl Desk {
    /// Puts one delivery into words, a push into at most `push_limit` bytes of them, or says why
    /// there is nothing to send.
    pub fn parcel(&self, claimed: &Claimed, push_limit: usize) -> Result<Parcel, Verdict> {
        let contact = self
            .gathered
            .contacts
            .get(&claimed.contact)
            .ok_or_else(|| dropped("the contact was deleted"))?;
        if contact.retired {
            return Err(dropped("the contact was retired meanwhile"));
        }
        let content = match claimed.about {
            About::Confirm(watch) => self.question(watch, claimed)?,
            // To whoever has not agreed it goes only as a question, to staff.
            About::SignIn(_) => self.sign_in(claimed)?,
            About::Ping(id) => match &contact.contact.address {
                Address::Webhook(to) => return Ok(self.ping(claimed, to)),
                Address::Mail(_) => Content::Reach(self.reach(Some(id))),
                Address::Push(_) if contact.confirmed => Content::Reach(self.reach(None)),
                Address::Push(_) => return Err(dropped("the contact has not agreed")),
            },
            _ if contact.suspended => return Err(dropped("nothing has come through for days")),
            _ if !contact.confirmed => return Err(dropped("the contact has not agreed")),
            About::Event(_) => {
                let mut told = self.one_issue(claimed)?;
                if matches!(contact.contact.address, Address::Mail(_)) {
                    told.map = self.map(&told);
                }
                Content::Issue(told)
            }
            About::Digest(_) => self.digest(claimed)?,
            About::Fixed(_) => self.fixed(claimed)?,
            About::Stopped(_) => self.stopped(claimed)?,
        };
        let (sender, reader) = (self.sender(claimed), self.reader(claimed));
        match &contact.contact.address {
            Address::Mail(to) => {
                compose_mail(claimed.id.0, &sender, &reader, to, &content, self.now)
                    .map(Parcel::Mail)
                    .map_err(|error| Verdict::Dead { reason: error.to_string() })
            }
            Address::Push(to) => {
                let note = compose_push(&sender, &reader, &content, push_limit);
                Ok(Parcel::Push(to.clone(), note))
            }
            Address::Webhook(to) => {
                let body = compose_webhook(&sender, &reader, &content, claimed.created);
                Ok(self.post(claimed, to, body))
            }
        }
    }

    pub(super) fn sender(&self, claimed: &Claimed) -> Sender {
        let way = WayBack { contact: claimed.contact, mail: MailMark::of(claimed.id.0) };
        let back = self.letterhead.bounce_address.as_ref();
        Sender {
            city: self.city.id,
            city_name: self.city.name.clone(),
            public_url: self.letterhead.public_url.clone(),
            mail_from: self.letterhead.mail_from.clone(),
            return_path: back.and_then(|to| to.of(&way, self.city.id, &self.secrets).ok()),
            list_host: self.letterhead.list_host.clone(),
            zone: self.city.zone.clone(),
            units: self.letterhead.units,
        }
    }

    pub(super) fn reader(&self, claimed: &Claimed) -> Reader {
        let language = self.gathered.languages.get(&claimed.watcher);
        let language: Option<Language> = language.and_then(|tag| tag.parse().ok());
        let manage = Token::Manage { city: self.city.id, watcher: claimed.watcher };
        Reader {
            language: language.unwrap_or_default(),
            manage_link: self.link("watch", manage),
            unsubscribe_all_link: self.unsubscribe_link(claimed.contact, None),
        }
    }

    fn link(&self, page: &str, token: Token) -> String {
        format!("{}/{page}/{}", self.letterhead.public_url, token.seal(&self.secrets))
    }

    fn unsubscribe_link(&self, contact: ContactId, watch: Option<WatchId>) -> String {
        self.link("u", Token::Unsubscribe { city: self.city.id, contact, watch })
    }

    fn question(&self, id: WatchId, claimed: &Claimed) -> Result<Content, Verdict> {
        let waits = |asked: &&AskedAbout| asked.state == WatchState::Unconfirmed;
        let asked = self.gathered.questions.get(&id).filter(waits);
        let asked = asked.ok_or_else(|| dropped("the watch was confirmed or deleted meanwhile"))?;
        let token = Token::Confirm { city: self.city.id, watch: id, contact: claimed.contact };
        Ok(Content::Confirm(Confirm {
            watched: self.watched(asked)?,
            link: self.link("confirm", token),
            code: self.secrets.code(CONFIRM_WATCH, id.0),
        }))
    }

    /// The link to sign in, unless it came too late to be of use.
    fn sign_in(&self, claimed: &Claimed) -> Result<Content, Verdict> {
        let (city, contact) = (self.city.id, claimed.contact);
        let until = claimed.created.plus(SignInLink::LASTS);
        if until <= self.now {
            return Err(dropped("its link would be too old"));
        }
        let link = SignInLink { city, contact, until }.seal(&self.secrets);
        let link = format!("{}/signin/{link}", self.letterhead.public_url);
        Ok(Content::SignIn(SignIn { link, minutes: SignInLink::LASTS.as_secs() / 60 }))
    }

    /// Whether a contact is reached: a link by which an address answers, or the page of whoever tries out a
    /// device.
    fn reach(&self, question: Option<Uuid>) -> Reach {
        let page = question.map_or_else(
            || "account".to_owned(),
            |claim| {
                format!("contact/{}", ClaimLink { city: self.city.id, claim }.seal(&self.secrets))
            },
        );
        Reach { link: format!("{}/{page}", self.letterhead.public_url) }
    }

    fn watched(&self, asked: &AskedAbout) -> Result<Watched, Verdict> {
        Ok(match &asked.number {
            Some(number) if asked.reported => {
                Watched::Report { number: number.clone(), link: self.issue_link(number) }
            }
            Some(number) => Watched::Issue(number.clone()),
            None if asked.follows_issue => return Err(dropped("the issue was deleted")),
            None if asked.wards.is_empty() => Watched::Area,
            None => Watched::Wards(asked.wards.iter().map(|ward| ward.ward.clone()).collect()),
        })
    }

    fn issue_link(&self, number: &str) -> String {
        format!("{}/issues/{number}", self.letterhead.public_url)
    }

    fn one_issue(&self, claimed: &Claimed) -> Result<Told, Verdict> {
        let told = self.told(claimed, &claimed.contents.items);
        told.into_iter().next().ok_or_else(|| {
            let events = claimed.contents.items.iter();
            let mut events = events.filter_map(|item| self.gathered.events.get(&item.event));
            if events.any(|of| self.gathered.mutes.hold(claimed.watcher, &of.event)) {
                dropped("its owner wants to hear no more of this issue, or of who said this")
            } else {
                nothing_left()
            }
        })
    }

    /// The question whether it is fixed, unless it was opened again since it was planned.
    fn fixed(&self, claimed: &Claimed) -> Result<Content, Verdict> {
        let told = self.one_issue(claimed)?;
        if self.gathered.statuses.get(&told.issue) != Some(&Status::Closed) {
            return Err(dropped("the issue was opened again meanwhile"));
        }
        let (city, issue, watcher) = (self.city.id, told.issue, claimed.watcher);
        let link = self.link("fixed", Token::Fixed { city, issue, watcher });
        Ok(Content::Fixed(Fixed { told, link }))
    }

    /// Where it lies, for all readers alike.
    fn map(&self, told: &Told) -> Option<Map> {
        self.maps.map(self.city.id, told.at?, told.ward.as_deref())
    }

    fn digest(&self, claimed: &Claimed) -> Result<Content, Verdict> {
        let items = self.told(claimed, &claimed.contents.items);
        if items.is_empty() {
            return Err(nothing_left());
        }
        Ok(Content::Digest(Digest {
            rhythm: claimed.contents.rhythm.unwrap_or(Rhythm::Daily),
            items,
            more: claimed.contents.more,
            link: format!("{}/", self.letterhead.public_url),
        }))
    }

    /// The issues of a delivery, each once, with the watches that still want it.
    fn told(&self, claimed: &Claimed, items: &[Item]) -> Vec<Told> {
        let mut issues: Vec<(IssueId, Told)> = vec![];
        for item in items {
            let Some(PendingEvent { event, .. }) = self.gathered.events.get(&item.event) else {
                continue;
            };
            let because = self.because(claimed, event, &item.watches);
            if because.is_empty() {
                continue;
            }
            let happening = Happening {
                kind: event.kind,
                at: event.at,
                actor: event.actor,
                office: event.office.clone(),
                comment: event.author.map(|_| event.id),
                text: event.text.clone(),
            };
            if let Some((_, told)) = issues.iter_mut().find(|(id, _)| *id == event.issue) {
                // What is said of the issue is how the last of its events left it.
                told.status = event.status;
                told.category.clone_from(&event.category);
                told.address.clone_from(&event.address);
                told.at = event.believed_position();
                told.description.clone_from(&event.description);
                told.happenings.push(happening);
                for one in because {
                    if !told.because.contains(&one) {
                        told.because.push(one);
                    }
                }
                continue;
            }
            let told = Told {
                issue: event.issue,
                number: event.number.clone(),
                category: event.category.clone(),
                address: event.address.clone(),
                at: event.believed_position(),
                map: None,
                ward: self.usual_ward(event.issue),
                description: event.description.clone(),
                status: event.status,
                happenings: vec![happening],
                link: self.issue_link(&event.number),
                because,
            };
            issues.push((event.issue, told));
        }
        issues.into_iter().map(|(_, told)| told).collect()
    }

    /// The ward that holds an issue, of the layer whose wards people know by number.
    fn usual_ward(&self, issue: IssueId) -> Option<String> {
        let rows = self.gathered.wards.get(&issue)?;
        let holds = |row: &&IssueWardRow| row.ward.layer == USUAL_LAYER && !row.near;
        rows.iter().find(holds).map(|row| row.ward.ward.clone())
    }

    fn because(
        &self,
        claimed: &Claimed,
        event: &IssueEvent,
        watches: &[WatchNumber],
    ) -> Vec<Because> {
        if self.gathered.mutes.hold(claimed.watcher, event) {
            return vec![];
        }
        watches
            .iter()
            .filter_map(|number| self.gathered.watches.get(number))
            .filter(|watch| watch.state == WatchState::Active)
            .map(|watch| Because {
                watch_name: watch.name.clone(),
                middle: watch.middle,
                area_ended: watch.follow_ended.is_some_and(|at| self.now <= at.plus(NEWS_OF_AREA)),
                near_ward: self.near_ward(event.issue, &watch.wards),
                unsubscribe_link: self.unsubscribe_link(claimed.contact, Some(watch.id)),
            })
            .collect()
    }

    /// The ward of a watch that holds an issue only by tolerance: it lies on the ward line.
    fn near_ward(&self, issue: IssueId, wards: &[WardRef]) -> Option<String> {
        let rows = self.gathered.wards.get(&issue)?;
        let of = |wanted: &WardRef| rows.iter().find(|row| row.ward == *wanted);
        let hits: Vec<&IssueWardRow> = wards.iter().filter_map(of).collect();
        if hits.iter().any(|row| !row.near) {
            None
        } else {
            hits.first().map(|row| row.ward.ward.clone())
        }
    }
}

pub(super) fn dropped(reason: &str) -> Verdict {
    Verdict::Dropped { reason: reason.to_owned() }
}

fn nothing_left() -> Verdict {
    dropped("no watch wants it any more")
}
