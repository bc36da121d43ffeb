use super::*;

/// The tenth of March 2026, midnight UTC.
const NOW: Timestamp = Timestamp::from_millis(1_773_100_800_000);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn row(status: Status, changed: &str, closed: Option<&str>) -> Notice {
    Notice {
        source: "city".into(),
        source_id: "1".into(),
        version: None,
        said: Said::State { changed: Some(at(changed)), closed: closed.map(at) },
        at: at("2026-03-01T08:00:00Z"),
        actor: Actor::System,
        lets: None,
        desk: None,
        facts: Facts {
            category: Some("Pothole".into()),
            status: Some(status),
            position: Some(Position { lon: -87.65, lat: 41.88 }),
            ..Facts::default()
        },
    }
}

fn kinds(explained: &Explained) -> Vec<(Kind, String)> {
    explained.happenings.iter().map(|h| (h.kind, h.at.to_string())).collect()
}

#[test]
fn a_row_first_seen_closed_was_opened_and_closed_each_in_its_time() {
    let seen = row(Status::Closed, "2026-03-04T09:00:00Z", Some("2026-03-03T10:00:00Z"));
    let explained = explain(None, &seen, None, NOW).unwrap();
    assert_eq!(
        kinds(&explained),
        [
            (Kind::Opened, "2026-03-01T08:00:00Z".into()),
            (Kind::Closed, "2026-03-03T10:00:00Z".into()),
        ]
    );
    assert_eq!(explained.happenings[0].status, Status::Received);
    assert_eq!(explain(Some(&explained.standing), &seen, None, NOW), Err(Unexplained::NothingNew));
}

#[test]
fn a_row_closed_before_it_was_opened_was_closed_when_it_was_opened() {
    let seen = row(Status::Closed, "2026-03-01T08:00:00Z", Some("2026-02-01T00:00:00Z"));
    let explained = explain(None, &seen, None, NOW).unwrap();
    assert_eq!(explained.standing.closed_at, Some(at("2026-03-01T08:00:00Z")));
}

#[test]
fn a_changed_row_becomes_the_difference_and_an_older_one_nothing() {
    let first = explain(None, &row(Status::Received, "2026-03-01T08:00:00Z", None), None, NOW);
    let known = first.unwrap().standing;
    let mut moved = row(Status::InProgress, "2026-03-02T08:00:00Z", None);
    moved.facts.position = Some(Position { lon: -87.66, lat: 41.88 });
    let later = explain(Some(&known), &moved, None, NOW).unwrap();
    let happened: Vec<Kind> = later.happenings.iter().map(|h| h.kind).collect();
    assert_eq!(happened, [Kind::Moved, Kind::Updated]);
    let stale = row(Status::Received, "2026-03-01T09:00:00Z", None);
    assert_eq!(explain(Some(&later.standing), &stale, None, NOW), Err(Unexplained::NothingNew));
    let closed = row(Status::Closed, "2026-03-05T08:00:00Z", Some("2026-03-04T08:00:00Z"));
    let closed = explain(Some(&later.standing), &closed, None, NOW).unwrap();
    assert!(closed.happenings.iter().any(|h| h.kind == Kind::Closed));
    let reopened = row(Status::Received, "2026-03-06T08:00:00Z", None);
    let reopened = explain(Some(&closed.standing), &reopened, None, NOW).unwrap();
    assert_eq!(reopened.happenings[0].kind, Kind::Reopened);
    assert_eq!(reopened.standing.closed_at, None);
}

