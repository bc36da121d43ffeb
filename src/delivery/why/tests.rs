use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::delivery::Item;
use crate::geometry::{Position, Shape};
use crate::issue::{Actor, Category, EventId, IssueId, Status};
use crate::watch::{Filter, Keywords, Meant, Via, WatchId};
use crate::watcher::{Pause, WatcherId};

const NINE: Timestamp = Timestamp::from_millis(1_777_903_200_000);

fn hours(count: u64) -> Timestamp {
    NINE.plus(Duration::from_hours(count))
}

fn ward(key: &str) -> WardRef {
    WardRef { layer: "wards".into(), ward: key.into() }
}

/// A pothole that opened at nine in ward 1, and was matched then.
fn pothole() -> IssueEvent {
    IssueEvent {
        id: EventId(Uuid::from_u128(1)),
        issue: IssueId(Uuid::from_u128(2)),
        number: "26-000001".into(),
        kind: Kind::Opened,
        at: NINE,
        actor: Actor::Resident,
        author: None,
        office: None,
        text: None,
        category: Category::from("Pothole"),
        status: Status::Received,
        description: "A deep hole".into(),
        address: String::new(),
        position: Some(Position { lon: -87.65, lat: 41.88 }),
        place: Place::Good,
        quiet: None,
    }
}

/// Ada's watch of the block around it, at once, by mail, made before.
fn home() -> Watching {
    let centre = Position { lon: -87.65, lat: 41.88 };
    Watching {
        watch: Watch {
            id: WatchId(Uuid::from_u128(3)),
            number: WatchNumber(7),
            watcher: WatcherId(Uuid::from_u128(4)),
            name: "Home".into(),
            target: Target::Area(Shape::circle(centre, 300.0).unwrap().into()),
            filter: Filter::for_places(),
            rhythm: Rhythm::AtOnce,
            via: Via::MAIL,
        },
        confirmed: Some(NINE.minus(Duration::from_hours(24))),
        deleted: None,
        paused: false,
        wards: vec![],
    }
}

fn mailbox(consent: Consent) -> Reached {
    Reached { id: ContactId(Uuid::from_u128(5)), kind: ContactKind::Mail, consent }
}

fn agreed() -> Reached {
    mailbox(Consent::Confirmed { since: Some(NINE.minus(Duration::from_hours(24))) })
}

fn trip(about: About, items: Vec<Item>, more: usize) -> Trip {
    Trip {
        id: DeliveryId(Uuid::from_u128(6)),
        contact: ContactId(Uuid::from_u128(5)),
        kind: ContactKind::Mail,
        about,
        contents: Contents { items, more, ..Contents::default() },
        fate: Fate::Sent { at: NINE, reply: "250".into() },
        created: hours(1),
    }
}

/// Everything around the watch is as it should be; what is asked is why it did not speak.
struct Town {
    event: IssueEvent,
    contacts: Vec<Reached>,
    trips: Vec<Trip>,
    later: Vec<Later>,
    matched: Option<Timestamp>,
    pause: Option<Pause>,
    muted: Option<Timestamp>,
    muted_author: Option<Timestamp>,
    own: bool,
}

impl Town {
    fn usual() -> Self {
        let (event, contacts) = (pothole(), vec![agreed()]);
        let (trips, later, matched) = (vec![], vec![], Some(NINE));
        Self {
            event,
            contacts,
            trips,
            later,
            matched,
            pause: None,
            muted: None,
            muted_author: None,
            own: false,
        }
    }

