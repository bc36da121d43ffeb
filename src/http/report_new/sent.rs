//! The page after a report: its number and link, who is told, what comes next, and room for pictures.
//!
//! Its address holds a key that nobody can work out: whoever has it may add pictures to this report.

use std::fmt::Write;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::super::extract::{Path, Query, Reads};
use super::super::issues::{own_id, public_issue};
use super::super::pages::{Frame, render};
use super::super::pictures::{self, Added, Shown};
use super::super::sender::From;
use super::super::uploads::Sent;
use super::super::{Doors, Problem, ward_pages};
use crate::clock::Timestamp;
use crate::issue::Issue;
use crate::photo::Refused;
use crate::store::City;
use crate::ward::USUAL_LAYER;

/// So long after an issue was opened its page takes pictures. Its address stays in the histories of
/// devices that others use, too.
const TAKES_PICTURES: Duration = Duration::from_hours(24 * 7);

fn takes_pictures(opened_at: Timestamp, now: Timestamp) -> bool {
    opened_at.plus(TAKES_PICTURES) >= now
}

/// How somebody stands to what they reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// They are known, and follow it.
    Yes,
    /// A mail asks them, and its code is typed at this watch's page.
    Asked(Uuid),
    /// They gave no address.
    No,
    /// They gave one, and could not be asked.
    NotNow,
}

impl Follows {
    /// As it stands in the address of the page.
    fn text(self) -> String {
        match self {
            Self::Yes => "follows=yes".to_owned(),
            Self::Asked(watch) => format!("asked={watch}"),
            Self::No => "follows=no".to_owned(),
            Self::NotNow => "follows=not_now".to_owned(),
        }
    }

    fn read(pairs: &[(String, String)]) -> Self {
        let one = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| &**value);
        match (one("asked").map(str::parse), one("follows")) {
            (Some(Ok(watch)), _) => Self::Asked(watch),
            (_, Some("yes")) => Self::Yes,
            (_, Some("not_now")) => Self::NotNow,
            _ => Self::No,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/report_sent.html")]
struct SentPage<'a> {
    frame: Frame<'a>,
    /// HTML: the number stays in one line.
    title: String,
    issue: &'a Issue,
    link: String,
    told: String,
    follows: Follows,
    pictures: Vec<Shown>,
    /// Whether it may have more of them.
    takes_pictures: bool,
    /// What was wrong with pictures, in sentences.
    refused: Vec<String>,
    path: String,
}

fn key(doors: &Doors, number: &str) -> Uuid {
    own_id(doors, "sent", &[number])
}

/// Where the page is.
pub fn path(doors: &Doors, number: &str, follows: Follows, became: &Added) -> String {
    let mut path = format!("/report/sent/{number}/{}?{}", key(doors, number), follows.text());
    for why in &became.refused {
        let _ = write!(path, "&refused={}", why.name());
    }
    if became.too_many > 0 {
        path.push_str("&refused=many");
    }
    if became.no_room > 0 {
        path.push_str("&refused=no_room");
    }
    path
}

/// `GET /report/sent/{number}/{key}`.
pub async fn show(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Path((number, given)): Path<(String, Uuid)>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let issue = opened(&doors, &city, &number, given).await?;
    let frame = Frame::new(&city.name, &language);
    let pictures = pictures::shown(&doors, &city, &frame, &issue).await?;
    let told = told(&doors, &city, &frame, &issue).await?.join(", ");
    let follows = Follows::read(&pairs);
    let refused = pairs.iter().filter(|(key, _)| key == "refused");
    let refused = refused.filter_map(|(_, why)| Some(frame.t(refused_key(why)?))).collect();
    let whole = format!("<span class=\"number\">{}</span>", issue.number);
    render(&SentPage {
        title: frame.with("page-report-sent-title", "number", &whole),
        link: format!("{}/issues/{number}", doors.inner.public_url),
        path: format!("/report/sent/{number}/{given}?{}", follows.text()),
        issue: &issue,
        told,
        follows,
        pictures,
        takes_pictures: takes_pictures(issue.standing.opened_at, doors.engine().clock().now()),
        refused,
        frame,
    })
}

/// `POST /report/sent/{number}/{key}`: more pictures.
pub async fn take(
    State(doors): State<Doors>,
    from: From,
    Path((number, given)): Path<(String, Uuid)>,
    Query(pairs): Query<Vec<(String, String)>>,
    sent: Sent,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let issue = opened(&doors, &city, &number, given).await?;
    if !takes_pictures(issue.standing.opened_at, doors.engine().clock().now()) {
        let detail = "a report takes pictures for seven days; report what you see now anew";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    sent.files.iter().try_for_each(|_| doors.inner.limits.picture(from))?;
    let became = pictures::add(&doors, &city, issue.id, sent).await?;
    let to = path(&doors, &number, Follows::read(&pairs), &became);
    Ok(Redirect::to(&format!("{to}#pictures")).into_response())
}

async fn opened(doors: &Doors, city: &City, number: &str, given: Uuid) -> Result<Issue, Problem> {
    if key(doors, number) != given {
        return Err(Problem::of_status(StatusCode::NOT_FOUND));
    }
    public_issue(doors, city, number).await
}

/// Who hears of an issue by where it lies, as people say it: those who watch its wards, and the areas that
/// are watched in public.
async fn told(
    doors: &Doors,
    city: &City,
    frame: &Frame<'_>,
    issue: &Issue,
) -> Result<Vec<String>, Problem> {
    let Some(at) = issue.standing.believed_position() else { return Ok(vec![]) };
    let wards = doors.engine().wards_at(city.id, at).await.into_iter();
    let usual = wards.filter(|hit| hit.ward.layer == USUAL_LAYER);
    let mut told: Vec<_> = usual.map(|hit| ward_pages::title(frame, &hit.ward)).collect();
    told.extend(doors.engine().public_watchers_of(city, issue).await?);
    Ok(told)
}

fn refused_key(why: &str) -> Option<&'static str> {
    match why {
        "many" => return Some("page-photo-many"),
        "no_room" => return Some("page-photo-no-room"),
        _ => {}
    }
    Some(match Refused::from_name(why)? {
        Refused::Heic => "page-photo-heic",
        Refused::Unknown => "page-photo-unknown",
        Refused::Heavy => "page-photo-heavy",
        Refused::Huge => "page-photo-huge",
        Refused::Broken => "page-photo-broken",
        Refused::HeavyVideo => "page-photo-heavy-video",
        Refused::LongVideo => "page-photo-long-video",
        Refused::BrokenVideo => "page-photo-broken-video",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_takes_pictures_for_a_week() {
        let opened = Timestamp::from_millis(1_800_000_000_000);
        let after = |hours| takes_pictures(opened, opened.plus(Duration::from_hours(hours)));
        assert!(after(0) && after(24 * 7) && !after(24 * 7 + 1));
        // Of a clock that is not quite right.
        assert!(takes_pictures(opened, opened.minus(Duration::from_secs(5))));
    }
}
