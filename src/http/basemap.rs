//! What lies beneath the maps, where the operator wants more there than wards and issues: vector tiles in
//! one file, which we serve, or tiles from an address; else the ground of maps in mails, if there is any.
//!
//! The one rule: a browser asks only whom the operator has named, and only on pages that have a map.

mod file;
mod ground;
mod header;

use std::path::{Component, Path, PathBuf};

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Uri};
use axum::response::Response;
use axum::routing::get;

use super::Doors;
use super::about::{Named, escaped};
use super::manners::POLICY;
use crate::drawing::Ground;

pub use ground::Tiles;
pub use header::Header;

/// Where our file is asked for.
const PATH: &str = "/basemap.pmtiles";
/// And the tiles that we draw.
const TILES: &str = "/ground/{z}/{x}/{y}.png";

/// What lies beneath the maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basemap {
    pub source: Source,
    /// Of the ground it may be unknown.
    pub credit: Option<Named>,
}

/// Where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file on this machine, which we serve.
    File(PathBuf),
    /// Such a file elsewhere.
    Archive { url: String, origin: String },
    /// Pictures, one for each tile.
    Tiles { url: String, origin: String },
    /// The streets, parks and water that the operator has given for the maps in mails.
    Ground,
}

/// What a setting looks like.
const KINDS: &str = "write none, pmtiles:FILE with a file in the data directory, \
    pmtiles:https://…/city.pmtiles, or xyz:https://…/{z}/{x}/{y}.png";

impl Basemap {
    /// Reads what the operator has written, and whose credit it is.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to write.
    pub fn parse(
        text: &str,
        credit: Option<Named>,
        data_dir: &Path,
    ) -> Result<Option<Self>, String> {
        let source = match text.trim().split_once(':') {
            None if text.trim() == "none" => return Ok(None),
            None if text.trim().is_empty() => {
                let source = Source::Ground;
                return Ok(Some(Self { source, credit }));
            }
            Some(("pmtiles", url)) if url.contains("://") => {
                let (url, origin) = (url.to_owned(), origin(url)?);
                Source::Archive { url, origin }
            }
            Some(("pmtiles", file)) => Source::File(data_dir.join(in_the_folder(file)?)),
            Some(("xyz", url)) => tiles(url)?,
            _ => return Err(format!("“{text}” is no basemap; {KINDS}")),
        };
        let credit = match (credit, &source) {
            (Some(credit), _) => Some(credit),
            (None, Source::Tiles { .. }) => {
                let todo = "set --basemap-credit (or WARDWATCH_BASEMAP_CREDIT), as in";
                let like = "“© Example Maps https://example.org/terms”";
                return Err(format!("whoever serves tiles wants to be named; {todo} {like}"));
            }
            (None, _) => Some(Named {
                name: "© OpenStreetMap".to_owned(),
                link: Some("https://www.openstreetmap.org/copyright".to_owned()),
            }),
        };
        Ok(Some(Self { source, credit }))
    }

    /// The file that we serve.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.source {
            Source::File(file) => Some(file),
            _ => None,
        }
    }

    /// Whether it is drawn from the ground of maps in mails.
    #[must_use]
    pub fn is_ground(&self) -> bool {
        self.source == Source::Ground
    }

    /// Whether there is anything to it, where this is the ground.
    pub(super) fn shows(&self, ground: &Ground) -> bool {
        !self.is_ground() || !ground.is_empty()
    }

    /// The host of others that browsers ask.
    #[must_use]
    pub fn stranger(&self) -> Option<&str> {
        self.origin().map(|origin| origin.trim_start_matches("https://"))
    }

    fn origin(&self) -> Option<&str> {
        match &self.source {
            Source::File(_) | Source::Ground => None,
            Source::Archive { origin, .. } | Source::Tiles { origin, .. } => Some(origin),
        }
    }

    /// For the element of an island with a map.
    fn attributes(&self) -> String {
        let (kind, url) = match &self.source {
            Source::File(_) => ("pmtiles", PATH),
            Source::Archive { url, .. } => ("pmtiles", &**url),
            Source::Tiles { url, .. } => ("xyz", &**url),
            Source::Ground => ("xyz", TILES),
        };
        // The island takes the credit for HTML, so it is written as HTML first.
        let credit = self.credit.as_ref().map(Named::html).unwrap_or_default();
        format!(
            r#"data-basemap="{kind}" data-basemap-url="{}" data-basemap-attribution="{}""#,
            escaped(url),
            escaped(&credit)
        )
    }

    /// A policy as that of a page with a map.
    fn policy(&self, usual: &str) -> Option<HeaderValue> {
        let origin = self.origin()?;
        let mut policy =
            usual.replace("connect-src 'self'", &format!("connect-src 'self' {origin}"));
        if matches!(self.source, Source::Tiles { .. }) {
            policy = policy.replace("img-src 'self'", &format!("img-src 'self' {origin}"));
        }
        HeaderValue::try_from(policy).ok()
    }
}

