//! Areas that their owners let everybody see and follow, under a name, and the watches that follow them.
//!
//! The one rule: an area is read here for the public only while its row says `shown`, and with it goes
//! nothing of its owner.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::boundary::shape_from;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::geometry::Shape;
use crate::issue::CityId;
use crate::watch::{AreaId, WatchId};
use crate::watcher::WatcherId;

/// An area as everybody may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicArea {
    pub id: AreaId,
    pub name: String,
    pub shape: Arc<Shape>,
    pub since: Timestamp,
}

/// How the name of an area stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Nobody of the city's has read it yet.
    Held,
    Shown,
    /// Somebody of the city's decided that it is not to be shown.
    Dismissed,
}

impl Naming {
    const ALL: [Self; 3] = [Self::Held, Self::Shown, Self::Dismissed];

    /// The name in the store and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Shown => "shown",
            Self::Dismissed => "dismissed",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|naming| naming.name() == name)
    }
}

/// The name under which somebody lets an area of theirs be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedArea {
    pub id: AreaId,
    pub watch: WatchId,
    pub owner: WatcherId,
    pub name: String,
    pub naming: Naming,
    pub since: Timestamp,
}

/// What an area watch has to do with public ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ties {
    /// It is one.
    pub public: Option<NamedArea>,
    /// It has the outline of one.
    pub follows: Option<(AreaId, String)>,
    /// It had, until then, and kept the last.
    pub ended: Option<Timestamp>,
}

row_struct! {
    struct NamedFields {
        area_id: Uuid,
        watch_id: Uuid,
        watcher_id: Uuid,
        name: String,
        state: String,
        named_at: i64,
    }
}

impl NamedFields {
    fn into_named(self) -> Result<NamedArea, StoreError> {
        Ok(NamedArea {
            id: AreaId(self.area_id),
            watch: WatchId(self.watch_id),
            owner: WatcherId(self.watcher_id),
            name: self.name,
            naming: Naming::from_name(&self.state).ok_or(StoreError::Unreadable("public_area"))?,
            since: Timestamp::from_millis(self.named_at),
        })
    }
}

macro_rules! select_public_area {
    ($what:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM public_area p
             JOIN watch w ON w.city_id = p.city_id AND w.watch_id = p.watch_id
             WHERE p.city_id = $1 AND p.state = 'shown' AND w.state IN ('active', 'paused')
                AND w.shape IS NOT NULL ",
            $rest
        )
    };
}

type PublicFields = (Uuid, String, String, i64);

fn public((id, name, shape, since): PublicFields) -> Result<PublicArea, StoreError> {
    Ok(PublicArea {
        id: AreaId(id),
        name,
        shape: Arc::new(shape_from(&shape)?),
        since: Timestamp::from_millis(since),
    })
}

