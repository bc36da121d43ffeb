//! A PostgreSQL of a test's own, to be stopped in the middle of work.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wardwatch::random::Random;

pub struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
    /// Whom it runs as when we are root, as it refuses to.
    owner: Option<&'static str>,
    running: Option<Child>,
}

/// How it is stopped.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// Its clients are sent away and what they had begun is undone.
    Fast,
    /// As if it had crashed: the next start recovers from its log.
    Immediate,
}

impl Server {
    /// `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let found = Command::new("bash")
            .args(["-c", ". scripts/postgres-home.sh && postgres_home"])
            .output()
            .expect("bash is there");
        let programs = String::from_utf8(found.stdout).expect("a path");
        if programs.trim().is_empty() {
            println!("passed over: there is no PostgreSQL here");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary directory");
        let root = std::fs::metadata("/proc/self").is_ok_and(|own| {
            use std::os::unix::fs::MetadataExt;
            own.uid() == 0
        });
        let owner = root.then_some("postgres");
        if let Some(owner) = owner {
            let given = Command::new("chown").arg(owner).arg(folder.path()).status();
            assert!(given.expect("chown is there").success(), "the folder is {owner}'s");
        }
        // Below those that the system gives to whoever asks, while the server is away.
        let port = (0..100)
            .map(|_| 20_000 + u16::try_from(Random::System.bits() % 12_000).expect("small"))
            .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
            .expect("a free port");
        let programs = programs.trim().into();
        let mut server = Self { programs, folder, port, owner, running: None };
        server.init();
        server.run();
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://wardwatch@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let program: &Path = &self.programs.join(program);
        let mut command = match self.owner {
            None => Command::new(program),
            Some(owner) => {
                let mut command = Command::new("setpriv");
                let (user, group) = (format!("--reuid={owner}"), format!("--regid={owner}"));
                command.args([&user, &group, "--clear-groups"]).arg(program);
                command
            }
        };
        command.current_dir(self.folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn init(&self) {
        let mut init = self.command("initdb");
        init.args(["--username=wardwatch", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        let made = init.arg("--no-sync").arg("--pgdata").arg(self.data()).status();
        assert!(made.expect("initdb runs").success(), "initdb makes a database");
    }

    /// Starts it and waits until it answers.
    pub fn run(&mut self) {
        let port = self.port.to_string();
        let mut server = self.command("postgres");
        server.arg("-D").arg(self.data()).args(["-p", &port]);
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        let log = std::fs::File::create(self.folder.path().join("server.log")).expect("a log");
        server.stderr(log);
        self.running = Some(server.spawn().expect("it starts"));
        let begun = Instant::now();
        loop {
            let mut asked = self.command("pg_isready");
            asked.args(["--quiet", "--host=127.0.0.1", "--port", &port]);
            if asked.status().expect("pg_isready runs").success() {
                return;
            }
            if begun.elapsed() > Duration::from_mins(1) {
                let log = std::fs::read_to_string(self.folder.path().join("server.log"));
                panic!("PostgreSQL does not start: {log:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn stop(&mut self, how: Stop) {
        let Some(mut running) = self.running.take() else { return };
        let signal = match how {
            Stop::Fast => "-INT",
            Stop::Immediate => "-QUIT",
        };
        let _ = Command::new("kill").args([signal, &running.id().to_string()]).status();
        running.wait().expect("it is ours");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop(Stop::Immediate);
    }
}
