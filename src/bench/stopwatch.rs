//! Seconds that count only our own work, and the memory that it takes.

use std::time::{Duration, Instant};

/// What a [`Stopwatch`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// The time this thread ran on a processor; what else the machine does does not count.
    ThreadCpu,
    /// The time that passed, where the system does not tell the other.
    Wall,
}

/// Measures one thread's work.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    started: Instant,
    cpu_before: Option<Duration>,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self { started: Instant::now(), cpu_before: thread_cpu() }
    }

    pub fn elapsed(&self) -> Duration {
        let cpu = thread_cpu().zip(self.cpu_before);
        cpu.map_or_else(|| self.started.elapsed(), |(now, before)| now.saturating_sub(before))
    }
}

impl Clock {
    /// Which clock this system has for us.
    pub fn here() -> Self {
        if thread_cpu().is_some() { Self::ThreadCpu } else { Self::Wall }
    }
}

/// How long this thread has run on a processor: the first number of Linux's `schedstat`, in
/// nanoseconds (kernel documentation, "Scheduler Statistics"). `None` where that is not kept.
fn thread_cpu() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos: u64 = stat.split_whitespace().next()?.parse().ok()?;
    (nanos > 0).then(|| Duration::from_nanos(nanos))
}

/// The memory this process holds now, in bytes: `VmRSS` of Linux's `status`.
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
