//! Writes a letter from what is to be told.

use std::collections::BTreeMap;

use fluent_templates::fluent_bundle::FluentValue;

use crate::clock::Timestamp;
use crate::delivery::LISTED;
use crate::geometry::Units;
use crate::issue::{Actor, Kind};
use crate::watch::Rhythm;

use super::away::capital;
use super::clean::{line, paragraph, shorten, words};
use super::content::{
    Because, Confirm, Content, Digest, Fixed, Happening, Map, Reader, Sender, Told, Watched,
};
use super::keys::{count_key, did_key, group_key, kind_key, status_key, subject_key};
use super::letter::{Card, Group, Letter, Link, Question, Shown, Step, Why};
use super::words::{Key, Words};

/// How much of a person's own words is shown, in characters.
const TEXT_LIMIT: usize = 1_000;
const DIGEST_TEXT_LIMIT: usize = 280;
const PREHEADER_LIMIT: usize = 110;
/// Of how many kinds of news a digest's subject gives the number; a phone shows no more.
const SUBJECT_COUNTS: usize = 3;

/// One who knows the city, the reader's language and the time.
pub(super) struct Writer<'a> {
    pub(super) sender: &'a Sender,
    pub words: Words<'a>,
    pub(super) now: Timestamp,
}

impl<'a> Writer<'a> {
    pub(super) fn new(sender: &'a Sender, reader: &'a Reader, now: Timestamp) -> Self {
        Self { sender, words: Words::of(&reader.language), now }
    }

    pub(super) fn letter(&self, reader: &Reader, content: &Content) -> Letter {
        match content {
            Content::Issue(told) => self.issue(reader, told),
            Content::Digest(digest) => self.digest(reader, digest),
            Content::Confirm(confirm) => self.confirm(reader, confirm),
            Content::Fixed(fixed) => self.fixed(reader, fixed),
            Content::Stopped(stopped) => self.stopped(reader, stopped),
            Content::SignIn(sign_in) => self.sign_in(reader, sign_in),
            Content::Reach(reach) => self.reach(reader, reach),
        }
    }

    pub(super) fn blank(&self, reader: &Reader) -> Letter {
        let city = self.city();
        Letter {
            language: self.words.spoken(),
            subject: String::new(),
            preheader: String::new(),
            city_link: self.sender.public_url.clone(),
            title: String::new(),
            lead: String::new(),
            groups: Vec::new(),
            more: None,
            confirm: None,
            answers: Vec::new(),
            why_title: self.words.say(Key("why-title")),
            why: Vec::new(),
            footer: self.words.fill(Key("footer"), &[("city", city.clone().into())]),
            ways_out: vec![
                Link { words: self.words.say(Key("manage")), to: reader.manage_link.clone() },
                Link {
                    words: self.words.say(Key("stop-all")),
                    to: reader.unsubscribe_all_link.clone(),
                },
            ],
            city,
        }
    }

    fn issue(&self, reader: &Reader, told: &Told) -> Letter {
        let card = self.card(told, TEXT_LIMIT);
        let mut letter = Letter {
            subject: self.subject(told),
            preheader: shorten(&line(&self.gist(told)), PREHEADER_LIMIT),
            groups: vec![Group { heading: String::new(), cards: vec![card] }],
            why: self.why(&told.because),
            ..self.blank(reader)
        };
        let link = |words, path| Link {
            words: self.words.say(words),
            to: format!("{}/{path}", reader.manage_link),
        };
        letter.ways_out.insert(0, link(Key("mute-issue"), format!("mute/{}", told.number)));
        // Where it is the news: of what somebody said before it, "this person" would be another.
        if let Some(said) = told.happenings.last().and_then(|one| one.comment) {
            letter.ways_out.insert(0, link(Key("mute-author"), format!("commenter/{}", said.0)));
        }
        letter
    }

