//! Photos and videos of issues: taken, served, and judged by staff; and what only staff may read of an
//! issue.
//!
//! The one rule: a picture is served as what it was made here, with no say of its own: its type is not
//! guessed at, and nothing in it runs.

use std::ops::RangeInclusive;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::auth::Caller;
use super::conditions::{self, Part};
use super::extract::Path;
use super::issues::{issue_numbered, public_issue};
use super::pages::Frame;
use super::sender::From;
use super::uploads::Sent;
use super::{Doors, Problem};
use crate::issue::{Issue, IssueId};
use crate::photo::{Refused, Taken};
use crate::store::{Attachment, AttachmentState, City, NewAttachment};

/// The pictures of an issue, as the API shows them.
#[derive(Debug, Serialize)]
pub struct PicturesWire {
    photos: Vec<Value>,
    videos: Vec<Value>,
}

pub fn wire(shown: &[Attachment], public_url: &str) -> PicturesWire {
    let photo = |one: &Attachment| {
        json!({
            "url": format!("{public_url}{}", path(one)),
            "small": format!("{public_url}{}", small_path(one)),
            "width": one.width, "height": one.height,
        })
    };
    let video = |one: &Attachment| json!({ "url": format!("{public_url}{}", path(one)), "media_type": one.media_type });
    PicturesWire {
        photos: shown.iter().filter(|one| !one.is_video).map(photo).collect(),
        videos: shown.iter().filter(|one| one.is_video).map(video).collect(),
    }
}

/// Where a picture is served.
pub fn path(one: &Attachment) -> String {
    let ending = match &*one.media_type {
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        _ => return format!("/photos/{}.jpg", one.id),
    };
    format!("/videos/{}.{ending}", one.id)
}

fn small_path(one: &Attachment) -> String {
    format!("/photos/{}/small.jpg", one.id)
}

/// A picture on a page.
pub struct Shown {
    pub id: Uuid,
    pub is_video: bool,
    pub path: String,
    pub small: String,
    /// Of the small one.
    pub width: i64,
    pub height: i64,
    /// What it is of, in words.
    pub alt: String,
}

/// The small one's longer side.
const SMALL: i64 = 400;

/// The pictures of an issue, for a page.
///
/// # Errors
/// When the database does not answer.
pub async fn shown(
    doors: &Doors,
    city: &City,
    frame: &Frame<'_>,
    issue: &Issue,
) -> Result<Vec<Shown>, Problem> {
    let all = doors.engine().store().read().await?.attachments_of(city.id, issue.id).await?;
    let place = &issue.standing.address;
    let category = issue.standing.category.name();
    let of = if place.is_empty() { category.to_owned() } else { format!("{category}, {place}") };
    let mut photos = 0;
    let one = |one: Attachment| {
        let key = if one.is_video { "page-photo-video-of" } else { "page-photo-of" };
        photos += usize::from(!one.is_video);
        let gaps = [("no", photos.into()), ("what", of.clone().into())];
        let longer = one.width.max(one.height).max(SMALL);
        Shown {
            id: one.id,
            path: path(&one),
            small: small_path(&one),
            alt: frame.words.fill(crate::message::Key(key), &gaps),
            width: (one.width * SMALL / longer).max(1),
            height: (one.height * SMALL / longer).max(1),
            is_video: one.is_video,
        }
    };
    Ok(all.into_iter().map(one).collect())
}

/// What became of pictures that came in.
#[derive(Debug, Default)]
pub struct Added {
    pub kept: usize,
    pub refused: Vec<Refused>,
    pub too_many: usize,
    /// How many came while there was no room for them.
    pub no_room: usize,
}

/// Makes pictures safe and adds them to an issue. The same picture again changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn add(doors: &Doors, city: &City, issue: IssueId, sent: Sent) -> Result<Added, Problem> {
    let mut became = Added { too_many: sent.too_many, no_room: sent.no_room, ..Added::default() };
    let mut pictures = vec![];
    for made in sent.develop(doors).await {
        match made {
            Ok(taken) => pictures.push(attachment(picture_id(doors, issue, &taken), taken)),
            Err(why) => became.refused.push(why),
        }
    }
    if pictures.is_empty() {
        return Ok(became);
    }
    became.kept = pictures.len();
    let now = doors.engine().clock().now();
    let mut tx = doors.engine().store().write().await?;
    let left_out = tx.put_attachments(city.id, issue, pictures, now).await?;
    tx.commit().await?;
    became.kept -= left_out;
    became.too_many += left_out;
    Ok(became)
}

/// The same for the same picture of the same issue, and nobody else's guess.
fn picture_id(doors: &Doors, issue: IssueId, taken: &Taken) -> Uuid {
    let file = match taken {
        Taken::Still(still) => &still.large,
        Taken::Video(video) => &video.bytes,
    };
    let of = [issue.0.as_bytes(), file.as_slice()].concat();
    doors.engine().secrets().derive_id("picture", &of)
}

