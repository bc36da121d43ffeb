//! A line swept from west to east over the edges of rings, to find what is wrong with them.
//!
//! Shamos and Hoey, "Geometric intersection problems" (1976), made to bear rings that touch: all
//! events are positions of the input and all comparisons are exact, so the order of the edges
//! under the line is right until the first crossing, and there the sweep ends. At every position
//! where several rings meet, their passages are matched like brackets: what does not nest
//! crosses. n log n comparisons.

mod line;

use std::cell::Cell;
use std::cmp::Ordering;

use super::polygon::Polygon;
use super::ring::side;
use super::{Flaw, Position};
use line::Line;

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
    line: Line,
    /// A forest over rings and the positions where rings of one polygon touch.
    groups: Vec<usize>,
    /// Found, but told only if no edges cross.
    misplaced: Option<Flawed>,
    disconnected: Option<Flawed>,
    /// How many edges were looked at so far: the work, but for sorting.
    looks: Cell<u64>,
}

impl Sweep {
    pub fn over<'a>(polygons: impl IntoIterator<Item = &'a Polygon>) -> Self {
        let (mut edges, mut rings) = (Vec::new(), Vec::new());
        for (polygon, each) in polygons.into_iter().enumerate() {
            for (nth, ring) in each.rings().enumerate() {
                let count = ring.len() - 1;
                edges.extend(ring.edges().enumerate().map(|(index, (a, b))| {
                    let forward = before(a, b) == Ordering::Less;
                    let (left, right) = if forward { (a, b) } else { (b, a) };
                    Edge { left, right, ring: rings.len(), index, forward }
                }));
                rings.push(Ring { polygon, hole: nth > 0, edges: count, seen: false });
            }
        }
        let groups = (0..rings.len()).collect();
        let line = Line::default();
        let (misplaced, disconnected, looks) = (None, None, Cell::new(0));
        Self { edges, rings, line, groups, misplaced, disconnected, looks }
    }

    /// Sweeps once over everything.
    pub fn run(&mut self) -> Result<(), Flawed> {
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
        self.misplaced.take().or(self.disconnected.take()).map_or(Ok(()), Err)
    }

    fn edge(&self, number: u32) -> Edge {
        self.looks.set(self.looks.get() + 1);
        self.edges[number as usize]
    }

    /// Moves the line over one position, at which the edges `starts` begin.
    fn step(&mut self, at: Position, starts: &mut Vec<u32>) -> Result<(), Flawed> {
        let turn = |e: u32| side(self.edge(e).left, self.edge(e).right, at);
        let low = self.line.after(|e| turn(e) > 0.0);
        let ended: Vec<u32> = self.line.from(low).take_while(|&e| turn(e) == 0.0).collect();
        // Edges that run through are cut in two here: one ends, one begins.
        let before = starts.len();
        starts.extend(ended.iter().filter(|&&e| self.edge(e).right != at));
        if starts.len() > before + 1 {
            return Err((Flaw::Crossing, at));
        }
        let bearing = |a: u32, b: u32| side(at, self.edge(a).right, self.edge(b).right);
        starts.sort_unstable_by(|&a, &b| bearing(b, a).total_cmp(&0.0));
        if starts.windows(2).any(|w| bearing(w[0], w[1]) == 0.0) {
            return Err((Flaw::Overlap, at));
        }
        if starts.len() + ended.len() > 2 {
            self.meet(at, starts, &ended)?;
        }
        let (below, above) = (self.line.before(low), self.line.from(low).nth(ended.len()));
        self.line.replace(low, ended.len(), starts);
        self.place_rings(at, below, starts);
        self.cross(below, starts.first().copied().or(above))?;
        starts.last().map_or(Ok(()), |&last| self.cross(Some(last), above))
    }

    /// Several passages through one position: they must nest, each ring may come once, and rings
    /// of one polygon may not close a circle.
    fn meet(&mut self, at: Position, starts: &[u32], ended: &[u32]) -> Result<(), Flawed> {
        let around = starts.iter().chain(ended.iter().rev());
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
    fn place_rings(&mut self, at: Position, below: Option<u32>, starts: &[u32]) {
        let unders = std::iter::once(below).chain(starts.iter().copied().map(Some));
        for (&start, under) in starts.iter().zip(unders) {
            let ring = self.edge(start).ring;
            if std::mem::replace(&mut self.rings[ring].seen, true) {
                continue;
            }
            let below = under.map(|under| self.edge(under));
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
    fn cross(&self, lower: Option<u32>, upper: Option<u32>) -> Result<(), Flawed> {
        let (Some(a), Some(b)) = (lower, upper) else { return Ok(()) };
        let (a, b) = (self.edge(a), self.edge(b));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// How many edges the sweep looks at for a ring of these corners, which is valid.
    fn looks(corners: Vec<(f64, f64)>) -> u64 {
        let first = corners[0];
        let ring = corners.into_iter().chain([first]);
        let ring = ring.map(|(lon, lat)| Position { lon, lat }).collect();
        let polygon = Polygon::new(vec![ring]).unwrap();
        let mut sweep = Sweep::over([&polygon]);
        assert!(sweep.run().is_ok());
        sweep.looks.get()
    }

    /// A star around the middle: few edges under the line at a time.
    fn star(corners: u32) -> Vec<(f64, f64)> {
        let corner = |i: u32| {
            let angle = f64::from(i) / f64::from(corners) * std::f64::consts::TAU;
            let radius = 1.0 + f64::from(i.wrapping_mul(2_654_435_761) >> 20) / 8192.0;
            (radius * angle.cos(), radius * angle.sin())
        };
        (0..corners).map(corner).collect()
    }

    /// A comb whose teeth run along the sweep: all edges lie under the line at once.
    fn comb(corners: u32) -> Vec<(f64, f64)> {
        let teeth = corners / 4;
        let tooth = |i: u32| {
            let low = f64::from(i) / f64::from(teeth);
            let high = low + 0.5 / f64::from(teeth);
            [(1.0, low), (9.0, low), (9.0, high), (1.0, high)]
        };
        (0..teeth).flat_map(tooth).chain([(0.0, 1.0), (0.0, 0.0)]).collect()
    }

    #[test]
    fn sixteen_times_the_corners_take_little_more_than_sixteen_times_the_work() {
        for draw in [star, comb] {
            let [few, many] = [4_000, 64_000].map(|corners| looks(draw(corners)));
            // n log n: sixteen times the corners, and four more steps in each search.
            assert!(many < few * 24, "{few} looks for 4,000 corners, {many} for 64,000");
            assert!(many < 64_000 * 200, "{many} looks");
        }
    }
}
