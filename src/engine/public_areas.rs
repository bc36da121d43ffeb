//! Areas that their owners let everybody see: named, held until the name was read where its giver is new
//! here, followed by others, and private again whenever their owner says so.
//!
//! The one rule: a follower has a copy of the outline. It moves when the owner draws the area anew, in the
//! same transaction, and stays as it is when the area ends or becomes private.

use super::watching::owned;
use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::geometry::Shape;
use crate::issue::{CityId, Issue, Place};
use crate::store::{City, Hearing, NamedArea, Naming, PublicArea, Ties, Tx, WatchRow, WatchState};
use crate::watch::{AreaId, Target, WatchId};
use crate::watcher::WatcherId;

/// One person's public areas at most.
const AT_MOST: usize = 5;

impl Engine {
    /// Lets everybody see and follow an area that somebody watches, under a name; or gives it another.
    ///
    /// # Errors
    /// When they have no such watch, it is no area of their own, there are too many, or the database does
    /// not answer.
    pub async fn name_area(
        &self,
        city: &City,
        owner: WatcherId,
        id: WatchId,
        name: String,
    ) -> Result<Naming, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, owner).await?;
        let row = owned(&mut tx, city.id, owner, id).await?;
        let ties = tx.ties_of(city.id, owner).await?;
        let followed = ties.get(&id).is_some_and(|ties| ties.follows.is_some());
        let is_area = matches!(row.watch.target, Target::Area(_));
        if !is_area || followed || row.state == WatchState::Unconfirmed {
            return Err(EngineError::NotTheirArea);
        }
        let known = ties.get(&id).and_then(|ties| ties.public.clone());
        if known.is_none() && tx.areas_named_by(city.id, owner).await?.len() >= AT_MOST {
            return Err(EngineError::TooManyAreas(AT_MOST));
        }
        if let Some(known) = known.as_ref().filter(|known| known.name == name) {
            return Ok(known.naming);
        }
        let naming = self.heard(&mut tx, city.id, owner, now).await?;
        if naming == Naming::Held {
            tx.let_followers_go(city.id, id, now).await?;
        }
        // An area that goes on being shown is the same one. Any other is new, so that whoever decides about a
        // name decides about the one that they have read.
        let shown = known.filter(|known| [known.naming, naming] == [Naming::Shown; 2]);
        let (area, since) = shown.map_or_else(
            || (AreaId(self.inner.random.uuid(now)), now),
            |known| (known.id, known.since),
        );
        let area = NamedArea { id: area, watch: id, owner, name, naming, since };
        tx.name_area(city.id, &area).await?;
        tx.commit().await?;
        Ok(naming)
    }

    /// By the house's rule for what new people say.
    async fn heard(
        &self,
        tx: &mut Tx,
        city: CityId,
        owner: WatcherId,
        now: Timestamp,
    ) -> Result<Naming, EngineError> {
        let new_for = self.inner.settings.new_for;
        let before = (!new_for.is_zero()).then(|| now.minus(new_for));
        let trusted = tx.is_trusted(city, owner, before).await?;
        Ok(if trusted { Naming::Shown } else { Naming::Held })
    }

    /// An area is private again. Whoever follows it keeps its outline, and is told.
    ///
    /// # Errors
    /// When they have no such watch, or the database does not answer; saying it again is safe.
    pub async fn unname_area(
        &self,
        city: &City,
        owner: WatcherId,
        id: WatchId,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, owner).await?;
        owned(&mut tx, city.id, owner, id).await?;
        close_areas(&mut tx, city.id, &[id], now).await?;
        Ok(tx.commit().await?)
    }

    /// Somebody of the city's has read the name of an area, and has it shown; or decides that it is not to
    /// be, and what the same person says waits from now on.
    ///
    /// # Errors
    /// [`EngineError::UnknownArea`], or when the database does not answer.
    pub async fn judge_area(
        &self,
        city: &City,
        id: AreaId,
        naming: Naming,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        let judged = tx.judge_area(city.id, id, naming, now).await?;
        let (owner, watch) = judged.ok_or(EngineError::UnknownArea)?;
        if naming != Naming::Shown {
            tx.let_followers_go(city.id, watch, now).await?;
        }
        let hearing = if naming == Naming::Shown { Hearing::Shown } else { Hearing::Held };
        tx.hear(city.id, owner, hearing).await?;
        Ok(tx.commit().await?)
    }

    /// The names of the public areas in which an issue lies, each once and in order, if they were public when
    /// something was told of it. Whose they are nobody learns, nor which news their owners want.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn public_watchers_of(
        &self,
        city: &City,
        issue: &Issue,
    ) -> Result<Vec<String>, EngineError> {
        let standing = &issue.standing;
        let believed = !standing.hidden && standing.place == Place::Good;
        let Some(at) = standing.position.filter(|_| believed) else { return Ok(vec![]) };
        let mut tx = self.inner.store.read().await?;
        let events = tx.events_of(city.id, issue.id).await?;
        let told: Vec<_> = events.iter().filter(|one| one.event.quiet.is_none()).collect();
        // The clock of who accepts may be ahead.
        let then = |since: Timestamp| {
            told.iter().any(|one| since <= one.accepted_at || since <= one.event.at)
        };
        let areas = tx.public_areas_awake(city.id).await?.into_iter();
        let here = areas.filter(|area| then(area.since) && area.shape.covers(at));
        let mut names: Vec<String> = here.map(|area| area.name).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }
}