fn attachment(id: Uuid, taken: Taken) -> NewAttachment {
    match taken {
        Taken::Still(still) => NewAttachment {
            id,
            is_video: false,
            media_type: "image/jpeg",
            bytes: still.large,
            small: still.small,
            width: still.width,
            height: still.height,
        },
        Taken::Video(video) => NewAttachment {
            id,
            is_video: true,
            media_type: video.container.media_type(),
            bytes: video.bytes,
            small: vec![],
            width: 0,
            height: 0,
        },
    }
}

/// `POST /api/v1/issues/{number}/photos`: pictures of an issue, from whoever reported it or from a key
/// that may act on it.
pub async fn take(
    State(doors): State<Doors>,
    from: From,
    caller: Caller,
    Path(number): Path<String>,
    sent: Sent,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let city = doors.city().await?;
    let issue = public_issue(&doors, &city, &number).await?;
    may_add(&doors, &city, &caller, &issue).await?;
    sent.had_room()?;
    if sent.files.is_empty() {
        return Err(Problem::field("/photo", "there is no picture in this; send one as a file"));
    }
    if matches!(caller, Caller::Watcher(_)) {
        sent.files.iter().try_for_each(|_| doors.inner.limits.picture(from))?;
    }
    let became = add(&doors, &city, issue.id, sent).await?;
    if let (0, Some(why)) = (became.kept, became.refused.first()) {
        return Err(Problem::field("/photo", why.to_string()));
    }
    if became.kept == 0 {
        let detail = "an issue has at most four photos and a video, and this one has them";
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    let all = doors.engine().store().read().await?.attachments_of(city.id, issue.id).await?;
    let mut answer = json!(wire(&all, &doors.inner.public_url));
    answer["added"] = json!(became.kept);
    answer["refused"] = became.refused.iter().map(|why| json!(why.to_string())).collect();
    answer["too_many"] = json!(became.too_many);
    answer["no_room"] = json!(became.no_room);
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn may_add(
    doors: &Doors,
    city: &City,
    caller: &Caller,
    issue: &Issue,
) -> Result<(), Problem> {
    if let Caller::Watcher(watcher) = caller {
        let mut tx = doors.engine().store().read().await?;
        let is_theirs = tx.is_reporter(city.id, issue.id, *watcher).await?;
        let others = "only whoever reported this issue may add pictures to it";
        return if is_theirs { Ok(()) } else { Err(Problem::new(StatusCode::FORBIDDEN, others)) };
    }
    caller.may_bring_events()?;
    caller.may_act_on(&issue.source)
}

/// A few minutes after it was held or removed nobody serves it any more; until then whoever has it asks
/// whether it is still shown, and is not sent it again.
const FOR_A_WHILE: &str = "public, max-age=300";

/// Nothing in it runs, and nothing in it is loaded.
const SANDBOX: &str = "default-src 'none'; sandbox";

fn dressed(media_type: &str, tag: &str) -> [(HeaderName, String); 5] {
    [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CACHE_CONTROL, FOR_A_WHILE.to_owned()),
        (header::ETAG, tag.to_owned()),
        (header::CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
        (header::CONTENT_DISPOSITION, "inline".to_owned()),
    ]
}

/// The answer to one who has a picture already, if this is one. Under one name there are never other bytes.
fn has_it(headers: &HeaderMap, tag: &str) -> Option<Response> {
    (conditions::knows(headers, tag) == Some(true)).then(|| unchanged(tag))
}

fn unchanged(tag: &str) -> Response {
    let kept = [(header::CACHE_CONTROL, FOR_A_WHILE.to_owned()), (header::ETAG, tag.to_owned())];
    (StatusCode::NOT_MODIFIED, kept).into_response()
}

fn missing() -> Problem {
    Problem::of_status(StatusCode::NOT_FOUND)
}

/// `GET /photos/{id}.jpg`: a photo.
pub async fn photo(
    State(doors): State<Doors>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: Option<Uuid> = name.strip_suffix(".jpg").and_then(|id| id.parse().ok());
    let (city, id) = (doors.city().await?, id.ok_or_else(missing)?);
    let mut tx = doors.engine().store().read().await?;
    let found = tx.attachment(city.id, id).await?.filter(|one| !one.is_video);
    let length = i32::try_from(found.ok_or_else(missing)?.size).unwrap_or(i32::MAX);
    let tag = format!("\"{id}\"");
    if let Some(unchanged) = has_it(&headers, &tag) {
        return Ok(unchanged);
    }
    let bytes = tx.attachment_bytes(city.id, id, (0, length)).await?.ok_or_else(missing)?;
    Ok((dressed("image/jpeg", &tag), bytes).into_response())
}

/// `GET /photos/{id}/small.jpg`: the same, small.
pub async fn small(
    State(doors): State<Doors>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (city, id) = (doors.city().await?, id.parse::<Uuid>().map_err(|_| missing())?);
    let found = doors.engine().store().read().await?.small_attachment(city.id, id).await?;
    let (bytes, tag) = (found.ok_or_else(missing)?, format!("\"{id}-small\""));
    Ok(has_it(&headers, &tag)
        .unwrap_or_else(|| (dressed("image/jpeg", &tag), bytes).into_response()))
}

/// A part that is asked for is answered so far, and its rest asked for next.
const A_PART: u64 = 2 << 20;

/// `GET /videos/{id}.mp4` (`.mov`, `.webm`): a video, or a part of it (RFC 9110, §14).
pub async fn video(
    State(doors): State<Doors>,
    Path(name): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: Option<Uuid> = name.split_once('.').and_then(|(id, _)| id.parse().ok());
    let (city, id) = (doors.city().await?, id.ok_or_else(missing)?);
    let mut tx = doors.engine().store().read().await?;
    let found = tx.attachment(city.id, id).await?.filter(|one| one.is_video);
    let found = found.filter(|one| path(one).ends_with(&*name)).ok_or_else(missing)?;
    let (size, tag) = (u64::try_from(found.size).unwrap_or(0), format!("\"{id}\""));
    let part = match conditions::asked(&method, &headers, size, &tag) {
        Part::Whole => None,
        Part::Some(range) => Some(first_of(&range)),
        Part::Unchanged => return Ok(unchanged(&tag)),
        Part::Changed => return Err(Problem::of_status(StatusCode::PRECONDITION_FAILED)),
        Part::Outside => return Ok(conditions::outside(size)),
    };
    let (from, length) = part.unwrap_or((0, size));
    let short = |bytes: u64| i32::try_from(bytes).unwrap_or(i32::MAX);
    let bytes = tx.attachment_bytes(city.id, id, (short(from), short(length))).await?;
    let (dress, ranges) = (dressed(&found.media_type, &tag), [(header::ACCEPT_RANGES, "bytes")]);
    let whole = (dress, ranges, bytes.ok_or_else(missing)?);
    if part.is_none() {
        return Ok(whole.into_response());
    }
    let range = format!("bytes {from}-{}/{size}", from + length - 1);
    Ok((StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, range)], whole).into_response())
}

