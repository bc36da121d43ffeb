//! Places in the code where a test kills or freezes the program, to prove that nothing is lost
//! there. They exist only in a build with the feature `failpoints`; any other has nothing of them.
//!
//! `WARDWATCH_FAILPOINT=matched:3` aborts the process the third time it comes to `matched`; `matched:3:freeze` stops it there as SIGSTOP does, to be gone on with by SIGCONT.

/// Where the program can be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Events are stored; their callers have no answer yet.
    Accepted,
    /// Deliveries are planned and their events marked.
    Matched,
    /// Deliveries are claimed and none is sent.
    Claimed,
    /// The other side has taken a message; nobody has written it down.
    Sent,
    /// Digests were read, in a transaction that is still open.
    Digesting,
}

/// The program comes to a point.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub fn at(_: Point) {}

#[cfg(feature = "failpoints")]
pub use armed::at;

#[cfg(feature = "failpoints")]
mod armed {
    use std::process::Command;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::Point;

    struct Armed {
        point: String,
        left: AtomicU32,
        freezes: bool,
    }

    static ARMED: LazyLock<Option<Armed>> = LazyLock::new(|| {
        let set = std::env::var("WARDWATCH_FAILPOINT").ok()?;
        let mut parts = set.split(':');
        let point = parts.next()?.to_lowercase();
        let left = AtomicU32::new(parts.next().and_then(|n| n.parse().ok()).unwrap_or(1));
        Some(Armed { point, left, freezes: parts.next() == Some("freeze") })
    });

    /// The program comes to a point.
    ///
    /// # Panics
    /// When it is to freeze there and cannot.
    pub fn at(point: Point) {
        let Some(armed) = ARMED.as_ref() else { return };
        let here = format!("{point:?}").to_lowercase() == armed.point;
        if !here || armed.left.fetch_sub(1, Ordering::SeqCst) != 1 {
            return;
        }
        if !armed.freezes {
            std::process::abort();
        }
        let pid = std::process::id().to_string();
        let stopped = Command::new("kill").args(["-STOP", &pid]).status();
        assert!(stopped.is_ok_and(|status| status.success()), "`kill` freezes us");
    }
}
