//! Memory for pages and folios, from those that nobody reads any more.
//!
//! A change among a million areas replaces some hundred kilobytes. Given back to the allocator, these
//! come to lie in pieces between what stays: after some ten thousand changes the index had grown by a
//! third.

use std::collections::BTreeMap;
use std::sync::Arc;

/// How many rest at most, and how many words they have together (4 MB); a change of one area among a million
/// replaces some sixty.
const RESTING: usize = 1_024;
const WORDS: usize = 1 << 20;

#[derive(Default)]
pub(in super::super) struct Pool {
    /// Where words are put together before they get their place.
    pub scratch: Vec<u32>,
    /// By length.
    resting: BTreeMap<usize, Vec<Arc<[u32]>>>,
    count: usize,
    words: usize,
}

impl Pool {
    /// Takes words that are replaced; the last reader may not be done.
    pub fn rest(&mut self, words: &Arc<[u32]>) {
        self.resting.entry(words.len()).or_default().push(Arc::clone(words));
        self.count += 1;
        self.words += words.len();
        if self.words > WORDS {
            let longest = self.resting.last_entry().and_then(|mut all| all.get_mut().pop());
            self.gone(longest.map(|words| words.len()));
        } else if self.count > RESTING {
            let shortest = self.resting.first_entry().and_then(|mut all| all.get_mut().pop());
            self.gone(shortest.map(|words| words.len()));
        }
    }

    /// One of this length rests no longer.
    fn gone(&mut self, length: Option<usize>) {
        let Some(length) = length else { return };
        self.count -= 1;
        self.words -= length;
        if self.resting.get(&length).is_some_and(Vec::is_empty) {
            self.resting.remove(&length);
        }
    }

    /// Gives what is in the scratch its place; what follows it there means nothing.
    pub fn placed(&mut self) -> Arc<[u32]> {
        // At most an eighth longer, a length that others have, too, so that one fits where another was.
        let step = (self.scratch.len() / 16).next_power_of_two().max(16);
        let length = self.scratch.len().next_multiple_of(step);
        self.scratch.resize(length, 0);
        let free = self.resting.range_mut(length..=length + length / 4).find_map(|(_, all)| {
            let free = all.iter().position(|words| Arc::strong_count(words) == 1)?;
            Some(all.swap_remove(free))
        });
        self.gone(free.as_ref().map(|words| words.len()));
        let mut words = free.unwrap_or_else(|| self.scratch.as_slice().into());
        match Arc::get_mut(&mut words) {
            Some(room) => room[..length].copy_from_slice(&self.scratch),
            None => words = self.scratch.as_slice().into(),
        }
        words
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

    #[test]
    fn what_rests_takes_little_room_whatever_its_length() {
        for length in [16, 1 << 14, 1 << 19, 1 << 21] {
            let mut pool = Pool::default();
            for _ in 0..2_000 {
                pool.rest(&vec![0; length].into());
                let all = pool.resting.values().flatten();
                let words: usize = all.clone().map(|words| words.len()).sum();
                assert_eq!((all.count(), words), (pool.count, pool.words));
                assert!(pool.count <= RESTING && pool.words <= WORDS);
            }
            assert!(pool.count > 0 || length > WORDS);
        }
    }
}
