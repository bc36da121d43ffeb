mod comments;
mod languages;
mod pictures;
mod subjects;
mod webhooks;

use uuid::Uuid;

use super::*;
use crate::clock::Timestamp;
use crate::geometry::{Position, Units};
use crate::issue::{Actor, CityId, IssueId, Kind, Status};
use crate::watch::Rhythm;
use crate::watcher::EmailAddress;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-05-04T14:30:00Z")
}

fn sender() -> Sender {
    Sender {
        city: CityId(1),
        city_name: "Springfield".to_owned(),
        public_url: "https://watch.example.org".to_owned(),
        mail_from: "311@watch.example.org".parse().unwrap(),
        return_path: None,
        list_host: "watch.example.org".to_owned(),
        zone: "America/Chicago".parse().unwrap(),
        units: Units::Metric,
    }
}

fn reader() -> Reader {
    reader_of("en")
}

fn reader_of(tag: &str) -> Reader {
    Reader {
        language: tag.parse().unwrap(),
        manage_link: "https://watch.example.org/manage/bW1tbW1t".to_owned(),
        unsubscribe_all_link: "https://watch.example.org/u/YWxsYWxs".to_owned(),
    }
}

fn ada() -> EmailAddress {
    "ada@example.org".parse().unwrap()
}

fn watch(name: &str) -> Because {
    Because {
        watch_name: name.to_owned(),
        middle: None,
        near_ward: None,
        area_ended: false,
        unsubscribe_link: format!(
            "https://watch.example.org/u/{}",
            name.to_lowercase().replace(' ', "-")
        ),
    }
}

/// A watch of an area in the middle of Springfield.
fn area(name: &str) -> Because {
    Because { middle: Some(Position { lon: -89.65, lat: 39.80 }), ..watch(name) }
}

/// So many metres to the east and north of it, or nearly.
fn off(east_m: f64, north_m: f64) -> Position {
    Position { lon: -89.65 + east_m / 85_430.0, lat: 39.80 + north_m / 111_195.0 }
}

fn happening(kind: Kind, when: &str, actor: Actor, text: Option<&str>) -> Happening {
    Happening { kind, at: at(when), actor, office: None, comment: None, text: text.map(Into::into) }
}

fn pothole() -> Told {
    Told {
        issue: IssueId(Uuid::from_u128(0x0196_9b5e_0000_7000_8000_0000_0000_0001)),
        number: "26-001234".to_owned(),
        category: "Pothole".into(),
        address: "1200 W Alder St".to_owned(),
        at: Some(off(-240.0, 250.0)),
        map: None,
        ward: None,
        description: "Deep hole in the right lane, just past the bus stop. My neighbor’s bike \
            fell into it yesterday.\n\nIt is hard to see when it rains."
            .to_owned(),
        status: Status::Received,
        happenings: vec![happening(Kind::Opened, "2026-05-04T14:12:00Z", Actor::Resident, None)],
        link: "https://watch.example.org/issues/26-001234".to_owned(),
        because: vec![area("Home")],
    }
}

fn light() -> Told {
    Told {
        issue: IssueId(Uuid::from_u128(2)),
        number: "26-001180".to_owned(),
        category: "Street Light Out".into(),
        address: "Oak Ave & 12th St".to_owned(),
        at: Some(off(1_500.0, 60.0)),
        map: None,
        ward: None,
        description: "Dark since Tuesday.".to_owned(),
        status: Status::Closed,
        happenings: vec![
            happening(
                Kind::Commented,
                "2026-05-03T20:00:00Z",
                Actor::Official,
                Some("A crew comes on Monday morning."),
            ),
            happening(
                Kind::Closed,
                "2026-05-04T13:05:00Z",
                Actor::Official,
                Some("Lamp and wiring replaced. Thank you for telling us."),
            ),
        ],
        link: "https://watch.example.org/issues/26-001180".to_owned(),
        because: vec![
            Because { near_ward: Some("Ward 12".to_owned()), ..watch("My ward") },
            area("Home"),
        ],
    }
}

