//! What a mail shows, in the order in which it is read. The templates only lay it out.

use askama::Template;

/// A whole letter; `templates/mail.html` and `templates/mail.txt` show the same one.
#[derive(Debug)]
pub(super) struct Letter {
    pub language: String,
    pub subject: String,
    pub preheader: String,
    pub city: String,
    pub city_link: String,
    pub title: String,
    pub lead: String,
    pub groups: Vec<Group>,
    pub more: Option<Link>,
    pub confirm: Option<Question>,
    /// Buttons, of which one is pressed.
    pub answers: Vec<Link>,
    pub why_title: String,
    pub why: Vec<Why>,
    pub footer: String,
    pub ways_out: Vec<Link>,
}

#[derive(Debug)]
pub(super) struct Link {
    pub words: String,
    pub to: String,
}

#[derive(Debug)]
pub(super) struct Group {
    /// Empty when there is only one issue.
    pub heading: String,
    pub cards: Vec<Card>,
}

/// One issue.
#[derive(Debug)]
pub(super) struct Card {
    pub label: String,
    /// `new`, `done` or `news`: the label's colour, which never says more than its word.
    pub tone: &'static str,
    pub title: String,
    pub place: String,
    /// How far from what the reader watches, and which way; may be empty.
    pub away: String,
    pub map: Option<Shown>,
    pub line: String,
    pub description: String,
    pub steps: Vec<Step>,
    pub watches: String,
    pub link: Link,
}

/// A picture that the mail carries.
#[derive(Debug)]
pub(super) struct Shown {
    /// Its `Content-ID` without the brackets.
    pub id: String,
    pub alt: String,
}

#[derive(Debug)]
pub(super) struct Step {
    pub what: String,
    pub when: String,
    pub text: String,
}

#[derive(Debug)]
pub(super) struct Why {
    pub words: String,
    pub stop: Link,
}

#[derive(Debug)]
pub(super) struct Question {
    pub button: Link,
    pub code_words: String,
    pub code: String,
    pub ignore: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    letter: &'a Letter,
}

impl Letter {
    pub(super) fn html(&self) -> Result<String, askama::Error> {
        Html { letter: self }.render()
    }

    pub(super) fn text(&self) -> Result<String, askama::Error> {
        Text { letter: self }.render()
    }
}
