//! Mails that came back, and what follows for their contacts.

use super::{Engine, EngineError};
use crate::bounce::{Idle, Letter};
use crate::clock::Timestamp;
use crate::delivery::{Follows, RETURN_SPAN, Return, follows};
use crate::store::{City, DeliveryState, Tx};
use crate::token::{MailMark, WayBack};
use crate::watcher::{Address, ContactId};

/// What somebody reports of a mail.
#[derive(Clone, Debug)]
pub struct Report {
    pub contact: ContactId,
    /// Which mail, where that is known.
    pub mail: Option<MailMark>,
    pub said: Return,
    /// When it came back.
    pub at: Timestamp,
}

/// What followed from a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// Nobody has such a contact any more.
    Unknown,
    /// It is from before the contact last agreed.
    Outdated,
    /// Nothing is sent to it any more.
    Retired,
    /// Nothing is sent to it until its owner says so.
    Suspended,
    /// It is never mailed again.
    Silenced,
    /// Mails have come back on so many days.
    Counted { days: usize },
    /// The contact stays as it is; the operator may see why the mail was refused.
    Noted,
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It came to no address that we have sealed, or to that of a mail which was never sent, or long ago.
    Stranger,
    /// Nothing follows from it.
    Idle(Idle),
    /// What followed, and the mail server's words, without addresses.
    Done(Consequence, String),
}

impl Engine {
    /// Takes a letter that came to an address for mails that come back: the recipient, where the
    /// mail server names it, else what the letter itself says.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_letter(
        &self,
        city: &City,
        recipient: Option<&str>,
        letter: Letter,
    ) -> Result<Taken, EngineError> {
        let mut addresses = recipient.into_iter().chain(letter.back_to.iter().map(String::as_str));
        let find = |text| WayBack::find(text, city.id, &self.inner.secrets);
        let Some(WayBack { contact, mail }) = addresses.find_map(find) else {
            return Ok(Taken::Stranger);
        };
        let mut tx = self.inner.store.read().await?;
        // Whoever has seen such an address once could write reports for ever; and what a report says
        // held when its mail was sent, whatever has been agreed since.
        let since = self.inner.clock.now().minus(RETURN_SPAN);
        let mailed = tx.mailed_since(city.id, contact, since).await?;
        let sent = mailed.into_iter().filter(|(id, _)| MailMark::of(*id) == mail);
        let Some(at) = sent.map(|(_, at)| at).max() else { return Ok(Taken::Stranger) };
        let known = tx.contacts(city.id, &[contact]).await?.pop();
        drop(tx);
        let Some(Address::Mail(address)) = known.map(|known| known.contact.address) else {
            return Ok(Taken::Done(Consequence::Unknown, String::new()));
        };
        let said = match letter.means(&address) {
            Ok(said) => said,
            Err(why) => return Ok(Taken::Idle(why)),
        };
        let reason = said.reason().to_owned();
        let report = Report { contact, mail: Some(mail), said, at };
        Ok(Taken::Done(self.came_back(city, report).await?, reason))
    }

    /// Takes a report of a mail, with what follows from it, in one transaction. The same report
    /// again changes nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn came_back(&self, city: &City, report: Report) -> Result<Consequence, EngineError> {
        let Report { contact, mail, said, at } = report;
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        let Some(known) = tx.contacts(city.id, &[contact]).await?.pop() else {
            return Ok(Consequence::Unknown);
        };
        if known.confirmed_at.is_some_and(|agreed| at < agreed) {
            return Ok(Consequence::Outdated);
        }
        if let Some(mail) = mail {
            end_delivery(&mut tx, city, contact, mail, &said, now).await?;
        }
        let mut times = vec![];
        if let Return::NotNow { .. } = said {
            let day = at.as_millis().div_euclid(24 * 3_600_000).to_be_bytes();
            let mail = mail.map_or(day.to_vec(), |mail| mail.bytes().to_vec());
            times = tx.note_return(city.id, contact, &mail, at, now.minus(RETURN_SPAN)).await?;
        }
        let consequence = match follows(&said, &times, &city.zone) {
            Follows::Retire { reason } => {
                tx.retire_contact(city.id, contact, &reason, now).await?;
                Consequence::Retired
            }
            Follows::Suspend { reason } if !known.never_agreed() => {
                tx.suspend_contact(city.id, contact, &reason, now).await?;
                Consequence::Suspended
            }
            // Somebody who never agreed is asked a question now and then, and not answered.
            Follows::Suspend { .. } | Follows::Stays => Consequence::Noted,
            Follows::Counted { days } => Consequence::Counted { days },
            Follows::Silence => {
                self.silence(tx, city, known).await?;
                return Ok(Consequence::Silenced);
            }
        };
        tx.commit().await?;
        Ok(consequence)
    }

    /// Sends again to a contact whose mails came back, for its owner says so. One that is not
    /// suspended stays as it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn go_on(&self, city: &City, contact: ContactId) -> Result<(), EngineError> {
        let mut tx = self.changing(city.id).await?;
        if tx.contacts(city.id, &[contact]).await?.pop().is_some_and(|known| known.suspended) {
            tx.confirm_contact(city.id, contact, self.inner.clock.now()).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Writes to a delivery that was taken what became of it: dead, so that an operator sees it and can
/// try again, unless nobody is there to get it.
async fn end_delivery(
    tx: &mut Tx,
    city: &City,
    contact: ContactId,
    mail: MailMark,
    said: &Return,
    now: Timestamp,
) -> Result<(), EngineError> {
    let state = match said {
        // It was delivered, and read.
        Return::Complaint { .. } => return Ok(()),
        Return::Gone { .. } => DeliveryState::Retired,
        Return::NotNow { .. } | Return::Unwanted { .. } => DeliveryState::Dead,
    };
    let why = format!("came back: {}", said.reason());
    for delivery in tx.taken_since(city.id, contact, now.minus(RETURN_SPAN)).await? {
        if MailMark::of(delivery) == mail {
            tx.end_otherwise(city.id, delivery, state, &why, now).await?;
        }
    }
    Ok(())
}
