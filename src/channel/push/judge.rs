//! What a push service's reply means.

use crate::clock::Timestamp;
use crate::delivery::Outcome;
use crate::outbound::{Reply, retry_after};

/// RFC 8030, §5 and what the services really answer. Only 404 and 410 say that the subscription is
/// dead; whatever else is wrong is ours or the service's, and the person keeps the contact.
pub(super) fn judge(reply: &Reply, now: Timestamp) -> Outcome {
    let said = words(reply);
    let refused = |why: &str| Outcome::Refused { reason: format!("{why} ({said})") };
    match reply.status {
        200..=202 => Outcome::Sent { reply: said },
        404 | 410 => Outcome::Gone { reason: format!("the subscription has ended ({said})") },
        400 => refused("the push service did not understand us"),
        401 | 403 => refused("the push service did not accept our VAPID key; check it"),
        413 => Outcome::TooLarge { reason: format!("the note is too large ({said})") },
        408 | 425 | 429 | 500..=599 => {
            Outcome::Retry { after: retry_after(&reply.headers, now), reason: said }
        }
        300..=399 => refused("the push service sent us elsewhere, and we do not follow"),
        _ => refused("the push service did not take it"),
    }
}

/// The status and the first words of the body, on one line.
fn words(reply: &Reply) -> String {
    let body = String::from_utf8_lossy(&reply.body);
    let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
    let body: String = body.chars().filter(|c| !c.is_control()).take(200).collect();
    format!("{} {body}", reply.status).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, header};

    use super::*;

    fn now() -> Timestamp {
        "2026-05-04T09:30:00Z".parse().unwrap()
    }

    fn judged(status: u16, retry: Option<&'static str>) -> Outcome {
        let mut headers = HeaderMap::new();
        if let Some(retry) = retry {
            headers.insert(header::RETRY_AFTER, retry.parse().unwrap());
        }
        judge(&Reply { status, headers, body: Bytes::from_static(b" so\r\n it is ") }, now())
    }

    #[test]
    fn a_reply_says_what_to_do_next() {
        for status in [200, 201, 202] {
            let reply = format!("{status} so it is");
            assert_eq!(judged(status, None), Outcome::Sent { reply });
        }
        for status in [404, 410] {
            assert!(matches!(judged(status, None), Outcome::Gone { .. }), "{status}");
        }
        for status in [204, 302, 307, 400, 401, 403, 405, 422] {
            assert!(matches!(judged(status, None), Outcome::Refused { .. }), "{status}");
        }
        assert!(matches!(judged(413, None), Outcome::TooLarge { .. }));
        for status in [408, 429, 500, 502, 503, 504, 507] {
            assert!(matches!(judged(status, None), Outcome::Retry { after: None, .. }), "{status}");
        }
    }

    #[test]
    fn how_long_to_wait_is_read_in_seconds_and_as_a_date() {
        let after = |text| match judged(429, Some(text)) {
            Outcome::Retry { after, .. } => after.map(|d| d.as_secs()),
            other => panic!("{other:?}"),
        };
        assert_eq!(after("120"), Some(120));
        assert_eq!(after("Mon, 04 May 2026 09:31:30 GMT"), Some(90));
        assert_eq!(after("Mon, 04 May 2026 09:00:00 GMT"), Some(0));
        assert_eq!(after("soon"), None);
        assert_eq!(after("-3"), None);
    }
}
