//! Hard input, drawn from a seed, against judges that share nothing with the product: whole
//! numbers for polygons and rings, vectors in space for circles and boxes.

mod polygons;
mod rings;
mod round;