impl Tx {
    /// An area that everybody may see.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn public_area(
        &mut self,
        city: CityId,
        id: AreaId,
    ) -> Result<Option<PublicArea>, StoreError> {
        let found = row!(
            self,
            PublicFields,
            select_public_area!("p.area_id, p.name, w.shape, p.named_at", "AND p.area_id = $2"),
            city.0,
            id.0
        )?;
        found.map(public).transpose()
    }

    /// All whose owners have not paused them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn public_areas_awake(
        &mut self,
        city: CityId,
    ) -> Result<Vec<PublicArea>, StoreError> {
        let rows = rows!(
            self,
            PublicFields,
            select_public_area!("p.area_id, p.name, w.shape, p.named_at", "AND w.state = 'active'"),
            city.0
        )?;
        rows.into_iter().map(public).collect()
    }

    /// The ids and names of all of them, in the order of their names; at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn public_area_names(
        &mut self,
        city: CityId,
        limit: i64,
    ) -> Result<Vec<(AreaId, String)>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, String),
            select_public_area!("p.area_id, p.name", "ORDER BY p.name, p.area_id LIMIT $2"),
            city.0,
            limit
        )?;
        Ok(rows.into_iter().map(|(id, name)| (AreaId(id), name)).collect())
    }

    /// The areas that a person has given a name for all to see.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn areas_named_by(
        &mut self,
        city: CityId,
        owner: WatcherId,
    ) -> Result<Vec<NamedArea>, StoreError> {
        let rows = rows!(
            self,
            NamedFields,
            "SELECT area_id, watch_id, watcher_id, name, state, named_at FROM public_area
             WHERE city_id = $1 AND watcher_id = $2 ORDER BY named_at, area_id",
            city.0,
            owner.0
        )?;
        rows.into_iter().map(NamedFields::into_named).collect()
    }

    /// Names that nobody of the city's has read yet, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn areas_held(
        &mut self,
        city: CityId,
        limit: i64,
    ) -> Result<Vec<NamedArea>, StoreError> {
        let rows = rows!(
            self,
            NamedFields,
            "SELECT area_id, watch_id, watcher_id, name, state, named_at FROM public_area
             WHERE city_id = $1 AND state = 'held' ORDER BY named_at, area_id LIMIT $2",
            city.0,
            limit
        )?;
        rows.into_iter().map(NamedFields::into_named).collect()
    }

    /// Whether the name of an area still waits to be read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_area_held(&mut self, city: CityId, id: AreaId) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (Uuid,),
            "SELECT area_id FROM public_area
             WHERE city_id = $1 AND area_id = $2 AND state = 'held'",
            city.0,
            id.0
        )?;
        Ok(found.is_some())
    }

    /// Writes under which name a watch is public, in place of the one that it had.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn name_area(&mut self, city: CityId, area: &NamedArea) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO public_area (city_id, area_id, watch_id, watcher_id, name, state, named_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (city_id, watch_id) DO UPDATE
                SET area_id = excluded.area_id, name = excluded.name, state = excluded.state,
                    named_at = excluded.named_at",
            city.0,
            area.id.0,
            area.watch.0,
            area.owner.0,
            &area.name,
            area.naming.name(),
            area.since.as_millis()
        )?;
        Ok(())
    }

    /// Says how the name of an area stands; it is public from when it comes to be shown. Gives whose it is, and
    /// which watch.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn judge_area(
        &mut self,
        city: CityId,
        id: AreaId,
        naming: Naming,
        now: Timestamp,
    ) -> Result<Option<(WatcherId, WatchId)>, StoreError> {
        let found = row!(
            self,
            (Uuid, Uuid),
            "UPDATE public_area SET state = $3, named_at =
                CASE WHEN state <> 'shown' AND $3 = 'shown' THEN $4 ELSE named_at END
             WHERE city_id = $1 AND area_id = $2 RETURNING watcher_id, watch_id",
            city.0,
            id.0,
            naming.name(),
            now.as_millis()
        )?;
        Ok(found.map(|(owner, watch)| (WatcherId(owner), WatchId(watch))))
    }

    /// The area of a watch is nobody's but its owner's from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unname_area(&mut self, city: CityId, watch: WatchId) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM public_area WHERE city_id = $1 AND watch_id = $2",
            city.0,
            watch.0
        )?;
        Ok(())
    }

    /// Which of these watches are public, or were to be.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn named_among(
        &mut self,
        city: CityId,
        watches: &[WatchId],
    ) -> Result<Vec<WatchId>, StoreError> {
        let rows = rows_of!(
            self,
            (Uuid,),
            "SELECT watch_id FROM public_area WHERE (city_id, watch_id) IN (",
            watches,
            |id| [city.0, id.0],
            ")"
        );
        Ok(rows.into_iter().map(|(id,)| WatchId(id)).collect())
    }

    /// Whoever follows the area of a watch keeps its outline as it is, and goes its own way from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn let_followers_go(
        &mut self,
        city: CityId,
        watch: WatchId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watch SET follows = NULL, follow_ended_at = $3
             WHERE city_id = $1 AND follows IN (SELECT area_id FROM public_area
                WHERE city_id = $1 AND watch_id = $2)",
            city.0,
            watch.0,
            now.as_millis()
        )?;
        Ok(())
    }

    /// The confirmed watches that have the outline of this one, as a public area.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn followers_of(
        &mut self,
        city: CityId,
        watch: WatchId,
    ) -> Result<Vec<WatchId>, StoreError> {
        let rows = rows!(
            self,
            (Uuid,),
            "SELECT watch_id FROM watch
             WHERE city_id = $1 AND state IN ('active', 'paused') AND follows IN (
                SELECT area_id FROM public_area WHERE city_id = $1 AND watch_id = $2)
             ORDER BY watch_no",
            city.0,
            watch.0
        )?;
        Ok(rows.into_iter().map(|(id,)| WatchId(id)).collect())
    }

    /// A watch has the outline of a public area from now on; or, without one, an outline of its own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn follow_area(
        &mut self,
        city: CityId,
        watch: WatchId,
        area: Option<AreaId>,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watch SET follows = $3, follow_ended_at = NULL
             WHERE city_id = $1 AND watch_id = $2",
            city.0,
            watch.0,
            area.map(|area| area.0)
        )?;
        Ok(())
    }

    /// What a person's watches have to do with public areas; nothing of those that have not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ties_of(
        &mut self,
        city: CityId,
        owner: WatcherId,
    ) -> Result<HashMap<WatchId, Ties>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, Option<Uuid>, Option<String>, Option<i64>),
            "SELECT w.watch_id, w.follows, p.name, w.follow_ended_at FROM watch w
             LEFT JOIN public_area p ON p.city_id = w.city_id AND p.area_id = w.follows
             WHERE w.city_id = $1 AND w.watcher_id = $2 AND w.state <> 'deleted'
                AND (w.follows IS NOT NULL OR w.follow_ended_at IS NOT NULL)",
            city.0,
            owner.0
        )?;
        let mut ties: HashMap<WatchId, Ties> = HashMap::new();
        for (watch, area, name, ended) in rows {
            let of = ties.entry(WatchId(watch)).or_default();
            of.follows = area.map(AreaId).zip(name);
            of.ended = ended.map(Timestamp::from_millis);
        }
        for named in self.areas_named_by(city, owner).await? {
            let watch = named.watch;
            ties.entry(watch).or_default().public = Some(named);
        }
        Ok(ties)
    }
}
