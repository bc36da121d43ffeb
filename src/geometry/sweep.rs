//! A line swept from west to east over the edges of rings, to find what is wrong with them.
//!
//! Shamos and Hoey, "Geometric intersection problems" (1976), made to bear rings that touch: all
//! events are positions of the input and all comparisons are exact, so the order of the edges
//! under the line is right until the first crossing, and there the sweep ends. At every position
//! where several rings meet, their passages are matched like brackets: what does not nest
//! crosses. n log n comparisons; inserting shifts the edges above (a plain list: few at a time
//! lie under the line, and shifting is cheap).

use std::cmp::Ordering;

use super::polygon::Polygon;
use super::ring::side;
use super::{Flaw, Position};

type Flawed = (Flaw, Position);

#[derive(Clone, Copy)]
struct Edge {
    /// The western end; of a meridian the southern.
    left: Position,
    right: Position,
    ring: usize,
    /// Its place in the ring.
    index: usize,
    /// Whether the ring runs from left to right here: then the polygon lies above.
    forward: bool,
}

struct Ring {
    polygon: usize,
    hole: bool,
    edges: usize,
    seen: bool,
}

/// One passage of a ring through a position: at a corner, or in the middle of an edge.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Passage {
    ring: usize,
    /// The corner's number; edges are numbered after the corners.
    step: usize,
}

pub(super) struct Sweep {
    edges: Vec<Edge>,
    rings: Vec<Ring>,
    /// Edges under the line, from south to north.
    line: Vec<u32>,
    /// A forest over rings and the positions where rings of one polygon touch.
    groups: Vec<usize>,
    /// Found, but told only if no edges cross.
    misplaced: Option<Flawed>,
    disconnected: Option<Flawed>,
}

