//! What a mail server's no means: by its enhanced status code (RFC 3463), or by its words where it
//! has none.

use std::fmt;

/// An enhanced status code, such as 5.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    pub class: u16,
    pub subject: u16,
    pub detail: u16,
}

impl Status {
    /// The code at the beginning of a text (RFC 2034, §4).
    #[must_use]
    pub fn leading(text: &str) -> Option<Self> {
        let word = text.split_whitespace().next()?;
        let word = word.trim_start_matches('#').trim_end_matches([':', ',']);
        let mut numbers = word.split('.').map(|number| number.parse().ok());
        let (class, subject, detail) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let whole = numbers.next().is_none() && matches!(class, 2 | 4 | 5);
        whole.then_some(Self { class, subject, detail })
    }

    /// Whether it says no more than its class.
    #[must_use]
    pub fn is_vague(self) -> bool {
        self.subject == 0
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// An SMTP reply: its three digits, and its enhanced code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    pub code: Option<u16>,
    pub status: Option<Status>,
}

/// The codes of a reply, as in `550 5.1.1 …` and, of more lines, `550-5.1.1 …`.
pub(super) fn reply(said: &str) -> Reply {
    let Some((code, rest)) = said.split_at_checked(3) else { return Reply::default() };
    match code.parse() {
        Ok(code @ 200..600) => {
            Reply { code: Some(code), status: Status::leading(rest.trim_start_matches(['-', ' '])) }
        }
        _ => Reply { code: None, status: Status::leading(said) },
    }
}

/// What a failed delivery tells of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// There is no such address, or nobody takes mail there any more.
    Gone,
    /// It may be taken another day: a full mailbox, a server that cannot be reached.
    NotNow,
    /// It is refused for what we are or what we wrote, whoever it is for.
    Unwanted,
}

/// What a refusal means, by its enhanced code, the three digits before it, and its words. Of a
/// refused recipient only a permanent failure of the address itself (RFC 3463, §3.2 and §3.3) says
/// that nobody is there.
#[must_use]
pub fn meaning(status: Option<Status>, code: Option<u16>, text: &str) -> Meaning {
    let text = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let by_words = || {
        // Only these say that a mailbox is not there (RFC 5321, §4.2.3).
        let of_mailbox = code.is_none_or(|code| matches!(code, 550 | 551 | 553));
        if says(&["sender", "your domain"]) {
            // “Domain of sender address does not exist” says nothing of whoever was to read it.
            Meaning::Unwanted
        } else if of_mailbox && says(&NOBODY) {
            Meaning::Gone
        } else if says(&POLICY) {
            Meaning::Unwanted
        } else {
            Meaning::NotNow
        }
    };
    let Some(Status { class, subject, detail }) = status else { return by_words() };
    match (class, subject, detail) {
        (5, 0, _) | (5, 1 | 2 | 5, 0) => by_words(),
        // About the sender's address; too long, here and for the system; commands, content, security.
        (5, 1, 7 | 8) | (5, 2, 3) | (5, 3, 4) | (5, 5..=7, _) => Meaning::Unwanted,
        // A mail server on the way that cannot be used (RFC 3886, §4).
        (5, 1, 9) => Meaning::NotNow,
        // A mailbox that gets too much at once is called disabled, too.
        (5, 2, 1) if says(&["too many", "at a rate", "too quickly"]) => Meaning::NotNow,
        (5, 1, _) | (5, 2, 1) => Meaning::Gone,
        _ => Meaning::NotNow,
    }
}

/// How servers without such codes say that an address is not there.
const NOBODY: [&str; 10] = [
    "user unknown",
    "unknown user",
    "no such user",
    "unknown recipient",
    "recipient unknown",
    "no such recipient",
    "no such mailbox",
    "mailbox not found",
    "does not exist",
    "no mailbox here",
];

/// And that they want nothing of ours.
const POLICY: [&str; 9] = [
    "spam",
    "blocked",
    "blacklist",
    "blocklist",
    "blocked using",
    "policy",
    "reputation",
    "dmarc",
    "not authorized",
];

/// The beginning of a text, in one line and without what steers a terminal.
#[must_use]
pub fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(300).collect()
}
