use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::*;

fn now() -> Timestamp {
    Timestamp::from_millis(0)
}

/// A mail server on a real socket. What it does with a mail is decided by the recipient.
#[derive(Clone)]
struct Server {
    at: SocketAddr,
    connections: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    most_open: Arc<AtomicUsize>,
    /// Every line that came in.
    heard: Arc<Mutex<Vec<String>>>,
    /// What it offers after EHLO.
    offers: &'static str,
    /// How often sender, recipient and DATA came in one go.
    together: Arc<AtomicUsize>,
    /// How often they came behind the end of a mail.
    behind: Arc<AtomicUsize>,
    /// Recipient and subject of what it took.
    taken: Arc<Mutex<Vec<(String, String)>>>,
}

const PIPELINING: &str = "250-mail.example.org\r\n250-8BITMIME\r\n250 PIPELINING\r\n";

impl Server {
    async fn start(offers: &'static str) -> Self {
        Self::start_at("127.0.0.1", offers).await
    }

    async fn start_at(host: &str, offers: &'static str) -> Self {
        let listener = TcpListener::bind((host, 0)).await.unwrap();
        let server = Self {
            at: listener.local_addr().unwrap(),
            connections: Arc::default(),
            open: Arc::default(),
            most_open: Arc::default(),
            heard: Arc::default(),
            offers,
            together: Arc::default(),
            behind: Arc::default(),
            taken: Arc::default(),
        };
        let this = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                this.connections.fetch_add(1, Ordering::SeqCst);
                let open = this.open.fetch_add(1, Ordering::SeqCst) + 1;
                this.most_open.fetch_max(open, Ordering::SeqCst);
                let this = this.clone();
                tokio::spawn(async move {
                    this.serve(stream).await;
                    this.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 mail.example.org ESMTP\r\n").await.ok()?;
        let (mut to, mut subject, mut in_data) = (String::new(), String::new(), false);
        while let Some(line) = lines.next_line().await.ok()? {
            self.heard.lock().await.push(line.clone());
            if in_data && line != "." {
                if let Some(words) = line.strip_prefix("Subject: ") {
                    words.clone_into(&mut subject);
                }
                continue;
            }
            let verb = line.split([' ', ':']).next().unwrap_or("").to_uppercase();
            if verb == "MAIL" {
                let waits = String::from_utf8_lossy(lines.get_ref().buffer()).into_owned();
                let all = waits.starts_with("RCPT TO:") && waits.ends_with("DATA\r\n");
                self.together.fetch_add(usize::from(all), Ordering::SeqCst);
            }
            let reply = match verb.as_str() {
                "EHLO" => self.offers,
                "RCPT" => {
                    to = line.split(['<', '@']).nth(1).unwrap_or("").to_owned();
                    match to.as_str() {
                        "unknown" => "550 5.1.1 <unknown>: User unknown\r\n",
                        "tempfail" => "450-4.2.0 greylisted\r\n450 4.2.0 come back\r\n",
                        "silent" => {
                            tokio::time::sleep(Duration::from_mins(1)).await;
                            ""
                        }
                        _ => "250 2.1.5 ok\r\n",
                    }
                }
                "DATA" => {
                    in_data = true;
                    subject.clear();
                    "354 go on\r\n"
                }
                "." => {
                    in_data = false;
                    if lines.get_ref().buffer().starts_with(b"MAIL FROM:") {
                        self.behind.fetch_add(1, Ordering::SeqCst);
                    }
                    if self.offers.contains("forgets") {
                        let lost = lines.get_ref().buffer().len();
                        lines.get_mut().consume(lost);
                    }
                    match to.as_str() {
                        "slow" => tokio::time::sleep(Duration::from_millis(400)).await,
                        "stuck" => std::future::pending().await,
                        "reject" => {
                            write.write_all(b"554 5.7.1 spam\r\n").await.ok()?;
                            continue;
                        }
                        _ => {}
                    }
                    if !subject.is_empty() {
                        self.taken.lock().await.push((to.clone(), subject.clone()));
                    }
                    if to == "last" {
                        write.write_all(b"250 2.0.0 queued\r\n").await.ok()?;
                        return None; // hangs up on an idle connection
                    }
                    "250 2.0.0 queued\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            write.write_all(reply.as_bytes()).await.ok()?;
        }
        Some(())
    }

    fn mailer(&self, change: impl FnOnce(&mut Settings)) -> Mailer {
        let mut settings = Settings::new(format!("smtp://{}", self.at));
        settings.step_timeout = Duration::from_millis(1_500);
        change(&mut settings);
        Mailer::new(settings).unwrap()
    }

    fn together(&self) -> usize {
        self.together.load(Ordering::SeqCst)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    async fn heard(&self, words: &str) -> bool {
        self.times_heard(words).await > 0
    }

    async fn times_heard(&self, words: &str) -> usize {
        self.heard.lock().await.iter().filter(|line| line.contains(words)).count()
    }
}

const PLAIN: &str = "250-mail.example.org\r\n250 8BITMIME\r\n";

fn mail(to: &str) -> Mail {
    Mail {
        id: Uuid::from_u128(7),
        to: format!("{to}@example.org").parse().unwrap(),
        return_path: "311@watch.example.org".parse().unwrap(),
        subject: "Pothole".to_owned(),
        bytes: b"Subject: Pothole\r\n\r\n.dots\r\n..\r\n.\r\nend\r\n".to_vec(),
    }
}

fn is_sent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Sent { .. })
}

mod next;

#[tokio::test]
async fn each_answer_becomes_its_outcome_and_an_error_costs_the_connection() {
    each_answer_becomes_its_outcome(PLAIN, 0).await;
}

#[tokio::test]
async fn a_server_that_takes_commands_together_is_given_them_together() {
    each_answer_becomes_its_outcome(PIPELINING, 6).await;
    // Its answers stay with their mails: one that was refused hands over nothing.
    let server = Server::start(PIPELINING).await;
    let mailer = server.mailer(|_| {});
    assert!(matches!(
        mailer.send(&mail("unknown"), Lane::AtOnce, now()).await,
        Outcome::Gone { .. }
    ));
    assert!(!server.heard("Subject:").await, "of the mail itself nothing was said");
    for _ in 0..100 {
        if server.heard("QUIT").await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let heard = server.heard.lock().await.clone();
    let after: Vec<&str> =
        heard.iter().map(String::as_str).skip_while(|line| *line != "DATA").skip(1).collect();
    assert_eq!(after, ["", ".", "QUIT"], "an empty message, to nobody, and goodbye");
}

async fn each_answer_becomes_its_outcome(offers: &'static str, together: usize) {
    let server = Server::start(offers).await;
    let mailer = server.mailer(|_| {});
    let sent = mailer.send(&mail("ada"), Lane::AtOnce, now()).await;
    assert_eq!(sent, Outcome::Sent { reply: "250 2.0.0 queued".to_owned() });
    assert!(is_sent(&mailer.send(&mail("bo"), Lane::AtOnce, now()).await));
    assert_eq!(server.connections(), 1, "a connection in order is used again");
    assert!(matches!(
        mailer.send(&mail("unknown"), Lane::AtOnce, now()).await,
        Outcome::Gone { .. }
    ));
    assert!(is_sent(&mailer.send(&mail("ada"), Lane::AtOnce, now()).await));
    assert_eq!(server.connections(), 2);
    let Outcome::Retry { after: None, reason } =
        mailer.send(&mail("tempfail"), Lane::AtOnce, now()).await
    else {
        panic!("a greylisting must be retried")
    };
    assert!(reason.contains("450 4.2.0 greylisted"), "{reason}");
    assert!(matches!(
        mailer.send(&mail("reject"), Lane::AtOnce, now()).await,
        Outcome::Refused { .. }
    ));
    // A dot at the beginning of a line is doubled, and the message ends once.
    assert!(server.heard("..dots").await && !server.heard("....").await);
    assert_eq!(server.together(), together);
}

#[tokio::test]
async fn a_cancelled_sending_takes_its_connection_with_it() {
    for offers in [PLAIN, PIPELINING] {
        is_cancelled(offers).await;
    }
}

async fn is_cancelled(offers: &'static str) {
    let server = Server::start(offers).await;
    let mailer = server.mailer(|settings| settings.connections = 2);
    let slow = mail("slow");
    let cancelled =
        tokio::time::timeout(Duration::from_millis(150), mailer.send(&slow, Lane::AtOnce, now()))
            .await;
    assert!(cancelled.is_err());
    // On the old connection the late 250 of the cancelled mail would be read as this one's.
    assert!(matches!(
        mailer.send(&mail("unknown"), Lane::AtOnce, now()).await,
        Outcome::Gone { .. }
    ));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_is_replaced_unseen() {
    for offers in [PLAIN, PIPELINING] {
        let server = Server::start(offers).await;
        let mailer = server.mailer(|_| {});
        assert!(is_sent(&mailer.send(&mail("last"), Lane::AtOnce, now()).await));
        assert!(is_sent(&mailer.send(&mail("ada"), Lane::AtOnce, now()).await));
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn a_server_that_keeps_silent_is_given_up_in_time() {
    let server = Server::start(PLAIN).await;
    let mailer = server.mailer(|settings| settings.step_timeout = Duration::from_millis(200));
    let begun = Instant::now();
    let outcome = mailer.send(&mail("silent"), Lane::AtOnce, now()).await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert!(begun.elapsed() < Duration::from_secs(2));
    // A server that takes the call and never greets.
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = Settings::new(format!("smtp://{}", mute.local_addr().unwrap()));
    settings.step_timeout = Duration::from_millis(200);
    let outcome = Mailer::new(settings).unwrap().send(&mail("ada"), Lane::AtOnce, now()).await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
}

#[tokio::test]
async fn nobody_at_the_port_is_a_reason_to_try_later() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mailer = Mailer::new(Settings::new(format!("smtp://{gone}"))).unwrap();
    let outcome = mailer.send(&mail("ada"), Lane::AtOnce, now()).await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert!(mailer.probe().await.unwrap_err().contains("connecting to the mail server"));
}

#[tokio::test]
async fn there_are_never_more_connections_than_allowed() {
    let server = Server::start(PLAIN).await;
    let mailer = Arc::new(server.mailer(|settings| settings.connections = 4));
    let sends = (0..40).map(|_| {
        let mailer = mailer.clone();
        tokio::spawn(async move { mailer.send(&mail("ada"), Lane::AtOnce, now()).await })
    });
    for sent in futures_util::future::join_all(sends).await {
        assert!(is_sent(&sent.unwrap()));
    }
    assert!(server.most_open.load(Ordering::SeqCst) <= 3);
    assert!(server.connections() <= 3);
}

/// Whatever the bulk does, it never has the last connections.
#[tokio::test]
async fn a_mail_that_somebody_waits_for_passes_all_that_are_stuck() {
    let server = Server::start(PLAIN).await;
    let mailer = Arc::new(server.mailer(|settings| settings.connections = 8));
    let bulk = |lane, count| {
        (0..count).for_each(|_| {
            let mailer = mailer.clone();
            tokio::spawn(async move { mailer.send(&mail("stuck"), lane, now()).await });
        });
    };
    let stuck = async |count| {
        while server.times_heard("DATA").await < count {
            tokio::task::yield_now().await;
        }
    };
    bulk(Lane::Digest, 20);
    stuck(4).await;
    assert!(is_sent(&mailer.send(&mail("ada"), Lane::AtOnce, now()).await));
    bulk(Lane::AtOnce, 20);
    stuck(4 + 1 + 2).await;
    for _ in 0..3 {
        assert!(is_sent(&mailer.send(&mail("ada"), Lane::Urgent, now()).await));
    }
    assert_eq!(
        server.times_heard("DATA").await,
        4 + 1 + 2 + 3,
        "the bulk has no more than its own"
    );
}

/// With Nagle's algorithm on and the other side's delayed acknowledgements, a mail takes 40 ms.
#[tokio::test]
async fn a_hundred_mails_on_one_connection_do_not_wait_for_acknowledgements() {
    let server = Server::start(PLAIN).await;
    let mailer = server.mailer(|settings| settings.connections = 2);
    let begun = Instant::now();
    for _ in 0..100 {
        assert!(is_sent(&mailer.send(&mail("ada"), Lane::AtOnce, now()).await));
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

/// What keeps words slipped in behind a STARTTLS reply out of the buffer above; the whole attack is
/// played against a real TLS server in `tests/`.
#[tokio::test]
async fn a_stream_in_the_clear_hands_out_one_line_at_a_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let tcp = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (mut peer, _) = listener.accept().await.unwrap();
    peer.write_all(b"220 go ahead\r\n250 slipped in\r\n\x16\x03").await.unwrap();
    drop(peer);
    let mut clear = wire::Clear::new(tcp);
    let mut read = Vec::new();
    let mut space = [0; 1000];
    while let Ok(len @ 1..) = clear.read(&mut space).await {
        read.push(String::from_utf8_lossy(&space[..len]).into_owned());
    }
    assert_eq!(read, ["220 go ahead\r\n", "250 slipped in\r\n", "\x16\x03"]);
}

#[tokio::test]
async fn where_tls_is_required_nothing_is_said_in_the_clear() {
    let server = Server::start(PLAIN).await;
    let mailer = server.mailer(|settings| {
        settings.url = format!("smtp://localhost:{}?tls=required", server.at.port());
    });
    let Outcome::Retry { reason, .. } = mailer.send(&mail("ada"), Lane::AtOnce, now()).await else {
        panic!()
    };
    assert!(reason.contains("offers no STARTTLS"), "{reason}");
    assert!(!server.heard("MAIL").await);
}

#[tokio::test]
async fn a_password_is_not_sent_in_the_clear_to_another_machine() {
    // The address of this machine as others see it; no packet is sent to find it.
    let probe = UdpSocket::bind("0.0.0.0:0").unwrap();
    let here = probe.connect("192.0.2.1:9").and_then(|()| probe.local_addr());
    let Some(here) = here.ok().filter(|at| !at.ip().is_loopback() && !at.ip().is_unspecified())
    else {
        println!("passed over: this machine has no address besides loopback");
        return;
    };
    let server =
        Server::start_at(&here.ip().to_string(), "250-mail\r\n250 AUTH PLAIN LOGIN\r\n").await;
    let mailer = server.mailer(|settings| settings.url = format!("smtp://ada:hush@{}", server.at));
    let Outcome::Retry { reason, .. } = mailer.send(&mail("ada"), Lane::AtOnce, now()).await else {
        panic!()
    };
    assert!(reason.contains("not sent in the clear"), "{reason}");
    assert!(!server.heard("AUTH").await);
}

#[tokio::test]
async fn a_message_with_a_stray_line_end_is_never_sent() {
    let server = Server::start(PLAIN).await;
    let mailer = server.mailer(|_| {});
    for stray in [&b"a\nb\r\n"[..], b"a\rb\r\n", b"a\r\n.\nb\r\n", b"a\r"] {
        let smuggled = Mail { bytes: stray.to_vec(), ..mail("ada") };
        assert!(matches!(
            mailer.send(&smuggled, Lane::AtOnce, now()).await,
            Outcome::Refused { .. }
        ));
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_folder_gets_one_whole_file_per_delivery_however_often_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("deep/mail");
    let mailer = Mailer::new(Settings::new(format!("file:{}", at.display()))).unwrap();
    for _ in 0..3 {
        assert!(is_sent(&mailer.send(&mail("ada"), Lane::AtOnce, now()).await));
    }
    let files: Vec<_> = std::fs::read_dir(&at).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files, [at.join(format!("{}.eml", Uuid::from_u128(7)))]);
    assert_eq!(std::fs::read(&files[0]).unwrap(), mail("ada").bytes);
    std::fs::remove_dir_all(&at).unwrap();
    assert!(matches!(mailer.send(&mail("ada"), Lane::AtOnce, now()).await, Outcome::Retry { .. }));
}
