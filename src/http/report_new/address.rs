//! The address in the form of a report: it becomes the place, or several of which one is chosen.
//!
//! The one rule: a place that its reporter has not seen is what they typed, whole, or it is not taken.

use super::super::filing::LONGEST_ADDRESS;
use super::super::pages::{Frame, Wrong};
use super::super::places::{self, Found, Outcome, chosen};
use super::super::sender::From;
use super::super::{Doors, Problem};
use super::form::Filled;
use crate::geometry::Position;
use crate::store::City;

/// Two places this near are the one that was chosen.
const SAME_PLACE_M: f64 = 1.0;

/// What names a pin that somebody has set, beside which they then typed something: an address, which is
/// meant instead, or words such as “by the fountain”, with which the pin stays.
const BY_HAND: &str = "pin";

/// Looks up the address, unless the place belongs to it or was set on the map since; and says what is wrong
/// with it. An address that nobody knows is left without a place, for the map to tell; beside a pin it is
/// how to find that.
///
/// # Errors
/// 429 when this sender looks up too much.
pub async fn look(
    (doors, city): (&Doors, &City),
    frame: &Frame<'_>,
    from: From,
    filled: &mut Filled,
) -> Result<Vec<Wrong>, Problem> {
    let typed = filled.address.clone();
    let known = filled.asked.is_empty() || typed == filled.asked;
    let chosen = chosen(&filled.chosen).filter(|_| known);
    let settled = chosen.is_none() && filled.at().is_some() && known;
    if settled || typed.is_empty() || typed.chars().count() > LONGEST_ADDRESS {
        return Ok(vec![]);
    }
    doors.inner.limits.lookup(from)?;
    let outcome = places::settle(doors, city, &typed).await;
    if let Some(at) = chosen {
        let label = label_at(&outcome, at).unwrap_or(typed);
        take(filled, label, at);
        return Ok(vec![]);
    }
    if !filled.named.is_empty() && filled.at().is_some() && !is_exact(&outcome) {
        (filled.asked, filled.named) = (typed, BY_HAND.to_owned());
        return Ok(vec![]);
    }
    (filled.lon, filled.lat) = (String::new(), String::new());
    filled.named.clear();
    filled.view.clear();
    filled.asked = typed;
    match outcome {
        Outcome::One(found) if found.exact => take(filled, found.label, found.at),
        Outcome::One(found) => return Ok(offer(frame, filled, vec![found])),
        Outcome::Several(several) => return Ok(offer(frame, filled, several)),
        Outcome::None(key @ "page-place-street") => {
            return Ok(vec![Wrong::at("address", frame.t(key))]);
        }
        Outcome::None(_) => {}
    }
    Ok(vec![])
}

/// Whether it is all that was typed, and nothing else.
fn is_exact(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::One(found) => found.exact,
        Outcome::Several(several) => several.iter().all(|one| one.exact),
        Outcome::None(_) => false,
    }
}

fn take(filled: &mut Filled, label: String, at: Position) {
    filled.asked.clone_from(&label);
    filled.address = label;
    filled.view.clear();
    filled.put(at);
}

fn offer(frame: &Frame<'_>, filled: &mut Filled, several: Vec<Found>) -> Vec<Wrong> {
    filled.several = several;
    vec![Wrong::at("places", frame.t("page-place-choose"))]
}

/// What the place is called that was chosen of these.
fn label_at(outcome: &Outcome, at: Position) -> Option<String> {
    let found: &[Found] = match outcome {
        Outcome::One(found) => std::slice::from_ref(found),
        Outcome::Several(several) => several,
        Outcome::None(_) => &[],
    };
    let one = found.iter().find(|one| one.at.distance_m(at) < SAME_PLACE_M)?;
    Some(one.label.clone())
}
