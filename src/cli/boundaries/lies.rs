//! Where on earth a map lies, in words: whoever swaps the two numbers of a place reads it there.

use crate::geometry::Envelope;

/// Of a place no more is told than tells two sides of a box apart, to some ten metres.
const MOST_DECIMALS: usize = 4;

/// A box as people say it: “between 43.4 and 43.6 north, 87.1 and 86.9 west”.
pub(super) fn in_words(bounds: &Envelope) -> String {
    let sides = |decimals: usize| {
        let same = |a: f64, b: f64| format!("{a:.decimals$}") == format!("{b:.decimals$}");
        !same(bounds.south, bounds.north) && !same(bounds.west, bounds.east)
    };
    let decimals = (1..MOST_DECIMALS).find(|&decimals| sides(decimals)).unwrap_or(MOST_DECIMALS);
    let high = between(bounds.south, bounds.north, ["south", "north"], decimals);
    let wide = between(bounds.west, bounds.east, ["west", "east"], decimals);
    format!("between {high}, {wide}")
}

fn between(low: f64, high: f64, [minus, plus]: [&str; 2], decimals: usize) -> String {
    let side = |at: f64| if at < 0.0 { minus } else { plus };
    let number = |at: f64| format!("{:.decimals$}", at.abs());
    if side(low) == side(high) {
        format!("{} and {} {}", number(low), number(high), side(high))
    } else {
        format!("{} {} and {} {}", number(low), side(low), number(high), side(high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_told_to_the_decimal_that_tells_its_sides_apart() {
        let words = |west, south, east, north| in_words(&Envelope { west, south, east, north });
        for (told, expected) in [
            (words(-87.1, 43.4, -86.9, 43.6), "between 43.4 and 43.6 north, 87.1 and 86.9 west"),
            (words(43.4, -87.1, 43.6, -86.9), "between 87.1 and 86.9 south, 43.4 and 43.6 east"),
            (words(-0.5, -1.0, 0.3, 1.0), "between 1.0 south and 1.0 north, 0.5 west and 0.3 east"),
            (words(1.0, 4.0, 1.02, 4.01), "between 4.00 and 4.01 north, 1.00 and 1.02 east"),
            (words(1.0, 2.0, 1.0, 2.0), "between 2.0000 and 2.0000 north, 1.0000 and 1.0000 east"),
        ] {
            assert_eq!(told, expected);
        }
    }
}
