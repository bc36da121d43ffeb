//! The version of a row whose source names none: a hash of what it means.
//!
//! Of a row that says how an issue stands, only what the explanation of a change looks at counts:
//! a row that is known never becomes news, however often and in whatever order a file is read.
//!
//! FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923), over the fields in a fixed order, each with its
//! name and length, so that neither the order of columns nor the file's format matters. It tells
//! one issue's versions apart and withstands accidents, not malice: a source can only fool itself.

use serde_json::Value;

use crate::issue::{Facts, Notice, Said, Status};

/// The version of a notice, as `h:` and sixteen hexadecimal digits.
pub(super) fn of(notice: &Notice) -> String {
    let mut hash = Fnv(0xCBF2_9CE4_8422_2325);
    match &notice.said {
        Said::Event { kind, text } => {
            hash.field("kind", Some(kind.name()));
            hash.field("text", text.as_deref());
            hash.field("actor", Some(notice.actor.name()));
            hash.field("at", Some(&notice.at.to_string()));
            attributes(&mut hash, &notice.facts);
        }
        Said::State { changed, .. } => {
            hash.field("changed", changed.map(|t| t.to_string()).as_deref());
        }
    }
    facts(&mut hash, &notice.facts);
    format!("h:{:016x}", hash.0)
}

fn facts(hash: &mut Fnv, facts: &Facts) {
    hash.field("category", facts.category.as_ref().map(|c| c.name().to_lowercase()).as_deref());
    hash.field("status", facts.status.map(Status::name));
    hash.field("description", facts.description.as_deref());
    hash.field("address", facts.address.as_deref());
    hash.field("position", facts.position.map(|p| format!("{},{}", p.lon, p.lat)).as_deref());
}

fn attributes(hash: &mut Fnv, facts: &Facts) {
    let mut attributes: Vec<_> = facts.attributes.iter().collect();
    attributes.sort_by_key(|(name, _)| *name);
    for (name, value) in attributes {
        match value {
            Value::String(text) => hash.field(name, Some(text)),
            other => hash.field(name, Some(&other.to_string())),
        }
    }
}

struct Fnv(u64);

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    /// Nothing for an absent value, so that a new field changes no old version.
    fn field(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        for part in [name, value] {
            self.bytes(&(part.len() as u64).to_le_bytes());
            self.bytes(part.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a_as_published() {
        let hash = |bytes: &[u8]| {
            let mut fnv = Fnv(0xCBF2_9CE4_8422_2325);
            fnv.bytes(bytes);
            fnv.0
        };
        assert_eq!(hash(b""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(hash(b"a"), 0xAF63_DC4C_8601_EC8C);
        assert_eq!(hash(b"foobar"), 0x8594_4171_F739_67E8);
    }
}
