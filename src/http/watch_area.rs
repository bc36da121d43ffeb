//! The area of a watch on its owner's pages: drawn anew (`/watch/{token}/area/{id}`), and shown to everybody
//! under a name or private again (`/watch/{token}/public/{id}`).

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::extract::Path;
use super::issue_page::Picture;
use super::manage::Owner;
use super::pages::{self, Frame, Wrong, render};
use super::places::{Found, PlaceField};
use super::sender::From;
use super::watch_new::{self, Choice, Filled};
use super::{Doors, Problem, basemap, boundaries, island_words};
use crate::engine::{EngineError, WatchChange};
use crate::geometry::{Limits, Shape};
use crate::message;
use crate::store::{NamedArea, Naming, WatchRow};
use crate::ward::USUAL_LAYER;
use crate::watch::{Target, WatchId};

#[derive(Template)]
#[template(path = "pages/watch_area.html")]
struct AreaPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
    filled: &'a Filled,
    place: PlaceField,
    bounds: String,
    /// Attributes: the operator's map beneath ours.
    beneath: String,
    units: &'static str,
    limits: Limits,
    radii: Vec<Choice>,
    picture: Option<Picture>,
    /// The public area whose outline it has.
    follows: Option<String>,
    /// Its public name: others see what is drawn here.
    public: Option<String>,
    wrongs: Vec<Wrong>,
    /// JSON for the islands.
    draw: String,
    locate: String,
    back: String,
}

/// An area watch of somebody's, with the way back to all of theirs.
struct Mine {
    owner: Owner,
    row: WatchRow,
    public: Option<NamedArea>,
    follows: Option<String>,
    back: String,
}

impl Mine {
    async fn open(doors: &Doors, text: &str, id: Uuid) -> Result<Self, Problem> {
        let owner = Owner::open(doors, text).await?;
        let row = owner.watch(doors, WatchId(id)).await?;
        if !matches!(row.watch.target, Target::Area(_)) {
            return Err(EngineError::UnknownWatch.into());
        }
        let mut tx = doors.engine().store().read().await?;
        let ties = tx.ties_of(owner.city.id, owner.watcher).await?.remove(&row.watch.id);
        let ties = ties.unwrap_or_default();
        let follows = ties.follows.map(|(_, name)| name);
        Ok(Self { owner, row, public: ties.public, follows, back: format!("/watch/{text}") })
    }

    fn shape(&self) -> Option<&Shape> {
        match &self.row.watch.target {
            Target::Area(shape) => Some(shape),
            _ => None,
        }
    }

    async fn draw(
        &self,
        doors: &Doors,
        (filled, several): (&Filled, &[Found]),
        wrongs: Vec<Wrong>,
    ) -> Result<Response, Problem> {
        let layer = boundaries::in_force(doors, &self.owner.city, USUAL_LAYER).await?;
        let (frame, units) = (self.owner.frame(), doors.inner.units);
        let page = AreaPage {
            place: PlaceField::new("address", &filled.address, &wrongs).offering(&frame, several),
            name: &self.row.watch.name,
            bounds: watch_new::extent(filled, layer.as_deref()),
            beneath: basemap::beneath(doors),
            units: units.name(),
            limits: doors.inner.watch_limits,
            radii: watch_new::radii(&frame, filled, units),
            picture: watch_new::picture(doors, filled, layer.as_deref()),
            follows: self.follows.clone(),
            public: self.public.as_ref().map(|public| public.name.clone()),
            draw: island_words::of(&frame.words, "draw", units),
            locate: island_words::of(&frame.words, "locate", units),
            back: self.back.clone(),
            filled,
            wrongs,
            frame,
        };
        Ok(basemap::with_map(render(&page)?))
    }

