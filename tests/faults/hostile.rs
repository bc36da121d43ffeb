//! Hostile input at every door: what the fuzzer begins with, and that input broken in every small
//! way. Nothing panics, and nothing takes long.

use std::time::{Duration, Instant};

use wardwatch::random::SplitMix;

use crate::doors::{DOORS, Door};
use crate::program_of_changes;

#[test]
fn no_door_breaks_over_broken_input() {
    for door in &DOORS {
        enter_broken(door, 300);
    }
}

#[test]
fn no_broken_program_of_changes_makes_the_index_answer_wrongly() {
    let index =
        Door { name: "index", enter: program_of_changes::run, seeds: program_of_changes::seeds };
    // What is longer is cut off by the fuzzer.
    assert!(program_of_changes::seeds().iter().all(|seed| seed.len() <= 256));
    enter_broken(&index, 15);
}

/// Brings the seeds of a door, and each of them broken so many times.
fn enter_broken(door: &Door, times: usize) {
    let mut dice = SplitMix::new(11);
    let seeds = (door.seeds)();
    for seed in &seeds {
        (door.enter)(seed);
        for _ in 0..times {
            let mut bytes = seed.clone();
            (0..=dice.below(4)).for_each(|_| spoil(&mut bytes, &seeds, &mut dice));
            let begun = Instant::now();
            (door.enter)(&bytes);
            let took = begun.elapsed();
            let shown = String::from_utf8_lossy(&bytes);
            assert!(took < Duration::from_secs(2), "{}: {took:?} for {shown}", door.name);
        }
    }
}

/// One of the things that a fuzzer does.
fn spoil(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut SplitMix) {
    if bytes.is_empty() {
        return;
    }
    let (at, until) = (dice.below(bytes.len()), dice.below(bytes.len()));
    let (from, to) = (at.min(until), at.max(until));
    match dice.below(7) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << dice.below(8),
        2 => drop(bytes.drain(from..to)),
        3 => {
            let again = bytes[from..to].to_vec();
            bytes.splice(at..at, again);
        }
        4 => {
            let other = &seeds[dice.below(seeds.len())];
            bytes.splice(from..to, other.iter().copied().take(200));
        }
        5 => {
            let odd: [&[u8]; 8] = [
                b"1e999",
                b"-0",
                b"null",
                b"\\u0000",
                b"\xff\xfe",
                b"[[[[",
                b"99999999999999999999",
                b"\"",
            ];
            bytes.splice(at..at, odd[dice.below(odd.len())].iter().copied());
        }
        _ => bytes.swap(at, until),
    }
}
