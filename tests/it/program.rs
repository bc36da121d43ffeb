//! The program itself, as an operator runs it.

use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use wardwatch::config::{DeskSettings, Settings};
use wardwatch::store::{Store, StoreSettings};

/// A wardwatch with a data directory of its own.
pub struct Program {
    dir: tempfile::TempDir,
    settings: Settings,
    port: u16,
}

/// How a command ended.
pub struct Ended {
    pub code: i32,
    /// On standard output.
    pub printed: String,
    /// On standard error.
    pub said: String,
}

/// A running `wardwatch serve`.
pub struct Serving {
    child: Child,
}

impl Program {
    /// On a file of its own, or on the database at `url`; mail goes to `mail`, and this machine's
    /// `push` may be pushed to.
    pub fn new(url: Option<String>, mail_port: u64, push_port: u64) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let settings = Settings {
            desk: DeskSettings {
                data_dir: Some(dir.path().to_owned()),
                database_url: url,
                ..DeskSettings::default()
            },
            smtp_url: Some(format!("smtp://127.0.0.1:{mail_port}")),
            mail_from: Some("Wardwatch <wardwatch@example.org>".into()),
            push_allow_hosts: Some(vec![format!("127.0.0.1:{push_port}")]),
            public_url: Some("http://watch.example.org".into()),

            ..Settings::default()
        };
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("bound").port();
        Self { dir, settings, port }
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The same settings, for what a test does through the library.
    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }

    pub async fn store(&self) -> Store {
        let url = self.settings.desk.database_url.clone();
        let file = || StoreSettings::file(&self.dir().join("wardwatch.db")).url;
        let settings = StoreSettings { url: url.unwrap_or_else(file), readers: 2 };
        Store::open(&settings).await.expect("the store opens")
    }

    pub fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn command(&self, words: &[&str]) -> Command {
        let set = |value: &Option<String>| value.clone().unwrap_or_default();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardwatch"));
        command
            .args(words)
            .env("WARDWATCH_DATA_DIR", self.dir())
            .env("WARDWATCH_SMTP_URL", set(&self.settings.smtp_url))
            .env("WARDWATCH_MAIL_FROM", set(&self.settings.mail_from))
            .env("WARDWATCH_PUBLIC_URL", set(&self.settings.public_url));
        if let Some(url) = &self.settings.desk.database_url {
            command.env("WARDWATCH_DATABASE_URL", url);
        }
        let hosts = self.settings.push_allow_hosts.clone().unwrap_or_default();
        command.env("WARDWATCH_PUSH_ALLOW_HOSTS", hosts.join(","));
        command
    }

    /// Runs a command to its end and gives what it printed. It has to succeed.
    pub fn run(&self, words: &[&str]) -> String {
        let Ended { code, printed, said } = self.end(words);
        assert_eq!(code, 0, "{words:?}: {said}");
        printed
    }

    /// Runs a command to its end, however that is.
    pub fn end(&self, words: &[&str]) -> Ended {
        let output = self.command(words).output().expect("the program runs");
        let Output { status, stdout, stderr } = output;
        Ended {
            code: status.code().expect("it ends by itself"),
            printed: String::from_utf8(stdout).expect("text"),
            said: String::from_utf8(stderr).expect("text"),
        }
    }

    /// Runs a command whose standard output goes to this file, and gives its exit code.
    pub fn end_into(&self, words: &[&str], file: &str) -> i32 {
        let into = std::fs::File::options().write(true).open(file).expect("it opens");
        let mut command = self.command(words);
        let ended = command.stdout(into).stderr(Stdio::null()).status().expect("the program runs");
        ended.code().expect("it ends by itself")
    }

    /// Brings an event to the running service; it is accepted.
    pub async fn bring(&self, key: &str, event: &serde_json::Value) {
        let sent = reqwest::Client::new().post(self.at("/api/v1/events")).bearer_auth(key);
        let answer = sent.body(event.to_string()).send().await.expect("it answers");
        let answer = String::from_utf8_lossy(&answer.bytes().await.expect("a line")).into_owned();
        assert!(answer.contains("\"accepted\""), "{answer}");
    }

    /// Starts `serve` and waits until it answers.
    pub async fn serve(&self, options: &[(&str, &str)]) -> Serving {
        let mut command = self.command(&["serve"]);
        command.env("WARDWATCH_LISTEN", format!("127.0.0.1:{}", self.port));
        command.env("WARDWATCH_LOG", "wardwatch=warn").stderr(Stdio::piped());
        let mut child = command.envs(options.iter().copied()).spawn().expect("the program runs");
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            if let Some(ended) = child.try_wait().expect("a child") {
                let mut why = String::new();
                let _ = child.stderr.take().expect("piped").read_to_string(&mut why);
                panic!("serve ended at once, {ended}: {why}");
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "serve does not answer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut said = child.stderr.take().expect("piped");
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = said.read_to_string(&mut text);
            // Shown by the test harness when the test fails.
            text.lines().filter(|line| line.contains("ERROR")).for_each(|line| println!("{line}"));
        });
        Serving { child }
    }
}

impl Serving {
    /// Ends it as the system's out-of-memory killer would: with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is ours");
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there");
        assert!(asked.success());
        let ended = self.child.wait().expect("it is ours");
        assert!(ended.success(), "it should end with 0: {ended}");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