#[test]
fn what_neighbours_say_makes_the_citys_row_no_older() {
    let open = row(Status::Received, "2026-03-01T08:00:00Z", None);
    let known = explain(None, &open, None, NOW).unwrap().standing;
    let comment = Notice {
        said: Said::Event { kind: Kind::Commented, text: Some("Still there".into()) },
        at: at("2026-03-05T12:00:00Z"),
        facts: Facts::default(),
        ..open.clone()
    };
    let known = explain(Some(&known), &comment, None, NOW).unwrap().standing;
    let closed = row(Status::Closed, "2026-03-05T11:00:00Z", None);
    let closed = explain(Some(&known), &closed, None, NOW).unwrap();
    assert_eq!(kinds(&closed), [(Kind::Closed, "2026-03-05T11:00:00Z".into())]);
    assert_eq!(closed.standing.changed_at, at("2026-03-05T12:00:00Z"));
    assert_eq!(explain(Some(&closed.standing), &open, None, NOW), Err(Unexplained::NothingNew));
}

#[test]
fn a_row_from_the_future_freezes_nothing() {
    let hasty = row(Status::Received, "2030-01-01T00:00:00Z", None);
    let known = explain(None, &hasty, None, NOW).unwrap().standing;
    let closed = row(Status::Closed, "2026-03-11T00:00:00Z", None);
    assert!(explain(Some(&known), &closed, None, NOW).is_ok());
}

#[test]
fn a_row_that_does_not_say_when_it_changed_has_changed_now() {
    let undated = |status| Notice {
        said: Said::State { changed: None, closed: None },
        ..row(status, "2026-03-01T08:00:00Z", None)
    };
    let known = explain(None, &undated(Status::Received), None, NOW).unwrap().standing;
    let later = explain(Some(&known), &undated(Status::InProgress), None, NOW).unwrap();
    assert_eq!(kinds(&later), [(Kind::Updated, NOW.to_string())]);
}

#[test]
fn an_event_must_fit_its_issue() {
    let event = |kind| Notice {
        said: Said::Event { kind, text: None },
        facts: Facts::default(),
        ..row(Status::Received, "2026-03-01T08:00:00Z", None)
    };
    assert_eq!(explain(None, &event(Kind::Voted), None, NOW), Err(Unexplained::UnknownIssue));
    let open = explain(None, &event(Kind::Opened), None, NOW).unwrap().standing;
    assert_eq!(
        explain(Some(&open), &event(Kind::Opened), None, NOW),
        Err(Unexplained::AlreadyOpen)
    );
    assert_eq!(explain(Some(&open), &event(Kind::Voted), None, NOW).unwrap().standing.votes, 1);
    assert_eq!(
        explain(Some(&open), &event(Kind::Moved), None, NOW),
        Err(Unexplained::MovedNowhere)
    );
    assert_eq!(
        explain(Some(&open), &event(Kind::Reopened), None, NOW),
        Err(Unexplained::NothingNew)
    );
    let hidden = explain(Some(&open), &event(Kind::Hidden), None, NOW).unwrap().standing;
    assert_eq!(
        explain(Some(&hidden), &event(Kind::Hidden), None, NOW),
        Err(Unexplained::NothingNew)
    );
    for later in [
        event(Kind::Closed),
        event(Kind::Updated),
        row(Status::Closed, "2027-01-01T00:00:00Z", None),
    ] {
        let later =
            Notice { facts: Facts { description: Some("x".into()), ..later.facts }, ..later };
        assert!(explain(Some(&hidden), &later, None, NOW).unwrap().standing.hidden, "{later:?}");
    }
    let closed = explain(Some(&open), &event(Kind::Closed), None, NOW).unwrap().standing;
    assert_eq!(closed.status, Status::Closed);
    assert_eq!(
        explain(Some(&closed), &event(Kind::Closed), None, NOW),
        Err(Unexplained::NothingNew)
    );
    let filled = Said::Event { kind: Kind::Closed, text: Some("Filled".into()) };
    let again = Notice { said: filled, ..event(Kind::Closed) };
    assert_eq!(explain(Some(&closed), &again, None, NOW), Err(Unexplained::NothingNew));
    let hasty = Notice { at: NOW.plus(Duration::from_hours(25)), ..event(Kind::Opened) };
    assert_eq!(explain(None, &hasty, None, NOW), Err(Unexplained::InTheFuture));
}
