//! What lies around the database: settings, disk, mail, keys.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::super::run::{counted, told};
use super::Finding;
use crate::channel::email::Mailer;
use crate::channel::push::{self, Pusher};
use crate::config::{ConfigError, Looked, PUT_BACK_PUSH_KEY, PUT_BACK_SECRET};
use crate::drawing::Added;
use crate::http::Basemap;
use crate::outbound::{self, Outbound};

/// Every setting that is wrong, and the address that links in mails lead to.
pub(super) fn configuration(looked: &Looked) -> Vec<Finding> {
    let name = "configuration";
    let todo = "correct it";
    let mut found: Vec<Finding> =
        looked.wrong.iter().map(|why| Finding::fail(name, why.to_string(), todo)).collect();
    let url = &looked.public_url;
    let is_sent = looked.caught_mail.is_none();
    if is_sent && looked.is_local {
        let todo = "set --public-url to the address that people can reach";
        found.push(Finding::fail(name, format!("links in mails lead to {url}"), todo));
    } else if is_sent && url.starts_with("http://") {
        let todo = "serve it over https, and say so in --public-url";
        found.push(Finding::warn(name, format!("links in mails go unencrypted to {url}"), todo));
    } else if looked.wrong.is_empty() {
        found.push(Finding::ok(name, format!("every setting can be used; people come to {url}")));
    }
    found
}

/// Less than this and the next burst of reports may not fit.
const LITTLE_MB: u64 = 1_024;
const NO_MB: u64 = 64;

/// How much room there is where the database grows.
pub(super) fn disk(looked: &Looked, database: Option<&Path>) -> Finding {
    let name = "disk";
    let dir = database.and_then(Path::parent).unwrap_or(&looked.data_dir);
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let shown = dir.display();
    if !dir.exists() {
        let found = format!("there is no data directory {shown} yet");
        return Finding::warn(name, found, "`wardwatch serve` makes it");
    }
    let Some(free_mb) = free_mb(dir) else {
        let todo = "look yourself: df";
        return Finding::warn(name, format!("the room in {shown} cannot be told"), todo);
    };
    let found = format!("{:.1} GB are free in {shown}", free_mb as f64 / 1_024.0);
    let todo = "make room, or move the data directory to a larger disk";
    match free_mb {
        0..NO_MB => Finding::fail(name, format!("{free_mb} MB are free in {shown}"), todo),
        NO_MB..LITTLE_MB => Finding::warn(name, format!("{free_mb} MB are free in {shown}"), todo),
        _ => Finding::ok(name, found),
    }
}

/// By `df`, which POSIX promises: the standard library cannot tell.
fn free_mb(dir: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(dir).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes / 1_024)
}

/// Whether mail can go out. Nothing is sent.
pub(super) async fn mail(looked: &Looked) -> Finding {
    let name = "mail";
    if let Some(folder) = &looked.caught_mail {
        let shown = folder.display();
        let found = format!("mails are not sent but written to {shown}");
        return match can_write_to(folder) {
            Ok(()) => Finding::ok(name, found),
            Err(why) => {
                let todo = "let this user write there, or name a mail server with --smtp-url";
                Finding::fail(name, format!("{shown} cannot be written: {why}"), todo)
            }
        };
    }
    let mut settings = looked.mail.clone();
    settings.connect_timeout = Duration::from_secs(5);
    settings.step_timeout = Duration::from_secs(10);
    let server = without_login(&settings.url);
    let mailer = match Mailer::new(settings) {
        Ok(mailer) => mailer,
        Err(why) => return Finding::fail(name, why.to_string(), "correct --smtp-url"),
    };
    match mailer.probe().await {
        Ok(()) => Finding::ok(name, format!("{server} greets us; nothing was sent")),
        Err(why) => {
            let todo = "check host, port and login in --smtp-url, and whether the server runs; \
                        mails wait in the outbox meanwhile";
            Finding::fail(name, format!("{server}: {why}"), todo)
        }
    }
}

/// Whether mails are signed, and by which key.
pub(super) fn signature(looked: &Looked) -> Finding {
    let name = "signature";
    match &looked.signer {
        Ok(None) => Finding::ok(name, "mails are not signed here; mail servers mostly do it"),
        Ok(Some(signer)) => {
            let record = signer.name();
            Finding::ok(
                name,
                format!("mails are signed; the TXT record {record} must hold the key"),
            )
        }
        Err(why) => unusable(name, why),
    }
}

