//! `wardwatch serve`: the whole service in one process.

use crate::app::{App, listen, told_to_stop};
use crate::clock::Clock;
use crate::config::Settings;
use crate::random::Random;

use super::run::{Failure, start_logging};

/// Serves until SIGTERM or Ctrl-C; then finishes what is in hand.
pub async fn run(settings: Settings) -> Result<(), Failure> {
    let config = settings.resolve().map_err(Failure::settings)?;
    start_logging(&config)?;
    // Before anything takes long: whoever stops us early gets an orderly end, too.
    let mut stop = Box::pin(told_to_stop());
    let app = tokio::select! {
        app = App::open(&config, Clock::System, Random::System) => app?,
        () = &mut stop => {
            eprintln!("wardwatch: stopped before it served");
            return Ok(());
        }
    };
    let listener = listen(config.listen).await?;
    let at = listener.local_addr().map_err(Failure::io("the listener"))?;
    tracing::info!(address = %at, public_url = %config.public_url, "serving");
    eprintln!("wardwatch: serving on http://{at} (stop with Ctrl-C)");
    if let Some(folder) = &config.caught_mail {
        let see = if config.shows_caught_mail.is_some() { "; see /dev/mail" } else { "" };
        eprintln!("wardwatch: mail is not sent but written to {}{see}", folder.display());
    }
    app.run(listener, None, stop).await?;
    eprintln!("wardwatch: stopped");
    Ok(())
}
