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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as a kind is written: b\"moov\"")]
fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], kind, body].concat()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as a kind is written: b\"moov\"")]
fn table(kind: &[u8; 4], entries: &[u32]) -> Vec<u8> {
    let bytes: Vec<u8> = entries.iter().flat_map(|entry| entry.to_be_bytes()).collect();
    atom(kind, &[&[0; 4][..], &bytes].concat())
}

/// A track of one chunk.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as a kind is written: b\"moov\"")]
fn track(handler: &[u8; 4], chunk: u32, size: u32) -> Vec<u8> {
    let stbl = [
        table(b"stsd", &[0]),
        table(b"stsc", &[1, 1, 2, 1]),
        table(b"stsz", &[0, 2, size / 2, size - size / 2]),
        table(b"stco", &[1, chunk]),
    ];
    track_of(handler, &stbl)
}

/// One with these tables.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as a kind is written: b\"moov\"")]
fn track_of(handler: &[u8; 4], stbl: &[Vec<u8>]) -> Vec<u8> {
    let hdlr = atom(b"hdlr", &[&[0; 8][..], handler, &[0; 13]].concat());
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
        // Cut off before its end no film has all its boxes; what still plays says no place.
        match take(whole[..length].to_vec()) {
            Err(Refused::BrokenVideo) => {}
            Ok(Taken::Video(made)) => assert!(!holds(&made.bytes, b"41.8781"), "{length}"),
            other => panic!("{length}: {other:?}"),
        }
    }
    let mut dice = crate::random::SplitMix::new(8_311);
    for _ in 0..2_000 {
        let mut bytes = whole.clone();
        for _ in 0..3 {
            let at = usize::try_from(dice.bits()).unwrap_or_default() % bytes.len();
            bytes[at] = dice.bits().to_le_bytes()[0];
        }
        if let Ok(Taken::Video(made)) = take(bytes) {
            assert_eq!(made.bytes.len(), whole.len());
        }
    }
    let sound = atom(b"moov", &track(b"soun", 0, 2));
    let only_sound = [atom(b"ftyp", b"isom\0\0\0\0"), sound].concat();
    assert_eq!(take(only_sound), Err(Refused::BrokenVideo));
}

/// A film with a track of places that has these tables.
fn film_with(stbl: &[Vec<u8>]) -> Vec<u8> {
    let ftyp = atom(b"ftyp", b"isom\0\0\0\0");
    let mdat = atom(b"mdat", b"PICTURESGPS 41.8781!");
    let at = u32::try_from(ftyp.len() + 8).unwrap();
    let tracks = [track(b"vide", at, 8), track_of(b"meta", stbl)].concat();
    [ftyp, mdat, atom(b"moov", &tracks)].concat()
}

#[test]
fn a_film_whose_places_cannot_be_found_is_refused() {
    // Behind its beginning of 16 bytes, the head of what follows, and its pictures.
    let at = 16 + 8 + 8;
    let stsc = || table(b"stsc", &[1, 1, 2, 1]);
    let stsz = || table(b"stsz", &[0, 2, 6, 6]);
    let stco = || table(b"stco", &[1, at]);
    let made = video(film_with(&[stsc(), stsz(), stco()]));
    assert!(!holds(&made.bytes, b"41.8781") && holds(&made.bytes, b"PICTURES"));
    let one_long = table(b"stsz", &[12, 1]);
    let made = video(film_with(&[table(b"stsc", &[1, 1, 1, 1]), one_long, stco()]));
    assert!(!holds(&made.bytes, b"41.8781") && holds(&made.bytes, b"PICTURES"));
    for (what, stbl) in [
        ("short sizes", vec![stsc(), table(b"stz2", &[8, 2, 0x0606_0000]), stco()]),
        ("no sizes", vec![stsc(), stco()]),
        ("no runs", vec![stsz(), stco()]),
        ("no chunks", vec![stsc(), stsz()]),
        ("fewer chunks", vec![stsc(), stsz(), table(b"stco", &[0])]),
        ("fewer sizes", vec![stsc(), table(b"stsz", &[0, 1, 6]), stco()]),
        ("more sizes", vec![stsc(), table(b"stsz", &[0, 3, 4, 4, 4]), stco()]),
        ("sizes that are not there", vec![stsc(), table(b"stsz", &[0, 9, 6, 6]), stco()]),
        ("a place beyond the end", vec![stsc(), stsz(), table(b"stco", &[1, 99_999])]),
        ("runs in no order", vec![table(b"stsc", &[2, 2, 2, 1, 1, 2, 1]), stsz(), stco()]),
    ] {
        assert_eq!(take(film_with(&stbl)), Err(Refused::BrokenVideo), "{what}");
    }
}

