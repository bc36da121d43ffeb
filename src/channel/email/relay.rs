//! The mail URL.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use super::EmailError;

/// Where mail goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    Folder(PathBuf),
    Smtp(Relay),
}

/// A mail server and how to speak to it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Relay {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<(String, String)>,
    /// A PEM file with certificates to trust besides the system's.
    pub ca: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS or nothing is sent.
    Required,
    /// STARTTLS when it is offered.
    Offered,
}

/// Without the password.
impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} ({:?})", self.host, self.port, self.security)
    }
}

impl Relay {
    /// Whether the server is certainly this machine.
    pub(super) fn is_here(&self) -> bool {
        self.host == "localhost" || self.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, EmailError> {
        let bad = |why: &str| EmailError::BadUrl(why.to_owned());
        if let Some(path) = url.strip_prefix("file:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            let there = !path.is_empty();
            return there.then(|| Self::Folder(path.into())).ok_or(bad("the folder is missing"));
        }
        let (scheme, rest) = url.split_once("://").ok_or(bad("it has no scheme"))?;
        let implicit = match scheme {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(bad("its scheme is none of smtp, smtps and file")),
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (required, ca) = read_query(query)?;
        let (login, place) = match place.trim_end_matches('/').rsplit_once('@') {
            Some((login, place)) => (Some(read_login(login)?), place),
            None => (None, place.trim_end_matches('/')),
        };
        let usual = match (implicit, &login) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        };
        let (host, port) = read_place(place, usual)?;
        let security = match (implicit, required) {
            (true, _) => Security::Implicit,
            (false, true) => Security::Required,
            (false, false) => Security::Offered,
        };
        Ok(Self::Smtp(Relay { host, port, security, login, ca }))
    }
}

fn read_query(query: &str) -> Result<(bool, Option<PathBuf>), EmailError> {
    let (mut required, mut ca) = (false, None);
    for part in query.split('&').filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("tls", "required")) => required = true,
            Some(("ca", file)) => ca = Some(PathBuf::from(decode(file)?)),
            _ => return Err(EmailError::BadUrl(format!("“{part}” is not an option of it"))),
        }
    }
    Ok((required, ca))
}

fn read_login(login: &str) -> Result<(String, String), EmailError> {
    let (user, password) = login
        .split_once(':')
        .ok_or_else(|| EmailError::BadUrl("it has a user but no password".to_owned()))?;
    Ok((decode(user)?, decode(password)?))
}

fn read_place(place: &str, usual: u16) -> Result<(String, u16), EmailError> {
    let bad = |why: &str| EmailError::BadUrl(why.to_owned());
    // An IPv6 address stands in brackets, for its own colons.
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or(bad("its port"))?)),
        None => match place.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let bracketed = place.starts_with('[') && !host.starts_with('[');
    let odd = |c: char| c.is_whitespace() || "/[]".contains(c) || (c == ':' && !bracketed);
    if host.is_empty() || host.contains(odd) {
        return Err(bad("its host"));
    }
    let port = match port {
        Some(port) => port.parse().ok().filter(|&port| port > 0).ok_or(bad("its port"))?,
        None => usual,
    };
    Ok((host.to_ascii_lowercase(), port))
}

/// Undoes percent-encoding (RFC 3986, §2.1), which passwords with `@` or `:` need.
fn decode(text: &str) -> Result<String, EmailError> {
    let bad = || EmailError::BadUrl("a % in it is not followed by two hex digits".to_owned());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%' {
            let (hex, after) = rest.split_first_chunk::<2>().ok_or_else(bad)?;
            let hex = std::str::from_utf8(hex).map_err(|_| bad())?;
            bytes.push(u8::from_str_radix(hex, 16).map_err(|_| bad())?);
            rest = after;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(url: &str) -> Relay {
        match Target::parse(url) {
            Ok(Target::Smtp(relay)) => relay,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn every_form_of_the_url_is_understood() {
        let plain = relay("smtp://Mail.Example.org");
        assert_eq!((plain.host.as_str(), plain.port), ("mail.example.org", 25));
        assert_eq!((plain.security, plain.is_here()), (Security::Offered, false));
        let full = relay("smtp://ada%40x.org:p%3Aw%40%20d@[::1]:2525/?tls=required&ca=/a%20b.pem");
        assert_eq!((full.host.as_str(), full.port, full.is_here()), ("::1", 2525, true));
        assert_eq!(full.login, Some(("ada@x.org".to_owned(), "p:w@ d".to_owned())));
        assert_eq!((full.security, full.ca), (Security::Required, Some("/a b.pem".into())));
        assert_eq!(relay("smtp://u:p@h").port, 587);
        assert_eq!(
            (relay("smtps://h").port, relay("smtps://h").security),
            (465, Security::Implicit)
        );
        assert!(!format!("{:?}", relay("smtp://u:hush@h")).contains("hush"));
        let folder = |url: &str| Target::parse(url).unwrap();
        assert_eq!(folder("file:var/mail"), Target::Folder("var/mail".into()));
        assert_eq!(folder("file:///var/mail"), Target::Folder("/var/mail".into()));
    }

    #[test]
    fn a_url_that_is_not_understood_is_refused_in_words() {
        for bad in [
            "",
            "mail.example.org",
            "http://x",
            "smtp://",
            "smtp://u@h",
            "smtp://h:0",
            "smtp://h:x",
            "smtp://h:99999",
            "smtp://[::1",
            "smtp://::1",
            "smtp://[::1]x",
            "smtp://h?tls=maybe",
            "smtp://u:%zz@h",
            "file:",
            "smtp://h/x",
            "smtp://a b",
        ] {
            let refused = Target::parse(bad);
            assert!(matches!(refused, Err(EmailError::BadUrl(_))), "{bad}: {refused:?}");
        }
    }
}
