//! What the page shows to whoever opens it now: the latest issues and what they caused.
//!
//! The one rule: publishing never waits. A visitor too slow for the stream misses messages and gets
//! the present state with the next page; the engine is not held up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::{broadcast, watch};

use super::wire::{Landing, Mail, Push, Tally, Told, Wire};

/// Issues that the page still shows.
const ISSUES: usize = 24;
/// Mails and pushes kept per issue: enough to read, not a second mail store.
const PER_ISSUE: usize = 12;
/// Messages that a slow visitor may be behind.
const BACKLOG: usize = 2_048;

/// An issue and all that came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Card {
    pub landing: Landing,
    /// How many came to the same address one after the other and were held back there: a feed's
    /// geocoder falls back to few places, and a list of nothing else tells nobody anything.
    pub held: usize,
    pub told: Option<Told>,
    pub mails: Vec<Mail>,
    pub pushes: Vec<Push>,
}

/// The board's content at one moment, newest issue first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Snapshot {
    pub cards: Vec<Card>,
    pub tally: Tally,
}

/// Clones share one board.
#[derive(Clone, Debug)]
pub struct Board {
    kept: Arc<Mutex<Snapshot>>,
    sender: broadcast::Sender<Wire>,
    closing: watch::Sender<bool>,
}

impl Default for Board {
    fn default() -> Self {
        let (sender, closing) = (broadcast::Sender::new(BACKLOG), watch::Sender::new(false));
        Self { kept: Arc::default(), sender, closing }
    }
}

impl Board {
    /// Shows a message to everybody who watches, and keeps it for who comes later.
    pub fn publish(&self, wire: Wire) {
        let mut kept = self.lock();
        kept.keep(&wire);
        // Sent under the lock, so that a new visitor has each message once: in the page or in the
        // stream. An error only means that nobody has the page open.
        let _ = self.sender.send(wire);
    }

    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.lock().clone()
    }

    /// The present state and everything that is published after it, without a gap between them.
    #[must_use]
    pub fn follow(&self) -> (Snapshot, broadcast::Receiver<Wire>) {
        let kept = self.lock();
        (kept.clone(), self.sender.subscribe())
    }

    /// Ends all streams, so that a server that shuts down does not wait for its visitors.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Turns true once, when [`Board::close`] is called.
    #[must_use]
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Snapshot> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Snapshot {
    fn keep(&mut self, wire: &Wire) {
        match wire {
            Wire::Landed(landing) => {
                let is_held_there = |card: &Card| {
                    !landing.trouble.is_empty()
                        && card.landing.trouble == landing.trouble
                        && card.landing.address == landing.address
                };
                let before = self.cards.first().filter(|card| is_held_there(card));
                let held = before.map_or(0, |card| card.held) + 1;
                if held > 1 {
                    self.cards.remove(0);
                }
                let (landing, told, mails, pushes) = (landing.clone(), None, vec![], vec![]);
                self.cards.insert(0, Card { landing, held, told, mails, pushes });
                self.cards.truncate(ISSUES);
            }
            Wire::Told(told) => {
                if let Some(card) = self.card(&told.number) {
                    card.told = Some(told.clone());
                }
            }
            Wire::Mail(mail) => {
                if let Some(card) = self.card(&mail.number).filter(|c| c.mails.len() < PER_ISSUE) {
                    card.mails.push(mail.clone());
                }
            }
            Wire::Push(push) => {
                if let Some(card) = self.card(&push.number).filter(|c| c.pushes.len() < PER_ISSUE) {
                    card.pushes.push(push.clone());
                }
            }
            Wire::Tally(tally) => self.tally = *tally,
        }
    }

    fn card(&mut self, number: &str) -> Option<&mut Card> {
        self.cards.iter_mut().find(|card| card.landing.number == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::wire::Counts;

    fn landing(number: &str) -> Landing {
        Landing {
            number: number.into(),
            source_id: "df-1".into(),
            category: "Pothole".into(),
            mark: "road".into(),
            address: "12 N Alder Ave".into(),
            ward: "Ward 7".into(),
            description: String::new(),
            time: "9:41 am".into(),
            at: None,
            trouble: String::new(),
        }
    }

    #[test]
    fn what_is_held_at_one_address_is_one_card_and_buries_nothing() {
        let board = Board::default();
        board.publish(Wire::Landed(landing("26-000001")));
        for k in 2..60 {
            let trouble = "its place takes too much".to_owned();
            board.publish(Wire::Landed(Landing { trouble, ..landing(&format!("26-{k:06}")) }));
        }
        board.publish(Wire::Landed(landing("26-000060")));
        let cards = board.snapshot().cards;
        let seen: Vec<_> = cards.iter().map(|c| (&*c.landing.number, c.held)).collect();
        assert_eq!(seen, [("26-000060", 1), ("26-000059", 58), ("26-000001", 1)]);
    }

    #[test]
    fn a_late_visitor_sees_what_happened_and_an_early_one_hears_it() {
        let board = Board::default();
        let (_, mut early) = board.follow();
        for k in 0..30 {
            board.publish(Wire::Landed(landing(&format!("26-{k:06}"))));
        }
        let counts = Counts { at_once: 2, mails: 2, ..Counts::default() };
        board.publish(Wire::Told(Told::new("26-000029", counts, 40)));
        board.publish(Wire::Told(Told::new("26-000000", counts, 40)));
        let late = board.snapshot();
        assert_eq!(late.cards.len(), ISSUES);
        assert_eq!(late.cards[0].told.as_ref().unwrap().people, 2);
        assert_eq!(early.try_recv().unwrap().name(), "landed");
    }
}
