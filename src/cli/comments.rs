//! `wardwatch comments`: what residents say who are new here, and the word of whoever reads it first.

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::run::{Desk, Failure, local_time, look, print};
use crate::clock::Clock;
use crate::config::DeskSettings;
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
    #[arg(value_name = "ID", required = true)]
    ids: Vec<Uuid>,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(what: Comments) -> Result<(), Failure> {
    match what {
        Comments::List(args) => list(args).await,
        Comments::Show(IdArgs { ids, settings }) => {
            let desk = Desk::known(settings, Clock::System).await?;
            for id in &ids {
                desk.engine.show_comment(&desk.city, *id).await.map_err(named(*id))?;
            }
            let shown = ids.len();
            eprintln!("wardwatch: {shown} shown; they are told when `wardwatch serve` runs");
            Ok(())
        }
        Comments::Dismiss(IdArgs { ids, settings }) => {
            let desk = Desk::known(settings, Clock::System).await?;
            for id in &ids {
                desk.engine.dismiss_comment(&desk.city, *id).await.map_err(named(*id))?;
            }
            eprintln!("wardwatch: {} dismissed; nobody is shown them any more", ids.len());
            Ok(())
        }
    }
}

fn named<E: std::error::Error>(id: Uuid) -> impl FnOnce(E) -> Failure {
    move |why| Failure::new(format!("{id}: {why}; see: wardwatch comments list"))
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
    eprintln!("wardwatch: {waiting} wait for `comments show` or `comments dismiss`");
    Ok(())
}
