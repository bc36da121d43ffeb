//! What a pin is called whose reporter typed no address: so that the page that is checked, the issue and
//! its mails name the place. The pin stays where it is, and its reporter may call it otherwise.

use super::super::filing::LONGEST_ADDRESS;
use super::super::{Doors, places};
use super::form::Filled;
use crate::store::City;

/// Fills the address in, once: whoever empties the field after that wants none.
pub async fn call(doors: &Doors, city: &City, filled: &mut Filled) {
    if filled.asked.is_empty() {
        moved(filled);
    }
    let Some(at) = filled.at() else { return };
    if !filled.address.is_empty() || !filled.named.is_empty() {
        return;
    }
    // A report without an address is as good.
    let Ok(Some(near)) = places::nearest(doors, city, at).await else { return };
    let fits = near.label.chars().count() <= LONGEST_ADDRESS;
    if fits && near.metres.is_some_and(|metres| metres <= places::NEAR_M) {
        // It belongs to the place, and is not looked up.
        filled.asked.clone_from(&near.label);
        filled.named.clone_from(&near.label);
        filled.address = near.label;
    }
}

/// The pin was set anew: what it was called, it may be called no longer.
pub fn moved(filled: &mut Filled) {
    if filled.address == filled.named {
        filled.address.clear();
        filled.named.clear();
    }
}
