//! Secrets that are made once and kept in the data directory.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ConfigError;

/// A secret that is made once and kept in a file that only its owner can read. Two processes that
/// start at once agree on one: whoever makes the file first has made the secret.
pub(super) fn kept<T>(
    dir: &Path,
    name: &str,
    make: impl FnOnce() -> Result<String, ConfigError>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, ConfigError> {
    let file = dir.join(name);
    let text = found_or_made(dir, name, make)?;
    parse(&text).map_err(|why| ConfigError::Kept { file, why })
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
