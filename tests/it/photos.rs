//! Pictures of issues: made safe, shown, and judged.

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::store::StaffRole;

use crate::open_town::{Answer, OpenTown, open_story, pothole};

/// A part of a form with files.
pub enum Part {
    Words(String, String),
    File(String, Vec<u8>),
}

/// Sends a form with files (RFC 7578).
pub async fn post_parts(
    town: &OpenTown,
    path: &str,
    headers: &[(&str, &str)],
    parts: &[Part],
) -> Answer {
    let mut body = vec![];
    for part in parts {
        body.extend(b"--a-line-between\r\nContent-Disposition: form-data; ");
        match part {
            Part::Words(name, words) => {
                body.extend(format!("name=\"{name}\"\r\n\r\n{words}\r\n").bytes());
            }
            Part::File(name, bytes) => {
                let head = "Content-Type: application/octet-stream";
                body.extend(
                    format!("name=\"photo\"; filename=\"{name}\"\r\n{head}\r\n\r\n").bytes(),
                );
                body.extend(bytes);
                body.extend(b"\r\n");
            }
        }
    }
    body.extend(b"--a-line-between--\r\n");
    let kind = ("content-type", "multipart/form-data; boundary=a-line-between");
    town.ask(Method::POST, path, &[&[kind], headers].concat(), body).await
}

/// Where a camera says that it was: 41° 52' 41", as EXIF 2.3 writes it.
const LATITUDE: [u8; 24] =
    [0, 0, 0, 41, 0, 0, 0, 1, 0, 0, 0, 52, 0, 0, 0, 1, 0, 0, 0, 41, 0, 0, 0, 1];

/// A photo as a phone makes it, with the place in it.
pub fn geotagged() -> Vec<u8> {
    let image =
        RgbImage::from_fn(640, 480, |x, y| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90]));
    let mut jpeg = vec![];
    image.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 90)).unwrap();
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    tiff.extend([0, 1, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0]);
    tiff.extend([0, 2, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0]);
    tiff.extend([0, 2, 0, 5, 0, 0, 0, 3, 0, 0, 0, 56, 0, 0, 0, 0]);
    tiff.extend(LATITUDE);
    let body = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &body, &jpeg[2..]].concat()
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as a kind is written: b\"moov\"")]
fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], kind, body].concat()
}

/// A film of so many seconds, with the place where it was taken.
fn film(seconds: u32) -> Vec<u8> {
    let mvhd = [&[0; 12][..], &600_u32.to_be_bytes(), &(seconds * 600).to_be_bytes(), &[0; 80]];
    let hdlr = atom(b"hdlr", b"\0\0\0\0\0\0\0\0vide\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let trak = atom(b"trak", &[atom(b"tkhd", &[0; 84]), atom(b"mdia", &hdlr)].concat());
    let place = atom(b"udta", &atom(b"\xa9xyz", b"\0\x12\x15\xc7+41.8781-087.6298/"));
    let moov = atom(b"moov", &[atom(b"mvhd", &mvhd.concat()), trak, place].concat());
    [atom(b"ftyp", b"isom\0\0\0\0isom"), moov, atom(b"mdat", b"PICTURES")].concat()
}

/// A photo of one color, other for each number.
fn plain(no: u8) -> Vec<u8> {
    let mut jpeg = vec![];
    let image = RgbImage::from_pixel(20, 20, Rgb([no * 40, 10, 10]));
    image.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 90)).unwrap();
    jpeg
}

/// An issue that Ada reported, with her token.
async fn reported(town: &OpenTown) -> (String, String) {
    let token = town.sign_up("ada@example.org").await;
    let made = town.post_as(&token, "/api/v1/issues", &pothole()).await.expect(201).json();
    (made["number"].as_str().unwrap().to_owned(), token)
}

async fn add(town: &OpenTown, number: &str, token: &str, files: Vec<Vec<u8>>) -> Answer {
    let parts: Vec<Part> =
        files.into_iter().map(|bytes| Part::File("photo.jpg".into(), bytes)).collect();
    let bearer = format!("Bearer {token}");
    let path = format!("/api/v1/issues/{number}/photos");
    post_parts(town, &path, &[("authorization", &bearer)], &parts).await
}

