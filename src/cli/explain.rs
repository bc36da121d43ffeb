//! `wardwatch explain`: why somebody was or was not told of an issue.

use std::fmt::Write as _;

use clap::Args;
use clap::builder::BoolishValueParser;
use serde_json::Value;

use crate::clock::{Clock, Timestamp, Zone};
use crate::config::DeskSettings;
use crate::delivery::{About, Consent, Fate, Reason, Trip};
use crate::engine::CaseFile;
use crate::issue::Place;
use crate::ward::WardRef;
use crate::watch::{Rhythm, Watch};
use crate::watcher::{Address, ContactKind, EmailAddress};

use super::run::{Failure, local_time as local, look, print};

#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The person's mail address
    email: EmailAddress,
    /// The issue's number, as in 26-001234
    issue: String,
    /// One JSON object
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(args: ExplainArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let mut tx = store.read().await?;
    let issue = tx.issue_numbered(city.id, &args.issue).await?.ok_or_else(|| {
        Failure::new(format!("no issue has the number {}; it looks like 26-001234", args.issue))
    })?;
    let address = Address::Mail(args.email.clone());
    let Some(known) = tx.contact_at(city.id, &address).await? else {
        return Err(Failure::new(format!(
            "nobody has ever watched with the address {}, or it was forgotten since",
            args.email.as_str()
        )));
    };
    let now = Clock::System.now();
    let file = CaseFile::gather(&mut tx, &city, issue, known.contact.watcher, now).await?;
    drop(tx);
    store.close().await;
    let text = if args.json {
        format!("{}\n", as_json(&file, args.email.as_str()))
    } else {
        told(&file, args.email.as_str(), &city.zone)
    };
    print(&text)?;
    Ok(())
}

fn told(file: &CaseFile, email: &str, zone: &Zone) -> String {
    let standing = &file.issue.standing;
    let address = if standing.address.is_empty() { "no address" } else { &standing.address };
    let mut text = format!("{}, {}, {address}: {email}\n", file.issue.number, standing.category);
    if file.watches.is_empty() {
        text.push_str("  has no watch\n");
    }
    for event in &file.events {
        let (kind, at) = (event.event.kind.name(), local(zone, event.event.at));
        let _ = writeln!(text, "{at} {kind}");
        let answer = file.answer(event);
        for (trip, watches) in &answer.told {
            let _ = writeln!(text, "  {}", trip_told(trip, watches, zone));
        }
        if let Some(reason) = &answer.nobody {
            let _ = writeln!(text, "  nobody is told: {}", sentence(reason, zone));
        }
        for (watch, reason) in &answer.not {
            let sentence = sentence(reason, zone);
            let _ = writeln!(text, "  not by the watch “{}”: {sentence}", watch.name);
        }
    }
    text
}

fn as_json(file: &CaseFile, email: &str) -> Value {
    let mut all = file.as_json();
    all["email"] = email.into();
    all
}

fn trip_told(trip: &Trip, watches: &[&Watch], zone: &Zone) -> String {
    let by = match watches {
        [] => "a watch that is another person's now".to_owned(),
        [one] => format!("the watch “{}”", one.name),
        all => {
            let names: Vec<_> = all.iter().map(|watch| format!("“{}”", watch.name)).collect();
            format!("the watches {}", names.join(" and "))
        }
    };
    let how = match (trip.kind, trip.about, trip.contents.items.len()) {
        (kind, About::Digest(_), _) => format!("in a digest by {}", kind.name()),
        (kind, About::Fixed(_), _) => {
            format!("with the question whether it is fixed, by {}", kind.name())
        }
        (kind, _, 0 | 1) => format!("by {}", kind.name()),
        (kind, _, some) => format!("by {}, one message for {some} events", kind.name()),
    };
    let because = |text: &str| if text.is_empty() { String::new() } else { format!(": {text}") };
    match &trip.fate {
        Fate::Sent { at, reply } => {
            format!("told {how} at {}, by {by}{}", local(zone, *at), because(reply))
        }
        Fate::Waiting { due, last } => {
            let last = last.as_deref().map(|last| format!(", after: {last}")).unwrap_or_default();
            format!("to be told {how}, by {by}; due at {}{last}", local(zone, *due))
        }
        Fate::Retired { at, reason } => {
            let at = local(zone, *at);
            format!("not told {how}, by {by}: given up at {at}{}", because(reason))
        }
        Fate::Dead { at, reason } => {
            let at = local(zone, *at);
            format!(
                "not told {how}, by {by}: dead since {at}{}; wardwatch outbox retry {}",
                because(reason),
                trip.id.0
            )
        }
    }
}

