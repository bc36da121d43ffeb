//! What programs are told, their owners of them, and an address whether it is somebody's, too.

use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::message::{Reach, Stopped, compose_ping, compose_webhook};

pub(super) fn stopped() -> Stopped {
    Stopped {
        host: "hooks.example.org".to_owned(),
        since: now().minus(Duration::from_hours(5 * 24)),
        reason: "hooks.example.org answered 503".to_owned(),
    }
}

fn told_in(reader: &Reader, content: &Content) -> Value {
    serde_json::from_str(&compose_webhook(&sender(), reader, content, now())).unwrap()
}

#[test]
fn the_owner_of_a_webhook_that_takes_nothing_is_told() {
    snapshot("stopped", &Content::Stopped(stopped()));
}

#[test]
fn a_program_gets_the_facts_and_the_words_of_a_notification() {
    let contents = [Content::Issue(pothole()), Content::Issue(light()), Content::Digest(digest())];
    let mut told: Vec<String> = vec![];
    for (tag, _) in Language::SPOKEN {
        let reader = reader_of(tag);
        told.extend(
            contents.iter().map(|content| compose_webhook(&sender(), &reader, content, now())),
        );
        told.push(compose_ping(&sender(), &reader, now()));
    }
    insta::assert_snapshot!("webhooks", told.join("\n"));
}

#[test]
fn a_program_learns_no_more_of_a_watch_than_its_name() {
    let mut told = pothole();
    for because in &mut told.because {
        because.middle = told.at;
    }
    let mail = written(&sender(), &Content::Issue(told.clone()));
    let away = &mail.groups[0].cards[0].away;
    assert!(!away.is_empty(), "its owner reads how far away it is");
    let way_out = told.because[0].unsubscribe_link.clone();
    let all = told_in(&reader(), &Content::Issue(told)).to_string();
    for secret in
        [away.as_str(), "middle", &way_out, &reader().manage_link, &reader().unsubscribe_all_link]
    {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}

#[test]
fn a_strangers_words_bring_no_link_and_no_line_into_a_text_message() {
    let told = Told {
        description: "Call now\r\nhttps://evil.example/win \u{202e}gnp".to_owned(),
        ..pothole()
    };
    let all = told_in(&reader(), &Content::Issue(told));
    let text = all["data"]["text"].as_str().unwrap();
    assert!(!text.contains("evil") && !text.contains(['\r', '\n', '\u{202e}']), "{text}");
    assert!(!all["data"]["issue"]["description"].as_str().unwrap().contains("evil"));
}

#[test]
fn an_address_is_asked_whether_it_is_somebodys_and_told_nothing_of_them() {
    let link = "https://watch.example.org/contact/Y2xhaW0".to_owned();
    let content = Content::Reach(Reach { link: link.clone() });
    for (tag, _) in Language::SPOKEN {
        let letter = written_to(&reader_of(tag), &sender(), &content);
        let plain = letter.text().unwrap();
        assert!(plain.contains(&link) && letter.html().unwrap().contains(&link), "{tag}: {plain}");
        assert!(!plain.contains(&reader().manage_link), "{tag}: {plain}");
        assert!(plain.contains(&reader().unsubscribe_all_link), "never again: {plain}");
    }
    assert!(!text(&mail(&content)).contains("List-Unsubscribe"), "it is no list");
    // To a device the same is a test.
    let note = compose_push(&sender(), &reader(), &content, PUSH_LIMIT);
    assert!(note.payload.contains("This is only a test."), "{}", note.payload);
}
