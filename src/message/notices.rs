//! Letters about how somebody is reached, and not about an issue.

use super::clean::line;
use super::content::{Reach, Reader, SignIn, Stopped};
use super::letter::{Letter, Link};
use super::words::Key;
use super::writer::Writer;

impl Writer<'_> {
    /// To the owner of a webhook that takes nothing.
    pub(super) fn stopped(&self, reader: &Reader, stopped: &Stopped) -> Letter {
        let words = &self.words;
        let page = Link { words: words.say(Key("stopped-page")), to: reader.manage_link.clone() };
        Letter {
            subject: self.stopped_subject(stopped),
            preheader: words.say(Key("stopped-preheader")),
            title: words.say(Key("stopped-title")),
            lead: self.stopped_lead(stopped),
            answers: vec![page],
            ..self.blank(reader)
        }
    }

    pub(super) fn stopped_subject(&self, stopped: &Stopped) -> String {
        self.words.fill(Key("subject-stopped"), &[("host", line(&stopped.host).into())])
    }

    pub(super) fn stopped_lead(&self, stopped: &Stopped) -> String {
        let since = self.words.moment(stopped.since, self.now, &self.sender.zone);
        let gaps = [
            ("host", line(&stopped.host).into()),
            ("when", since.into()),
            ("reason", line(&stopped.reason).into()),
        ];
        self.words.fill(Key("stopped-lead"), &gaps)
    }

    /// To somebody who wants to sign in. It offers no way out of anything: whoever did not ask has nothing to
    /// end.
    pub(super) fn sign_in(&self, reader: &Reader, sign_in: &SignIn) -> Letter {
        let words = &self.words;
        let minutes = [("minutes", sign_in.minutes.into())];
        let city = [("city", line(&self.sender.city_name).into())];
        Letter {
            subject: self.sign_in_subject(),
            preheader: words.fill(Key("sign-in-preheader"), &minutes),
            title: words.say(Key("sign-in-title")),
            lead: words.fill(Key("sign-in-lead"), &minutes),
            answers: vec![Link { words: words.say(Key("sign-in-link")), to: sign_in.link.clone() }],
            footer: words.fill(Key("footer-sign-in"), &city),
            ways_out: vec![],
            ..self.blank(reader)
        }
    }

    pub(super) fn sign_in_subject(&self) -> String {
        self.words.fill(Key("subject-sign-in"), &[("city", line(&self.sender.city_name).into())])
    }

    /// To an address that somebody says is theirs, too. Its reader may be anybody, and is shown nothing of
    /// whoever asked.
    pub(super) fn reach(&self, reader: &Reader, reach: &Reach) -> Letter {
        let words = &self.words;
        let city = [("city", line(&self.sender.city_name).into())];
        let never = Link {
            words: words.say(Key("confirm-never")),
            to: reader.unsubscribe_all_link.clone(),
        };
        Letter {
            subject: self.reach_subject(),
            preheader: words.say(Key("address-preheader")),
            title: words.say(Key("address-title")),
            lead: words.say(Key("address-lead")),
            answers: vec![Link { words: words.say(Key("address-link")), to: reach.link.clone() }],
            footer: words.fill(Key("footer-confirm"), &city),
            ways_out: vec![never],
            ..self.blank(reader)
        }
    }

    pub(super) fn reach_subject(&self) -> String {
        self.words.fill(Key("subject-address"), &[("city", line(&self.sender.city_name).into())])
    }
}