/// What is served at a URL.
async fn bytes(town: &OpenTown, url: &Value) -> (u16, Vec<u8>) {
    let response = town.send(Method::GET, url.as_str().unwrap(), &[], "").await;
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
}

open_story! {
    async fn a_photo_is_shown_without_what_the_camera_hid_in_it(town: OpenTown) {
        let (number, ada) = reported(town).await;
        assert!(holds(&geotagged(), &LATITUDE));
        let added = add(town, &number, &ada, vec![geotagged()]).await.expect(201).json();
        let photo = &added["photos"][0];
        assert_eq!((&photo["width"], &photo["height"]), (&json!(640), &json!(480)));
        for (url, width) in [(&photo["url"], 640), (&photo["small"], 400)] {
            let (status, bytes) = bytes(town, url).await;
            assert_eq!(status, 200);
            assert!(!holds(&bytes, b"Exif") && !holds(&bytes, &LATITUDE));
            let read = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap();
            assert_eq!(read.width(), width);
        }
        let url = photo["url"].as_str().unwrap();
        let served = town.send(Method::GET, url, &[("accept-encoding", "gzip")], "").await;
        for (name, value) in [
            ("content-type", "image/jpeg"),
            ("cache-control", "public, max-age=300"),
            ("x-content-type-options", "nosniff"),
            ("content-disposition", "inline"),
            ("content-security-policy", "default-src 'none'; sandbox"),
        ] {
            assert_eq!(served.headers()[name], value, "{name}");
        }
        let rows = town.town.everything().await;
        let stored = rows.iter().filter(|row| row.starts_with("attachment "));
        let digits = LATITUDE.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let latitude: String = digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect();
        assert!(stored.clone().count() == 1 && stored.clone().all(|row| {
            !row.to_lowercase().contains(&latitude)
        }));
        // Others have no say, and nobody adds what is there.
        let bob = town.sign_up("bob@example.org").await;
        add(town, &number, &bob, vec![geotagged()]).await.expect(403);
        town.ask(Method::POST, &format!("/api/v1/issues/{number}/photos"), &[("content-type", "image/jpeg")], geotagged())
            .await
            .expect(401);
        let again = add(town, &number, &ada, vec![geotagged()]).await.expect(201).json();
        assert_eq!(again["photos"].as_array().unwrap().len(), 1);
    }
}

/// A PNG of so many points, of which it holds none.
fn bomb() -> Vec<u8> {
    let mut png = std::io::Cursor::new(vec![]);
    RgbImage::new(1, 1).write_to(&mut png, ImageFormat::Png).unwrap();
    let mut png = png.into_inner();
    png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let crc = !png[12..29].iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 }
        })
    });
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

open_story! {
    async fn what_is_no_photo_is_refused_whatever_it_is_called(town: OpenTown) {
        let (number, ada) = reported(town).await;
        for (file, says) in [
            (bomb(), "more than 50 million points"),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "HEIC or AVIF"),
            (b"Words in a file named photo.jpg".to_vec(), "no photo or video that can be read"),
            (vec![0xff, 0xd8, 0xff, 0xe0, 0, 0], "damaged"),
            (film(40), "longer than 30 seconds"),
            ([&[0xff, 0xd8, 0xff][..], &vec![0; 12 << 20]].concat(), "more than 12 MB"),
        ] {
            let refused = add(town, &number, &ada, vec![file]).await.expect(422).json();
            assert!(refused["detail"].as_str().unwrap().contains(says), "{refused}");
        }
        add(town, &number, &ada, vec![]).await.expect(422);
        // What is right of several is taken, and the page says what was not.
        let mixed = vec![b"words".to_vec(), geotagged(), film(4)];
        let added = add(town, &number, &ada, mixed).await.expect(201).json();
        assert_eq!((&added["added"], added["refused"].as_array().unwrap().len()), (&json!(2), 1));
        assert_eq!(added["videos"].as_array().unwrap().len(), 1);
    }
}

