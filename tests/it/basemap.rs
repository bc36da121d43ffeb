//! What lies beneath the maps: a file that is served piece by piece, or tiles of others, whom only pages
//! with a map may ask.

use std::path::{Path, PathBuf};

use reqwest::Method;
use reqwest::header::HeaderMap;
use wardwatch::config::Settings;
use wardwatch::engine::Receipt;

use crate::open_town::OpenTown;
use crate::program::Program;

/// More than is in memory at once, and no two pieces alike.
fn archive() -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    bytes[..8].copy_from_slice(b"PMTiles\x03");
    bytes
}

/// The beginning of a true one, with the area that it covers, in degrees.
fn header(covers: [f64; 4]) -> Vec<u8> {
    let mut bytes = vec![0; 127];
    bytes[..8].copy_from_slice(b"PMTiles\x03");
    bytes[99..102].copy_from_slice(&[1, 0, 15]);
    for (at, degrees) in [102, 106, 110, 114].into_iter().zip(covers) {
        #[expect(clippy::cast_possible_truncation, reason = "degrees")]
        let tenths = (degrees * 1e7) as i32;
        bytes[at..at + 4].copy_from_slice(&tenths.to_le_bytes());
    }
    bytes
}

fn folder(settings: &Settings) -> PathBuf {
    settings.desk.data_dir.clone().expect("every town has one")
}

/// A town that serves this file.
async fn over(bytes: &[u8]) -> (OpenTown, PathBuf) {
    let mut file = PathBuf::new();
    let town = OpenTown::set_up(None, |settings| {
        file = folder(settings).join("city.pmtiles");
        std::fs::write(&file, bytes).unwrap();
        settings.site.basemap = Some("pmtiles:city.pmtiles".into());
    })
    .await;
    (town, file)
}

