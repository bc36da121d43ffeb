//! A small set of SMTP connections, each lent to one task at a time.
//!
//! Not lettre's own pool: that one leaves Nagle's algorithm on (22 mails/s on a connection),
//! returns connections whose sending was cancelled, and bounds neither their number nor the time
//! a step may take.

use std::fmt;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail as MailFrom, Quit, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response::Response};
use tokio::net::TcpStream;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::dotted::Dotted;
use super::judge::{Failure, Step};
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
    /// Which sends may have a connection.
    gates: Gates,
    slow: Slow,
    /// Connections that are in order and wait for the next mail, the last used on top.
    idle: Mutex<Vec<Line>>,
}

/// A connection to the mail server.
struct Line {
    connection: AsyncSmtpConnection,
    /// Whether it takes several commands before it answers the first (RFC 2920).
    pipelines: bool,
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
            gates: Gates::new(settings.connections),
            slow: Slow::new(settings.connections),
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
        let Ok(permits) = self.gates.pass(lane).await else {
            return Outcome::Retry { after: None, reason: "mail is shutting down".to_owned() };
        };
        // Others of its domain may have begun to hang meanwhile.
        let Some(mut on_the_way) = self.slow.begin(domain, may_wait) else { return later() };
        let sending = self.send_now(mail);
        tokio::pin!(sending);
        if let Ok(outcome) = timeout(PATIENCE, &mut sending).await {
            return outcome;
        }
        let _place = (!on_the_way.put_aside()).then_some(permits);
        sending.await
    }

    /// While this future is not finished the connection is its own: if it is dropped, so is the
    /// connection.
    async fn send_now(&self, mail: &Mail) -> Outcome {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let sent = match idle {
            Some(kept) => match self.hand_over(kept, mail).await {
                // Nothing of this mail was taken, so a second try cannot double it.
                Err(failure) if failure.was_stale() => self.send_afresh(mail).await,
                other => other,
            },
            None => self.send_afresh(mail).await,
        };
        sent.unwrap_or_else(Failure::outcome)
    }

    pub(super) async fn probe(&self) -> Result<(), String> {
        let connected = self.connect().await;
        let connection = connected.map_err(|failure| match failure.outcome() {
            Outcome::Retry { reason, .. } => reason,
            other => format!("{other:?}"),
        })?;
        part(connection.connection);
        Ok(())
    }

    async fn send_afresh(&self, mail: &Mail) -> Result<Outcome, Failure> {
        // What else lies idle is as old or older; a stale one would only fail again.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let connection = self.connect().await?;
        self.hand_over(connection, mail).await
    }

    /// Sends on one connection and keeps it only if all went well.
    async fn hand_over(&self, mut line: Line, mail: &Mail) -> Result<Outcome, Failure> {
        match self.converse(&mut line, mail).await {
            Ok(response) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                let text = response.message().collect::<Vec<_>>().join(" ");
                let reply = format!("{} {}", response.code(), one_line(&text));
                Ok(Outcome::Sent { reply })
            }
            Err(failure) => {
                part(line.connection);
                Err(failure)
            }
        }
    }

    async fn converse(
        &self,
        Line { connection, pipelines }: &mut Line,
        mail: &Mail,
    ) -> Result<Response, Failure> {
        let limit = self.settings.step_timeout;
        let sender = address(Step::Sender, mail.return_path.as_str())?;
        let recipient = address(Step::Recipient, mail.to.as_str())?;
        let from = MailFrom::new(Some(sender), vec![]);
        let to = Rcpt::new(recipient, vec![]);
        let go_on = if *pipelines {
            self.ask_together(connection, &format!("{from}{to}{Data}")).await?
        } else {
            within(Step::Sender, limit, connection.command(from)).await?;
            within(Step::Recipient, limit, connection.command(to)).await?;
            within(Step::Message, limit, connection.command(Data)).await?
        };
        in_step(&go_on, go_on.has_code(354))?;
        let accept = self.settings.accept_timeout;
        let Some(message) = Dotted::of(&mail.bytes) else {
            return Err(broken(Step::Message, "the mail is no text; please report it".to_owned()));
        };
        let taken = within(Step::Message, accept, connection.command(message)).await?;
        in_step(&taken, u16::from(taken.code()) / 100 == 2)?;
        Ok(taken)
    }

    /// Names sender and recipient and asks to hand over, in one go (RFC 2920): one way there and back
    /// instead of three. Gives the answer to the last of it.
    async fn ask_together(
        &self,
        connection: &mut AsyncSmtpConnection,
        commands: &str,
    ) -> Result<Response, Failure> {
        let limit = self.settings.step_timeout;
        within(Step::Sender, limit, connection.command(commands)).await?;
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

/// Who may have one of the connections: each lane all but those that are kept for the lanes before
/// it. However slow a mail server is with the bulk, the mail that somebody waits for finds one.
struct Gates {
    all: Semaphore,
    but_for_urgent: Semaphore,
    but_for_at_once: Semaphore,
}

impl Gates {
    /// A quarter of the connections is kept for what is urgent, another for what is told at once.
    fn new(connections: usize) -> Self {
        let kept = (connections / 4).max(1);
        let but = |kept| Semaphore::new(connections.saturating_sub(kept).max(1));
        Self { all: but(0), but_for_urgent: but(kept), but_for_at_once: but(2 * kept) }
    }

    /// Waits at each gate from the narrowest on, so that nobody stands before a wider one but who
    /// has passed the narrower.
    async fn pass(&self, lane: Lane) -> Result<Vec<SemaphorePermit<'_>>, AcquireError> {
        let gates: &[&Semaphore] = match lane {
            Lane::Urgent => &[&self.all],
            Lane::AtOnce => &[&self.but_for_urgent, &self.all],
            Lane::Digest => &[&self.but_for_at_once, &self.but_for_urgent, &self.all],
        };
        let mut permits = Vec::with_capacity(gates.len());
        for gate in gates {
            permits.push(gate.acquire().await?);
        }
        Ok(permits)
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
fn part(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move {
        let _ = timeout(Duration::from_secs(1), connection.command(Quit)).await;
    });
}
