//! `wardwatch staff` and `wardwatch keys`: people and programs that may change issues.

use clap::{Args, Subcommand, ValueEnum};

use crate::channel::push::VapidKey;
use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::store::StaffRole;
use crate::token::ApiKey;
use crate::watcher::EmailAddress;

use super::run::{Desk, Failure, print};

#[derive(Subcommand, Debug)]
pub enum Staff {
    /// Adds a person, or changes what the person may do
    Add(AddArgs),
}

#[derive(Args, Debug)]
pub struct AddArgs {
    /// The person's mail address
    email: EmailAddress,
    /// What the person may do
    #[arg(long, value_enum, env = "WARDWATCH_ROLE")]
    role: PersonRole,
    /// The ward of an office
    #[arg(long, value_name = "ID", required_if_eq("role", "office"), env = "WARDWATCH_WARD")]
    ward: Option<String>,
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

#[derive(Subcommand, Debug)]
pub enum Keys {
    /// Makes a key for web push and prints both halves; the private one is a secret
    Vapid,
    /// Makes an API key and prints it; it is shown this once
    Api(Box<ApiArgs>),
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

pub async fn run(what: Staff) -> Result<(), Failure> {
    let Staff::Add(args) = what;
    let role = match args.role {
        PersonRole::Admin => StaffRole::Admin,
        PersonRole::Staff => StaffRole::Staff,
        PersonRole::Office => StaffRole::Office,
    };
    let desk = Desk::open(args.settings, Clock::System).await?;
    let now = desk.engine.clock().now();
    let mut tx = desk.engine.store().write().await?;
    tx.put_staff(desk.city.id, args.email.as_str(), role, args.ward.as_deref(), now).await?;
    tx.commit().await?;
    eprintln!("wardwatch: {} is {} of {}", args.email.as_str(), role.name(), desk.city.name);
    Ok(())
}

pub async fn keys(what: Keys) -> Result<(), Failure> {
    let args = match what {
        Keys::Vapid => {
            let key = VapidKey::generate()?;
            print(&format!("WARDWATCH_VAPID_KEY={}\n", key.private_base64()))?;
            eprintln!("wardwatch: the public half, for browsers: {}", key.public_base64());
            return Ok(());
        }
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
    eprintln!(
        "wardwatch: keep it; it is not shown again. Use it as: Authorization: Bearer {}…",
        &key.reveal()[..6]
    );
    Ok(())
}
