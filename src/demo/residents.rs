//! The demo's people, moved into the true store: who they are, and the browsers that open their
//! push messages.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::people::{Browser, Person};
use super::run::DemoError;
use crate::channel::push::{PushError, Receiver, open};
use crate::engine::Engine;
use crate::store::City;

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
    let failed = |error: &dyn std::fmt::Display| DemoError::People(error.to_string());
    let mut dice = Browser::dice(seed);
    let mut residents =
        Residents { names: vec![], by_mail: HashMap::new(), browsers: HashMap::new() };
    let mut batch = vec![];
    for (number, person) in crowd.into_iter().enumerate() {
        residents.names.push(person.name.clone());
        residents.by_mail.insert(person.email.clone(), number);
        let mut subscription = None;
        if person.push {
            let browser = Browser::throw(&mut dice).map_err(|e| failed(&e))?.receiver;
            subscription = Some(browser.subscription(format!("http://{at}/demo/push/{number}")));
            residents.browsers.insert(number, browser);
        }
        batch.push(person.newcomer(engine, subscription).map_err(|e| failed(&e))?);
        if batch.len() == PEOPLE && !at_home {
            engine.settle_in(city, std::mem::take(&mut batch)).await?;
        }
    }
    if !at_home {
        engine.settle_in(city, batch).await?;
    }
    Ok(residents)
}