    fn digest(&self, reader: &Reader, digest: &Digest) -> Letter {
        let shown = &digest.items[..digest.items.len().min(LISTED)];
        let all = digest.items.len() + digest.more;
        let more = (all > shown.len()).then(|| Link {
            words: self.words.fill(Key("digest-more"), &[("count", (all - shown.len()).into())]),
            to: digest.link.clone(),
        });
        let firsts: Vec<String> = shown.iter().take(3).map(|told| self.name(told)).collect();
        let mut because: Vec<Because> = Vec::new();
        for one in shown.iter().flat_map(|told| &told.because) {
            if !because.iter().any(|known| known.unsubscribe_link == one.unsubscribe_link) {
                because.push(Because { near_ward: None, ..one.clone() });
            }
        }
        Letter {
            subject: self.digest_subject(digest),
            preheader: shorten(&firsts.join(" · "), PREHEADER_LIMIT),
            title: self.digest_title(digest.rhythm),
            lead: self.words.fill(Key("digest-lead"), &[("count", all.into())]),
            groups: self.groups(shown),
            more,
            why: self.why(&because),
            ..self.blank(reader)
        }
    }

    /// What somebody asked for, to whoever reads the address that they gave.
    fn asked(&self, watched: &Watched) -> String {
        let city = ("city", FluentValue::from(self.city()));
        match watched {
            Watched::Area => self.words.fill(Key("confirm-lead-area"), &[city]),
            Watched::Wards(wards) => {
                let names = ("wards", self.theirs(&wards.join(", ")).into());
                let gaps = [city, names, ("count", wards.len().into())];
                self.words.fill(Key("confirm-lead-wards"), &gaps)
            }
            Watched::Issue(number) => {
                let gaps = [city, ("number", line(number).into())];
                self.words.fill(Key("confirm-lead-issue"), &gaps)
            }
            Watched::Report { number, .. } => {
                let gaps = [city, ("number", line(number).into())];
                self.words.fill(Key("confirm-lead-report"), &gaps)
            }
        }
    }

    fn confirm(&self, reader: &Reader, confirm: &Confirm) -> Letter {
        let words = &self.words;
        let city = [("city", FluentValue::from(self.city()))];
        let code = [("code", FluentValue::from(confirm.code.as_str()))];
        let never = Link {
            words: words.say(Key("confirm-never")),
            to: reader.unsubscribe_all_link.clone(),
        };
        let page = match &confirm.watched {
            Watched::Report { link, .. } => {
                Some(Link { words: words.say(Key("issue-link")), to: link.clone() })
            }
            _ => None,
        };
        Letter {
            subject: self.confirm_subject(&confirm.watched),
            preheader: words.fill(Key("confirm-preheader"), &code),
            title: words.say(Key("confirm-title")),
            lead: self.asked(&confirm.watched),
            confirm: Some(Question {
                button: Link { words: words.say(Key("confirm-button")), to: confirm.link.clone() },
                code_words: words.say(Key("confirm-code")),
                code: confirm.code.clone(),
                ignore: words.say(Key("confirm-ignore")),
            }),
            footer: words.fill(Key("footer-confirm"), &city),
            ways_out: page.into_iter().chain([never]).collect(),
            ..self.blank(reader)
        }
    }

    /// To whoever reported it, some days after it was closed.
    fn fixed(&self, reader: &Reader, fixed: &Fixed) -> Letter {
        let words = &self.words;
        let told = &fixed.told;
        let closed = told.headline().map_or(self.now, |happening| happening.at);
        let when = words.moment(closed, self.now, &self.sender.zone);
        let answer = |key, answer: &str| Link {
            words: words.say(key),
            to: format!("{}?answer={answer}", fixed.link),
        };
        let card = self.card(told, DIGEST_TEXT_LIMIT);
        Letter {
            subject: self.fixed_subject(told),
            preheader: words.fill(Key("fixed-lead"), &[("when", when.clone().into())]),
            title: words.say(Key("fixed-title")),
            lead: words.fill(Key("fixed-lead"), &[("when", when.into())]),
            answers: vec![answer(Key("fixed-yes"), "fixed"), answer(Key("fixed-no"), "not_fixed")],
            groups: vec![Group { heading: words.say(Key("fixed-heading")), cards: vec![card] }],
            why: self.why(&told.because),
            ..self.blank(reader)
        }
    }

    pub(super) fn fixed_subject(&self, told: &Told) -> String {
        let gaps = [
            ("category", self.theirs(told.category.name()).into()),
            ("place", self.place(told).into()),
        ];
        self.words.fill(Key("subject-fixed"), &gaps)
    }