/// A reason, as an operator would tell it to the person.
fn sentence(reason: &Reason, zone: &Zone) -> String {
    let at = |at: &Timestamp| local(zone, *at);
    match reason {
        Reason::NotMatchedYet => {
            "it waits to be matched; `wardwatch serve` does it within a second".to_owned()
        }
        Reason::Backfill => "it was brought as history (--backfill)".to_owned(),
        Reason::Old => "it was no news any more when it arrived".to_owned(),
        Reason::WatchUnconfirmed => "its owner has not confirmed it".to_owned(),
        Reason::WatchDeleted { at: when } => format!("it was deleted at {}", at(when)),
        Reason::WatchPaused => "it is paused".to_owned(),
        Reason::WatchTooLate { confirmed } => {
            format!("it was confirmed at {}, after this had happened", at(confirmed))
        }
        Reason::PlaceNotBelieved { place } => place_told(*place).to_owned(),
        Reason::Outside { metres } if *metres < 1.0 => {
            format!("it lies {metres:.2} m outside its area")
        }
        Reason::Outside { metres } => format!("it lies {metres:.0} m outside its area"),
        Reason::OtherWard { lies_in, follows } => {
            let (lies_in, follows) = (wards_told(lies_in), wards_told(follows));
            format!("it lies in {lies_in}, and the watch follows {follows}")
        }
        Reason::OtherIssue => "it follows another issue".to_owned(),
        Reason::KindNotWanted { kind } => format!("it does not want `{}` events", kind.name()),
        Reason::CategoryNotWanted { category } => {
            format!("the category “{category}” is not among its own")
        }
        Reason::NotOfficial => "it wants only what officials say and do".to_owned(),
        Reason::WordsNotWanted => "its keywords do not let this through".to_owned(),
        Reason::NoRoad { contacts } => no_road_told(contacts, zone),
        Reason::RoadTooLate { confirmed } => {
            format!("its owner could be reached only from {} on", at(confirmed))
        }
        Reason::DigestDue { rhythm, due } => match rhythm {
            Rhythm::AtOnce => format!(
                "its owner has quiet hours, or was told of many issues within the hour: it \
                     comes at {}, with all else that waits",
                at(due)
            ),
            rhythm => format!("the {} digest will tell it at {}", rhythm.name(), at(due)),
        },
        Reason::OwnerPaused { until } => {
            format!("its owner wanted to hear nothing until {}", at(until))
        }
        Reason::IssueMuted { since } => {
            format!("its owner wants to hear no more of this issue since {}", at(since))
        }
        Reason::OwnComment => "its owner said it".to_owned(),
        Reason::AuthorMuted { since } => {
            format!("its owner wants to hear no more of whoever said this since {}", at(since))
        }
        Reason::DigestFull { at: when, more } => {
            format!("the digest of {} listed 25 issues and counted the other {more}", at(when))
        }
        Reason::ChangedSince => {
            "by what is stored now it would have been told: the watch or its owner's contacts \
             were changed since"
                .to_owned()
        }
    }
}

fn place_told(place: Place) -> &'static str {
    match place {
        Place::Good => "its place is believed",
        Place::Missing => "it has no place",
        Place::NullIsland => "its place is 0/0, which is none",
        Place::Swapped => "its longitude and latitude are swapped",
        Place::OutsideCity => "its place is outside the city",
        Place::HotPoint => {
            "its place is held, for too much of its source's reports lie there; see: wardwatch \
             places list"
        }
    }
}

fn wards_told(wards: &[WardRef]) -> String {
    if wards.is_empty() {
        return "no ward".to_owned();
    }
    let named = wards.iter().map(|ward| format!("{} {}", ward.layer, ward.ward));
    named.collect::<Vec<_>>().join(" and ")
}

fn no_road_told(contacts: &[(ContactKind, Consent)], zone: &Zone) -> String {
    if contacts.is_empty() {
        return "its owner has no contact of the kind that it is told by".to_owned();
    }
    let since = |at: &Option<Timestamp>| {
        at.map(|at| format!(" since {}", local(zone, at))).unwrap_or_default()
    };
    let one = |(kind, consent): &(ContactKind, Consent)| {
        let contact = match kind {
            ContactKind::Mail => "the mail address",
            ContactKind::Push => "the browser",
            ContactKind::Webhook => "the webhook",
        };
        match consent {
            Consent::Unconfirmed => format!("{contact} has not been confirmed"),
            Consent::Confirmed { .. } => format!("{contact} is confirmed"),
            Consent::Suspended { at, why } => {
                format!("{contact} is suspended{}: {why}", since(at))
            }
            Consent::Retired { at, why } => format!("{contact} is retired{}: {why}", since(at)),
        }
    };
    contacts.iter().map(one).collect::<Vec<_>>().join("; ")
}
