//! Answers on all cores, written in the points' order.
//!
//! The one rule: only who holds the desk writes, and it is handed on from chunk to chunk. Where a worker
//! fails or panics it is gone, and the others stop at the next row that comes.

use std::io::{self, Write};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::answers;
use super::ground::Ground;
use super::points::PointRow;

/// So many points a worker takes at a time.
pub(super) const CHUNK: usize = 1_000;
/// So many of them are answered together: each may lie in as many areas as there are.
const TOGETHER: usize = 64;
/// So many bytes of answers wait for their turn.
const AHEAD: usize = 8 << 20;
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

/// Answers all rows by so many workers.
///
/// # Errors
/// When the answers cannot be written.
pub(super) fn answer(
    rows: Receiver<PointRow>,
    ground: &Ground,
    desk: Desk<'_>,
    workers: usize,
) -> io::Result<Tally> {
    let (first, desk_of_first) = mpsc::channel();
    // Its other end is in the queue.
    let _ = first.send(desk);
    let queue = Mutex::new(Queue { rows, desk: desk_of_first });
    let stopped = AtomicBool::new(false);
    thread::scope(|threads| {
        let working: Vec<_> =
            (0..workers).map(|_| threads.spawn(|| work(&queue, &stopped, ground))).collect();
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
fn work(queue: &Mutex<Queue<'_>>, stopped: &AtomicBool, ground: &Ground) -> io::Result<()> {
    loop {
        let (chunk, desk, next) = {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            if stopped.load(Ordering::Relaxed) {
                return Ok(());
            }
            let Some(chunk) = next_chunk(&queue.rows) else { return Ok(()) };
            let (next, desk_of_next) = mpsc::channel();
            (chunk, mem::replace(&mut queue.desk, desk_of_next), next)
        };
        let written = write(&chunk, ground, &desk);
        // Nobody has the desk any more where it is not handed on.
        if !matches!(written, Ok(Some(_))) {
            stopped.store(true, Ordering::Relaxed);
        }
        let Some(desk) = written? else { return Ok(()) };
        (desk.after_chunk)();
        // Who would take it may have stopped.
        let _ = next.send(desk);
    }
}

/// Answers a chunk and writes that in its turn; gives the desk, and `None` where it is gone. No more is
/// answered ahead than memory should hold.
fn write<'a>(
    chunk: &[PointRow],
    ground: &Ground,
    desks: &Receiver<Desk<'a>>,
) -> io::Result<Option<Desk<'a>>> {
    let (mut text, mut tally) = (Vec::new(), Tally::default());
    let mut slices = chunk.chunks(TOGETHER);
    for points in slices.by_ref() {
        tally.add(&answers::put(points, ground, &mut text));
        if text.len() >= AHEAD {
            break;
        }
    }
    let Ok(mut desk) = desks.recv() else { return Ok(None) };
    desk.out.write_all(&text)?;
    for points in slices {
        text.clear();
        tally.add(&answers::put(points, ground, &mut text));
        desk.out.write_all(&text)?;
    }
    desk.tally.add(&tally);
    if chunk.len() < CHUNK {
        desk.out.flush()?;
    }
    Ok(Some(desk))
}

/// The next points, as many as make a chunk or as come before a pause; `None` at the end.
fn next_chunk(rows: &Receiver<PointRow>) -> Option<Vec<PointRow>> {
    let mut chunk = vec![rows.recv().ok()?];
    let until = Instant::now() + PAUSE;
    while chunk.len() < CHUNK {
        match rows.try_recv() {
            Ok(row) => chunk.push(row),
            Err(TryRecvError::Empty) if Instant::now() < until => thread::sleep(NAP),
            Err(_) => break,
        }
    }
    Some(chunk)
}

#[cfg(test)]
mod tests {
    use super::super::ground::LayerTerms;
    use super::*;
    use crate::cli::files::Mending;
    use crate::geometry::FileLimits;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn when_nobody_listens_any_more_no_worker_waits_for_rows() {
        let terms =
            LayerTerms { limits: FileLimits::default(), tolerance_m: 1.0, mending: Mending::No };
        let ground = Ground::read(None, &[], terms, &mut |_| ()).unwrap();
        let (send, rows) = mpsc::sync_channel(0);
        // Each row comes alone, as from a feed that is followed.
        let coming = thread::spawn(move || {
            let sent = |line: &u64| {
                thread::sleep(2 * PAUSE);
                send.send(PointRow::unreadable(*line)).is_ok()
            };
            (1..100).take_while(sent).count()
        });
        let tally = Tally::default();
        let desk = Desk { out: &mut Closed, after_chunk: &mut || (), tally };
        let ended = answer(rows, &ground, desk, 16).err().map(|why| why.kind());
        assert_eq!(ended, Some(io::ErrorKind::BrokenPipe));
        let sent = coming.join().unwrap();
        assert!(sent <= 3, "{sent} rows were taken after the end");
    }
}