    /// Issues under what happened to them, in the order of a day's importance.
    fn groups(&self, items: &[Told]) -> Vec<Group> {
        let mut by_kind: BTreeMap<usize, (Kind, Vec<Card>)> = BTreeMap::new();
        for told in items {
            let kind = headline(told);
            let cards = by_kind.entry(rank(kind)).or_insert_with(|| (kind, Vec::new()));
            let mut card = self.card(told, DIGEST_TEXT_LIMIT);
            let names: Vec<String> =
                told.because.iter().map(|b| self.theirs(&b.watch_name)).collect();
            let watches = [("watches", names.join(", ").into())];
            card.watches = self.words.fill(Key("digest-watches"), &watches);
            cards.1.push(card);
        }
        let heading = |kind| self.words.say(group_key(kind));
        by_kind.into_values().map(|(kind, cards)| Group { heading: heading(kind), cards }).collect()
    }

    fn card(&self, told: &Told, limit: usize) -> Card {
        let kind = headline(told);
        let status = self.words.say(status_key(told.status));
        let facts = [("number", line(&told.number).into()), ("status", status.into())];
        Card {
            label: self.words.say(kind_key(kind)),
            tone: match kind {
                Kind::Opened | Kind::Reopened => "new",
                Kind::Closed | Kind::Merged | Kind::Hidden => "done",
                _ => "news",
            },
            title: self.theirs(told.category.name()),
            place: self.theirs(&told.address),
            away: capital(&self.away(told)),
            map: told.map.as_ref().map(|map| self.shown(told, map)),
            line: self.words.fill(Key("issue-line"), &facts),
            description: self.paragraph(&told.description, limit),
            steps: told.happenings.iter().map(|h| self.step(h, limit)).collect(),
            watches: String::new(),
            link: Link { words: self.words.say(Key("issue-link")), to: told.link.clone() },
        }
    }

    /// The map of an issue, with what it shows in words. Two pictures never have one id: what a mail
    /// program has kept of one is not shown for another.
    fn shown(&self, told: &Told, map: &Map) -> Shown {
        let host = line(&self.sender.list_host);
        let place = ("place", self.place(told).into());
        let away = self.away(told);
        Shown {
            id: format!("map-{}-{:016x}@{host}", told.issue.0, map.print()),
            alt: if away.is_empty() {
                self.words.fill(Key("map-alt"), &[place])
            } else {
                self.words.fill(Key("map-alt-away"), &[place, ("away", away.into())])
            },
        }
    }

    fn step(&self, happening: &Happening, limit: usize) -> Step {
        let voice = happening.actor.voice(happening.office.as_deref());
        let actor = [("actor", voice.into())];
        Step {
            what: self.words.fill(did_key(happening.kind), &actor),
            when: self.words.moment(happening.at, self.now, &self.sender.zone),
            text: self.paragraph(happening.text.as_deref().unwrap_or(""), limit),
        }
    }

    fn why(&self, because: &[Because]) -> Vec<Why> {
        let why = |because: &Because| {
            let watch = ("watch", self.theirs(&because.watch_name).into());
            let mut said = match &because.near_ward {
                Some(ward) => {
                    let gaps = [watch, ("ward", self.theirs(ward).into())];
                    self.words.fill(Key("because-line"), &gaps)
                }
                None => self.words.fill(Key("because-watch"), &[watch]),
            };
            if because.area_ended {
                said = format!("{said} {}", self.words.say(Key("because-area-ended")));
            }
            Why {
                words: said,
                stop: Link {
                    words: self.words.say(Key("stop-watch")),
                    to: because.unsubscribe_link.clone(),
                },
            }
        };
        because.iter().map(why).collect()
    }

    /// “Pothole reported – 1200 W Alder St”.
    pub(super) fn subject(&self, told: &Told) -> String {
        let voice = told.headline().map_or(Actor::Resident.name(), |happening| {
            happening.actor.voice(happening.office.as_deref())
        });
        self.words.fill(
            subject_key(headline(told)),
            &[
                ("category", self.theirs(told.category.name()).into()),
                ("place", shorten(&self.place(told), 80).into()),
                ("actor", voice.into()),
            ],
        )
    }

