//! Watches: made, confirmed, read, changed, ended.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::auth::Caller;
use super::extract::{self, Json, Path};
use super::issues::{idempotency_key, own_id};
use super::problem::Wrongs;
use super::sender::From;
use super::watch_wire::{
    ChangeWire, NewWatchWire, Wanted, WatchWire, not_deleted, parse_language, parse_name, some_road,
};
use super::{Doors, Problem};
use crate::engine::{EngineError, NewWatch, Who};
use crate::store::{City, WatchRow};
use crate::token::Token;
use crate::ward::WardRef;
use crate::watch::{Meant, Target, Via, WatchId};
use crate::watcher::{Address, WatcherId};

/// `POST /api/v1/watches`: somebody wants to watch. Without a management token the watch waits for
/// its contact's confirmation, by the link in the mail or by its code at `…/{id}/confirm`; a push
/// subscription is its own proof.
///
/// Who names a mail address is a stranger until they confirm: the answer says only what they have
/// said themselves, and is the same whether the address is known, silenced or new.
pub async fn create(
    State(doors): State<Doors>,
    from: From,
    caller: Caller,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let key = idempotency_key(&headers)?;
    let asked = body.to_string();
    let wire: NewWatchWire = extract::read(body)?;
    let mut wrongs = Wrongs::default();
    let who = wrongs.take(who(&doors, &city, &caller, &wire));
    if who.is_some() {
        doors.inner.limits.sign_up(from)?;
    }
    let issue = wire.target.issue.clone();
    let wanted = wrongs.take(wire.target.parse(&doors.inner.watch_limits));
    let name = wrongs.take(wire.name.as_deref().map(parse_name).transpose());
    let via = wrongs.take(wire.via.map(some_road).transpose());
    let follows = issue.is_some();
    let filter = wrongs.take(wire.filter.unwrap_or_default().parse(follows));
    let (Some((who, usual)), Some(wanted), Some(name), Some(via), Some(filter)) =
        (who, wanted, name, via, filter)
    else {
        return Err(wrongs.into_problem());
    };
    let target = find(&doors, &city, wanted).await?;
    if let Some(via) = via {
        check_reach(&doors, &city, &who, via).await?;
    }
    let new = NewWatch {
        id: id_of(&doors, key.as_deref(), &who, &asked),
        name: name.unwrap_or_else(|| usual_name(&target)),
        filter,
        target,
        rhythm: wire.rhythm.unwrap_or(crate::watch::Rhythm::Daily),
        via: via.unwrap_or(usual),
    };
    let at = [(header::LOCATION, format!("/api/v1/watches/{}", new.id.0))];
    if matches!(&who, Who::Address { address: Address::Mail(_), .. }) {
        let answer = json!({ "watch": WatchWire::asked(&new, issue.as_deref()), "next": NEXT });
        doors.engine().watch(&city, who, new).await?;
        return Ok((StatusCode::CREATED, at, JsonAnswer(answer)).into_response());
    }
    let row = doors.engine().watch(&city, who, new).await?;
    let token = manage_token(&doors, &city, row.watch.watcher);
    let answer = json!({ "watch": shown(&doors, &city, &row).await?, "token": token });
    Ok((StatusCode::CREATED, at, JsonAnswer(answer)).into_response())
}

/// What the door makes of the body of a new watch, without a city behind it: for tests that bring
/// hostile ones.
///
/// # Errors
/// As the door refuses it.
#[cfg(feature = "failpoints")]
pub fn read_watch(body: &[u8], limits: &crate::geometry::Limits) -> Result<(), Problem> {
    let wire: NewWatchWire = extract::read(extract::read_json(body)?)?;
    wire.name.as_deref().map(parse_name).transpose()?;
    wire.language.as_deref().map(parse_language).transpose()?;
    if let Wanted::Target(target) = wire.target.parse(limits)? {
        wire.filter.unwrap_or_default().parse(matches!(target, Target::Issue(_)))?;
    }
    Ok(())
}

const NEXT: &str = "We send a mail with a link and a six-digit code. Open the link, or POST the \
    code to /api/v1/watches/{id}/confirm. Nothing else is sent before that.";

