//! Stills, decoded within bounds and written anew.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use super::{Refused, Still};

/// The longest side of what is shown large, and small, in points.
const LARGE: u32 = 1_600;
const SMALL: u32 = 400;

/// What the cameras of phones make at most: 48 million points, and some more for others.
const POINTS: u64 = 50_000_000;
const SIDE: u32 = 20_000;

/// What decoding may take, in bytes: a packed file of a kilobyte can ask for all there is.
const MEMORY: u64 = 256 << 20;

/// Of 100; above that files grow and nobody sees why.
const QUALITY: u8 = 82;

/// Reads a still of this format, turned as its camera was held.
pub fn read(bytes: &[u8], format: ImageFormat) -> Result<Still, Refused> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|why| refused(&why))?;
    let (width, height) = decoder.dimensions();
    let points = u64::from(width) * u64::from(height);
    if points > POINTS || decoder.total_bytes() > MEMORY {
        return Err(Refused::Huge);
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|why| refused(&why))?;
    // Smaller first: then turning it costs little.
    image = shrunk(image, LARGE);
    image.apply_orientation(turned);
    let large = on_white(&image);
    let small = on_white(&shrunk(image, SMALL));
    Ok(Still {
        width: large.width(),
        height: large.height(),
        large: jpeg(&large)?,
        small: jpeg(&small)?,
    })
}

fn refused(why: &image::ImageError) -> Refused {
    match why {
        image::ImageError::Limits(_) => Refused::Huge,
        _ => Refused::Broken,
    }
}

fn shrunk(image: DynamicImage, side: u32) -> DynamicImage {
    if image.width().max(image.height()) <= side { image } else { image.thumbnail(side, side) }
}

/// What shows through is white, as on paper.
fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u32::from);
        let over =
            |ink: u32| u8::try_from((ink * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255);
        Rgb([over(red), over(green), over(blue)])
    })
}

fn jpeg(image: &RgbImage) -> Result<Vec<u8>, Refused> {
    let mut written = vec![];
    let encoder = JpegEncoder::new_with_quality(&mut written, QUALITY);
    image.write_with_encoder(encoder).map_err(|_| Refused::Broken)?;
    Ok(written)
}