/// What is drawn on maps in mails, and beneath those of the site, where files are named for it.
pub(super) fn ground(looked: &Looked) -> Option<Finding> {
    let files = &looked.letters.files;
    let of =
        |count: fn(&Added) -> usize| files.iter().map(|(_, added)| count(added)).sum::<usize>();
    let beneath = looked.basemap.as_ref().is_some_and(Basemap::is_ground);
    let found = format!(
        "{} show {}, {} and {}",
        if beneath { "maps in mails and on the site" } else { "maps in mails" },
        counted(of(|a| a.streets), "street", "streets"),
        counted(of(|a| a.parks), "park", "parks"),
        counted(of(|a| a.waters), "water", "waters"),
    );
    (!files.is_empty()).then(|| Finding::ok("maps", found))
}

/// A mail URL without its login and its options.
fn without_login(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => url.to_owned(),
    }
}

/// Whether a folder takes files, or can be made. Leaves nothing there.
fn can_write_to(folder: &Path) -> Result<(), std::io::Error> {
    let Some(there) = folder.ancestors().find(|dir| dir.exists()) else {
        return can_write_to(&Path::new(".").join(folder));
    };
    let probe = there.join(format!(".wardwatch-doctor-{}", std::process::id()));
    fs::OpenOptions::new().write(true).create_new(true).open(&probe)?;
    fs::remove_file(probe)
}

/// A key that is there and is none.
fn unusable(name: &'static str, why: &ConfigError) -> Finding {
    match why {
        ConfigError::Kept { file, why, todo } => {
            Finding::fail(name, format!("{} cannot be used: {why}", file.display()), *todo)
        }
        why => Finding::fail(name, why.to_string(), "let this user read it, or correct it"),
    }
}

/// Whether push messages can be signed.
pub(super) fn push(looked: &Looked, browsers: i64) -> Finding {
    let name = "push";
    let key = match &looked.vapid.value {
        Some(Ok(key)) => key.clone(),
        Some(Err(why)) => return unusable(name, why),
        None if browsers > 0 => {
            let found =
                format!("the key is missing, and {browsers} browsers subscribed to the one it was");
            return Finding::fail(name, found, PUT_BACK_PUSH_KEY);
        }
        None => {
            let found = "there is no key yet";
            return Finding::warn(name, found, "`wardwatch serve` makes one at its first start");
        }
    };
    let public = key.public_base64();
    let settings = outbound::Settings {
        allow_hosts: looked.push_allow_hosts.clone(),
        ..outbound::Settings::default()
    };
    let outbound = match Outbound::new(settings) {
        Ok(outbound) => outbound,
        Err(why) => {
            return Finding::fail(name, told(&why), "check the system's root certificates");
        }
    };
    match Pusher::new(outbound, push::Settings::new(key, looked.contact.clone())) {
        Ok(_) => {
            let contact = &looked.contact;
            Finding::ok(name, format!("the public key is {public}, its subject {contact}"))
        }
        Err(why) => Finding::fail(name, why.to_string(), "name an address in --mail-from"),
    }
}

/// Whether the links in mails can be signed, and only by us.
pub(super) fn secret(looked: &Looked, people: i64) -> Finding {
    let name = "secret";
    let file = looked.secret.file.as_deref();
    match &looked.secret.value {
        Some(Err(why)) => unusable(name, why),
        None if people > 0 => {
            let found =
                format!("it is missing, and {people} addresses have mails with links it signed");
            Finding::fail(name, found, PUT_BACK_SECRET)
        }
        None => {
            let todo = "`wardwatch serve` makes one at its first start; keep it with your backups";
            Finding::warn(name, "there is none yet", todo)
        }
        Some(Ok(_)) => match file.map(|file| (file, is_open_to_others(file))) {
            None => Finding::ok(name, "it is given as a setting; keep it with your backups"),
            Some((file, true)) => {
                let found = format!("others on this machine can read {}", file.display());
                Finding::warn(name, found, format!("chmod 600 {}", file.display()))
            }
            Some((file, false)) => {
                let shown = file.display();
                Finding::ok(name, format!("{shown} is there; keep it with your backups"))
            }
        },
    }
}

#[cfg(unix)]
fn is_open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_named_without_its_login() {
        assert_eq!(without_login("smtp://u:p%40w@mail.x.org:587?ca=a"), "smtp://mail.x.org:587");
        assert_eq!(without_login("smtp://mail.x.org"), "smtp://mail.x.org");
    }

    #[test]
    fn a_folder_is_tried_without_a_trace() {
        let dir = tempfile::tempdir().unwrap();
        assert!(can_write_to(&dir.path().join("mail/of/tomorrow")).is_ok());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(can_write_to(&file.join("mail")).is_err());
    }
}
