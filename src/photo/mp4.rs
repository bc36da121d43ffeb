//! MP4 and `QuickTime` (ISO/IEC 14496-12): boxes in boxes.
//!
//! What a player needs is listed here and stays; every other box becomes `free` and its bytes zeros, so
//! that nothing moves. That takes away `udta`, `meta` and `uuid` with the place of recording (`©xyz`,
//! `loci`, Apple's keys), and the tracks beside picture and sound, in which phones and action cameras
//! write where they were second by second. A film whose other tracks cannot be found byte by byte is not
//! taken.

use std::ops::Range;

/// A box: where its type stands, and what it holds.
struct Part {
    kind: [u8; 4],
    start: usize,
    body: Range<usize>,
}

/// The boxes that stay, by the box that holds them; of the others' insides nothing is asked.
const KEPT: &[(&[u8; 4], &[&[u8; 4]])] = &[
    (b"file", &[b"ftyp", b"moov", b"mdat", b"moof", b"sidx", b"styp", b"mfra"]),
    (b"moov", &[b"mvhd", b"trak", b"mvex", b"iods"]),
    (b"trak", &[b"tkhd", b"edts", b"mdia", b"tapt"]),
    (b"mdia", &[b"mdhd", b"hdlr", b"minf", b"elng"]),
    (b"minf", &[b"vmhd", b"smhd", b"gmhd", b"nmhd", b"hdlr", b"dinf", b"stbl"]),
    (
        b"stbl",
        &[
            b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64",
            b"stss", b"stps", b"sdtp", b"sgpd", b"sbgp", b"subs", b"saiz", b"saio",
        ],
    ),
    (b"moof", &[b"mfhd", b"traf"]),
    (b"traf", &[b"tfhd", b"tfdt", b"trun", b"sgpd", b"sbgp", b"subs", b"saiz", b"saio", b"sdtp"]),
];

/// Blanks all that is not picture or sound. Gives how long the video is, in seconds, if it says so;
/// `None` for one that cannot be read, shows nothing, or says something else where it cannot be blanked.
#[expect(clippy::option_option, reason = "a film that does not say how long it is can be shown")]
pub fn clean(bytes: &mut [u8]) -> Option<Option<f64>> {
    let whole = 0..bytes.len();
    let boxes = parts(bytes, &whole)?;
    let mut films = boxes.iter().filter(|part| &part.kind == b"moov");
    let (Some(moov), None) = (films.next(), films.next()) else { return None };
    let in_pieces = boxes.iter().any(|part| &part.kind == b"moof");
    let (mut shows, mut others) = (false, vec![]);
    for track in parts(bytes, &moov.body)?.into_iter().filter(|part| &part.kind == b"trak") {
        match handler(bytes, &track) {
            Some(kind) if &kind == b"vide" => shows = true,
            Some(kind) if &kind == b"soun" => {}
            // Its samples lie among those of the pictures, piece by piece, and no table says where.
            _ if in_pieces => return None,
            _ => others.push(track),
        }
    }
    let seconds = find(bytes, &moov.body, b"mvhd").and_then(|head| duration(bytes, &head.body));
    blank_all(bytes, &others)?;
    strip(bytes, b"file", &whole)?;
    shows.then_some(seconds)
}

/// Blanks tracks, with their samples. All tables are read before a byte is changed, and as samples share no
/// bytes they have no more of them than the file has: who says so would have us blank for minutes.
fn blank_all(bytes: &mut [u8], tracks: &[Part]) -> Option<()> {
    let mut left = bytes.len();
    let mut all: Vec<Range<usize>> = vec![];
    for track in tracks {
        all.extend(samples(bytes, track, &mut left)?);
    }
    for range in all {
        bytes.get_mut(range)?.fill(0);
    }
    for track in tracks {
        blank(bytes, track);
    }
    Some(())
}

/// Blanks in one box, and in those inside it, all that is not listed.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as a kind is written: b\"moov\"")]
fn strip(bytes: &mut [u8], parent: &[u8; 4], within: &Range<usize>) -> Option<()> {
    let Some((_, kept)) = KEPT.iter().find(|(kind, _)| *kind == parent) else { return Some(()) };
    for part in parts(bytes, within)? {
        if kept.contains(&&part.kind) {
            strip(bytes, &part.kind, &part.body)?;
        } else {
            blank(bytes, &part);
        }
    }
    Some(())
}

fn blank(bytes: &mut [u8], part: &Part) {
    bytes[part.start + 4..part.start + 8].copy_from_slice(b"free");
    bytes[part.body.clone()].fill(0);
}

