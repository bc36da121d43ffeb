//! `wardwatch comments`: what residents say who are new here, and the word of whoever reads it first.

use std::future::Future;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::run::{Desk, Failure, local_time, look, print, say};
use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::engine::EngineError;
use crate::message::line;
use crate::store::CommentRow;

#[derive(Subcommand, Debug)]
pub enum Comments {
    /// Lists what waits to be read, the oldest first, or what is shown
    List(ListArgs),
    /// Has comments shown and told; whoever made them waits no more
    Show(IdArgs),
    /// Takes comments away, or never has them shown; what their makers say waits from now on
    Dismiss(IdArgs),
}

#[derive(Args, Debug)]
pub struct ListArgs {
    /// What is shown, the latest first
    #[arg(long, env = "WARDWATCH_SHOWN", value_parser = BoolishValueParser::new())]
    shown: bool,
    /// One JSON object a line
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct IdArgs {
    /// The comments' ids, as `comments list` writes them
    #[arg(value_name = "ID", required = true, value_parser = listed)]
    ids: Vec<Uuid>,
    #[command(flatten)]
    settings: DeskSettings,
}

/// A comment's id, for clap.
fn listed(text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| "write the id that `wardwatch comments list` shows".to_owned())
}

pub async fn run(what: Comments) -> Result<(), Failure> {
    match what {
        Comments::List(args) => list(args).await,
        Comments::Show(IdArgs { ids, settings }) => {
            let desk = Desk::known(settings, Clock::System).await?;
            let told = "shown; they are told when `wardwatch serve` runs";
            decide(&ids, told, |id| desk.engine.show_comment(&desk.city, id)).await
        }
        Comments::Dismiss(IdArgs { ids, settings }) => {
            let desk = Desk::known(settings, Clock::System).await?;
            let told = "dismissed; nobody is shown them any more";
            decide(&ids, told, |id| desk.engine.dismiss_comment(&desk.city, id)).await
        }
    }
}

/// Decides about each, whatever becomes of the others.
async fn decide<F>(ids: &[Uuid], told: &str, mut act: impl FnMut(Uuid) -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<(), EngineError>>,
{
    let (mut done, mut failed) = (0, vec![]);
    for id in ids {
        match act(*id).await {
            Ok(()) => done += 1,
            Err(why) => failed.push(format!("{id}: {why}")),
        }
    }
    say(&format!("{done} {told}"));
    if failed.is_empty() {
        return Ok(());
    }
    let hint = "see: wardwatch comments list, or list --shown";
    Err(Failure::new(format!("{}; {hint}", failed.join("; "))))
}

/// How many are listed; others come when these are decided.
const LISTED: i64 = 1_000;

async fn list(args: ListArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let mut tx = store.read().await?;
    let rows = if args.shown {
        tx.comments_shown(city.id, LISTED).await?
    } else {
        tx.comments_waiting(city.id, LISTED).await?
    };
    let (waiting, _) = tx.waiting_comments().await?;
    drop(tx);
    let listed = rows.len();
    for CommentRow { id, number, words, said, .. } in &rows {
        let one = if args.json {
            let one = json!({ "id": id, "issue": number, "text": words, "said_at": said });
            format!("{one}\n")
        } else {
            // A stranger's: nothing of it is to move the cursor.
            let words = line(words);
            format!("{id}  {}  {number}  {words}\n", local_time(&city.zone, *said))
        };
        print(&one)?;
    }
    store.close().await;
    if args.shown {
        say(&format!("{listed} are listed; `comments dismiss` takes them away"));
    } else {
        say(&format!("{waiting} wait for `comments show` or `comments dismiss`"));
    }
    Ok(())
}
