//! What residents may report, and what is asked of it: a city's services, as Open311 calls them.
//!
//! The one rule: what is private is marked where the question stands, so an answer knows from its first
//! moment whether anybody but the city's staff may read it.
//!
//! The form on the wire and in the store is that of a GeoReport v2 service definition, with `private`,
//! and with the datatype `boolean`, beside those of the standard.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Category;
use crate::clock::Timestamp;

/// How many services a city has, how much each asks, and how many answers there are to choose from.
const MOST_SERVICES: usize = 500;
const MOST_QUESTIONS: usize = 30;
const MOST_CHOICES: usize = 100;

/// How long an answer may be, in characters.
pub const LONGEST_LINE: usize = 200;
pub const LONGEST_TEXT: usize = 2_000;

/// A kind of thing that may be reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    #[serde(rename = "service_code")]
    pub code: String,
    #[serde(rename = "service_name")]
    pub name: Category,
    /// When to choose it, in a sentence.
    #[serde(default, rename = "description", skip_serializing_if = "String::is_empty")]
    pub hint: String,
    #[serde(default, rename = "attributes", skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
}

/// Something that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub code: String,
    pub datatype: Datatype,
    #[serde(rename = "description")]
    pub asks: String,
    /// How to answer, in a sentence.
    #[serde(default, rename = "datatype_description", skip_serializing_if = "String::is_empty")]
    pub hint: String,
    #[serde(default)]
    pub required: bool,
    /// Whether only the city's staff read the answer.
    #[serde(default)]
    pub private: bool,
    #[serde(default)]
    pub order: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Choice>,
    /// `false` for a sentence that is only to be read.
    #[serde(default = "yes")]
    pub variable: bool,
}

fn yes() -> bool {
    true
}

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datatype {
    /// One line.
    String,
    /// Several lines.
    Text,
    Number,
    /// A day.
    Datetime,
    /// Yes or no.
    Boolean,
    SingleValueList,
    MultiValueList,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub name: String,
}

/// What somebody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub code: String,
    pub asks: String,
    /// In words; of a choice its name, of several all names, of a yes or no `yes` or `no`.
    pub says: String,
    pub private: bool,
}

/// Why an answer is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misanswer {
    #[error("this has to be answered")]
    Missing,
    #[error("this is no number; write one such as 3 or 2.5")]
    NoNumber,
    #[error("this is no day; write year, month and day, as in 2026-05-31")]
    NoDay,
    #[error("this is none of the answers to choose from")]
    NoChoice,
    #[error("this is too long")]
    TooLong,
}

impl Question {
    /// Reads what somebody said; `None` when they said nothing, and need not.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn take(&self, said: &[&str]) -> Result<Option<Answer>, Misanswer> {
        let said: Vec<&str> = said.iter().map(|s| s.trim()).filter(|s| !s.is_empty()).collect();
        let Some(first) = said.first().copied().filter(|_| self.variable) else {
            return if self.required && self.variable { Err(Misanswer::Missing) } else { Ok(None) };
        };
        let says = match self.datatype {
            Datatype::String => short(first, LONGEST_LINE)?,
            Datatype::Text => short(first, LONGEST_TEXT)?,
            Datatype::Number => number(first)?,
            Datatype::Datetime => day(first)?,
            Datatype::Boolean if ["yes", "no"].contains(&first) => first.to_owned(),
            Datatype::Boolean => return Err(Misanswer::NoChoice),
            Datatype::SingleValueList => self.named(first)?.to_owned(),
            Datatype::MultiValueList => {
                let names: Result<Vec<&str>, _> = said.iter().map(|key| self.named(key)).collect();
                names?.join(", ")
            }
        };
        let (code, asks) = (self.code.clone(), self.asks.clone());
        Ok(Some(Answer { code, asks, says, private: self.private }))
    }

    fn named(&self, key: &str) -> Result<&str, Misanswer> {
        let found = self.values.iter().find(|choice| choice.key == key);
        found.map(|choice| &*choice.name).ok_or(Misanswer::NoChoice)
    }
}

fn short(said: &str, most: usize) -> Result<String, Misanswer> {
    let fits = said.chars().count() <= most;
    if fits { Ok(said.replace('\0', "")) } else { Err(Misanswer::TooLong) }
}

/// A number as people write it in any of our languages.
fn number(said: &str) -> Result<String, Misanswer> {
    let plain = said.replace(',', ".");
    let is_number = plain.parse::<f64>().is_ok_and(f64::is_finite) && plain.len() <= 30;
    if is_number { Ok(plain) } else { Err(Misanswer::NoNumber) }
}

fn day(said: &str) -> Result<String, Misanswer> {
    let is_shaped = said.len() == 10
        && said.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let is_day = is_shaped
        && ("1900"..="2200").contains(&&said[..4])
        && format!("{said}T00:00:00Z").parse::<Timestamp>().is_ok();
    if is_day { Ok(said.to_owned()) } else { Err(Misanswer::NoDay) }
}

/// Reads a list of services, each with its questions in their order.
///
/// # Errors
/// What cannot be read, and where, in a sentence.
pub fn read_services(file: Value) -> Result<Vec<Service>, String> {
    let Value::Array(items) = file else {
        return Err("this is no list; write [ … ] around the services".to_owned());
    };
    if items.len() > MOST_SERVICES {
        return Err(format!("there are {} services, and at most {MOST_SERVICES}", items.len()));
    }
    let mut services: Vec<Service> = vec![];
    for (no, item) in (1..).zip(items) {
        let service: Service =
            serde_json::from_value(item).map_err(|why| format!("service {no}: {why}"))?;
        let of = format!("service {no} (“{}”)", service.code);
        let twice = |one: &Service| one.code == service.code || one.name == service.name;
        if services.iter().any(twice) {
            return Err(format!("{of}: an earlier one has this code or this name"));
        }
        services.push(checked(service).map_err(|why| format!("{of}: {why}"))?);
    }
    Ok(services)
}

