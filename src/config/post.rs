//! How mail goes out, whose name it bears, and where it comes back to.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use super::{ConfigError, wrong};
use crate::channel::email::{self, Signer};
use crate::token::{BounceAddress, BounceAddressError};
use crate::watcher::{AddressError, EmailAddress};

/// The selector of a DKIM key that nobody has named.
pub const USUAL_SELECTOR: &str = "wardwatch";

/// What can be set of mails that come back, and of signatures.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PostSettings {
    /// Where mails come back to, as in bounces@city.example: each mail's envelope sender is then
    /// bounces+TOKEN@city.example, which says whose it was; a mail server hands what comes there to
    /// `wardwatch bounce` [default: the sender]
    #[arg(long, env = "WARDWATCH_BOUNCE_ADDRESS", value_name = "ADDRESS")]
    pub bounce_address: Option<String>,
    /// The private key that signs mails (DKIM), as `wardwatch keys dkim` makes it [default: not signed
    /// here, for mail servers mostly do it]
    #[arg(long, env = "WARDWATCH_DKIM_KEY", value_name = "FILE")]
    pub dkim_key: Option<PathBuf>,
    /// The name under which that key's other half stands in DNS [default: wardwatch]
    #[arg(long, env = "WARDWATCH_DKIM_SELECTOR", value_name = "NAME")]
    pub dkim_selector: Option<String>,
}

impl PostSettings {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            // Compose files leave a variable empty that they do not set.
            bounce_address: self
                .bounce_address
                .filter(|text| !text.trim().is_empty())
                .or(other.bounce_address),
            dkim_key: self.dkim_key.filter(|file| !file.as_os_str().is_empty()).or(other.dkim_key),
            dkim_selector: self
                .dkim_selector
                .filter(|text| !text.trim().is_empty())
                .or(other.dkim_selector),
        }
    }

    pub(super) fn bounce_address(&self) -> Result<Option<BounceAddress>, ConfigError> {
        let parse = |text: &str| {
            let parsed = text.parse();
            parsed.map_err(|e: BounceAddressError| wrong("bounce-address")(e.to_string()))
        };
        let given = self.bounce_address.as_deref().filter(|text| !text.trim().is_empty());
        given.map(parse).transpose()
    }

    /// Who signs for the sender's domain, if anybody does.
    pub(super) fn signer(&self, from: &EmailAddress) -> Result<Option<Signer>, ConfigError> {
        let given = self.dkim_key.as_deref().filter(|file| !file.as_os_str().is_empty());
        let Some(file) = given else {
            let alone = self.dkim_selector.as_ref().filter(|name| !name.is_empty());
            let why = || "it names a key, and there is none; give --dkim-key, too".to_owned();
            return alone.map_or(Ok(None), |_| Err(wrong("dkim-selector")(why())));
        };
        let unusable = |why: String| ConfigError::Kept {
            file: file.to_owned(),
            why,
            todo: "let this user read it, or make one with: wardwatch keys dkim",
        };
        let text = fs::read_to_string(file).map_err(|why| unusable(why.to_string()))?;
        let selector = self.dkim_selector.as_deref().filter(|name| !name.is_empty());
        let selector = selector.unwrap_or(USUAL_SELECTOR);
        let signer = Signer::new(&text, from.domain(), selector);
        signer.map(Some).map_err(|why| match why {
            email::DkimError::Selector(_) => wrong("dkim-selector")(why.to_string()),
            why => unusable(why.to_string()),
        })
    }
}

pub(super) fn connections(given: Option<usize>, usual: usize) -> Result<usize, ConfigError> {
    let fewest = email::FEWEST_CONNECTIONS;
    let why = || format!("give {fewest} or more: some are kept for confirmations, come what may");
    match given.unwrap_or(usual) {
        few if few < fewest => Err(wrong("smtp-connections")(why())),
        enough => Ok(enough),
    }
}

pub(super) fn smtp_url(mail: &email::Settings) -> Result<(), ConfigError> {
    mail.check().map_err(|e| wrong("smtp-url")(e.to_string()))
}

/// How mail goes, and the folder where it is caught, if it does not go out.
pub(super) fn road_of_mail(
    url: Option<String>,
    data_dir: &Path,
) -> (email::Settings, Option<PathBuf>) {
    let url = url.unwrap_or_else(|| format!("file:{}", data_dir.join("mail").display()));
    let caught = url.strip_prefix("file:").map(PathBuf::from);
    (email::Settings::new(url), caught)
}

/// The bare address in `Name <address>`, or the whole when there is no name.
pub(super) fn sender(given: Option<String>, caught: bool) -> Result<EmailAddress, ConfigError> {
    let nobody = "wardwatch@example.org".to_owned();
    let from = given.or(caught.then_some(nobody)).ok_or(ConfigError::NoSender)?;
    let inner = from.rsplit_once('<').map_or(&*from, |(_, rest)| rest.trim_end_matches('>'));
    inner.parse().map_err(|e: AddressError| wrong("mail-from")(e.to_string()))
}
