//! The disk is full, or does not write: the answer is an error that says to come back, never a
//! false yes, and nothing is broken when it is well again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::dump::look;
use crate::neighbours::pothole;
use crate::program::Program;

/// A small disk of its own.
struct Disk {
    at: tempfile::TempDir,
}

impl Disk {
    /// `None` where we may not mount one.
    fn mount(mib: u32) -> Option<Self> {
        let at = tempfile::tempdir().unwrap();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at.path())
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self { at });
        }
        println!("passed over: only root may mount a small disk to fill");
        None
    }

    fn ballast(&self) -> PathBuf {
        self.at.path().join("ballast")
    }

    /// Leaves so many KiB free at most: the program writes, too.
    fn fill_but(&self, kib: u64) {
        let out = Command::new("df").args(["--output=avail", "-k"]).arg(self.at.path()).output();
        let text = String::from_utf8(out.unwrap().stdout).unwrap();
        let free: u64 = text.lines().nth(1).unwrap().trim().parse().unwrap();
        let bytes = vec![0; usize::try_from(free.saturating_sub(kib) << 10).unwrap()];
        let filled = std::fs::write(self.ballast(), bytes);
        let is_full = |e: &std::io::Error| e.kind() == std::io::ErrorKind::StorageFull;
        assert!(filled.is_ok() || filled.is_err_and(|e| is_full(&e)));
    }

    fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.at.path()).status();
    }
}

/// Reports and reads what became of it.
struct Reporter {
    client: reqwest::Client,
    url: String,
    key: String,
    kept: BTreeSet<String>,
    nth: usize,
}

impl Reporter {
    fn new(town: &Program) -> Self {
        let key = town.run(&["keys", "api", "--role", "source", "--name", "city"]);
        let (client, url) = (reqwest::Client::new(), town.at("/api/v1/issues"));
        Self { client, url, key: key.trim().to_owned(), kept: BTreeSet::new(), nth: 0 }
    }

    /// Gives the status and the body; what was answered with 2xx has to be kept from now on.
    async fn report(&mut self) -> (u16, Value) {
        self.nth += 1;
        let id = format!("r{}", self.nth);
        let mut report = pothole(&id, -87.70);
        report["version"] = json!("1");
        report["text"] = json!("It goes on and on. ".repeat(100));
        let sent = self.client.post(&self.url).bearer_auth(&self.key);
        let sent = sent.header("Content-Type", "application/json").body(report.to_string());
        let answer = sent.send().await.expect("it answers");
        let status = answer.status().as_u16();
        if answer.status().is_success() {
            self.kept.insert(id);
        }
        if status == 503 {
            assert!(answer.headers().contains_key("retry-after"), "it says when to come back");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
        (status, answer.json().await.unwrap())
    }

    /// What was answered with 2xx is there. What was not may be there too, when the disk failed
    /// after it was written.
    async fn all_is_kept(&self, url: &str) {
        let there = look(url, "SELECT source_id FROM issue").await;
        let there: BTreeSet<String> = there.into_iter().flatten().collect();
        let lost: Vec<_> = self.kept.difference(&there).collect();
        assert!(lost.is_empty(), "answered for and lost: {lost:?}");
        let check = look(url, "PRAGMA integrity_check").await;
        assert_eq!(check, [["ok"]]);
    }

    async fn until_well(&mut self) {
        let begun = Instant::now();
        while self.report().await.0 != 201 {
            assert!(begun.elapsed() < Duration::from_secs(30), "it does not go on");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_survived() {
    let Some(disk) = Disk::mount(24) else { return };
    let town = Program::in_folder(disk.at.path(), None);
    let mut reporter = Reporter::new(&town);
    let serving = town.serve(&[]).await;
    for round in 0..3 {
        reporter.until_well().await;
        disk.fill_but(64 * round);
        let begun = Instant::now();
        let problem = loop {
            let (status, answer) = reporter.report().await;
            match status {
                201 => assert!(begun.elapsed() < Duration::from_secs(30), "it does not fill"),
                503 => break answer,
                other => panic!("{other}: {answer}"),
            }
        };
        assert_eq!(problem["detail"], "there is no room to store this; try again later");
        let read = reporter.client.get(town.at("/api/v1/issues")).send().await.unwrap();
        assert_eq!(read.status(), 200, "what is there can be read");
        disk.free();
        reporter.until_well().await;
    }
    reporter.all_is_kept(&town.database()).await;
    assert!(serving.said().contains("the disk that holds the database is full; make room"));
    serving.stop();
    reporter.all_is_kept(&town.database()).await;
    println!("found: a disk filled three times: 503, {} reports kept, intact", reporter.kept.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_does_not_write_is_never_a_yes() {
    disk_fails(5).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a hundred failures"]
async fn a_hundred_times_a_disk_that_does_not_write_is_never_a_yes() {
    disk_fails(100).await;
}

/// strace at work on a process: every fdatasync and fsync ends with EIO.
struct Broken(Child);

impl Broken {
    fn of(pid: u32, log: &Path) -> Self {
        let traced = Command::new("strace")
            .args(["-f", "-qq", "-e", "trace=fdatasync,fsync"])
            .args(["-e", "inject=fdatasync,fsync:error=EIO", "-o"])
            .arg(log)
            .args(["-p", &pid.to_string()])
            .stderr(Stdio::null())
            .spawn();
        let mut broken = Self(traced.expect("strace is there"));
        let begun = Instant::now();
        while !is_traced(pid) {
            assert!(broken.is_at_work() && begun.elapsed() < Duration::from_secs(20), "no hold");
            std::thread::sleep(Duration::from_millis(5));
        }
        broken
    }

    fn is_at_work(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").args(["-INT", &pid]).status();
        let _ = self.0.wait();
    }
}

/// Whether every thread of a process is watched by a tracer.
fn is_traced(pid: u32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads.map(|thread| thread.unwrap().path().join("status")).all(|status| {
        // A thread may end meanwhile.
        std::fs::read_to_string(status).is_ok_and(|status| !status.contains("TracerPid:\t0\n"))
    })
}

async fn disk_fails(times: usize) {
    let tried = Command::new("strace").args(["-o", "/dev/null", "true"]).status();
    if !tried.is_ok_and(|status| status.success()) {
        println!("passed over: strace is missing, or may not look on; apt-get install strace");
        return;
    }
    // Not on a disk that exists in memory alone: SQLite does not wait for it there either way.
    let town = Program::new(None, 9, 9);
    let mut reporter = Reporter::new(&town);
    let serving = town.serve(&[]).await;
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut failed = 0;
    for _ in 0..times {
        reporter.until_well().await;
        let mut broken = Broken::of(serving.pid(), log.path());
        let begun = Instant::now();
        loop {
            let (status, answer) = reporter.report().await;
            let injected = std::fs::read_to_string(log.path()).unwrap().contains("INJECTED");
            if status == 503 {
                assert!(injected, "it failed for no reason: {answer}");
                failed += 1;
                break;
            }
            assert!(status == 201 && !injected, "{status} though the disk did not write: {answer}");
            assert!(broken.is_at_work(), "strace ended");
            assert!(begun.elapsed() < Duration::from_secs(20), "nothing is synced");
        }
        drop(broken);
        std::fs::write(log.path(), "").unwrap();
    }
    reporter.until_well().await;
    reporter.all_is_kept(&town.database()).await;
    serving.kill();
    reporter.all_is_kept(&town.database()).await;
    println!(
        "found: {failed} of {times} reports that the disk did not write were answered with 503, \
         none with 2xx; {} others kept, intact",
        reporter.kept.len()
    );
}
