//! Lines out of a body that comes in pieces.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::FutureExt;
use futures_util::stream::{Fuse, StreamExt};

use crate::intake::MAX_ROW_BYTES;

/// How many lines are accepted together at most.
const LINES: usize = 1_000;

/// How much is gathered for one acceptance, when more is there already.
const GATHERED: usize = 256 << 10;

/// How long a sender may be silent.
const PATIENCE: Duration = Duration::from_mins(1);

/// One line.
#[derive(Debug, PartialEq)]
pub enum Line {
    Whole(Vec<u8>),
    /// Longer than a row may be; its bytes were passed over.
    TooLong,
}

/// Reads lines; what is held is at most one line, one piece, and what a batch gathers.
pub struct Lines {
    body: Fuse<BodyDataStream>,
    held: Vec<u8>,
    /// Why nothing more can be read, until it is told.
    broken: Option<String>,
    /// The number of the next line, from 1.
    next: u64,
    /// Within a line that is too long.
    skipping: bool,
    ended: bool,
}

impl Lines {
    pub fn new(body: Body) -> Self {
        let body = body.into_data_stream().fuse();
        Self { body, held: vec![], broken: None, next: 1, skipping: false, ended: false }
    }

    /// The number of the line that would come next, from 1.
    pub fn next_number(&self) -> u64 {
        self.next
    }

    /// The lines that have come so far with their numbers, waiting for at least one; none at the
    /// end. Blank lines are counted and passed over.
    ///
    /// # Errors
    /// When the body breaks off, or nothing comes for a minute.
    pub async fn some(&mut self) -> Result<Vec<(u64, Line)>, String> {
        loop {
            // What is there already is accepted together.
            let _ = self.gather().now_or_never();
            let lines = self.cut();
            if !lines.is_empty() || self.ended && self.held.is_empty() {
                return Ok(lines);
            }
            if let Some(reason) = self.broken.take() {
                return Err(reason);
            }
            let piece = tokio::time::timeout(PATIENCE, self.body.next()).await;
            self.take(piece.map_err(|_| "no line came for a minute".to_owned())?);
        }
    }

    /// Gathers what comes, as much as is accepted together: while the lines before are accepted,
    /// or a sender whose lines come in a piece each would have every one of them wait for a
    /// transaction of its own. Nothing is lost when this is given up.
    pub async fn gather(&mut self) {
        while !self.ended && self.broken.is_none() && self.held.len() < GATHERED {
            let piece = self.body.next().await;
            self.take(piece);
        }
    }

    fn take<E>(&mut self, piece: Option<Result<axum::body::Bytes, E>>) {
        match piece {
            Some(Ok(piece)) => self.held.extend_from_slice(&piece),
            Some(Err(_)) => {
                self.broken = Some("the stream broke off, or cannot be unpacked".to_owned());
            }
            None => self.ended = true,
        }
    }

    /// Takes whole lines off what is held; the last one may end without a line end.
    fn cut(&mut self) -> Vec<(u64, Line)> {
        let mut lines = vec![];
        let mut from = 0;
        while lines.len() < LINES {
            let rest = &self.held[from..];
            let length = match rest.iter().position(|&byte| byte == b'\n') {
                Some(end) => end,
                None if self.ended && (!rest.is_empty() || self.skipping) => rest.len(),
                None => break,
            };
            if self.skipping || length > MAX_ROW_BYTES {
                lines.push((self.next, Line::TooLong));
            } else if !rest[..length].trim_ascii().is_empty() {
                lines.push((self.next, Line::Whole(rest[..length].trim_ascii().to_vec())));
            }
            self.skipping = false;
            self.next += 1;
            from = (from + length + 1).min(self.held.len());
        }
        self.held.drain(..from);
        if !self.held.contains(&b'\n') && self.held.len() > MAX_ROW_BYTES {
            self.held.clear();
            self.skipping = true;
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(pieces: &[&str]) -> Vec<(u64, Line)> {
        let pieces: Vec<Result<String, std::io::Error>> =
            pieces.iter().map(|p| Ok((*p).to_owned())).collect();
        let mut lines = Lines::new(Body::from_stream(futures_util::stream::iter(pieces)));
        let mut all = vec![];
        loop {
            let some = lines.some().await.unwrap();
            if some.is_empty() {
                return all;
            }
            all.extend(some);
        }
    }

    fn whole(text: &str) -> Line {
        Line::Whole(text.as_bytes().to_vec())
    }

    #[tokio::test]
    async fn lines_are_counted_however_the_pieces_fall() {
        let lines = vec![(1, whole("one")), (3, whole("three")), (4, whole("four"))];
        assert_eq!(read(&["one\n\r\nthree\nfour"]).await, lines);
        assert_eq!(read(&["o", "ne\n", "\n", "thr", "ee\nfo", "ur\n"]).await, lines);
        assert_eq!(read(&[]).await, vec![]);
        assert_eq!(read(&["\n\n"]).await, vec![]);
    }

    #[tokio::test]
    async fn what_comes_while_others_are_accepted_is_accepted_together() {
        let (sender, pieces) = tokio::sync::mpsc::channel::<Result<&str, std::io::Error>>(1);
        let pieces = futures_util::stream::unfold(pieces, |mut pieces| async {
            Some((pieces.recv().await?, pieces))
        });
        let mut lines = Lines::new(Body::from_stream(pieces));
        sender.send(Ok("one\n")).await.unwrap();
        assert_eq!(lines.some().await.unwrap(), [(1, whole("one"))]);
        let sending = async {
            for piece in ["two\n", "thr", "ee\n"] {
                sender.send(Ok(piece)).await.unwrap();
            }
            sender.send(Err(std::io::Error::other("cut"))).await.unwrap();
        };
        futures_util::join!(lines.gather(), sending);
        assert_eq!(lines.some().await.unwrap(), [(2, whole("two")), (3, whole("three"))]);
        assert!(lines.some().await.unwrap_err().contains("broke off"));
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_passed_over_and_the_next_one_read() {
        let long = "x".repeat(3 << 20);
        for pieces in [vec!["one\n", &long, "\nthree\n"], vec!["one\n", &long, &long, "\nthree"]] {
            let lines = vec![(1, whole("one")), (2, Line::TooLong), (3, whole("three"))];
            assert_eq!(read(&pieces).await, lines);
        }
        assert_eq!(read(&[&long]).await, vec![(1, Line::TooLong)]);
    }
}
