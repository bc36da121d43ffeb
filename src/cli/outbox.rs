//! `wardwatch outbox`: what waits and why, and the operator's word on it.

use std::collections::HashSet;
use std::fmt::Write as _;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use uuid::Uuid;

use crate::clock::{Clock, Timestamp, Zone};
use crate::config::DeskSettings;
use crate::delivery::{About, DeliveryId, Lane};
use crate::store::{City, DeliveryState, OutboxQuery, OutboxRow, Pile, Store};
use crate::watcher::ContactKind;

use super::run::{Failure, counted, local_time, look, print, say};

#[derive(Subcommand, Debug)]
pub enum Outbox {
    /// Lists what waits and what is dead: first in piles with their reasons, then one by one
    List(ListArgs),
    /// Makes deliveries due now; dead ones begin anew
    Retry(RetryArgs),
    /// Ends deliveries that nobody shall get
    Discard(DiscardArgs),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum State {
    Waiting,
    Dead,
    Sent,
    Retired,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Road {
    Mail,
    Push,
    Webhook,
}

#[derive(Args, Debug)]
pub struct ListArgs {
    /// Only these [default: waiting and dead]
    #[arg(long, value_enum, env = "WARDWATCH_STATE")]
    state: Option<State>,
    /// Only mails, only pushes, or only what goes to webhooks
    #[arg(long, value_enum, env = "WARDWATCH_KIND")]
    kind: Option<Road>,
    /// How many are listed one by one
    #[arg(long, value_name = "N", default_value_t = 50, env = "WARDWATCH_LIMIT")]
    limit: u32,
    /// Shows addresses in full
    #[arg(long, env = "WARDWATCH_SHOW_ADDRESSES", value_parser = BoolishValueParser::new())]
    show_addresses: bool,
    /// One JSON object a line, for each delivery
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct RetryArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct DiscardArgs {
    #[command(flatten)]
    which: Which,
    /// Why, for whoever asks later
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "no reason given",
        env = "WARDWATCH_DISCARD_REASON"
    )]
    reason: String,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Which {
    /// Deliveries, as `outbox list` names them
    #[arg(value_name = "ID", value_parser = listed)]
    ids: Vec<Uuid>,
    /// All that are dead
    #[arg(long, env = "WARDWATCH_ALL_DEAD", value_parser = BoolishValueParser::new())]
    all_dead: bool,
}

/// A delivery's id, for clap.
fn listed(text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| "write the id that `wardwatch outbox list` shows".to_owned())
}

pub async fn run(what: Outbox) -> Result<(), Failure> {
    match what {
        Outbox::List(args) => list(args).await,
        Outbox::Retry(args) => retry(args).await,
        Outbox::Discard(args) => discard(args).await,
    }
}

/// How many piles are told apart by their reasons.
const PILES: usize = 20;

async fn list(args: ListArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let query = OutboxQuery {
        state: args.state.map(|state| match state {
            State::Waiting => DeliveryState::Waiting,
            State::Dead => DeliveryState::Dead,
            State::Sent => DeliveryState::Sent,
            State::Retired => DeliveryState::Retired,
        }),
        kind: args.kind.map(|kind| match kind {
            Road::Mail => ContactKind::Mail,
            Road::Push => ContactKind::Push,
            Road::Webhook => ContactKind::Webhook,
        }),
    };
    let now = Clock::System.now();
    let mut tx = store.read().await?;
    let piles = tx.outbox_piles(city.id, query).await?;
    let rows = tx.outbox_rows(city.id, query, args.limit.into(), now).await?;
    drop(tx);
    store.close().await;
    let all: i64 = piles.iter().map(|pile| pile.count).sum();
    let mut text = String::new();
    if args.json {
        for row in &rows {
            let _ = writeln!(text, "{}", as_json(row, args.show_addresses));
        }
    } else {
        text.extend(piles.iter().take(PILES).map(|pile| pile_line(pile, &city.zone)));
        if piles.len() > PILES {
            let _ = writeln!(text, "and {} piles with other reasons", piles.len() - PILES);
        }
        if !rows.is_empty() {
            text.push('\n');
        }
        text.extend(rows.iter().map(|row| row_line(row, now, &city.zone, args.show_addresses)));
    }
    print(&text)?;
    let shown = rows.len();
    let what = query.state.map_or("waiting or dead", |state| match state {
        DeliveryState::Waiting => "waiting",
        DeliveryState::Sent => "sent",
        DeliveryState::Retired => "given up",
        DeliveryState::Dead => "dead",
    });
    let all = u64::try_from(all).unwrap_or(0);
    let cut = all > shown as u64;
    let listed = if cut { format!("; {shown} are listed, see --limit") } else { String::new() };
    say(&format!("{what}: {}{listed}", deliveries(all)));
    Ok(())
}

fn pile_line(pile: &Pile, zone: &Zone) -> String {
    let Pile { state, kind, lane, outcome, count, due } = pile;
    let (state, kind, lane) = (state.name(), kind.name(), lane_name(*lane));
    let why = match (outcome, pile.state) {
        (Some(why), _) => why.clone(),
        (None, DeliveryState::Waiting) => {
            format!("not tried yet, first due {}", local_time(zone, *due))
        }
        (None, _) => String::new(),
    };
    format!("{count:>8}  {state:<8} {kind:<4}  {lane:<12}  {}\n", one_line(&why))
}

fn row_line(row: &OutboxRow, now: Timestamp, zone: &Zone, whole: bool) -> String {
    let OutboxRow { id, state, kind, lane, attempts, .. } = row;
    let when = match (row.settled, row.in_hand) {
        (Some(at), _) => format!("{} {}", state.name(), local_time(zone, at)),
        (None, true) => format!("in hand until {}", local_time(zone, row.due)),
        (None, false) if row.due <= now => format!("due since {}", local_time(zone, row.due)),
        (None, false) => format!("due at {}", local_time(zone, row.due)),
    };
    let outcome = row.outcome.as_deref().unwrap_or("not tried yet");
    format!(
        "{}  {:<4}  {:<12}  {}  to {}  {when}  attempts {attempts}  {}\n",
        id.0,
        kind.name(),
        lane_name(*lane),
        told(row),
        shown(row, whole),
        one_line(outcome)
    )
}

fn as_json(row: &OutboxRow, whole: bool) -> serde_json::Value {
    json!({
        "id": row.id.0, "state": row.state.name(), "kind": row.kind.name(),
        "lane": lane_name(row.lane), "tells": told(row), "events": row.events,
        "issue": row.issue.as_ref().map(|(number, _)| number), "to": shown(row, whole),
        "due": row.due, "in_hand": row.in_hand, "attempts": row.attempts,
        "outcome": row.outcome, "created": row.created, "settled": row.settled,
    })
}

/// What it tells, in a few words.
fn told(row: &OutboxRow) -> String {
    match (row.about, &row.issue) {
        (About::Confirm(_), _) => "a question to confirm".to_owned(),
        (About::Fixed(_), _) => "the question whether it is fixed".to_owned(),
        (About::Ping(_), _) => "the question whether a contact is reached".to_owned(),
        (About::SignIn(_), _) => "a link to sign in".to_owned(),
        (About::Stopped(_), _) => "that a webhook is told nothing more".to_owned(),
        (About::Digest(_), _) if row.events == 1 => "a digest of 1 event".to_owned(),
        (About::Digest(_), _) => format!("a digest of {} events", row.events),
        (About::Event(_), Some((number, kind))) => format!("{number} {}", kind.name()),
        (About::Event(_), None) => "an event that is gone".to_owned(),
    }
}

fn lane_name(lane: Lane) -> &'static str {
    match lane {
        Lane::Urgent => "confirmation",
        Lane::AtOnce => "at once",
        Lane::Digest => "digest",
    }
}