fn digest() -> Digest {
    let tree = Told {
        number: "26-001201".to_owned(),
        category: "Tree Down".into(),
        address: String::new(),
        at: None,
        map: None,
        ward: None,
        description: String::new(),
        link: "https://watch.example.org/issues/26-001201".to_owned(),
        because: vec![watch("My ward")],
        ..pothole()
    };
    let graffiti = Told {
        number: "26-000987".to_owned(),
        category: "Graffiti Removal".into(),
        address: "48 River Rd".to_owned(),
        at: Some(off(12.0, -9.0)),
        map: None,
        ward: None,
        description: "On the wall of the library.".to_owned(),
        status: Status::InProgress,
        happenings: vec![
            happening(
                Kind::Commented,
                "2026-05-03T23:40:00Z",
                Actor::Resident,
                Some("More of it on the north side, see https://photos.example/1"),
            ),
            happening(Kind::Voted, "2026-05-04T02:00:00Z", Actor::Resident, None),
        ],
        link: "https://watch.example.org/issues/26-000987".to_owned(),
        because: vec![area("Library")],
        ..pothole()
    };
    Digest {
        rhythm: Rhythm::Daily,
        items: vec![light(), pothole(), graffiti, tree],
        more: 37,
        link: "https://watch.example.org/inbox".to_owned(),
    }
}

fn question() -> Confirm {
    Confirm {
        watched: Watched::Wards(vec!["12".to_owned()]),
        link: "https://watch.example.org/confirm/Y29uZmlybQ".to_owned(),
        code: "042917".to_owned(),
    }
}

fn fixed() -> Fixed {
    let closed = light().happenings.remove(1);
    let told = Told { happenings: vec![closed], because: vec![watch("My report")], ..light() };
    Fixed { told, link: "https://watch.example.org/fixed/Zml4ZWQ".to_owned() }
}

fn delivery() -> Uuid {
    Uuid::from_u128(0x0196_9b5f_0000_7000_8000_0000_0000_00aa)
}

fn mail(content: &Content) -> Mail {
    compose_mail(delivery(), &sender(), &reader(), &ada(), content, now()).unwrap()
}

fn written(sender: &Sender, content: &Content) -> letter::Letter {
    written_to(&reader(), sender, content)
}

fn written_to(reader: &Reader, sender: &Sender, content: &Content) -> letter::Letter {
    writer::Writer::new(sender, reader, now()).letter(reader, content)
}

fn text(mail: &Mail) -> String {
    String::from_utf8(mail.bytes.clone()).unwrap()
}

fn headers(mail: &Mail) -> String {
    text(mail).split("\r\n\r\n").next().unwrap().replace("\r\n", "\n")
}

/// The head of each mail, its text and its page, as they leave us, in each language.
fn snapshot(name: &str, content: &Content) {
    for (tag, _) in Language::SPOKEN {
        let reader = reader_of(tag);
        let letter = written_to(&reader, &sender(), content);
        let plain = letter.text().unwrap();
        let mail = compose_mail(delivery(), &sender(), &reader, &ada(), content, now()).unwrap();
        let head = headers(&mail);
        insta::assert_snapshot!(format!("{name}_{tag}_text"), format!("{head}\n\n{plain}"));
        insta::assert_snapshot!(format!("{name}_{tag}_html"), letter.html().unwrap());
    }
}

#[test]
fn a_new_issue_is_told() {
    snapshot("new_issue", &Content::Issue(pothole()));
}

#[test]
fn an_issue_that_was_closed_is_told_with_all_watches_it_matched() {
    snapshot("closed_issue", &Content::Issue(light()));
}

#[test]
fn a_digest_is_grouped_by_what_happened() {
    snapshot("digest", &Content::Digest(digest()));
}

#[test]
fn a_confirmation_carries_a_link_and_a_code() {
    snapshot("confirmation", &Content::Confirm(question()));
}

#[test]
fn a_reporter_hears_the_number_of_what_they_reported() {
    let link = "https://watch.example.org/issues/26-001234".to_owned();
    let watched = Watched::Report { number: "26-001234".to_owned(), link };
    snapshot("report", &Content::Confirm(Confirm { watched, ..question() }));
}

#[test]
fn a_reporter_is_asked_whether_it_is_fixed() {
    snapshot("fixed", &Content::Fixed(fixed()));
}