struct Piece {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Piece {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(town: &OpenTown, method: Method, headers: &[(&str, &str)]) -> Piece {
    let answer = town.send(method, "/basemap.pmtiles", headers, "").await;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Piece { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_reads_its_file_piece_by_piece() {
    let all = archive();
    let (town, file) = over(&all).await;
    let get = async |headers: &[(&str, &str)]| ask(&town, Method::GET, headers).await;

    let whole = get(&[("accept-encoding", "gzip, br")]).await;
    assert_eq!((whole.status, whole.bytes.len()), (200, all.len()));
    assert!(whole.bytes == all, "to the byte");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-type"), "application/vnd.pmtiles");
    assert_eq!(whole.header("content-encoding"), "", "it is packed already");
    let tag = whole.header("etag").to_owned();
    assert!(tag.starts_with('"'), "a strong one: {tag}");

    let length = all.len();
    for (range, first, last) in [
        ("bytes=0-126", 0, 126),
        ("bytes=65530-65545", 65_530, 65_545),
        ("bytes=1199990-", 1_199_990, length - 1),
        ("bytes=-7", length - 7, length - 1),
        ("bytes=1199999-9999999", 1_199_999, length - 1),
    ] {
        let piece = get(&[("range", range), ("if-range", &tag)]).await;
        assert_eq!(piece.status, 206, "{range}");
        assert!(piece.bytes == all[first..=last], "{range}");
        assert_eq!(piece.header("content-range"), format!("bytes {first}-{last}/{length}"));
        assert_eq!(piece.header("content-length"), (last - first + 1).to_string());
        assert_eq!(piece.header("etag"), tag);
    }
    let beyond = get(&[("range", "bytes=1200000-")]).await;
    assert_eq!(beyond.status, 416);
    assert_eq!(beyond.header("content-range"), format!("bytes */{length}"));
    let said = String::from_utf8(beyond.bytes.clone()).unwrap();
    assert!(said.contains("the file has 1200000 bytes"), "{said}");

    let bare = ask(&town, Method::HEAD, &[("range", "bytes=0-9")]).await;
    assert_eq!((bare.status, bare.bytes.len()), (200, 0));
    assert_eq!(bare.header("content-length"), length.to_string());
    assert_eq!(get(&[("if-none-match", &tag)]).await.status, 304);

    // The operator puts a newer one in its place.
    let newer = vec![7; 1_000];
    std::fs::write(file.with_extension("new"), &newer).unwrap();
    std::fs::rename(file.with_extension("new"), &file).unwrap();
    let piece = get(&[("range", "bytes=0-9"), ("if-range", &tag)]).await;
    assert_eq!((piece.status, piece.bytes.len()), (200, 1_000), "none of two files at once");
    assert_ne!(piece.header("etag"), tag);
    assert_eq!(get(&[("range", "bytes=0-9"), ("if-match", &tag)]).await.status, 412);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(get(&[]).await.status, 404);
    town.close().await;
}

/// What a page's policy lets a browser ask, besides us.
async fn strangers(town: &OpenTown, path: &str) -> Vec<String> {
    let page = town.get(path).await.expect(200);
    let policy = page.header("content-security-policy").to_owned();
    let outside = |part: &str| part.contains("https:").then(|| part.trim().to_owned());
    policy.split(';').filter_map(outside).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_of_others_are_asked_for_on_pages_with_a_map_alone() {
    let town = OpenTown::set_up(None, |settings| {
        settings.site.basemap =
            Some("xyz:https://tiles.example:8443/{z}/{x}/{y}.png?key=1&v=2".into());
        settings.site.basemap_credit =
            Some("<b>Maps</b> & \"Co\" https://maps.example/terms".into());
    })
    .await;
    let form = town.get("/watch/new").await.expect(200).text;
    let island = form.split("data-island=\"draw\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(island.contains(r#"data-basemap="xyz""#), "{island}");
    let url = r#"data-basemap-url="https://tiles.example:8443/{z}/{x}/{y}.png?key=1&#38;v=2""#;
    assert!(island.contains(url), "{island}");
    let credit = island.split("data-basemap-attribution=\"").nth(1).unwrap();
    let credit = credit.split('"').next().unwrap();
    assert!(
        credit.starts_with("&#60;a href=&#34;https://maps.example/terms&#34;&#62;"),
        "{credit}"
    );
    assert!(credit.contains("&#38;#60;b&#38;#62;"), "what was set is no markup: {credit}");

    let allowed = strangers(&town, "/watch/new").await;
    assert_eq!(
        allowed,
        [
            "img-src 'self' https://tiles.example:8443 data:",
            "connect-src 'self' https://tiles.example:8443"
        ]
    );
    for path in ["/", "/wards", "/privacy", "/signin"] {
        assert_eq!(strangers(&town, path).await, [""; 0], "{path}");
    }
    let privacy = town.get("/privacy").await.expect(200).text;
    assert!(privacy.contains("load their background from tiles.example:8443"), "{privacy}");
    assert_eq!(ask(&town, Method::GET, &[]).await.status, 404, "there is no file of ours");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_default_nobody_else_learns_what_is_looked_at() {
    let town = OpenTown::on_sqlite().await;
    let form = town.get("/watch/new").await.expect(200).text;
    assert!(form.contains("data-island=\"draw\"") && !form.contains("data-basemap"), "{form}");
    assert_eq!(strangers(&town, "/watch/new").await, [""; 0]);
    assert_eq!(tile(&town, CROSSED, &[]).await.status, 404, "there is no ground");
    assert_eq!(ask(&town, Method::GET, &[("range", "bytes=0-9")]).await.status, 404);
    let privacy = town.get("/privacy").await.expect(200).text;
    assert!(privacy.contains("Nobody else learns what you look at."), "{privacy}");
    town.close().await;

    let (town, _) = over(&archive()).await;
    let form = town.get("/watch/new").await.expect(200).text;
    assert!(form.contains(r#"data-basemap="pmtiles" data-basemap-url="/basemap.pmtiles""#));
    assert!(form.contains("© OpenStreetMap"), "{form}");
    assert_eq!(strangers(&town, "/watch/new").await, [""; 0], "our own file asks nobody else");
    town.close().await;
}

/// A street through Ward 1.
const STREET: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature",
    "properties":{"name":"Alder St"},"geometry":{"type":"LineString",
    "coordinates":[[-87.71,41.85],[-87.69,41.85]]}}]}"#;

/// A town that has it for its mails.
async fn on_a_street(basemap: Option<&str>) -> OpenTown {
    OpenTown::set_up(None, |settings| {
        let file = folder(settings).join("streets.geojson");
        std::fs::write(&file, STREET).unwrap();
        settings.letters.map_ground = Some(vec![file]);
        settings.site.basemap = basemap.map(str::to_owned);
    })
    .await
}

async fn tile(town: &OpenTown, path: &str, headers: &[(&str, &str)]) -> Piece {
    let answer = town.send(Method::GET, &format!("/ground/{path}"), headers, "").await;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Piece { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
}

/// The one that the street crosses.
const CROSSED: &str = "16/16802/24364.png";

#[tokio::test(flavor = "multi_thread")]
async fn the_ground_of_mails_lies_beneath_the_maps_of_the_site() {
    let town = on_a_street(None).await;
    let form = town.get("/watch/new").await.expect(200).text;
    let island = form.split("data-island=\"draw\"").nth(1).unwrap().split('>').next().unwrap();
    let url = r#"data-basemap="xyz" data-basemap-url="/ground/{z}/{x}/{y}.png""#;
    assert!(island.contains(url), "{island}");
    assert!(island.contains("data-basemap-attribution=\"\""), "{island}");
    assert_eq!(strangers(&town, "/watch/new").await, [""; 0], "nobody else is asked");

    let drawn = tile(&town, CROSSED, &[]).await;
    assert_eq!((drawn.status, drawn.header("content-type")), (200, "image/png"));
    assert!(drawn.bytes.starts_with(b"\x89PNG"));
    assert_eq!(drawn.header("cache-control"), "public, max-age=86400");
    let tag = drawn.header("etag").to_owned();
    let again = tile(&town, CROSSED, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    let bare = tile(&town, "16/16802/24300.png", &[]).await;
    assert_eq!(bare.status, 200);
    assert!(bare.bytes.starts_with(b"\x89PNG") && bare.bytes != drawn.bytes);
    let far = tile(&town, "10/262/380.png", &[]).await;
    assert_eq!(far.status, 200);
    assert_eq!(far.bytes, tile(&town, "10/262/380.png", &[]).await.bytes);
    for odd in ["23/0/0", "1/2/0", "1/0/2", "-1/0/0", "16/a/1"] {
        assert_eq!(tile(&town, &format!("{odd}.png"), &[]).await.status, 404, "{odd}");
    }
    let pressed = town.send(Method::POST, &format!("/ground/{CROSSED}"), &[], "").await;
    assert_eq!(pressed.status().as_u16(), 405);

    // On the page of an issue the streets around it show, where there are any.
    for (source_id, lat, streets) in [("1", 41.8505, 1), ("2", 41.88, 0)] {
        let at = crate::town::place(-87.70, lat);
        let receipt = town.town.report(source_id, at).await;
        let Receipt::Accepted { number, .. } = &receipt else { panic!("{receipt:?}") };
        town.settle().await;
        let page = town.get(&format!("/issues/{number}")).await.expect(200).text;
        let drawn = page.matches("class=\"street\" stroke-width=").count();
        assert_eq!(drawn, streets, "{page}");
        assert_eq!(page.matches("land here").count(), 1, "{page}");
    }
    town.close().await;

    let bare = on_a_street(Some("none")).await;
    let form = bare.get("/watch/new").await.expect(200).text;
    assert!(!form.contains("data-basemap"), "{form}");
    assert_eq!(tile(&bare, CROSSED, &[]).await.status, 404);
    bare.close().await;
}

/// The doctor's line on the basemap.
fn examined(town: &Program, basemap: &str) -> String {
    let told = town.end(&["doctor", "--basemap", basemap, "--basemap-credit", "Maps"]);
    let mut lines = told.printed.lines().filter(|line| line.contains("basemap"));
    lines.next().unwrap_or_else(|| panic!("nothing on it in\n{}", told.printed)).to_owned()
}

#[test]
fn the_doctor_looks_at_the_file_and_what_it_covers() {
    let town = Program::new(None, 9, 9);
    town.found();
    let wards = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/wards.geojson");
    let import = ["boundaries", "import", wards.to_str().unwrap(), "--layer", "wards"];
    town.run(&[&import[..], &["--id-property", "ward"]].concat());
    let file = town.dir().join("city.pmtiles");
    let ours = "pmtiles:city.pmtiles";
    let line = examined(&town, ours);
    assert!(line.starts_with("FAIL") && line.contains("cannot be read"), "{line}");
    for (bytes, level, says) in [
        (b"<html>".to_vec(), "FAIL", "it is no PMTiles archive"),
        (header([-88.0, 43.0, -86.0, 44.0]), "ok", "zoom 0 to 15, and covers the city"),
        (header([-88.0, 43.52, -86.0, 44.0]), "warn", "% of the city; make a larger extract"),
        (header([10.0, 43.0, 11.0, 44.0]), "FAIL", "lies outside the city"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let line = examined(&town, ours);
        assert!(line.starts_with(level) && line.contains(says), "{line}");
    }
    let line = examined(&town, "xyz:https://tiles.example/{z}/{x}/{y}.png");
    assert!(line.starts_with("ok") && line.contains("from tiles.example"), "{line}");
    let osm = examined(&town, "xyz:https://tile.openstreetmap.org/{z}/{x}/{y}.png");
    assert!(osm.starts_with("FAIL") && osm.contains("tile usage policy"), "{osm}");
    let refused = town.end(&["serve", "--basemap", "pmtiles:other.pmtiles"]);
    assert_eq!(refused.code, 2, "{}", refused.said);
    assert!(refused.said.contains("WARDWATCH_BASEMAP") && refused.said.contains("put it there"));
    std::fs::write(&file, "<html>").unwrap();
    let refused = town.end(&["serve", "--basemap", ours]);
    assert_eq!(refused.code, 2, "{}", refused.said);
    assert!(refused.said.contains("it is no PMTiles archive"), "{}", refused.said);
}
