//! The only senders: mail and web push.
//!
//! The one rule: a sender tries once and says what came of it as an
//! [`Outcome`](crate::delivery::Outcome). When and whether to try again is not its business.

pub mod email;
pub mod push;
pub mod webhook;
