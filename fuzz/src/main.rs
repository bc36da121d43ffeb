//! Brings hostile input to one of the doors: `WARDWATCH_DOOR=csv wardwatch-fuzz CORPUS [-runs=N]`.
//! `wardwatch-fuzz --seeds FOLDER` writes what to begin with, `--doors` names the doors.
#![no_main]

mod doors;

use std::sync::LazyLock;

use doors::{DOORS, Door};
use libfuzzer_sys::{Corpus, fuzz_target};

static DOOR: LazyLock<&'static Door> = LazyLock::new(|| {
    let name = std::env::var("WARDWATCH_DOOR").expect("WARDWATCH_DOOR names a door");
    DOORS.iter().find(|door| door.name == name).expect("a door of this name")
});

fuzz_target!(
    init: {
        // The overlay library panics over some drawings; the program catches that and says that they
        // cannot be repaired. Here every other panic ends the run.
        let end = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let file = panic.location().map_or("", |place| place.file());
            if !file.contains("/i_overlay-") {
                end(panic);
            }
        }));
        // The seeds are written anew at every start: what the fuzzer has found lies beside them.
        if let Ok(folder) = std::env::var("WARDWATCH_SEEDS") {
            std::fs::create_dir_all(&folder).expect("a folder for seeds");
            for (nth, seed) in (DOOR.seeds)().into_iter().enumerate() {
                std::fs::write(format!("{folder}/seed-{nth}"), seed).expect("a seed is written");
            }
        }
    },
    |bytes: &[u8]| -> Corpus {
        (DOOR.enter)(bytes);
        Corpus::Keep
    }
);
