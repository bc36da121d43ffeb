//! The folder that a demo lives in.
//!
//! The one rule: a demo opens only what a demo has made. It renames the city, invents issues and
//! keeps mails from going out; a real city would be ruined by it.

use std::fs;
use std::io;
use std::path::Path;

use super::run::DemoError;

/// The file that says "a demo made this". It holds the address at which the city's phones ring.
const MARK: &str = "demo-city";

/// Moves into an empty folder, or back into one that a demo made.
pub(super) fn enter(dir: &Path) -> Result<(), DemoError> {
    let unusable = |why| DemoError::Folder { dir: dir.to_owned(), why };
    fs::create_dir_all(dir).map_err(unusable)?;
    if fs::exists(dir.join(MARK)).map_err(unusable)? {
        return Ok(());
    }
    if fs::read_dir(dir).map_err(unusable)?.next().is_some() {
        return Err(DemoError::NotOurs(dir.to_owned()));
    }
    fs::write(dir.join(MARK), "").map_err(unusable)
}

/// Where the phones of the people in this folder ring, if they have moved in.
pub(super) fn phones_ring_at(dir: &Path) -> io::Result<Option<String>> {
    let text = fs::read_to_string(dir.join(MARK))?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// From now on they ring there.
pub(super) fn let_phones_ring_at(dir: &Path, base: &str) -> io::Result<()> {
    fs::write(dir.join(MARK), format!("{base}\n"))
}
