//! Tiles of the ground, which lie beneath the maps that people move.
//!
//! The one rule: a tile is ink and no paper. Between streets the page shows, light or dark, so one tile
//! is right for both. Names are left out: they would be cut where two tiles meet.

use std::sync::LazyLock;

use super::Point;
use super::canvas::{Canvas, Colour, mixed};
use super::ground::{Bounds, Drawn, Ground, What};
use super::palette::Palette;
use super::png;

/// Pixels along a side. A tile is shown half as large, and so sharp on a phone.
const SIDE: usize = 512;
/// The middle of a side.
const HALF: f64 = 256.0;
/// So many pixels beside a tile is looked for lines that reach into it.
const MARGIN: f64 = 40.0;
/// An area of fewer pixels is not seen.
const SPECK: f64 = 1.5;

/// The closest that a map comes.
const CLOSEST: u8 = 22;
/// From farther away a city is a speck.
const FARTHEST: u8 = 8;

/// How wide streets, avenues and streams are, from the farthest zoom on. From far away the streets would
/// be one blot.
const WIDTHS: [(f64, f64, f64); 13] = [
    (0.0, 0.8, 0.8),
    (0.0, 1.0, 1.0),
    (0.0, 1.4, 1.3),
    (0.0, 1.8, 1.6),
    (0.8, 2.4, 2.0),
    (1.3, 3.4, 2.6),
    (2.2, 5.0, 3.6),
    (3.6, 7.0, 5.0),
    (6.0, 10.0, 7.0),
    (10.0, 16.0, 11.0),
    (18.0, 26.0, 18.0),
    (30.0, 42.0, 30.0),
    (48.0, 64.0, 48.0),
];

/// While it is drawn, a pixel says in its three parts how much of it is street, park and water.
const PAPER: Colour = [0, 0, 0];
const STREET: Colour = [255, 0, 0];
const PARK: Colour = [0, 255, 0];
const WATER: Colour = [0, 0, 255];

/// The inks of the three, and how much they cover: in the middle between a light page and a dark one.
const INKS: [(Colour, f32); 3] =
    [([0x6f, 0x81, 0x90], 0.45), ([0x3c, 0x8c, 0x4a], 0.22), ([0x3f, 0x9c, 0xc4], 0.36)];

static LOOK: LazyLock<Look> = LazyLock::new(|| {
    let mut mixtures = vec![PAPER, STREET, PARK, WATER];
    for (under, ink, shares) in [
        (PAPER, STREET, &[0.12, 0.25, 0.42, 0.6, 0.8][..]),
        (PAPER, PARK, &[0.35, 0.7]),
        (PAPER, WATER, &[0.35, 0.7]),
        (PARK, STREET, &[0.35, 0.7]),
        (WATER, STREET, &[0.5]),
    ] {
        mixtures.extend(shares.iter().map(|share| mixed(under, ink, *share)));
    }
    let (colours, opacities) = mixtures.iter().map(|mixture| inked(*mixture)).unzip();
    Look { mixtures: Palette::new(mixtures), colours, opacities }
});

/// What there is of street, park and water, and what each mixture of them looks like.
struct Look {
    mixtures: Palette,
    colours: Vec<Colour>,
    opacities: Vec<u8>,
}

/// The colour of a mixture, and its opacity.
fn inked(mixture: Colour) -> (Colour, u8) {
    let share = |k: usize| f32::from(mixture[k]) / 255.0 * INKS[k].1;
    let shares = [share(0), share(1), share(2)];
    let cover: f32 = shares.iter().sum();
    let part = |k: usize| {
        let inks = shares.iter().zip(&INKS);
        let sum: f32 = inks.map(|(share, (ink, _))| share * f32::from(ink[k])).sum();
        byte(sum / cover.max(f32::MIN_POSITIVE))
    };
    ([part(0), part(1), part(2)], byte(cover * 255.0))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn byte(part: f32) -> u8 {
    part.round() as u8
}

fn encoded(canvas: &Canvas) -> Vec<u8> {
    let Look { mixtures, colours, opacities } = &*LOOK;
    let pixels: Vec<u8> = canvas.pixels().iter().map(|pixel| mixtures.number(*pixel)).collect();
    png::encode(SIDE, SIDE, colours, opacities, &pixels)
}

/// A square of the world as web maps cut it: at each zoom it is twice as many across, counted from the
/// upper left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    zoom: u8,
    x: u32,
    y: u32,
}

