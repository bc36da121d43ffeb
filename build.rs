//! Builds the part of the site that runs in a browser, from `web/`, and writes the table of its files
//! that the program holds. It is built again only when its sources have changed.
//!
//! Without Node: `WEB_DIST=` names a folder that was built elsewhere, and `--no-default-features` makes
//! pages that do without.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What the built files come from.
const SOURCES: [&str; 5] =
    ["src", "public", "package-lock.json", "vite.config.ts", "tsconfig.json"];

const WAYS_OUT: &str = "the site's scripts cannot be built. Either install Node 22 with npm, or name a folder \
    that was built elsewhere (WEB_DIST=path/to/web/dist), or build without them (--no-default-features)";

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed=WEB_DIST");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let table = dist(&out).and_then(|dist| match dist {
        Some(dist) => table(&dist),
        None => Ok(written(&[], None)),
    });
    let written = table.and_then(|table| said(fs::write(out.join("site.rs"), table)));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("cargo::error={}", why.replace('\n', " | "));
            ExitCode::FAILURE
        }
    }
}

/// The folder of the built files; `None` where nobody wants them.
fn dist(out: &Path) -> Result<Option<PathBuf>, String> {
    if env::var_os("CARGO_FEATURE_WEB").is_none() {
        return Ok(None);
    }
    if let Some(dist) = env::var_os("WEB_DIST").filter(|dist| !dist.is_empty()) {
        let dist =
            said(fs::canonicalize(&dist).map_err(|e| format!("WEB_DIST={}: {e}", dist.display())))?;
        println!("cargo::rerun-if-changed={}", dist.display());
        return Ok(Some(dist));
    }
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", web.join(source).display());
    }
    if !is_installed(&web) {
        run(&web, "npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"].map(OsStr::new))?;
    }
    let dist = out.join("site");
    let vite = OsStr::new("node_modules/vite/bin/vite.js");
    let args = [vite, "build".as_ref(), "--logLevel".as_ref(), "warn".as_ref()];
    let into = ["--emptyOutDir".as_ref(), "--outDir".as_ref(), dist.as_os_str()];
    run(&web, "node", &[&args[..], &into].concat())?;
    Ok(Some(dist))
}

/// Whether npm has installed what the lock names.
fn is_installed(web: &Path) -> bool {
    let changed = |file: &str| fs::metadata(web.join(file)).and_then(|it| it.modified()).ok();
    changed("node_modules/.package-lock.json") >= changed("package-lock.json")
}

fn run(at: &Path, program: &str, args: &[&OsStr]) -> Result<(), String> {
    let ran = Command::new(program).args(args).current_dir(at).output();
    let ran = ran.map_err(|error| format!("{WAYS_OUT}. ({program}: {error})"))?;
    if ran.status.success() {
        return Ok(());
    }
    let heard = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).trim().to_owned();
    Err(format!("{WAYS_OUT}. {program} {}: {heard}", args[0].display()))
}

/// A file of the site.
struct File {
    /// Where it is asked for.
    path: String,
    at: PathBuf,
}

/// All that is served, as the source of a table.
fn table(dist: &Path) -> Result<String, String> {
    let mut files = vec![];
    for (folder, door) in [("assets", "/assets/"), ("root", "/")] {
        let folder = dist.join(folder);
        let entries =
            said(fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display())))?;
        for entry in entries {
            let at = said(entry)?.path();
            let name = at.file_name().and_then(OsStr::to_str).unwrap_or_default();
            if at.extension() != Some(OsStr::new("br")) {
                files.push(File { path: format!("{door}{name}"), at });
            }
        }
    }
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let is_app =
        |path: &&str| path.starts_with("/assets/app-") && path.rsplit('.').next() == Some("js");
    let app = files.iter().map(|file| file.path.as_str()).find(is_app);
    let app = app.ok_or_else(|| format!("{} holds no assets/app-….js", dist.display()))?;
    Ok(written(&files, Some(app)))
}

fn written(files: &[File], app: Option<&str>) -> String {
    let mut table = format!("pub const APP: Option<&str> = {app:?};\nconst FILES: &[File] = &[\n");
    for File { path, at } in files {
        let mut packed = at.clone().into_os_string();
        packed.push(".br");
        let packed = Some(Path::new(&packed)).filter(|packed| packed.exists()).map(included);
        let brotli = packed.map_or("None".to_owned(), |packed| format!("Some({packed})"));
        let bytes = included(at);
        let _ = writeln!(table, "    File {{ path: {path:?}, bytes: {bytes}, brotli: {brotli} }},");
    }
    table + "];\n"
}

fn said<T, E: ToString>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

/// A file's contents, as source.
fn included(at: &Path) -> String {
    format!("include_bytes!({:?})", at.to_string_lossy())
}
