//! Letters in the shapes that mail servers write, and letters that nobody should.

use base64::Engine;
use proptest::prelude::*;

use super::*;

/// A letter from `tests/bounces`, by the shape of whose reports it has.
macro_rules! letter {
    ($name:literal) => {
        include_str!(concat!("../../tests/bounces/", $name, ".eml"))
    };
}

fn ada() -> EmailAddress {
    "ada@people.example".parse().unwrap()
}

fn means(letter: &str) -> Result<Return, Idle> {
    Letter::read(letter.as_bytes()).means(&ada())
}

/// Which kind of thing follows, and why.
fn kind(letter: &str) -> (&'static str, String) {
    match means(letter) {
        Ok(said) => {
            let kind = match &said {
                Return::Gone { .. } => "gone",
                Return::NotNow { .. } => "not now",
                Return::Unwanted { .. } => "unwanted",
                Return::Complaint { .. } => "complaint",
            };
            (kind, said.reason().to_owned())
        }
        Err(why) => ("nothing", format!("{why:?}")),
    }
}

#[test]
fn reports_are_understood_whoever_wrote_them() {
    for (letter, meant, reason) in [
        (letter!("postfix"), "gone", "5.1.1 unknown user: \"ada\""),
        (letter!("exim"), "gone", "550 5.1.1 … no mailbox of that name"),
        (
            letter!("exchange"),
            "gone",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient … not found by SMTP address lookup",
        ),
        (
            letter!("gmail"),
            "gone",
            "550-5.1.1 The email account that you tried to reach does not exist. Please try \
             550-5.1.1 double-checking the recipient's email address for typos or 550 5.1.1 \
             unnecessary spaces.",
        ),
        (letter!("full"), "not now", "552 5.2.2 … over quota"),
        (
            letter!("postfix_expired"),
            "not now",
            "4.4.1 connect to mx.people.example[192.0.2.20]:25: Connection timed out",
        ),
        (letter!("qmail"), "not now", "Sorry, no mailbox here by that name. (#5.1.1)"),
        (letter!("postfix_delayed"), "nothing", "Delayed"),
        (letter!("expanded"), "nothing", "Delivered"),
        (letter!("vacation"), "nothing", "AutoReply"),
        (letter!("answer"), "nothing", "NoReport"),
        (letter!("receipt"), "nothing", "Receipt"),
        (letter!("complaint"), "complaint", "its reader reported it (abuse)"),
    ] {
        assert_eq!(kind(letter), (meant, reason.to_owned()), "{}", &letter[..200]);
    }
    assert_eq!(kind(letter!("gmail_policy")).0, "unwanted");
    let (kind, reason) = kind(letter!("exim_words"));
    assert_eq!(kind, "not now");
    assert!(reason.starts_with("This message was created automatically"), "{reason}");
}

#[test]
fn who_is_gone_behind_an_alias_does_not_retire_the_alias() {
    assert_eq!(kind(letter!("alias")).0, "not now");
    let carl: EmailAddress = "Carl@Elsewhere.example".parse().unwrap();
    let said = Letter::read(letter!("alias").as_bytes()).means(&carl);
    assert!(matches!(said, Ok(Return::Gone { .. })), "{said:?}");
    // Two failed, the address itself and another that was only full.
    let two = letter!("postfix").replace(
        "Final-Recipient: rfc822; ada",
        "Final-Recipient: rfc822; carl@people.example\nAction: failed\nStatus: 5.2.2\n\n\
         Final-Recipient: rfc822; ada",
    );
    assert_eq!(kind(&two).0, "not now");
}

#[test]
fn a_complaint_that_is_none_silences_nobody() {
    for none in ["not-spam", "auth-failure"] {
        let letter =
            letter!("complaint").replace("Feedback-Type: abuse", &format!("Feedback-Type: {none}"));
        assert_eq!(kind(&letter), ("nothing", "Feedback".to_owned()));
    }
}

#[test]
fn every_letter_says_where_it_came_back_to() {
    for letter in [
        letter!("postfix"),
        letter!("exim"),
        letter!("exchange"),
        letter!("gmail"),
        letter!("qmail"),
        letter!("complaint"),
    ] {
        let back_to = Letter::read(letter.as_bytes()).back_to;
        assert!(back_to.iter().any(|text| text.contains("bounces+TOKEN@city.example")));
    }
}

#[test]
fn a_report_is_read_with_any_line_ends_and_in_any_coding() {
    let unix = letter!("exchange");
    let dos = unix.replace('\n', "\r\n");
    assert_eq!(means(&dos), means(unix));
    let plain = "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822;ada@people.example\n\
                 Action: failed\nStatus: 5.1.1\n";
    let report = |coding: &str, text: &str| {
        format!(
            "From: x\nContent-Type: MULTIPART/Report; Report-Type=\"delivery-status\" ; Boundary=b;\n\n\
             --b\nContent-Type: message/delivery-status; charset=x\n\
             Content-Transfer-Encoding: {coding}\n\n{text}\n--b--\n"
        )
    };
    let base64 = base64::engine::general_purpose::STANDARD.encode(plain);
    let quoted = plain.replace("5.1.1", "5=2E1.=\n1");
    for (coding, text) in [("7bit", plain), ("BASE64", &base64), ("Quoted-Printable", &quoted)] {
        assert_eq!(kind(&report(coding, text)), ("gone", "5.1.1".to_owned()), "{coding}");
    }
    // Cut off where a mail server had enough of it.
    let report = report("7bit", plain);
    assert_eq!(kind(report.trim_end().trim_end_matches("--b--")).0, "gone");
}