/// Marks an answer as a page with a map.
#[derive(Clone, Copy, Debug)]
struct WithMap;

/// What the element of an island with a map carries: in a template `{{ beneath|safe }}`. The page has to go
/// through [`with_map`].
pub fn beneath(doors: &Doors) -> String {
    doors.inner.about.basemap.as_ref().map(Basemap::attributes).unwrap_or_default()
}

/// A page with a map: what lies beneath it may be fetched from there.
pub fn with_map(mut page: Response) -> Response {
    page.extensions_mut().insert(WithMap);
    page
}

/// The policy of an answer, where it is another than that of all.
pub fn policy(doors: &Doors, answer: &Response) -> Option<HeaderValue> {
    answer.extensions().get::<WithMap>()?;
    let own = answer.headers().get(CONTENT_SECURITY_POLICY);
    let usual = own.and_then(|own| own.to_str().ok()).unwrap_or(POLICY);
    doors.inner.about.basemap.as_ref()?.policy(usual)
}

/// Where our file is served, and our tiles.
pub fn routes() -> Router<Doors> {
    Router::new().route(PATH, get(file::serve)).route("/ground/{z}/{x}/{y}", get(ground::serve))
}

/// A file's name that stays in its folder.
fn in_the_folder(name: &str) -> Result<&str, String> {
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if name.is_empty() || !Path::new(name).components().all(plain) {
        return Err(format!(
            "“{name}” is no file in the data directory; put it there, and write its name, as in \
             pmtiles:city.pmtiles"
        ));
    }
    Ok(name)
}

fn tiles(url: &str) -> Result<Source, String> {
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    let path = path.map_or("", |(_, path)| path);
    if !["{z}", "{x}"].iter().all(|part| path.contains(part))
        || !(path.contains("{y}") || path.contains("{-y}"))
    {
        return Err(format!("“{url}” has no {{z}}, {{x}} and {{y}} in its path; {KINDS}"));
    }
    let plain = url.replace(['{', '}'], "");
    let origin = origin(&plain)?;
    if !url.starts_with(&origin) {
        return Err(format!("“{url}” names no one host; {KINDS}"));
    }
    let host = origin.trim_start_matches("https://").split(':').next().unwrap_or_default();
    let host = host.trim_end_matches('.');
    if ["openstreetmap.org", "osm.org"].iter().any(|own| is_of(host, own)) {
        return Err(format!(
            "{host} is OpenStreetMap's own server, run on donations; its tile usage policy \
             (https://operations.osmfoundation.org/policies/tiles/) does not let a city's site lean \
             on it: use pmtiles: with an extract of your city, or a service that serves tiles for you"
        ));
    }
    Ok(Source::Tiles { url: url.to_owned(), origin })
}

