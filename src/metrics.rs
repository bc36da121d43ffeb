//! What an operator's graphs are drawn from, in Prometheus' text form.
//!
//! The one rule: a label never holds anything of a person: no address, no place, no watch.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// The program's metrics. Clones share them.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    accepted: Family<SourceLabels, Counter>,
    matching: Histogram,
    watches: Gauge,
    oldest_due: Gauge,
    outbox: Family<OutboxLabels, Gauge>,
    comments: Gauge,
    oldest_comment: Gauge,
    deliveries: Family<DeliveryLabels, Counter>,
    commits: CommitTimes,
}

/// How long the database took to make transactions durable. Clones share what they have seen.
#[derive(Clone, Debug)]
pub struct CommitTimes(Histogram);

impl Default for CommitTimes {
    fn default() -> Self {
        Self(Histogram::new(COMMIT_BUCKETS))
    }
}

impl CommitTimes {
    pub fn took(&self, time: Duration) {
        self.0.observe(time.as_secs_f64());
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(…)")
    }
}

/// A word that is known when the program is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Word(&'static str);

impl EncodeLabelValue for Word {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        self.0.encode(encoder)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    /// The route's pattern, never the path itself: paths hold tokens.
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabels {
    source: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    channel: Word,
    outcome: Word,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutboxLabels {
    channel: Word,
    state: Word,
}

/// Seconds: from a cached page to a stuck database.
const REQUEST_BUCKETS: [f64; 9] = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0];

/// Seconds: a batch of events against ten areas, or against a million.
const MATCH_BUCKETS: [f64; 8] = [0.0001, 0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0];

/// Seconds: from a disk that caches to one that is worn out.
const COMMIT_BUCKETS: [f64; 8] = [0.0005, 0.002, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0];

fn request_histogram() -> Histogram {
    Histogram::new(REQUEST_BUCKETS)
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Arc::default(),
            requests: Family::new_with_constructor(request_histogram),
            accepted: Family::default(),
            matching: Histogram::new(MATCH_BUCKETS),
            watches: Gauge::default(),
            oldest_due: Gauge::default(),
            outbox: Family::default(),
            comments: Gauge::default(),
            oldest_comment: Gauge::default(),
            deliveries: Family::default(),
            commits: CommitTimes::default(),
        };
        let mut registry = Registry::default();
        registry.register(
            "http_server_request_duration_seconds",
            "How long requests took",
            metrics.requests.clone(),
        );
        registry.register("events_accepted", "Issue events stored", metrics.accepted.clone());
        registry.register(
            "match_duration_seconds",
            "How long a batch of events took to match",
            metrics.matching.clone(),
        );
        registry.register("watches", "Watches in the index", metrics.watches.clone());
        registry.register(
            "outbox_oldest_due_seconds",
            "How long the oldest delivery has waited: the alarm",
            metrics.oldest_due.clone(),
        );
        registry.register(
            "outbox_deliveries",
            "Deliveries that wait, and dead ones that an operator may try again",
            metrics.outbox.clone(),
        );
        registry.register(
            "comments_waiting",
            "Comments that wait until somebody has read them",
            metrics.comments.clone(),
        );
        registry.register(
            "comments_oldest_seconds",
            "How long the oldest of them has waited",
            metrics.oldest_comment.clone(),
        );
        registry.register("deliveries", "Attempts by outcome", metrics.deliveries.clone());
        registry.register(
            "db_commit_duration_seconds",
            "How long the database took to make a transaction durable",
            metrics.commits.0.clone(),
        );
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "This program", version);
        Self { registry: Arc::new(registry), ..metrics }
    }
}

impl Metrics {
    /// For the store, whose commits are told.
    #[must_use]
    pub fn commits(&self) -> CommitTimes {
        self.commits.clone()
    }

    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = RequestLabels { method: method.into(), route: route.into(), status };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    pub fn accepted(&self, source: &str, events: u64) {
        let labels = SourceLabels { source: source.into() };
        self.accepted.get_or_create(&labels).inc_by(events);
    }

    pub fn matched(&self, took: Duration) {
        self.matching.observe(took.as_secs_f64());
    }

    pub fn watches(&self, count: usize) {
        self.watches.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// `None` when nothing is due.
    pub fn oldest_due(&self, since: Option<Duration>) {
        let seconds = since.map_or(0, |since| since.as_secs());
        self.oldest_due.set(i64::try_from(seconds).unwrap_or(i64::MAX));
    }

    /// How many comments wait to be read, and how long the oldest has.
    pub fn comments(&self, count: i64, oldest: Option<Duration>) {
        self.comments.set(count);
        let seconds = oldest.map_or(0, |oldest| oldest.as_secs());
        self.oldest_comment.set(i64::try_from(seconds).unwrap_or(i64::MAX));
    }

    /// How many deliveries of a channel wait, or are dead.
    pub fn outbox(&self, channel: &'static str, state: &'static str, count: i64) {
        self.outbox
            .get_or_create(&OutboxLabels { channel: Word(channel), state: Word(state) })
            .set(count);
    }

    pub fn attempt(&self, channel: &'static str, outcome: &'static str) {
        let labels = DeliveryLabels { channel: Word(channel), outcome: Word(outcome) };
        self.deliveries.get_or_create(&labels).inc();
    }

    /// All of it as text (`application/openmetrics-text`, version 1.0.0).
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An alert on a name that nobody writes never fires.
    #[test]
    fn every_alert_asks_for_numbers_that_are_there() {
        let metrics = Metrics::default();
        metrics.accepted("api", 1);
        metrics.attempt("mail", "sent");
        metrics.outbox("mail", "dead", 0);
        metrics.request("GET", "/healthz", 200, Duration::ZERO);
        metrics.matched(Duration::ZERO);
        let text = metrics.text();
        let written: Vec<&str> =
            text.lines().filter_map(|line| line.split([' ', '{']).next()).collect();
        let rules = include_str!("../docs/alerts.yml");
        let asked: Vec<&str> = rules
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
            .filter(|word| {
                let ends = ["_total", "_seconds", "_bucket", "_count", "_deliveries"];
                ends.iter().any(|end| word.ends_with(end))
            })
            .collect();
        assert!(asked.len() >= 8, "{asked:?}");
        for name in asked {
            assert!(written.contains(&name), "no {name} in:\n{text}");
        }
    }

    #[test]
    fn what_is_counted_is_written() {
        let metrics = Metrics::default();
        metrics.accepted("api", 3);
        metrics.attempt("mail", "sent");
        metrics.request("GET", "/healthz", 200, Duration::from_millis(3));
        let text = metrics.text();
        for line in [
            "events_accepted_total{source=\"api\"} 3",
            "deliveries_total{channel=\"mail\",outcome=\"sent\"} 1",
            "build_info{version=",
        ] {
            assert!(text.contains(line), "{line} is missing in:\n{text}");
        }
    }
}