    /// Changes the area to what was drawn; gives what was done, or what is wrong, as a sentence's key.
    async fn change(
        &self,
        doors: &Doors,
        filled: &Filled,
        radius_was: f64,
    ) -> Result<Result<&'static str, &'static str>, Problem> {
        let area = serde_json::from_str(&filled.area).ok();
        let shape = area.and_then(|area| doors.inner.watch_limits.read(&area).ok());
        let (Some(shape), Some(old)) = (shape, self.shape()) else {
            return Ok(Err("page-wrong-area"));
        };
        let is_old = shape == *old || filled.area == Filled::around(Some(old)).area;
        let found = filled.at().and_then(|at| Shape::circle(at, radius_was).ok());
        let resized = (filled.radius_m - radius_was).abs() >= 1.0;
        let shape = if resized && (is_old || found.as_ref() == Some(&shape)) {
            // Only the size was chosen anew.
            Shape::circle(shape.centre(), filled.radius_m).unwrap_or(shape)
        } else if is_old {
            return Ok(Ok("area_same"));
        } else {
            shape
        };
        let change = WatchChange { shape: Some(shape), ..WatchChange::default() };
        let (city, watcher) = (&self.owner.city, self.owner.watcher);
        match doors.engine().change_watch(city, watcher, self.row.watch.id, change).await {
            Ok(_) => Ok(Ok("area")),
            Err(EngineError::OutsideCity { .. }) => Ok(Err("page-wrong-outside")),
            Err(other) => Err(other.into()),
        }
    }

    async fn name(
        &self,
        doors: &Doors,
        typed: Option<&str>,
        wrongs: Vec<Wrong>,
    ) -> Result<Response, Problem> {
        let layer = boundaries::in_force(doors, &self.owner.city, USUAL_LAYER).await?;
        let filled = Filled::around(self.shape());
        let known = self.public.as_ref().map(|public| public.name.as_str());
        let shown = self.public.as_ref().filter(|public| public.naming == Naming::Shown);
        let frame = self.owner.frame();
        render(&NamePage {
            watch: &self.row.watch.name,
            typed: typed.or(known).unwrap_or_default(),
            standing: self.public.as_ref().map(|public| in_words(&frame, public)),
            page: shown.map(|public| format!("/areas/{}", public.id.0)),
            is_circle: self.shape().is_some_and(Shape::has_circle),
            picture: watch_new::picture(doors, &filled, layer.as_deref()),
            wrongs,
            back: &self.back,
            frame,
        })
    }
}

fn in_words(frame: &Frame<'_>, area: &NamedArea) -> String {
    let key = match area.naming {
        Naming::Held => "page-area-held",
        Naming::Shown => "page-area-public",
        Naming::Dismissed => "page-area-dismissed",
    };
    frame.with(key, "name", &area.name)
}

/// `GET /watch/{token}/area/{id}`: the area as it is, to be drawn anew.
pub async fn ask(
    State(doors): State<Doors>,
    Path((text, id)): Path<(String, Uuid)>,
) -> Result<Response, Problem> {
    let mine = Mine::open(&doors, &text, id).await?;
    let filled = Filled::around(mine.shape());
    mine.draw(&doors, (&filled, &[]), vec![]).await
}

/// `POST /watch/{token}/area/{id}`: finds a place and shows the form again with it, or changes the area.
pub async fn press(
    State(doors): State<Doors>,
    from: From,
    Path((text, id)): Path<(String, Uuid)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let mine = Mine::open(&doors, &text, id).await?;
    let frame = mine.owner.frame();
    let mut filled = Filled::read(&pairs);
    // Nothing is made of an address before its owner has seen where it is.
    if !filled.only_looks && !filled.address.is_empty() && filled.address != filled.asked {
        (filled.only_looks, filled.finds_address) = (true, true);
    }
    if filled.finds_address {
        doors.inner.limits.lookup(from)?;
    }
    let looked = watch_new::look_up(&doors, &mine.owner.city, &frame, &mut filled).await;
    let (several, mut wrongs) = (looked.several, looked.wrongs);
    if wrongs.is_empty() && several.is_empty() {
        wrongs = filled.place(&frame);
    }
    if filled.only_looks {
        return mine.draw(&doors, (&filled, &*several), wrongs).await;
    }
    if wrongs.is_empty() {
        doors.inner.limits.preview(from)?;
        let was = pairs.iter().find(|(name, _)| name == "radius_was");
        let was = was.and_then(|(_, radius)| radius.parse().ok());
        match mine.change(&doors, &filled, was.unwrap_or(filled.radius_m)).await? {
            Ok(done) => {
                let back = format!("{}?done={done}", mine.back);
                return Ok(Redirect::to(&back).into_response());
            }
            Err(key) => wrongs.push(Wrong::at("where", frame.t(key))),
        }
    }
    Ok(pages::refused(mine.draw(&doors, (&filled, &*several), wrongs).await?))
}

