//! What the islands of a page say, in the language of the page: `locales/*/islands.json`, in which a
//! sentence that counts has a form for each plural of its language (CLDR), as the browser chooses it.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::geometry::Units;
use crate::issue::Status;
use crate::message::{Key, Words};

static ALL: LazyLock<[(&'static str, Value); 4]> = LazyLock::new(|| {
    [
        ("en", include_str!("../../locales/en/islands.json")),
        ("es", include_str!("../../locales/es/islands.json")),
        ("pl", include_str!("../../locales/pl/islands.json")),
        ("zh", include_str!("../../locales/zh/islands.json")),
    ]
    .map(|(tag, text)| (tag, serde_json::from_str(text).expect("a test reads it, too")))
});

/// The words of an island, by its name, as text for a `<script type="application/json">`: nothing in it
/// ends that element.
pub fn of(words: &Words<'_>, island: &str, units: Units) -> String {
    let spoken = words.spoken();
    let found = ALL.iter().find(|(tag, _)| *tag == spoken).unwrap_or(&ALL[0]);
    let mut say: Map<String, Value> = found.1[island].as_object().cloned().unwrap_or_default();
    if let Some(us) = say.remove("radius_unit_us").filter(|_| units == Units::Us) {
        say.insert("radius_unit".to_owned(), us);
    }
    if island == "browse" {
        say.extend(statuses(words));
    }
    Value::Object(say).to_string().replace('<', "\\u003c")
}

/// A status has the same name everywhere.
fn statuses(words: &Words<'_>) -> impl Iterator<Item = (String, Value)> {
    Status::ALL.into_iter().map(|status| {
        let key = match status {
            Status::Received => "status-received",
            Status::Acknowledged => "status-acknowledged",
            Status::InProgress => "status-in-progress",
            Status::OnHold => "status-on-hold",
            Status::Closed => "status-closed",
        };
        (key.replace('-', "_"), words.say(Key(key)).into())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The plural categories of each language (CLDR 46).
    const PLURALS: [(&str, &[&str]); 4] = [
        ("en", &["one", "other"]),
        ("es", &["many", "one", "other"]),
        ("pl", &["few", "many", "one", "other"]),
        ("zh", &["other"]),
    ];

    fn keys(value: &Value) -> BTreeSet<&String> {
        value.as_object().expect("an object").keys().collect()
    }

    /// The gaps of a sentence.
    fn gaps(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn every_language_has_every_sentence_with_its_gaps_and_plurals() {
        let english = &ALL[0].1;
        for ((tag, dictionary), (of, plurals)) in ALL.iter().zip(PLURALS) {
            assert_eq!(*tag, of);
            assert_eq!(keys(dictionary), keys(english), "{tag}");
            for (island, sentences) in english.as_object().unwrap() {
                assert_eq!(keys(&dictionary[island]), keys(sentences), "{tag} {island}");
                for (key, sentence) in sentences.as_object().unwrap() {
                    let theirs = &dictionary[island][key];
                    if let Some(text) = sentence.as_str() {
                        let said = theirs.as_str().expect("as in English");
                        assert_eq!(gaps(said), gaps(text), "{tag} {island} {key}");
                        continue;
                    }
                    let forms: Vec<_> = keys(theirs).into_iter().cloned().collect();
                    assert_eq!(forms, plurals, "{tag} {island} {key}");
                    for form in theirs.as_object().unwrap().values() {
                        assert!(form.as_str().unwrap().contains("{count}"), "{tag} {island} {key}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_words_fit_their_page() {
        let spanish = "es-MX".parse().unwrap();
        let words = Words::of(&spanish);
        let said: Value = serde_json::from_str(&of(&words, "draw", Units::Us)).unwrap();
        assert_eq!(said["radius_unit"], "pies");
        assert_eq!(said.get("radius_unit_us"), None);
        let said: Value = serde_json::from_str(&of(&words, "browse", Units::Metric)).unwrap();
        assert_eq!(said["status_closed"], "Cerrado");
        assert!(!of(&words, "draw", Units::Metric).contains('<'));
        assert_eq!(of(&words, "none", Units::Metric), "{}");
    }
}