/// An area that everybody may see.
pub(super) async fn area_of(
    tx: &mut Tx,
    city: CityId,
    id: AreaId,
) -> Result<PublicArea, EngineError> {
    tx.public_area(city, id).await?.ok_or(EngineError::UnknownArea)
}

/// These watches are public no more, because their owners say so or because they end.
pub(super) async fn close_areas(
    tx: &mut Tx,
    city: CityId,
    watches: &[WatchId],
    now: Timestamp,
) -> Result<(), EngineError> {
    for watch in tx.named_among(city, watches).await? {
        tx.let_followers_go(city, watch, now).await?;
        tx.unname_area(city, watch).await?;
    }
    Ok(())
}

/// The watch by which somebody follows an area already.
pub(super) async fn follower_of(
    tx: &mut Tx,
    city: CityId,
    watcher: WatcherId,
    area: AreaId,
) -> Result<Option<WatchRow>, EngineError> {
    let ties = tx.ties_of(city, watcher).await?;
    let follows = |ties: &Ties| ties.follows.as_ref().is_some_and(|(id, _)| *id == area);
    let Some(watch) = ties.iter().find(|(_, ties)| follows(ties)).map(|(watch, _)| *watch) else {
        return Ok(None);
    };
    Ok(tx.watch(city, watch).await?)
}

/// A watch is confirmed: while it waited it was not moved along with the area that it follows.
pub(super) async fn catch_up(
    tx: &mut Tx,
    city: CityId,
    row: &mut WatchRow,
) -> Result<(), EngineError> {
    if !matches!(row.watch.target, Target::Area(_)) {
        return Ok(());
    }
    let ties = tx.ties_of(city, row.watch.watcher).await?.remove(&row.watch.id);
    let Some((id, _)) = ties.and_then(|ties| ties.follows) else { return Ok(()) };
    let Some(area) = tx.public_area(city, id).await? else { return Ok(()) };
    let change = tx.take_numbers(city, "watch_change", 1).await?;
    tx.move_watch(city, row.watch.id, &area.shape, change).await?;
    row.watch.target = Target::Area(area.shape);
    Ok(())
}

/// Whoever follows the area of a watch has its new outline; whoever has not confirmed yet, once they do.
pub(super) async fn move_followers(
    tx: &mut Tx,
    city: CityId,
    watch: WatchId,
    shape: &Shape,
) -> Result<(), EngineError> {
    let followers = tx.followers_of(city, watch).await?;
    let first = tx.take_numbers(city, "watch_change", followers.len()).await?;
    for (change, follower) in (first..).zip(followers) {
        tx.move_watch(city, follower, shape, change).await?;
    }
    Ok(())
}
