//! Mails about what a neighbor said, whose author its reader may want to hear no more of.

use super::*;
use crate::issue::EventId;

#[test]
fn a_comment_is_told_with_a_way_to_hear_no_more_of_its_author() {
    let said = |nth| Happening {
        comment: Some(EventId(Uuid::from_u128(nth))),
        ..happening(
            Kind::Commented,
            "2026-05-04T15:30:00Z",
            Actor::Resident,
            Some("It took my hubcap this morning. Is somebody coming?"),
        )
    };
    let told = Told { happenings: vec![said(6), said(7)], map: None, ..pothole() };
    snapshot("comment", &Content::Issue(told.clone()));
    let ways = written(&sender(), &Content::Issue(told)).ways_out;
    let commenters: Vec<_> = ways.iter().filter(|way| way.to.contains("/commenter/")).collect();
    assert_eq!(commenters.len(), 1, "the last one's: {ways:?}");
    assert!(commenters[0].to.ends_with(&Uuid::from_u128(7).to_string()), "{commenters:?}");
    // Not where somebody else has spoken since, of whom it would be read.
    let mut answered = light();
    answered.happenings.insert(0, said(6));
    let ways = written(&sender(), &Content::Issue(answered)).ways_out;
    assert!(ways.iter().all(|way| !way.to.contains("/commenter/")), "{ways:?}");
}
