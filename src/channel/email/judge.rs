//! What a mail server's reply means.

use std::error::Error as _;

use lettre::transport::smtp::Error;

use crate::bounce::{Meaning, Status, meaning, one_line};
use crate::delivery::Outcome;

/// How far a mail had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Dialling, greeting, TLS, signing in: nothing about this mail was said yet.
    Connect,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA` and the message.
    Message,
}

impl Step {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Connect => "connecting to the mail server",
            Self::Sender => "naming the sender",
            Self::Recipient => "naming the recipient",
            Self::Message => "handing over the message",
        }
    }
}

/// A failed step, by what to do next.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server said no, in these words.
    Reply { step: Step, code: u16, text: String },
    /// The connection broke, or took too long.
    Broken { step: Step, why: String },
}

impl Failure {
    pub(super) fn of(step: Step, error: &Error) -> Self {
        match error.status() {
            Some(code) => Self::Reply {
                step,
                code: u16::from(code),
                text: error.source().map(ToString::to_string).unwrap_or_default(),
            },
            None => Self::Broken { step, why: error.to_string() },
        }
    }

    /// Whether the server had closed the connection before this mail came up: 421, or no answer
    /// to the first command. Then another connection may try at once.
    pub(super) fn was_stale(&self) -> bool {
        match self {
            Self::Reply { step, code, .. } => *step == Step::Sender && *code == 421,
            Self::Broken { step, .. } => *step == Step::Sender,
        }
    }

    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Broken { step, why } => {
                Outcome::Retry { after: None, reason: format!("{}: {why}", step.words()) }
            }
            Self::Reply { step, code, text } => {
                let reason = format!("{}: {code} {}", step.words(), one_line(&text));
                // While connecting nothing was said of this mail: it must not suffer.
                if code < 500 || step == Step::Connect {
                    Outcome::Retry { after: None, reason }
                } else if step == Step::Recipient && says_gone(code, &text) {
                    Outcome::Gone { reason }
                } else {
                    Outcome::Refused { reason }
                }
            }
        }
    }
}

/// Whether a refused recipient does not exist, or takes no mail any more.
fn says_gone(code: u16, text: &str) -> bool {
    meaning(Status::leading(text), Some(code), text) == Meaning::Gone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(step: Step, code: u16, text: &str) -> Outcome {
        Failure::Reply { step, code, text: text.to_owned() }.outcome()
    }

    #[test]
    fn only_an_unknown_recipient_retires_a_contact() {
        for (code, text) in [
            (550, "5.1.1 <x@y>: Recipient address rejected: User unknown"),
            (550, "5.1.10 RESOLVER.ADR.RecipientNotFound"),
            (553, "5.1.2 bad destination"),
            (550, "User unknown in local recipient table"),
            (551, "No such user here"),
            (550, "The account does not exist"),
        ] {
            let outcome = judged(Step::Recipient, code, text);
            assert!(matches!(outcome, Outcome::Gone { .. }), "{code} {text}");
        }
        for (code, text) in [
            (550, "5.1.8 <me@us>: Sender address rejected: Domain not found"),
            (550, "5.1.7 bad sender"),
            (550, "5.7.1 blocked, user unknown to us"),
            (552, "5.2.2 mailbox full"),
            (554, "no such user"),
            (550, "blocked by policy"),
            (550, "5.1 odd"),
            (550, ""),
        ] {
            let outcome = judged(Step::Recipient, code, text);
            assert!(matches!(outcome, Outcome::Refused { .. }), "{code} {text}");
        }
        let elsewhere = judged(Step::Message, 550, "5.1.1 user unknown");
        assert!(matches!(elsewhere, Outcome::Refused { .. }));
    }

    #[test]
    fn what_is_not_about_this_mail_is_tried_again() {
        for (step, code) in [
            (Step::Connect, 554),
            (Step::Connect, 535),
            (Step::Connect, 421),
            (Step::Sender, 451),
            (Step::Recipient, 450),
            (Step::Message, 452),
        ] {
            let outcome = judged(step, code, "4.3.2 later\r\n please");
            let Outcome::Retry { after: None, reason } = outcome else { panic!("{outcome:?}") };
            assert!(reason.ends_with(&format!("{code} 4.3.2 later please")), "{reason}");
        }
    }
}
