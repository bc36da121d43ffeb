//! Postfix's own test programs: one that takes every mail, and one that sends.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};

use super::{MailError, MailPlan};
use crate::bench::city::per_second;
use crate::message::Mail;

/// A running `smtp-sink`; it ends when this is dropped.
pub struct SmtpSink {
    pub addr: SocketAddr,
    child: Child,
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether it takes several commands before it answers the first (RFC 2920).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipelining {
    Offered,
    Refused,
}

/// How many may wait for it to take their connection.
const BACKLOG: &str = "256";
/// It listens within milliseconds, or something is wrong.
const PATIENCE: Duration = Duration::from_secs(10);

impl SmtpSink {
    /// Starts it on a free port of this machine.
    pub async fn start(pipelining: Pipelining) -> Result<Self, MailError> {
        let program = found("smtp-sink")?;
        // Free until we let go of it; nobody else is likely to take it in the moment between.
        let addr = TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?;
        let mut command = Command::new(program);
        if is_root() {
            command.args(["-u", "nobody"]);
        }
        if pipelining == Pipelining::Refused {
            command.arg("-p");
        }
        let child = command.arg(addr.to_string()).arg(BACKLOG).stdin(Stdio::null()).spawn()?;
        let mut sink = Self { addr, child };
        let started = Instant::now();
        while let Err(refused) = TcpStream::connect(addr).await {
            if sink.child.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                return Err(refused.into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(sink)
    }
}

/// It wants to be told whom to run as when root starts it.
fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .any(|line| line.strip_prefix("Uid:").is_some_and(|ids| ids.trim().starts_with("0\t")))
}

/// Mails a second by `smtp-source`, which sends the mail as it is, dots doubled.
pub async fn smtp_source(plan: &MailPlan, to: SocketAddr, mail: &Mail) -> Result<f64, MailError> {
    let file = plan.dir.join(format!("wardwatch_bench_{}.eml", mail.id.simple()));
    // It ends every line by itself.
    let text = String::from_utf8_lossy(&mail.bytes).replace("\r\n", "\n");
    std::fs::write(&file, text)?;
    let mut command = Command::new(found("smtp-source")?);
    command.arg("-d").arg("-F").arg(&file);
    command.args(["-s", &plan.connections.to_string(), "-m", &plan.mails.to_string()]);
    command.args(["-f", mail.return_path.as_str(), "-t", mail.to.as_str(), &to.to_string()]);
    let started = Instant::now();
    let ended = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output()).await;
    let took = started.elapsed();
    std::fs::remove_file(&file)?;
    let output = ended.map_err(std::io::Error::other)??;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() && said.is_empty() {
        Ok(per_second(plan.mails, took))
    } else {
        Err(MailError::Source(format!("{}: {said}", output.status)))
    }
}

/// Where a program of Postfix's lies: in a folder that an ordinary user's PATH does not name.
fn found(program: &'static str) -> Result<PathBuf, MailError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let mut places = folders.map(|folder: PathBuf| folder.join(program));
    places.find(|place| place.is_file()).ok_or(MailError::NoPostfix(program))
}
