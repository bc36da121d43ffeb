//! The files of the site that run in a browser, built from `web/`: what has a hash in its name is kept
//! for good, the rest (the service worker, the manifest, the icons) is asked for anew.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Doors, Problem};

/// A file as the program holds it.
struct File {
    /// Where it is asked for.
    path: &'static str,
    bytes: &'static [u8],
    /// The same, packed (RFC 7932).
    brotli: Option<&'static [u8]>,
}

// The script that every page loads, and all files by their paths.
include!(concat!(env!("OUT_DIR"), "/site.rs"));

pub const STYLE: &[u8] = include_bytes!("../../web/site/wardwatch.css");
const MARK: &[u8] = include_bytes!("../../web/demo/mark.svg");
const FONT: &[u8] = include_bytes!("../../web/demo/public-sans.woff2");
/// The same font's letters of Polish and its neighbours, for pages that have any: fonttools' `pyftsubset` of
/// the part `latin-ext` of Public Sans, with the `unicode-range` that the style sheet gives it.
const FONT_EXT: &[u8] = include_bytes!("../../web/demo/public-sans-ext.woff2");

const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const FOR_A_DAY: &str = "public, max-age=86400";
const ASK_ANEW: &str = "no-cache";

/// What lies beside the pages, at names that do not change.
pub fn routes() -> Router<Doors> {
    let kept = FILES.iter().filter(|file| !file.path.starts_with("/assets/"));
    kept.fold(Router::new(), |routes, file| {
        let keep = if kind(file.path) == "image/png" { FOR_A_DAY } else { ASK_ANEW };
        routes.route(file.path, get(async move |headers: HeaderMap| file.answer(&headers, keep)))
    })
}

/// `GET /assets/{name}`: the style sheet, the mark, the fonts, and what was built.
pub async fn asset(headers: HeaderMap, Path(name): Path<String>) -> Result<Response, Problem> {
    let (path, bytes, keep) = match name.as_str() {
        "wardwatch.css" => ("/assets/wardwatch.css", STYLE, FOR_GOOD),
        "mark.svg" => ("/assets/mark.svg", MARK, FOR_A_DAY),
        "public-sans.woff2" => ("/assets/public-sans.woff2", FONT, FOR_GOOD),
        "public-sans-ext.woff2" => ("/assets/public-sans-ext.woff2", FONT_EXT, FOR_GOOD),
        _ => {
            let file = find(&format!("/assets/{name}"));
            let file = file.ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
            return Ok(file.answer(&headers, FOR_GOOD));
        }
    };
    Ok(File { path, bytes, brotli: None }.answer(&headers, keep))
}

fn find(path: &str) -> Option<&'static File> {
    FILES.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &FILES[at])
}

impl File {
    fn answer(&self, asked: &HeaderMap, keep: &'static str) -> Response {
        let shared = [
            (header::CONTENT_TYPE, kind(self.path)),
            (header::CACHE_CONTROL, keep),
            (header::VARY, "accept-encoding"),
        ];
        match self.brotli.filter(|_| takes_brotli(asked)) {
            Some(packed) => (shared, [(header::CONTENT_ENCODING, "br")], packed).into_response(),
            None => (shared, self.bytes).into_response(),
        }
    }
}

/// Whether the browser unpacks it; one that says `br;q=0` does not.
fn takes_brotli(asked: &HeaderMap) -> bool {
    let all = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let refused = |part: &str| {
            part.strip_prefix("q=").and_then(|q| q.parse::<f64>().ok()).is_some_and(|q| q <= 0.0)
        };
        named && !parts.any(refused)
    })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "md" => "text/markdown; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_files_go_to_whom_unpacks_them() {
        let asks = |value: &str| {
            let mut asked = HeaderMap::new();
            asked.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            takes_brotli(&asked)
        };
        for value in ["br", "gzip, deflate, br, zstd", "gzip;q=1.0, BR;q=0.5"] {
            assert!(asks(value), "{value}");
        }
        for value in ["gzip", "br;q=0", "gzip, br; q=0.000", "brotli", ""] {
            assert!(!asks(value), "{value}");
        }
        assert!(!takes_brotli(&HeaderMap::new()));
    }

    #[test]
    fn every_built_file_is_found_and_has_a_kind() {
        for file in FILES {
            assert_eq!(find(file.path).unwrap().bytes, file.bytes);
            assert_ne!(kind(file.path), "application/octet-stream", "{}", file.path);
            assert!(file.brotli.is_none_or(|packed| packed.len() < file.bytes.len()));
        }
        assert!(APP.is_none_or(|app| find(app).is_some()));
        assert!(find("/assets/none.js").is_none());
    }
}
