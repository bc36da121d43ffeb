//! The demo's front page: the city's map, issues as they land, and what people got.
//!
//! The one rule: the page is whole without JavaScript. The server writes the present state; the
//! script only keeps it moving, and takes no picture or word from anywhere else.

mod routes;

use askama::Template;

pub use routes::{Report, Stage, routes};

use super::board::{Card, Snapshot};
use super::wire::{Mail, grouped, lasting};
use crate::drawing::Map;

/// Where the front page is that residents of a city see at `/`.
pub const SITE: &str = "/site";

/// What the page is about.
#[derive(Clone, Debug)]
pub struct Scene {
    /// `Alder Falls`; for real boundaries what the operator calls them.
    pub city: String,
    /// Whether wards and issues come from real files. The watchers are invented all the same.
    pub real: bool,
    /// How many people watch, and in how many wards.
    pub watchers: u64,
    pub wards: u64,
    /// What a visitor can report.
    pub categories: Vec<String>,
    pub map: Map,
}

/// All that one rendering of the page needs.
#[derive(Debug)]
pub struct PageState<'a> {
    pub scene: &'a Scene,
    pub snapshot: Snapshot,
    /// The number of the issue whose messages are shown; the newest with a mail if `None`.
    pub chosen: Option<String>,
}

#[derive(Template)]
#[template(path = "demo.html")]
struct Page<'a> {
    scene: &'a Scene,
    view_box: String,
    watchers: String,
    cards: Vec<CardView<'a>>,
    figures: [Figure; 5],
    chosen: Option<&'a Card>,
    /// The mail that lies open.
    mail: Option<&'a Mail>,
    /// The same state for the script.
    state: String,
}

struct CardView<'a> {
    card: &'a Card,
    place: String,
    chosen: bool,
}

struct Figure {
    id: &'static str,
    label: &'static str,
    value: String,
}

/// The page as HTML.
///
/// # Errors
/// None in practice: the template only writes to memory. The caller answers 500.
pub fn render_page(page: &PageState) -> Result<String, askama::Error> {
    let cards = &page.snapshot.cards;
    let named = page.chosen.as_ref().and_then(|n| cards.iter().find(|c| c.landing.number == *n));
    let chosen = named.or_else(|| cards.iter().find(|c| !c.mails.is_empty()));
    let frame = page.scene.map.frame();
    let view = |card| CardView { card, place: card.landing.place(), chosen: named == Some(card) };
    Page {
        scene: page.scene,
        view_box: format!("0 0 {} {}", frame.width(), frame.height()),
        watchers: grouped(page.scene.watchers),
        cards: cards.iter().map(view).collect(),
        figures: figures(&page.snapshot),
        chosen,
        mail: chosen.and_then(|card| card.mails.first()),
        state: state(&page.snapshot),
    }
    .render()
}

fn figures(snapshot: &Snapshot) -> [Figure; 5] {
    let tally = snapshot.tally;
    let figure = |id, label, value| Figure { id, label, value };
    let median = if tally.median_ms == 0 { "–".to_owned() } else { lasting(tally.median_ms) };
    [
        figure("issues", "issues", grouped(tally.issues)),
        figure("people", "people told", grouped(tally.people)),
        figure("mails", "mails", grouped(tally.mails)),
        figure("pushes", "pushes", grouped(tally.pushes)),
        figure("median_ms", "median time", median),
    ]
}

/// JSON that can stand in a `<script>` element: no `<` can end it early.
fn state(snapshot: &Snapshot) -> String {
    // Strings and numbers always become JSON; without it the page stands still but whole.
    serde_json::to_string(snapshot).unwrap_or_default().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests;
