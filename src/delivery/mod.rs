//! From matches to deliveries: who is told what, when, and what becomes of each attempt.
//!
//! The one rule: everything here is a pure decision. Rows are written by `store`, messages sent by
//! `channel`; this module only says what should be.

mod digest;
mod due;
mod ears;
mod lately;
mod mutes;
mod outcome;
mod packed;
mod plan;
mod returned;
mod stretch;
mod webhook;
mod why;

pub use digest::{DigestReader, LISTED, digests};
pub use due::{Wait, moved, next_due};
pub use lately::{AN_HOUR, Lately, Told};
pub use mutes::Mutes;
pub use outcome::{Attempt, Outcome, Verdict, after, spent};
pub use packed::{pack, unpack};
pub use plan::{
    About, Contents, Delivery, DeliveryId, Found, Item, Lane, MANY, Plan, Recipient, Road, plan,
    who_wants_it_at_once,
};
pub use returned::{Follows, RETURN_DAYS, RETURN_SPAN, Return, follows};
pub use stretch::{EventMatch, Stretch, Through, Waiting};
pub use webhook::{Standing, standing};
pub use why::{Answer, Case, Consent, Fate, Later, Reached, Reason, Trip, Watching, why};
