//! Memory for pages and folios, from those that nobody reads any more.
//!
//! A change among a million areas replaces some hundred kilobytes. Given back to the allocator, these
//! come to lie in pieces between what stays: after some ten thousand changes the index had grown by a
//! third.

use std::collections::BTreeMap;
use std::sync::Arc;

/// How many rest at most; a change of one area replaces some sixty.
const RESTING: usize = 1_024;

#[derive(Default)]
pub(in super::super) struct Pool {
    /// Where words are put together before they get their place.
    pub scratch: Vec<u32>,
    /// By length.
    resting: BTreeMap<usize, Vec<Arc<[u32]>>>,
    count: usize,
}

impl Pool {
    /// Takes words that are replaced; the last reader may not be done.
    pub fn rest(&mut self, words: &Arc<[u32]>) {
        self.resting.entry(words.len()).or_default().push(Arc::clone(words));
        self.count += 1;
        if self.count > RESTING {
            self.forget_shortest();
        }
    }

    fn forget_shortest(&mut self) {
        let Some(mut shortest) = self.resting.first_entry() else { return };
        self.count -= usize::from(shortest.get_mut().pop().is_some());
        if shortest.get().is_empty() {
            shortest.remove();
        }
    }

    /// Gives what is in the scratch its place; what follows it there means nothing.
    pub fn placed(&mut self) -> Arc<[u32]> {
        // At most an eighth longer, a length that others have, too, so that one fits where another was.
        let step = (self.scratch.len() / 16).next_power_of_two().max(16);
        let length = self.scratch.len().next_multiple_of(step);
        self.scratch.resize(length, 0);
        for fitting in self.resting.range_mut(length..=length + length / 4).map(|(_, all)| all) {
            let free = fitting.iter().position(|words| Arc::strong_count(words) == 1);
            let Some(mut words) = free.map(|nth| fitting.swap_remove(nth)) else { continue };
            self.count -= 1;
            if let Some(room) = Arc::get_mut(&mut words) {
                room[..length].copy_from_slice(&self.scratch);
                return words;
            }
        }
        self.scratch.as_slice().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_read_is_not_written_over() {
        let mut pool = Pool::default();
        let placed = |pool: &mut Pool, word| {
            pool.scratch = vec![word; 32];
            pool.placed()
        };
        let old = placed(&mut pool, 1);
        pool.rest(&old);
        let new = placed(&mut pool, 2);
        assert_eq!((old[0], new[0]), (1, 2), "somebody reads the old one");
        let place = Arc::as_ptr(&old);
        drop(old);
        let newest = placed(&mut pool, 3);
        assert!(std::ptr::eq(place, Arc::as_ptr(&newest)) && newest[..] == [3; 32]);
        assert_eq!(new[0], 2);
    }
}
