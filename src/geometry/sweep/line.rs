//! The edges under a sweep line, from south to north, in portions: a plain list would shift half of
//! them at every change, and a ward of two million corners may have half a million there.

/// How many edges a portion has before it is cut in two.
const PORTION: usize = 1_024;

/// No portion is ever empty.
#[derive(Default)]
pub(super) struct Line {
    portions: Vec<Vec<u32>>,
}

/// A place before an edge, or at the end.
#[derive(Clone, Copy)]
pub(super) struct Place {
    portion: usize,
    nth: usize,
}

impl Line {
    /// The place before the first edge that does not lie `below`; all that do come first.
    pub fn after(&self, below: impl Fn(u32) -> bool) -> Place {
        let portion =
            self.portions.partition_point(|edges| edges.last().is_some_and(|&e| below(e)));
        let edges = self.portions.get(portion);
        let nth = edges.map_or(0, |edges| edges.partition_point(|&edge| below(edge)));
        Place { portion, nth }
    }

    /// The edges from that place on.
    pub fn from(&self, at: Place) -> impl Iterator<Item = u32> + '_ {
        let first = self.portions.get(at.portion).map_or(&[][..], |edges| &edges[at.nth..]);
        let rest = self.portions.iter().skip(at.portion + 1).flatten();
        first.iter().chain(rest).copied()
    }

    /// The edge just below that place.
    pub fn before(&self, at: Place) -> Option<u32> {
        match at.nth.checked_sub(1) {
            Some(nth) => self.portions.get(at.portion)?.get(nth).copied(),
            None => self.portions.get(at.portion.checked_sub(1)?)?.last().copied(),
        }
    }

    /// Takes so many edges away from that place on, and puts others there.
    pub fn replace(&mut self, at: Place, mut ended: usize, begun: &[u32]) {
        let Place { mut portion, mut nth } = at;
        while ended > 0 && portion < self.portions.len() {
            let edges = &mut self.portions[portion];
            let here = ended.min(edges.len() - nth);
            edges.drain(nth..nth + here);
            ended -= here;
            if edges.is_empty() {
                self.portions.remove(portion);
                nth = 0;
            } else if ended > 0 {
                (portion, nth) = (portion + 1, 0);
            }
        }
        self.insert(Place { portion, nth }, begun);
    }

    fn insert(&mut self, at: Place, begun: &[u32]) {
        if begun.is_empty() {
            return;
        }
        // At the end, or where a whole portion has gone, the one before takes them.
        let Place { portion, nth } = match at {
            Place { portion, nth: 0 } if portion > 0 => {
                Place { portion: portion - 1, nth: self.portions[portion - 1].len() }
            }
            at => at,
        };
        if self.portions.is_empty() {
            self.portions.push(vec![]);
        }
        let edges = &mut self.portions[portion];
        edges.splice(nth..nth, begun.iter().copied());
        if edges.len() > PORTION {
            let upper = edges.split_off(edges.len() / 2);
            self.portions.insert(portion + 1, upper);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn it_keeps_the_order_that_a_plain_list_would() {
        let random = Random::seeded(11);
        let (mut line, mut plain) = (Line::default(), Vec::<u32>::new());
        for round in 0..20_000_u32 {
            // Grows for a while, then shrinks to nothing.
            let value = u32::try_from(random.bits() % 1_000_000).unwrap();
            let at = plain.partition_point(|&edge| edge < value);
            let place = line.after(|edge| edge < value);
            assert_eq!(line.before(place), at.checked_sub(1).map(|below| plain[below]));
            assert_eq!(line.from(place).next(), plain.get(at).copied());
            let most = if round < 10_000 { 1 } else { 5 };
            let ended = usize::try_from(random.bits() % (most + 1)).unwrap().min(plain.len() - at);
            let begun: &[u32] = if round < 10_000 { &[value, value] } else { &[] };
            line.replace(place, ended, begun);
            plain.splice(at..at + ended, begun.iter().copied());
        }
        let start = Place { portion: 0, nth: 0 };
        assert_eq!(line.from(start).collect::<Vec<_>>(), plain);
        assert!(line.portions.iter().all(|edges| !edges.is_empty() && edges.len() <= PORTION + 2));
    }
}