#[test]
fn a_film_that_names_the_same_bytes_again_and_again_costs_no_time() {
    // As many chunks as runs, each of all the bytes.
    let many = 200_000;
    let runs: Vec<u32> =
        std::iter::once(many).chain((1..=many).flat_map(|no| [no, 1, 1])).collect();
    let chunks: Vec<u32> = std::iter::once(many).chain((0..many).map(|_| 0)).collect();
    let long = table(b"stsz", &[3 << 20, many]);
    let stbl = [table(b"stsc", &runs), long, table(b"stco", &chunks)];
    let begun = std::time::Instant::now();
    assert_eq!(take(film_with(&stbl)), Err(Refused::BrokenVideo));
    // Of no bytes each there may be as many as are named.
    let empty: Vec<u32> = [0, many].into_iter().chain((0..many).map(|_| 0)).collect();
    video(film_with(&[table(b"stsc", &runs), table(b"stsz", &empty), table(b"stco", &chunks)]));
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn a_film_in_pieces_is_of_picture_and_sound_alone() {
    let in_pieces = |tracks: &[Vec<u8>]| {
        let moov = [tracks.concat(), atom(b"mvex", &[])].concat();
        let moof = atom(b"moof", &atom(b"traf", &atom(b"tfhd", &[0; 8])));
        let mdat = atom(b"mdat", b"PICTURESGPS 41.8781!");
        [atom(b"ftyp", b"isom\0\0\0\0"), atom(b"moov", &moov), moof, mdat].concat()
    };
    let empty = |handler| {
        let stbl = [table(b"stsc", &[0]), table(b"stsz", &[0, 0]), table(b"stco", &[0])];
        track_of(handler, &stbl)
    };
    video(in_pieces(&[empty(b"vide"), empty(b"soun")]));
    let with_places = in_pieces(&[empty(b"vide"), empty(b"meta")]);
    assert_eq!(take(with_places), Err(Refused::BrokenVideo));
    // Nor is there a second list of tracks.
    let twice = [film(3), atom(b"moov", &track(b"vide", 0, 2))].concat();
    assert_eq!(take(twice), Err(Refused::BrokenVideo));
}

fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let size = (0x4000 | u16::try_from(body.len()).unwrap()).to_be_bytes();
    [id, &size, body].concat()
}

/// A recording of these tracks, each of a kind, with a name.
fn recording(says: &[u8], kinds: &[u8]) -> Vec<u8> {
    let head = element(&[0x1a, 0x45, 0xdf, 0xa3], &element(&[0x42, 0x82], says));
    let length = element(&[0x44, 0x89], &20_000_f64.to_be_bytes());
    let info = element(
        &[0x15, 0x49, 0xa9, 0x66],
        &[length, element(&[0x7b, 0xa9], b"At Ada's, 41.8781")].concat(),
    );
    let track = |kind: &u8| {
        let name = element(&[0x53, 0x6e], b"Ada's, 41.8781");
        let codec = element(&[0x86], b"V_VP8");
        element(&[0xae], &[element(&[0x83], &[*kind]), name, codec].concat())
    };
    let tracks: Vec<u8> = kinds.iter().flat_map(track).collect();
    let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &tracks);
    let cluster = element(&[0x1f, 0x43, 0xb6, 0x75], b"PICTURES");
    let tags = element(&[0x12, 0x54, 0xc3, 0x67], b"LOCATION 41.8781");
    let body = [info, tracks, cluster, tags].concat();
    // A recorder does not know how long its segment will be.
    [head, vec![0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255], body].concat()
}

#[test]
fn a_webm_loses_its_tags_and_its_names() {
    let sent = recording(b"webm", &[1, 2]);
    let made = video(sent.clone());
    assert_eq!((made.container, made.bytes.len()), (Container::WebM, sent.len()));
    for words in [&b"41.8781"[..], b"Ada's", b"LOCATION"] {
        assert!(!holds(&made.bytes, words), "{}", String::from_utf8_lossy(words));
    }
    for words in [&b"PICTURES"[..], b"V_VP8", b"webm"] {
        assert!(holds(&made.bytes, words), "{}", String::from_utf8_lossy(words));
    }
    assert_eq!(video(made.bytes.clone()), made);
}

#[test]
fn a_webm_is_of_picture_and_sound_alone() {
    for (says, kinds) in [
        (&b"webm"[..], &[2][..]),
        (b"webm", &[]),
        (b"webm", &[1, 0x11]),
        (b"webm", &[1, 0x21]),
        (b"webm", &[0, 1]),
        (b"matroska", &[1]),
        (b"", &[1]),
    ] {
        assert_eq!(take(recording(says, kinds)), Err(Refused::BrokenVideo), "{kinds:?}");
    }
}
