//! What the site says of itself, and what lies beneath its maps.

use std::path::Path;

use clap::Args;
use serde::Deserialize;

use super::{ConfigError, wrong};
use crate::http::{About, Basemap, BasemapHeader, Contact, Named};

/// What residents are told about the site. All of it may be left out, and then they are told so.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(rustdoc::bare_urls, clippy::doc_markdown, reason = "these lines are the help text")]
pub struct SiteSettings {
    /// What lies beneath the maps: none; pmtiles:FILE, a PMTiles archive in the data directory, which we
    /// serve; pmtiles:https://…/city.pmtiles; or xyz:https://…/{z}/{x}/{y}.png [default: what
    /// --map-ground names, else none]
    #[arg(long, env = "WARDWATCH_BASEMAP", value_name = "none|pmtiles:…|xyz:…")]
    pub basemap: Option<String>,
    /// Whose map that is, with the page about it, as in "© Example Maps https://example.org/terms"; for
    /// pmtiles: OpenStreetMap's unless it is set; set it, too, where the files of --map-ground are
    /// somebody's
    #[arg(long, env = "WARDWATCH_BASEMAP_CREDIT", value_name = "NAME [URL]")]
    pub basemap_credit: Option<String>,
    /// Where residents reach whoever runs the site: a mail address, or https://…
    #[arg(long, env = "WARDWATCH_CONTACT", value_name = "ADDRESS|URL")]
    pub contact: Option<String>,
    /// The licence of the data that anybody may take, as in "CC BY 4.0
    /// https://creativecommons.org/licenses/by/4.0/"
    #[arg(long, env = "WARDWATCH_DATA_LICENSE", value_name = "NAME [URL]")]
    pub data_license: Option<String>,
}

/// Compose files leave a variable empty that they do not set.
fn set(given: Option<&String>) -> Option<&str> {
    given.map(|text| text.trim()).filter(|text| !text.is_empty())
}

impl SiteSettings {
    pub(super) fn or(self, other: Self) -> Self {
        let first =
            |one: Option<String>, two: Option<String>| set(one.as_ref()).map(str::to_owned).or(two);
        Self {
            basemap: first(self.basemap, other.basemap),
            basemap_credit: first(self.basemap_credit, other.basemap_credit),
            contact: first(self.contact, other.contact),
            data_license: first(self.data_license, other.data_license),
        }
    }

    /// All of it, once the basemap's file is where it should be, and what it should be.
    pub(super) fn about(&self, data_dir: &Path) -> Result<About, ConfigError> {
        let basemap = self.basemap(data_dir)?;
        if let Some(file) = basemap.as_ref().and_then(Basemap::file) {
            let shown = file.display();
            if !file.is_file() {
                return Err(wrong("basemap")(format!(
                    "there is no file {shown}; put it there, or leave the setting out"
                )));
            }
            BasemapHeader::read(file).map_err(|why| {
                let todo = "put a PMTiles archive there, or leave the setting out";
                wrong("basemap")(format!("{shown}: {why}; {todo}"))
            })?;
        }
        Ok(About { basemap, contact: self.contact()?, license: self.license()? })
    }

    pub(super) fn basemap(&self, data_dir: &Path) -> Result<Option<Basemap>, ConfigError> {
        let credit = set(self.basemap_credit.as_ref()).map(Named::parse).transpose();
        let credit = credit.map_err(wrong("basemap-credit"))?;
        let text = set(self.basemap.as_ref()).unwrap_or_default();
        Basemap::parse(text, credit, data_dir).map_err(wrong("basemap"))
    }

    pub(super) fn contact(&self) -> Result<Option<Contact>, ConfigError> {
        set(self.contact.as_ref()).map(Contact::parse).transpose().map_err(wrong("contact"))
    }

    pub(super) fn license(&self) -> Result<Option<Named>, ConfigError> {
        set(self.data_license.as_ref()).map(Named::parse).transpose().map_err(wrong("data-license"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_meant_is_named_and_what_is_empty_is_not_set() {
        let dir = tempfile::tempdir().unwrap();
        let told = |settings: SiteSettings| {
            let why = settings.about(dir.path()).unwrap_err();
            assert!(why.is_misuse());
            why.to_string()
        };
        let some = |text: &str| Some(text.to_owned());
        let none = SiteSettings::default;
        for (settings, name, says) in [
            (SiteSettings { basemap: some("osm"), ..none() }, "--basemap ", "is no basemap"),
            (
                SiteSettings { basemap: some("pmtiles:city.pmtiles"), ..none() },
                "--basemap ",
                "put it there",
            ),
            (SiteSettings { contact: some("311"), ..none() }, "--contact ", "neither a mail"),
            (
                SiteSettings { data_license: some("https://x.example"), ..none() },
                "--data-license ",
                "first a name",
            ),
            (
                SiteSettings { basemap_credit: some("https://x.example"), ..none() },
                "--basemap-credit ",
                "first a name",
            ),
        ] {
            let told = told(settings);
            assert!(told.starts_with(name) && told.contains(says), "{told}");
        }
        let file = dir.path().join("city.pmtiles");
        std::fs::write(&file, "<html>").unwrap();
        let none_such = SiteSettings { basemap: some("pmtiles:city.pmtiles"), ..none() };
        let said = told(none_such);
        assert!(said.contains("it is no PMTiles archive; put a PMTiles archive there"), "{said}");
        let mut archive = vec![0; 127];
        archive[..8].copy_from_slice(b"PMTiles\x03");
        std::fs::write(&file, archive).unwrap();
        let empty = || some(" ");
        let settings =
            SiteSettings { basemap: empty(), contact: empty(), data_license: empty(), ..none() };
        let file = SiteSettings { basemap: some("pmtiles:city.pmtiles"), ..none() };
        let about = settings.or(file).about(dir.path()).unwrap();
        assert!(about.basemap.is_some() && about.contact.is_none() && about.license.is_none());
    }
}
