//! Webhooks: what is posted to them, and what follows from how they answer.

use crate::channel::webhook::Post;
use crate::clock::Timestamp;
use crate::delivery::{
    About, Contents, Delivery, DeliveryId, Lane, Road, Standing, Verdict, standing,
};
use crate::message::{Content, Stopped, compose_ping};
use crate::outbound;
use crate::random::Random;
use crate::store::{Claimed, ContactRow, Settled, StoreError, Tx};
use crate::watcher::{ContactId, ContactKind, WatcherId, Webhook};

use super::compose::{Desk, Parcel, dropped};

impl Desk {
    /// A message to a webhook, with all that signs it now.
    pub(super) fn post(&self, claimed: &Claimed, to: &Webhook, body: String) -> Parcel {
        let secrets = to.signing(self.now);
        let secrets = secrets.flat_map(|no| self.secrets.of_webhook(claimed.contact, no)).collect();
        Parcel::Webhook(Post {
            id: claimed.id.0,
            to: claimed.contact,
            owner: claimed.watcher,
            lane: claimed.lane,
            url: to.url.clone(),
            secrets,
            body,
        })
    }

    /// The question whether anybody answers.
    pub(super) fn ping(&self, claimed: &Claimed, to: &Webhook) -> Parcel {
        let (sender, reader) = (self.sender(claimed), self.reader(claimed));
        self.post(claimed, to, compose_ping(&sender, &reader, claimed.created))
    }

    /// That a webhook is told nothing more, unless it is again.
    pub(super) fn stopped(&self, claimed: &Claimed) -> Result<Content, Verdict> {
        let of = claimed.contents.webhook.and_then(|id| self.gathered.contacts.get(&id));
        let of = of.filter(|row| row.suspended || row.retired);
        let of = of.ok_or_else(|| dropped("the webhook was mended or deleted meanwhile"))?;
        Ok(Content::Stopped(Stopped {
            host: outbound::host(of.contact.address.text()),
            since: of.failing_at.unwrap_or(claimed.created),
            reason: of.why.clone().unwrap_or_default(),
        }))
    }
}

/// Writes what follows for webhooks from deliveries that have been settled, together with that.
pub(super) async fn follow(
    tx: &mut Tx,
    settled: impl Iterator<Item = &Settled>,
    random: &Random,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut settled: Vec<&Settled> =
        settled.filter(|one| one.kind == ContactKind::Webhook).collect();
    // Contact by contact, so that two who settle do not wait for each other; and first what was not taken.
    settled.sort_by_key(|one| (one.contact, matches!(one.verdict, Verdict::Sent { .. })));
    for one in settled {
        follow_one(tx, one, random, now).await?;
    }
    Ok(())
}

async fn follow_one(
    tx: &mut Tx,
    settled: &Settled,
    random: &Random,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (city, id) = (settled.held.city, settled.contact);
    let Some(row) = tx.contacts(city, &[id]).await?.pop() else { return Ok(()) };
    match standing(settled.about, &settled.verdict, row.failing_at, now) {
        Some(Standing::Agrees) => {
            tx.webhook_works(city, id).await?;
            tx.confirm_contact(city, id, now).await
        }
        // Another message of the same moment, that it did not take, was the last straw.
        Some(Standing::Works) if row.suspended => {
            tx.webhook_works(city, id).await?;
            tx.confirm_contact(city, id, now).await
        }
        Some(Standing::Works) if row.failing_at.is_some() => tx.webhook_works(city, id).await,
        Some(Standing::Fails) => tx.webhook_fails(city, id, now).await,
        Some(Standing::Stops) if row.confirmed => stop(tx, settled, &row, random, now).await,
        Some(Standing::Works | Standing::Stops) | None => Ok(()),
    }
}

/// Tells a webhook nothing more, and its owner so: by mail, or by push to those without.
async fn stop(
    tx: &mut Tx,
    settled: &Settled,
    row: &ContactRow,
    random: &Random,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (city, id, owner) = (settled.held.city, settled.contact, row.contact.watcher);
    let (Verdict::Dead { reason } | Verdict::Retired { reason }) = &settled.verdict else {
        return Ok(());
    };
    // Whoever does it tells it: two lanes may come to it at once.
    if !tx.suspend_contact(city, id, reason, now).await? {
        return Ok(());
    }
    let theirs = tx.roads_of(city, &[owner]).await?.remove(&owner).unwrap_or_default();
    let told = that_it_stopped((owner, id), &theirs, random, now);
    tx.put_deliveries(city, &told, now).await?;
    Ok(())
}

fn that_it_stopped(
    (owner, webhook): (WatcherId, ContactId),
    theirs: &[Road],
    random: &Random,
    now: Timestamp,
) -> Vec<Delivery> {
    let about = About::Stopped(random.uuid(now));
    let has_mail = theirs.iter().any(|road| road.kind == ContactKind::Mail);
    let by = if has_mail { ContactKind::Mail } else { ContactKind::Push };
    let roads = theirs.iter().filter(|road| road.kind == by);
    roads
        .map(|road| Delivery {
            id: DeliveryId(random.uuid(now)),
            about,
            watcher: owner,
            contact: road.contact,
            kind: road.kind,
            lane: Lane::AtOnce,
            contents: Contents { webhook: Some(webhook), ..Contents::default() },
            due: now,
        })
        .collect()
}
