//! The house holds: what a file may know, and where a foreign crate may live.
//!
//! The drawing and the homes below are the rules; `reader` finds the paths that a file uses, the
//! rest compares. Each failure names the file, the line and the rule.

mod reader;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use reader::Source;

/// From the roof to the ground. A file imports only from floors below its own; neighbours do not
/// know each other.
pub const FLOORS: &[&[&str]] = &[
    &["main", "lib"],
    &["cli"],
    &["demo", "bench"],
    &["app"],
    &["config"],
    &["http", "poller"],
    &["engine", "dispatcher"],
    &["store", "channel"],
    // `failpoint` asks the environment where to die, in builds for tests.
    &["outbound", "failpoint"],
    &["message"],
    &["drawing", "georeport", "intake", "bounce"],
    &["delivery"],
    &["matching"],
    // Signed links name watches and contacts.
    &["token"],
    &["watch"],
    // A ward and a watcher are plain nouns; an issue stands beside them.
    &["watcher", "ward", "issue", "gazetteer", "photo"],
    // `metrics` is not in the first drawing: counters, which know nothing of ours.
    &["geometry", "clock", "random", "metrics"],
];

/// Neighbours that know each other all the same: who, whom, and why.
pub const NEIGHBOURS: &[(&str, &str, &str)] = &[
    ("random", "clock", "a UUIDv7 begins with its time"),
    ("geometry", "random", "its tests draw hard input from a seed"),
    ("bench", "demo", "its people are drawn as those of the demo are"),
];

/// What only some may know, though the floors would allow more: the module, and who may.
pub const KEPT_FROM: &[(&str, &[&str])] =
    &[("channel", &["dispatcher", "config", "app", "demo", "bench", "cli"])];

/// From here down there is no IO, no waiting and no environment.
pub const PURE_BELOW: &str = "outbound";

/// Where each foreign crate lives. `*` is everywhere; every dependency has a line.
pub const HOMES: &[(&str, &[&str])] = &[
    ("anyhow", &["main"]),
    ("arc_swap", &["matching"]),
    ("askama", &["message", "http", "demo"]),
    ("aws_lc_rs", &["token", "channel"]),
    ("axum", &["http", "app", "demo"]),
    ("base64", &["*"]),
    ("bytes", ABOVE_THE_PURE),
    ("clap", &["cli", "config"]),
    ("csv", &["intake", "cli"]),
    ("quick_xml", &["intake"]),
    ("flate2", &["intake", "drawing", "config", "cli"]),
    ("fluent_templates", &["message", "http"]),
    ("futures_util", ABOVE_THE_PURE),
    ("geo", &["geometry"]),
    ("geojson", &["geometry"]),
    ("getrandom", &["random"]),
    ("governor", &["http"]),
    ("http", ABOVE_THE_PURE),
    ("image", &["photo"]),
    ("indicatif", &["cli"]),
    ("jiff", &["clock"]),
    ("lettre", &["channel", "message"]),
    ("memchr", &["channel"]),
    ("reqwest", &["outbound"]),
    ("mail_parser", &["http"]),
    ("prometheus_client", &["metrics"]),
    ("resvg", &["drawing"]),
    ("robust", &["geometry"]),
    ("rstar", &["matching"]),
    ("prefetch_index", &["matching"]),
    ("rustls_platform_verifier", &["channel"]),
    ("serde", &["*"]),
    ("serde_json", &["*"]),
    ("serde_path_to_error", &["http"]),
    ("sqlx", &["store"]),
    ("thiserror", &["*"]),
    ("tokio", ABOVE_THE_PURE),
    ("tokio_rustls", &["outbound", "channel"]),
    ("toml", &["config"]),
    ("smallvec", &["matching"]),
    ("tower_http", &["http", "app"]),
    ("tracing", &["*"]),
    ("tracing_subscriber", &["app", "cli"]),
    ("uuid", &["*"]),
];

const ABOVE_THE_PURE: &[&str] = &[
    "outbound",
    "store",
    "channel",
    "engine",
    "dispatcher",
    "http",
    "poller",
    "config",
    "app",
    "demo",
    "bench",
    "cli",
];

/// Files that may use a crate away from its home, and why.
pub const VISITORS: &[(&str, &[&str], &str)] = &[
    (
        "src/bench/baseline.rs",
        &["geo", "rstar"],
        "it is the plain rstar and geo that the product is measured against",
    ),
    (
        "src/bench/city/bare.rs",
        &["sqlx"],
        "it is the plain batched insert that the outbox is measured against",
    ),
    ("src/bench/city.rs", &["sqlx"], "its error names that of `bare.rs`"),
    ("src/bench/sinks/push.rs", &["axum"], "it stands in for a push service"),
];

/// How long a file may be, and the ones that are longer for a reason.
pub const MOST_LINES: usize = 450;
pub const LONGER: &[(&str, &str)] = &[];

/// The sources of the package, each with its path from the root.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![];
    walk(&root.join("src"), &mut paths);
    paths.sort();
    let mut sources: Vec<Source> = paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            Source::read(&name, &fs::read_to_string(path).unwrap())
        })
        .collect();
    reader::mark_tests(&mut sources);
    sources
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

fn hold(rule: impl Fn(&Source) -> Vec<String>) {
    let broken: Vec<String> = sources().iter().flat_map(rule).collect();
    assert!(broken.is_empty(), "the house does not hold:\n{}", broken.join("\n"));
}

#[test]
fn imports_go_only_down() {
    hold(rules::floors);
}

#[test]
fn each_foreign_crate_stays_in_its_home() {
    hold(rules::homes);
}

#[test]
fn below_the_guarded_client_nothing_reads_or_waits() {
    hold(rules::purity);
}

#[test]
fn modules_are_named_for_what_they_are_and_stay_short() {
    hold(rules::names);
    hold(rules::length);
}

#[test]
fn every_dependency_has_a_home() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    let homeless = rules::homeless(&manifest.unwrap());
    assert!(homeless.is_empty(), "give these a line in HOMES: {}", homeless.join(", "));
}