open_story! {
    async fn a_report_stands_whatever_becomes_of_its_pictures(town: OpenTown) {
        let form = [("lon", "-87.7"), ("lat", "41.85"), ("category", "Pothole"), ("detailed", "1"), ("act", "send")];
        let words = |(name, value): (&str, &str)| Part::Words(name.to_owned(), value.to_owned());
        let mut parts: Vec<Part> = form.into_iter().map(words).collect();
        parts.push(Part::File("heic.jpg".into(), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()));
        parts.push(Part::File("good.jpg".into(), geotagged()));
        parts.push(Part::File(String::new(), vec![]));
        let sent = post_parts(town, "/report/new", &[], &parts).await.expect(303);
        let done = town.get(sent.header("location")).await.expect(200);
        assert!(done.text.contains("it is in the HEIC or AVIF format"), "{}", done.text);
        assert_eq!(done.text.matches("<img src=\"/photos/").count(), 1, "{}", done.text);
        // Others are added there, up to four.
        let action = done.text.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
        let photo = |no: u8| Part::File(format!("{no}.jpg"), plain(no));
        let more: Vec<Part> = (1..=4).map(photo).collect();
        let added = post_parts(town, action, &[], &more).await.expect(303);
        let done = town.get(added.header("location").split('#').next().unwrap()).await.expect(200);
        assert!(done.text.contains("at most four photos and one video"), "{}", done.text);
        assert_eq!(done.text.matches("<img src=\"/photos/").count(), 4, "{}", done.text);
        // Only by that address.
        let (path, _) = action.split_once('?').unwrap();
        let other = if path.ends_with("00") { "11" } else { "00" };
        let stranger = format!("{}{other}", &path[..path.len() - 2]);
        post_parts(town, &stranger, &[], &[photo(5)]).await.expect(404);
    }
}

open_story! {
    async fn a_film_is_served_in_parts_without_its_place(town: OpenTown) {
        let (number, ada) = reported(town).await;
        let added = add(town, &number, &ada, vec![film(12)]).await.expect(201).json();
        let url = &added["videos"][0]["url"];
        let (status, whole) = bytes(town, url).await;
        assert_eq!((status, whole.len()), (200, film(12).len()));
        assert!(!holds(&whole, b"41.8781") && holds(&whole, b"PICTURES"));
        let url = url.as_str().unwrap();
        let part = town.send(Method::GET, url, &[("range", "bytes=4-7")], "").await;
        assert_eq!(part.status().as_u16(), 206);
        assert_eq!(part.headers()["content-range"], format!("bytes 4-7/{}", whole.len()));
        assert_eq!(part.headers()["content-type"], "video/mp4");
        assert_eq!(part.bytes().await.unwrap(), "ftyp");
        let beyond = town.send(Method::GET, url, &[("range", "bytes=99999-")], "").await;
        assert_eq!(beyond.status().as_u16(), 416);
        let page = town.get(&format!("/issues/{number}")).await.expect(200);
        assert!(page.text.contains("<video controls") && page.text.contains("Video of Pothole"));
        assert!(page.header("content-security-policy").contains("media-src 'self'"));
    }
}

open_story! {
    async fn pictures_are_held_and_removed_by_staff_and_go_with_their_issue(town: OpenTown) {
        let (number, ada) = reported(town).await;
        let added = add(town, &number, &ada, vec![geotagged(), film(3)]).await.expect(201).json();
        let (photo, video) = (&added["photos"][0]["url"], &added["videos"][0]["url"]);
        let id = photo.as_str().unwrap().rsplit('/').next().unwrap().trim_end_matches(".jpg");
        let judge = |verdict: &str| format!("/api/v1/photos/{id}/{verdict}");
        let nothing = json!({});
        town.post(&judge("hold"), &nothing).await.expect(401);
        let staff = town.key(StaffRole::Staff, "desk").await;
        town.post_as(&staff, &judge("hold"), &nothing).await.expect(204);
        assert_eq!(bytes(town, photo).await.0, 404);
        assert!(!town.get(&format!("/issues/{number}")).await.text.contains(id));
        town.post_as(&staff, &judge("show"), &nothing).await.expect(204);
        assert_eq!(bytes(town, photo).await.0, 200);
        town.post_as(&staff, &judge("remove"), &nothing).await.expect(204);
        assert_eq!(bytes(town, photo).await.0, 404);
        town.post_as(&staff, &judge("show"), &nothing).await.expect(404);
        // Its bytes are gone, and it does not come back by being sent again.
        add(town, &number, &ada, vec![geotagged()]).await.expect(201);
        assert_eq!(bytes(town, photo).await.0, 404);
        let rows = town.town.everything().await;
        let largest = rows.iter().filter(|row| row.starts_with("attachment ")).map(String::len).max();
        assert!(largest.unwrap() < 4_000, "{largest:?}");

        assert_eq!(bytes(town, video).await.0, 200);
        let events = format!("/api/v1/issues/{number}/events");
        town.post_as(&staff, &events, &json!({ "kind": "hidden" })).await.expect(201);
        assert_eq!(bytes(town, video).await.0, 404);
        add(town, &number, &ada, vec![film(4)]).await.expect(404);
    }
}

