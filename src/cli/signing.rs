//! `wardwatch keys dkim`: makes the key that signs mails, and says what to publish.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::Args;

use crate::channel::email::{DkimError, Signer, in_pieces, make_key};
use crate::config::{DeskSettings, USUAL_SELECTOR};
use crate::watcher::EmailAddress;

use super::run::{Failure, print, say};

#[derive(Args, Debug)]
pub struct DkimArgs {
    /// The domain of the sender of mails, as in city.example
    #[arg(long, value_name = "DOMAIN", env = "WARDWATCH_DKIM_DOMAIN")]
    domain: String,
    /// The name under which the key stands in DNS; another one for another key
    #[arg(
        long,
        value_name = "NAME",
        default_value = USUAL_SELECTOR,
        env = "WARDWATCH_DKIM_SELECTOR"
    )]
    selector: String,
    #[command(flatten)]
    settings: DeskSettings,
}

/// What a string of a TXT record holds at most (RFC 1035, §3.3).
const STRING: usize = 255;

pub fn run(args: DkimArgs) -> Result<(), Failure> {
    let domain: EmailAddress = format!("x@{}", args.domain).parse().map_err(|_| {
        Failure::usage(format!("“{}” is no domain; write one as in city.example", args.domain))
    })?;
    let settings = args.settings.with_file().map_err(Failure::settings)?;
    let selector = &args.selector;
    let sign = |pem: &str| match Signer::new(pem, domain.domain(), selector) {
        Err(why @ DkimError::Selector(_)) => Err(Failure::usage(why.to_string())),
        other => Ok(other?),
    };
    // What cannot be meant makes nothing.
    let fresh = make_key()?;
    sign(&fresh)?;
    let dir = settings.own_data_dir().map_err(Failure::settings)?;
    let file = dir.join(format!("dkim-{selector}.key"));
    let shown = file.display();
    let made = write_new(&file, &fresh).map_err(Failure::io(&shown))?;
    let pem = fs::read_to_string(&file).map_err(Failure::io(&shown))?;
    let signer = sign(&pem).map_err(|_| {
        Failure::new(format!(
            "{shown} is there already and holds no key; it is left as it is: choose another \
             --selector"
        ))
    })?;
    print(&format!("{}\n", record(&signer)?))?;
    say(&if made {
        format!("{shown} is made; keep it with your backups, and let nobody read it")
    } else {
        format!("{shown} was there already and is left as it is")
    });
    say(&format!(
        "publish that record, and then set WARDWATCH_DKIM_KEY={shown} and \
         WARDWATCH_DKIM_SELECTOR={selector}"
    ));
    Ok(())
}

/// As a line of a zone file: the strings are put together by who reads them.
fn record(signer: &Signer) -> Result<String, DkimError> {
    let said = signer.record()?;
    let strings: Vec<_> = in_pieces(&said, STRING).map(|piece| format!("\"{piece}\"")).collect();
    Ok(format!("{}. IN TXT ( {} )", signer.name(), strings.join(" ")))
}

/// Writes a file that only its owner reads, unless there is one; gives whether it did.
fn write_new(file: &Path, text: &str) -> io::Result<bool> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map(|()| true)
        }
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(why) => Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_cut_into_strings_that_dns_takes() {
        let signer = Signer::new(&make_key().unwrap(), "city.example", "ww").unwrap();
        let line = record(&signer).unwrap();
        assert!(line.starts_with("ww._domainkey.city.example. IN TXT ( \"v=DKIM1; k=rsa; p="));
        let strings: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
        assert!(strings.len() == 2 && strings.iter().all(|one| one.len() <= STRING), "{line}");
        assert_eq!(strings.concat(), signer.record().unwrap());
    }

    #[test]
    fn a_key_is_written_once_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        assert!(write_new(&file, "first").unwrap());
        assert!(!write_new(&file, "second").unwrap());
        assert_eq!(fs::read_to_string(&file).unwrap(), "first");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
