//! The map in a mail about one issue.

use mail_parser::{MessageParser, MimeHeaders};

use super::*;
use crate::message::Map;

fn png(last: u8) -> Map {
    Map::new(vec![0x89, b'P', b'N', b'G', last])
}

fn shown() -> Told {
    Told { map: Some(png(1)), ..pothole() }
}

#[test]
fn a_mail_carries_the_map_within_its_page_and_the_text_comes_first() {
    let mail = mail(&Content::Issue(shown()));
    let message = MessageParser::default().parse(&mail.bytes).unwrap();
    let kind = |part: &mail_parser::MessagePart<'_>| {
        let kind = part.content_type().unwrap();
        format!("{}/{}", kind.ctype(), kind.subtype().unwrap())
    };
    let kinds: Vec<_> = message.parts.iter().map(kind).collect();
    assert_eq!(
        kinds,
        ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    );
    let related = message.parts[2].content_type().unwrap();
    assert_eq!(related.attribute("type"), Some("text/html"), "RFC 2387 asks for it");
    let picture = &message.parts[4];
    assert_eq!(picture.contents(), png(1).png());
    assert!(picture.content_disposition().unwrap().is_inline());
    let html = message.body_html(0).unwrap();
    assert!(html.contains(&format!("src=\"cid:{}\"", picture.content_id().unwrap())), "{html}");
    assert!(!message.body_text(0).unwrap().contains("cid:"));
}

#[test]
fn the_map_is_told_in_words_in_each_language() {
    let alt = |reader: &Reader, told: Told| {
        let letter = written_to(reader, &sender(), &Content::Issue(told));
        letter.groups[0].cards[0].map.as_ref().unwrap().alt.clone()
    };
    let told = Language::SPOKEN.map(|(tag, _)| alt(&reader_of(tag), shown()));
    assert_eq!(
        told,
        [
            "Map: 1200 W Alder St, 350 m northwest of the middle of “Home”",
            "Mapa: 1200 W Alder St, a 350 m al noroeste del centro de “Home”",
            "Mapa: 1200 W Alder St, 350 m na północny zachód od środka obszaru „Home”",
            "地图：1200 W Alder St，位于“Home”中心西北方向 350 米处",
        ]
    );
    let of_a_ward = Told { because: vec![watch("My ward")], ..shown() };
    assert_eq!(alt(&reader(), of_a_ward), "Map: 1200 W Alder St");
}

#[test]
fn the_same_map_has_the_same_id_and_another_has_another() {
    let id = |map: Map| {
        let told = Told { map: Some(map), ..pothole() };
        let letter = written(&sender(), &Content::Issue(told));
        letter.groups[0].cards[0].map.as_ref().unwrap().id.clone()
    };
    assert_eq!(id(png(1)), id(png(1)));
    assert_ne!(id(png(1)), id(png(2)));
    let content = Content::Issue(shown());
    assert_eq!(mail(&content).bytes, mail(&content).bytes, "a repeated attempt repeats it");
}
