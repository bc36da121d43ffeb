//! `wardwatch doctor`: looks at everything that the service leans on, and says what to do.
//!
//! The one rule: it leaves all as it is. It makes no database, no secret and no folder.

mod basemap;
mod setup;
mod stored;

use std::time::Duration;

use clap::Args;
use clap::builder::BoolishValueParser;
use serde::Serialize;

use crate::clock::Clock;
use crate::config::Settings;

use super::progress::Progress;
use super::run::{Failure, print};

#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// One JSON object a line
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: Settings,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    /// It works, but not as somebody would want.
    Warn,
    /// People are not told, or not rightly, until it is mended.
    Fail,
}

/// What one look found.
#[derive(Debug, Serialize)]
struct Finding {
    level: Level,
    name: &'static str,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    todo: Option<String>,
}

impl Finding {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { level: Level::Ok, name, found: found.into(), todo: None }
    }

    fn warn(name: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { level: Level::Warn, todo: Some(todo.into()), ..Self::ok(name, found) }
    }

    fn fail(name: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { level: Level::Fail, todo: Some(todo.into()), ..Self::ok(name, found) }
    }

    fn line(&self) -> String {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        let Self { name, found, todo, .. } = self;
        let todo = todo.as_deref().map(|todo| format!("; {todo}")).unwrap_or_default();
        // One line each, whatever others put into their words.
        format!("{level:<4}  {name:<13}  {found}{todo}").replace(['\n', '\r'], " ") + "\n"
    }
}

/// Looks at everything.
pub async fn run(args: DoctorArgs) -> Result<(), Failure> {
    let findings = examine(args.settings).await;
    let failed = findings.iter().filter(|found| found.level == Level::Fail).count();
    for finding in &findings {
        let json = || serde_json::to_string(finding).map(|line| line + "\n");
        print(&if args.json { json()? } else { finding.line() })?;
    }
    match failed {
        0 => Ok(()),
        1 => Err(Failure::new("one check failed")),
        some => Err(Failure::new(format!("{some} checks failed"))),
    }
}

async fn examine(settings: Settings) -> Vec<Finding> {
    let looked = match settings.look() {
        Ok(looked) => looked,
        Err(why) => {
            let todo = "mend the file, or name another with --config; nothing else was checked";
            return vec![Finding::fail("configuration", why.to_string(), todo)];
        }
    };
    let mut progress = Progress::new(None, "{spinner} {msg} …");
    progress.at(0, "looking at the database");
    let mut findings = setup::configuration(&looked);
    let now = Clock::System.now();
    let stored = stored::examine(&looked.store, now).await;
    findings.extend(stored.findings);
    findings.push(setup::disk(&looked, stored.file.as_deref()));
    progress.at(1, "asking the mail server");
    findings.push(setup::mail(&looked).await);
    findings.push(setup::signature(&looked));
    findings.extend(setup::ground(&looked));
    findings.extend(basemap::look(looked.basemap.as_ref(), stored.bounds));
    findings.push(setup::push(&looked, stored.browsers));
    findings.push(setup::secret(&looked, stored.people));
    progress.end();
    findings
}

/// A span of time as people say it, two units at most.
fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let said = |count: u64, unit: &str| match count {
        1 => format!("1 {unit}"),
        some => format!("{some} {unit}s"),
    };
    let units = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];
    let first = units.iter().position(|(_, size)| seconds >= *size).unwrap_or(3);
    let (unit, size) = units[first];
    let whole = said(seconds / size, unit);
    match units.get(first + 1).map(|(unit, small)| (unit, seconds % size / small)) {
        Some((unit, rest)) if rest > 0 => format!("{whole} {}", said(rest, unit)),
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_in_two_units() {
        let said = |seconds| span(Duration::from_secs(seconds));
        let spans = [0, 1, 59, 60, 3_700, 86_400, 3 * 86_400 + 7_300].map(said);
        assert_eq!(
            spans,
            [
                "0 seconds",
                "1 second",
                "59 seconds",
                "1 minute",
                "1 hour 1 minute",
                "1 day",
                "3 days 2 hours"
            ]
        );
    }

    #[test]
    fn a_finding_is_one_line() {
        let found = Finding::fail("mail", "554 no\r\nreally not", "ask its operator");
        assert_eq!(found.line(), "FAIL  mail           554 no  really not; ask its operator\n");
    }
}
