//! `wardwatch categories`: what residents may report, and what is asked of it.

use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};

use super::files;
use super::run::{Desk, Failure, look, print, say};
use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::issue::{Service, read_services};

#[derive(Subcommand, Debug)]
pub enum Categories {
    /// Takes the categories of a file in place of those that there are
    ///
    /// The file is a JSON list of service definitions as Open311 has them (GeoReport v2):
    /// `service_code`, `service_name`, `description`, and `attributes`, each with `code`, `datatype`
    /// (string, text, number, datetime, boolean, singlevaluelist, multivaluelist), `description` (the
    /// question), `datatype_description` (how to answer), `required`, `order`, `values` (`key` and
    /// `name`). `private` is ours: only staff read the answer. See data/categories.json.
    Import(ImportArgs),
    /// Lists the categories, in the order in which residents choose from them
    List(ListArgs),
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// The file, packed with gzip or not; `-` is standard input
    file: PathBuf,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct ListArgs {
    /// The whole as one JSON list, which `import` takes
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(what: Categories) -> Result<(), Failure> {
    match what {
        Categories::Import(args) => import(args).await,
        Categories::List(args) => list(args).await,
    }
}

async fn import(ImportArgs { file, settings }: ImportArgs) -> Result<(), Failure> {
    let services = read(&file)?;
    let desk = Desk::open(settings, Clock::System).await?;
    let mut tx = desk.engine.store().write().await?;
    tx.put_services(desk.city.id, &services).await?;
    tx.commit().await?;
    let questions: usize = services.iter().map(|service| service.questions.len()).sum();
    say(&format!("{} categories, {questions} questions", services.len()));
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Service>, Failure> {
    let name = file.display();
    let bytes = files::read_unpacked(file, u64::MAX).map_err(Failure::io(&name))?;
    let value = serde_json::from_slice(&bytes);
    let value = value.map_err(|why| Failure::new(format!("{name} is not JSON: {why}")))?;
    let services = read_services(value).map_err(|why| Failure::new(format!("{name}: {why}")))?;
    // It stands for all there is: an export that went wrong must not take away what there was.
    if services.is_empty() {
        let nothing = "there is no category in it; nothing was changed";
        return Err(Failure::new(format!("{name}: {nothing}")));
    }
    Ok(services)
}

async fn list(ListArgs { json, settings }: ListArgs) -> Result<(), Failure> {
    let (store, city) = look(&settings).await?;
    let services = store.read().await?.services(city.id).await?;
    store.close().await;
    if json {
        let text = serde_json::to_string_pretty(&services)?;
        print(&format!("{text}\n"))?;
        return Ok(());
    }
    for Service { code, name, questions, .. } in &services {
        let private = questions.iter().filter(|question| question.private).count();
        let asks = match (questions.len(), private) {
            (0, _) => String::new(),
            (all, 0) => format!("  {all} questions"),
            (all, private) => format!("  {all} questions, {private} private"),
        };
        print(&format!("{code}  {name}{asks}\n"))?;
    }
    if services.is_empty() {
        say("none; residents choose from what the city has heard of");
    }
    Ok(())
}
