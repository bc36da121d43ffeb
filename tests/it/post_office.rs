//! A mail server on a real socket that a story leads, and the dispatcher that writes to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use wardwatch::channel::email::{self, Mailer};
use wardwatch::channel::push::{self, Pusher, VapidKey};
use wardwatch::channel::webhook::Poster;
use wardwatch::dispatcher::{DispatchSettings, Dispatcher, Letterhead, Tools};
use wardwatch::geometry::Units;
use wardwatch::metrics::Metrics;
use wardwatch::outbound::{self, Outbound};
use wardwatch::random::Random;

use crate::receiving::Letter;
use crate::town::Town;

/// It takes every mail. Whom it answers only when it is told to: held@, after the message was
/// taken; gone@, before, and then it says that there is nobody of that name; all of held.example, before.
#[derive(Clone)]
pub struct PostOffice {
    port: u16,
    /// How many mails to an address were begun.
    begun: watch::Sender<BTreeMap<String, usize>>,
    answers: watch::Sender<bool>,
    /// Whom each mail that came was for, and the mail.
    mails: Arc<Mutex<Vec<(String, String)>>>,
}

impl PostOffice {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let office = Self {
            port: listener.local_addr().unwrap().port(),
            begun: watch::Sender::default(),
            answers: watch::Sender::new(false),
            mails: Arc::default(),
        };
        let this = office.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let this = this.clone();
                // A sender may hang up.
                tokio::spawn(async move { drop(this.serve(stream).await) });
            }
        });
        office
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 mail.example.org ESMTP\r\n").await?;
        let (mut to, mut mail) = (String::new(), None);
        while let Some(line) = lines.next_line().await? {
            if let Some(mail) = mail.as_mut().filter(|_| line != ".") {
                *mail += line.strip_prefix('.').unwrap_or(&line);
                *mail += "\r\n";
                continue;
            }
            let answer = match line.get(..4).unwrap_or(&line) {
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    self.begun.send_modify(|begun| *begun.entry(to.clone()).or_default() += 1);
                    if to.ends_with("@held.example") {
                        self.until_answering().await;
                    }
                    if to.starts_with("gone@") {
                        self.until_answering().await;
                        "550 5.1.1 nobody of that name\r\n"
                    } else {
                        "250 ok\r\n"
                    }
                }
                "DATA" => {
                    mail = Some(String::new());
                    "354 go on\r\n"
                }
                "." => {
                    let mail = mail.take().unwrap_or_default();
                    self.mails.lock().unwrap().push((to.clone(), mail));
                    if to.starts_with("held@") {
                        self.until_answering().await;
                    }
                    "250 taken\r\n"
                }
                _ => "250 ok\r\n",
            };
            write.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }

    async fn until_answering(&self) {
        let _ = self.answers.subscribe().wait_for(|answers| *answers).await;
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// It answers no more whom it answers only when it is told to.
    pub fn hold(&self) {
        self.answers.send_replace(false);
    }

    pub fn answer(&self) {
        self.answers.send_replace(true);
    }

    /// What came.
    pub fn letters(&self) -> Vec<Letter> {
        let mails = self.mails.lock().unwrap();
        let line =
            |(to, mail): &(String, String)| json!({"rcpt_tos": [to], "raw": STANDARD.encode(mail)});
        mails.iter().map(|mail| Letter::read(&line(mail))).collect()
    }

    pub fn begun(&self, to: &str) -> usize {
        self.begun.borrow().get(to).copied().unwrap_or_default()
    }

    /// Waits until so many mails to an address were begun.
    pub async fn until_begun(&self, to: &str, count: usize) {
        let mut begun = self.begun.subscribe();
        let enough = begun.wait_for(|begun| begun.get(to).is_some_and(|n| *n >= count));
        let waited = tokio::time::timeout(Duration::from_mins(1), enough).await;
        waited.unwrap_or_else(|_| panic!("no mail to {to} was begun")).expect("it is open");
    }

    /// A dispatcher of the town that writes to here.
    pub fn dispatcher(&self, town: &Town, lease: Duration) -> Dispatcher {
        self.dispatcher_posting_to(town, lease, &[])
    }

    /// The same, whose webhooks may be on this machine.
    pub fn dispatcher_posting_to(
        &self,
        town: &Town,
        lease: Duration,
        hooks: &[&str],
    ) -> Dispatcher {
        let engine = &town.engine;
        let push = push::Settings::new(VapidKey::generate().unwrap(), "mailto:311@example.org");
        let outbound = Outbound::new(outbound::Settings::default()).unwrap();
        let posting = outbound::Settings {
            allow_hosts: hooks.iter().map(|&host| host.to_owned()).collect(),
            ..outbound::Settings::default()
        };
        let posting = Outbound::new(posting).unwrap();
        let mail = email::Settings::new(format!("smtp://127.0.0.1:{}", self.port));
        let tools = Tools {
            store: engine.store().clone(),
            clock: town.clock.clone(),
            random: Random::System,
            secrets: engine.secrets().clone(),
            mailer: Arc::new(Mailer::new(mail).unwrap()),
            pusher: Arc::new(Pusher::new(outbound, push).unwrap()),
            poster: Arc::new(Poster::new(posting)),
            letterhead: Letterhead {
                public_url: "https://watch.example.org".into(),
                mail_from: "311@watch.example.org".parse().unwrap(),
                bounce_address: Some("bounces@city.example".parse().unwrap()),
                list_host: "watch.example.org".into(),
                units: Units::Metric,
                ground: Arc::default(),
            },
            metrics: Metrics::default(),
            planned: engine.planned(),
        };
        Dispatcher::new(tools, DispatchSettings { lease, ..DispatchSettings::default() })
    }
}
