//! The commands. Human text goes to stderr, data to stdout; exit 0 done, 1 failed, 2 wrong usage.

mod backup;
mod bench;
mod bounce;
mod boundaries;
mod categories;
mod comments;
mod demo;
mod doctor;
mod explain;
mod files;
mod gazetteer;
mod ingest;
mod keys;
mod match_points;
mod outbox;
mod places;
mod progress;
mod replay;
mod run;
mod serve;
mod signing;
mod staff;
mod watches;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::run::{to_end, to_end_or};

/// Tells people what is happening on their block.
#[derive(Parser, Debug)]
#[command(name = "wardwatch", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serves everything in one process: HTTP, matching, delivery, digests
    Serve(serve::ServeArgs),
    /// Serves a city that lives, to look at in a browser: mail and push are caught
    Demo(demo::DemoArgs),
    /// Tells which areas and wards hold each point; one JSON line a point, no database
    Match(match_points::MatchArgs),
    /// Loads and lists boundary layers: wards, districts, beats
    #[command(subcommand)]
    Boundaries(boundaries::Boundaries),
    /// Loads and lists the city's addresses and streets, by which residents find their place
    #[command(subcommand)]
    Gazetteer(gazetteer::Gazetteer),
    /// Says what residents may report, and what is asked of it
    #[command(subcommand)]
    Categories(categories::Categories),
    /// Makes, takes and writes watches in bulk
    #[command(subcommand)]
    Watches(watches::Watches),
    /// Takes issue events in bulk from a file or a pipe
    ///
    /// Exits 0 when every row was taken (flagged ones too: they are stored), 1 when a row was
    /// refused or the file ended early. What could be taken is stored all the same, and running it
    /// again stores nothing twice.
    Ingest(ingest::IngestArgs),
    /// Shows points that take too much of a source's reports, and takes the operator's word
    #[command(subcommand)]
    Places(places::Places),
    /// Shows what residents say who are new here, before it is shown to anybody, and takes your word
    #[command(subcommand)]
    Comments(comments::Comments),
    /// Makes keys: for web push, for signing mails, for programs
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Says who may act for the city, or for a ward's office
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Shows what waits to be sent and why, and takes the operator's word
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// Tells why somebody was or was not told of an issue, event by event
    Explain(explain::ExplainArgs),
    /// Takes a mail that came back, on standard input, and does what follows from it
    ///
    /// For a mail server's pipe: an address that is gone is retired, one whose mails come back on
    /// several days is suspended, one whose reader complains is never mailed again. Whose it is says
    /// the sealed address that it came to (see --bounce-address of `wardwatch serve`); what came to
    /// any other is ignored. Unlike other commands it exits 0 when it is done or there is nothing to
    /// do, and 75 (`EX_TEMPFAIL`) whenever it failed, as when the database does not answer: then the
    /// mail server keeps the mail and tries again. Wrong usage exits 2.
    Bounce(bounce::BounceArgs),
    /// Writes a consistent copy of the database while it runs, and checks it
    ///
    /// For SQLite. For PostgreSQL it names the `pg_dump` command and exits 2. Restore it as
    /// wardwatch.db of a data directory, with the files `secret` and `vapid.key` beside it.
    Backup(backup::BackupArgs),
    /// Looks at everything the service leans on, and says what to do; exits 1 if any of it fails
    ///
    /// Takes the settings of `serve`. One line each: ok, warn or FAIL, what was looked at, what was
    /// found, and what to do. Nothing is made, changed or sent.
    Doctor(doctor::DoctorArgs),
    /// Plays a real feed in its own time, faster, to people who watch, and says what they would get
    ///
    /// The people are those of the stored watches, or generated ones; they live in a throwaway
    /// city, and every message goes to receivers on this machine. Exits 1 when a change was missed,
    /// repeated, or told to somebody who had not asked.
    Replay(replay::ReplayArgs),
    /// Measures this machine
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(args) => to_end(serve::run(args)),
        Command::Demo(args) => to_end(demo::run(args)),
        Command::Boundaries(what) => to_end(boundaries::run(what)),
        Command::Gazetteer(what) => to_end(gazetteer::run(what)),
        Command::Categories(what) => to_end(categories::run(what)),
        Command::Watches(what) => to_end(watches::run(what)),
        Command::Ingest(args) => to_end(ingest::run(args)),
        Command::Places(what) => to_end(places::run(what)),
        Command::Comments(what) => to_end(comments::run(what)),
        Command::Keys(what) => to_end(keys::run(what)),
        Command::Staff(what) => to_end(staff::run(what)),
        Command::Outbox(what) => to_end(outbox::run(what)),
        Command::Explain(args) => to_end(explain::run(args)),
        Command::Bounce(args) => to_end_or(bounce::run(args), bounce::TRY_AGAIN),
        Command::Backup(args) => to_end(backup::run(args)),
        Command::Replay(args) => to_end(replay::run(args)),
        Command::Doctor(args) => to_end(doctor::run(args)),
        Command::Match(args) => match_points::run(&args),
        Command::Bench(which) => bench::run(&which),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Every command, with the words that call it.
    fn all(command: &clap::Command, words: &str, into: &mut Vec<(String, clap::Command)>) {
        let words = format!("{words} {}", command.get_name());
        into.push((words.trim().to_owned(), command.clone()));
        command.get_subcommands().for_each(|one| all(one, &words, into));
    }

    fn commands() -> Vec<(String, clap::Command)> {
        let mut found = vec![];
        all(&Cli::command(), "", &mut found);
        found
    }

    #[test]
    fn every_flag_has_a_variable() {
        let bare: Vec<String> = commands()
            .iter()
            .flat_map(|(words, command)| command.get_opts().map(move |flag| (words, flag)))
            .filter(|(_, flag)| {
                !flag.get_env().is_some_and(|env| {
                    env.to_str().is_some_and(|name| name.starts_with("WARDWATCH_"))
                })
            })
            .map(|(words, flag)| format!("{words} --{}", flag.get_id()))
            .filter(|flag| !flag.ends_with("--help") && !flag.ends_with("--version"))
            .collect();
        assert!(bare.is_empty(), "flags without a variable: {}", bare.join(", "));
    }

    #[test]
    fn only_serve_and_its_doctor_take_the_settings_of_serving() {
        for (words, command) in commands() {
            for flag in ["public_url", "smtp_url", "lease_s", "log_json", "vapid_key"] {
                let takes = command.get_opts().any(|one| one.get_id() == flag);
                let serves = ["wardwatch serve", "wardwatch doctor"].contains(&words.as_str());
                assert_eq!(takes, serves, "{words} --{flag}");
            }
        }
    }

    #[test]
    fn no_two_flags_are_at_odds() {
        Cli::command().debug_assert();
    }
}
