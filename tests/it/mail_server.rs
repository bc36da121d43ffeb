//! A Postfix of the test's own: on loopback, for the people of people.example, with a pipe for what
//! comes to city.example. It relays nothing.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wardwatch::channel::email::{Mailer, Settings};
use wardwatch::clock::Clock;
use wardwatch::delivery::{Lane, Outcome};
use wardwatch::message::Mail;

/// A running Postfix; it ends when this is dropped.
pub struct Postfix {
    dir: tempfile::TempDir,
    pub port: u16,
    master: Child,
}

/// Whom its pipe runs as: Postfix lets it be neither root nor itself.
const USER: &str = "nobody";

impl Postfix {
    /// Starts it, with a pipe to this command. Only root starts a mail server; for anybody else there
    /// is none.
    pub fn start(pipe: &str) -> Option<Self> {
        if id(&["-u"]) != 0 {
            println!("passed over: only root starts a mail server");
            return None;
        }
        let dir = tempfile::tempdir().expect("a directory");
        open_to_all(dir.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = dir.path().display();
        fs::write(dir.path().join("main.cf"), main_cf(dir.path())).unwrap();
        fs::write(dir.path().join("master.cf"), master_cf(port, pipe)).unwrap();
        for folder in ["queue", "data"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        chown(dir.path().join("data"), Some(id(&["-u", "postfix"])), None).unwrap();
        let check = Command::new("postfix").args(["-c", &at.to_string(), "check"]).output();
        let check = check.expect("Postfix is installed: scripts/need.sh does it");
        assert!(check.status.success(), "{check:?}");
        let master = Command::new("/usr/lib/postfix/sbin/master")
            .args(["-c", &at.to_string(), "-d"])
            .env("MAIL_CONFIG", dir.path())
            .stdin(Stdio::null())
            .spawn()
            .expect("Postfix starts");
        let mut server = Self { dir, port, master };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(server.master.try_wait().unwrap().is_none(), "it ended: {}", server.log());
            assert!(begun.elapsed() < Duration::from_secs(30), "{}", server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(server)
    }

    /// What it has done.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// Somebody writes to an address of people.example that is not there, in another's name: the
    /// report goes to that.
    pub async fn send(&self, to: &str, from: &str) {
        let settings = Settings::new(format!("smtp://127.0.0.1:{}", self.port));
        let mail = Mail {
            id: uuid::Uuid::nil(),
            to: to.parse().unwrap(),
            return_path: from.parse().unwrap(),
            subject: String::new(),
            bytes: b"From: a@city.example\r\n\r\nhello\r\n".to_vec(),
        };
        let sent =
            Mailer::new(settings).unwrap().send(&mail, Lane::AtOnce, Clock::System.now()).await;
        assert!(matches!(sent, Outcome::Sent { .. }), "{sent:?}");
    }

    /// Waits until its log has a line with all of these words, and gives that.
    pub async fn until(&self, words: &[&str]) -> String {
        for _ in 0..600 {
            let log = self.log();
            if let Some(line) = log.lines().find(|line| words.iter().all(|w| line.contains(w))) {
                return line.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{words:?} never happened:\n{}", self.log());
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.master.id().to_string()).status();
        let _ = self.master.wait();
    }
}

fn id(words: &[&str]) -> u32 {
    let output = Command::new("id").args(words).output().expect("id is there");
    String::from_utf8(output.stdout).unwrap().trim().parse().expect("a number")
}

fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Gives a folder and what is in it to whom the pipe runs as.
pub fn give_away(folder: &Path) {
    let owner = id(&["-u", USER]);
    chown(folder, Some(owner), None).unwrap();
    for file in fs::read_dir(folder).unwrap() {
        chown(file.unwrap().path(), Some(owner), None).unwrap();
    }
}

/// The program, where the pipe can reach it.
pub fn program_in(folder: &Path) -> PathBuf {
    open_to_all(folder);
    let (ours, copy) = (env!("CARGO_BIN_EXE_wardwatch"), folder.join("wardwatch"));
    fs::hard_link(ours, &copy).or_else(|_| fs::copy(ours, &copy).map(drop)).unwrap();
    copy
}

fn main_cf(dir: &Path) -> String {
    let at = dir.display();
    format!(
        "compatibility_level = 3.6
queue_directory = {at}/queue
data_directory = {at}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {at}/log
maillog_file_prefixes = {at}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.people.example
mydestination = people.example
mynetworks =
smtpd_relay_restrictions = reject_unauth_destination
recipient_delimiter = +
# It takes mail for whom it does not know, and finds that out later, as many gateways do.
local_recipient_maps =
alias_maps = inline:{{ada=/dev/null}}
alias_database =
transport_maps = inline:{{city.example=wardwatch:}}
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
"
    )
}

fn master_cf(port: u16, pipe: &str) -> String {
    format!(
        "127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
wardwatch unix - n n - - pipe
  flags=DR user={USER} argv={pipe}
"
    )
}
