//! `wardwatch serve`: the whole service in one process.

use std::time::{Duration, Instant};

use crate::app::{App, AppError, listen, told_to_stop};
use crate::clock::Clock;
use crate::config::{Config, Settings};
use crate::random::Random;
use crate::store::StoreError;

use super::run::{Failure, start_logging};

/// Serves until SIGTERM or Ctrl-C; then finishes what is in hand.
pub async fn run(settings: Settings) -> Result<(), Failure> {
    let config = settings.resolve().map_err(Failure::settings)?;
    start_logging(&config)?;
    // Before anything takes long: whoever stops us early gets an orderly end, too.
    let mut stop = Box::pin(told_to_stop());
    let app = tokio::select! {
        app = open(&config) => app?,
        () = &mut stop => {
            eprintln!("wardwatch: stopped before it served");
            return Ok(());
        }
    };
    let listener = listen(config.listen).await?;
    let at = listener.local_addr().map_err(Failure::io("the listener"))?;
    tracing::info!(address = %at, public_url = %config.public_url, "serving");
    eprintln!("wardwatch: serving on http://{at} (stop with Ctrl-C)");
    if config.caught_mail.is_none() && config.is_local() {
        let url = &config.public_url;
        tracing::warn!(%url, "links in mails lead to this machine alone; set --public-url to the address that people can reach");
    }
    if let Some(folder) = &config.caught_mail {
        let see = if config.shows_caught_mail.is_some() { "; see /dev/mail" } else { "" };
        eprintln!("wardwatch: mail is not sent but written to {}{see}", folder.display());
    }
    app.run(listener, None, stop).await?;
    eprintln!("wardwatch: stopped");
    Ok(())
}

/// How long a database that does not answer yet is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens everything; a database that may only be starting is tried until patience ends.
async fn open(config: &Config) -> Result<App, AppError> {
    let (begun, mut said) = (Instant::now(), false);
    loop {
        match App::open(config, Clock::System, Random::System).await {
            Err(AppError::Store(why @ StoreError::OutOfReach { passing: true, .. }))
                if begun.elapsed() < PATIENCE =>
            {
                if !said {
                    let most = PATIENCE.as_secs();
                    eprintln!("wardwatch: {why}; waiting for it, {most} seconds at most");
                }
                said = true;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            opened => return opened,
        }
    }
}