/// The boxes that lie one behind the other; `None` when they do not fill their place.
fn parts(bytes: &[u8], within: &Range<usize>) -> Option<Vec<Part>> {
    let (mut at, mut found) = (within.start, vec![]);
    // QuickTime ends some lists with four zeros.
    while at + 8 <= within.end {
        let (kind, short) = (bytes[at + 4..at + 8].try_into().ok()?, number(bytes, at)?);
        let (head, size) = match short {
            0 => (8, within.end - at),
            1 => (16, usize::try_from(wide(bytes, at + 8)?).ok()?),
            size => (8, size),
        };
        let end = at.checked_add(size).filter(|end| size >= head && *end <= within.end)?;
        found.push(Part { kind, start: at, body: at + head..end });
        at = end;
    }
    Some(found)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as a kind is written: b\"moov\"")]
fn find(bytes: &[u8], within: &Range<usize>, kind: &[u8; 4]) -> Option<Part> {
    parts(bytes, within)?.into_iter().find(|part| &part.kind == kind)
}

fn inside(bytes: &[u8], part: &Part, way: &[&[u8; 4]]) -> Option<Range<usize>> {
    way.iter().try_fold(part.body.clone(), |within, kind| Some(find(bytes, &within, kind)?.body))
}

/// What a track is: `vide`, `soun`, or something else.
fn handler(bytes: &[u8], track: &Part) -> Option<[u8; 4]> {
    let at = inside(bytes, track, &[b"mdia", b"hdlr"])?.start;
    bytes.get(at + 8..at + 12)?.try_into().ok()
}

/// How long a film is, from its head.
fn duration(bytes: &[u8], head: &Range<usize>) -> Option<f64> {
    let at = head.start;
    let (scale, length) = if *bytes.get(at)? == 1 {
        (number(bytes, at + 20)?, wide(bytes, at + 24)?)
    } else {
        (number(bytes, at + 12)?, u64::try_from(number(bytes, at + 16)?).ok()?)
    };
    (scale > 0 && length > 0).then(|| length as f64 / scale as f64)
}

/// Where the samples of a track lie, chunk by chunk. They are taken off what is left of the file; `None`
/// when the tables do not say where all of them are.
fn samples(bytes: &[u8], track: &Part, left: &mut usize) -> Option<Vec<Range<usize>>> {
    let table = inside(bytes, track, &[b"mdia", b"minf", b"stbl"])?;
    let runs = find(bytes, &table, b"stsc")?.body;
    let runs: Vec<(usize, usize)> = list(bytes, &runs, 12)?
        .map(|at| Some((number(bytes, at)?, number(bytes, at + 4)?)))
        .collect::<Option<_>>()?;
    if !runs.is_sorted_by(|(one, _), (next, _)| one < next) {
        return None;
    }
    let sizes = find(bytes, &table, b"stsz")?.body;
    let (same, count) = (number(bytes, sizes.start + 4)?, number(bytes, sizes.start + 8)?);
    // Of samples that are all as long there is a count, and no list.
    let entries = if same > 0 { sizes.end..sizes.end } else { sizes.start + 4..sizes.end };
    let mut each = list(bytes, &entries, 4)?.map(|at| number(bytes, at));
    let (mut runs, mut in_chunk) = (runs.into_iter().peekable(), None);
    let (mut placed, mut found) = (0_usize, vec![]);
    for (chunk, start) in (1_usize..).zip(chunks(bytes, &table)?) {
        while let Some((_, many)) = runs.next_if(|(first, _)| *first <= chunk) {
            in_chunk = Some(many);
        }
        let many = in_chunk?;
        let length = if same > 0 {
            same.checked_mul(many)?
        } else {
            let mut length = 0_usize;
            for _ in 0..many {
                length = length.checked_add(each.next()??)?;
            }
            length
        };
        placed = placed.checked_add(many)?;
        *left = left.checked_sub(length)?;
        found.push(start..start.checked_add(length)?);
    }
    // A sample that is in no chunk is somewhere else.
    (placed == count).then_some(found)
}

/// Where the chunks of a track begin.
fn chunks(bytes: &[u8], table: &Range<usize>) -> Option<Vec<usize>> {
    if let Some(short) = find(bytes, table, b"stco") {
        return list(bytes, &short.body, 4)?.map(|at| number(bytes, at)).collect();
    }
    let long = find(bytes, table, b"co64")?.body;
    list(bytes, &long, 8)?.map(|at| usize::try_from(wide(bytes, at)?).ok()).collect()
}

/// Where the entries of a table lie, as many as it says: behind its version, its flags and its count.
/// `None` when it does not hold so many.
fn list(bytes: &[u8], body: &Range<usize>, size: usize) -> Option<impl Iterator<Item = usize>> {
    let first = body.start + 8;
    let holds = body.end.saturating_sub(first) / size;
    let count = if body.is_empty() { 0 } else { number(bytes, body.start + 4)? };
    (count <= holds).then(|| (0..count).map(move |index| first + index * size))
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_be_bytes(four.try_into().ok()?)).ok()
}

fn wide(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}
