//! What a digest says of itself in a list of mails.

use super::*;

fn after(kind: Kind) -> Told {
    let happenings = vec![happening(kind, "2026-05-04T14:12:00Z", Actor::Official, None)];
    Told { happenings, ..pothole() }
}

fn subject(items: Vec<Told>, more: usize) -> String {
    written(&sender(), &Content::Digest(Digest { items, more, ..digest() })).subject
}

#[test]
fn a_digests_subject_counts_what_it_is_opened_for_first() {
    let all = Kind::ALL.map(after).to_vec();
    let told = "Your day in Springfield: 1 new, 1 reopened, 1 with comments, and 43 more";
    assert_eq!(subject(all, 37), told);
}

#[test]
fn a_digest_of_one_issue_says_which() {
    let one = subject(vec![after(Kind::Opened)], 0);
    assert_eq!(one, "Your day in Springfield: Pothole reported – 1200 W Alder St");
    let closed = subject(vec![after(Kind::Closed)], 0);
    assert_eq!(closed, "Your day in Springfield: Pothole closed – 1200 W Alder St");
    let first_of_many = subject(vec![after(Kind::Opened)], 1);
    assert_eq!(first_of_many, "Your day in Springfield: 1 new, and one more");
}

#[test]
fn a_wards_office_is_not_the_city() {
    let said = |office: Option<&str>| Happening {
        office: office.map(str::to_owned),
        ..happening(Kind::Commented, "2026-05-04T14:12:00Z", Actor::Official, None)
    };
    let subject = |office| {
        let told = Told { happenings: vec![said(office)], ..pothole() };
        written(&sender(), &Content::Issue(told)).subject
    };
    assert_eq!(subject(None), "The city replied: Pothole – 1200 W Alder St");
    assert_eq!(subject(Some("12")), "The ward’s office replied: Pothole – 1200 W Alder St");
}
