//! `/issues`: what was reported, as a list beside a map that says the same. What is shown stands in the
//! URL, and the form that changes it works without JavaScript.

mod asked;
pub mod embed;
pub mod map_data;
mod shown;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::extract::{Query, Reads};
use super::pages::{self, Frame, Wrong, render};
use super::{Doors, Problem, basemap, boundaries, feeds, island_words};
use crate::issue::Status;
use crate::store::{Count, Leaf, Order};
use crate::ward::{LayerVersion, USUAL_LAYER};

pub use asked::{Asked, Wanted, with_query};
pub use shown::bounds;

use shown::{Item, MapPart, items};

/// How many issues a page shows.
const SHOWN: usize = 30;

/// A filter that is on, and the page without it.
struct Chip {
    says: String,
    link: String,
}

/// Something to choose.
struct Choice {
    value: String,
    says: String,
    chosen: bool,
}

/// What comes meanwhile.
struct Live {
    stream: String,
    /// JSON.
    words: String,
    /// The name of each status, and how it looks: HTML.
    statuses: Vec<(&'static str, String)>,
}

/// The rest of the list.
struct More {
    link: String,
    says: String,
}

#[derive(Template)]
#[template(path = "pages/browse.html")]
struct BrowsePage<'a> {
    frame: Frame<'a>,
    asked: &'a Asked,
    count: String,
    chips: Vec<Chip>,
    items: Vec<Item>,
    /// Why there is nothing, as a sentence's key.
    nothing: &'static str,
    more: Option<More>,
    /// The way back to the beginning of the list.
    first: Option<String>,
    feeds: feeds::Links,
    watch: String,
    embed: String,
    embed_code: String,
    map: MapPart,
    live: Option<Live>,
    wards: Vec<Choice>,
    categories: Vec<Choice>,
    statuses: Vec<Choice>,
    within: Vec<Choice>,
    sorts: Vec<Choice>,
    wrongs: Vec<Wrong>,
}

/// `GET /issues?ward=&category=&status=&q=&bbox=&within=&sort=&cursor=`.
pub async fn page(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let asked = Asked::read(&pairs);
    let (wanted, faults) = asked.wanted(doors.engine().clock().now());
    let Wanted { view, order, after } = &wanted;
    let mut tx = doors.engine().store().read().await?;
    let leaf = tx.browse(city.id, view, *order, *after, SHOWN).await?;
    let count = tx.count_issues(city.id, view, *order).await?;
    let known = tx.categories_offered(city.id).await?;
    drop(tx);
    let layer = boundaries::in_force(&doors, &city, USUAL_LAYER).await?;
    let frame = Frame::new(&city.name, &language);
    let wrongs: Vec<Wrong> = faults.into_iter().map(|fault| fault.wrong(&frame)).collect();
    let is_wrong = !wrongs.is_empty();
    let page = BrowsePage {
        count: in_words(&frame, count),
        chips: chips(&frame, &asked),
        items: items(&frame, &city, &leaf.issues, doors.engine().clock().now()),
        nothing: nothing(&asked, &leaf),
        more: more(&frame, &asked, *order, &leaf),
        first: after.map(|_| asked.link("/issues")),
        feeds: feeds::Links::of(&asked),
        watch: watch_link(&asked),
        embed: embed::link(&asked),
        embed_code: embed::code(&frame, &doors.inner.public_url, &asked),
        map: MapPart::of(&doors, &frame, (&asked, &wanted), layer.as_deref(), &city, &leaf.issues),
        live: live(&doors, &frame, &asked, *order),
        wards: layer.as_deref().map(|layer| wards(&frame, layer, &asked)).unwrap_or_default(),
        categories: categories(known, &asked),
        statuses: statuses(&frame, &asked),
        within: within(&frame, &asked),
        sorts: sorts(&frame, *order),
        wrongs,
        asked: &asked,
        frame,
    };
    let page = basemap::with_map(render(&page)?);
    Ok(if is_wrong { pages::refused(page) } else { page })
}

/// How many there are, as far as anybody has counted.
fn in_words(frame: &Frame<'_>, count: Count) -> String {
    match count {
        Count::Exactly(count) => frame.count("page-browse-count", count),
        Count::MoreThan(count) => frame.count("page-browse-count-more", count),
        Count::Among(count, of) => {
            let found = frame.count("page-browse-count", count);
            let gaps = [("found", found.into()), ("count", of.into())];
            frame.words.fill(crate::message::Key("page-browse-count-among"), &gaps)
        }
    }
}

fn chips(frame: &Frame<'_>, asked: &Asked) -> Vec<Chip> {
    let chip = |(name, value): (&'static str, &str)| Chip {
        says: filter_word(frame, name, value),
        link: asked.without(name, value).link("/issues"),
    };
    asked.filters().into_iter().map(chip).collect()
}

/// A filter, as a person reads it.
fn filter_word(frame: &Frame<'_>, name: &str, value: &str) -> String {
    match name {
        "ward" => shown::ward_title(frame, value),
        "status" => status_word(frame, value),
        "within" => within_word(frame, value),
        "bbox" => frame.t("page-browse-here"),
        "q" => frame.with("page-browse-said", "words", value),
        _ => value.to_owned(),
    }
}

