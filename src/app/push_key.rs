//! What a start does when the push key is missing: browsers hear only whom they subscribed to.

use std::path::Path;

use super::AppError;
use crate::clock::Timestamp;
use crate::store::Store;

/// A key that has just been made is right only where no browser has subscribed to another.
pub(super) async fn nobody_needs_the_old(store: &Store, file: &Path) -> Result<(), AppError> {
    let mut tx = store.read().await?;
    let mut browsers = 0;
    for city in tx.cities().await? {
        browsers += tx.traces(city.id).await?.pushes;
    }
    match browsers {
        0 => Ok(()),
        browsers => Err(AppError::PushKeyLost { file: file.to_owned(), browsers }),
    }
}

/// Gives up every browser, in every city. Gives their number.
pub(super) async fn retire_browsers(store: &Store, now: Timestamp) -> Result<u64, AppError> {
    let mut tx = store.write().await?;
    let mut retired = 0;
    for city in tx.cities().await? {
        retired += tx.retire_browsers(city.id, "the push key was lost", now).await?;
    }
    tx.commit().await?;
    Ok(retired)
}
