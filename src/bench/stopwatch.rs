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
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now(), cpu_before: thread_cpu() }
    }

    /// Processor time of the thread that started it, where the system tells; else by the wall.
    #[must_use]
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

/// How many points a second `ask` answers, of which each run answers so many: longer and longer batches
/// of runs until one lasts; the shorter ones warm up.
pub fn per_second(least: Duration, points: usize, mut ask: impl FnMut()) -> f64 {
    let mut batch = 64_usize.div_ceil(points);
    loop {
        let watch = Stopwatch::start();
        (0..batch).for_each(|_| ask());
        let took = watch.elapsed();
        if took >= least {
            return (batch * points) as f64 / took.as_secs_f64();
        }
        batch *= if took * 8 < least { 4 } else { 2 };
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
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Processor time in seconds: this process's, and what everything else on the machine took.
/// From Linux's `stat` files, in hundredths of a second (proc(5)); `None` elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Processors {
    own_s: f64,
    all_s: f64,
}

impl Processors {
    pub fn now() -> Option<Self> {
        let own = std::fs::read_to_string("/proc/self/stat").ok()?;
        // The name, in brackets, may hold blanks; user and system time are the 12th and 13th
        // field after it.
        let own = own.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
        let all = std::fs::read_to_string("/proc/stat").ok()?;
        let mut all = all.lines().next()?.split_whitespace().skip(1);
        // user, nice, system, idle, iowait, irq, softirq, steal
        let busy = [all.next()?, all.next()?, all.next()?];
        let busy = busy.into_iter().chain(all.skip(2).take(3));
        Some(Self { own_s: seconds(own)?, all_s: seconds(busy)? })
    }

    /// What this process and what everything else took since then.
    pub fn since(before: Option<Self>) -> Option<(f64, f64)> {
        let (before, now) = (before?, Self::now()?);
        let own = now.own_s - before.own_s;
        Some((own, (now.all_s - before.all_s - own).max(0.0)))
    }
}

fn seconds<'a>(mut ticks: impl Iterator<Item = &'a str>) -> Option<f64> {
    ticks.try_fold(0.0, |sum, ticks| Some(sum + ticks.parse::<f64>().ok()? / 100.0))
}
/// The least of what was measured, in ascending order, that so many of a hundred do not exceed.
pub fn nearest_rank<T: Copy>(ascending: &[T], percent: usize) -> Option<T> {
    let rank = (ascending.len() * percent).div_ceil(100).saturating_sub(1);
    ascending.get(rank).copied()
}
