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
use crate::delivery::{Lane, Outcome};
use crate::outbound::{self, Outbound, OutboundError};
use crate::token::WebhookSecret;
use crate::watcher::{ContactId, WatcherId};

/// Posts at most so many at once to one place, and for one person: who lets them hang must not hold the
/// hands of all others. What somebody waits for at a screen is counted by itself.
const TO_A_PLACE: usize = 16;
const FOR_A_PERSON: usize = 8;
/// When to come again to a place where so many are.
const A_MOMENT: Duration = Duration::from_secs(2);
/// However long a program asks us to stay away, we come again after this.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// One message, ready to be posted.
#[derive(Debug)]
pub struct Post {
    /// The delivery: the same however often it is tried.
    pub id: Uuid,
    pub to: ContactId,
    pub owner: WatcherId,
    pub lane: Lane,
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
    /// How many are being posted, by origin and by person.
    busy: Arc<Mutex<HashMap<String, usize>>>,
    /// Until when a program has asked us to stay away.
    pauses: Mutex<HashMap<ContactId, Timestamp>>,
}

impl Poster {
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, busy: Arc::default(), pauses: Mutex::default() }
    }

    /// The address as it would be dialled: for the door that takes it.
    ///
    /// # Errors
    /// Saying what about it is wrong.
    pub fn written(&self, url: &str) -> Result<String, OutboundError> {
        self.outbound.written(url)
    }

    /// Posts one message, once.
    pub async fn send(&self, post: &Post, now: Timestamp) -> Outcome {
        let origin = outbound::origin(&post.url);
        let (origin, host) = origin.map(|of| (of.text, of.host)).unwrap_or_default();
        if let Some(until) = self.paused_until(post.to, now) {
            let reason = format!("{host} has asked us to wait until {until}");
            return Outcome::Held { until, reason };
        }
        let Some(_places) = self.places(post, &origin) else {
            let reason = format!("{host} has too many messages to answer");
            return Outcome::Held { until: now.plus(A_MOMENT), reason };
        };
        let headers = match headers(post, now) {
            Ok(headers) => headers,
            Err(error) => return Outcome::Refused { reason: error.to_string() },
        };
        let body = post.body.clone();
        match self.outbound.post_for_status(&post.url, headers, body).await {
            Ok((status, headers)) => {
                let wait = wait(&headers, now);
                if let (429 | 503, Some(wait)) = (status, wait) {
                    self.pause(post.to, now.plus(wait), now);
                }
                judge(&host, status, wait)
            }
            // The door has looked at the address: it is the name that leads elsewhere now. Which names
            // there are in a network of ours is nobody's business.
            Err(OutboundError::Forbidden { .. }) => {
                let reason = format!("{host} could not be reached");
                Outcome::Retry { after: None, reason }
            }
            Err(error) => Outcome::Retry { after: None, reason: error.to_string() },
        }
    }

    fn places(&self, post: &Post, origin: &str) -> Option<[Place; 2]> {
        let urgent = if post.lane == Lane::Urgent { "urgent " } else { "" };
        let there = Place::take(&self.busy, format!("{urgent}{origin}"), TO_A_PLACE)?;
        let theirs = Place::take(&self.busy, format!("{urgent}{}", post.owner.0), FOR_A_PERSON)?;
        Some([there, theirs])
    }

    fn paused_until(&self, to: ContactId, now: Timestamp) -> Option<Timestamp> {
        let pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not keep us away for weeks.
        let lasts = |until: &Timestamp| *until > now && until.since(now) <= LONGEST_WAIT;
        pauses.get(&to).copied().filter(lasts)
    }

    fn pause(&self, to: ContactId, until: Timestamp, now: Timestamp) {
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        pauses.retain(|_, until| *until > now);
        pauses.insert(to, until);
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

/// A place among those that are posted to one origin or for one person; given back when dropped, so that a task that is
/// given up gives back its own.
struct Place {
    busy: Arc<Mutex<HashMap<String, usize>>>,
    of: String,
}

impl Place {
    fn take(busy: &Arc<Mutex<HashMap<String, usize>>>, of: String, most: usize) -> Option<Self> {
        let mut counts = busy.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(of.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Self { busy: Arc::clone(busy), of })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.of);
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
            (0..3).map(|_| Place::take(&busy, "x".into(), 3).unwrap()).collect();
        assert!(Place::take(&busy, "x".into(), 3).is_none());
        assert!(Place::take(&busy, "y".into(), 3).is_some());
        taken.pop();
        taken.push(Place::take(&busy, "x".into(), 3).unwrap());
        drop(taken);
        assert!(busy.lock().unwrap().is_empty());
    }
}
