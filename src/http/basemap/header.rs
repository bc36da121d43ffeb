//! The first bytes of a `PMTiles` archive, version 3: which area it covers, and how closely.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::geometry::Envelope;

/// What its beginning says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Header {
    pub covers: Envelope,
    pub min_zoom: u8,
    pub max_zoom: u8,
    /// Whether its tiles are vectors, which the maps of the site draw.
    pub is_vector: bool,
}

/// Why it is none.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    #[error("it cannot be read: {0}")]
    Unread(#[from] io::Error),
    #[error("it is no PMTiles archive")]
    Other,
    #[error("it is a PMTiles archive of version {0}, and version 3 is read")]
    Version(u8),
}

/// How long the header is (the specification, §3).
const LENGTH: usize = 127;
const VECTOR: u8 = 1;

impl Header {
    /// Reads the beginning of a file, and no more of it.
    ///
    /// # Errors
    /// When it is no such archive.
    pub fn read(file: &Path) -> Result<Self, HeaderError> {
        let mut bytes = Vec::with_capacity(LENGTH);
        File::open(file)?.take(LENGTH as u64).read_to_end(&mut bytes)?;
        Self::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, HeaderError> {
        match bytes {
            [b'P', b'M', b'T', b'i', b'l', b'e', b's', 3, ..] if bytes.len() >= LENGTH => {}
            [b'P', b'M', b'T', b'i', b'l', b'e', b's', version, ..] if *version != 3 => {
                return Err(HeaderError::Version(*version));
            }
            _ => return Err(HeaderError::Other),
        }
        // Ten millionths of a degree.
        let degrees = |at: usize| {
            let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
            f64::from(i32::from_le_bytes(four)) / 1e7
        };
        Ok(Self {
            covers: Envelope {
                west: degrees(102),
                south: degrees(106),
                east: degrees(110),
                north: degrees(114),
            },
            min_zoom: bytes[100],
            max_zoom: bytes[101],
            is_vector: bytes[99] == VECTOR,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> Vec<u8> {
        let mut bytes = vec![0; LENGTH];
        bytes[..8].copy_from_slice(b"PMTiles\x03");
        bytes[99..102].copy_from_slice(&[VECTOR, 0, 15]);
        for (at, degrees) in [(102, -877_000_000), (106, 418_000_000), (110, -876_000_000)] {
            bytes[at..at + 4].copy_from_slice(&i32::to_le_bytes(degrees));
        }
        bytes[114..118].copy_from_slice(&i32::to_le_bytes(419_000_000));
        bytes
    }

    #[test]
    fn an_archive_says_what_it_covers() {
        let header = Header::parse(&archive()).unwrap();
        let covers = Envelope { west: -87.7, south: 41.8, east: -87.6, north: 41.9 };
        assert_eq!(header, Header { covers, min_zoom: 0, max_zoom: 15, is_vector: true });
    }

    #[test]
    fn what_is_none_is_told_from_an_older_one() {
        let said = |bytes: &[u8]| Header::parse(bytes).unwrap_err().to_string();
        assert_eq!(said(b"<html>"), "it is no PMTiles archive");
        assert_eq!(said(&archive()[..126]), "it is no PMTiles archive", "cut off");
        assert!(said(b"PMTiles\x02").contains("version 2"));
    }
}
