//! Seats at the public stream: so many in all, and a few for each sender.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;

use super::super::Problem;
use super::super::sender::From;

/// How many listeners are served at once.
const IN_ALL: usize = 1_000;

/// How many of one sender: an office behind one address has several screens.
const FOR_ONE: usize = 10;

/// Who sits where.
#[derive(Debug, Default)]
pub struct Seats(Arc<Mutex<Taken>>);

type Taken = HashMap<IpAddr, usize>;

/// A seat that is taken until this is dropped.
#[derive(Debug)]
pub struct Seat {
    taken: Arc<Mutex<Taken>>,
    by: IpAddr,
}

impl Seats {
    /// # Errors
    /// When this sender has its share, or all seats are taken.
    pub fn take(&self, From(by): From) -> Result<Seat, Problem> {
        let mut taken = lock(&self.0);
        if taken.get(&by).is_some_and(|count| *count >= FOR_ONE) {
            let detail = format!("at most {FOR_ONE} listen from one address; close one of them");
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, detail));
        }
        if taken.values().sum::<usize>() >= IN_ALL {
            let detail = "too many listen already; try again later";
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail));
        }
        *taken.entry(by).or_default() += 1;
        Ok(Seat { taken: Arc::clone(&self.0), by })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        if let Some(count) = taken.get_mut(&self.by) {
            *count -= 1;
        }
        taken.retain(|_, count| *count > 0);
    }
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(n: usize) -> From {
        From(format!("10.0.{}.{}", n / 256, n % 256).parse().unwrap())
    }

    #[test]
    fn nobody_takes_more_than_a_share_and_who_leaves_makes_room() {
        let seats = Seats::default();
        let mut mine: Vec<Seat> = (0..FOR_ONE).map(|_| seats.take(sender(0)).unwrap()).collect();
        let refused = seats.take(sender(0)).unwrap_err();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        mine.pop();
        mine.push(seats.take(sender(0)).unwrap());
        let others: Vec<Seat> =
            (1..=IN_ALL - FOR_ONE).map(|n| seats.take(sender(n)).unwrap()).collect();
        let refused = seats.take(sender(5_000)).unwrap_err();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        drop((mine, others));
        assert!(lock(&seats.0).is_empty());
    }
}
