//! Webhooks, as Standard Webhooks describe them: a signed POST of JSON to a program of the reader's.
//!
//! The one rule: whoever answers 2xx has it, whoever answers 410 wants no more, and everything else is
//! tried again. Of an answer only its status is kept: the address is a stranger's choice, and what stands
//! there may be meant for nobody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::delivery::Outcome;
use crate::outbound::{self, Outbound, OutboundError};
use crate::token::WebhookSecret;

/// Posts at most so many at once to one place: one that hangs must not hold the hands of all others.
const AT_ONCE: usize = 16;
/// When to come again to a place where so many are.
const A_MOMENT: Duration = Duration::from_secs(2);
/// However long a program asks us to stay away, we come again after this.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// One message, ready to be posted.
#[derive(Debug)]
pub struct Post {
    /// The delivery: the same however often it is tried.
    pub id: Uuid,
    pub url: String,
    /// All that sign it, the newest first.
    pub secrets: Vec<WebhookSecret>,
    /// A JSON object.
    pub body: String,
}

/// The sender. One serves all tasks.
#[derive(Debug)]
pub struct Poster {
    outbound: Outbound,
    /// How many are being posted, by origin.
    busy: Arc<Mutex<HashMap<String, usize>>>,
}

impl Poster {
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, busy: Arc::default() }
    }

    /// Whether anything would be posted there at all: for the door that takes the address.
    ///
    /// # Errors
    /// Saying what about it is wrong.
    pub fn check(&self, url: &str) -> Result<(), OutboundError> {
        self.outbound.check(url)
    }

    /// Posts one message, once.
    pub async fn send(&self, post: &Post, now: Timestamp) -> Outcome {
        let origin = outbound::origin(&post.url);
        let (origin, host) = origin.map(|of| (of.text, of.host)).unwrap_or_default();
        let Some(_place) = Place::take(&self.busy, &origin) else {
            let reason = format!("{host} still has {AT_ONCE} messages to answer");
            return Outcome::Held { until: now.plus(A_MOMENT), reason };
        };
        let headers = match headers(post, now) {
            Ok(headers) => headers,
            Err(error) => return Outcome::Refused { reason: error.to_string() },
        };
        match self.outbound.post(&post.url, headers, post.body.clone()).await {
            Ok(reply) => judge(&host, reply.status, wait(&reply.headers, now)),
            // It has answered, only at length.
            Err(OutboundError::TooLarge { status, .. }) => judge(&host, status, None),
            Err(error @ OutboundError::Forbidden { .. }) => {
                Outcome::Refused { reason: error.to_string() }
            }
            Err(error) => Outcome::Retry { after: None, reason: error.to_string() },
        }
    }
}

fn headers(post: &Post, now: Timestamp) -> Result<HeaderMap, header::InvalidHeaderValue> {
    let seconds = now.as_millis().div_euclid(1_000);
    let sign = |secret: &WebhookSecret| secret.sign(post.id, seconds, post.body.as_bytes());
    let signatures: Vec<String> = post.secrets.iter().map(sign).collect();
    Ok(HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("webhook-id"), HeaderValue::try_from(post.id.to_string())?),
        (HeaderName::from_static("webhook-timestamp"), HeaderValue::from(seconds)),
        (
            HeaderName::from_static("webhook-signature"),
            HeaderValue::try_from(signatures.join(" "))?,
        ),
    ]))
}

fn judge(host: &str, status: u16, after: Option<Duration>) -> Outcome {
    match status {
        200..=299 => Outcome::Sent { reply: status.to_string() },
        410 => Outcome::Gone { reason: format!("{host} wants no more messages (410)") },
        300..=399 => Outcome::Retry {
            after: None,
            reason: format!("{host} sent us elsewhere ({status}), and we do not follow"),
        },
        _ => Outcome::Retry { after, reason: format!("{host} answered {status}") },
    }
}

/// How long its `Retry-After` asks us to wait.
fn wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    outbound::retry_after(headers, now).map(|wait| wait.min(LONGEST_WAIT))
}

/// A place among those that are posted to one origin; given back when dropped, so that a task that is
/// given up gives back its own.
struct Place {
    busy: Arc<Mutex<HashMap<String, usize>>>,
    origin: String,
}

impl Place {
    fn take(busy: &Arc<Mutex<HashMap<String, usize>>>, origin: &str) -> Option<Self> {
        let mut counts = busy.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(origin.to_owned()).or_default();
        if *count >= AT_ONCE {
            return None;
        }
        *count += 1;
        Some(Self { busy: Arc::clone(busy), origin: origin.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.origin) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.origin);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_what_to_do_next() {
        for status in [200, 202, 204] {
            assert!(matches!(judge("x.org", status, None), Outcome::Sent { .. }), "{status}");
        }
        assert!(matches!(judge("x.org", 410, None), Outcome::Gone { .. }));
        let minute = Some(Duration::from_mins(1));
        for status in [400, 401, 404, 408, 409, 429, 500, 503] {
            let again = matches!(
                judge("x.org", status, minute),
                Outcome::Retry { after, .. } if after == minute
            );
            assert!(again, "{status}");
        }
        assert!(matches!(judge("x.org", 302, None), Outcome::Retry { .. }));
    }

    #[test]
    fn one_place_holds_so_many_hands_and_no_more() {
        let busy = Arc::default();
        let mut taken: Vec<Place> =
            (0..AT_ONCE).map(|_| Place::take(&busy, "https://x.org").unwrap()).collect();
        assert!(Place::take(&busy, "https://x.org").is_none());
        assert!(Place::take(&busy, "https://y.org").is_some());
        taken.pop();
        taken.push(Place::take(&busy, "https://x.org").unwrap());
        drop(taken);
        assert!(busy.lock().unwrap().is_empty());
    }
}