#[test]
fn a_link_to_sign_in_asks_nothing_else_of_its_reader() {
    let link = format!("https://watch.example.org/signin/{}", "x".repeat(64));
    let content = Content::SignIn(SignIn { link, minutes: 30 });
    snapshot("sign_in", &content);
    assert!(!text(&mail(&content)).contains("List-Unsubscribe"), "it is no list");
}

#[test]
fn push_messages_say_the_same_in_a_few_words() {
    let contents = [
        Content::Issue(pothole()),
        Content::Issue(light()),
        Content::Digest(digest()),
        Content::Confirm(question()),
        Content::Fixed(fixed()),
        Content::Stopped(webhooks::stopped()),
    ];
    let spoken = Language::SPOKEN.map(|(tag, _)| reader_of(tag));
    let all = spoken.iter().flat_map(|reader| contents.iter().map(move |told| (reader, told)));
    let notes: Vec<String> = all
        .map(|(reader, content)| {
            let note = compose_push(&sender(), reader, content, PUSH_LIMIT);
            let payload: serde_json::Value = serde_json::from_str(&note.payload).unwrap();
            format!(
                "topic {}, urgency {}, ttl {} h\n{payload:#}\n",
                note.topic,
                note.urgency.name(),
                note.ttl.as_secs() / 3600
            )
        })
        .collect();
    insta::assert_snapshot!("pushes", notes.join("\n"));
}

#[test]
fn every_kind_in_every_mouth_has_its_own_sentence() {
    let mut lines = Vec::new();
    let actors = [Actor::Resident, Actor::Official, Actor::System];
    for (tag, kind) in
        Language::SPOKEN.iter().flat_map(|(tag, _)| Kind::ALL.map(|kind| (*tag, kind)))
    {
        for actor in actors {
            let happenings = vec![happening(kind, "2026-05-04T14:12:00Z", actor, None)];
            let told = Told { happenings, ..pothole() };
            let content = Content::Issue(told);
            let letter = written_to(&reader_of(tag), &sender(), &content);
            let card = &letter.groups[0].cards[0];
            let line = format!("{} | {} | {}", letter.subject, card.label, card.steps[0].what);
            if lines.last() != Some(&line) {
                lines.push(line);
            }
        }
    }
    insta::assert_snapshot!("kinds", lines.join("\n"));
}

#[test]
fn the_same_delivery_gives_the_same_bytes_in_clean_ascii_lines() {
    for content in [
        Content::Issue(light()),
        Content::Digest(digest()),
        Content::Confirm(question()),
        Content::Fixed(fixed()),
    ] {
        let mail = mail(&content);
        assert_eq!(mail.bytes, self::mail(&content).bytes);
        let text = text(&mail);
        assert!(text.is_ascii());
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "only CRLF ends a line");
        assert!(text.split("\r\n").all(|line| line.len() <= 998));
    }
}

#[test]
fn whatever_people_write_stays_where_it_belongs() {
    let evil = "<b>x</b>\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script> \"&' \u{202e}";
    let links = "https://evil.example/ evil.example/login (www.evil.example) eve@evil.example";
    let linked = format!("Locked: {links} {evil}");
    let told = Told {
        number: evil.to_owned(),
        category: linked.as_str().into(),
        address: linked.clone(),
        at: Some(off(0.0, 0.0)),
        map: None,
        ward: None,
        description: linked.clone(),
        happenings: vec![happening(
            Kind::Commented,
            "2026-05-04T14:12:00Z",
            Actor::Resident,
            Some(&linked),
        )],
        because: vec![Because {
            watch_name: linked.clone(),
            middle: Some(off(0.0, -120.0)),
            near_ward: Some(evil.to_owned()),
            area_ended: true,
            unsubscribe_link: "https://watch.example.org/u/x".to_owned(),
        }],
        ..pothole()
    };
    let confirm =
        Confirm { watched: Watched::Wards(vec![linked.clone(), evil.to_owned()]), ..question() };
    let digest = Digest { items: vec![told.clone()], ..digest() };
    let city = Sender { city_name: evil.to_owned(), ..sender() };
    let fixed = Content::Fixed(Fixed { told: told.clone(), ..fixed() });
    for content in [Content::Issue(told), Content::Digest(digest), Content::Confirm(confirm), fixed]
    {
        let mail = compose_mail(delivery(), &city, &reader(), &ada(), &content, now()).unwrap();
        assert!(!mail.subject.contains(['\r', '\n', '\u{202e}']));
        let head = headers(&mail);
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        let letter = written(&city, &content);
        let html = letter.html().unwrap();
        assert!(!html.contains("<script>") && !html.contains("<b>x"), "{html}");
        let note = compose_push(&city, &reader(), &content, PUSH_LIMIT);
        assert!(serde_json::from_str::<serde_json::Value>(&note.payload).is_ok());
        for words in [html, letter.text().unwrap(), mail.subject, note.payload] {
            assert!(!words.contains("evil.example"), "{words}");
        }
    }
}

