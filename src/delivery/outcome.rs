use std::time::Duration;

/// What came of one attempt to send, named by what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it (an SMTP 250, a push service's 201). Its words, for the log.
    Sent { reply: String },
    /// Not now; the other side may have said how long to wait.
    Retry { after: Option<Duration>, reason: String },
    /// The address is dead: retire the contact.
    Gone { reason: String },
    /// It will not be taken however often it is tried.
    Refused { reason: String },
}
