//! The few colours of a picture, and which of them is nearest to any.

use super::canvas::Colour;

pub(super) struct Palette {
    pub colours: Vec<Colour>,
    /// The number of the nearest colour, by the upper five bits of red, green and blue.
    nearest: Vec<u8>,
}

impl Palette {
    pub fn new(colours: Vec<Colour>) -> Self {
        let far = |a: Colour, b: Colour| {
            let off = |k: usize| (i32::from(a[k]) - i32::from(b[k])).pow(2);
            off(0) + off(1) + off(2)
        };
        let middle = |five: usize| u8::try_from(five << 3 | 4).unwrap_or(u8::MAX);
        let number = |bits: usize| {
            let one = [middle(bits >> 10), middle(bits >> 5 & 31), middle(bits & 31)];
            let numbers = (0..).zip(&colours);
            numbers.min_by_key(|(_, colour)| far(one, **colour)).map_or(0, |(number, _)| number)
        };
        Self { nearest: (0..1 << 15).map(number).collect(), colours }
    }

    pub fn number(&self, colour: Colour) -> u8 {
        let [r, g, b] = colour.map(|part| usize::from(part >> 3));
        self.nearest[r << 10 | g << 5 | b]
    }
}