#[test]
fn what_lies_nowhere_or_is_followed_by_ward_is_told_without_a_way() {
    let nowhere = Told { at: None, ..pothole() };
    let of_a_ward = Told { because: vec![watch("My ward")], ..pothole() };
    for told in [nowhere, of_a_ward] {
        let letter = written(&sender(), &Content::Issue(told));
        assert_eq!(letter.groups[0].cards[0].away, "");
        assert!(letter.preheader.starts_with("Deep hole"), "{}", letter.preheader);
    }
}

#[test]
fn of_several_areas_the_one_whose_middle_is_nearest_is_named() {
    let school = Because { middle: Some(off(-240.0, 350.0)), ..watch("School") };
    let told = Told { because: vec![watch("My ward"), area("Home"), school], ..pothole() };
    let us = Sender { units: Units::Us, ..sender() };
    let letter = written(&us, &Content::Issue(told));
    assert_eq!(letter.groups[0].cards[0].away, "350 feet south of the middle of “School”");
}

#[test]
fn words_of_other_scripts_reach_the_header_encoded() {
    let told = Told { address: "улица Дубовая 12".to_owned(), ..pothole() };
    let city = Sender { city_name: "Łódź".to_owned(), ..sender() };
    let content = Content::Issue(told);
    let mail = compose_mail(delivery(), &city, &reader(), &ada(), &content, now()).unwrap();
    assert_eq!(mail.subject, "Pothole reported – улица Дубовая 12");
    let head = headers(&mail);
    assert!(head.is_ascii() && head.contains("=?utf-8?b?"), "{head}");
    assert!(head.lines().all(|line| line.len() <= 78 || !line.contains("=?")), "{head}");
}

#[test]
fn a_mail_of_several_watches_offers_the_way_out_of_all() {
    let one = headers(&mail(&Content::Issue(pothole())));
    assert!(one.contains("List-Unsubscribe: <https://watch.example.org/u/home>"), "{one}");
    let two = headers(&mail(&Content::Issue(light())));
    assert!(two.contains("List-Unsubscribe: <https://watch.example.org/u/YWxsYWxs>"), "{two}");
}

#[test]
fn a_digest_shows_25_issues_and_counts_the_rest() {
    let items = vec![pothole(); 40];
    let content = Content::Digest(Digest { items, more: 2, ..digest() });
    let letter = written(&sender(), &content);
    assert_eq!(letter.groups.iter().map(|group| group.cards.len()).sum::<usize>(), 25);
    assert_eq!(letter.more.as_ref().unwrap().words, "and 17 more");
    assert_eq!(letter.lead, "There is news of 42 issues that you watch.");
    // Gmail cuts a mail off at 102 kB.
    assert!(letter.html().unwrap().len() < 100_000);
}

#[test]
fn a_push_is_shortened_at_a_word_until_it_fits() {
    let told = Told {
        at: None,
        description: "Слово ".repeat(2_000),
        category: "An issue of a category with quite a long name in it".into(),
        ..pothole()
    };
    let content = Content::Issue(told);
    for limit in [PUSH_LIMIT, 600, 400, 300] {
        let note = compose_push(&sender(), &reader(), &content, limit);
        assert!(note.payload.len() <= limit, "{} > {limit}", note.payload.len());
        let payload: serde_json::Value = serde_json::from_str(&note.payload).unwrap();
        let body = payload["body"].as_str().unwrap();
        assert!(body.is_empty() || body.ends_with("Слово…"), "{body}");
    }
}
