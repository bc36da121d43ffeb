//! Mail addresses and webhooks to which nothing is sent any more, as their owner sees them, and the one
//! button that sends again.

use uuid::Uuid;

use super::manage::Owner;
use super::{Doors, Problem};
use crate::outbound;
use crate::store::ContactRow;
use crate::watcher::{Address, ContactId};

/// A mail address of somebody's to which nothing is sent, or a webhook.
#[derive(Debug)]
pub struct Stilled {
    pub id: String,
    /// Of a webhook, its host.
    pub address: String,
    /// Why, as a sentence's key.
    pub why: &'static str,
    /// What its owner's word is enough for. Who is gone has to be asked anew, and who asked for it is
    /// not overruled by whoever holds another link.
    pub button: Option<Button>,
}

/// A button: what it sends, and what it says, as a sentence's key.
#[derive(Debug)]
pub struct Button {
    pub act: &'static str,
    pub says: &'static str,
}

impl Stilled {
    fn read(row: ContactRow) -> Option<Self> {
        if let Address::Webhook(hook) = &row.contact.address {
            let button = Button { act: "test_webhook", says: "page-stilled-test" };
            return (row.suspended || row.retired).then(|| Self {
                id: row.contact.id.0.to_string(),
                address: outbound::host(&hook.url),
                why: "page-stilled-webhook",
                button: Some(button),
            });
        }
        let why = match &row {
            ContactRow { silenced: true, .. } => "page-stilled-never",
            ContactRow { suspended: true, .. } => "page-stilled-suspended",
            ContactRow { retired: true, .. } => "page-stilled-gone",
            _ => return None,
        };
        let Address::Mail(address) = row.contact.address else { return None };
        Some(Self {
            id: row.contact.id.0.to_string(),
            address: address.as_str().to_owned(),
            why,
            button: row.suspended.then_some(Button { act: "go_on", says: "page-stilled-button" }),
        })
    }
}

impl Owner {
    async fn contacts(&self, doors: &Doors) -> Result<Vec<ContactRow>, Problem> {
        let mut tx = doors.engine().store().read().await?;
        Ok(tx.contacts_of(self.city.id, &[self.watcher]).await?)
    }

    pub(super) async fn stilled(&self, doors: &Doors) -> Result<Vec<Stilled>, Problem> {
        Ok(self.contacts(doors).await?.into_iter().filter_map(Stilled::read).collect())
    }

    /// Sends again to the address that the form names, if it is theirs; a test to a webhook.
    pub(super) async fn go_on(
        &self,
        doors: &Doors,
        pairs: &[(String, String)],
    ) -> Result<(), Problem> {
        let named = pairs.iter().find(|(name, _)| name == "contact");
        let id = named.and_then(|(_, value)| value.parse::<Uuid>().ok()).map(ContactId);
        let theirs = self.contacts(doors).await?;
        let theirs = theirs.iter().find(|row| Some(row.contact.id) == id);
        let Some(row) = theirs else {
            return Err(Problem::field("/contact", "is the id of an address of yours"));
        };
        if matches!(row.contact.address, Address::Webhook(_)) {
            return Ok(doors
                .engine()
                .test_webhook(&self.city, self.watcher, row.contact.id)
                .await?);
        }
        Ok(doors.engine().go_on(&self.city, row.contact.id).await?)
    }
}
