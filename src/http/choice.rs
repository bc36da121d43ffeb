//! One watch on its owner's pages: what it watches, and the form that changes it.

use std::collections::{BTreeSet, HashMap};

use super::pages::rhythm_key;
use super::{Doors, Problem, feeds};
use crate::engine::WatchChange;
use crate::issue::{Category, CityId, IssueId, Kind};
use crate::store::{City, Naming, Ties, WatchRow, WatchState};
use crate::ward::WardRef;
use crate::watch::{Filter, Keywords, Meant, Rhythm, Target, WatchError, parse_name};
use crate::watcher::WatcherId;

/// A watch as its owner knows it again.
#[derive(Debug)]
pub struct Card {
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
    /// Where its feed is, without an ending, once it is confirmed.
    pub feed: Option<String>,
}

/// One watch with the form that changes it.
#[derive(Debug)]
pub struct Choice {
    pub card: Card,
    pub form: Fields,
    /// Whether its form stands open, for it has to be mended.
    pub open: bool,
    /// Of one that watches an area.
    pub ground: Option<Ground>,
}

/// What an area has to do with those that everybody may see.
#[derive(Debug, Default)]
pub struct Ground {
    /// Its public name, and whether that is not shown yet, or is not to be.
    pub public: Option<String>,
    pub held: bool,
    pub dismissed: bool,
    /// The public area whose outline it has.
    pub follows: Option<String>,
    /// Whether it had one that is public no more.
    pub ended: bool,
}

/// What the form of a watch holds.
#[derive(Debug)]
pub struct Fields {
    pub name: String,
    pub rhythms: Vec<Tick>,
    pub kinds: Vec<Tick>,
    pub categories: Vec<Tick>,
    /// One on each line.
    pub include: String,
    pub exclude: String,
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

/// These watches as their owner knows them again.
///
/// # Errors
/// When the database does not answer.
pub async fn cards(doors: &Doors, city: CityId, rows: &[WatchRow]) -> Result<Vec<Card>, Problem> {
    let issue = |row: &WatchRow| match row.watch.target {
        Target::Issue(id) => Some(id),
        _ => None,
    };
    let issues: Vec<IssueId> = rows.iter().filter_map(issue).collect();
    let numbers = doors.engine().store().read().await?.public_numbers(city, &issues).await?;
    let mut cards = Vec::with_capacity(rows.len());
    for row in rows {
        let (target, what) = match &row.watch.target {
            Target::Area(_) => ("page-target-area", String::new()),
            Target::Issue(id) => issue_words(*id, &numbers),
            Target::Wards { wards, meant: Meant::ThisWard } => ward_words(wards),
            Target::Wards { wards, meant: Meant::MyAddress(at) } => {
                home_words(&doors.engine().homes_at(city, wards, *at).await)
            }
        };
        let feed = (row.state != WatchState::Unconfirmed)
            .then(|| feeds::mine::link(doors, city, row.watch.id));
        cards.push(Card { feed, ..Card::of(row, target, what) });
    }
    Ok(cards)
}

/// These watches with the forms that change them.
///
/// # Errors
/// When the database does not answer.
pub async fn choices(
    doors: &Doors,
    city: CityId,
    rows: &[WatchRow],
) -> Result<Vec<Choice>, Problem> {
    let mut tx = doors.engine().store().read().await?;
    let known = tx.categories_offered(city).await?;
    let mut ties = match rows.first() {
        Some(row) => tx.ties_of(city, row.watch.watcher).await?,
        None => HashMap::new(),
    };
    drop(tx);
    let known = || known.iter().map(String::as_str);
    let cards = cards(doors, city, rows).await?;
    let choice = |(card, row): (Card, &WatchRow)| {
        let watch = &row.watch;
        let form = Fields::of(&watch.name, watch.rhythm, &watch.filter, known());
        let is_area = matches!(watch.target, Target::Area(_));
        let ground = is_area.then(|| Ground::of(ties.remove(&watch.id).unwrap_or_default()));
        Choice { card, form, open: false, ground }
    };
    Ok(cards.into_iter().zip(rows).map(choice).collect())
}

impl Ground {
    fn of(ties: Ties) -> Self {
        let naming = ties.public.as_ref().map(|public| public.naming);
        Self {
            public: ties.public.map(|public| public.name),
            held: naming == Some(Naming::Held),
            dismissed: naming == Some(Naming::Dismissed),
            follows: ties.follows.map(|(_, name)| name),
            ended: ties.ended.is_some(),
        }
    }
}

impl Card {
    fn of(row: &WatchRow, target: &'static str, what: String) -> Self {
        Self {
            id: row.watch.id.0.to_string(),
            name: row.watch.name.clone(),
            target,
            what,
            rhythm: rhythm_key(row.watch.rhythm),
            paused: row.state == WatchState::Paused,
            unconfirmed: row.state == WatchState::Unconfirmed,
            feed: None,
        }
    }
}

fn issue_words(id: IssueId, numbers: &HashMap<IssueId, String>) -> (&'static str, String) {
    match numbers.get(&id) {
        Some(number) => ("page-target-issue", number.clone()),
        None => ("page-target-issue-gone", String::new()),
    }
}

fn ward_words(wards: &[WardRef]) -> (&'static str, String) {
    let key = if are_wards(wards) { "page-target-ward" } else { "page-target-layer" };
    (key, in_words(wards))
}

/// The ward that an address lies in now, which may be another than when the watch was made.
fn home_words(wards: &[WardRef]) -> (&'static str, String) {
    let key = if wards.is_empty() { "page-target-home-none" } else { "page-target-home" };
    (key, in_words(wards))
}

fn are_wards(wards: &[WardRef]) -> bool {
    wards.iter().all(|ward| ward.layer == "wards")
}

fn in_words(wards: &[WardRef]) -> String {
    let plain = are_wards(wards);
    let name = |ward: &WardRef| {
        if plain { ward.ward.clone() } else { format!("{} {}", ward.layer, ward.ward) }
    };
    wards.iter().map(name).collect::<Vec<_>>().join(", ")
}

impl Fields {
    pub(super) fn of<'a>(
        name: &str,
        rhythm: Rhythm,
        filter: &'a Filter,
        known: impl Iterator<Item = &'a str>,
    ) -> Self {
        let Filter { categories, kinds, keywords, .. } = filter;
        let wanted: BTreeSet<&str> = categories.iter().map(Category::name).collect();
        let all: BTreeSet<&str> = known.chain(wanted.iter().copied()).collect();
        let tick = |value: &str, label, ticked| Tick { value: value.to_owned(), label, ticked };
        Self {
            name: name.to_owned(),
            rhythms: Rhythm::ALL.map(|one| tick(one.name(), rhythm_key(one), one == rhythm)).into(),
            kinds: KINDS
                .map(|(kind, label)| tick(kind.name(), label, kinds.contains(&kind)))
                .into(),
            categories: all.into_iter().map(|name| tick(name, "", wanted.contains(name))).collect(),
            include: on_lines(&keywords.include),
            exclude: on_lines(&keywords.exclude),
        }
    }
}

