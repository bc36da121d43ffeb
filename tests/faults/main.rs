//! What goes wrong around the program, done to it on purpose: nothing that was answered for is
//! lost, nobody is told a third time, and whoever waits is told to come back.
//!
//! Short here; the numbers of `make verify` are the ignored tests. A line that begins with
//! `found: ` is kept by it.

mod clocks;
mod disk;
mod dump;
mod edits;
#[cfg(feature = "failpoints")]
mod hostile;
mod imports;
mod kills;
mod overload;
mod pair;
#[cfg(feature = "failpoints")]
mod points;
mod proxy;
mod receivers;
mod restarts;
mod server;
mod street;

// What the fuzzer brings to the doors.
#[cfg(feature = "failpoints")]
#[path = "../../fuzz/src/doors.rs"]
mod doors;
// And what it does to the index.
#[cfg(feature = "failpoints")]
#[path = "../../fuzz/src/bin/index/program.rs"]
mod program_of_changes;

// What the stories use, too.
#[path = "../it/exact.rs"]
#[expect(dead_code, reason = "shared with the stories, which use the rest")]
mod exact;
#[path = "../it/neighbours.rs"]
mod neighbours;
#[path = "../it/post_office.rs"]
#[expect(dead_code, reason = "shared with the stories, which use the rest")]
mod post_office;
#[path = "../it/program.rs"]
#[expect(dead_code, reason = "shared with the stories, which use the rest")]
mod program;
#[path = "../it/receiving.rs"]
#[expect(dead_code, reason = "shared with the stories, which use the rest")]
mod receiving;
#[path = "../receivers/sink.rs"]
mod sink;
#[path = "../it/town.rs"]
#[expect(unused, reason = "shared with the stories, which use the rest")]
mod town;
