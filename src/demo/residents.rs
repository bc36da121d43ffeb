//! The demo's people, moved into the true store: who they are, and the browsers that open their
//! push messages.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::people::Person;
use super::run::DemoError;
use crate::channel::push::{PushError, Receiver, open};
use crate::engine::{Engine, NewWatch};
use crate::random::SplitMix;
use crate::store::City;
use crate::watch::WatchId;
use crate::watcher::Address;

/// How many people are written in one transaction.
const PEOPLE: usize = 500;

/// Everybody who lives here.
#[derive(Debug)]
pub struct Residents {
    names: Vec<String>,
    by_mail: HashMap<String, usize>,
    /// By the number that ends their push endpoint.
    browsers: HashMap<usize, Receiver>,
}

impl Residents {
    #[must_use]
    pub fn people(&self) -> usize {
        self.names.len()
    }

    /// The name of whoever reads mail at this address.
    #[must_use]
    pub fn reader_of(&self, address: &str) -> Option<&str> {
        self.by_mail.get(address).map(|&number| self.names[number].as_str())
    }

    /// Opens a push message as its receiver's browser would. Gives the receiver's name too.
    ///
    /// # Errors
    /// When there is no such browser, or the message is not for it.
    pub fn open_push(&self, number: usize, body: &[u8]) -> Result<(&str, Vec<u8>), PushError> {
        let browser = self.browsers.get(&number).ok_or(PushError::NotOpened("no such browser"))?;
        Ok((self.names[number].as_str(), open(browser, body)?))
    }
}

/// Moves people in, unless they are `at_home` already from an earlier run on the same directory.
pub(super) async fn move_in(
    engine: &Engine,
    city: &City,
    crowd: Vec<Person>,
    seed: u64,
    at: SocketAddr,
    at_home: bool,
) -> Result<Residents, DemoError> {
    let mut dice = SplitMix::new(seed ^ 0x7075_7368);
    let mut residents =
        Residents { names: vec![], by_mail: HashMap::new(), browsers: HashMap::new() };
    let mut batch = vec![];
    for (number, person) in crowd.into_iter().enumerate() {
        residents.names.push(person.name.clone());
        let mut addresses = vec![];
        if person.watches.iter().any(|watch| watch.via.mail) {
            let mail = person.email.parse().map_err(|e| DemoError::People(format!("{e}")))?;
            residents.by_mail.insert(person.email.clone(), number);
            addresses.push(Address::Mail(mail));
        }
        if person.push {
            let browser = browser(&mut dice).map_err(|e| DemoError::People(e.to_string()))?;
            let endpoint = format!("http://{at}/demo/push/{number}");
            addresses.push(Address::Push(browser.subscription(endpoint)));
            residents.browsers.insert(number, browser);
        }
        batch.push((addresses, watches_of(engine, person)));
        if batch.len() == PEOPLE && !at_home {
            engine.settle_in(city, std::mem::take(&mut batch)).await?;
        }
    }
    if !at_home {
        engine.settle_in(city, batch).await?;
    }
    Ok(residents)
}

fn watches_of(engine: &Engine, person: Person) -> Vec<NewWatch> {
    let now = engine.clock().now();
    let watch = |planned: super::people::PlannedWatch| NewWatch {
        id: WatchId(engine.random().uuid(now)),
        name: planned.name,
        target: planned.target,
        filter: planned.filter,
        rhythm: planned.rhythm,
        via: planned.via,
    };
    person.watches.into_iter().map(watch).collect()
}

/// A browser's keys from the dice, the same ones for the same seed.
fn browser(dice: &mut SplitMix) -> Result<Receiver, PushError> {
    let mut bytes = [0_u8; 48];
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&dice.bits().to_be_bytes());
    }
    let (mut scalar, mut auth) = ([0; 32], [0; 16]);
    scalar.copy_from_slice(&bytes[..32]);
    auth.copy_from_slice(&bytes[32..]);
    scalar[0] &= 0x7f; // below the order of P-256, whose first byte is 0xff
    Receiver::from_parts(&scalar, auth)
}