/// Where a part begins and how much of it is answered.
fn first_of(range: &RangeInclusive<u64>) -> (u64, u64) {
    (*range.start(), (range.end() - range.start() + 1).min(A_PART))
}

/// What staff decide about a picture.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Show,
    Hold,
    Remove,
}

/// `POST /api/v1/photos/{id}/{verdict}`: `show`, `hold`, or `remove` for good.
pub async fn judge(
    State(doors): State<Doors>,
    caller: Caller,
    Path((id, verdict)): Path<(Uuid, Verdict)>,
) -> Result<StatusCode, Problem> {
    caller.is_staff("decide about pictures")?;
    let city = doors.city().await?;
    decide(&doors, &city, (id, verdict), caller.name()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Does what staff decide about a picture.
///
/// # Errors
/// 404 when there is none any more, or that the database does not answer.
pub async fn decide(
    doors: &Doors,
    city: &City,
    (id, verdict): (Uuid, Verdict),
    by: Option<&str>,
) -> Result<(), Problem> {
    let state = match verdict {
        Verdict::Show => AttachmentState::Shown,
        Verdict::Hold => AttachmentState::Held,
        Verdict::Remove => AttachmentState::Removed,
    };
    let mut tx = doors.engine().store().write().await?;
    if !tx.judge_attachment(city.id, id, state).await? {
        return Err(Problem::new(StatusCode::NOT_FOUND, "there is no such picture any more"));
    }
    tx.commit().await?;
    tracing::info!(%id, ?verdict, by, "a picture was decided about");
    Ok(())
}

/// `GET /api/v1/issues/{number}/answers`: what its reporter answered to the staff alone.
pub async fn answers(
    State(doors): State<Doors>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Vec<Value>>, Problem> {
    caller.is_staff("read what only staff may read")?;
    let city = doors.city().await?;
    let issue = issue_numbered(&doors, &city, &number).await?;
    let all = doors.engine().store().read().await?.private_answers(city.id, issue.id).await?;
    let wire = all.into_iter().map(|one| {
        json!({ "code": one.code, "question": one.asks, "answer": one.says, "private": true })
    });
    Ok(Json(wire.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_part_of_a_video_is_answered_as_far_as_fits_in_one_answer() {
        assert_eq!(first_of(&(0..=1)), (0, 2));
        assert_eq!(first_of(&(100..=100)), (100, 1));
        assert_eq!(first_of(&(7..=A_PART * 3)), (7, A_PART));
    }
}
