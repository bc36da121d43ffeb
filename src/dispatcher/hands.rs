//! What is being sent just now.

use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::{Id, JoinError, JoinSet};

use crate::delivery::DeliveryId;
use crate::issue::CityId;
use crate::store::Settled;

/// Settled together at most.
const A_SETTLE: usize = 200;

/// Deliveries in hand, each in a task of its own.
#[derive(Debug)]
pub(super) struct Hands {
    sending: JoinSet<Settled>,
    held: HashMap<Id, (CityId, DeliveryId)>,
    renewed: Instant,
}

impl Hands {
    pub fn new() -> Self {
        Self { sending: JoinSet::new(), held: HashMap::new(), renewed: Instant::now() }
    }

    /// Whether it is time to renew leases again, every `period`.
    pub fn renew_every(&mut self, period: Duration) -> bool {
        let due = self.renewed.elapsed() >= period;
        if due {
            self.renewed = Instant::now();
        }
        due
    }

    pub fn are_empty(&self) -> bool {
        self.sending.is_empty()
    }

    /// How many they hold.
    pub fn hold(&self) -> usize {
        self.sending.len()
    }

    /// Which deliveries they hold.
    pub fn held(&self) -> Vec<(CityId, DeliveryId)> {
        self.held.values().copied().collect()
    }

    pub fn take(
        &mut self,
        delivery: (CityId, DeliveryId),
        send: impl Future<Output = Settled> + Send + 'static,
    ) {
        let task = self.sending.spawn(send).id();
        self.held.insert(task, delivery);
    }

    /// Waits for one to end, and takes with it what else ends within a moment: outcomes are
    /// written together, and a straggler holds nobody up. Gives nothing when `news` comes first.
    pub async fn done(&mut self, news: impl Future<Output = ()>) -> Vec<Settled> {
        let mut settled = vec![];
        let first = tokio::select! {
            biased;
            ended = self.sending.join_next_with_id() => ended,
            () = news => None,
        };
        self.put_down(first, &mut settled);
        let moment = tokio::time::sleep(Duration::from_millis(10));
        tokio::pin!(moment);
        while !settled.is_empty() && settled.len() < A_SETTLE {
            tokio::select! {
                biased;
                ended = self.sending.join_next_with_id() => match ended {
                    None => break,
                    ended => self.put_down(ended, &mut settled),
                },
                () = &mut moment => break,
            }
        }
        settled
    }

    fn put_down(
        &mut self,
        ended: Option<Result<(Id, Settled), JoinError>>,
        settled: &mut Vec<Settled>,
    ) {
        match ended {
            None => {}
            Some(Ok((task, one))) => {
                self.held.remove(&task);
                settled.push(one);
            }
            Some(Err(error)) => {
                // It keeps its lease, is renewed no more, and comes back.
                self.held.remove(&error.id());
                tracing::error!(%error, "sending broke");
            }
        }
    }
}
