//! The address in the form of a new watch: it becomes a place, or several of which one is chosen.

use super::super::Doors;
use super::super::pages::{Frame, Wrong};
use super::super::places::{self, Found, Outcome, chosen};
use super::form::{Filled, Kind};
use crate::geometry::Position;
use crate::store::City;

/// What the address came to.
#[derive(Debug, Default)]
pub struct Looked {
    /// Of these one has to be chosen.
    pub several: Vec<Found>,
    pub wrongs: Vec<Wrong>,
}

/// Looks up the address that was typed, where that is asked for, or where nothing else says which place
/// is meant. One that fits becomes the form's place.
pub async fn look(doors: &Doors, city: &City, frame: &Frame<'_>, filled: &mut Filled) -> Looked {
    let mut looked = Looked::default();
    let typed = filled.address.trim().to_owned();
    let known = typed == filled.asked;
    if known && let Some(at) = chosen(&filled.chosen) {
        move_to(filled, at);
        return looked;
    }
    let nothing_else = match filled.kind {
        Kind::Area => filled.area.is_empty(),
        Kind::MyWard => filled.at().is_none(),
        Kind::Ward => false,
    };
    let needed = nothing_else && !typed.is_empty() && !filled.only_looks;
    if !filled.finds_address && !needed {
        return looked;
    }
    // Whoever presses Enter behind the address has not come to the mail address yet.
    if needed && filled.email.trim().is_empty() && filled.push.is_empty() {
        (filled.only_looks, filled.finds_address) = (true, true);
    }
    let outcome = match places::settle(doors, city, &typed).await {
        // Nothing is made of a place that its reader has not seen, unless it is what they typed.
        Outcome::One(found) if !filled.finds_address && !found.exact => {
            Outcome::Several(vec![found])
        }
        outcome => outcome,
    };
    match outcome {
        Outcome::One(found) => {
            filled.address.clone_from(&found.label);
            filled.asked = found.label;
            move_to(filled, found.at);
        }
        Outcome::Several(several) => {
            // Who only looks is asked by the list itself.
            if !filled.finds_address {
                looked.wrongs.push(Wrong::at("places", frame.t("page-place-choose")));
            }
            filled.asked = typed;
            looked.several = several;
        }
        Outcome::None(key) => looked.wrongs.push(Wrong::at("address", frame.t(key))),
    }
    looked
}

/// The place of a device, by the address that people know it by.
pub async fn call(doors: &Doors, city: &City, filled: &mut Filled) {
    let Some(at) = filled.at() else { return };
    // A form without an address is as good.
    let Ok(Some(near)) = places::nearest(doors, city, at).await else { return };
    if near.metres.is_some_and(|metres| metres <= places::NEAR_M) {
        filled.address.clone_from(&near.label);
        filled.asked = near.label;
    }
}

/// Whoever looks for an address wants it watched, and not the ward they chose before.
fn move_to(filled: &mut Filled, at: Position) {
    filled.lon = format!("{:.6}", at.lon);
    filled.lat = format!("{:.6}", at.lat);
    if filled.kind == Kind::Ward {
        filled.kind = Kind::Area;
    }
    filled.surround();
}
