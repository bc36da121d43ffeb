//! Mail as files, for development and the demo.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::EmailError;
use crate::delivery::Outcome;
use crate::message::Mail;

/// A folder that gets one `.eml` file per delivery.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(at: PathBuf) -> Result<Self, EmailError> {
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true);
        // Mails hold the links with which their readers' watches are changed.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        match folder.create(&at) {
            Ok(()) => Ok(Self(at)),
            Err(error) => Err(EmailError::BadFolder { at, why: error.to_string() }),
        }
    }

    /// The file is named after the delivery, so a repeat overwrites; it is there whole or not at
    /// all, and stays even if the power goes.
    pub(super) async fn write(&self, mail: &Mail) -> Outcome {
        let (folder, name, bytes) = (self.0.clone(), mail.id.to_string(), mail.bytes.clone());
        let reply = format!("written to {name}.eml");
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes)).await;
        match written.unwrap_or_else(|panic| Err(io::Error::other(panic))) {
            Ok(()) => Outcome::Sent { reply },
            Err(error) => Outcome::Retry {
                after: None,
                reason: format!("the mail could not be written to the folder: {error}"),
            },
        }
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!(".{name}.tmp"));
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(format!("{name}.eml")))?;
    // The name is in the folder, so the folder must be on disk too.
    File::open(folder)?.sync_all()
}
