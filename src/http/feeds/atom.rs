//! A feed as Atom (RFC 4287), an entry for each thing that happened.
//!
//! The one rule: what people wrote is text, whatever is in it; a character that XML 1.0 has no room for
//! (§2.2) is left out, for one of them makes the whole feed unreadable.

use std::fmt::Write;

use super::Head;
use crate::clock::Timestamp;
use crate::http::pages::Frame;
use crate::outbound::host;
use crate::store::PendingEvent;

/// The feed, what happened last first.
pub fn feed(
    frame: &Frame<'_>,
    url: &str,
    head: &Head,
    updated: Option<Timestamp>,
    events: &[PendingEvent],
) -> String {
    let link = escaped(&format!("{url}{}", head.path));
    let page = escaped(&format!("{url}{}", head.page));
    let (title, city) = (escaped(&head.title), escaped(frame.city));
    let updated = updated.unwrap_or_default();
    let mut all = format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss" xml:lang="{}">
<id>{link}</id>
<title>{title} · {city}</title>
<updated>{updated}</updated>
<author><name>{city}</name></author>
<link rel="self" type="application/atom+xml" href="{link}"/>
<link rel="alternate" type="text/html" href="{page}"/>
"#,
        frame.words.spoken()
    );
    for event in events {
        entry(&mut all, frame, url, event);
    }
    all + "</feed>\n"
}

fn entry(
    all: &mut String,
    frame: &Frame<'_>,
    url: &str,
    PendingEvent { event, .. }: &PendingEvent,
) {
    let link = escaped(&format!("{url}/issues/{}", event.number));
    let status = frame.status_word(event.status);
    let said = event.text.as_deref().unwrap_or_default();
    let mut content = vec![status.as_str(), &event.description, said];
    content.retain(|part| !part.trim().is_empty());
    let _ = write!(
        all,
        r#"<entry>
<id>{}</id>
<title>{}</title>
<updated>{at}</updated>
<published>{at}</published>
<link rel="alternate" type="text/html" href="{link}"/>
<category term="{}"/>
<content type="text">{}</content>
"#,
        escaped(&tag(url, event.at, &event.id.0.to_string())),
        escaped(&super::title_of(frame, event)),
        escaped(event.category.name()),
        escaped(&content.join("\n\n")),
        at = event.at,
    );
    if let Some(at) = event.believed_position() {
        let _ = writeln!(all, "<georss:point>{} {}</georss:point>", at.lat, at.lon);
    }
    all.push_str("</entry>\n");
}

/// The name of a thing that happened, for good (RFC 4151): whose site, since when, which.
fn tag(url: &str, at: Timestamp, id: &str) -> String {
    let host = host(url);
    let at = at.to_string();
    let day = at.split('T').next().unwrap_or("2026-01-01");
    format!("tag:{host},{day}:event/{id}")
}

/// A text as it stands in XML, in an element or an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => {
                out.push(c);
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup_and_nothing_breaks_the_feed() {
        assert_eq!(escaped("a<b> & \"c\" 'd'"), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
        assert_eq!(escaped("x\u{0}\u{1}\u{b}\u{1f}\u{fffe}\u{ffff}y\tz\n"), "xy\tz\n");
        assert_eq!(escaped("]]>\r"), "]]&gt;&#13;");
        assert_eq!(escaped("Łódź 🕳 中"), "Łódź 🕳 中");
    }

    #[test]
    fn a_thing_has_one_name_for_good() {
        let at = "2026-05-04T14:00:00Z".parse().unwrap();
        assert_eq!(tag("http://127.0.0.1:80", at, "x"), "tag:127.0.0.1,2026-05-04:event/x");
        assert_eq!(tag("https://city.example/w", at, "x"), "tag:city.example,2026-05-04:event/x");
    }
}
