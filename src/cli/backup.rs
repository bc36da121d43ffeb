//! `wardwatch backup`: a consistent copy of the database while it runs.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::config::DeskSettings;
use crate::store::{Backup, Copied, StoreError};

use super::progress::Progress;
use super::run::{Failure, say, told};

#[derive(Args, Debug)]
pub struct BackupArgs {
    /// The copy to write; one that is there already is never overwritten
    file: PathBuf,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(args: BackupArgs) -> Result<(), Failure> {
    let settings = args.settings.with_file().map_err(Failure::settings)?;
    let file = &args.file;
    let store = settings.store().map_err(Failure::settings)?;
    let backup = match Backup::of(&store).await {
        Ok(found) => found.ok_or_else(|| Failure::new("there is no database yet to copy"))?,
        Err(StoreError::NotAFile(url)) => {
            return Err(Failure::usage(format!(
                "a PostgreSQL database is copied by its own tool: pg_dump --format=custom \
                 --file={} {url}",
                file.display()
            )));
        }
        Err(why) => return Err(why.into()),
    };
    if file.exists() {
        return Err(Failure::new(format!(
            "{} is there already and is not overwritten; name another file",
            file.display()
        )));
    }
    let draft = Draft::begin(file)?;
    let written = write(&backup, &draft.path).await;
    backup.close().await;
    written.map_err(|why| unwritten(file, &why))?;
    let copied = Backup::check(&draft.path).await?;
    let bytes = draft.finish(file).map_err(Failure::io(file.display()))?;
    let Copied { issues, events, watches, deliveries } = copied;
    say(&format!(
        "{} holds {:.1} MB: {issues} issues, {events} events, {watches} watches, {deliveries} \
         deliveries; checked, and whole",
        file.display(),
        bytes as f64 / 1e6
    ));
    let kept = settings.data_dir().join("secret");
    if settings.secret.is_some() {
        say("keep WARDWATCH_SECRET with it: without it no link in a mail that was sent works");
    } else {
        say(&format!(
            "keep {} and vapid.key with it: without them no link in a mail that was sent works, \
             and no browser that subscribed is reached",
            kept.display()
        ));
    }
    Ok(())
}

/// Writes the copy, and shows how far it is.
async fn write(backup: &Backup, draft: &Path) -> Result<(), StoreError> {
    let mut progress =
        Progress::new(Some(backup.bytes), "{msg} {wide_bar} {bytes} of about {total_bytes}");
    let writing = backup.write(draft);
    tokio::pin!(writing);
    let written = loop {
        tokio::select! {
            written = &mut writing => break written,
            () = tokio::time::sleep(Duration::from_millis(200)) => {
                progress.at(fs::metadata(draft).map_or(0, |file| file.len()), "copying");
            }
        }
    };
    progress.end();
    written
}

/// The copy's disk may be another than the database's.
fn unwritten(file: &Path, why: &StoreError) -> Failure {
    let at = file.display();
    Failure::new(match why {
        StoreError::Full => format!("there is no room for {at}; make room, or name another disk"),
        why => format!("{at} cannot be written: {}", told(why)),
    })
}

/// A copy that is not finished yet, beside the file that it becomes. Dropped before, it is gone.
struct Draft {
    path: PathBuf,
    is_finished: bool,
}

impl Draft {
    /// Makes the empty file, which only its owner can read: the copy holds people's addresses.
    fn begin(file: &Path) -> Result<Self, Failure> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let path = file.with_file_name(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(_) => Ok(Self { path, is_finished: false }),
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Err(Failure::new(format!(
                "{} is there: another backup is being written, or one was broken off; remove it \
                 if none runs",
                path.display()
            ))),
            Err(why) => Err(Failure::io(path.display())(why)),
        }
    }

    /// Makes the copy durable and gives it its name, which nobody may have taken meanwhile. Gives
    /// its size.
    fn finish(mut self, file: &Path) -> io::Result<u64> {
        let copy = File::open(&self.path)?;
        copy.sync_all()?;
        fs::hard_link(&self.path, file)?;
        fs::remove_file(&self.path)?;
        self.is_finished = true;
        let folder = file.parent().filter(|dir| !dir.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(copy.metadata()?.len())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_finished {
            // What cannot be removed is named by the next backup.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_finds_no_room_is_told_with_its_path() {
        let failure = unwritten(Path::new("/mnt/stick/copy.db"), &StoreError::Full);
        assert!(format!("{failure:?}").contains("no room for /mnt/stick/copy.db"), "{failure:?}");
    }
}
