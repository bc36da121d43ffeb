//! Answers on all cores, written in the points' order.
//!
//! The one rule: only who holds the desk writes, and it is handed on from chunk to chunk. Where a worker
//! fails or panics it is gone, and the others stop.

use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::answers;
use super::ground::Ground;
use super::points::PointRow;

/// So many points are answered at a time.
pub(super) const CHUNK: usize = 1_000;
/// So long a chunk waits to be full; somebody may be waiting for the answers at hand.
const PAUSE: Duration = Duration::from_millis(50);
/// So long it waits for more rows at a time: being woken for every row took longer than reading it.
const NAP: Duration = Duration::from_millis(1);

/// Where answers are written and counted.
pub(super) struct Desk<'a> {
    pub(super) out: &'a mut (dyn Write + Send),
    pub(super) after_chunk: &'a mut (dyn FnMut() + Send),
    pub(super) tally: Tally,
}

/// What became of the points.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) points: u64,
    /// How many could not be read.
    pub(super) unread: u64,
    /// How many lie somewhere, or near it.
    pub(super) held: u64,
    /// How many would if their coordinates were exchanged, of points that come together and lie nowhere.
    pub(super) swapped: u64,
    /// The line on which reading ended, when it was not at the end.
    pub(super) cut_off: Option<u64>,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.points += other.points;
        self.unread += other.unread;
        self.held += other.held;
        self.swapped += other.swapped;
        self.cut_off = self.cut_off.or(other.cut_off);
    }
}

/// What is still to be answered, and from whom who takes the next chunk gets the desk.
struct Queue<'a> {
    rows: Receiver<PointRow>,
    desk: Receiver<Desk<'a>>,
}

/// Answers all rows.
///
/// # Errors
/// When the answers cannot be written.
pub(super) fn answer(
    rows: Receiver<PointRow>,
    ground: &Ground,
    desk: Desk<'_>,
) -> io::Result<Tally> {
    let (first, desk_of_first) = mpsc::channel();
    // Its other end is in the queue.
    let _ = first.send(desk);
    let queue = Mutex::new(Queue { rows, desk: desk_of_first });
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|threads| {
        let working: Vec<_> =
            (0..workers).map(|_| threads.spawn(|| work(&queue, ground))).collect();
        working.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    let queue = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    let desk = queue.desk.recv().map_err(io::Error::other)?;
    desk.out.flush()?;
    Ok(desk.tally)
}

/// Answers chunk after chunk, until there are no more, or another could not write.
fn work(queue: &Mutex<Queue<'_>>, ground: &Ground) -> io::Result<()> {
    loop {
        let (chunk, desk, next) = {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(chunk) = next_chunk(&queue.rows) else { return Ok(()) };
            let (next, desk_of_next) = mpsc::channel();
            (chunk, mem::replace(&mut queue.desk, desk_of_next), next)
        };
        let (text, tally) = answers::of(&chunk, ground);
        let Ok(mut desk) = desk.recv() else { return Ok(()) };
        desk.tally.add(&tally);
        desk.out.write_all(&text)?;
        if chunk.len() < CHUNK {
            desk.out.flush()?;
        }
        (desk.after_chunk)();
        // Who would take it may have stopped.
        let _ = next.send(desk);
    }
}

/// The next points, as many as make a chunk or as come before a pause; `None` at the end.
fn next_chunk(rows: &Receiver<PointRow>) -> Option<Vec<PointRow>> {
    let mut chunk = vec![rows.recv().ok()?];
    let until = Instant::now() + PAUSE;
    loop {
        let room = CHUNK - chunk.len();
        chunk.extend(rows.try_iter().take(room));
        if chunk.len() == CHUNK || Instant::now() >= until {
            return Some(chunk);
        }
        thread::sleep(NAP);
    }
}
