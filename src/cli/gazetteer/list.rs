//! `gazetteer list`: what was loaded, from where and when.

use std::fmt::Write as _;

use clap::Args;
use clap::builder::BoolishValueParser;
use serde_json::json;

use crate::cli::run::{Failure, local_time, look, print, say};
use crate::config::DeskSettings;

#[derive(Args, Debug)]
pub struct ListArgs {
    /// Prints JSON, an object a line
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(args: ListArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let imports = store.read().await?.gazetteer(city.id).await?;
    if imports.is_empty() && !args.json {
        say("no addresses yet; load some with: wardwatch gazetteer import");
    }
    let mut text = String::new();
    for import in imports {
        let kind = import.kind.name();
        if args.json {
            let line = json!({
                "source": import.source, "kind": kind, "entries": import.entries,
                "origin": import.origin, "imported_at": import.imported_at,
            });
            let _ = writeln!(text, "{line}");
        } else {
            let when = local_time(&city.zone, import.imported_at);
            let (source, entries, origin) = (&import.source, import.entries, &import.origin);
            let _ =
                writeln!(text, "{source:<24} {entries:>8} {kind:<9}  {origin}, imported {when}");
        }
    }
    print(&text)?;
    Ok(())
}
