//! `/watch/{token}`: all that a person watches, and the buttons and forms that change it. It works
//! without JavaScript.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::choice::{Filled, cards, choices, rows_of};
use super::habits::{self, HabitsForm};
use super::links::{manage_link, not_valid, open, watch_row};
use super::member::seat_of;
use super::pages::{self, Frame, Mine, Muted, Told};
use super::session::Visitor;
use super::{Doors, Problem, language};
use crate::engine::{EngineError, WatchChange};
use crate::message::{Language, Words};
use crate::store::{City, WatchRow};
use crate::token::{Token, TokenError};
use crate::watch::{WatchError, WatchId};
use crate::watcher::WatcherId;

/// `GET /watch/{token}`: all that a person watches.
pub async fn manage(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Path(text): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let owner = Owner::open(&doors, &text).await?;
    let rows = rows_of(&doors, &owner.city, owner.watcher).await?;
    let choices = choices(&doors, owner.city.id, &rows).await?;
    let (habits, muted) = (owner.habits(&doors).await?, owner.muted(&doors).await?);
    let done = match told.done.as_deref() {
        Some("pause") => Some("page-did-pause"),
        Some("resume") => Some("page-did-resume"),
        Some("stop") => Some("page-did-stop"),
        Some("mute") => Some("page-did-mute"),
        Some("unmute") => Some("page-did-unmute"),
        Some("mute_commenter") => Some("page-did-mute-author"),
        Some("unmute_commenter") => Some("page-did-unmute-author"),
        Some("go_on") => Some("page-did-go-on"),
        Some("test_webhook") => Some("page-did-test"),
        Some("area") => Some("page-area-did-change"),
        Some("area_same") => Some("page-area-did-nothing"),
        Some("public") => Some("page-public-did-show"),
        Some("public_waits") => Some("page-public-did-wait"),
        Some("private") => Some("page-public-did-end"),
        Some("change" | "habits") => Some("page-did-change"),
        _ => None,
    };
    let (stilled, path) = (owner.stilled(&doors).await?, &format!("/watch/{text}"));
    let is_here = visitor == Some(owner.watcher);
    let has_desk = is_here && has_desk(&doors, &owner).await?;
    let mine = Mine {
        choices: &choices,
        habits: &habits,
        muted: &muted,
        stilled: &stilled,
        path,
        is_here,
        has_desk,
    };
    pages::manage(owner.frame(), &mine, done, None)
}

/// Whether somebody is staff, and so has a desk.
pub(super) async fn has_desk(doors: &Doors, owner: &Owner) -> Result<bool, Problem> {
    Ok(seat_of(doors, owner.city.id, owner.watcher).await?.is_some())
}

/// What a button on the management page says, and the form around it.
struct Pressed {
    watch: WatchId,
    act: Act,
    pairs: Vec<(String, String)>,
}

enum Act {
    Pause,
    Resume,
    Change,
    /// Asks whether to stop, for it cannot be undone.
    Ask,
    Stop,
}

impl Pressed {
    fn read(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, v)| v.as_str());
        let act = match value("act") {
            Some("pause") => Act::Pause,
            Some("resume") => Act::Resume,
            Some("change") => Act::Change,
            Some("ask") => Act::Ask,
            Some("stop") => Act::Stop,
            _ => {
                return Err(Problem::field(
                    "/act",
                    "is pause, resume, change, ask, stop, habits, go_on or test_webhook",
                ));
            }
        };
        let watch = value("watch").and_then(|id| id.parse::<Uuid>().ok());
        let watch = watch.ok_or_else(|| Problem::field("/watch", "is the id of a watch"))?;
        Ok(Self { watch: WatchId(watch), act, pairs })
    }
}

/// `POST /watch/{token}`: changes, pauses, resumes or stops one watch, and leads back to the rest.
pub async fn manage_one(
    State(doors): State<Doors>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let owner = Owner::open(&doors, &text).await?;
    let back = format!("/watch/{text}");
    let act = pairs.iter().find(|(name, _)| name == "act").map(|(_, value)| value.as_str());
    match act {
        Some("habits") => return change_habits(&doors, &owner, &pairs, &back).await,
        Some(act @ ("go_on" | "test_webhook")) => {
            owner.go_on(&doors, &pairs).await?;
            return Ok(Redirect::to(&format!("{back}?done={act}")).into_response());
        }
        _ => {}
    }
    let pressed = Pressed::read(pairs)?;
    let (engine, id) = (doors.engine(), pressed.watch);
    let (city, watcher) = (&owner.city, owner.watcher);
    let pause = |paused| WatchChange { paused: Some(paused), ..WatchChange::default() };
    let done = match pressed.act {
        Act::Ask => {
            let row = owner.watch(&doors, id).await?;
            let card = cards(&doors, city.id, &[row]).await?.remove(0);
            return pages::stop(owner.frame(), &card, &back);
        }
        Act::Stop => {
            engine.unwatch(city, watcher, id).await?;
            "stop"
        }
        Act::Pause => {
            engine.change_watch(city, watcher, id, pause(true)).await?;
            "pause"
        }
        Act::Resume => {
            engine.change_watch(city, watcher, id, pause(false)).await?;
            "resume"
        }
        Act::Change => {
            let row = owner.watch(&doors, id).await?;
            match Filled::read(&pressed.pairs, &row).change() {
                Ok(change) => engine.change_watch(city, watcher, id, change).await?,
                Err(why) => {
                    return to_mend(&doors, &owner, &row, (&pressed.pairs, &back), why).await;
                }
            };
            "change"
        }
    };
    Ok(Redirect::to(&format!("{back}?done={done}")).into_response())
}