fn is_of(host: &str, domain: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Scheme, host and port, as a policy names them: nothing in it could be read as more of the policy.
fn origin(url: &str) -> Result<String, String> {
    let uri = url.parse::<Uri>().ok().filter(|uri| uri.scheme_str() == Some("https"));
    let authority = uri.as_ref().and_then(Uri::authority).map(Authority::as_str);
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
    match authority {
        Some(host) if !host.is_empty() && host.chars().all(plain) => Ok(format!("https://{host}")),
        _ => Err(format!("“{url}” is not https://HOST/…; {KINDS}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<Basemap>, String> {
        Basemap::parse(text, Named::parse("Example Maps").ok(), Path::new("/data"))
    }

    #[test]
    fn a_basemap_is_a_file_or_an_address_and_the_ground_by_default() {
        let ground = Basemap::parse(" ", None, Path::new("/data")).unwrap().unwrap();
        assert!(ground.is_ground() && !ground.shows(&Ground::default()));
        assert_eq!((ground.file(), ground.stranger(), ground.policy(POLICY)), (None, None, None));
        let attributes = ground.attributes();
        let url = r#"data-basemap="xyz" data-basemap-url="/ground/{z}/{x}/{y}.png""#;
        assert!(attributes.starts_with(url) && attributes.ends_with("-attribution=\"\""));
        let named = parse("").unwrap().unwrap();
        assert!(named.attributes().ends_with(r#"-attribution="Example Maps""#));
        assert_eq!(parse(" none ").unwrap(), None);
        let file = parse("pmtiles:city.pmtiles").unwrap().unwrap();
        assert_eq!(file.file(), Some(Path::new("/data/city.pmtiles")));
        assert_eq!((file.stranger(), file.policy(POLICY)), (None, None));
        let there = parse("pmtiles:https://maps.example:8443/a.pmtiles").unwrap().unwrap();
        assert_eq!(there.stranger(), Some("maps.example:8443"));
        let policy = there.policy(POLICY).unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("connect-src 'self' https://maps.example:8443;"), "{policy}");
        assert!(policy.contains("img-src 'self' data:;"), "{policy}");
        let tiles = parse("xyz:https://tiles.example/{z}/{x}/{y}@2x.png?key=a&b=<").unwrap_err();
        assert!(tiles.contains("is not https://"), "{tiles}");
        let tiles = parse("xyz:https://tiles.example/{z}/{x}/{y}.png?key=a&b=1").unwrap().unwrap();
        let attributes = tiles.attributes();
        assert!(
            attributes.contains(r#"-url="https://tiles.example/{z}/{x}/{y}.png?key=a&#38;b=1""#)
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_to_write() {
        for (text, why) in [
            ("osm", "is no basemap"),
            ("pmtiles:", "is no file in the data directory"),
            ("pmtiles:../secret", "is no file in the data directory"),
            ("pmtiles:/etc/passwd", "is no file in the data directory"),
            ("pmtiles:http://maps.example/a.pmtiles", "is not https://"),
            ("xyz:http://tiles.example/{z}/{x}/{y}.png", "is not https://"),
            ("xyz:https://tiles.example/tile.png", "has no {z}, {x} and {y}"),
            ("xyz:https://{z}.tiles.example/{x}/{y}.png", "has no {z}, {x} and {y}"),
            ("xyz:https://{s}.tiles.example/{z}/{x}/{y}.png", "names no one host"),
            ("xyz:https://a;b/{z}/{x}/{y}.png", "is not https://"),
            ("xyz:https://ada:pw@tiles.example/{z}/{x}/{y}.png", "is not https://"),
            ("xyz:https://tile.openstreetmap.org/{z}/{x}/{y}.png", "tile usage policy"),
            ("xyz:https://a.TILE.openstreetmap.org:443/{z}/{x}/{y}.png", "tile usage policy"),
        ] {
            let said = parse(text).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
        let tiles = "xyz:https://tiles.example/{z}/{x}/{y}.png";
        let said = Basemap::parse(tiles, None, Path::new("/data")).unwrap_err();
        assert!(said.contains("--basemap-credit"), "{said}");
        let other = "xyz:https://openstreetmap.org.example/{z}/{x}/{y}.png";
        assert!(parse(other).is_ok(), "a name that only begins so");
    }
}
