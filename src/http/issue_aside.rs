//! What stands beside an issue's story: what comes next, where else to look, how to pass it on, and what
//! only whoever has signed in is told.

use super::pages::Frame;
use super::ward_pages::{path_of, title, urlencoded};
use super::{Doors, Problem, island_words, told_why};
use crate::clock::Timestamp;
use crate::engine::CaseFile;
use crate::issue::{Issue, Status};
use crate::store::{City, IssueWardRow};
use crate::watcher::WatcherId;

/// A link with its words.
pub struct Way {
    pub to: String,
    pub says: String,
}

/// What anybody is shown.
pub struct Aside {
    /// The page's own address, in full.
    pub link: String,
    /// What it is about, for those who are sent its link.
    pub about: String,
    pub related: Vec<Way>,
    /// JSON.
    pub share: String,
}

/// How much of a description goes along with a link, in characters.
const ABOUT: usize = 200;

impl Aside {
    pub fn of(doors: &Doors, frame: &Frame<'_>, issue: &Issue, wards: &[IssueWardRow]) -> Self {
        let standing = &issue.standing;
        let mut related: Vec<Way> = wards
            .iter()
            .map(|row| Way { to: path_of(&row.ward), says: title(frame, &row.ward) })
            .collect();
        let category = standing.category.name();
        related.push(Way {
            to: format!("/issues?category={}", urlencoded(category)),
            says: frame.with("page-related-category", "category", category),
        });
        let line: Vec<&str> = standing.description.split_whitespace().collect();
        let about = if line.is_empty() { standing.address.clone() } else { line.join(" ") };
        Self {
            link: format!("{}/issues/{}", doors.inner.public_url, issue.number),
            about: about.chars().take(ABOUT).collect(),
            related,
            share: island_words::of(&frame.words, "share", doors.inner.units),
        }
    }
}

/// What only whoever has signed in is told.
#[derive(Default)]
pub struct Own {
    /// Why they were told of it, or why not.
    pub why: Option<String>,
    /// They reported it, and may say that it is not fixed.
    pub may_reopen: bool,
    /// They have said that it bothers them, too.
    pub is_bothered: bool,
    /// When they are asked whether it is fixed.
    asked: Option<Timestamp>,
}

impl Own {
    /// # Errors
    /// When the database does not answer.
    pub async fn of(
        doors: &Doors,
        city: &City,
        frame: &Frame<'_>,
        (visitor, issue): (WatcherId, &Issue),
    ) -> Result<Self, Problem> {
        let now = doors.engine().clock().now();
        let mut tx = doors.engine().store().read().await?;
        let reported = tx.own_report(city.id, issue.id, visitor).await?;
        let file = CaseFile::gather(&mut tx, city, issue.clone(), visitor, now).await?;
        drop(tx);
        let is_bothered = doors.engine().has_voted(city, visitor, issue).await?;
        Ok(Self {
            is_bothered,
            why: told_why::sentence(frame, city, &file, now),
            may_reopen: reported.is_some() && issue.standing.status == Status::Closed,
            asked: reported.and_then(|report| report.ask_at).filter(|at| *at > now),
        })
    }
}

/// What is to be expected next, if that is known.
pub fn next_step(
    frame: &Frame<'_>,
    city: &City,
    (issue, own): (&Issue, &Own),
    now: Timestamp,
) -> Option<String> {
    Some(match (issue.standing.status, own.asked) {
        (Status::Received, _) => frame.t("page-next-received"),
        (Status::Acknowledged, _) => frame.t("page-next-acknowledged"),
        (Status::InProgress, _) => frame.t("page-next-in-progress"),
        (Status::OnHold, _) => frame.t("page-next-on-hold"),
        (Status::Closed, Some(at)) => {
            frame.with("page-next-ask", "when", &frame.words.moment(at, now, &city.zone))
        }
        (Status::Closed, None) => return None,
    })
}