open_story! {
    async fn whoever_has_a_picture_is_not_sent_it_again_while_it_is_shown(town: OpenTown) {
        let (number, ada) = reported(town).await;
        let added = add(town, &number, &ada, vec![geotagged(), film(3)]).await.expect(201).json();
        let (photo, video) = (&added["photos"][0], &added["videos"][0]);
        let mut known = vec![];
        for url in [&photo["url"], &photo["small"], &video["url"]] {
            let url = url.as_str().unwrap();
            let served = town.send(Method::GET, url, &[], "").await;
            known.push((url, served.headers()["etag"].to_str().unwrap().to_owned()));
        }
        assert!(known[0].1 != known[1].1, "the small one is another");
        for (url, tag) in &known {
            let again = town.send(Method::GET, url, &[("if-none-match", tag)], "").await;
            assert_eq!(again.status().as_u16(), 304, "{url}");
            assert!(again.bytes().await.unwrap().is_empty());
            let other = town.send(Method::GET, url, &[("if-none-match", "\"other\"")], "").await;
            assert_eq!(other.status().as_u16(), 200, "{url}");
        }
        let staff = town.key(StaffRole::Staff, "desk").await;
        let events = format!("/api/v1/issues/{number}/events");
        town.post_as(&staff, &events, &json!({ "kind": "hidden" })).await.expect(201);
        for (url, tag) in &known {
            let again = town.send(Method::GET, url, &[("if-none-match", tag)], "").await;
            assert_eq!(again.status().as_u16(), 404, "{url}");
        }
    }
}

open_story! {
    async fn the_same_photo_twice_takes_one_place(town: OpenTown) {
        let (number, ada) = reported(town).await;
        let files = vec![plain(1), plain(1), plain(2), plain(3), plain(4)];
        let added = add(town, &number, &ada, files).await.expect(201).json();
        assert_eq!(added["photos"].as_array().unwrap().len(), 4, "{added}");
        assert_eq!(added["too_many"], 0, "{added}");
    }
}

open_story! {
    async fn a_report_stands_however_much_comes_with_it(town: OpenTown) {
        let form = [("lon", "-87.7"), ("lat", "41.85"), ("category", "Pothole"), ("detailed", "1"), ("act", "send")];
        let words = |(name, value): (&str, &str)| Part::Words(name.to_owned(), value.to_owned());
        let mut parts: Vec<Part> = form.into_iter().map(words).collect();
        // A phone's films as they are: each more than one may be, and together more than is kept.
        let heavy = [&b"\0\0\0\x10ftypisom"[..], &vec![0; 31 << 20]].concat();
        parts.extend((0..3).map(|no| Part::File(format!("{no}.mp4"), heavy.clone())));
        parts.push(Part::File("good.jpg".into(), geotagged()));
        let sent = post_parts(town, "/report/new", &[], &parts).await.expect(303);
        let done = town.get(sent.header("location")).await.expect(200);
        assert!(done.text.contains("it has more than 30 MB"), "{}", done.text);
        assert_eq!(done.text.matches("<img src=\"/photos/").count(), 1, "{}", done.text);
    }
}
