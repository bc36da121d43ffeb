//! How long what is over is kept.

use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use super::{ConfigError, wrong};
use crate::engine::EngineSettings;

const A_DAY: Duration = Duration::from_hours(24);

/// Mails come back for so many days, and what becomes of their contacts is looked for among deliveries.
const LEAST_DAYS: u16 = 30;

/// How long what is over is kept.
#[derive(Args, Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct KeepRule {
    /// Days after which what was sent, deleted watches and people who watch nothing are forgotten; issues
    /// stay; 30 or more, or 0 to keep everything [default: 365]
    #[arg(long, env = "WARDWATCH_KEEP_DAYS", value_name = "DAYS")]
    pub keep_days: Option<u16>,
}

impl KeepRule {
    pub(super) fn or(self, other: Self) -> Self {
        Self { keep_days: self.keep_days.or(other.keep_days) }
    }

    pub(super) fn set(self, engine: &mut EngineSettings) -> Result<(), ConfigError> {
        match self.keep_days {
            None => {}
            Some(0) => engine.keep_for = None,
            Some(days) if days < LEAST_DAYS => {
                return Err(wrong("keep-days")(format!(
                    "mails come back for {LEAST_DAYS} days, and {days} would forget whose they were; \
                     give {LEAST_DAYS} or more, or 0 to keep everything"
                )));
            }
            Some(days) => engine.keep_for = Some(A_DAY * u32::from(days)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::RETURN_SPAN;

    #[test]
    fn what_is_over_is_kept_for_as_long_as_is_said_and_as_mails_come_back() {
        let kept = |keep_days: Option<u16>| {
            let mut engine = EngineSettings::default();
            KeepRule { keep_days }.set(&mut engine).map(|()| engine.keep_for)
        };
        assert_eq!(kept(None).unwrap(), Some(A_DAY * 365));
        assert_eq!(kept(Some(90)).unwrap(), Some(A_DAY * 90));
        assert_eq!(kept(Some(0)).unwrap(), None);
        assert_eq!(A_DAY * u32::from(LEAST_DAYS), RETURN_SPAN);
        let why = kept(Some(LEAST_DAYS - 1)).unwrap_err();
        assert!(why.is_misuse());
        assert!(why.to_string().starts_with("--keep-days"), "{why}");
    }
}