fn status_word(frame: &Frame<'_>, name: &str) -> String {
    match (name, Status::from_name(name)) {
        ("open", _) => frame.t("page-browse-open"),
        (_, Some(status)) => frame.status_word(status),
        _ => name.to_owned(),
    }
}

fn within_word(frame: &Frame<'_>, days: &str) -> String {
    match days.parse() {
        Ok(days) => frame.count("page-browse-days", days),
        Err(_) => days.to_owned(),
    }
}

fn nothing(asked: &Asked, leaf: &Leaf) -> &'static str {
    if leaf.unfinished {
        "page-browse-nothing-yet"
    } else if asked.is_all() {
        "page-home-empty"
    } else {
        "page-browse-nothing"
    }
}

fn more(frame: &Frame<'_>, asked: &Asked, order: Order, leaf: &Leaf) -> Option<More> {
    let key = match order {
        _ if leaf.unfinished => "page-browse-further",
        Order::Newest => "page-browse-older",
        _ => "page-browse-more",
    };
    leaf.next.map(|mark| More { link: asked.behind("/issues", mark), says: frame.t(key) })
}

/// To be told of what is seen.
fn watch_link(asked: &Asked) -> String {
    let mut pairs = asked.filters();
    pairs.retain(|(name, _)| ["ward", "category"].contains(name));
    with_query("/watch/new", &pairs)
}

/// News of exactly this list, where the stream can tell what belongs to it.
fn live(doors: &Doors, frame: &Frame<'_>, asked: &Asked, order: Order) -> Option<Live> {
    let told = asked.q.is_empty()
        && asked.categories.len() <= 1
        && ["", "open", "received"].contains(&&*asked.status)
        && asked.cursor.is_empty()
        && order == Order::Newest;
    let mut pairs = asked.filters();
    pairs.retain(|(name, _)| ["ward", "category", "bbox"].contains(name));
    told.then(|| Live {
        stream: with_query("/api/v1/stream", &pairs),
        words: island_words::of(&frame.words, "live", doors.inner.units),
        statuses: Status::ALL.map(|status| (status.name(), frame.status(status))).into(),
    })
}

fn wards(frame: &Frame<'_>, layer: &LayerVersion, asked: &Asked) -> Vec<Choice> {
    let mut keys: Vec<&str> = layer.wards.iter().map(|ward| &*ward.key).collect();
    keys.sort_by_key(|key| super::ward_pages::by_number(key));
    let choice = |key: &str| Choice {
        value: key.to_owned(),
        says: frame.with("page-target-ward", "what", key),
        chosen: asked.ward == key,
    };
    let mut all: Vec<Choice> = keys.into_iter().map(choice).collect();
    if !asked.ward.is_empty() && !all.iter().any(|one| one.chosen) {
        // Of another layer, or none: the form keeps what the link says.
        let says = shown::ward_title(frame, &asked.ward);
        all.push(Choice { value: asked.ward.clone(), says, chosen: true });
    }
    all
}

fn categories(known: Vec<String>, asked: &Asked) -> Vec<Choice> {
    let mut names = known;
    for name in &asked.categories {
        if !names.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
            names.push(name.clone());
        }
    }
    let chosen =
        |name: &str| asked.categories.iter().any(|one| one.to_lowercase() == name.to_lowercase());
    let choice = |name: String| Choice { chosen: chosen(&name), says: name.clone(), value: name };
    names.into_iter().map(choice).collect()
}

fn statuses(frame: &Frame<'_>, asked: &Asked) -> Vec<Choice> {
    let choice =
        |value: &str, says| Choice { value: value.to_owned(), says, chosen: asked.status == value };
    let mut all = vec![
        choice("", frame.t("page-browse-any-status")),
        choice("open", frame.t("page-browse-open")),
    ];
    let each = Status::ALL.into_iter().map(|one| choice(one.name(), frame.status_word(one)));
    all.extend(each);
    all
}

fn within(frame: &Frame<'_>, asked: &Asked) -> Vec<Choice> {
    let choice = |days: &str| Choice {
        value: days.to_owned(),
        says: match days {
            "" => frame.t("page-browse-any-time"),
            days => within_word(frame, days),
        },
        chosen: asked.within == days,
    };
    let mut days = vec!["", "1", "7", "30", "365"];
    if !days.contains(&&*asked.within) && asked.within.parse::<u16>().is_ok() {
        days.push(&asked.within);
    }
    days.into_iter().map(choice).collect()
}

fn sorts(frame: &Frame<'_>, order: Order) -> Vec<Choice> {
    let all = [
        ("newest", "page-browse-newest", Order::Newest),
        ("votes", "page-browse-votes", Order::Votes),
        ("longest", "page-browse-longest", Order::Longest),
    ];
    let choice = |(value, key, of): (&str, &'static str, Order)| Choice {
        value: value.to_owned(),
        says: frame.t(key),
        chosen: of == order,
    };
    all.map(choice).into()
}
