use super::*;
use crate::message::Urgency;

fn pusher() -> Pusher {
    let outbound =
        outbound::Settings { allow_hosts: vec!["localhost:9000".to_owned()], ..Default::default() };
    let settings = Settings::new(VapidKey::generate().unwrap(), "mailto:311@example.org");
    Pusher::new(Outbound::new(outbound).unwrap(), settings).unwrap()
}

fn to(endpoint: &str) -> PushSubscription {
    Receiver::generate().unwrap().subscription(endpoint)
}

#[test]
fn only_known_push_services_and_allowed_hosts_are_served() {
    let pusher = pusher();
    for good in [
        "https://fcm.googleapis.com/fcm/send/x",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x",
        "https://wns2-by3p.notify.windows.com/w/?token=x",
        "http://localhost:9000/x",
    ] {
        assert_eq!(pusher.check(&to(good)), Ok(()), "{good}");
    }
    for bad in [
        "https://evil.example/x",
        "https://notfcm.googleapis.com.evil.example/x",
        "https://xfcm.googleapis.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "http://localhost:9001/x",
        "https:",
    ] {
        let checked = pusher.check(&to(bad));
        assert!(matches!(checked, Err(PushError::UnknownService(_))), "{bad}: {checked:?}");
    }
}

#[test]
fn a_token_is_made_once_per_origin_and_anew_before_it_ends() {
    let pusher = pusher();
    let at = |hour: u64| Timestamp::from_millis(0).plus(Duration::from_secs(hour * 3600));
    let token =
        |url: &str, hour| pusher.authorization(&outbound::origin(url).unwrap(), at(hour)).unwrap();
    let first = token("https://a.example/x", 100);
    assert_eq!(first, token("https://a.example:443/y?z", 110));
    assert_ne!(first, token("https://a.example:8443/x", 100), "the port belongs to the origin");
    assert_ne!(first, token("https://a.example/x", 111), "an hour before its end");
    let early = token("https://a.example/x", 5);
    assert_ne!(early, first, "a clock set back makes a token that is good now");
}

#[test]
fn a_topic_fits_the_rfc_and_tells_the_push_service_nothing() {
    let (ada, bo) = (to("https://a.example/a"), to("https://a.example/b"));
    let one = topic(&ada, "issue 26-000001");
    assert_eq!(one.len(), 32);
    assert!(one.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    assert_eq!(one, topic(&ada, "issue 26-000001"));
    assert_ne!(one, topic(&bo, "issue 26-000001"));
    assert_ne!(one, topic(&ada, "issue 26-000002"));
}

#[tokio::test]
async fn what_cannot_be_sent_is_never_dialled() {
    let pusher = pusher();
    let note = |payload: String| Note {
        payload,
        topic: "t".to_owned(),
        urgency: Urgency::Normal,
        ttl: Duration::from_mins(1),
    };
    let now = Timestamp::from_millis(0);
    let long = pusher.send(&to("http://localhost:9000/x"), &note("x".repeat(3_994)), now).await;
    assert!(matches!(long, Outcome::Refused { .. }), "{long:?}");
    let mut bent = to("http://localhost:9000/x");
    bent.p256dh[9] ^= 1;
    let dead = pusher.send(&bent, &note("x".to_owned()), now).await;
    assert!(matches!(dead, Outcome::Gone { .. }), "{dead:?}");
    let foreign = pusher.send(&to("https://evil.example/x"), &note("x".to_owned()), now).await;
    assert!(matches!(foreign, Outcome::Refused { .. }), "{foreign:?}");
}

#[test]
fn a_contact_that_is_no_address_is_refused() {
    let outbound = Outbound::new(outbound::Settings::default()).unwrap();
    for bad in ["", "ops@example.org", "mailto:", "http://example.org", "mailto:a@b\r\nX: y"] {
        let settings = Settings::new(VapidKey::generate().unwrap(), bad);
        let refused = Pusher::new(outbound.clone(), settings).unwrap_err();
        assert_eq!(refused, PushError::BadContact(bad.to_owned()));
    }
}
