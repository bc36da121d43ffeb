//! Watches: made, confirmed, read, changed, ended.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::auth::Caller;
use super::issues::issue_numbered;
use super::limits::address;
use super::watch_wire::{
    ChangeWire, NewWatchWire, Wanted, WatchWire, not_deleted, parse_name, some_road,
};
use super::{Doors, Problem};
use crate::engine::{NewWatch, Who};
use crate::issue::IssueId;
use crate::store::{City, WatchRow, WatchState};
use crate::token::Token;
use crate::ward::WardRef;
use crate::watch::{Meant, Target, Via, WatchId};
use crate::watcher::{Address, WatcherId};

/// `POST /api/v1/watches`: somebody wants to watch. Without a management token the watch waits for
/// its contact's confirmation, by the link in the mail or by its code at `…/{id}/confirm`; a push
/// subscription is its own proof.
pub async fn create(
    State(doors): State<Doors>,
    peer: ConnectInfo<SocketAddr>,
    caller: Caller,
    headers: HeaderMap,
    Json(wire): Json<NewWatchWire>,
) -> Result<impl IntoResponse, Problem> {
    let city = doors.city().await?;
    let signed_in = caller.watcher().ok();
    let (who, usual) = match (signed_in, wire.email, wire.push) {
        (Some(watcher), None, None) => (Who::Watcher(watcher), Via::BOTH),
        (_, Some(mail), None) => (by_address(Address::Mail(mail), wire.language), Via::MAIL),
        (_, None, Some(push)) => {
            doors.inner.push.check("/push", &push)?;
            (by_address(Address::Push(push), wire.language), Via::PUSH)
        }
        _ => {
            let detail = "how shall we reach you? send `email` or `push`, one of them";
            return Err(Problem::field("/email", detail));
        }
    };
    doors.inner.limits.sign_up(address(&peer, &headers))?;
    let target = find(&doors, &city, wire.target.parse()?).await?;
    let new = NewWatch {
        id: id_of(&doors, &headers, &who),
        name: wire.name.as_deref().map_or_else(|| Ok(usual_name(&target)), parse_name)?,
        filter: wire.filter.unwrap_or_default().parse(&target)?,
        target,
        rhythm: wire.rhythm.unwrap_or(crate::watch::Rhythm::Daily),
        via: some_road(wire.via.unwrap_or(usual))?,
    };
    let row = doors.engine().watch(&city, who, new).await?;
    let mut answer = json!({ "watch": shown(&doors, &city, &row).await? });
    if row.state == WatchState::Unconfirmed {
        answer["next"] = json!(
            "We sent a mail with a link and a six-digit code. Open the link, or POST the code to \
             /api/v1/watches/{id}/confirm. Nothing else is sent before that."
        );
    } else {
        answer["token"] = json!(manage_token(&doors, &city, row.watch.watcher));
    }
    let at = format!("/api/v1/watches/{}", row.watch.id.0);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], Json(answer)))
}

fn by_address(address: Address, language: Option<String>) -> Who {
    Who::Address { address, language: language.unwrap_or_else(|| "en".to_owned()) }
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

/// The same `Idempotency-Key` from the same person names the same watch, and nobody else's.
fn id_of(doors: &Doors, headers: &HeaderMap, who: &Who) -> WatchId {
    let engine = doors.engine();
    let Some(key) = headers.get("idempotency-key") else {
        return WatchId(engine.random().uuid(engine.clock().now()));
    };
    let person = match who {
        Who::Watcher(watcher) => watcher.0.to_string(),
        Who::Address { address: Address::Mail(mail), .. } => mail.as_str().to_owned(),
        Who::Address { address: Address::Push(push), .. } => push.endpoint.clone(),
    };
    let of = [key.as_bytes(), b"\0", person.as_bytes()].concat();
    WatchId(engine.secrets().derive_id("watch", &of))
}

/// What is wanted, as a target that the store knows.
async fn find(doors: &Doors, city: &City, wanted: Wanted) -> Result<Target, Problem> {
    match wanted {
        Wanted::Target(target) => Ok(target),
        Wanted::IssueNumber(number) => {
            Ok(Target::Issue(issue_numbered(doors, city, &number).await?.id))
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
    Ok(WatchWire::of(row, |_: IssueId| number.clone()))
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
    Path(id): Path<Uuid>,
    Json(typed): Json<CodeWire>,
) -> Result<Json<Value>, Problem> {
    let city = doors.city().await?;
    let row = doors.engine().confirm_by_code(&city, WatchId(id), &typed.code).await?;
    let token = manage_token(&doors, &city, row.watch.watcher);
    Ok(Json(json!({ "watch": shown(&doors, &city, &row).await?, "token": token })))
}

/// `GET /api/v1/watches`: all of the caller's.
pub async fn list(State(doors): State<Doors>, caller: Caller) -> Result<Json<Value>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let rows = doors.engine().store().read().await?.watches_of(city.id, &[watcher]).await?;
    let mut watches = vec![];
    for row in &rows {
        watches.push(shown(&doors, &city, row).await?);
    }
    Ok(Json(json!({ "watches": watches })))
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
    not_deleted(mine.ok_or(crate::engine::EngineError::UnknownWatch)?)
}

/// `GET /api/v1/watches/{id}`.
pub async fn read(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<WatchWire>, Problem> {
    let city = doors.city().await?;
    let row = owned(&doors, &city, caller.watcher()?, id).await?;
    Ok(Json(shown(&doors, &city, &row).await?))
}

/// `PATCH /api/v1/watches/{id}`.
pub async fn change(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(wire): Json<ChangeWire>,
) -> Result<Json<WatchWire>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let row = owned(&doors, &city, watcher, id).await?;
    let change = wire.parse(&row.watch.target)?;
    let row = doors.engine().change_watch(&city, watcher, WatchId(id), change).await?;
    Ok(Json(shown(&doors, &city, &row).await?))
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
