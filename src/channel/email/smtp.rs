//! A small set of SMTP connections, each lent to one task at a time.
//!
//! Not lettre's own pool: that one leaves Nagle's algorithm on (22 mails/s on a connection),
//! returns connections whose sending was cancelled, and bounds neither their number nor the time
//! a step may take.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail as MailFrom, Quit, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response::Response};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::dotted::Dotted;
use super::judge::{Failure, Step};
use super::places::{Next, Places};
use super::relay::{Relay, Security};
use super::slow::{PATIENCE, Slow};
use super::wire::{Clear, Tls};
use super::{EmailError, Settings};
use crate::bounce::one_line;
use crate::clock::Timestamp;
use crate::delivery::{Lane, Outcome};
use crate::message::Mail;

/// When mail for a domain that takes long may come again.
const A_MOMENT: Duration = Duration::from_secs(5);

pub(super) struct Pool {
    relay: Relay,
    settings: Settings,
    hello: ClientId,
    /// Absent only towards this machine, where nobody asked for it.
    tls: Option<Tls>,
    places: Places<Line>,
    slow: Slow,
    /// Whether the server was heard to lose what is said behind a mail.
    forgets: AtomicBool,
    /// Connections that are in order and wait for the next mail, the last used on top.
    idle: Mutex<Vec<Line>>,
}

/// A connection to the mail server.
struct Line {
    connection: AsyncSmtpConnection,
    /// Whether it takes several commands before it answers the first (RFC 2920).
    pipelines: bool,
}

/// A mail that was taken.
struct Sent {
    reply: String,
    /// The connection it went over, and who has been named on it.
    line: Line,
    next: Option<Next<Line>>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.relay).finish()
    }
}

impl Pool {
    pub(super) fn new(relay: Relay, settings: Settings) -> Result<Self, EmailError> {
        let needless = relay.is_here() && relay.security == Security::Offered;
        let tls = if needless { None } else { Some(Tls::new(&relay.host, relay.ca.as_deref())?) };
        Ok(Self {
            relay,
            hello: ClientId::Domain(settings.hello.clone()),
            tls,
            places: Places::new(settings.connections, PATIENCE),
            slow: Slow::new(settings.connections),
            forgets: AtomicBool::new(false),
            idle: Mutex::default(),
            settings,
        })
    }

