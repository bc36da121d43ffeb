//! The words of a delivery: what a person reads in a mail and on a lock screen.
//!
//! The one rule: everything here is a pure function of what is to be told. Every sentence stands
//! in `locales/`, every user's word is cleaned before it comes near a header or a page, and every
//! link leads to our own site.

mod away;
mod clean;
mod content;
mod keys;
mod letter;
mod mail;
mod note;
mod notices;
mod payload;
mod quoted;
mod words;
mod writer;

pub use away::capital;
pub use clean::{leads_away, line};
pub use content::{
    Because, Confirm, Content, Digest, Fixed, Happening, Map, Reach, Reader, Sender, SignIn,
    Stopped, Told, Watched,
};
pub use keys::{did_key, kind_key, status_key};
pub use mail::{Mail, MessageError, compose_mail};
pub use note::{Note, PUSH_LIMIT, Urgency, compose_push};
pub use payload::{compose_ping, compose_webhook};
pub use words::{Key, Language, Words};

#[cfg(test)]
mod tests;
