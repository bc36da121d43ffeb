//! `/feeds/mine/{token}.…`: what one watch is told, for its owner's own programs. The link alone opens it,
//! ends with the watch, and stands in no record.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::extract::{Path, Reads};
use super::super::links::{not_valid, open};
use super::super::pages::Frame;
use super::super::{Doors, Problem};
use super::{Format, Head, ISSUES, Told, Written, events, write};
use crate::geometry::Shape;
use crate::issue::{CityId, Issue, IssueId, Kind};
use crate::store::{City, Order, View, WatchRow, WatchState};
use crate::token::{Token, TokenError};
use crate::ward::WardRef;
use crate::watch::{Filter, Meant, Target, WatchId};

/// How many that lie around an area are looked at, of which not all lie in it.
const AROUND: usize = 400;

/// The page of a watch's feed, without its ending; a link that only its owner is shown.
pub fn link(doors: &Doors, city: CityId, watch: WatchId) -> String {
    let token = Token::Feed { city, watch }.seal(doors.engine().secrets());
    format!("/feeds/mine/{token}")
}

/// `GET /feeds/mine/{token}.{atom,geojson,ics}`.
pub async fn feed(
    State(doors): State<Doors>,
    Reads(language): Reads,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let (text, format) = Format::of(&file)?;
    let (city, Token::Feed { watch, .. }) = open(&doors, text).await? else {
        return Err(not_valid(&TokenError::NotValid));
    };
    let row = doors.engine().store().read().await?.watch(city.id, watch).await?;
    let speaks = |row: &WatchRow| matches!(row.state, WatchState::Active | WatchState::Paused);
    let row = row.filter(speaks).ok_or_else(|| not_valid(&TokenError::NotValid))?;
    let head = Head {
        title: Frame::new(&city.name, &language).t("page-feed-mine"),
        path: format!("/feeds/mine/{file}"),
        page: "/issues".to_owned(),
    };
    let told = told(&doors, &city, &row, format, head).await?;
    let written = write(&doors, &city, &language, format, told).await?;
    Ok(Written { private: true, ..written }.answer(&headers))
}

/// What the watch is told of, as its filter has it; a calendar has what was closed, whatever the kinds.
async fn told(
    doors: &Doors,
    city: &City,
    row: &WatchRow,
    format: Format,
    head: Head,
) -> Result<Told, Problem> {
    let mut issues = issues(doors, city, &row.watch.target).await?;
    let mut filter: Filter = row.watch.filter.clone();
    if format == Format::Ical {
        filter.kinds = [Kind::Closed].into();
    }
    let mut events = events(doors, city, &issues).await?;
    events.retain(|one| filter.admits(&one.event));
    issues.retain(|issue| events.iter().any(|one| one.event.issue == issue.id));
    Ok(Told { head, issues, events })
}

/// The issues that a target holds, what changed last first.
async fn issues(doors: &Doors, city: &City, target: &Target) -> Result<Vec<Issue>, Problem> {
    let mut all = match target {
        Target::Area(shape) => in_area(doors, city, shape).await?,
        Target::Wards { wards, meant: Meant::ThisWard } => in_wards(doors, city, wards).await?,
        Target::Wards { wards, meant: Meant::MyAddress(at) } => {
            let homes = doors.engine().homes_at(city.id, wards, *at).await;
            in_wards(doors, city, &homes).await?
        }
        Target::Issue(id) => one(doors, city, *id).await?,
    };
    all.sort_by_key(|issue| std::cmp::Reverse((issue.standing.changed_at, issue.id)));
    all.dedup_by_key(|issue| issue.id);
    all.truncate(ISSUES);
    Ok(all)
}

async fn in_area(doors: &Doors, city: &City, shape: &Shape) -> Result<Vec<Issue>, Problem> {
    let mut tx = doors.engine().store().read().await?;
    let mut all = vec![];
    for bbox in shape.envelopes(0.0) {
        let view = View { bbox: Some(bbox), ..View::default() };
        all.extend(tx.browse(city.id, &view, Order::Changed, None, AROUND).await?.issues);
    }
    all.retain(|issue| issue.standing.believed_position().is_some_and(|at| shape.covers(at)));
    Ok(all)
}

async fn in_wards(doors: &Doors, city: &City, wards: &[WardRef]) -> Result<Vec<Issue>, Problem> {
    let mut tx = doors.engine().store().read().await?;
    let mut all = vec![];
    for ward in wards {
        let view = View { ward: Some(ward.clone()), ..View::default() };
        all.extend(tx.browse(city.id, &view, Order::Changed, None, ISSUES).await?.issues);
    }
    Ok(all)
}

async fn one(doors: &Doors, city: &City, id: IssueId) -> Result<Vec<Issue>, Problem> {
    let mut tx = doors.engine().store().read().await?;
    let numbers = tx.public_numbers(city.id, &[id]).await?;
    let Some(number) = numbers.get(&id) else { return Ok(vec![]) };
    let found = tx.issue_numbered(city.id, number).await?;
    Ok(found.into_iter().filter(|issue| !issue.standing.hidden).collect())
}
