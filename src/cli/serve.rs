//! `wardwatch serve`: the whole service in one process.

use std::time::{Duration, Instant};

use clap::Args;
use clap::builder::BoolishValueParser;

use crate::app::{App, AppError, listen, told_to_stop};
use crate::clock::Clock;
use crate::config::{Config, Settings};
use crate::random::Random;
use crate::store::StoreError;

use super::run::{Failure, counted, say, start_logging};

#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Starts although vapid.key is lost for good: makes a new one, and retires the browsers that
    /// subscribed to the old one. Does nothing while the key is there
    #[arg(long, env = "WARDWATCH_NEW_PUSH_KEY", value_parser = BoolishValueParser::new())]
    new_push_key: bool,
    #[command(flatten)]
    settings: Settings,
}

/// Serves until SIGTERM or Ctrl-C; then finishes what is in hand.
pub async fn run(args: ServeArgs) -> Result<(), Failure> {
    let config = args.settings.resolve().map_err(Failure::settings)?;
    start_logging(&config)?;
    // Before anything takes long: whoever stops us early gets an orderly end, too.
    let mut stop = Box::pin(told_to_stop());
    let app = tokio::select! {
        app = open(&config, args.new_push_key) => app.inspect_err(|_| config.take_back())?,
        () = &mut stop => {
            config.take_back();
            say("stopped before it served");
            return Ok(());
        }
    };
    let listener = listen(config.listen).await?;
    let at = listener.local_addr().map_err(Failure::io("the listener"))?;
    tracing::info!(address = %at, public_url = %config.public_url, "serving");
    say(&format!("serving on http://{at} (stop with Ctrl-C)"));
    if config.caught_mail.is_none() && config.is_local() {
        let url = &config.public_url;
        tracing::warn!(%url, "links in mails lead to this machine alone; set --public-url to the address that people can reach");
    }
    if let Some(folder) = &config.caught_mail {
        let see = if config.shows_caught_mail.is_some() { "; see /dev/mail" } else { "" };
        say(&format!("mail is not sent but written to {}{see}", folder.display()));
    }
    app.run(listener, None, stop).await?;
    say("stopped");
    Ok(())
}

/// How long a database that does not answer yet is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens everything; a database that may only be starting is tried until patience ends.
async fn open(config: &Config, new_push_key: bool) -> Result<App, AppError> {
    let (begun, mut said) = (Instant::now(), false);
    loop {
        match try_open(config, new_push_key).await {
            Err(AppError::Store(why @ StoreError::OutOfReach { passing: true, .. }))
                if begun.elapsed() < PATIENCE =>
            {
                if !said {
                    let most = PATIENCE.as_secs();
                    say(&format!("{why}; waiting for it, {most} seconds at most"));
                }
                said = true;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            opened => return opened,
        }
    }
}

async fn try_open(config: &Config, new_push_key: bool) -> Result<App, AppError> {
    if new_push_key {
        let retired = App::without_the_old_push_key(config, &Clock::System).await?;
        if retired > 0 {
            say(&format!(
                "the push key is new; retired: {}",
                counted(retired, "browser", "browsers")
            ));
        }
    }
    App::open(config, Clock::System, Random::System).await
}