fn checked(mut service: Service) -> Result<Service, String> {
    check_code(&service.code, "service_code")?;
    if service.name.name().is_empty() || service.name.name().chars().count() > 100 {
        return Err("`service_name` has 1 to 100 characters".to_owned());
    }
    if service.questions.len() > MOST_QUESTIONS {
        return Err(format!("it asks more than {MOST_QUESTIONS} questions"));
    }
    let mut codes = HashSet::new();
    for question in &service.questions {
        let of = |why: &str| format!("attribute “{}”: {why}", question.code);
        check_code(&question.code, "code").map_err(|why| of(&why))?;
        if !codes.insert(&question.code) {
            return Err(of("an earlier one has this code"));
        }
        let chooses =
            matches!(question.datatype, Datatype::SingleValueList | Datatype::MultiValueList);
        if chooses && !(1..=MOST_CHOICES).contains(&question.values.len()) {
            return Err(of("a list has 1 to 100 `values`, each with `key` and `name`"));
        }
        if question.asks.trim().is_empty() {
            return Err(of("`description` is the question, and is empty"));
        }
    }
    service.questions.sort_by_key(|question| question.order);
    Ok(service)
}

fn check_code(code: &str, name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let fits = (1..=60).contains(&code.len()) && code.chars().all(plain);
    let why = format!("`{name}` has 1 to 60 letters, digits, and - _ .");
    if fits { Ok(()) } else { Err(why) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question(datatype: &str, required: bool) -> Question {
        let values =
            json!([{ "key": "a", "name": "Ankle deep" }, { "key": "k", "name": "Knee deep" }]);
        let question = json!({
            "code": "deep", "datatype": datatype, "description": "How deep?",
            "required": required, "values": values,
        });
        serde_json::from_value(question).unwrap()
    }

    #[test]
    fn answers_are_taken_as_people_write_them() {
        for (datatype, said, says) in [
            ("string", &[" a line "][..], "a line"),
            ("number", &["2,5"], "2.5"),
            ("datetime", &["2026-05-31"], "2026-05-31"),
            ("boolean", &["no"], "no"),
            ("singlevaluelist", &["k"], "Knee deep"),
            ("multivaluelist", &["k", "a"], "Knee deep, Ankle deep"),
        ] {
            let taken = question(datatype, true).take(said).unwrap().unwrap();
            assert_eq!(taken.says, says, "{datatype}");
        }
        for (datatype, said, why) in [
            ("string", &[" "][..], Misanswer::Missing),
            ("string", &["x".repeat(201).leak()], Misanswer::TooLong),
            ("number", &["two"], Misanswer::NoNumber),
            ("number", &["inf"], Misanswer::NoNumber),
            ("datetime", &["31.5.2026"], Misanswer::NoDay),
            ("datetime", &["2026-02-31"], Misanswer::NoDay),
            ("datetime", &["2026-02-29"], Misanswer::NoDay),
            ("datetime", &["2026-13-01"], Misanswer::NoDay),
            ("datetime", &["2026-+5-01"], Misanswer::NoDay),
            ("boolean", &["maybe"], Misanswer::NoChoice),
            ("singlevaluelist", &["Knee deep"], Misanswer::NoChoice),
            ("multivaluelist", &["k", "z"], Misanswer::NoChoice),
        ] {
            assert_eq!(question(datatype, true).take(said), Err(why), "{datatype} {said:?}");
        }
        assert_eq!(question("number", false).take(&[]), Ok(None));
    }

    #[test]
    fn a_file_that_cannot_be_meant_is_refused_with_the_place() {
        let service = |code: &str, attributes: Value| json!({ "service_code": code, "service_name": code, "attributes": attributes });
        let ask = |code: &str| json!({ "code": code, "datatype": "text", "description": "What?" });
        let list = json!([{ "code": "a", "datatype": "singlevaluelist", "description": "Which?" }]);
        for (file, says) in [
            (json!({}), "this is no list"),
            (json!([{ "service_code": "a" }]), "service 1: missing field `service_name`"),
            (json!([service("a b", json!([]))]), "`service_code` has 1 to 60 letters"),
            (
                json!([service("a", json!([])), service("A", json!([]))]),
                "service 2 (“A”): an earlier",
            ),
            (json!([service("a", json!([ask("x"), ask("x")]))]), "attribute “x”: an earlier"),
            (json!([service("a", list)]), "attribute “a”: a list has 1 to 100"),
            (json!([service("a", json!([{ "privat": true }]))]), "unknown field `privat`"),
        ] {
            let why = read_services(file.clone()).unwrap_err();
            assert!(why.contains(says), "{file}: {why}");
        }
        let both = json!([
            { "code": "b", "datatype": "text", "description": "B?", "order": 2 },
            { "code": "a", "datatype": "text", "description": "A?", "order": 1, "private": true },
        ]);
        let read = read_services(json!([service("pothole", both)])).unwrap();
        let codes: Vec<_> = read[0].questions.iter().map(|q| (&*q.code, q.private)).collect();
        assert_eq!(codes, [("a", true), ("b", false)]);
        let again = read_services(serde_json::to_value(&read).unwrap()).unwrap();
        assert_eq!(again, read);
    }
}