/// Who asks, and by which roads they are usually told.
fn who(
    doors: &Doors,
    city: &City,
    caller: &Caller,
    wire: &NewWatchWire,
) -> Result<(Who, Via), Problem> {
    let language = wire.language.as_deref().map(parse_language).transpose()?;
    let language = language.map_or_else(|| city.language.clone(), |chosen| chosen.to_string());
    let by = |address| Who::Address { address, language };
    match (caller.watcher().ok(), &wire.email, &wire.push) {
        (Some(watcher), None, None) => Ok((Who::Watcher(watcher), Via::BOTH)),
        (None, Some(mail), None) => Ok((by(Address::Mail(mail.clone())), Via::MAIL)),
        (None, None, Some(push)) => {
            doors.inner.push.check("/push", push)?;
            Ok((by(Address::Push(push.clone())), Via::PUSH))
        }
        (Some(_), ..) => {
            let detail = "the token says already who you are; leave `email` and `push` out";
            Err(Problem::field("/email", detail))
        }
        _ => {
            let detail = "how shall we reach you? send `email` or `push`, one of them";
            Err(Problem::field("/email", detail))
        }
    }
}

/// Whether these roads lead anywhere: a watch must not be silent for ever.
async fn check_reach(doors: &Doors, city: &City, who: &Who, via: Via) -> Result<(), Problem> {
    let reached = match who {
        Who::Address { address, .. } => via.includes(address.kind()),
        Who::Watcher(watcher) => {
            let mut tx = doors.engine().store().read().await?;
            let known = tx.contacts_of(city.id, &[*watcher]).await?;
            let mut live = known.iter().filter(|known| known.confirmed && !known.retired);
            live.any(|known| via.includes(known.contact.address.kind()))
        }
    };
    if reached {
        return Ok(());
    }
    let detail = "nothing would ever be sent: you are not reached by these roads; choose the one \
                  you gave, or add the other";
    Err(Problem::field("/via", detail))
}

fn usual_name(target: &Target) -> String {
    match target {
        Target::Area(_) => "My area".to_owned(),
        Target::Wards { wards, .. } => match &wards[..] {
            [one] => format!("Ward {}", one.ward),
            _ => "My wards".to_owned(),
        },
        Target::Issue(_) => "This issue".to_owned(),
    }
}

/// The same `Idempotency-Key` from the same person names the same watch, and nobody else's. Of a
/// stranger only what they say is known: the same key with other words is another watch, so that
/// nobody learns by it what was asked before.
fn id_of(doors: &Doors, key: Option<&str>, who: &Who, asked: &str) -> WatchId {
    let engine = doors.engine();
    let Some(key) = key else {
        return WatchId(engine.random().uuid(engine.clock().now()));
    };
    let id = match who {
        Who::Watcher(watcher) => own_id(doors, "watch", &["watcher", &watcher.0.to_string(), key]),
        Who::Address { address: Address::Push(push), .. } => {
            own_id(doors, "watch", &["push", &push.endpoint, key])
        }
        Who::Address { address: Address::Webhook(hook), .. } => {
            own_id(doors, "watch", &["webhook", &hook.url, key])
        }
        Who::Address { address: Address::Mail(_), .. } => {
            own_id(doors, "watch", &["mail", key, asked])
        }
    };
    WatchId(id)
}

/// What is wanted, as a target that the store knows.
pub(super) async fn find(doors: &Doors, city: &City, wanted: Wanted) -> Result<Target, Problem> {
    match wanted {
        Wanted::Target(target) => Ok(target),
        Wanted::IssueNumber(number) => {
            let mut tx = doors.engine().store().read().await?;
            let found = tx.issue_numbered(city.id, &number).await?;
            let issue = found.filter(|issue| !issue.standing.hidden).ok_or_else(|| {
                Problem::field("/target/issue", format!("there is no issue “{number}”"))
            })?;
            Ok(Target::Issue(issue.id))
        }
        Wanted::WardAt { layer, at } => {
            let here = doors.engine().wards_at(city.id, at).await;
            let wards: Vec<WardRef> = here
                .into_iter()
                .filter(|hit| !hit.near && hit.ward.layer == layer)
                .map(|hit| hit.ward)
                .collect();
            if wards.is_empty() {
                let detail = format!("no ward of the layer “{layer}” holds this place");
                return Err(Problem::field("/target/my_ward_at", detail));
            }
            Ok(Target::Wards { wards, meant: Meant::MyAddress(at) })
        }
    }
}

