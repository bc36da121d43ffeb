//! `WebM` (Matroska, RFC 9559): elements in elements.
//!
//! What a player needs is listed here and stays; every other part of the head, the segment, its
//! description and its tracks, as tags, titles and attachments, becomes `Void` and its bytes zeros, so that
//! nothing moves. A file with a track beside picture and sound is not taken: its samples lie among theirs.

use std::ops::Range;

const HEAD: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TRACKS: u32 = 0x1654_ae6b;
const CLUSTER: u32 = 0x1f43_b675;

/// Of the head: what it is, and how it is to be read.
const DOC_TYPE: u32 = 0x4282;
const OF_HEAD: [u32; 7] = [0x4286, 0x42f7, 0x42f2, 0x42f3, DOC_TYPE, 0x4287, 0x4285];

/// Of the segment: where its parts are, what it is, its tracks, its pictures, and where to jump.
const KEPT: [u32; 5] = [0x114d_9b74, INFO, TRACKS, CLUSTER, 0x1c53_bb6b];

/// Of pictures whose end is not known: when and where they are, and they.
const OF_CLUSTER: [u32; 5] = [0xe7, 0xa7, 0xab, 0xa3, 0xa0];

/// Of its description: how long it is, in which units, and which programs made it, which a player asks
/// for. Its title and its day do not matter here.
const SCALE: u32 = 0x2a_d7b1;
const DURATION: u32 = 0x4489;
const OF_INFO: [u32; 4] = [SCALE, DURATION, 0x4d80, 0x5741];

/// Of a track: its number, what it is, whether and when it plays, its language, and how it is encoded. Not
/// its name.
const ENTRY: u32 = 0xae;
const KIND: u32 = 0x83;
const OF_ENTRY: [u32; 20] = [
    0xd7, 0x73c5, KIND, 0xb9, 0x88, 0x55aa, 0x9c, 0x6de7, 0x6df8, 0x23_e383, 0x23_314f, 0x55ee,
    0x22_b59c, 0x86, 0x63a2, 0x56aa, 0x56bb, 0xe0, 0xe1, 0x6d80,
];
const PICTURE: u64 = 1;
const SOUND: u64 = 2;

/// An element: where it begins, and what it holds.
struct Element {
    id: u32,
    start: usize,
    body: usize,
    /// `None` when it does not say, as of what is recorded while it is sent.
    end: Option<usize>,
}

/// Blanks all that is not picture or sound. Gives how long the video is, in seconds, if it says so;
/// `None` for one that cannot be read, shows nothing, or says something else.
#[expect(clippy::option_option, reason = "a film that does not say how long it is can be shown")]
pub fn clean(bytes: &mut [u8]) -> Option<Option<f64>> {
    let (mut at, mut seconds, mut shows) = (0, None, false);
    // Whether this is still in pictures that do not say where they end. They go on until something begins
    // that cannot be in them.
    let mut among_pictures = false;
    while at < bytes.len() {
        let Element { id, start, body, end } = element(bytes, at)?;
        at = match (id, end) {
            (SEGMENT, _) | (CLUSTER, None) => {
                among_pictures = id == CLUSTER;
                body
            }
            (_, None) => return None,
            (_, Some(end)) => {
                match id {
                    HEAD if start == 0 => head(bytes, body..end)?,
                    INFO => seconds = info(bytes, body..end)?,
                    TRACKS => shows |= tracks(bytes, body..end)?,
                    _ if KEPT.contains(&id) => {}
                    _ if among_pictures && OF_CLUSTER.contains(&id) => {}
                    // What is nothing already may still hold something.
                    _ => void(bytes, start, end)?,
                }
                among_pictures &= id <= 0x00ff_ffff;
                end
            }
        };
    }
    shows.then_some(seconds)
}

/// Looks at each of the elements that fill a place and are listed, and makes nothing of the others.
fn keep(
    bytes: &mut [u8],
    within: Range<usize>,
    listed: &[u32],
    mut look: impl FnMut(&mut [u8], u32, Range<usize>) -> Option<()>,
) -> Option<()> {
    let mut at = within.start;
    while at < within.end {
        let Element { id, start, body, end } = element(bytes, at)?;
        let end = end.filter(|end| *end <= within.end)?;
        if listed.contains(&id) {
            look(bytes, id, body..end)?;
        } else {
            void(bytes, start, end)?;
        }
        at = end;
    }
    Some(())
}

