//! A receiver from this folder, running as long as the test.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::Value;

pub struct Sink {
    child: Child,
    lines: Receiver<String>,
    /// Its first line: where it listens.
    pub hello: Value,
}

impl Sink {
    /// Starts a script of this folder, in Python or for Node; nothing where the receivers are not
    /// installed.
    pub fn start(script: &str, options: &[&str]) -> Option<Self> {
        let is_python = Path::new(script).extension().is_some_and(|kind| kind == "py");
        let python = "var/receivers/bin/python";
        let (runs, needs) =
            if is_python { (python, python) } else { ("node", "var/receivers/node_modules") };
        if !Path::new(needs).exists() {
            println!("passed over: run scripts/test-receivers.sh to test against real receivers");
            return None;
        }
        let mut child = Command::new(runs)
            .arg(format!("tests/receivers/{script}"))
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            out.lines().map_while(Result::ok).try_for_each(|l| tell.send(l))
        });
        let mut sink = Self { child, lines, hello: Value::Null };
        sink.hello = sink.got();
        Some(sink)
    }

    /// The next thing it received.
    pub fn got(&self) -> Value {
        let line = self.lines.recv_timeout(Duration::from_secs(20)).expect("the receiver speaks");
        serde_json::from_str(&line).unwrap()
    }

    /// All that it has received by now and says within a moment.
    pub fn got_all(&self) -> Vec<Value> {
        let mut all = vec![];
        while let Ok(line) = self.lines.recv_timeout(Duration::from_millis(500)) {
            all.push(serde_json::from_str(&line).unwrap());
        }
        all
    }

    pub fn got_nothing(&self) -> bool {
        self.lines.recv_timeout(Duration::from_millis(300)).is_err()
    }

    pub fn port(&self) -> u64 {
        self.hello["port"].as_u64().unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
