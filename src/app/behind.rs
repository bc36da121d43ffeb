//! What doors ask of the channels behind them, which they do not know.

use std::sync::Arc;

use crate::channel::push::Pusher;
use crate::channel::webhook::Poster;
use crate::http::{PushDoor, WebhookDoor};

/// What the door to push subscriptions asks.
pub(super) fn push(pusher: &Arc<Pusher>) -> PushDoor {
    let judge = Arc::clone(pusher);
    let check = move |subscription: &_| judge.check(subscription).map_err(|e| e.to_string());
    PushDoor::new(pusher.public_key(), check)
}

/// What the door to webhooks asks.
pub(super) fn webhooks(poster: &Arc<Poster>) -> WebhookDoor {
    let judge = Arc::clone(poster);
    WebhookDoor::new(move |url| judge.written(url).map_err(|e| e.to_string()))
}