impl Sweep {
    pub fn over<'a>(polygons: impl IntoIterator<Item = &'a Polygon>) -> Self {
        let (mut edges, mut rings) = (Vec::new(), Vec::new());
        for (polygon, each) in polygons.into_iter().enumerate() {
            for (nth, ring) in each.rings().enumerate() {
                let count = ring.len() - 1;
                edges.extend(ring.windows(2).enumerate().map(|(index, pair)| {
                    let forward = before(pair[0], pair[1]) == Ordering::Less;
                    let (left, right) = if forward { (0, 1) } else { (1, 0) };
                    let (left, right) = (pair[left], pair[right]);
                    Edge { left, right, ring: rings.len(), index, forward }
                }));
                rings.push(Ring { polygon, hole: nth > 0, edges: count, seen: false });
            }
        }
        let groups = (0..rings.len()).collect();
        let line = Vec::new();
        Self { edges, rings, line, groups, misplaced: None, disconnected: None }
    }

    pub fn run(mut self) -> Result<(), Flawed> {
        let number = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
        let mut events: Vec<(Position, u32)> = Vec::with_capacity(2 * self.edges.len());
        for (i, edge) in self.edges.iter().enumerate() {
            events.extend([(edge.left, number(i)), (edge.right, number(i))]);
        }
        events.sort_unstable_by(|a, b| before(a.0, b.0));
        let mut starts = Vec::new();
        for group in events.chunk_by(|a, b| a.0 == b.0) {
            let at = group[0].0;
            starts.clear();
            starts.extend(group.iter().map(|e| e.1).filter(|&e| self.edge(e).left == at));
            self.step(at, &mut starts)?;
        }
        self.misplaced.or(self.disconnected).map_or(Ok(()), Err)
    }

    fn edge(&self, number: u32) -> Edge {
        self.edges[number as usize]
    }

    /// Moves the line over one position, at which the edges `starts` begin.
    fn step(&mut self, at: Position, starts: &mut Vec<u32>) -> Result<(), Flawed> {
        let turn = |e: u32| side(self.edge(e).left, self.edge(e).right, at);
        let low = self.line.partition_point(|&e| turn(e) > 0.0);
        let high = low + self.line[low..].partition_point(|&e| turn(e) == 0.0);
        // Edges that run through are cut in two here: one ends, one begins.
        let before = starts.len();
        starts.extend(self.line[low..high].iter().filter(|&&e| self.edge(e).right != at));
        if starts.len() > before + 1 {
            return Err((Flaw::Crossing, at));
        }
        let bearing = |a: u32, b: u32| side(at, self.edge(a).right, self.edge(b).right);
        starts.sort_unstable_by(|&a, &b| bearing(b, a).total_cmp(&0.0));
        if starts.windows(2).any(|w| bearing(w[0], w[1]) == 0.0) {
            return Err((Flaw::Overlap, at));
        }
        if starts.len() + high - low > 2 {
            self.meet(at, starts, low..high)?;
        }
        self.line.splice(low..high, starts.iter().copied());
        self.place_rings(at, low, starts);
        self.cross(low.checked_sub(1), low)?;
        let last = low + starts.len();
        if starts.is_empty() { Ok(()) } else { self.cross(last.checked_sub(1), last) }
    }

    /// Several passages through one position: they must nest, each ring may come once, and rings
    /// of one polygon may not close a circle.
    fn meet(
        &mut self,
        at: Position,
        starts: &[u32],
        ended: std::ops::Range<usize>,
    ) -> Result<(), Flawed> {
        let around = starts.iter().chain(self.line[ended].iter().rev());
        let mut open: Vec<Passage> = Vec::new();
        let mut closed: Vec<Passage> = Vec::new();
        for &edge in around {
            let passage = self.passage(edge, at);
            if open.last() == Some(&passage) {
                open.pop();
                closed.push(passage);
            } else {
                open.push(passage);
            }
        }
        if !open.is_empty() {
            return Err((Flaw::Crossing, at));
        }
        closed.sort_unstable_by_key(|p| (self.rings[p.ring].polygon, p.ring));
        if closed.windows(2).any(|w| w[0].ring == w[1].ring) {
            return Err((Flaw::RingTouchesItself, at));
        }
        for touching in
            closed.chunk_by(|a, b| self.rings[a.ring].polygon == self.rings[b.ring].polygon)
        {
            let here = self.groups.len();
            self.groups.push(here);
            for passage in touching {
                let (a, b) = (root(&mut self.groups, here), root(&mut self.groups, passage.ring));
                if a == b {
                    self.disconnected.get_or_insert((Flaw::Disconnected, at));
                }
                self.groups[a] = b;
            }
        }
        Ok(())
    }

    fn passage(&self, edge: u32, at: Position) -> Passage {
        let Edge { left, right, ring, index, forward } = self.edge(edge);
        let count = self.rings[ring].edges;
        let step = if at == left || at == right {
            if (at == left) == forward { index } else { (index + 1) % count }
        } else {
            count + index
        };
        Passage { ring, step }
    }

    /// Where a ring begins, the edge below says in what it lies.
    fn place_rings(&mut self, at: Position, low: usize, starts: &[u32]) {
        for (i, &start) in starts.iter().enumerate() {
            let ring = self.edge(start).ring;
            if std::mem::replace(&mut self.rings[ring].seen, true) {
                continue;
            }
            let below = (low + i).checked_sub(1).map(|under| self.edge(self.line[under]));
            let within = below.filter(|e| e.forward).map(|e| self.rings[e.ring].polygon);
            let Ring { polygon, hole, .. } = self.rings[ring];
            let flaw = match (hole, within) {
                (true, Some(around)) if around == polygon => continue,
                (false, None) => continue,
                (false, Some(_)) => Flaw::NestedShells,
                (true, _) => match below.map(|e| &self.rings[e.ring]) {
                    Some(under) if under.hole && under.polygon == polygon => Flaw::NestedHoles,
                    _ => Flaw::HoleOutside,
                },
            };
            self.misplaced.get_or_insert((flaw, at));
        }
    }

    /// Whether two edges that have become neighbours cross further on.
    fn cross(&self, lower: Option<usize>, upper: usize) -> Result<(), Flawed> {
        let edge = |i: usize| self.line.get(i).map(|&e| self.edge(e));
        let (Some(a), Some(b)) = (lower.and_then(edge), edge(upper)) else { return Ok(()) };
        let apart = |a: Edge, b: Edge| {
            let (left, right) = (side(a.left, a.right, b.left), side(a.left, a.right, b.right));
            left == 0.0 || right == 0.0 || (left > 0.0) == (right > 0.0)
        };
        if apart(a, b) || apart(b, a) { Ok(()) } else { Err((Flaw::Crossing, crossing(a, b))) }
    }
}

fn before(a: Position, b: Position) -> Ordering {
    a.lon
        .partial_cmp(&b.lon)
        .and_then(|o| Some(o.then(a.lat.partial_cmp(&b.lat)?)))
        .unwrap_or(Ordering::Equal)
}

fn root(groups: &mut [usize], mut of: usize) -> usize {
    while groups[of] != of {
        groups[of] = groups[groups[of]];
        of = groups[of];
    }
    of
}

/// About where two edges cross, for people to find it.
fn crossing(a: Edge, b: Edge) -> Position {
    let (dx, dy) = (a.right.lon - a.left.lon, a.right.lat - a.left.lat);
    let (ex, ey) = (b.right.lon - b.left.lon, b.right.lat - b.left.lat);
    let (fx, fy) = (b.left.lon - a.left.lon, b.left.lat - a.left.lat);
    let share = (fx * ey - fy * ex) / (dx * ey - dy * ex);
    if share.is_finite() {
        Position { lon: a.left.lon + share * dx, lat: a.left.lat + share * dy }
    } else {
        b.left
    }
}