#[derive(Template)]
#[template(path = "pages/watch_public.html")]
struct NamePage<'a> {
    frame: Frame<'a>,
    /// Its owner's name for it, which nobody else is shown.
    watch: &'a str,
    typed: &'a str,
    /// How its public name stands, if it has one.
    standing: Option<String>,
    /// Where everybody sees it.
    page: Option<String>,
    is_circle: bool,
    picture: Option<Picture>,
    wrongs: Vec<Wrong>,
    back: &'a str,
}

/// `GET /watch/{token}/public/{id}`: what everybody would see and what not, and a field for the name.
pub async fn ask_public(
    State(doors): State<Doors>,
    Path((text, id)): Path<(String, Uuid)>,
) -> Result<Response, Problem> {
    Mine::open(&doors, &text, id).await?.name(&doors, None, vec![]).await
}

/// The longest name that a list shows on one line or two, in characters.
const LONGEST: usize = 60;

/// A name as everybody reads it: short, and no way to lead them elsewhere.
fn read_name(frame: &Frame<'_>, typed: &str) -> Result<String, Wrong> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let wrong = |key| Err(Wrong::at("name", frame.t(key)));
    if name.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
        return wrong("page-wrong-public-none");
    }
    if name.chars().count() > LONGEST {
        return wrong("page-wrong-public-long");
    }
    if message::line(&name) != name {
        return wrong("page-wrong-public-signs");
    }
    if message::leads_away(&name) || name.contains('@') {
        return wrong("page-wrong-public-link");
    }
    Ok(name)
}

/// Shows an area under a name. Gives what is done, or what is wrong with the name.
async fn give_name(
    doors: &Doors,
    mine: &Mine,
    typed: &str,
) -> Result<Result<&'static str, Wrong>, Problem> {
    let (frame, owner) = (mine.owner.frame(), &mine.owner);
    let name = match read_name(&frame, typed) {
        Ok(name) => name,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let wrong = |says| Ok(Err(Wrong::at("name", says)));
    let id = mine.row.watch.id;
    match doors.engine().name_area(&owner.city, owner.watcher, id, name.clone()).await {
        Ok(Naming::Shown) => Ok(Ok("public")),
        Ok(Naming::Held) => Ok(Ok("public_waits")),
        Ok(Naming::Dismissed) => wrong(frame.with("page-area-dismissed", "name", &name)),
        Err(EngineError::TooManyAreas(_)) => wrong(frame.t("page-wrong-public-many")),
        Err(other) => Err(other.into()),
    }
}

/// `POST /watch/{token}/public/{id}`: shows it to everybody under a name, or makes it private again.
pub async fn press_public(
    State(doors): State<Doors>,
    Path((text, id)): Path<(String, Uuid)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let mine = Mine::open(&doors, &text, id).await?;
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| &**value);
    let done = match value("act") {
        Some("end") => {
            let (engine, owner) = (doors.engine(), &mine.owner);
            engine.unname_area(&owner.city, owner.watcher, WatchId(id)).await?;
            "private"
        }
        Some("show") => {
            let typed = value("name").unwrap_or_default();
            match give_name(&doors, &mine, typed).await? {
                Ok(done) => done,
                Err(wrong) => {
                    return Ok(pages::refused(mine.name(&doors, Some(typed), vec![wrong]).await?));
                }
            }
        }
        _ => return Err(Problem::field("/act", "is show or end")),
    };
    Ok(Redirect::to(&format!("{}?done={done}", mine.back)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nobody_elsewhere() {
        let english = "en".parse().unwrap();
        let frame = Frame::new("Testville", &english);
        for (typed, name) in [
            ("  Friends of  Palmer Square ", Some("Friends of Palmer Square")),
            ("St. John's 5. block", Some("St. John's 5. block")),
            ("帕尔默广场", Some("帕尔默广场")),
            ("", None),
            ("!!", None),
            ("see https://x.org/", None),
            ("cheap.example now", None),
            ("www.x", None),
            ("me@x", None),
            ("cheap。com", None),
            ("Palmer \u{202e}erauqS", None),
            ("cheap\u{200b}.com", None),
            ("Palmer\0Square", None),
            (&"a".repeat(61), None),
        ] {
            assert_eq!(read_name(&frame, typed).ok().as_deref(), name, "{typed}");
        }
    }
}
