//! What is logged.

use super::{ConfigError, wrong};

/// Directives as `tracing` writes them; empty ones say nothing. A bare word that is no level would
/// be taken for the name of a module, and switch everything else off; what is more than words is
/// left to whoever reads the filter.
pub(super) fn log_filter(given: Option<String>) -> Result<String, ConfigError> {
    let given = given.unwrap_or_default();
    let directives: Vec<_> = given.split(',').map(str::trim).filter(|d| !d.is_empty()).collect();
    let levels = ["off", "error", "warn", "info", "debug", "trace", "0", "1", "2", "3", "4", "5"];
    let is_level = |word: &str| levels.iter().any(|level| word.eq_ignore_ascii_case(level));
    let is_word = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "_:-".contains(c));
    let is_right = |directive: &str| match directive.rsplit_once('=') {
        Some((target, level)) => !is_word(target) || !is_word(level) || is_level(level),
        None => !is_word(directive) || is_level(directive) || directive.starts_with("wardwatch"),
    };
    let is_open = |open: char, shut: char| {
        given.chars().filter(|c| *c == open).count() != given.chars().filter(|c| *c == shut).count()
    };
    if is_open('[', ']') || is_open('{', '}') {
        return Err(wrong("log")(format!(
            "“{given}” opens a span that it does not close; write MODULE[SPAN]=LEVEL"
        )));
    }
    match directives.iter().find(|directive| !is_right(directive)) {
        None if directives.is_empty() => Ok("info".to_owned()),
        None => Ok(directives.join(",")),
        Some(odd) => Err(wrong("log")(format!(
            "“{odd}” is no level; write error, warn, info, debug, trace or off, or \
             MODULE=LEVEL, as in info,wardwatch=debug"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    #[test]
    fn a_filter_of_the_log_is_what_tracing_takes_and_an_empty_one_is_not_set() {
        let read = |given: &str| log_filter(Some(given.into())).ok();
        for (given, meant) in [
            ("", "info"),
            (" , ", "info"),
            ("warn,", "warn"),
            ("info, wardwatch=debug", "info,wardwatch=debug"),
            ("wardwatch[accept{city=1}]=debug,4", "wardwatch[accept{city=1}]=debug,4"),
            ("WARN,hyper=0", "WARN,hyper=0"),
            ("wardwatch::store", "wardwatch::store"),
        ] {
            assert_eq!(read(given).as_deref(), Some(meant), "{given}");
        }
        for odd in ["loud", "info,hyper", "wardwatch=loud", "6", "wardwatch[=debug"] {
            assert_eq!(read(odd), None, "{odd}");
        }
        let empty = Settings { log: Some(String::new()), ..Settings::default() };
        let file = Settings { log: Some("debug".into()), ..Settings::default() };
        assert_eq!(empty.or(file).log.as_deref(), Some("debug"));
    }
}