    /// “Your day in Springfield: 3 new, 1 closed”, or what happened to the one issue that there is.
    pub(super) fn digest_subject(&self, digest: &Digest) -> String {
        let counts = match &digest.items[..] {
            [one] if digest.more == 0 => self.subject(one),
            _ => self.counts(digest),
        };
        self.words.fill(
            Key("subject-digest"),
            &[
                ("rhythm", digest.rhythm.name().into()),
                ("city", self.city().into()),
                ("counts", counts.into()),
            ],
        )
    }

    fn counts(&self, digest: &Digest) -> String {
        let mut counts: BTreeMap<usize, (Kind, usize)> = BTreeMap::new();
        for kind in digest.items.iter().map(headline) {
            counts.entry(rank(kind)).or_insert((kind, 0)).1 += 1;
        }
        let count =
            |(kind, n): (Kind, usize)| self.words.fill(count_key(kind), &[("count", n.into())]);
        let more =
            digest.more + counts.values().skip(SUBJECT_COUNTS).map(|(_, n)| n).sum::<usize>();
        let mut counts: Vec<String> =
            counts.into_values().take(SUBJECT_COUNTS).map(count).collect();
        if more > 0 {
            counts.push(self.words.fill(Key("digest-more"), &[("count", more.into())]));
        }
        counts.join(", ")
    }

    pub(super) fn digest_title(&self, rhythm: Rhythm) -> String {
        let gaps = [("rhythm", rhythm.name().into()), ("city", self.city().into())];
        self.words.fill(Key("digest-title"), &gaps)
    }

    /// “Pothole, 1200 W Alder St”.
    pub(super) fn name(&self, told: &Told) -> String {
        format!("{}, {}", self.theirs(told.category.name()), self.place(told))
    }

    /// The words that say most: how far away it is, and what was said just now, or else what the
    /// issue is about.
    pub(super) fn gist(&self, told: &Told) -> String {
        let said = told.headline().and_then(|happening| happening.text.as_deref()).unwrap_or("");
        let gist = if said.trim().is_empty() { told.description.as_str() } else { said };
        let mut gist = vec![capital(&self.away(told)), self.paragraph(gist, TEXT_LIMIT)];
        gist.retain(|words| !words.is_empty());
        if gist.is_empty() { self.name(told) } else { gist.join(" · ") }
    }

    fn place(&self, told: &Told) -> String {
        let address = self.theirs(&told.address);
        let number = ("number", line(&told.number).into());
        match &told.ward {
            _ if !address.is_empty() => address,
            Some(ward) => {
                self.words.fill(Key("place-ward"), &[("ward", self.theirs(ward).into()), number])
            }
            None => self.words.fill(Key("place-number"), &[number]),
        }
    }

    /// “Please confirm that you want news from Springfield”. Nothing of what was typed at the
    /// sign-up stands in it: anybody may type anything, and the reader has agreed to nothing yet.
    pub(super) fn confirm_subject(&self, watched: &Watched) -> String {
        let city = ("city", self.city().into());
        match watched {
            Watched::Report { number, .. } => {
                let gaps = [city, ("number", line(number).into())];
                self.words.fill(Key("subject-confirm-report"), &gaps)
            }
            _ => self.words.fill(Key("subject-confirm"), &[city]),
        }
    }

    /// A person's own words, on one line.
    pub(super) fn theirs(&self, text: &str) -> String {
        words(text, &self.words.say(Key("link-left-out")))
    }

    fn paragraph(&self, text: &str, limit: usize) -> String {
        paragraph(text, limit, &self.words.say(Key("link-left-out")))
    }

    pub(super) fn units(&self) -> Units {
        self.sender.units
    }

    fn city(&self) -> String {
        line(&self.sender.city_name)
    }
}

pub(super) fn headline(told: &Told) -> Kind {
    told.headline().map_or(Kind::Updated, |happening| happening.kind)
}

/// The order of groups in a digest.
fn rank(kind: Kind) -> usize {
    const ORDER: [Kind; 9] = [
        Kind::Opened,
        Kind::Reopened,
        Kind::Commented,
        Kind::Updated,
        Kind::Closed,
        Kind::Moved,
        Kind::Merged,
        Kind::Voted,
        Kind::Hidden,
    ];
    ORDER.iter().position(|&k| k == kind).unwrap_or(ORDER.len())
}
