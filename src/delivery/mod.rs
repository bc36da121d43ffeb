//! From matches to deliveries: who is told what, when, and what becomes of each attempt.
//!
//! The one rule: everything here is a pure decision. Rows are written by `store`, messages sent by
//! `channel`; this module only says what should be.

mod outcome;

pub use outcome::Outcome;
