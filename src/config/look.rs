//! The settings one by one, each as far as it can be used: for `doctor`, which makes nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::desk::secrets;
use super::kept::{PUT_BACK_PUSH_KEY, PUT_BACK_SECRET, take_back, vapid_key};
use super::{
    Config, ConfigError, LetterConfig, Settings, allow_hosts, connections, host_of,
    is_this_machine, lease, log_filter, networks, public_url, read_toml, road_of_mail, sender,
    smtp_url, wrong,
};
use crate::channel::email::{self, Signer};
use crate::channel::push::VapidKey;
use crate::http::Basemap;
use crate::store::StoreSettings;
use crate::token::Secrets;

/// What is set, and what is wrong with it.
#[derive(Debug)]
pub struct Looked {
    pub data_dir: PathBuf,
    pub store: Result<StoreSettings, ConfigError>,
    pub public_url: String,
    /// Whether nobody but this machine can follow a link in a mail.
    pub is_local: bool,
    pub mail: email::Settings,
    /// Where mail is caught, when it is not sent.
    pub caught_mail: Option<PathBuf>,
    /// Who signs mails, if anybody does here.
    pub signer: Result<Option<Signer>, ConfigError>,
    pub secret: Kept<Secrets>,
    pub vapid: Kept<VapidKey>,
    /// Where push services reach the operator.
    pub contact: String,
    pub push_allow_hosts: Vec<String>,
    /// What is drawn on maps in mails, and beneath those of the site, if any of it can be read.
    pub letters: LetterConfig,
    /// What lies beneath the maps, if it can be meant.
    pub basemap: Option<Basemap>,
    /// Every other setting that cannot be used.
    pub wrong: Vec<ConfigError>,
}

/// A secret that is given as a setting, or kept in a file of the data directory.
#[derive(Debug)]
pub struct Kept<T> {
    /// `None` when it is given.
    pub file: Option<PathBuf>,
    /// `None` when it has not been made yet.
    pub value: Option<Result<T, ConfigError>>,
}

impl Settings {
    /// What is set, as far as it can be used. Makes nothing.
    ///
    /// # Errors
    /// When the TOML file cannot be read: then nobody knows what is set.
    pub fn look(self) -> Result<Looked, ConfigError> {
        let all = match &self.desk.config {
            Some(file) => self.clone().or(read_toml(file)?),
            None => self,
        };
        let mut wrongs = vec![];
        let listen = all.listen.unwrap_or_else(super::usual_address);
        let public_url = public_url(all.public_url, listen).unwrap_or_else(|why| {
            wrongs.push(why);
            format!("http://{listen}")
        });
        let data_dir = all.desk.data_dir();
        let (mut mail, caught_mail) = road_of_mail(all.smtp_url, &data_dir);
        wrongs.extend(smtp_url(&mail).err());
        mail.hello = host_of(&public_url);
        let mail_from = sender(all.mail_from, caught_mail.is_some());
        let mailto = mail_from.as_ref().map(|from| format!("mailto:{}", from.as_str()));
        let contact = mailto.unwrap_or_else(|_| public_url.clone());
        match connections(all.smtp_connections, mail.connections) {
            Ok(wanted) => mail.connections = wanted,
            Err(why) => wrongs.push(why),
        }
        wrongs.extend(all.post.bounce_address().err());
        let signer = mail_from.as_ref().map_or(Ok(None), |from| all.post.signer(from));
        wrongs.extend(mail_from.err());
        wrongs.extend(all.desk.zone().err());
        wrongs.extend(lease(all.lease_s).err());
        wrongs.extend(all.place_rule.engine().err());
        wrongs.extend(all.watch_limits.resolve().err());
        let letters = all.letters.resolve().unwrap_or_else(|why| {
            wrongs.push(why);
            LetterConfig::default()
        });
        let basemap = all.site.basemap(&data_dir).unwrap_or_else(|why| {
            wrongs.push(why);
            None
        });
        wrongs.extend(all.site.contact().err());
        wrongs.extend(all.site.license().err());
        wrongs.extend(all.geocoder.resolve().err());
        wrongs.extend(log_filter(all.log).err());
        wrongs.extend(allow_hosts("webhook-allow-hosts", all.webhook_allow_hosts).err());
        let push_allow_hosts = allow_hosts("push-allow-hosts", all.push_allow_hosts);
        let push_allow_hosts = push_allow_hosts.unwrap_or_else(|why| {
            wrongs.push(why);
            vec![]
        });
        wrongs.extend(networks(all.trusted_proxies.unwrap_or_default()).err());
        Ok(Looked {
            store: all.desk.store(),
            secret: look_at(
                all.desk.secret,
                ("secret", &data_dir.join("secret"), PUT_BACK_SECRET),
                secrets,
            ),
            vapid: look_at(
                all.vapid_key,
                ("vapid-key", &data_dir.join("vapid.key"), PUT_BACK_PUSH_KEY),
                vapid_key,
            ),
            is_local: is_this_machine(&public_url),
            push_allow_hosts,
            letters,
            basemap,
            wrong: wrongs,
            data_dir,
            public_url,
            mail,
            caught_mail,
            signer,
            contact,
        })
    }
}

impl Config {
    /// Takes back the keys that were made for a start that has failed: the next one shall see, too,
    /// that they are missing.
    pub fn take_back(&self) {
        self.desk.take_back();
        if let Some(file) = &self.made_push_key {
            take_back(file);
        }
    }

    /// Whether the links in mails lead to this machine alone.
    #[must_use]
    pub fn is_local(&self) -> bool {
        is_this_machine(&self.public_url)
    }
}

fn look_at<T>(
    given: Option<String>,
    (name, file, todo): (&'static str, &Path, &'static str),
    parse: impl Fn(&str) -> Result<T, String>,
) -> Kept<T> {
    if let Some(text) = given {
        return Kept { file: None, value: Some(parse(&text).map_err(wrong(name))) };
    }
    let unusable = |why| ConfigError::Kept { file: file.to_owned(), why, todo };
    let value = match fs::read_to_string(file) {
        Ok(text) => Some(parse(&text).map_err(unusable)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => None,
        Err(why) => Some(Err(ConfigError::DataDir { dir: file.to_owned(), why })),
    };
    Kept { file: Some(file.to_owned()), value }
}
