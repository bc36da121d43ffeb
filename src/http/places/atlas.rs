//! The gazetteers of the cities, in memory: read once for every version, and kept.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::engine::{Engine, EngineError};
use crate::gazetteer::{Builder, Gazetteer};
use crate::issue::CityId;
use crate::store::{City, GazetteerKind, Tx};

/// What was read, by city, with the version that it is.
#[derive(Debug, Default)]
pub struct Atlas(Mutex<HashMap<CityId, (i64, Arc<Gazetteer>)>>);

impl Atlas {
    /// A city's gazetteer as it is now. The first who ask after a change wait until it is read;
    /// all others are answered from memory.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(&self, engine: &Engine, city: &City) -> Result<Arc<Gazetteer>, EngineError> {
        let version = engine.store().read().await?.gazetteer_version(city.id).await?;
        // Whoever waits here holds no connection.
        let mut kept = self.0.lock().await;
        // Somebody who waited for the same may find a later one.
        if let Some((_, known)) = kept.get(&city.id).filter(|(known, _)| *known >= version) {
            return Ok(Arc::clone(known));
        }
        let mut tx = engine.store().read().await?;
        let version = tx.gazetteer_version(city.id).await?;
        let builder = read(&mut tx, city.id).await?;
        drop(tx);
        let built = tokio::task::spawn_blocking(move || builder.build()).await;
        let built = Arc::new(built.map_err(|_| EngineError::Stopping)?);
        tracing::info!(
            addresses = built.addresses(),
            streets = built.streets(),
            bytes = built.bytes(),
            "the gazetteer is loaded"
        );
        kept.insert(city.id, (version, Arc::clone(&built)));
        Ok(built)
    }

    /// Reads all cities' before anybody asks.
    pub async fn warm(&self, engine: &Engine) {
        let cities = match engine.cities().await {
            Ok(cities) => cities,
            Err(error) => {
                tracing::warn!(%error, "the gazetteer is read when somebody looks for an address");
                return;
            }
        };
        for city in cities {
            if let Err(error) = self.of(engine, &city).await {
                tracing::warn!(%error, "the gazetteer is read when somebody looks for an address");
            }
        }
    }
}

/// Everything that was imported, on its way to become a gazetteer.
async fn read(tx: &mut Tx, city: CityId) -> Result<Builder, EngineError> {
    let mut builder = Builder::default();
    for import in tx.gazetteer(city).await? {
        let mut last = -1;
        match import.kind {
            GazetteerKind::Addresses => {
                while let Some((some, to)) =
                    tx.addresses_after(city, import.import_no, last).await?
                {
                    builder = aside(builder, some, Builder::address).await?;
                    last = to;
                }
            }
            GazetteerKind::Streets => {
                while let Some((some, to)) = tx.streets_after(city, import.import_no, last).await? {
                    builder = aside(builder, some, Builder::street).await?;
                    last = to;
                }
            }
        }
    }
    Ok(builder)
}

/// Takes rows in where nobody waits for it. One that cannot be found again is left out: another
/// version of this program may have known more.
async fn aside<T: Send + 'static>(
    mut builder: Builder,
    rows: Vec<T>,
    take: fn(&mut Builder, &T) -> bool,
) -> Result<Builder, EngineError> {
    let taken = tokio::task::spawn_blocking(move || {
        let left_out = rows.iter().filter(|row| !take(&mut builder, row)).count();
        (builder, left_out)
    });
    let (builder, left_out) = taken.await.map_err(|_| EngineError::Stopping)?;
    if left_out > 0 {
        tracing::warn!(left_out, "entries of the gazetteer have no number or no name");
    }
    Ok(builder)
}
