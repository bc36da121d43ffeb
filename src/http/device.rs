//! What a person knows a browser by: its name and the system that it runs on, as it says itself.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::Doors;
use super::pages::Frame;
use crate::message::Key;

/// The browser that asks, as `Firefox/Android`; none if it does not say.
#[derive(Clone, Debug)]
pub struct Device(pub Option<String>);

impl FromRequestParts<Doors> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Doors) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self(agent.and_then(named)))
    }
}

/// Browsers by the mark that each of them alone has, before those whose marks it bears, too.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

fn named(agent: &str) -> Option<String> {
    let of = |marks: &[(&str, &'static str)]| {
        marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    Some(format!("{}/{}", of(&BROWSERS)?, of(&SYSTEMS)?))
}

/// As a person reads it.
pub fn in_words(frame: &Frame<'_>, device: Option<&str>) -> String {
    match device.and_then(|device| device.split_once('/')) {
        Some((browser, system)) => {
            let gaps = [("browser", browser.into()), ("system", system.into())];
            frame.words.fill(Key("page-device"), &gaps)
        }
        None => frame.t("page-device-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_knows_their_browsers_again() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0",
                Some("Firefox/Android"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                Some("Edge/Windows"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                Some("Safari/iPhone"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like \
                 Gecko) Chrome/126.0.0.0 Safari/537.36",
                Some("Chrome/Mac"),
            ),
            ("curl/8.5.0", None),
            ("Firefox/1 on a <toaster>", None),
        ] {
            assert_eq!(named(agent).as_deref(), name, "{agent}");
        }
    }
}
