use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

fn jpeg(image: &RgbImage) -> Vec<u8> {
    let mut bytes = vec![];
    JpegEncoder::new_with_quality(&mut bytes, 95)
        .write_image(image, image.width(), image.height(), image::ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

/// The same with what a camera writes beside it: how it was held, and the place, in words.
fn with_exif(jpeg: &[u8], turned: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turned, 0, 0]);
    // An image description that says where.
    tiff.extend([0x01, 0x0e, 0, 2, 0, 0, 0, 17, 0, 0, 0, 38, 0, 0, 0, 0]);
    tiff.extend(b"N41.8781 W87.6298");
    let body = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &body, &jpeg[2..]].concat()
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

fn still(bytes: Vec<u8>) -> Still {
    match take(bytes) {
        Ok(Taken::Still(still)) => still,
        other => panic!("{other:?}"),
    }
}

/// Red on the left, blue on the right.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) }
    })
}

#[test]
fn a_photo_is_turned_as_it_was_held_and_keeps_nothing_else() {
    // 6: the camera was held so that the picture has to be turned clockwise.
    let sent = with_exif(&jpeg(&halves(64, 32)), 6);
    assert!(holds(&sent, b"N41.8781"));
    let made = still(sent);
    assert_eq!((made.width, made.height), (32, 64));
    for file in [&made.large, &made.small] {
        assert!(!holds(file, b"Exif") && !holds(file, b"N41.8781"));
        let read = image::load_from_memory_with_format(file, ImageFormat::Jpeg).unwrap().to_rgb8();
        let (top, bottom) = (read.get_pixel(16, 8).0, read.get_pixel(16, 56).0);
        assert!(top[0] > top[2] && bottom[2] > bottom[0], "{top:?} {bottom:?}");
    }
}

#[test]
fn a_large_photo_becomes_smaller_and_what_shows_through_is_white() {
    let made = still(jpeg(&halves(2_000, 500)));
    assert_eq!((made.width, made.height), (1_600, 400));
    let small = image::load_from_memory(&made.small).unwrap();
    assert_eq!((small.width(), small.height()), (400, 100));
    let mut png = std::io::Cursor::new(vec![]);
    RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0])).write_to(&mut png, ImageFormat::Png).unwrap();
    let read = image::load_from_memory(&still(png.into_inner()).large).unwrap().to_rgb8();
    assert!(read.get_pixel(10, 10).0.iter().all(|ink| *ink > 250));
}

/// A PNG that says it has so many points; there are none in it.
fn promising(width: u32, height: u32) -> Vec<u8> {
    let mut png = std::io::Cursor::new(vec![]);
    RgbImage::new(1, 1).write_to(&mut png, ImageFormat::Png).unwrap();
    let mut png = png.into_inner();
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&crc);
    png
}

/// As PNG has it (W3C PNG, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 }
        })
    })
}

#[test]
fn what_is_no_photo_is_refused_by_its_content() {
    for (bytes, why) in [
        (promising(60_000, 60_000), Refused::Huge),
        (promising(9_000, 9_000), Refused::Huge),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), Refused::Heic),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf".to_vec(), Refused::Heic),
        (b"Just some words, named .jpg".to_vec(), Refused::Unknown),
        (b"GIF89a".to_vec(), Refused::Unknown),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), Refused::Unknown),
        (vec![], Refused::Unknown),
        (vec![0xff, 0xd8, 0xff, 0xe0, 1, 2, 3], Refused::Broken),
        ([&[0xff, 0xd8, 0xff][..], &vec![0; MOST_STILL]].concat(), Refused::Heavy),
    ] {
        let begins = String::from_utf8_lossy(&bytes[..bytes.len().min(20)]).into_owned();
        assert_eq!(take(bytes), Err(why), "{begins:?}");
    }
}

fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], kind, body].concat()
}

fn table(kind: &[u8; 4], entries: &[u32]) -> Vec<u8> {
    let bytes: Vec<u8> = entries.iter().flat_map(|entry| entry.to_be_bytes()).collect();
    atom(kind, &[&[0; 4][..], &bytes].concat())
}

/// A track of one chunk.
fn track(handler: &[u8; 4], chunk: u32, size: u32) -> Vec<u8> {
    let hdlr = atom(b"hdlr", &[&[0; 8][..], handler, &[0; 13]].concat());
    let stbl = [
        table(b"stsd", &[0]),
        table(b"stsc", &[1, 1, 2, 1]),
        table(b"stsz", &[0, 2, size / 2, size - size / 2]),
        table(b"stco", &[1, chunk]),
    ];
    let minf = atom(b"minf", &atom(b"stbl", &stbl.concat()));
    let udta = atom(b"udta", &atom(b"name", b"Ada's phone"));
    let mdia = atom(b"mdia", &[atom(b"mdhd", &[0; 24]), hdlr, minf].concat());
    atom(b"trak", &[atom(b"tkhd", &[0; 84]), mdia, udta].concat())
}

