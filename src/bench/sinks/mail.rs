//! A mail server that takes every mail (RFC 5321, without extensions that cost the sender less).

use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{Arrived, Log};

/// A mail, as much of it as tells which one it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailArrival {
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Without its brackets; empty when the mail has none.
    pub message_id: String,
    /// The first of `References`, without brackets.
    pub thread: Option<String>,
    /// The message's bytes as the sender had them, before dots were doubled.
    pub bytes: usize,
    /// When its last line had come, before it was answered.
    pub at: Instant,
}

impl Arrived for MailArrival {
    fn at(&self) -> Instant {
        self.at
    }
}

/// The server; it ends when this is dropped.
#[derive(Debug)]
pub struct MailSink {
    pub addr: SocketAddr,
    pub log: Log<MailArrival>,
    accepting: JoinHandle<()>,
}

impl Drop for MailSink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl MailSink {
    /// Listens on a free port of this machine.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let log = Log::default();
        let into = log.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let log = into.clone();
                // A sender that breaks off has sent nothing more.
                tokio::spawn(async move { drop(Session::begin(stream, log).run().await) });
            }
        });
        Ok(Self { addr, log, accepting })
    }
}

struct Session {
    stream: BufReader<TcpStream>,
    log: Log<MailArrival>,
    line: Vec<u8>,
    sender_named: bool,
    to: Vec<String>,
}

impl Session {
    fn begin(stream: TcpStream, log: Log<MailArrival>) -> Self {
        // Without it an answer could wait 40 ms for the sender's acknowledgement.
        let _ = stream.set_nodelay(true);
        let stream = BufReader::with_capacity(1 << 14, stream);
        Self { stream, log, line: vec![], sender_named: false, to: vec![] }
    }

    async fn run(mut self) -> std::io::Result<()> {
        self.say("220 sink ready").await?;
        while self.read_line().await? {
            let command = String::from_utf8_lossy(&self.line).trim_end().to_owned();
            let verb: String = command.chars().take(4).collect::<String>().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => self.say("250-sink\r\n250 8BITMIME").await?,
                "HELO" | "NOOP" => self.say("250 sink").await?,
                "RSET" => {
                    self.forget();
                    self.say("250 forgotten").await?;
                }
                "MAIL" => {
                    self.forget();
                    self.sender_named = true;
                    self.say("250 go on").await?;
                }
                "RCPT" if self.sender_named => {
                    self.to.extend(in_brackets(&command).map(str::to_owned));
                    self.say("250 go on").await?;
                }
                "DATA" if !self.to.is_empty() => {
                    self.say("354 end with a dot").await?;
                    let arrival = self.take_message().await?;
                    self.log.note(arrival);
                    self.forget();
                    self.say("250 2.0.0 taken").await?;
                }
                "RCPT" | "DATA" => self.say("503 not in this order").await?,
                "QUIT" => return self.say("221 bye").await,
                _ => self.say("502 not known here").await?,
            }
        }
        Ok(())
    }

    fn forget(&mut self) {
        self.sender_named = false;
        self.to.clear();
    }

    async fn say(&mut self, words: &str) -> std::io::Result<()> {
        self.stream.get_mut().write_all(format!("{words}\r\n").as_bytes()).await
    }

    /// Reads one line with its end; `false` at the end of the stream.
    async fn read_line(&mut self) -> std::io::Result<bool> {
        self.line.clear();
        Ok(self.stream.read_until(b'\n', &mut self.line).await? > 0)
    }

    /// Reads up to the lone dot and undoes the doubling of dots (RFC 5321, §4.5.2).
    async fn take_message(&mut self) -> std::io::Result<MailArrival> {
        let (mut head, mut bytes, mut in_head) = (vec![], 0, true);
        loop {
            if !self.read_line().await? {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if self.line == b".\r\n" {
                break;
            }
            let line = self.line.strip_prefix(b".").unwrap_or(&self.line);
            bytes += line.len();
            in_head &= line != b"\r\n";
            if in_head {
                head.extend_from_slice(line);
            }
        }
        let head = String::from_utf8_lossy(&head);
        let id =
            |name| header(&head, name).and_then(|value| in_brackets(&value).map(str::to_owned));
        Ok(MailArrival {
            to: self.to.clone(),
            message_id: id("message-id").unwrap_or_default(),
            thread: id("references"),
            bytes,
            at: Instant::now(),
        })
    }
}

/// A header's value, its folded lines joined (RFC 5322, §2.2.3).
fn header(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines().skip_while(|line| {
        line.split_once(':').is_none_or(|(key, _)| !key.eq_ignore_ascii_case(name))
    });
    let (_, first) = lines.next()?.split_once(':')?;
    let folded = lines.take_while(|line| line.starts_with([' ', '\t']));
    Some(folded.fold(first.to_owned(), |value, line| value + line))
}

/// What stands in the first angle brackets.
fn in_brackets(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('<')?;
    rest.split_once('>').map(|(inner, _)| inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    async fn talk(sink: &MailSink, words: &str) -> String {
        let mut stream = TcpStream::connect(sink.addr).await.unwrap();
        stream.write_all(words.as_bytes()).await.unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).await.unwrap();
        answers.lines().filter_map(|line| line.get(..4)).collect()
    }

    #[tokio::test]
    async fn a_mail_is_taken_with_its_dots_undone_and_its_folded_headers_read() {
        let sink = MailSink::start().await.unwrap();
        let answers = talk(
            &sink,
            "EHLO me\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n\
             Message-ID: <1@example.org>\r\nReferences:\r\n <issue-2@example.org>\r\n\r\n\
             ..a line that begins with a dot\r\n.\r\nQUIT\r\n",
        )
        .await;
        assert_eq!(answers, "220 250-250 250 250 354 250 221 ");
        let came = sink.log.take().remove(0);
        assert_eq!(
            (came.to, came.message_id),
            (vec!["b@example.org".into()], "1@example.org".into())
        );
        assert_eq!(came.thread.as_deref(), Some("issue-2@example.org"));
        let sent = "Message-ID: <1@example.org>\r\nReferences:\r\n <issue-2@example.org>\r\n\r\n\
                    .a line that begins with a dot\r\n";
        assert_eq!(came.bytes, sent.len());
    }

    #[tokio::test]
    async fn two_mails_on_one_connection_are_two_and_one_cut_short_is_none() {
        let sink = MailSink::start().await.unwrap();
        let mail = "MAIL FROM:<>\r\nRCPT TO:<b@x.org>\r\nDATA\r\nMessage-ID: <1@x>\r\n\r\nhi\r\n";
        let answers = talk(&sink, &format!("{mail}.\r\n{mail}.\r\nQUIT\r\n")).await;
        assert_eq!(answers, "220 250 250 354 250 250 250 354 250 221 ");
        assert_eq!(sink.log.count(), 2);
        let mut stream = TcpStream::connect(sink.addr).await.unwrap();
        stream.write_all(mail.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        stream.read_to_end(&mut vec![]).await.unwrap();
        assert_eq!(sink.log.count(), 2);
    }

    #[tokio::test]
    async fn what_comes_out_of_order_is_refused() {
        let sink = MailSink::start().await.unwrap();
        let answers = talk(&sink, "DATA\r\nRCPT TO:<b@x.org>\r\nTURN\r\nQUIT\r\n").await;
        assert_eq!(answers, "220 503 503 502 221 ");
        assert_eq!(sink.log.count(), 0);
    }
}
