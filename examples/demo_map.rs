use wardwatch::demo::{city::*, picture};
use wardwatch::drawing::Frame;
fn main() {
    let seed = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(SEED);
    let city = generate(seed);
    let frame = Frame::fit_width(&city.bounds(), 1000.0, 24.0);
    print!(
        "{}",
        picture::draw(frame, &city.ward_shapes().unwrap(), Some(&city)).standalone("Alder Falls")
    );
}