/// A film of so many seconds as a phone writes it: pictures, and beside them the places.
fn film(seconds: u32) -> Vec<u8> {
    let mvhd = [&[0; 12][..], &600_u32.to_be_bytes(), &(seconds * 600).to_be_bytes(), &[0; 80]];
    let place = atom(b"udta", &atom(b"\xa9xyz", b"\0\x12\x15\xc7+41.8781-087.6298/"));
    let loci = atom(b"udta", &atom(b"loci", b"41.8781 -87.6298"));
    let keys = atom(b"meta", b"com.apple.quicktime.location.ISO6709 +41.8781-087.6298/");
    let ftyp = atom(b"ftyp", b"qt  \0\0\0\0qt  ");
    let mdat = atom(b"mdat", b"PICTURESGPS 41.8781!");
    let at = u32::try_from(ftyp.len() + 8).unwrap();
    let tracks = [track(b"vide", at, 8), track(b"meta", at + 8, 12)].concat();
    let moov = [atom(b"mvhd", &mvhd.concat()), tracks, place, loci, keys].concat();
    let uuid = atom(b"uuid", b"0123456789abcdef<x:xmpmeta exif:GPSLatitude='41.8781'/>");
    let hidden = atom(b"free", b"41.8781");
    [ftyp, mdat, atom(b"moov", &moov), uuid, hidden].concat()
}

fn video(bytes: Vec<u8>) -> Video {
    match take(bytes) {
        Ok(Taken::Video(video)) => video,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_film_loses_its_places_and_nothing_moves() {
    let sent = film(12);
    assert!(holds(&sent, b"41.8781") && holds(&sent, b"Ada's phone"));
    let made = video(sent.clone());
    assert_eq!((made.container, made.bytes.len()), (Container::QuickTime, sent.len()));
    for words in [&b"41.8781"[..], b"GPS", b"\xa9xyz", b"loci", b"Ada's", b"udta", b"uuid"] {
        assert!(!holds(&made.bytes, words), "{}", String::from_utf8_lossy(words));
    }
    for words in [&b"PICTURES"[..], b"vide", b"mvhd", b"ftypqt  ", b"stco"] {
        assert!(holds(&made.bytes, words), "{}", String::from_utf8_lossy(words));
    }
    // Once more there is nothing to take away.
    assert_eq!(video(made.bytes.clone()), made);
    assert_eq!(take(film(32)), Err(Refused::LongVideo));
}

#[test]
fn a_broken_film_is_refused_and_breaks_nothing() {
    let whole = film(12);
    for length in (8..whole.len() - 15).step_by(7) {
        // Cut off before its end no film has all its boxes.
        let cut = take(whole[..length].to_vec());
        assert!(
            matches!(cut, Err(Refused::BrokenVideo) | Ok(Taken::Video(_))),
            "{length}: {cut:?}"
        );
    }
    let mut dice = crate::random::SplitMix::new(8_311);
    for _ in 0..2_000 {
        let mut bytes = whole.clone();
        for _ in 0..3 {
            let at = usize::try_from(dice.bits()).unwrap_or_default() % bytes.len();
            bytes[at] = dice.bits().to_le_bytes()[0];
        }
        let _ = take(bytes);
    }
    let sound = atom(b"moov", &track(b"soun", 0, 2));
    let only_sound = [atom(b"ftyp", b"isom\0\0\0\0"), sound].concat();
    assert_eq!(take(only_sound), Err(Refused::BrokenVideo));
}

fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let size = (0x4000 | u16::try_from(body.len()).unwrap()).to_be_bytes();
    [id, &size, body].concat()
}

#[test]
fn a_webm_loses_its_tags() {
    let head = element(&[0x1a, 0x45, 0xdf, 0xa3], b"\x42\x82\x84webm");
    let length = element(&[0x44, 0x89], &20_000_f64.to_be_bytes());
    let info = element(
        &[0x15, 0x49, 0xa9, 0x66],
        &[length, element(&[0x7b, 0xa9], b"At Ada's, 41.8781")].concat(),
    );
    let tracks = element(&[0x16, 0x54, 0xae, 0x6b], b"\xaetrack");
    let cluster = element(&[0x1f, 0x43, 0xb6, 0x75], b"PICTURES");
    let tags = element(&[0x12, 0x54, 0xc3, 0x67], b"LOCATION 41.8781");
    let body = [info, tracks, cluster, tags].concat();
    // A recorder does not know how long its segment will be.
    let sent = [head, vec![0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255], body];
    let sent = sent.concat();
    let made = video(sent.clone());
    assert_eq!((made.container, made.bytes.len()), (Container::WebM, sent.len()));
    assert!(!holds(&made.bytes, b"41.8781") && holds(&made.bytes, b"PICTURES"));
    assert_eq!(video(made.bytes.clone()), made);
}
