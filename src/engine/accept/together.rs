//! Which of the callers that wait share one transaction.

use super::Job;

/// How many notices one transaction takes at most.
const A_TRANSACTION: usize = 2_000;

/// Takes the first that waits, and all that may go with it.
pub(super) fn take_together(waiting: &mut Vec<Job>) -> Vec<Job> {
    let mut together: Vec<Job> = vec![];
    let mut left = vec![];
    let mut size = 0;
    for job in waiting.drain(..) {
        let fits = together.first().is_none_or(|first| {
            first.city.id == job.city.id
                && first.arrival == job.arrival
                && size + job.notices.len() <= A_TRANSACTION
        });
        if fits {
            size += job.notices.len();
            together.push(job);
        } else {
            left.push(job);
        }
    }
    *waiting = left;
    together
}
