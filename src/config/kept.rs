//! Secrets that are made once and kept in the data directory.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{ConfigError, wrong};
use crate::channel::push::VapidKey;

/// What to do when the secret is missing or damaged.
pub const PUT_BACK_SECRET: &str = "put it back from a backup, or give it as WARDWATCH_SECRET. Should it be lost for good, write 32 random bytes in base64url there: then the links in mails that were sent no longer work";

/// What to do when the push key is missing or damaged.
pub const PUT_BACK_PUSH_KEY: &str = "put it back from a backup, or give it as WARDWATCH_VAPID_KEY: a new key reaches none of them. Should it be lost for good, start once without it and with --new-push-key, which retires those browsers: their owners can then subscribe anew";

/// A secret that is made once and kept in a file that only its owner can read. Two processes that
/// start at once agree on one: whoever makes the file first has made the secret.
pub(super) fn kept<T>(
    dir: &Path,
    (name, todo): (&str, &'static str),
    make: impl FnOnce() -> Result<String, ConfigError>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, ConfigError> {
    let file = dir.join(name);
    let text = found_or_made(dir, name, make)?;
    parse(&text).map_err(|why| ConfigError::Kept { file, why, todo })
}

/// The given push key, or the one that was made at the first start; with its file, if this is that
/// start.
pub(super) fn push_key(
    dir: &Path,
    given: Option<VapidKey>,
) -> Result<(VapidKey, Option<PathBuf>), ConfigError> {
    if let Some(key) = given {
        return Ok((key, None));
    }
    let file = dir.join("vapid.key");
    let made = (!file.exists()).then_some(file);
    let make = || {
        let made = VapidKey::generate().map(|key| key.private_base64());
        made.map_err(|e| wrong("vapid-key")(e.to_string()))
    };
    Ok((kept(dir, ("vapid.key", PUT_BACK_PUSH_KEY), make, vapid_key)?, made))
}

/// Removes what was made for a start that has failed: the next one would take it for the old.
pub(super) fn take_back(file: &Path) {
    match fs::remove_file(file) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => {
            let at = file.display();
            let todo = "was made for this start and has to be removed by hand";
            let told = format!("wardwatch: {at} {todo}: {why}\n");
            // Nobody may be there to read it.
            drop(io::stderr().write_all(told.as_bytes()));
        }
        _ => {}
    }
}

pub(super) fn vapid_key(text: &str) -> Result<VapidKey, String> {
    let why =
        "it is not 32 bytes in base64url that make a P-256 key, as `wardwatch keys vapid` does";
    VapidKey::parse(text.trim()).map_err(|_| why.to_owned())
}

fn found_or_made(
    dir: &Path,
    name: &str,
    make: impl FnOnce() -> Result<String, ConfigError>,
) -> Result<String, ConfigError> {
    let file = dir.join(name);
    let failed = |why| ConfigError::DataDir { dir: file.clone(), why };
    match fs::read_to_string(&file) {
        Ok(text) => return Ok(text),
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(e)),
        Err(_) => {}
    }
    let text = make()?;
    let mut draft = tempfile_in(dir, name).map_err(failed)?;
    draft.1.write_all(text.as_bytes()).and_then(|()| draft.1.sync_all()).map_err(failed)?;
    // A hard link fails when somebody else was first; then theirs is the one.
    let linked = fs::hard_link(&draft.0, &file);
    fs::remove_file(&draft.0).map_err(failed)?;
    match linked {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(failed(e)),
        _ => fs::read_to_string(&file).map_err(failed),
    }
}

fn tempfile_in(dir: &Path, name: &str) -> io::Result<(PathBuf, fs::File)> {
    let draft = dir.join(format!(".{name}.{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft).map(|file| (draft, file))
}
