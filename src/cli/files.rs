//! Files as people hand them over: gzipped or not, or standard input.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// A whole file, unpacked; `-` is standard input. Reads at most `limit` bytes and one more, so
/// that whoever asked can tell a file that is too large.
///
/// # Errors
/// When it cannot be opened, read or unpacked.
pub fn read_unpacked(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut raw = open(path)?;
    let mut head = vec![];
    raw.by_ref().take(2).read_to_end(&mut head)?;
    let gzipped = head == [0x1f, 0x8b];
    let whole = io::Cursor::new(head).chain(raw);
    let mut bytes = vec![];
    if gzipped {
        MultiGzDecoder::new(whole).take(limit + 1).read_to_end(&mut bytes)?;
    } else {
        whole.take(limit + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// A file's bytes as they are; `-` is standard input.
///
/// # Errors
/// When it cannot be opened.
pub fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)))
}
