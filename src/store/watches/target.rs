//! What a watch is aimed at, as columns.

use std::sync::Arc;

use uuid::Uuid;

use super::json;
use crate::issue::IssueId;
use crate::store::StoreError;
use crate::store::boundary::shape_from;
use crate::watch::{Meant, Target};

pub(super) fn target_from(
    shape: Option<String>,
    wards: Option<String>,
    meant: Option<String>,
    issue: Option<Uuid>,
) -> Result<Target, StoreError> {
    let unreadable = |_| StoreError::Unreadable("watch.wards");
    match (shape, wards, issue) {
        (Some(shape), _, _) => Ok(Target::Area(Arc::new(shape_from(&shape)?))),
        (_, Some(wards), _) => Ok(Target::Wards {
            wards: serde_json::from_str(&wards).map_err(unreadable)?,
            meant: match meant {
                Some(meant) => serde_json::from_str(&meant).map_err(unreadable)?,
                None => Meant::ThisWard,
            },
        }),
        (_, _, Some(issue)) => Ok(Target::Issue(IssueId(issue))),
        // A deleted watch has given its area up; it watches nothing.
        _ => Ok(Target::Wards { wards: vec![], meant: Meant::ThisWard }),
    }
}

pub(super) fn target_name(target: &Target) -> &'static str {
    match target {
        Target::Area(_) => "area",
        Target::Wards { .. } => "wards",
        Target::Issue(_) => "issue",
    }
}

pub(super) fn shape_text(target: &Target) -> Option<String> {
    match target {
        Target::Area(shape) => Some(shape.to_geojson().to_string()),
        _ => None,
    }
}

pub(super) fn wards_text(target: &Target) -> Option<String> {
    match target {
        Target::Wards { wards, .. } => Some(json(wards)),
        _ => None,
    }
}

pub(super) fn meant_text(target: &Target) -> Option<String> {
    match target {
        Target::Wards { meant, .. } => Some(json(meant)),
        _ => None,
    }
}

pub(super) fn issue_of(target: &Target) -> Option<Uuid> {
    match target {
        Target::Issue(id) => Some(id.0),
        _ => None,
    }
}
