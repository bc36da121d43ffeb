use uuid::Uuid;

use super::*;
use crate::bench::sinks::MailArrival;
use crate::delivery::{Contents, Item};
use crate::geometry::Shape;
use crate::issue::{Actor, Category, Status};
use crate::watch::{Filter, Via, WatchId, WatchNumber};
use crate::watcher::Contact;

const HOME: Position = Position { lon: 10.5, lat: 0.5 };

fn event(n: u128, at: Position) -> IssueEvent {
    IssueEvent {
        id: EventId(Uuid::from_u128(n)),
        issue: IssueId(Uuid::from_u128(n)),
        number: String::new(),
        kind: crate::issue::Kind::Opened,
        at: Timestamp::from_millis(0),
        actor: Actor::System,
        author: None,
        office: None,
        text: None,
        category: Category::from("Pothole"),
        status: Status::Received,
        description: String::new(),
        address: String::new(),
        position: Some(at),
        place: Place::Good,
        quiet: None,
    }
}

fn trip(n: u128, about: About, told: &[u128], more: usize) -> Trip {
    let item = |event: &u128| Item {
        event: EventId(Uuid::from_u128(*event)),
        watches: vec![WatchNumber(1)],
    };
    let items = told.iter().map(item).collect();
    Trip {
        id: DeliveryId(Uuid::from_u128(n)),
        contact: ContactId(Uuid::from_u128(8)),
        kind: ContactKind::Mail,
        about,
        contents: Contents { items, more, ..Contents::default() },
        fate: Fate::Sent { at: Timestamp::from_millis(0), reply: String::new() },
        created: Timestamp::from_millis(0),
    }
}

/// Ada watches around her home; one thing happens there, another does not.
fn held_against(rhythm: Rhythm, trips: Vec<Trip>, mails: usize) -> [usize; 4] {
    let watcher = WatcherId(Uuid::from_u128(7));
    let address = Address::Mail("ada@example.org".parse().unwrap());
    let contact = Contact { id: ContactId(Uuid::from_u128(8)), watcher, address };
    let watch = Watch {
        id: WatchId(Uuid::from_u128(9)),
        number: WatchNumber(1),
        watcher,
        name: "Home".into(),
        target: Target::Area(Shape::circle(HOME, 300.0).unwrap().into()),
        filter: Filter::for_places(),
        rhythm,
        via: Via::MAIL,
    };
    let stored = Stored {
        events: vec![event(1, HOME), event(2, Position { lon: 10.6, lat: 0.5 })],
        watches: vec![watch],
        contacts: vec![ContactRow {
            contact,
            confirmed: true,
            suspended: false,
            retired: false,
            silenced: false,
            confirmed_at: None,
            failing_at: None,
            why: None,
            device: None,
            since: Timestamp::from_millis(0),
        }],
        trips,
    };
    let mail = MailArrival {
        to: vec!["ada@example.org".into()],
        message_id: String::new(),
        thread: None,
        bytes: 0,
        at: Instant::now(),
    };
    let played = Played {
        mails: vec![mail; mails],
        pushes: vec![],
        handed: vec![],
        spoken: HashMap::new(),
        refused: 0,
        rounds: [1, 1],
    };
    let mut report = ReplayReport::default();
    balance(&stored, &played, &[], &mut report);
    [report.missed, report.repeated, report.unasked, report.counted_in_digests]
}

#[test]
fn what_is_missing_doubled_or_unasked_counts() {
    let alone = |n| About::Event(EventId(Uuid::from_u128(n)));
    let digest = About::Digest(Uuid::from_u128(3));
    let told = || trip(1, alone(1), &[1], 0);
    let counting = |rhythm| {
        let mut full = trip(2, digest, &[], 1);
        full.contents.rhythm = Some(rhythm);
        full
    };
    let at_once = |trips, mails| held_against(Rhythm::AtOnce, trips, mails);
    assert_eq!(at_once(vec![told()], 1), [0, 0, 0, 0]);
    assert_eq!(at_once(vec![], 0), [1, 0, 0, 0], "not even planned");
    assert_eq!(at_once(vec![told()], 0), [1, 0, 0, 0], "it never arrived");
    assert_eq!(at_once(vec![told()], 2), [0, 1, 0, 0], "it arrived twice");
    assert_eq!(at_once(vec![told(), trip(2, digest, &[1], 0)], 2), [0, 1, 0, 0]);
    assert_eq!(at_once(vec![told(), trip(2, alone(2), &[2], 0)], 2), [0, 0, 1, 0]);
    assert_eq!(at_once(vec![counting(Rhythm::Daily)], 1), [1, 0, 0, 0], "that is another");
    assert_eq!(at_once(vec![counting(Rhythm::AtOnce)], 1), [0, 0, 0, 1], "it was too much");
    let daily = |trips, mails| held_against(Rhythm::Daily, trips, mails);
    assert_eq!(daily(vec![trip(2, digest, &[], 1)], 1), [0, 0, 0, 1], "counted, not listed");
    assert_eq!(daily(vec![], 0), [1, 0, 0, 0]);
}
