//! The program itself, as an operator runs it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use wardwatch::channel::push::VapidKey;
use wardwatch::config::{DeskSettings, Settings};
use wardwatch::store::{Store, StoreSettings};

/// A wardwatch with a data directory of its own.
pub struct Program {
    folder: Folder,
    settings: Settings,
    port: u16,
}

/// Where it keeps its data.
enum Folder {
    /// Gone with the program.
    Own(tempfile::TempDir),
    Given(PathBuf),
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    /// On standard output.
    pub printed: String,
    /// On standard error.
    pub said: String,
}

/// A running `wardwatch serve`, or another command at work.
pub struct Serving {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Program {
    /// On a file of its own, or on the database at `url`; mail goes to `mail`, and this machine's
    /// `push` may be pushed to.
    pub fn new(url: Option<String>, mail_port: u64, push_port: u64) -> Self {
        let own = tempfile::tempdir().expect("a temporary directory");
        let mut program = Self::in_folder(own.path(), url);
        program.settings.smtp_url = Some(format!("smtp://127.0.0.1:{mail_port}"));
        program.settings.push_allow_hosts = Some(vec![format!("127.0.0.1:{push_port}")]);
        program.folder = Folder::Own(own);
        program
    }

    /// In a folder that is there; mail is caught in it.
    pub fn in_folder(dir: &Path, url: Option<String>) -> Self {
        let settings = Settings {
            desk: DeskSettings {
                data_dir: Some(dir.to_owned()),
                database_url: url,
                ..DeskSettings::default()
            },
            smtp_url: Some(format!("file:{}", dir.join("mail").display())),
            mail_from: Some("Wardwatch <wardwatch@example.org>".into()),
            public_url: Some("http://watch.example.org".into()),
            ..Settings::default()
        };
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("bound").port();
        Self { folder: Folder::Given(dir.to_owned()), settings, port }
    }

    /// In a folder that is there; mail goes to `mail_port`.
    pub fn in_folder_to(dir: &Path, mail_port: u16) -> Self {
        let mut program = Self::in_folder(dir, None);
        program.settings.smtp_url = Some(format!("smtp://127.0.0.1:{mail_port}"));
        program
    }

    pub fn dir(&self) -> &Path {
        match &self.folder {
            Folder::Own(dir) => dir.path(),
            Folder::Given(dir) => dir,
        }
    }

    /// Writes the push key that browsers subscribe to, as its first start would have.
    pub fn keep_push_key(&self) {
        let key = VapidKey::generate().expect("a key").private_base64();
        std::fs::write(self.dir().join("vapid.key"), key).expect("its folder is ours");
    }

    /// The same settings, for what a test does through the library.
    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// The address of its database.
    pub fn database(&self) -> String {
        let url = self.settings.desk.database_url.clone();
        url.unwrap_or_else(|| StoreSettings::file(&self.dir().join("wardwatch.db")).url)
    }

    pub async fn store(&self) -> Store {
        let settings = StoreSettings { url: self.database(), readers: 2 };
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

    /// Makes the database and the city in it, as the first command that writes does.
    pub fn found(&self) {
        self.run(&["keys", "api", "--role", "source", "--name", "founder"]);
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

    /// Runs a command to its end that is fed this on standard input.
    pub fn end_fed(&self, words: &[&str], input: &[u8]) -> Ended {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        // One that ends early has heard enough.
        let _ = child.stdin.take().expect("piped").write_all(input);
        let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
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

    /// Runs a command to its end of whose output nobody reads a word, and gives its exit code.
    pub fn end_unread(&self, words: &[&str]) -> i32 {
        let mut command = self.command(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        drop((child.stdout.take(), child.stderr.take()));
        child.wait().expect("it ends").code().expect("it ends by itself")
    }

    /// Brings an event to the running service; it is accepted.
    pub async fn bring(&self, key: &str, event: &serde_json::Value) {
        let sent = reqwest::Client::new().post(self.at("/api/v1/events")).bearer_auth(key);
        let answer = sent.body(event.to_string()).send().await.expect("it answers");
        let answer = String::from_utf8_lossy(&answer.bytes().await.expect("a line")).into_owned();
        assert!(answer.contains("\"accepted\""), "{answer}");
    }

    /// Begins a command that is not waited for.
    pub fn begin(&self, words: &[&str]) -> Serving {
        let mut command = self.command(words);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        Serving::hear(command.spawn().expect("the program runs"))
    }

    /// Starts `serve`.
    pub fn launch(&self, options: &[(&str, &str)]) -> Serving {
        let mut command = self.command(&["serve"]);
        command.env("WARDWATCH_LISTEN", format!("127.0.0.1:{}", self.port));
        command.env("WARDWATCH_LOG", "wardwatch=warn").stderr(Stdio::piped());
        // Its people live through months in minutes.
        command.env("WARDWATCH_AT_ONCE_AN_HOUR", "0");
        Serving::hear(command.envs(options.iter().copied()).spawn().expect("the program runs"))
    }

    /// Starts `serve` and waits until it answers.
    pub async fn serve(&self, options: &[(&str, &str)]) -> Serving {
        let mut serving = self.launch(options);
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert!(!serving.has_ended(), "serve ended at once: {}", serving.said());
            assert!(begun.elapsed() < Duration::from_secs(30), "serve does not answer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        serving
    }
}

impl Serving {
    fn hear(mut child: Child) -> Self {
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let said = Arc::<Mutex<String>>::default();
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // Shown by the test harness when the test fails.
                if line.contains("ERROR") {
                    println!("{line}");
                }
                let mut heard = heard.lock().expect("nobody broke");
                *heard += &line;
                *heard += "\n";
            }
        });
        Self { child, said }
    }

    /// What it has said on standard error so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("nobody broke").clone()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is ours").is_some()
    }

    /// Sends it a signal by name, as `kill` does.
    pub fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Ends it as the system's out-of-memory killer would: with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is ours");
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) {
        self.signal("TERM");
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