/// Only of what says that it is `WebM`; any other Matroska may hold more.
fn head(bytes: &mut [u8], within: Range<usize>) -> Option<()> {
    let mut is_webm = false;
    keep(bytes, within, &OF_HEAD, |bytes, id, body| {
        if id == DOC_TYPE {
            // A text may end in zeros (RFC 8794, §7.4).
            let name = bytes[body].split(|byte| *byte == 0).next();
            is_webm = name == Some(&b"webm"[..]);
        }
        Some(())
    })?;
    is_webm.then_some(())
}

#[expect(clippy::option_option, reason = "a film that does not say how long it is can be shown")]
fn info(bytes: &mut [u8], within: Range<usize>) -> Option<Option<f64>> {
    // Nanoseconds a unit, unless it says other.
    let (mut scale, mut length): (f64, Option<f64>) = (1_000_000.0, None);
    keep(bytes, within, &OF_INFO, |bytes, id, body| {
        match id {
            SCALE => scale = bytes[body].iter().fold(0.0, |sum, b| sum * 256.0 + f64::from(*b)),
            DURATION => length = float(&bytes[body]),
            _ => {}
        }
        Some(())
    })?;
    Some(length.map(|length| length * scale / 1e9))
}

/// Whether there is a track with pictures; `None` when there is one that is neither picture nor sound.
fn tracks(bytes: &mut [u8], within: Range<usize>) -> Option<bool> {
    let mut shows = false;
    keep(bytes, within, &[ENTRY], |bytes, _, entry| {
        let mut kind = None;
        keep(bytes, entry, &OF_ENTRY, |bytes, id, body| {
            if id == KIND {
                let says = bytes[body].iter().fold(0_u64, |sum, b| sum << 8 | u64::from(*b));
                let is_one = kind.is_none() && (says == PICTURE || says == SOUND);
                kind = Some(is_one.then_some(says)?);
            }
            Some(())
        })?;
        shows |= kind? == PICTURE;
        Some(())
    })?;
    Some(shows)
}

fn float(bytes: &[u8]) -> Option<f64> {
    match bytes.len() {
        4 => Some(f64::from(f32::from_be_bytes(bytes.try_into().ok()?))),
        8 => Some(f64::from_be_bytes(bytes.try_into().ok()?)),
        _ => None,
    }
}

/// Makes nothing of what lies between, of the same length.
fn void(bytes: &mut [u8], start: usize, end: usize) -> Option<()> {
    let length = end - start;
    let place = bytes.get_mut(start..end)?;
    place.fill(0);
    *place.first_mut()? = 0xec;
    if length >= 9 {
        place[1..9].copy_from_slice(&(length as u64 - 9).to_be_bytes());
        place[1] = 0x01;
    } else {
        *place.get_mut(1)? = 0x80 | u8::try_from(length - 2).ok()?;
    }
    Some(())
}

fn element(bytes: &[u8], start: usize) -> Option<Element> {
    let id_length = bytes.get(start)?.leading_zeros() as usize + 1;
    let id = bytes.get(start..start + id_length).filter(|_| id_length <= 4)?;
    let id = id.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    let at = start + id_length;
    let size_length = bytes.get(at)?.leading_zeros() as usize + 1;
    let size = bytes.get(at..at + size_length).filter(|_| size_length <= 8)?;
    let size = size.iter().fold(0_u64, |size, byte| size << 8 | u64::from(*byte));
    let ones = (1_u64 << (7 * size_length)) - 1;
    let (size, body) = (size & ones, at + size_length);
    let end = if size == ones {
        None
    } else {
        let end = body.checked_add(usize::try_from(size).ok()?)?;
        // What was cut off in the middle of its pictures still shows those before.
        Some(if id == SEGMENT || id == CLUSTER { end.min(bytes.len()) } else { end })
    };
    if end.is_some_and(|end| end > bytes.len()) {
        return None;
    }
    Some(Element { id, start, body, end })
}
