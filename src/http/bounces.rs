//! `POST /api/v1/bounces`: what a mail provider tells of mails that came back, and of complaints.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::extract::{self, Json};
use super::problem::Wrongs;
use super::{Doors, Problem};
use crate::bounce::{Letter, nameless};
use crate::clock::Timestamp;
use crate::delivery::Return;
use crate::engine::{Consequence, Report, Taken};
use crate::store::City;
use crate::watcher::{Address, EmailAddress};

/// So many at once; a provider sends on what is more in its next request.
const MOST: usize = 500;

/// What a provider says of an address, or a report as the mail server wrote it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BounceWire {
    address: Option<EmailAddress>,
    kind: Option<KindWire>,
    reason: Option<String>,
    at: Option<Timestamp>,
    recipient: Option<String>,
    message: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KindWire {
    Hard,
    Soft,
    Complaint,
}

/// One of them, understood.
#[derive(Debug)]
enum Told {
    Of { address: EmailAddress, said: Return, at: Timestamp },
    Letter { recipient: Option<String>, message: String },
}

/// Takes one or a list of them. Each is done by itself, and again changes nothing: what failed on the
/// way may be sent once more.
pub async fn tell(
    State(doors): State<Doors>,
    caller: Caller,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    caller.is_staff("tell of mails that came back")?;
    let now = doors.engine().clock().now();
    let (items, listed) = match body {
        Value::Array(items) => (items, true),
        one => (vec![one], false),
    };
    if items.len() > MOST {
        return Err(Problem::field("", format!("a list has at most {MOST}; send them in parts")));
    }
    let mut wrongs = Wrongs::default();
    let mut all = vec![];
    for (at, item) in items.into_iter().enumerate() {
        let place = if listed { format!("/{at}") } else { String::new() };
        let read = extract::read(item).and_then(|wire: BounceWire| wire.parse(now));
        all.push(wrongs.take(read.map_err(|why| why.below(&place))));
    }
    let Some(all) = all.into_iter().collect::<Option<Vec<_>>>() else {
        return Err(wrongs.into_problem());
    };
    let city = doors.city().await?;
    let mut outcomes = vec![];
    for told in all {
        outcomes.push(outcome(&take(&doors, &city, told).await?));
    }
    Ok(JsonAnswer(json!({ "outcomes": outcomes })).into_response())
}

impl BounceWire {
    fn parse(self, now: Timestamp) -> Result<Told, Problem> {
        let Self { address, kind, reason, at, recipient, message } = self;
        if let Some(message) = message {
            if address.is_some() || kind.is_some() {
                let detail = "the message says it itself; leave `address` and `kind` out";
                return Err(Problem::field("/message", detail));
            }
            return Ok(Told::Letter { recipient, message });
        }
        let Some(address) = address else {
            return Err(Problem::field("/address", "send `address` and `kind`, or `message`"));
        };
        let Some(kind) = kind else {
            return Err(Problem::field("/kind", "is hard, soft or complaint"));
        };
        let at = at.unwrap_or(now);
        if at > now.plus(SKEW) {
            return Err(Problem::field("/at", "lies in the future"));
        }
        let reason = nameless(&reason.unwrap_or_else(|| "as the mail provider says".to_owned()));
        let said = match kind {
            KindWire::Hard => Return::Gone { reason },
            KindWire::Soft => Return::NotNow { reason },
            KindWire::Complaint => Return::Complaint { reason },
        };
        Ok(Told::Of { address, said, at })
    }
}

/// Two clocks may differ by so much.
const SKEW: std::time::Duration = std::time::Duration::from_mins(5);

async fn take(doors: &Doors, city: &City, told: Told) -> Result<Taken, Problem> {
    let engine = doors.engine();
    let (address, said, at) = match told {
        Told::Letter { recipient, message } => {
            let letter = Letter::read(message.as_bytes());
            return Ok(engine.take_letter(city, recipient.as_deref(), letter).await?);
        }
        Told::Of { address, said, at } => (Address::Mail(address), said, at),
    };
    let reason = said.reason().to_owned();
    let known = engine.store().read().await?.contact_at(city.id, &address).await?;
    let Some(known) = known else { return Ok(Taken::Done(Consequence::Unknown, reason)) };
    let report = Report { contact: known.contact.id, mail: None, said, at };
    Ok(Taken::Done(engine.came_back(city, report).await?, reason))
}

fn outcome(taken: &Taken) -> Value {
    match taken {
        Taken::Stranger => json!({"outcome": "stranger"}),
        Taken::Idle(why) => json!({"outcome": "ignored", "why": why}),
        Taken::Done(Consequence::Unknown, _) => json!({"outcome": "unknown"}),
        Taken::Done(Consequence::Outdated, _) => json!({"outcome": "outdated"}),
        Taken::Done(Consequence::Retired, _) => json!({"outcome": "retired"}),
        Taken::Done(Consequence::Suspended, _) => json!({"outcome": "suspended"}),
        Taken::Done(Consequence::Silenced, _) => json!({"outcome": "silenced"}),
        Taken::Done(Consequence::Counted { days }, _) => {
            json!({"outcome": "counted", "days": days})
        }
        Taken::Done(Consequence::Noted, _) => json!({"outcome": "noted"}),
    }
}
