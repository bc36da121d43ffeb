//! Pages that say the same to everybody: offline, how accessible the site is, what it keeps of people, and
//! its data.
//!
//! The one rule: they say what is so by the settings, and where nothing is set they say that.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::about::{About, Contact, Named};
use super::extract::Reads;
use super::pages::{Frame, render};
use super::{Doors, Problem};
use crate::engine::EngineSettings;

#[derive(Template)]
#[template(path = "pages/offline.html")]
struct OfflinePage<'a> {
    frame: Frame<'a>,
}

/// `GET /offline`: what the service worker keeps for when the network is gone.
pub async fn offline(
    State(doors): State<Doors>,
    Reads(language): Reads,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    render(&OfflinePage { frame: Frame::new(&city.name, &language) })
}

#[derive(Template)]
#[template(path = "pages/accessibility.html")]
struct AccessibilityPage<'a> {
    frame: Frame<'a>,
    contact: Option<&'a Contact>,
}

impl AccessibilityPage<'_> {
    /// What is known not to conform, each with the way around it.
    const LIMITS: [&'static str; 4] = [
        "page-access-limit-map",
        "page-access-limit-words",
        "page-access-limit-hand",
        "page-access-limit-colours",
    ];
}

/// `GET /accessibility`: a statement in the shape that the W3C's model gives it.
pub async fn accessibility(
    State(doors): State<Doors>,
    Reads(language): Reads,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let contact = doors.inner.about.contact.as_ref();
    render(&AccessibilityPage { frame: Frame::new(&city.name, &language), contact })
}

#[derive(Template)]
#[template(path = "pages/privacy.html")]
struct PrivacyPage<'a> {
    frame: Frame<'a>,
    about: &'a About,
    rules: &'a EngineSettings,
    /// The host that is asked for addresses, if one is.
    geocoder: Option<String>,
}

impl PrivacyPage<'_> {
    /// Whole days of a span.
    fn days(span: Duration) -> usize {
        usize::try_from(span.as_secs() / 86_400).unwrap_or(usize::MAX)
    }

    /// How long what is over is kept.
    fn kept(&self) -> String {
        match self.rules.keep_for {
            Some(span) => self.frame.count("page-privacy-keep", Self::days(span)),
            None => self.frame.t("page-privacy-keep-all"),
        }
    }

    /// Who learns the addresses that are typed.
    fn addresses(&self) -> String {
        match &self.geocoder {
            Some(host) => self.frame.with("page-privacy-addresses-theirs", "host", host),
            None => self.frame.t("page-privacy-addresses-ours"),
        }
    }

    /// Whom maps tell that they are looked at.
    fn maps(&self) -> String {
        match &self.about.basemap {
            None => self.frame.t("page-privacy-maps-none"),
            Some(basemap) => match basemap.stranger() {
                None => self.frame.t("page-privacy-maps-ours"),
                Some(host) => self.frame.with("page-privacy-maps-theirs", "host", host),
            },
        }
    }
}

/// `GET /privacy`: what is stored of people, how long, who sees it, and how it is deleted.
pub async fn privacy(
    State(doors): State<Doors>,
    Reads(language): Reads,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let (about, rules) = (&doors.inner.about, doors.engine().rules());
    let geocoder = doors.inner.geocoder.host();
    render(&PrivacyPage { frame: Frame::new(&city.name, &language), about, rules, geocoder })
}

#[derive(Template)]
#[template(path = "pages/data.html")]
struct DataPage<'a> {
    frame: Frame<'a>,
    license: Option<&'a Named>,
    contact: Option<&'a Contact>,
}

impl DataPage<'_> {
    /// What there is, and where.
    const WAYS: [(&'static str, &'static str); 5] = [
        ("page-data-geojson", "/api/v1/issues.geojson"),
        ("page-data-csv", "/api/v1/issues.csv"),
        ("page-data-json", "/api/v1/issues"),
        ("page-data-boundaries", "/api/v1/boundaries"),
        ("page-data-stream", "/api/v1/stream"),
    ];

    /// What can be asked of a list, with an example.
    const FILTERS: [(&'static str, &'static str); 4] = [
        ("page-data-filter-ward", "?ward=12"),
        ("page-data-filter-status", "?status=open"),
        ("page-data-filter-updated", "?updated_after=2026-05-01T00:00:00Z"),
        ("page-data-filter-bbox", "?bbox=-87.70,41.80,-87.60,41.90"),
    ];
}

/// `GET /data`: what anybody may take, and under which licence.
pub async fn data(State(doors): State<Doors>, Reads(language): Reads) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let (license, contact) =
        (doors.inner.about.license.as_ref(), doors.inner.about.contact.as_ref());
    render(&DataPage { frame: Frame::new(&city.name, &language), license, contact })
}
