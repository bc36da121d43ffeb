//! One watch on its owner's page: what it watches, and the form that changes it.

use std::collections::{BTreeSet, HashMap};

use super::pages::rhythm_key;
use super::{Doors, Problem};
use crate::engine::WatchChange;
use crate::issue::{Category, CityId, IssueId, Kind};
use crate::store::{City, WatchRow, WatchState};
use crate::ward::WardRef;
use crate::watch::{Filter, Keywords, Meant, Rhythm, Target, WatchError, parse_name};

/// One watch on its owner's page.
#[derive(Debug)]
pub struct Choice {
    pub id: String,
    pub name: String,
    /// What is watched, as a sentence's key and what fills it: a ward's number or an issue's, never
    /// where an area lies.
    pub target: &'static str,
    pub what: String,
    /// How soon, as a sentence's key.
    pub rhythm: &'static str,
    pub paused: bool,
    pub unconfirmed: bool,
    pub rhythms: Vec<Tick>,
    pub kinds: Vec<Tick>,
    pub categories: Vec<Tick>,
    pub include: String,
    pub exclude: String,
    /// Whether its form stands open, for it has to be mended.
    pub open: bool,
}

/// A box to tick: its value, its label as a sentence's key, and whether it is ticked.
#[derive(Debug)]
pub struct Tick {
    pub value: String,
    pub label: &'static str,
    pub ticked: bool,
}

/// The kinds that somebody may ask for, each with its label. What is taken off the site is told
/// to nobody.
const KINDS: [(Kind, &str); 8] = [
    (Kind::Opened, "page-kind-opened"),
    (Kind::Updated, "page-kind-updated"),
    (Kind::Commented, "page-kind-commented"),
    (Kind::Voted, "page-kind-voted"),
    (Kind::Closed, "page-kind-closed"),
    (Kind::Reopened, "page-kind-reopened"),
    (Kind::Moved, "page-kind-moved"),
    (Kind::Merged, "page-kind-merged"),
];

/// All of these watches, with what the store knows of their issues and of the city's categories.
pub async fn choices(
    doors: &Doors,
    city: &City,
    rows: &[WatchRow],
) -> Result<Vec<Choice>, Problem> {
    let mut tx = doors.engine().store().read().await?;
    let categories = tx.categories(city.id).await?;
    let mut numbers = HashMap::new();
    for row in rows {
        if let Target::Issue(id) = row.watch.target {
            numbers.insert(id, tx.number_of(city.id, id).await?.unwrap_or_default());
        }
    }
    Ok(rows.iter().map(|row| Choice::of(row, &numbers, &categories)).collect())
}

impl Choice {
    fn of(row: &WatchRow, numbers: &HashMap<IssueId, String>, known: &[String]) -> Self {
        let watch = &row.watch;
        let (target, what) = target(&watch.target, numbers);
        let Filter { categories, kinds, keywords } = &watch.filter;
        let kind = |(kind, label): (Kind, &'static str)| Tick {
            value: kind.name().to_owned(),
            label,
            ticked: kinds.contains(&kind),
        };
        let wanted: BTreeSet<&str> = categories.iter().map(Category::name).collect();
        let all: BTreeSet<&str> =
            known.iter().map(String::as_str).chain(wanted.iter().copied()).collect();
        let category =
            |name: &str| Tick { value: name.to_owned(), label: "", ticked: wanted.contains(name) };
        let rhythm = |rhythm: Rhythm| Tick {
            value: rhythm.name().to_owned(),
            label: rhythm_key(rhythm),
            ticked: rhythm == watch.rhythm,
        };
        Self {
            id: watch.id.0.to_string(),
            name: watch.name.clone(),
            target,
            what,
            rhythm: rhythm_key(watch.rhythm),
            paused: row.state == WatchState::Paused,
            unconfirmed: row.state == WatchState::Unconfirmed,
            rhythms: Rhythm::ALL.map(rhythm).into(),
            kinds: KINDS.map(kind).into(),
            categories: all.into_iter().map(category).collect(),
            include: keywords.include.join(", "),
            exclude: keywords.exclude.join(", "),
            open: false,
        }
    }
}

fn target(target: &Target, numbers: &HashMap<IssueId, String>) -> (&'static str, String) {
    match target {
        Target::Area(_) => ("page-target-area", String::new()),
        Target::Issue(id) => ("page-target-issue", numbers.get(id).cloned().unwrap_or_default()),
        Target::Wards { wards, meant } => {
            let are_wards = wards.iter().all(|ward| ward.layer == "wards");
            let name = |ward: &WardRef| {
                if are_wards { ward.ward.clone() } else { format!("{} {}", ward.layer, ward.ward) }
            };
            let what = wards.iter().map(name).collect::<Vec<_>>().join(", ");
            let key = match (meant, are_wards) {
                (Meant::MyAddress(_), _) => "page-target-home",
                (Meant::ThisWard, true) => "page-target-ward",
                (Meant::ThisWard, false) => "page-target-layer",
            };
            (key, what)
        }
    }
}

/// What the form of a watch says. A form without JavaScript sends only what is ticked, so all of
/// what it can say is said anew; what it cannot stays.
///
/// # Errors
/// What has to be mended, as a sentence.
pub fn change(pairs: &[(String, String)], row: &WatchRow) -> Result<WatchChange, WatchError> {
    let all = |name: &'static str| {
        pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    };
    let words = |name| {
        let words = all(name).flat_map(|text| text.split(',')).map(str::trim);
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let old = &row.watch.filter;
    let mut kinds: BTreeSet<Kind> = all("kind").filter_map(Kind::from_name).collect();
    kinds.extend(old.kinds.iter().filter(|kind| !KINDS.iter().any(|(known, _)| known == *kind)));
    let filter = Filter {
        categories: all("category").filter(|name| !name.is_empty()).map(Category::from).collect(),
        kinds,
        keywords: Keywords {
            include: words("include"),
            exclude: words("exclude"),
            phrase: old.keywords.phrase.clone(),
        },
    };
    Ok(WatchChange {
        name: all("name").next().map(parse_name).transpose()?,
        filter: Some(filter.checked()?),
        rhythm: all("rhythm").find_map(Rhythm::from_name),
        ..WatchChange::default()
    })
}

/// The watches of a person that are left, for the page that says one has ended.
pub async fn left(
    doors: &Doors,
    city: &City,
    watcher: crate::watcher::WatcherId,
) -> Result<Vec<Choice>, Problem> {
    let rows = rows_of(doors, city.id, watcher).await?;
    choices(doors, city, &rows).await
}

pub async fn rows_of(
    doors: &Doors,
    city: CityId,
    watcher: crate::watcher::WatcherId,
) -> Result<Vec<WatchRow>, Problem> {
    Ok(doors.engine().store().read().await?.watches_of(city, &[watcher]).await?)
}