#[test]
fn a_returned_mail_is_not_believed_whatever_it_holds() {
    let inside = letter!("postfix");
    let forwarded = format!(
        "From: Eve <eve@people.example>\nContent-Type: multipart/mixed; boundary=out\n\n--out\n\
         Content-Type: message/rfc822\n\n{inside}\n--out--\n"
    );
    assert_eq!(kind(&forwarded), ("nothing", "NoReport".to_owned()));
}

#[test]
fn a_no_means_what_its_code_says_and_else_its_words() {
    use Meaning::{Gone, NotNow, Unwanted};
    for (status, code, text, meant) in [
        ("5.1.1", 550, "", Gone),
        ("5.1.2", 550, "bad destination", Gone),
        ("5.1.3", 501, "", Gone),
        ("5.1.6", 551, "moved", Gone),
        ("5.1.10", 550, "null MX", Gone),
        ("5.1.0", 550, "address rejected", NotNow),
        ("5.1.0", 550, "user unknown", Gone),
        ("5.1.7", 553, "", Unwanted),
        ("5.1.8", 550, "sender domain not found, user unknown", Unwanted),
        ("5.2.1", 550, "the account is disabled", Gone),
        ("5.2.1", 550, "receiving mail at a rate that prevents more", NotNow),
        ("5.2.2", 552, "full", NotNow),
        ("5.2.3", 552, "too long", Unwanted),
        ("5.3.4", 552, "too big", Unwanted),
        ("5.4.4", 550, "no route", NotNow),
        ("5.4.6", 550, "loop", NotNow),
        ("5.5.0", 550, "mailbox unavailable", NotNow),
        ("5.5.0", 550, "no such user here", Gone),
        ("5.6.1", 554, "", Unwanted),
        ("5.7.1", 550, "blocked, user unknown to us", Unwanted),
        ("4.2.2", 452, "over quota", NotNow),
        ("4.4.7", 550, "expired, user unknown", NotNow),
        ("5.0.0", 550, "User unknown in local recipient table", Gone),
        ("5.0.0", 554, "user unknown", NotNow),
        ("5.0.0", 554, "rejected as spam", Unwanted),
        ("", 550, "No such user here", Gone),
        ("", 550, "blocked using a list", Unwanted),
        ("", 550, "", NotNow),
    ] {
        let found = meaning(Status::leading(status), Some(code), text);
        assert_eq!(found, meant, "{status} {code} {text}");
    }
    for no_code in ["5.1", "5.1.1.1", "3.1.1", "a.b.c", "", "5..1", "65536.1.1"] {
        assert_eq!(Status::leading(no_code), None, "{no_code}");
    }
    assert!(Status::leading("#5.1.0: rejected").is_some(), "as some write it");
}

#[test]
fn hostile_letters_end_soon_and_say_nothing() {
    let began = std::time::Instant::now();
    let nested = |each: &str, times: usize| each.repeat(times);
    let multipart = "Content-Type: multipart/mixed; boundary=b\n\n--b\n";
    for letter in [
        String::new(),
        "\n".repeat(1 << 21),
        ":".repeat(1 << 21),
        "a: b\n".repeat(400_000),
        format!("a: b\n{}", " c\n".repeat(600_000)),
        nested("Content-Type: message/rfc822\n\n", 40_000),
        nested(multipart, 40_000),
        format!("{multipart}{}", "--b\n\n".repeat(200_000)),
        format!("{multipart}Content-Type: message/delivery-status\n\n{}", "\n\n".repeat(500_000)),
        format!(
            "{multipart}Content-Type: message/delivery-status\n\n{}",
            "Final-Recipient: rfc822;a@b\nAction: failed\n\n".repeat(40_000)
        ),
        format!("Content-Type: multipart/report; boundary=\"{}", "x".repeat(1 << 20)),
        format!("Content-Type: multipart/report; {}", "a=\"\";".repeat(200_000)),
        format!("From: mailer-daemon\n\n{}", "<a@b>:\n".repeat(200_000)),
    ] {
        let read = Letter::read(letter.as_bytes());
        assert!(!matches!(read.means(&ada()), Ok(Return::Gone { .. } | Return::Complaint { .. })));
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

proptest! {
    /// Whatever comes is read to an end; a reason is one line and has no address.
    #[test]
    fn nothing_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = Letter::read(&bytes).means(&ada());
    }

    #[test]
    fn a_bent_report_breaks_nothing(
        cut in 0..3_000_usize, at in 0..3_000_usize, put in "[\\x00-\\x7f]{0,9}|--|=|;|\n\n|é"
    ) {
        for letter in [letter!("postfix"), letter!("exchange"), letter!("complaint")] {
            let mut bent = letter.to_owned();
            bent.truncate(bent.floor_char_boundary(bent.len().saturating_sub(cut / 10)));
            bent.insert_str(bent.floor_char_boundary(at.min(bent.len())), &put);
            if let Ok(said) = Letter::read(bent.as_bytes()).means(&ada()) {
                prop_assert!(!said.reason().contains(['@', '\n', '\r']));
                prop_assert!(said.reason().chars().count() <= 300);
            }
        }
    }
}
