//! Brings programs of changes and questions to the index: `index CORPUS [-runs=N]`. No parser is
//! behind it, so it stands apart from the doors: what passed over those need not be run again when this
//! changes.
#![no_main]

mod program;

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: {
        // The seeds are written anew at every start: what the fuzzer has found lies beside them.
        if let Ok(folder) = std::env::var("WARDWATCH_SEEDS") {
            std::fs::create_dir_all(&folder).expect("a folder for seeds");
            for (nth, seed) in program::seeds().into_iter().enumerate() {
                std::fs::write(format!("{folder}/seed-{nth}"), seed).expect("a seed is written");
            }
        }
    },
    |bytes: &[u8]| {
        program::run(bytes);
    }
);
