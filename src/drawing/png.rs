//! A picture of few colours as PNG (ISO/IEC 15948): small, and readable everywhere.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// Writes pixels that are numbers of the palette's colours, at most 256 of them, row by row. Each colour
/// may have its opacity; those that have none are opaque.
#[must_use]
pub(super) fn encode(
    width: usize,
    height: usize,
    palette: &[[u8; 3]],
    opacities: &[u8],
    pixels: &[u8],
) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX).to_be_bytes();
    let depth = if palette.len() <= 16 { 4 } else { 8 };
    // Colours by number, packed as deflate does, no filter, top to bottom.
    let mut head = [side(width), side(height)].concat();
    head.extend([depth, 3, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &head);
    chunk(&mut file, *b"PLTE", &palette.concat());
    if !opacities.is_empty() {
        chunk(&mut file, *b"tRNS", opacities);
    }
    chunk(&mut file, *b"IDAT", &packed(width, depth, pixels));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn packed(width: usize, depth: u8, pixels: &[u8]) -> Vec<u8> {
    let mut rows = Vec::with_capacity(pixels.len() + pixels.len() / width.max(1));
    for row in pixels.chunks(width.max(1)) {
        rows.push(0);
        if depth == 4 {
            rows.extend(row.chunks(2).map(|two| two[0] << 4 | two.get(1).unwrap_or(&0)));
        } else {
            rows.extend_from_slice(row);
        }
    }
    let mut encoder = ZlibEncoder::new(vec![], Compression::new(LEVEL));
    let written = encoder.write_all(&rows).and_then(|()| encoder.finish());
    written.expect("memory takes what is written")
}

/// What is left after it is a twentieth more than after the hardest, in half the time.
const LEVEL: u32 = 6;

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(data);
    file.extend(kind);
    file.extend(data);
    file.extend(sum.sum().to_be_bytes());
}
