//! The pages of the form.

use askama::Template;
use axum::response::Response;

use super::super::filing::{LONGEST_ADDRESS, LONGEST_DESCRIPTION};
use super::super::pages::{Frame, Wrong, render};
use super::super::places::{PlaceField, rounded};
use super::super::{Problem, basemap, island_words, sign_up};
use super::form::{self, ANSWER, FIELDS, Filled, Step};
use super::similar::{self, Similar};
use super::{Writing, map};
use crate::geometry::Position;
use crate::issue::{Datatype, LONGEST_LINE, LONGEST_TEXT, Question, Service};

/// What every page of the form has.
struct Form {
    /// A link while all has its place in an address.
    method: &'static str,
    /// What the other pages asked.
    carried: Vec<(String, String)>,
}

impl Form {
    fn of(filled: &Filled, step: Step) -> Self {
        let plain = filled.is_plain() && matches!(step, Step::Where | Step::What);
        Self { method: if plain { "get" } else { "post" }, carried: filled.carried(step) }
    }
}

#[derive(Template)]
#[template(path = "pages/report_where.html")]
struct WherePage<'a> {
    frame: Frame<'a>,
    form: Form,
    filled: &'a Filled,
    /// What its address may mean.
    place: PlaceField,
    /// `west,south,east,north` of what the map shows first.
    bounds: String,
    /// Attributes: the operator's map beneath ours.
    beneath: String,
    units: &'static str,
    /// What the server's map shows.
    view: String,
    /// Whether it shows less than the whole city.
    close: bool,
    /// JSON for the island.
    pin: String,
    wrongs: Vec<Wrong>,
}

#[derive(Template)]
#[template(path = "pages/report_what.html")]
struct WhatPage<'a> {
    frame: Frame<'a>,
    form: Form,
    filled: &'a Filled,
    offered: &'a [Service],
    wrongs: Vec<Wrong>,
}

#[derive(Template)]
#[template(path = "pages/report_similar.html")]
struct SimilarPage<'a> {
    frame: Frame<'a>,
    form: Form,
    similar: Vec<Similar>,
    known: bool,
    wrongs: Vec<Wrong>,
}

/// A question, as its page asks it.
struct Asked<'a> {
    field: &'static str,
    name: String,
    question: &'a Question,
    /// What stands in its field.
    value: String,
    /// What can be chosen: value, words, chosen.
    choices: Vec<(String, String, bool)>,
    /// How a field of one line is typed: `text`, `number`, `date`.
    typed: &'static str,
}

impl<'a> Asked<'a> {
    fn of(
        frame: &Frame<'_>,
        filled: &Filled,
        (field, question): (&'static str, &'a Question),
    ) -> Self {
        let given = filled.answer(&question.code);
        let choice = |value: &str, words: String| (value.to_owned(), words, given.contains(&value));
        let choices = match question.datatype {
            Datatype::Boolean => vec![
                choice("yes", frame.t("page-report-yes")),
                choice("no", frame.t("page-report-no")),
            ],
            _ => question.values.iter().map(|one| choice(&one.key, one.name.clone())).collect(),
        };
        Self {
            field,
            name: format!("{ANSWER}{}", question.code),
            question,
            value: given.first().map(|one| (*one).to_owned()).unwrap_or_default(),
            choices,
            typed: if question.datatype == Datatype::Datetime { "date" } else { "text" },
        }
    }

    fn is_choice(&self) -> bool {
        matches!(
            self.question.datatype,
            Datatype::Boolean | Datatype::SingleValueList | Datatype::MultiValueList
        )
    }

    fn is_many(&self) -> bool {
        self.question.datatype == Datatype::MultiValueList
    }

    fn is_long(&self) -> bool {
        self.question.datatype == Datatype::Text
    }

    fn is_number(&self) -> bool {
        self.question.datatype == Datatype::Number
    }
}

#[derive(Template)]
#[template(path = "pages/report_details.html")]
struct DetailsPage<'a> {
    frame: Frame<'a>,
    form: Form,
    filled: &'a Filled,
    asked: Vec<Asked<'a>>,
    known: bool,
    wrongs: Vec<Wrong>,
}

