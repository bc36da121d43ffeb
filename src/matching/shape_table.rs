//! Shapes by number, as a table of which many versions share what is alike.
//!
//! The one rule: a version never changes. Another one copies the way to what is other, 64 entries a
//! level.

use std::sync::Arc;

use crate::geometry::Shape;

const WIDTH: usize = 64;
const BITS: u32 = 6;

/// Which shape has which number.
#[derive(Clone, Default)]
pub(super) struct ShapeTable {
    root: Option<Arc<Node>>,
    /// How many levels of nodes there are above the leaves.
    height: u32,
    count: usize,
}

#[derive(Clone)]
enum Node {
    Above(Box<[Option<Arc<Node>>; WIDTH]>),
    Leaf(Box<[Option<Arc<Shape>>; WIDTH]>),
}

impl ShapeTable {
    pub fn len(&self) -> usize {
        self.count
    }

    #[inline]
    pub fn get(&self, number: u32) -> Option<&Arc<Shape>> {
        let mut node = self.root.as_deref()?;
        if number.unbounded_shr(BITS * (self.height + 1)) > 0 {
            return None;
        }
        let mut height = self.height;
        loop {
            let place = (number >> (BITS * height)) as usize % WIDTH;
            match node {
                Node::Above(nodes) => node = nodes[place].as_deref()?,
                Node::Leaf(shapes) => return shapes[place].as_ref(),
            }
            height -= 1;
        }
    }

    /// Gives a number another shape, or none; returns the one it had.
    pub fn set(&mut self, number: u32, shape: Option<Arc<Shape>>) -> Option<Arc<Shape>> {
        while number.unbounded_shr(BITS * (self.height + 1)) > 0 {
            let mut nodes = [const { None }; WIDTH];
            nodes[0] = self.root.take();
            self.root = Some(Arc::new(Node::Above(Box::new(nodes))));
            self.height += 1;
        }
        let comes = usize::from(shape.is_some());
        let had = put(&mut self.root, self.height, number, shape);
        self.count = self.count + comes - usize::from(had.is_some());
        had
    }

    /// All shapes with their numbers, in order.
    pub fn all(&self) -> Vec<(u32, Arc<Shape>)> {
        let mut all = Vec::with_capacity(self.count);
        if let Some(root) = &self.root {
            collect(root, 0, &mut all);
        }
        all
    }
}

fn collect(node: &Node, before: u32, all: &mut Vec<(u32, Arc<Shape>)>) {
    match node {
        Node::Above(nodes) => {
            for (place, node) in (0..).zip(nodes.iter()) {
                if let Some(node) = node {
                    collect(node, (before + place) << BITS, all);
                }
            }
        }
        Node::Leaf(shapes) => {
            let shapes = (before..).zip(shapes.iter());
            all.extend(
                shapes.filter_map(|(number, shape)| Some((number, Arc::clone(shape.as_ref()?)))),
            );
        }
    }
}

/// Nodes that no other version has are changed in place.
fn put(
    node: &mut Option<Arc<Node>>,
    height: u32,
    number: u32,
    shape: Option<Arc<Shape>>,
) -> Option<Arc<Shape>> {
    let node = node.get_or_insert_with(|| {
        Arc::new(if height == 0 {
            Node::Leaf(Box::new([const { None }; WIDTH]))
        } else {
            Node::Above(Box::new([const { None }; WIDTH]))
        })
    });
    let place = (number >> (BITS * height)) as usize % WIDTH;
    match Arc::make_mut(node) {
        Node::Leaf(shapes) => std::mem::replace(&mut shapes[place], shape),
        Node::Above(nodes) => put(&mut nodes[place], height - 1, number, shape),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Position;
    use crate::random::SplitMix;

    #[test]
    fn a_version_stays_as_it_is_while_another_is_made_of_it() {
        let shape = |n: u32| {
            let at = Position { lon: f64::from(n % 180), lat: 0.0 };
            Arc::new(Shape::circle(at, 10.0).unwrap())
        };
        let dice = &mut SplitMix::new(3);
        let mut table = ShapeTable::default();
        let mut truth = std::collections::BTreeSet::new();
        for _ in 0..4_000 {
            let number = u32::try_from(dice.below(9_000)).unwrap();
            let (before, held) = (table.clone(), truth.contains(&number));
            if dice.below(3) == 0 {
                assert_eq!(table.set(number, None).is_some(), held);
                truth.remove(&number);
            } else {
                assert_eq!(table.set(number, Some(shape(number))).is_some(), held);
                truth.insert(number);
            }
            assert_eq!(before.get(number).is_some(), held);
        }
        assert!(table.all().iter().map(|(number, _)| number).eq(&truth));
        assert_eq!(table.len(), truth.len());
        assert!(table.get(u32::MAX).is_none());
    }
}