/// Keywords as the form shows them. One may be several words side by side, with commas between.
fn on_lines(keywords: &[String]) -> String {
    let lines = keywords.iter().map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

pub(super) fn from_lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// What somebody has filled into the form of a watch, right or not.
#[derive(Debug)]
pub struct Filled {
    name: Option<String>,
    rhythm: Option<Rhythm>,
    filter: Filter,
}

impl Filled {
    /// A form without JavaScript sends only what is ticked, so all of what it can say is said anew;
    /// what it cannot stays.
    pub fn read(pairs: &[(String, String)], row: &WatchRow) -> Self {
        let all = |name: &'static str| {
            pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let words = |name, old: &[String]| {
            let sent: Vec<_> = all(name).flat_map(from_lines).collect();
            // What was not touched stays to the letter.
            if sent == from_lines(&on_lines(old)) { old.to_vec() } else { sent }
        };
        let Filter { kinds: old, keywords, official, .. } = &row.watch.filter;
        let mut kinds: BTreeSet<Kind> = all("kind").filter_map(Kind::from_name).collect();
        kinds.extend(old.iter().filter(|kind| !KINDS.iter().any(|(known, _)| known == *kind)));
        let categories = all("category").filter(|name| !name.is_empty()).map(Category::from);
        let keywords = Keywords {
            include: words("include", &keywords.include),
            exclude: words("exclude", &keywords.exclude),
            phrase: keywords.phrase.clone(),
        };
        Self {
            name: all("name").next().map(str::to_owned),
            rhythm: all("rhythm").find_map(Rhythm::from_name),
            filter: Filter {
                categories: categories.collect(),
                kinds,
                keywords,
                official: *official,
            },
        }
    }

    /// The change that it asks for.
    ///
    /// # Errors
    /// What has to be mended, as a sentence.
    pub fn change(self) -> Result<WatchChange, WatchError> {
        Ok(WatchChange {
            name: self.name.as_deref().map(parse_name).transpose()?,
            filter: Some(self.filter.checked()?),
            rhythm: self.rhythm,
            ..WatchChange::default()
        })
    }
}

impl Choice {
    /// Opens the form with what was filled in, so that only what is wrong has to be typed again.
    pub fn mend(&mut self, filled: &Filled, row: &WatchRow) {
        let known: Vec<String> =
            self.form.categories.iter().map(|tick| tick.value.clone()).collect();
        self.form = Fields::of(
            filled.name.as_deref().unwrap_or(&row.watch.name),
            filled.rhythm.unwrap_or(row.watch.rhythm),
            &filled.filter,
            known.iter().map(String::as_str),
        );
        self.open = true;
    }
}

/// The watches of a person, as the store has them.
///
/// # Errors
/// When the database does not answer.
pub async fn rows_of(
    doors: &Doors,
    city: &City,
    watcher: WatcherId,
) -> Result<Vec<WatchRow>, Problem> {
    Ok(doors.engine().store().read().await?.watches_of(city.id, &[watcher]).await?)
}
