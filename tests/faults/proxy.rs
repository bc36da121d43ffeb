//! A proxy that does to a connection what bad networks and bad servers do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What happens to a connection from the moment on that the caller says a certain word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nothing passes any more, and nobody hangs up.
    Tarpit,
    /// The mail is taken, and the connection cut before the server's answer comes back.
    CutAfterData,
    /// The server's side is closed; the caller may go on speaking.
    HalfClose,
    /// Each answer takes so long.
    Delay(Duration),
}

#[derive(Clone)]
pub struct Proxy {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    faults: Vec<(String, Fault)>,
    refuses: bool,
    opened: usize,
}

impl Proxy {
    /// In front of a port of this machine.
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().port();
        let proxy = Self { port: at, state: Arc::default() };
        let this = proxy.clone();
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                if this.comes_in() {
                    tokio::spawn(this.clone().pass(caller, port));
                }
            }
        });
        proxy
    }

    /// From now on whoever says this has this happen to it.
    pub fn when(&self, word: &str, fault: Fault) {
        self.state.lock().unwrap().faults.push((word.to_owned(), fault));
    }

    /// Whether it hangs up on everybody at once.
    pub fn refuse(&self, refuses: bool) {
        self.state.lock().unwrap().refuses = refuses;
    }

    /// How many connections were opened.
    pub fn opened(&self) -> usize {
        self.state.lock().unwrap().opened
    }

    fn comes_in(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        state.opened += 1;
        !state.refuses
    }

    fn fault_of(&self, said: &str) -> Option<Fault> {
        let state = self.state.lock().unwrap();
        state.faults.iter().find(|(word, _)| said.contains(word)).map(|(_, fault)| *fault)
    }

    async fn pass(self, caller: TcpStream, port: u16) {
        let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
        let (from_caller, to_caller) = caller.into_split();
        let (from_server, to_server) = server.into_split();
        let armed = Arc::<Mutex<Option<Fault>>>::default();
        let back = tokio::spawn(answers(from_server, to_caller, Arc::clone(&armed)));
        self.questions(from_caller, to_server, &armed).await;
        back.abort();
    }

    /// Ends when the connection is to be cut.
    async fn questions(
        &self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        armed: &Mutex<Option<Fault>>,
    ) {
        let (mut said, mut piece) = (String::new(), vec![0; 16 << 10]);
        while let Ok(size @ 1..) = from.read(&mut piece).await {
            // Of a mail's bytes only the end matters, and the words stand in one line.
            said = said.chars().rev().take(400).collect::<Vec<_>>().into_iter().rev().collect();
            let speech = String::from_utf8_lossy(&piece[..size]);
            if speech.starts_with("MAIL FROM") {
                // Another mail on the same connection.
                said.clear();
                *armed.lock().unwrap() = None;
            }
            said += &speech;
            let fault = self.fault_of(&said);
            let now = {
                let mut armed = armed.lock().unwrap();
                *armed = armed.or(fault);
                *armed
            };
            if now == Some(Fault::Tarpit) {
                std::future::pending::<()>().await;
            }
            if to.write_all(&piece[..size]).await.is_err() {
                return;
            }
            if now == Some(Fault::CutAfterData) && said.ends_with("\r\n.\r\n") {
                // Long enough for the server to take it.
                tokio::time::sleep(Duration::from_millis(300)).await;
                return;
            }
        }
    }
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    armed: Arc<Mutex<Option<Fault>>>,
) {
    let mut piece = vec![0; 16 << 10];
    let mut in_message = false;
    while let Ok(size @ 1..) = from.read(&mut piece).await {
        let armed = *armed.lock().unwrap();
        match armed {
            Some(Fault::Delay(time)) => tokio::time::sleep(time).await,
            Some(Fault::CutAfterData) if in_message => return std::future::pending().await,
            Some(Fault::HalfClose) => {
                let _ = to.shutdown().await;
                return std::future::pending().await;
            }
            _ => {}
        }
        in_message = piece.starts_with(b"354");
        if to.write_all(&piece[..size]).await.is_err() {
            return;
        }
    }
}
