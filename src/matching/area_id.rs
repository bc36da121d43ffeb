//! What an area is called in an index.

/// An area's number in one index. Numbers are dense: memory grows with the largest, so whoever
/// hands them out gives those of removed areas again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaId(pub u32);
