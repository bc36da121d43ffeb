//! `GET /ground/{z}/{x}/{y}.png`: the operator's streets, parks and water, drawn as maps ask for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::super::crowd::full;
use super::super::extract::Path;
use super::super::{Doors, Problem, conditions};
use super::Basemap;
use crate::drawing::{Ground, Tile};

/// Tiles that are drawn at once; each takes a processor for some milliseconds.
const DRAWN: usize = 2;

/// Who may wait for one of those: more would take the places of everybody else's requests.
const WAITING: usize = 64;

/// From this zoom outwards a tile holds much of a city. There are few of those, and they are kept.
const KEPT_FROM: u8 = 13;
/// So many of them, some kilobytes each.
const KEPT: usize = 512;

/// The ground changes when the program starts anew.
const FOR_A_DAY: &str = "public, max-age=86400";

/// The ground, and the tiles that are drawn of it.
#[derive(Debug)]
pub struct Tiles {
    ground: Arc<Ground>,
    /// Of all of them: each has an address of its own.
    tag: String,
    tables: Arc<Semaphore>,
    queue: Semaphore,
    kept: Mutex<HashMap<Tile, Bytes>>,
}

impl Tiles {
    pub fn new(ground: Arc<Ground>) -> Self {
        let tag = format!("\"{:08x}-{}\"", ground.mark(), env!("CARGO_PKG_VERSION"));
        let tables = Arc::new(Semaphore::new(DRAWN));
        Self { ground, tag, tables, queue: Semaphore::new(WAITING), kept: Mutex::default() }
    }

    /// What is drawn beneath maps and on them.
    pub fn ground(&self) -> &Ground {
        &self.ground
    }

    async fn drawn(&self, tile: Tile) -> Result<Bytes, Problem> {
        if tile.is_bare(&self.ground) {
            return Ok(Bytes::from_static(Tile::bare()));
        }
        if let Some(kept) = self.known(tile) {
            return Ok(kept);
        }
        let Ok(_waits) = self.queue.try_acquire() else {
            return Err(full("too many maps are drawn just now; try again in a moment"));
        };
        let place = Arc::clone(&self.tables).acquire_owned().await.ok();
        // Another who waited may have brought it.
        if let Some(kept) = self.known(tile) {
            return Ok(kept);
        }
        let ground = Arc::clone(&self.ground);
        let work = move || {
            // Held by the work itself: it goes on when nobody waits for it any more.
            let _place = place;
            Bytes::from(tile.png(&ground))
        };
        let drawn = tokio::task::spawn_blocking(work).await;
        let drawn = drawn.map_err(|_| Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR))?;
        self.keep(tile, &drawn);
        Ok(drawn)
    }

    fn known(&self, tile: Tile) -> Option<Bytes> {
        self.shelf().get(&tile).cloned()
    }

    fn keep(&self, tile: Tile, drawn: &Bytes) {
        if tile.zoom() > KEPT_FROM {
            return;
        }
        let mut shelf = self.shelf();
        if shelf.len() >= KEPT {
            shelf.clear();
        }
        shelf.insert(tile, drawn.clone());
    }

    fn shelf(&self) -> MutexGuard<'_, HashMap<Tile, Bytes>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub async fn serve(
    State(doors): State<Doors>,
    Path((zoom, x, name)): Path<(u8, u32, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let lies_beneath = doors.inner.about.basemap.as_ref().is_some_and(Basemap::is_ground);
    let y = name.strip_suffix(".png").and_then(|y| y.parse().ok());
    let tile = y.and_then(|y| Tile::at(zoom, x, y)).filter(|_| lies_beneath);
    let tile = tile.ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let tiles = &doors.inner.tiles;
    let shared = [(header::CACHE_CONTROL, FOR_A_DAY.to_owned()), (header::ETAG, tiles.tag.clone())];
    if conditions::knows(&headers, &tiles.tag) == Some(true) {
        return Ok((StatusCode::NOT_MODIFIED, shared).into_response());
    }
    let drawn = tiles.drawn(tile).await?;
    Ok((shared, [(header::CONTENT_TYPE, "image/png")], drawn).into_response())
}