impl Tile {
    /// `None` where the world has no such tile.
    #[must_use]
    pub fn at(zoom: u8, x: u32, y: u32) -> Option<Self> {
        let is_one = zoom <= CLOSEST && x.max(y) < 1_u32 << zoom;
        is_one.then_some(Self { zoom, x, y })
    }

    #[must_use]
    pub fn zoom(self) -> u8 {
        self.zoom
    }

    /// Whether nothing of a ground shows on it, for whoever need not know exactly.
    #[must_use]
    pub fn is_bare(self, ground: &Ground) -> bool {
        self.zoom < FARTHEST || !ground.meets(&self.window())
    }

    /// One with nothing on it.
    #[must_use]
    pub fn bare() -> &'static [u8] {
        static BARE: LazyLock<Vec<u8>> = LazyLock::new(|| encoded(&Canvas::new(SIDE, SIDE, PAPER)));
        &BARE
    }

    /// Draws it.
    #[must_use]
    pub fn png(self, ground: &Ground) -> Vec<u8> {
        let mut canvas = Canvas::new(SIDE, SIDE, PAPER);
        if !self.is_bare(ground) {
            self.draw(&mut canvas, &ground.within(&self.window()));
        }
        encoded(&canvas)
    }

    fn draw(self, canvas: &mut Canvas, ground: &[&Drawn]) {
        let of = |what: What| {
            let them = ground.iter().filter(move |drawn| drawn.what == what);
            them.filter(move |drawn| self.is_seen(drawn)).flat_map(|drawn| &drawn.paths)
        };
        for (what, ink) in [(What::Park, PARK), (What::Water, WATER)] {
            of(what).for_each(|ring| canvas.outline(&self.path(ring)));
            canvas.dry(ink);
        }
        let nth = usize::from(self.zoom.saturating_sub(FARTHEST)).min(WIDTHS.len() - 1);
        let (street, avenue, stream) = WIDTHS[nth];
        of(What::Stream).for_each(|line| canvas.line(&self.path(line), stream));
        canvas.dry(WATER);
        if street > 0.0 {
            of(What::Street).for_each(|line| canvas.line(&self.path(line), street));
        }
        of(What::Avenue).for_each(|line| canvas.line(&self.path(line), avenue));
        canvas.dry(STREET);
    }

    /// An area may be too small; lines are often cut into short pieces, and seen together.
    fn is_seen(self, drawn: &Drawn) -> bool {
        let Bounds { left, top, right, bottom } = drawn.bounds;
        let is_area = matches!(drawn.what, What::Park | What::Water);
        !is_area || (right - left).max(bottom - top) * self.scale() > SPECK
    }

    /// Tiles across the world.
    fn across(self) -> f64 {
        f64::from(1_u32 << self.zoom)
    }

    /// Pixels in a world unit.
    fn scale(self) -> f64 {
        self.across() * 2.0 * HALF
    }

    /// In world units.
    fn middle(self) -> Point {
        let middle = |nth: u32| (f64::from(nth) + 0.5) / self.across();
        Point { x: middle(self.x), y: middle(self.y) }
    }

    /// The pixel of a place, the nearest turn around the world.
    fn project(self, at: Point) -> Point {
        let (middle, scale) = (self.middle(), self.scale());
        let off = at.x - middle.x;
        Point { x: (off - off.round()) * scale + HALF, y: (at.y - middle.y) * scale + HALF }
    }

    fn path(self, path: &[Point]) -> Vec<Point> {
        path.iter().map(|at| self.project(*at)).collect()
    }

    /// What shows, and a little around it.
    fn window(self) -> Bounds {
        let (middle, half) = (self.middle(), (HALF + MARGIN) / self.scale());
        Bounds {
            left: middle.x - half,
            top: middle.y - half,
            right: middle.x + half,
            bottom: middle.y + half,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::world;
    use super::*;
    use crate::geometry::{FileLimits, Position, read_sketches};

    /// On Foster Avenue, a street of the demo's city.
    const FOSTER: Position = Position { lon: -87.050_351, lat: 43.517_445 };

    fn demo() -> Ground {
        let mut ground = Ground::default();
        for (stem, text) in [
            ("streets", include_str!("../../data/streets.geojson")),
            ("parks", include_str!("../../data/parks.geojson")),
            ("water", include_str!("../../data/water.geojson")),
        ] {
            ground.add(stem, read_sketches(text.as_bytes(), &FileLimits::default()).unwrap());
        }
        ground
    }

    /// The tile that holds a place.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in the world")]
    fn holding(at: Position, zoom: u8) -> Tile {
        let (x, y) = world(at);
        let nth = |along: f64| (along * f64::from(1_u32 << zoom)) as u32;
        Tile::at(zoom, nth(x), nth(y)).unwrap()
    }

    /// Red, green, blue and opacity of each pixel, read by another hand.
    fn seen(png: &[u8]) -> Vec<[u8; 4]> {
        let mut decoder = ::png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(::png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (512, 512));
        assert_eq!(info.color_type, ::png::ColorType::Rgba);
        pixels.chunks(4).map(|of| [of[0], of[1], of[2], of[3]]).collect()
    }

    fn inked_pixels(tile: Tile, ground: &Ground) -> usize {
        seen(&tile.png(ground)).iter().filter(|pixel| pixel[3] > 0).count()
    }

    #[test]
    fn the_world_has_four_times_as_many_tiles_at_each_zoom_and_no_others() {
        assert!(Tile::at(0, 0, 0).is_some() && Tile::at(0, 1, 0).is_none());
        assert!(Tile::at(1, 1, 1).is_some() && Tile::at(1, 0, 2).is_none());
        assert!(Tile::at(22, (1 << 22) - 1, 0).is_some() && Tile::at(22, 1 << 22, 0).is_none());
        assert!(Tile::at(23, 0, 0).is_none() && Tile::at(255, 0, 0).is_none());
    }

    #[test]
    fn a_place_lies_on_the_pixel_where_every_web_map_has_it() {
        // 0° N, 0° E is where four tiles meet.
        let (x, y) = world(Position { lon: 0.0, lat: 0.0 });
        let at = Tile::at(4, 8, 7).unwrap().project(Point { x, y });
        assert!(at.x.abs() < 1e-6 && (at.y - 512.0).abs() < 1e-6, "{at:?}");
        let foster = holding(FOSTER, 16);
        assert_eq!((foster.x, foster.y), (16_920, 23_951), "as others count");
    }

    #[test]
    fn a_street_paints_its_tile_and_an_empty_one_is_empty() {
        let ground = demo();
        for zoom in 12..=20 {
            let tile = holding(FOSTER, zoom);
            assert!(!tile.is_bare(&ground));
            assert!(inked_pixels(tile, &ground) > 100, "at {zoom}");
        }
        let tile = holding(FOSTER, 17);
        let (x, y) = world(FOSTER);
        let at = tile.project(Point { x, y });
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "on the tile")]
        let pixel = seen(&tile.png(&ground))[at.y as usize * SIDE + at.x as usize];
        let ([r, g, b], opacity) = inked(STREET);
        assert_eq!(pixel, [r, g, b, opacity]);
        for bare in [Tile::at(16, 0, 0).unwrap(), Tile::at(3, 2, 2).unwrap()] {
            assert!(bare.is_bare(&ground));
            assert_eq!(inked_pixels(bare, &ground), 0);
            assert_eq!(bare.png(&ground), Tile::bare());
            assert!(Tile::bare().len() < 600);
        }
        assert!(tile.is_bare(&Ground::default()));
    }

    #[test]
    fn from_far_away_the_city_is_no_blot() {
        let ground = demo();
        for zoom in 8..=12 {
            let tile = holding(FOSTER, zoom);
            let png = tile.png(&ground);
            let strong = u8::try_from(115 * 9 / 10).unwrap();
            let streets = seen(&png).iter().filter(|pixel| pixel[3] >= strong).count();
            assert!(inked_pixels(tile, &ground) > 0, "something shows at {zoom}");
            assert!(streets < SIDE * SIDE / 5, "{streets} at {zoom}");
            assert!(png.len() < 60_000, "{} at {zoom}", png.len());
        }
    }

    #[test]
    fn what_is_seen_through_is_told_by_sixteen_colours() {
        let look = &*LOOK;
        assert!(look.colours.len() <= 16, "four bits a pixel");
        for mixture in [PAPER, STREET, PARK, WATER] {
            let number = usize::from(look.mixtures.number(mixture));
            assert_eq!(look.mixtures.colours[number], mixture);
            assert_eq!((look.colours[number], look.opacities[number]), inked(mixture));
        }
        assert_eq!(inked(PAPER).1, 0);
    }

    #[test]
    fn another_ground_has_another_mark() {
        let (one, other) = (demo(), Ground::default());
        assert_eq!(one.mark(), demo().mark());
        assert_ne!(one.mark(), other.mark());
    }
}
