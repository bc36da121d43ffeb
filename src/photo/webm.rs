//! `WebM` (Matroska, RFC 9559): elements in elements.
//!
//! What a player needs is listed here and stays; every other part of the segment, as tags and
//! attachments, becomes `Void` and its bytes zeros, so that nothing moves.

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TRACKS: u32 = 0x1654_ae6b;
const CLUSTER: u32 = 0x1f43_b675;
const VOID: u32 = 0xec;

/// Of the segment: where its parts are, what it is, its tracks, its pictures, and where to jump.
const KEPT: [u32; 5] = [0x114d_9b74, INFO, TRACKS, CLUSTER, 0x1c53_bb6b];

/// Of its description: how long it is, in which units, and which programs made it, which a player asks
/// for. Its title and its day do not matter here.
const SCALE: u32 = 0x2a_d7b1;
const DURATION: u32 = 0x4489;
const OF_INFO: [u32; 4] = [SCALE, DURATION, 0x4d80, 0x5741];

/// An element: where it begins, and what it holds.
struct Element {
    id: u32,
    start: usize,
    body: usize,
    /// `None` when it does not say, as of what is recorded while it is sent.
    end: Option<usize>,
}

/// Blanks all that is not picture or sound. Gives how long the video is, in seconds, if it says so;
/// `None` for one that cannot be read.
pub fn clean(bytes: &mut [u8]) -> Option<Option<f64>> {
    let (mut at, mut seconds, mut shows) = (0, None, false);
    while at < bytes.len() {
        let element = element(bytes, at)?;
        let inside = at > 0 && element.id != SEGMENT;
        match (element.id, element.end) {
            // What does not say where it ends goes on until something begins that cannot be in it.
            (SEGMENT, _) | (CLUSTER, None) => at = element.body,
            (_, None) => return None,
            (INFO, Some(end)) => {
                seconds = info(bytes, element.body, end)?;
                at = end;
            }
            (id, Some(end)) => {
                shows |= id == TRACKS;
                // What is nothing already may still hold something. And ids below four bytes are of
                // what a cluster holds whose end is not known.
                if id == VOID || (inside && id > 0x00ff_ffff && !KEPT.contains(&id)) {
                    void(bytes, element.start, end)?;
                }
                at = end;
            }
        }
    }
    shows.then_some(seconds)
}

fn info(bytes: &mut [u8], from: usize, to: usize) -> Option<Option<f64>> {
    // Nanoseconds a unit, unless it says other.
    let (mut at, mut scale, mut length) = (from, 1_000_000.0, None);
    while at < to {
        let Element { id, start, body, end } = element(bytes, at)?;
        let end = end.filter(|end| *end <= to)?;
        match id {
            SCALE => {
                scale = bytes[body..end].iter().fold(0.0, |sum, b| sum * 256.0 + f64::from(*b))
            }
            DURATION => length = float(&bytes[body..end]),
            _ => {}
        }
        if !OF_INFO.contains(&id) {
            void(bytes, start, end)?;
        }
        at = end;
    }
    Some(length.map(|length| length * scale / 1e9))
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