async fn shown(doors: &Doors, city: &City, row: &WatchRow) -> Result<WatchWire, Problem> {
    let number = match row.watch.target {
        Target::Issue(id) => doors.engine().store().read().await?.number_of(city.id, id).await?,
        _ => None,
    };
    Ok(WatchWire::of(row, number.as_deref()))
}

fn manage_token(doors: &Doors, city: &City, watcher: WatcherId) -> String {
    Token::Manage { city: city.id, watcher }.seal(doors.engine().secrets())
}

/// The body of `POST /api/v1/watches/{id}/confirm`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeWire {
    code: String,
}

/// `POST /api/v1/watches/{id}/confirm`: the six digits of the mail, typed where the watch was made.
pub async fn confirm(
    State(doors): State<Doors>,
    from: From,
    Path(id): Path<Uuid>,
    Json(typed): Json<CodeWire>,
) -> Result<JsonAnswer<Value>, Problem> {
    doors.inner.limits.sign_up(from)?;
    let city = doors.city().await?;
    let row = doors.engine().confirm_by_code(&city, WatchId(id), &typed.code).await?;
    let token = manage_token(&doors, &city, row.watch.watcher);
    Ok(JsonAnswer(json!({ "watch": shown(&doors, &city, &row).await?, "token": token })))
}

/// `GET /api/v1/watches`: all of the caller's.
pub async fn list(
    State(doors): State<Doors>,
    caller: Caller,
) -> Result<JsonAnswer<Value>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let rows = doors.engine().store().read().await?.watches_of(city.id, &[watcher]).await?;
    let mut watches = vec![];
    for row in &rows {
        watches.push(shown(&doors, &city, row).await?);
    }
    Ok(JsonAnswer(json!({ "watches": watches })))
}

async fn owned(
    doors: &Doors,
    city: &City,
    owner: WatcherId,
    id: Uuid,
) -> Result<WatchRow, Problem> {
    let found = doors.engine().store().read().await?.watch(city.id, WatchId(id)).await?;
    // Somebody else's watch is no different from none.
    let mine = found.filter(|row| row.watch.watcher == owner);
    not_deleted(mine.ok_or(EngineError::UnknownWatch)?)
}

/// `GET /api/v1/watches/{id}`.
pub async fn read(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<JsonAnswer<WatchWire>, Problem> {
    let city = doors.city().await?;
    let row = owned(&doors, &city, caller.watcher()?, id).await?;
    Ok(JsonAnswer(shown(&doors, &city, &row).await?))
}

/// `PATCH /api/v1/watches/{id}`.
pub async fn change(
    State(doors): State<Doors>,
    from: From,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(wire): Json<ChangeWire>,
) -> Result<JsonAnswer<WatchWire>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let row = owned(&doors, &city, watcher, id).await?;
    let change = wire.parse(&row.watch.target, &doors.inner.watch_limits)?;
    if change.shape.is_some() {
        doors.inner.limits.preview(from)?;
    }
    if let Some(via) = change.via {
        check_reach(&doors, &city, &Who::Watcher(watcher), via).await?;
    }
    let changed = doors.engine().change_watch(&city, watcher, WatchId(id), change).await;
    let row = changed.map_err(|why| match why {
        EngineError::OutsideCity { .. } => Problem::field("/area", why.to_string()),
        other => other.into(),
    })?;
    Ok(JsonAnswer(shown(&doors, &city, &row).await?))
}

/// `DELETE /api/v1/watches/{id}`: it sends nothing more, and its area is forgotten.
pub async fn delete(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    doors.engine().unwatch(&city, watcher, WatchId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