    fn answer<R>(&self, one: &Watching, read: impl FnOnce(Answer<'_>) -> R) -> R {
        read(why(&Case {
            event: &self.event,
            matched: self.matched,
            wards: &[ward("1")],
            contacts: &self.contacts,
            watches: std::slice::from_ref(one),
            trips: &self.trips,
            later: &self.later,
            pause: self.pause,
            muted: self.muted,
            muted_author: self.muted_author,
            own: self.own,
        }))
    }

    fn reason(&self, one: &Watching) -> Reason {
        self.answer(one, |answer| {
            assert!(answer.told.is_empty());
            let mut not = answer.not;
            answer.nobody.unwrap_or_else(|| not.remove(0).1)
        })
    }
}

fn of(change: impl FnOnce(&mut Watching)) -> Reason {
    let mut one = home();
    change(&mut one);
    Town::usual().reason(&one)
}

fn in_town(change: impl FnOnce(&mut Town)) -> Reason {
    let mut town = Town::usual();
    change(&mut town);
    town.reason(&home())
}

#[test]
fn what_keeps_an_event_from_everybody_comes_first() {
    assert_eq!(in_town(|town| town.matched = None), Reason::NotMatchedYet);
    assert_eq!(in_town(|town| town.event.quiet = Some(Quiet::Old)), Reason::Old);
    let backfill = |town: &mut Town| town.event.quiet = Some(Quiet::Backfill);
    assert_eq!(in_town(backfill), Reason::Backfill);
}

#[test]
fn a_watch_that_did_not_speak_says_since_when() {
    assert_eq!(of(|one| one.confirmed = None), Reason::WatchUnconfirmed);
    assert_eq!(of(|one| one.paused = true), Reason::WatchPaused);
    let (at, confirmed) = (hours(2), hours(1));
    assert_eq!(of(|one| one.deleted = Some(at)), Reason::WatchDeleted { at });
    assert_eq!(of(|one| one.confirmed = Some(confirmed)), Reason::WatchTooLate { confirmed });
}

#[test]
fn an_issue_elsewhere_is_so_many_metres_or_another_ward_away() {
    let far = Position { lon: -87.66, lat: 41.88 };
    let reason = in_town(|town| town.event.position = Some(far));
    assert!(matches!(reason, Reason::Outside { metres } if (metres - 528.0).abs() < 1.0));
    let (mut town, mut late) = (Town::usual(), home());
    (town.event.position, late.confirmed) = (Some(far), Some(hours(1)));
    let reason = town.reason(&late);
    assert!(matches!(reason, Reason::Outside { .. }), "it missed nothing: {reason:?}");
    let mut follows = home();
    let wards = vec![ward("2")];
    follows.watch.target = Target::Wards { wards: wards.clone(), meant: Meant::ThisWard };
    follows.wards.clone_from(&wards);
    let other = Reason::OtherWard { lies_in: vec![ward("1")], follows: wards };
    assert_eq!(Town::usual().reason(&follows), other);
    let another = Target::Issue(IssueId(Uuid::from_u128(9)));
    assert_eq!(of(|one| one.watch.target = another), Reason::OtherIssue);
}

#[test]
fn a_place_that_is_not_believed_reaches_nobody_who_watches_places() {
    for place in [Place::Missing, Place::HotPoint, Place::Swapped] {
        let reason = in_town(|town| town.event.place = place);
        assert_eq!(reason, Reason::PlaceNotBelieved { place });
    }
    let mut town = Town::usual();
    town.event.place = Place::HotPoint;
    let mut follower = home();
    follower.watch.target = Target::Issue(town.event.issue);
    assert_eq!(town.reason(&follower), Reason::ChangedSince, "it should have been told");
}

#[test]
fn a_filter_says_which_part_of_it_held_the_event_back() {
    let kind = in_town(|town| town.event.kind = Kind::Closed);
    assert_eq!(kind, Reason::KindNotWanted { kind: Kind::Closed });
    let category = of(|one| one.watch.filter.categories = vec!["Graffiti".into()]);
    assert_eq!(category, Reason::CategoryNotWanted { category: "Pothole".into() });
    let keywords = Keywords { exclude: vec!["hole".into()], ..Keywords::default() };
    assert_eq!(of(|one| one.watch.filter.keywords = keywords), Reason::WordsNotWanted);
}

#[test]
fn a_person_without_a_road_says_what_is_wrong_with_each_contact() {
    assert_eq!(in_town(|town| town.contacts.clear()), Reason::NoRoad { contacts: vec![] });
    let gone = Consent::Retired { at: Some(NINE), why: "550 5.1.1 unknown".into() };
    for consent in [Consent::Unconfirmed, gone] {
        let reason = in_town(|town| town.contacts = vec![mailbox(consent.clone())]);
        assert_eq!(reason, Reason::NoRoad { contacts: vec![(ContactKind::Mail, consent)] });
    }
    let confirmed = hours(1);
    let late = mailbox(Consent::Confirmed { since: Some(confirmed) });
    let reason = in_town(|town| town.contacts = vec![late]);
    assert_eq!(reason, Reason::RoadTooLate { confirmed });
    let push = of(|one| one.watch.via = Via::PUSH);
    assert_eq!(push, Reason::NoRoad { contacts: vec![] }, "a mailbox is no browser");
}

#[test]
fn a_digest_is_due_or_was_full() {
    let mut daily = home();
    daily.watch.rhythm = Rhythm::Daily;
    let mut town = Town::usual();
    let (rhythm, due) = (Rhythm::Daily, hours(22));
    town.later = vec![Later { watch: WatchNumber(7), rhythm, due }];
    assert_eq!(town.reason(&daily), Reason::DigestDue { rhythm, due });
    town.later.clear();
    assert_eq!(town.reason(&daily), Reason::ChangedSince);
    town.trips = vec![trip(About::Digest(Uuid::from_u128(8)), vec![], 12)];
    assert_eq!(town.reason(&daily), Reason::DigestFull { at: hours(1), more: 12 });
}

#[test]
fn a_muted_issue_is_told_by_no_watch_and_in_no_digest() {
    let mut town = Town::usual();
    town.later = vec![Later { watch: WatchNumber(7), rhythm: Rhythm::AtOnce, due: hours(10) }];
    town.muted = Some(NINE);
    assert_eq!(town.reason(&home()), Reason::IssueMuted { since: NINE });
    town.muted = Some(hours(1));
    assert_eq!(town.reason(&home()), Reason::IssueMuted { since: hours(1) });
    town.later.clear();
    assert_eq!(town.reason(&home()), Reason::ChangedSince, "it was muted later");
    town.muted = Some(NINE);
    assert_eq!(town.reason(&home()), Reason::IssueMuted { since: NINE });
}

#[test]
fn a_message_that_went_out_after_its_issue_was_muted_did_not_tell_it() {
    let item = Item { event: pothole().id, watches: vec![WatchNumber(7)] };
    let mut sent = trip(About::Event(pothole().id), vec![item], 0);
    sent.fate = Fate::Sent { at: hours(2), reply: "250".into() };
    let mut town = Town::usual();
    town.trips = vec![sent];
    let tells = |town: &Town| town.answer(&home(), |answer| answer.told.len());
    for (muted, told) in [(None, true), (Some(hours(3)), true), (Some(hours(1)), false)] {
        (town.muted, town.muted_author) = (muted, None);
        assert_eq!(tells(&town), usize::from(told), "{muted:?}");
        (town.muted, town.muted_author) = (None, muted);
        assert_eq!(tells(&town), usize::from(told), "{muted:?}");
    }
    assert_eq!(town.reason(&home()), Reason::AuthorMuted { since: hours(1) });
}

#[test]
fn what_somebody_says_who_is_muted_is_told_by_no_watch_and_in_no_digest() {
    let mut town = Town::usual();
    town.muted_author = Some(NINE);
    assert_eq!(town.reason(&home()), Reason::AuthorMuted { since: NINE });
    town.muted_author = Some(hours(1));
    assert_eq!(town.reason(&home()), Reason::ChangedSince, "it was muted later");
    town.later = vec![Later { watch: WatchNumber(7), rhythm: Rhythm::Daily, due: hours(10) }];
    assert_eq!(town.reason(&home()), Reason::AuthorMuted { since: hours(1) });
    town.muted = Some(NINE);
    assert_eq!(town.reason(&home()), Reason::IssueMuted { since: NINE }, "that comes first");
    town.own = true;
    assert_eq!(town.reason(&home()), Reason::OwnComment);
}

#[test]
fn a_watch_that_ended_since_was_silent_because_it_had_not_begun() {
    let town = Town::usual();
    let mut late = home();
    (late.confirmed, late.deleted) = (Some(hours(1)), Some(hours(2)));
    assert_eq!(town.reason(&late), Reason::WatchTooLate { confirmed: hours(1) });
    let mut ended = home();
    ended.deleted = Some(hours(2));
    assert_eq!(town.reason(&ended), Reason::WatchDeleted { at: hours(2) });
}

#[test]
fn no_digest_is_promised_to_an_address_that_is_gone() {
    let mut town = Town::usual();
    town.later = vec![Later { watch: WatchNumber(7), rhythm: Rhythm::Daily, due: hours(10) }];
    let gone = Consent::Retired { at: Some(hours(1)), why: "550 5.1.1".into() };
    town.contacts = vec![Reached { consent: gone.clone(), ..agreed() }];
    assert_eq!(town.reason(&home()), Reason::NoRoad { contacts: vec![(agreed().kind, gone)] });
}

#[test]
fn a_person_who_rests_hears_when_they_wake_or_not_at_all() {
    let mut town = Town::usual();
    let (rhythm, due) = (Rhythm::AtOnce, hours(10));
    town.later = vec![Later { watch: WatchNumber(7), rhythm, due }];
    assert_eq!(town.reason(&home()), Reason::DigestDue { rhythm, due });
    let paused = |since, until| in_town(|town| town.pause = Some(Pause { since, until }));
    let before = NINE.minus(Duration::from_hours(1));
    assert_eq!(paused(before, hours(1)), Reason::OwnerPaused { until: hours(1) });
    assert_eq!(paused(before, NINE), Reason::ChangedSince, "it was over then");
    assert_eq!(paused(hours(1), hours(2)), Reason::ChangedSince, "it had not begun");
    // What a night's message counted and did not list.
    let mut town = Town::usual();
    let mut night = trip(About::Digest(Uuid::from_u128(8)), vec![], 5);
    night.contents.rhythm = Some(Rhythm::AtOnce);
    town.trips = vec![night];
    assert_eq!(town.reason(&home()), Reason::DigestFull { at: hours(1), more: 5 });
}

#[test]
fn what_was_told_is_told_by_the_watches_that_the_message_names() {
    let mut town = Town::usual();
    let item = Item { event: town.event.id, watches: vec![WatchNumber(7)] };
    // In one message with what happened next.
    let next = Item { event: EventId(Uuid::from_u128(10)), watches: vec![WatchNumber(7)] };
    town.trips = vec![
        trip(About::Event(next.event), vec![item, next.clone()], 0),
        trip(About::Event(next.event), vec![next], 0),
    ];
    town.answer(&home(), |answer| {
        assert_eq!((answer.told.len(), answer.not.len(), answer.nobody), (1, 0, None));
        assert_eq!(answer.told[0].1[0].name, "Home");
    });
    // A watch that the message does not name has a reason of its own.
    let mut work = home();
    work.watch.number = WatchNumber(8);
    work.paused = true;
    town.answer(&work, |answer| {
        assert_eq!((answer.told.len(), answer.not.len()), (1, 1));
        assert_eq!(answer.not[0].1, Reason::WatchPaused);
    });
}