/// A line of what is to be checked.
struct Row {
    asks: String,
    says: String,
    /// Whether only staff read it.
    private: bool,
    /// By what it is changed.
    change: &'static str,
}

#[derive(Template)]
#[template(path = "pages/report_check.html")]
struct CheckPage<'a> {
    frame: Frame<'a>,
    form: Form,
    rows: Vec<Row>,
    wrongs: Vec<Wrong>,
}

impl Writing {
    /// A page of the form, with what is wrong on it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn page(
        &self,
        step: Step,
        filled: &Filled,
        wrongs: Vec<Wrong>,
    ) -> Result<Response, Problem> {
        let (frame, form) = (self.frame(), Form::of(filled, step));
        let known = self.visitor.is_some();
        match step {
            Step::Where => self.where_page(filled, wrongs).await,
            Step::What => render(&WhatPage { frame, form, filled, offered: &self.offered, wrongs }),
            Step::Similar => {
                let similar = similar::find(self, filled).await?;
                render(&SimilarPage { frame, form, similar, known, wrongs })
            }
            Step::Details => {
                let questions = self.questions(filled);
                let asked = FIELDS.into_iter().zip(questions);
                let asked = asked.map(|one| Asked::of(&frame, filled, one)).collect();
                render(&DetailsPage { frame, form, filled, asked, known, wrongs })
            }
            Step::Check => {
                let rows = self.rows(&frame, filled);
                render(&CheckPage { frame, form, rows, wrongs })
            }
        }
    }

    fn questions(&self, filled: &Filled) -> &[Question] {
        self.service(filled).map(|service| &*service.questions).unwrap_or_default()
    }

    async fn where_page(&self, filled: &Filled, wrongs: Vec<Wrong>) -> Result<Response, Problem> {
        let (frame, units) = (self.frame(), self.doors.inner.units);
        let whole = map::whole(&self.doors, &self.city).await?;
        let view = map::view(&self.doors, &self.city, filled).await?;
        let page = render(&WherePage {
            form: Form::of(filled, Step::Where),
            bounds: whole.map(form::view_text).unwrap_or_default(),
            units: units.name(),
            beneath: basemap::beneath(&self.doors),
            close: view != whole,
            view: view.map(form::view_text).unwrap_or_default(),
            pin: island_words::of(&frame.words, "pin", units),
            place: PlaceField::new("address", &filled.address, &wrongs)
                .offering(&frame, &filled.several),
            filled,
            wrongs,
            frame,
        })?;
        Ok(basemap::with_map(page))
    }

    fn rows(&self, frame: &Frame<'_>, filled: &Filled) -> Vec<Row> {
        let row = |asks: String, says: &str, private, change| {
            let says =
                if says.is_empty() { frame.t("page-report-nothing") } else { says.to_owned() };
            Row { asks, says, private, change }
        };
        let pin = |at: Position| format!("{}, {}", rounded(at.lat), rounded(at.lon));
        let place = if filled.address.is_empty() {
            frame.with("page-report-pin", "place", &filled.at().map(pin).unwrap_or_default())
        } else {
            filled.address.clone()
        };
        let (details, private) = ("change_details", true);
        let mut rows = vec![
            row(frame.t("page-where"), &place, false, "change_where"),
            row(frame.t("page-report-what"), &filled.category, false, "change_what"),
        ];
        for question in self.questions(filled).iter().filter(|question| question.variable) {
            let said = question.take(&filled.answer(&question.code)).ok().flatten();
            let says = said.map(|answer| answer.says).unwrap_or_default();
            let says = match (question.datatype, &*says) {
                (Datatype::Boolean, "yes") => frame.t("page-report-yes"),
                (Datatype::Boolean, "no") => frame.t("page-report-no"),
                _ => says,
            };
            rows.push(row(question.asks.clone(), &says, question.private, details));
        }
        let description = frame.t("page-report-description");
        rows.push(row(description, &filled.description, false, details));
        if self.visitor.is_none() {
            rows.push(row(frame.t("page-report-email"), &filled.email, private, details));
        }
        rows
    }
}
