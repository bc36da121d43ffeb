//! `wardwatch staff`: people who may act for the city, or for a ward's office, once they have signed in.

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::clock::{Clock, Timestamp};
use crate::config::DeskSettings;
use crate::store::{City, MemberRow, StaffRole, Tx};
use crate::ward::{USUAL_LAYER, WardRef};
use crate::watcher::EmailAddress;

use super::run::{Desk, Failure, look, print, say};

#[derive(Subcommand, Debug)]
pub enum Staff {
    /// Adds a person, or changes what the person may do
    Add(Box<AddArgs>),
    /// Lists who may do what
    List(ListArgs),
    /// Takes a person's powers away, at once, wherever they are signed in
    Remove(RemoveArgs),
}

#[derive(Args, Debug)]
pub struct AddArgs {
    /// The person's mail address, with which they sign in
    email: EmailAddress,
    /// What the person may do
    #[arg(long, value_enum, env = "WARDWATCH_ROLE")]
    role: PersonRole,
    /// The ward of an office
    #[arg(long, value_name = "ID", required_if_eq("role", "office"), env = "WARDWATCH_WARD")]
    ward: Option<String>,
    /// What the holder of an office is called on the ward's page: "Alderwoman Ada King"
    #[arg(long, requires = "ward", env = "WARDWATCH_OFFICE_HOLDER")]
    name: Option<String>,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct ListArgs {
    /// One JSON object a line
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct RemoveArgs {
    /// The person's mail address
    email: EmailAddress,
    /// One JSON object
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PersonRole {
    /// Everything
    Admin,
    /// Issues
    Staff,
    /// A ward's office
    Office,
}

impl From<PersonRole> for StaffRole {
    fn from(role: PersonRole) -> Self {
        match role {
            PersonRole::Admin => Self::Admin,
            PersonRole::Staff => Self::Staff,
            PersonRole::Office => Self::Office,
        }
    }
}

pub async fn run(what: Staff) -> Result<(), Failure> {
    match what {
        Staff::Add(args) => add(*args).await,
        Staff::List(args) => list(args).await,
        Staff::Remove(args) => remove(args).await,
    }
}

/// The longest name of an office's holder, in characters.
const LONGEST_NAME: usize = 80;

async fn add(args: AddArgs) -> Result<(), Failure> {
    if args.ward.is_some() && !matches!(args.role, PersonRole::Office) {
        return Err(Failure::usage(
            "only an office has a ward and a holder: leave out --ward and --name, or say --role office",
        ));
    }
    let name = args.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if name.is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        return Err(Failure::usage(format!("a name has at most {LONGEST_NAME} characters")));
    }
    let desk = Desk::open(args.settings, Clock::System).await?;
    let now = desk.engine.clock().now();
    let mut tx = desk.engine.store().write().await?;
    let ward = match &args.ward {
        Some(ward) => Some(meant(&mut tx, &desk.city, ward, now).await?),
        None => None,
    };
    let member = MemberRow {
        email: args.email.as_str().to_owned(),
        role: args.role.into(),
        ward: ward.map(|ward| ward.written()),
        name: name.map(str::to_owned),
    };
    // However its letters were typed before, it is one person.
    tx.remove_member(desk.city.id, &member.email).await?;
    tx.put_member(desk.city.id, &member, now).await?;
    tx.commit().await?;
    say(&format!("{} is {} of {}", member.email, member.role.name(), desk.city.name));
    Ok(())
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let members = store.read().await?.members(city.id).await?;
    store.close().await;
    if members.is_empty() {
        say("no staff yet; add somebody with: wardwatch staff add EMAIL --role staff");
    }
    let line = |member: &MemberRow| {
        let MemberRow { email, role, ward, name } = member;
        if args.json {
            let json = json!({ "email": email, "role": role.name(), "ward": ward, "name": name });
            return format!("{json}\n");
        }
        let ward = ward.as_deref().map(|ward| format!("  ward {ward}")).unwrap_or_default();
        let name = name.as_deref().map(|name| format!("  {name}")).unwrap_or_default();
        format!("{:<6}  {email}{ward}{name}\n", role.name())
    };
    print(&members.iter().map(line).collect::<String>())?;
    Ok(())
}

async fn remove(args: RemoveArgs) -> Result<(), Failure> {
    let desk = Desk::known(args.settings, Clock::System).await?;
    let email = args.email.as_str();
    let mut tx = desk.engine.store().write().await?;
    if !tx.remove_member(desk.city.id, email).await? {
        return Err(Failure::new(format!(
            "{email} is not staff of {}; see: wardwatch staff list",
            desk.city.name
        )));
    }
    tx.commit().await?;
    if args.json {
        print(&format!("{}\n", json!({ "email": email, "removed": true })))?;
    }
    say(&format!("{email} may do nothing for {} any more", desk.city.name));
    Ok(())
}

/// The ward that is meant: an office of one that is in no map would never hear of anything.
async fn meant(tx: &mut Tx, city: &City, text: &str, now: Timestamp) -> Result<WardRef, Failure> {
    let (mut found, mut known): (Vec<WardRef>, Vec<String>) = (vec![], vec![]);
    for layer in tx.layers_in_force(city.id, now).await? {
        let version = tx.layer_version(city.id, &layer.layer, layer.version).await?;
        for ward in version.into_iter().flat_map(|version| version.wards) {
            let of = WardRef { layer: layer.layer.clone(), ward: ward.key };
            if of.written() == text || of.ward == text {
                found.push(of);
            } else {
                known.push(of.written());
            }
        }
    }
    // The wards that people know by number go before those of other layers.
    found.sort_by_key(|of| of.layer != USUAL_LAYER);
    found.into_iter().next().ok_or_else(|| no_such_ward(text, known))
}

fn no_such_ward(text: &str, mut known: Vec<String>) -> Failure {
    if known.is_empty() {
        return Failure::new(
            "there are no wards yet; load them first with: wardwatch boundaries import",
        );
    }
    known.sort_by_cached_key(|key| (key.parse::<u64>().unwrap_or(u64::MAX), key.clone()));
    let others = known.len().saturating_sub(SHOWN);
    known.truncate(SHOWN);
    let more = if others > 0 { format!(" and {others} more") } else { String::new() };
    let known = known.join(", ");
    Failure::new(format!("there is no ward “{text}”; there are: {known}{more}"))
}

/// So many wards are named; a city's are mostly fewer.
const SHOWN: usize = 60;
