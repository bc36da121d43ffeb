//! `wardwatch bounce`: takes a mail that came back, from a mail server's pipe.

use std::io::{self, Read};

use clap::Args;

use crate::bounce::{Idle, Letter, MOST_BYTES};
use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::delivery::RETURN_DAYS;
use crate::engine::{Consequence, Taken};

use super::run::{Desk, Failure, counted, say};

/// What tells a mail server to keep a mail and try again: `EX_TEMPFAIL` of `sysexits.h`, which Postfix,
/// Exim and sendmail all know.
pub const TRY_AGAIN: u8 = 75;

#[derive(Args, Debug)]
pub struct BounceArgs {
    /// The address that it came to, as in Postfix's ${recipient} [default: as Delivered-To,
    /// X-Original-To, Envelope-To or To say]
    #[arg(long, value_name = "ADDRESS", env = "WARDWATCH_RECIPIENT")]
    recipient: Option<String>,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(args: BounceArgs) -> Result<(), Failure> {
    let letter = Letter::read(&read(io::stdin().lock()).map_err(Failure::io("the mail"))?);
    let desk = Desk::known(args.settings, Clock::System).await?;
    let taken = desk.engine.take_letter(&desk.city, args.recipient.as_deref(), letter).await?;
    desk.engine.store().close().await;
    say(&told(&taken));
    Ok(())
}

/// As much of a mail as matters. The rest is read, too, and forgotten: a mail server that cannot hand
/// over all of it would take that for a failure.
fn read(mut mail: impl Read) -> io::Result<Vec<u8>> {
    let mut begin = vec![];
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    mail.by_ref().take(most).read_to_end(&mut begin)?;
    io::copy(&mut mail, &mut io::sink())?;
    Ok(begin)
}

/// What was done, in a sentence that names nobody.
fn told(taken: &Taken) -> String {
    let (consequence, reason) = match taken {
        Taken::Stranger => {
            return "nothing was done: it came to no address that we have mailed from".to_owned();
        }
        Taken::Idle(why) => return format!("nothing was done: {}", idle(*why)),
        Taken::Done(consequence, reason) => (consequence, reason),
    };
    match consequence {
        Consequence::Unknown => "nothing was done: its contact is gone already".to_owned(),
        Consequence::Outdated => {
            "nothing was done: its contact has agreed since to be mailed".to_owned()
        }
        Consequence::Retired => format!("a contact is retired: {reason}"),
        Consequence::Suspended => format!(
            "a contact is suspended until its owner says go on, for its mails came back on \
             {RETURN_DAYS} days: {reason}"
        ),
        Consequence::Silenced => format!("a contact is never mailed again: {reason}"),
        Consequence::Counted { days } => {
            let days = counted(*days, "day", "days");
            format!("noted that a contact's mails came back on {days}: {reason}")
        }
        Consequence::Noted => format!("noted: {reason}; see: wardwatch outbox list --state dead"),
    }
}

fn idle(why: Idle) -> &'static str {
    match why {
        Idle::Delayed => "the mail is late, and still on its way",
        Idle::Delivered => "the mail was delivered",
        Idle::AutoReply => "a program answered in a person's stead",
        Idle::Receipt => "it is a receipt",
        Idle::Feedback => "it is a feedback report, and no complaint",
        Idle::NoReport => "it is no report of a mail that came back",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_mail_is_read_to_its_end_and_mostly_forgotten() {
        let mut mail = io::repeat(b'a').take(3 << 20);
        assert_eq!(read(&mut mail).unwrap().len(), MOST_BYTES);
        assert_eq!(mail.limit(), 0);
    }
}