    pub(super) async fn send(&self, mail: &Mail, lane: Lane, now: Timestamp) -> Outcome {
        let domain = mail.to.domain();
        // Somebody waits for what is urgent: it finds out for itself.
        let may_wait = lane != Lane::Urgent;
        let later = || Outcome::Held {
            until: now.plus(A_MOMENT),
            reason: format!("mail to {domain} takes long; some of it is on its way"),
        };
        if may_wait && !self.slow.is_well(domain) {
            return later();
        }
        let envelope = match Envelope::of(mail) {
            Ok(envelope) => envelope,
            Err(failure) => return failure.outcome(),
        };
        let Ok(mut place) = self.places.wait(lane, &envelope.to_string()).await else {
            return Outcome::Retry { after: None, reason: "mail is shutting down".to_owned() };
        };
        let asked = place.asked.take();
        // Others of its domain may have begun to hang meanwhile.
        let Some(mut on_the_way) = self.slow.begin(domain, may_wait) else {
            asked.into_iter().for_each(part);
            return later();
        };
        let mut sending = Box::pin(self.send_now(asked, envelope, mail, lane));
        let mut place = Some(place);
        let sent = if let Ok(sent) = timeout(PATIENCE, &mut sending).await {
            sent
        } else {
            place = place.filter(|_| !on_the_way.put_aside());
            sending.await
        };
        let Sent { reply, line, next } = match sent {
            Ok(sent) => sent,
            Err(failure) => return failure.outcome(),
        };
        match (next, place) {
            (None, _) => self.idle().push(line),
            (Some(next), Some(place)) => next.take(place, line).unwrap_or_else(part),
            (Some(_), None) => part(line),
        }
        Outcome::Sent { reply }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Line>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// While this future is not finished the connection is its own: if it is dropped, so is the
    /// connection.
    async fn send_now(
        &self,
        asked: Option<Line>,
        envelope: Envelope,
        mail: &Mail,
        lane: Lane,
    ) -> Result<Sent, Failure> {
        let was_asked = asked.is_some();
        let Some(kept) = asked.or_else(|| self.idle().pop()) else {
            return self.send_afresh(&envelope, mail, lane).await;
        };
        match self.hand_over(kept, was_asked, &envelope, mail, lane).await {
            // Nothing of this mail was taken, so a second try cannot double it.
            Err(failure) if failure.was_stale() => self.send_afresh(&envelope, mail, lane).await,
            other => other,
        }
    }

    pub(super) async fn probe(&self) -> Result<(), String> {
        let connected = self.connect().await;
        let connection = connected.map_err(|failure| match failure.outcome() {
            Outcome::Retry { reason, .. } => reason,
            other => format!("{other:?}"),
        })?;
        part(connection);
        Ok(())
    }

    async fn send_afresh(
        &self,
        envelope: &Envelope,
        mail: &Mail,
        lane: Lane,
    ) -> Result<Sent, Failure> {
        // What else lies idle is as old or older; a stale one would only fail again.
        self.idle().clear();
        let line = self.connect().await?;
        self.hand_over(line, false, envelope, mail, lane).await
    }

    /// Sends on one connection, and keeps it only if all went well.
    async fn hand_over(
        &self,
        mut line: Line,
        asked: bool,
        envelope: &Envelope,
        mail: &Mail,
        lane: Lane,
    ) -> Result<Sent, Failure> {
        let ready = self.ask(&mut line, asked, envelope).await;
        let sent = match ready {
            Ok(()) => self.give(&mut line, mail, lane).await,
            Err(failure) => Err(failure),
        };
        match sent {
            Ok((response, next)) => {
                let text = response.message().collect::<Vec<_>>().join(" ");
                let reply = format!("{} {}", response.code(), one_line(&text));
                Ok(Sent { reply, line, next })
            }
            Err(failure) => {
                part(line);
                Err(failure)
            }
        }
    }

    /// Names sender and recipient, unless that was done, and waits until the server is ready for the
    /// message.
    async fn ask(
        &self,
        Line { connection, pipelines }: &mut Line,
        asked: bool,
        envelope: &Envelope,
    ) -> Result<(), Failure> {
        let limit = self.settings.step_timeout;
        let go_on = if asked {
            let Ok(first) = timeout(limit.min(PATIENCE), connection.read_response()).await else {
                self.forgets.store(true, Ordering::Relaxed);
                return Err(too_slow(Step::Sender));
            };
            first.map_err(|error| Failure::of(Step::Sender, &error))?;
            self.answers(connection).await?
        } else if *pipelines {
            within(Step::Sender, limit, connection.command(envelope)).await?;
            self.answers(connection).await?
        } else {
            within(Step::Sender, limit, connection.command(&envelope.from)).await?;
            within(Step::Recipient, limit, connection.command(&envelope.to)).await?;
            within(Step::Message, limit, connection.command(Data)).await?
        };
        in_step(&go_on, go_on.has_code(354))
    }

    /// What is said to the recipient and to `DATA`, where they came behind the sender in one go (RFC
    /// 2920): one way there and back instead of three. Gives the answer to the last of it.
    async fn answers(&self, connection: &mut AsyncSmtpConnection) -> Result<Response, Failure> {
        let limit = self.settings.step_timeout;
        let recipient = within(Step::Recipient, limit, connection.read_response()).await;
        if let Err(failure @ Failure::Broken { .. }) = recipient {
            return Err(failure);
        }
        let go_on = within(Step::Message, limit, connection.read_response()).await;
        let Err(refused) = recipient else { return go_on };
        // A server may be ready for a message all the same: then it gets an empty one, to nobody, for
        // whatever comes next would be taken for one (§3.1).
        if go_on.is_ok_and(|ready| ready.has_code(354)) {
            let _ = within(Step::Message, limit, connection.message(b"")).await;
        }
        Err(refused)
    }

    /// Hands over the message and asks for the next, if one waits.
    async fn give(
        &self,
        Line { connection, pipelines }: &mut Line,
        mail: &Mail,
        lane: Lane,
    ) -> Result<(Response, Option<Next<Line>>), Failure> {
        let Some(message) = Dotted::of(&mail.bytes) else {
            return Err(broken(Step::Message, "the mail is no text; please report it".to_owned()));
        };
        let listens = *pipelines && !self.forgets.load(Ordering::Relaxed);
        let next = if listens { self.places.next(lane) } else { None };
        let behind = next.as_ref().map_or("", |next| &next.envelope);
        let limit = self.settings.accept_timeout;
        let handing = connection.command(message.followed_by(behind));
        let taken = within(Step::Message, limit, handing).await?;
        in_step(&taken, u16::from(taken.code()) / 100 == 2)?;
        Ok((taken, next))
    }

    async fn connect(&self) -> Result<Line, Failure> {
        let tcp = self.dial().await?;
        let here = tcp.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
        let mut connection = self.greet(tcp).await?;
        self.secure(&mut connection, here).await?;
        let pipelines = self.offers_pipelining(&mut connection).await?;
        self.sign_in(&mut connection, here).await?;
        Ok(Line { connection, pipelines })
    }

    /// Asks once more what the server offers: lettre keeps of its answer only what it knows itself.
    async fn offers_pipelining(&self, of: &mut AsyncSmtpConnection) -> Result<bool, Failure> {
        let hello = Ehlo::new(self.hello.clone());
        let offers = within(Step::Connect, self.settings.step_timeout, of.command(hello)).await?;
        Ok(offers.message().skip(1).any(|offer| offer.trim().eq_ignore_ascii_case("PIPELINING")))
    }

    async fn dial(&self) -> Result<TcpStream, Failure> {
        let dial = async {
            let tcp = TcpStream::connect((self.relay.host.as_str(), self.relay.port)).await?;
            // SMTP is small questions and small answers: without this each waits 40 ms.
            tcp.set_nodelay(true)?;
            Ok::<_, std::io::Error>(tcp)
        };
        match timeout(self.settings.connect_timeout, dial).await {
            Ok(dialled) => dialled.map_err(|error| broken(Step::Connect, error.to_string())),
            Err(_) => Err(too_slow(Step::Connect)),
        }
    }

    async fn greet(&self, tcp: TcpStream) -> Result<AsyncSmtpConnection, Failure> {
        let limit = self.settings.step_timeout;
        let stream: Box<dyn AsyncTokioStream> = match &self.tls {
            Some(tls) if self.relay.security == Security::Implicit => {
                let stream = timeout(limit, tls.connect(tcp)).await;
                let stream = stream.map_err(|_| too_slow(Step::Connect))?;
                Box::new(stream.map_err(|e| broken(Step::Connect, format!("TLS: {e}")))?)
            }
            _ => Box::new(Clear::new(tcp)),
        };
        let greeted = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
        within(Step::Connect, limit, greeted).await
    }

    /// STARTTLS, where it is offered or required.
    async fn secure(&self, to: &mut AsyncSmtpConnection, here: bool) -> Result<(), Failure> {
        let wanted = match self.relay.security {
            Security::Implicit => return Ok(()),
            Security::Required => true,
            Security::Offered => to.can_starttls() && !here,
        };
        let Some(tls) = self.tls.as_ref().filter(|_| wanted) else { return Ok(()) };
        if !to.can_starttls() {
            let why = "the mail server offers no STARTTLS, and TLS is required";
            return Err(broken(Step::Connect, why.to_owned()));
        }
        let upgrade = to.starttls(tls.parameters.clone(), &self.hello);
        within(Step::Connect, self.settings.step_timeout, upgrade).await
    }

    async fn sign_in(&self, to: &mut AsyncSmtpConnection, here: bool) -> Result<(), Failure> {
        let Some((user, password)) = &self.relay.login else { return Ok(()) };
        let covered = self.relay.security == Security::Implicit || to.is_encrypted();
        if !covered && !here {
            let why = "the mail server offers no TLS, and a password is not sent in the clear";
            return Err(broken(Step::Connect, why.to_owned()));
        }
        let credentials = Credentials::new(user.clone(), password.clone());
        let auth = to.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        within(Step::Connect, self.settings.step_timeout, auth).await.map(|_| ())
    }
}

/// Sender and recipient of a mail, as commands.
struct Envelope {
    from: MailFrom,
    to: Rcpt,
}

impl Envelope {
    fn of(mail: &Mail) -> Result<Self, Failure> {
        let sender = address(Step::Sender, mail.return_path.as_str())?;
        let recipient = address(Step::Recipient, mail.to.as_str())?;
        Ok(Self { from: MailFrom::new(Some(sender), vec![]), to: Rcpt::new(recipient, vec![]) })
    }
}

/// Both, and that the message comes next.
impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{Data}", self.from, self.to)
    }
}

/// One step with its deadline.
async fn within<T>(
    step: Step,
    limit: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failure> {
    match timeout(limit, work).await {
        Ok(done) => done.map_err(|error| Failure::of(step, &error)),
        Err(_) => Err(too_slow(step)),
    }
}

/// lettre takes every 2xx and 3xx for a yes. A mail counts as sent only on the reply that says so.
fn in_step(reply: &Response, is_right: bool) -> Result<(), Failure> {
    if is_right {
        return Ok(());
    }
    let why = format!("the mail server answered {} where it should not", reply.code());
    Err(broken(Step::Message, why))
}

fn too_slow(step: Step) -> Failure {
    broken(step, "the mail server took too long".to_owned())
}

fn broken(step: Step, why: String) -> Failure {
    Failure::Broken { step, why }
}

fn address(step: Step, text: &str) -> Result<Address, Failure> {
    text.parse().map_err(|error| Failure::Reply { step, code: 553, text: format!("{error}") })
}

/// Says goodbye in the background: whether it is heard concerns nobody.
fn part(mut line: Line) {
    tokio::spawn(async move {
        let _ = timeout(Duration::from_secs(1), line.connection.command(Quit)).await;
    });
}
