//! `/embed`: a map and a short list for the page of somebody else, the one page that anybody may frame.
//!
//! The one rule: nothing on it knows who looks at it, and nothing on it acts.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use super::super::about::escaped;
use super::super::extract::{Query, Reads};
use super::super::pages::{Frame, render};
use super::super::{Doors, Problem, basemap, boundaries, manners};
use super::shown::{Item, MapPart, items};
use super::{Asked, Wanted, filter_word, in_words, with_query};
use crate::ward::USUAL_LAYER;

/// How many issues it names.
const SHOWN: usize = 8;

#[derive(Template)]
#[template(path = "pages/embed.html")]
struct EmbedPage<'a> {
    frame: Frame<'a>,
    /// What it shows, where that is not all.
    only: String,
    count: String,
    items: Vec<Item>,
    map: MapPart,
    /// The page with all of it.
    all: String,
}

/// `GET /embed?ward=&category=&status=`.
pub async fn page(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let asked = only(&Asked::read(&pairs));
    let now = doors.engine().clock().now();
    let wanted = asked.checked(now)?;
    let Wanted { view, order, .. } = &wanted;
    let mut tx = doors.engine().store().read().await?;
    let leaf = tx.browse(city.id, view, *order, None, SHOWN).await?;
    let count = tx.count_issues(city.id, view, *order).await?;
    drop(tx);
    let layer = boundaries::in_force(&doors, &city, USUAL_LAYER).await?;
    let frame = Frame::new(&city.name, &language);
    let page = EmbedPage {
        only: said(&frame, &asked),
        count: in_words(&frame, count),
        items: items(&frame, &city, &leaf.issues, now),
        map: MapPart::of(&doors, &frame, (&asked, &wanted), layer.as_deref(), &city, &leaf.issues),
        all: asked.link("/issues"),
        frame,
    };
    let mut page = basemap::with_map(render(&page)?);
    let policy = HeaderValue::from_static(manners::FRAMED_POLICY);
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(page)
}

/// What an embedded page can be asked.
fn only(asked: &Asked) -> Asked {
    Asked {
        ward: asked.ward.clone(),
        categories: asked.categories.clone(),
        status: asked.status.clone(),
        ..Asked::default()
    }
}

fn said(frame: &Frame<'_>, asked: &Asked) -> String {
    let word = |(name, value): (&'static str, &str)| filter_word(frame, name, value);
    asked.filters().into_iter().map(word).collect::<Vec<_>>().join(" · ")
}

/// The page with these filters, as far as it knows them.
pub fn link(asked: &Asked) -> String {
    with_query("/embed", &only(asked).filters())
}

/// What somebody puts into a page of theirs.
pub fn code(frame: &Frame<'_>, public_url: &str, asked: &Asked) -> String {
    let title = frame.with("page-embed-title", "city", frame.city);
    let (link, title) = (format!("{public_url}{}", link(asked)), escaped(&title));
    let link = escaped(&link);
    format!(
        r#"<iframe src="{link}" title="{title}" width="100%" height="640" loading="lazy"></iframe>"#
    )
}