/// Changes when a person is told, or shows the form again as it was filled in.
async fn change_habits(
    doors: &Doors,
    owner: &Owner,
    pairs: &[(String, String)],
    back: &str,
) -> Result<Response, Problem> {
    let (form, wrong) = match habits::save(doors, owner, pairs).await? {
        Ok(chosen) => {
            let answer = Redirect::to(&format!("{back}?done=habits")).into_response();
            return Ok(language::spoken(doors, answer, chosen.as_ref()));
        }
        Err(to_mend) => to_mend,
    };
    let rows = rows_of(doors, &owner.city, owner.watcher).await?;
    let choices = choices(doors, owner.city.id, &rows).await?;
    let (muted, stilled) = (owner.muted(doors).await?, &owner.stilled(doors).await?);
    let mine = Mine {
        choices: &choices,
        habits: &form,
        muted: &muted,
        stilled,
        path: back,
        is_here: false,
        has_desk: false,
    };
    Ok(pages::refused(pages::manage(owner.frame(), &mine, None, Some(wrong))?))
}

/// The page with what is wrong at its top, and the one form open as it was filled in.
async fn to_mend(
    doors: &Doors,
    owner: &Owner,
    row: &WatchRow,
    (pairs, back): (&[(String, String)], &str),
    why: WatchError,
) -> Result<Response, Problem> {
    let rows = rows_of(doors, &owner.city, owner.watcher).await?;
    let mut choices = choices(doors, owner.city.id, &rows).await?;
    for (choice, one) in choices.iter_mut().zip(&rows) {
        if one.watch.id == row.watch.id {
            choice.mend(&Filled::read(pairs, row), row);
        }
    }
    let (habits, muted) = (owner.habits(doors).await?, owner.muted(doors).await?);
    let stilled = &owner.stilled(doors).await?;
    let mine = Mine {
        choices: &choices,
        habits: &habits,
        muted: &muted,
        stilled,
        path: back,
        is_here: false,
        has_desk: false,
    };
    Ok(pages::refused(pages::manage(owner.frame(), &mine, None, Some(wrong_key(why)))?))
}

pub(super) fn wrong_key(why: WatchError) -> &'static str {
    match why {
        WatchError::Name => "page-wrong-name",
        WatchError::NoRoad => "page-wrong-road",
        WatchError::NoKinds => "page-wrong-kinds",
        WatchError::TooMany => "page-wrong-many",
        WatchError::LongWord => "page-wrong-long",
    }
}

/// Whose page it is, and what they read.
pub(super) struct Owner {
    pub city: City,
    pub watcher: WatcherId,
    /// In which their pages speak to them.
    pub language: Language,
    /// In which they are written to.
    pub written: Language,
}

impl Owner {
    /// Whoever has signed in.
    pub(super) async fn of(doors: &Doors, watcher: WatcherId) -> Result<Self, Problem> {
        let city = doors.city().await?;
        Self::reading(doors, city, watcher).await
    }

    /// Where all that they watch stands.
    pub(super) fn path(&self, doors: &Doors) -> String {
        manage_link(doors, &self.city, self.watcher)
    }

    pub(super) async fn open(doors: &Doors, text: &str) -> Result<Self, Problem> {
        let (city, Token::Manage { watcher, .. }) = open(doors, text).await? else {
            return Err(not_valid(&TokenError::NotValid));
        };
        if !doors.engine().is_known(city.id, watcher).await? {
            return Err(not_valid(&TokenError::NotValid));
        }
        Self::reading(doors, city, watcher).await
    }

    async fn reading(doors: &Doors, city: City, watcher: WatcherId) -> Result<Self, Problem> {
        let written = doors.engine().language_of(&city, watcher).await?;
        let language = language::chosen_here().unwrap_or_else(|| written.clone());
        Ok(Self { city, watcher, language, written })
    }

    pub(super) fn frame(&self) -> Frame<'_> {
        Frame::new(&self.city.name, &self.language)
    }

    pub(super) async fn watch(&self, doors: &Doors, id: WatchId) -> Result<WatchRow, Problem> {
        let row = watch_row(doors, self.city.id, id).await?;
        let own = row.watch.watcher == self.watcher;
        if own { Ok(row) } else { Err(EngineError::UnknownWatch.into()) }
    }

    async fn muted(&self, doors: &Doors) -> Result<Muted, Problem> {
        let mut tx = doors.engine().store().read().await?;
        let issues = tx.muted_by(self.city.id, self.watcher).await?;
        let authors = tx.authors_muted_by(self.city.id, self.watcher).await?;
        Ok(Muted { issues, authors })
    }

    pub(super) async fn habits(&self, doors: &Doors) -> Result<HabitsForm, Problem> {
        let habits = doors.engine().habits(&self.city, self.watcher).await?;
        let now = doors.engine().clock().now();
        let words = (&Words::of(&self.language), &Words::of(&self.written));
        Ok(HabitsForm::of(&habits, words, &self.city.zone, now))
    }
}
