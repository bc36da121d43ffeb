//! Writes the demo city's files into a directory: `cargo run --example demo_data -- data`.

use wardwatch::demo::city::{SEED, generate};

fn main() -> std::io::Result<()> {
    let dir = std::env::args().nth(1).unwrap_or_else(|| "data".into());
    for (name, content) in generate(SEED).files() {
        std::fs::write(format!("{dir}/{name}"), content)?;
    }
    Ok(())
}
