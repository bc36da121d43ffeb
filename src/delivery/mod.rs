//! From matches to deliveries: who is told what, when, and what becomes of each attempt.
//!
//! The one rule: everything here is a pure decision. Rows are written by `store`, messages sent by
//! `channel`; this module only says what should be.

mod digest;
mod outcome;
mod packed;
mod plan;
mod why;

pub use digest::{DigestReader, LISTED, Pending, digests, next_due};
pub use outcome::{Attempt, Outcome, Verdict, after, spent};
pub use packed::{pack, unpack};
pub use plan::{
    About, Contents, Delivery, DeliveryId, Found, Item, Lane, Plan, Road, plan, told_at_once,
};
pub use why::{Answer, Case, Consent, Fate, Later, Reached, Reason, Trip, Watching, why};
