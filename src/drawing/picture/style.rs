//! The colours and widths of a picture in a mail.
//!
//! Few and quiet: the pin is the only strong one. The picture keeps its own light ground in a dark mail,
//! as a printed map would.

use std::sync::LazyLock;

use super::super::canvas::{Canvas, Colour, mixed};
use super::super::palette::Palette;
use super::super::png;
use super::PICTURE_HEIGHT;
use super::PICTURE_WIDTH;

pub(super) const LAND: Colour = [0xef, 0xeb, 0xe1];
/// Beyond the ward.
pub(super) const ELSEWHERE: Colour = [0xe0, 0xdf, 0xdd];
pub(super) const PARK: Colour = [0xc6, 0xdf, 0xb4];
pub(super) const WATER: Colour = [0xa9, 0xcd, 0xe6];
/// Without a rim of its own: each edge more is some kilobytes in every mail.
pub(super) const STREET: Colour = [0xff, 0xff, 0xff];
pub(super) const WARD: Colour = [0x6d, 0x46, 0x96];
pub(super) const TEXT: Colour = [0x2c, 0x38, 0x42];
pub(super) const HALO: Colour = [0xff, 0xff, 0xff];
pub(super) const PIN: Colour = [0xc8, 0x2a, 0x1e];

pub(super) const STREET_PX: f64 = 8.0;
pub(super) const AVENUE_PX: f64 = 14.0;
pub(super) const STREAM_PX: f64 = 7.0;
pub(super) const WARD_PX: f64 = 3.2;
/// Around letters.
pub(super) const RIM: f64 = 2.6;

/// The colours, and steps between those that meet.
static PALETTE: LazyLock<Palette> = LazyLock::new(|| {
    let mut colours = vec![LAND, ELSEWHERE, PARK, WATER, STREET, WARD, TEXT, PIN];
    for (under, ink, shares) in
        [(HALO, TEXT, &[0.33, 0.67][..]), (HALO, PIN, &[0.5]), (LAND, WARD, &[0.5])]
    {
        colours.extend(shares.iter().map(|share| mixed(under, ink, *share)));
    }
    Palette::new(colours)
});

/// The canvas as a PNG of these colours.
pub(super) fn encoded(canvas: &Canvas) -> Vec<u8> {
    let palette = &*PALETTE;
    let pixels: Vec<u8> = canvas.pixels().iter().map(|pixel| palette.number(*pixel)).collect();
    png::encode(PICTURE_WIDTH, PICTURE_HEIGHT, &palette.colours, &[], &pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_of_the_map_is_kept_as_it_is() {
        for colour in [LAND, ELSEWHERE, PARK, WATER, STREET, WARD, TEXT, HALO, PIN] {
            let number = PALETTE.number(colour);
            assert_eq!(PALETTE.colours[usize::from(number)], colour);
        }
        assert!(PALETTE.colours.len() <= 16, "four bits a pixel");
    }
}