/// An address, or so much of it as tells a screen's onlookers nothing.
fn shown(row: &OutboxRow, whole: bool) -> String {
    match row.address.as_str() {
        "" => "(deleted)".into(),
        address if whole => address.into(),
        address => masked(row.kind, address),
    }
}

/// Of a mail address its first letter and its domain, of a push endpoint or a webhook its host.
pub(super) fn masked(kind: ContactKind, address: &str) -> String {
    match kind {
        ContactKind::Mail => {
            let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
            let first: String = local.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        ContactKind::Push | ContactKind::Webhook => {
            let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
            format!("{}/***", rest.split('/').next().unwrap_or_default())
        }
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// The store to change, and the deliveries that are meant.
async fn meant(
    settings: &DeskSettings,
    which: &Which,
) -> Result<(Store, City, Vec<DeliveryId>), Failure> {
    let (looked, city) = look(settings).await?;
    looked.close().await;
    let settings = settings.clone().with_file().map_err(Failure::settings)?;
    let store = Store::open(&settings.store().map_err(Failure::settings)?).await?;
    let named: HashSet<Uuid> = which.ids.iter().copied().collect();
    let ids = if which.all_dead {
        store.read().await?.dead_deliveries(city.id).await?
    } else {
        named.into_iter().map(DeliveryId).collect()
    };
    Ok((store, city, ids))
}

async fn retry(args: RetryArgs) -> Result<(), Failure> {
    let (store, city, ids) = meant(&args.settings, &args.which).await?;
    let mut tx = store.write().await?;
    let done = tx.retry_deliveries(city.id, &ids, Clock::System.now()).await?;
    tx.commit().await?;
    store.close().await;
    say(&format!("due now: {}; `wardwatch serve` sends them", deliveries(done)));
    all_were(done, &ids)
}

async fn discard(args: DiscardArgs) -> Result<(), Failure> {
    let (store, city, ids) = meant(&args.settings, &args.which).await?;
    let reason = format!("discarded by the operator: {}", args.reason);
    let mut tx = store.write().await?;
    let done = tx.discard_deliveries(city.id, &ids, &reason, Clock::System.now()).await?;
    tx.commit().await?;
    store.close().await;
    say(&format!("discarded: {}; nobody gets them", deliveries(done)));
    all_were(done, &ids)
}

fn deliveries(count: u64) -> String {
    counted(count, "delivery", "deliveries")
}

fn all_were(done: u64, ids: &[DeliveryId]) -> Result<(), Failure> {
    match (ids.len() as u64).saturating_sub(done) {
        0 => Ok(()),
        some => Err(Failure::new(format!(
            "{some} were left as they are: they are being sent just now, were sent or given up \
             already, or are not known; see: wardwatch outbox list"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked() {
        let mail = |address| masked(ContactKind::Mail, address);
        assert_eq!(mail("ada@example.org"), "a***@example.org");
        let push = masked(ContactKind::Push, "https://fcm.googleapis.com/fcm/send/secret");
        assert_eq!(push, "fcm.googleapis.com/***");
    }
}
