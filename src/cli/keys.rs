//! `wardwatch keys`: programs that may change issues, and what we sign with.

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::channel::push::VapidKey;
use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::store::{KeyRow, StaffRole};
use crate::token::ApiKey;

use super::run::{Desk, Failure, local_time, look, print, say};
use super::signing::{self, DkimArgs};

#[derive(Subcommand, Debug)]
pub enum Keys {
    /// Makes a key for web push and prints both halves; the private one is a secret
    Vapid,
    /// Makes the key that signs mails (DKIM), and prints what to publish in DNS
    Dkim(Box<DkimArgs>),
    /// Makes an API key and prints it; it is shown this once
    Api(Box<ApiArgs>),
    /// Lists the API keys that were made: by id and name, never the key itself
    List(KeyListArgs),
    /// Ends an API key: whoever comes with it is refused at once
    Revoke(RevokeArgs),
}

#[derive(Args, Debug)]
pub struct KeyListArgs {
    /// One JSON object a line
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct RevokeArgs {
    /// The key's name or id, as `keys list` shows them
    #[arg(value_name = "NAME|ID")]
    key: String,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct ApiArgs {
    /// What the program may do
    #[arg(long, value_enum, env = "WARDWATCH_ROLE")]
    role: ProgramRole,
    /// What the program is called; events that it brings bear it as their source
    #[arg(long, default_value = "api", env = "WARDWATCH_KEY_NAME")]
    name: String,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProgramRole {
    /// Everything
    Admin,
    /// Issues
    Staff,
    /// Brings events
    Source,
}

pub async fn run(what: Keys) -> Result<(), Failure> {
    let args = match what {
        Keys::Vapid => {
            let key = VapidKey::generate()?;
            print(&format!("WARDWATCH_VAPID_KEY={}\n", key.private_base64()))?;
            say(&format!("the public half, for browsers: {}", key.public_base64()));
            return Ok(());
        }
        Keys::Dkim(args) => return signing::run(*args),
        Keys::List(args) => return list_keys(args).await,
        Keys::Revoke(args) => return revoke(args).await,
        Keys::Api(args) => args,
    };
    let role = match args.role {
        ProgramRole::Admin => StaffRole::Admin,
        ProgramRole::Staff => StaffRole::Staff,
        ProgramRole::Source => StaffRole::Source,
    };
    let desk = Desk::open(args.settings, Clock::System).await?;
    let key = ApiKey::generate();
    let now = desk.engine.clock().now();
    let mut tx = desk.engine.store().write().await?;
    tx.put_api_key(desk.city.id, &key.hash(), role, &args.name, now).await?;
    tx.commit().await?;
    print(&format!("{}\n", key.reveal()))?;
    say(&format!(
        "keep it; it is not shown again. Use it as: Authorization: Bearer {}…",
        &key.reveal()[..6]
    ));
    Ok(())
}

async fn list_keys(args: KeyListArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let keys = store.read().await?.api_keys(city.id).await?;
    store.close().await;
    if keys.is_empty() {
        say("no API keys yet; make one with: wardwatch keys api --role source --name NAME");
    }
    let line = |key: &KeyRow| {
        let (id, role, KeyRow { name, created, revoked, .. }) = (key.id(), key.role.name(), key);
        if args.json {
            let json = json!({
                "id": id, "name": name, "role": role, "created": created, "revoked": revoked,
            });
            return format!("{json}\n");
        }
        let end = revoked.map(|at| format!(", revoked {}", local_time(&city.zone, at)));
        let made = local_time(&city.zone, *created);
        format!("{id}  {role:<6}  {name}  made {made}{}\n", end.unwrap_or_default())
    };
    print(&keys.iter().map(line).collect::<String>())?;
    Ok(())
}

async fn revoke(args: RevokeArgs) -> Result<(), Failure> {
    let desk = Desk::known(args.settings, Clock::System).await?;
    let mut tx = desk.engine.store().write().await?;
    let keys = tx.api_keys(desk.city.id).await?;
    let key = meant(&keys, &args.key)?;
    tx.revoke_api_key(desk.city.id, key.hash(), desk.engine.clock().now()).await?;
    tx.commit().await?;
    say(&format!("the key “{}” ({}) is revoked; it opens nothing any more", key.name, key.id()));
    Ok(())
}

/// The one key that still opens something and is meant.
fn meant<'k>(keys: &'k [KeyRow], word: &str) -> Result<&'k KeyRow, Failure> {
    let named = || keys.iter().filter(|key| key.id() == word || key.name == word);
    let live: Vec<_> = named().filter(|key| key.revoked.is_none()).collect();
    match (&live[..], named().next()) {
        ([one], _) => Ok(*one),
        ([], None) => {
            Err(Failure::new(format!("there is no key “{word}”; see: wardwatch keys list")))
        }
        ([], Some(_)) => Err(Failure::new(format!("the key “{word}” was revoked already"))),
        (several, _) => {
            let ids: Vec<_> = several.iter().map(|key| key.id()).collect();
            let ids = ids.join(", ");
            Err(Failure::usage(format!("several keys are called “{word}”; name one by id: {ids}")))
        }
    }
}
