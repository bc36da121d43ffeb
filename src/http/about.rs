//! What the operator says about the site: whom to write to, under which licence its data stand, and what
//! lies beneath its maps.
//!
//! The one rule: what is set is text and addresses, never markup; what becomes a link is made one here.

use std::fmt;

use axum::http::Uri;

use super::basemap::Basemap;
use crate::watcher::EmailAddress;

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub basemap: Option<Basemap>,
    pub contact: Option<Contact>,
    /// Of the data that anybody may take.
    pub license: Option<Named>,
}

/// Where people reach whoever runs the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    Mail(String),
    Page(String),
}

impl Contact {
    /// Reads a mail address, or the address of a page.
    ///
    /// # Errors
    /// A sentence, when it is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if is_page(text) {
            return Ok(Self::Page(text.to_owned()));
        }
        let address = text.strip_prefix("mailto:").unwrap_or(text).parse::<EmailAddress>();
        address.map(|address| Self::Mail(address.as_str().to_owned())).map_err(|_| {
            format!(
                "“{text}” is neither a mail address nor the address of a page; write \
                 watch@example.org or https://example.org/contact"
            )
        })
    }

    /// Where its link leads.
    #[must_use]
    pub fn link(&self) -> String {
        match self {
            Self::Mail(address) => format!("mailto:{address}"),
            Self::Page(url) => url.clone(),
        }
    }

    /// As a person reads it.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            Self::Mail(address) => address,
            Self::Page(url) => url.trim_start_matches("https://").trim_end_matches('/'),
        }
    }
}

/// Something with a name, and a page about it where one is known: `CC BY 4.0
/// https://creativecommons.org/licenses/by/4.0/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub link: Option<String>,
}

impl Named {
    /// Reads a name, with an address behind it or without.
    ///
    /// # Errors
    /// A sentence, when there is no name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (name, last) = text.rsplit_once(char::is_whitespace).unwrap_or((text, ""));
        let (name, link) = if is_page(last) { (name, Some(last)) } else { (text, None) };
        if name.trim().is_empty() || is_page(name) || name.chars().any(char::is_control) {
            let why = "first a name, then, if there is one, the page about it; write it like";
            return Err(format!("“{text}”: {why} © OpenStreetMap https://osm.org/copyright"));
        }
        Ok(Self { name: name.trim().to_owned(), link: link.map(str::to_owned) })
    }

    /// As HTML: our own link around a text.
    #[must_use]
    pub fn html(&self) -> String {
        let name = escaped(&self.name);
        match &self.link {
            Some(link) => format!(r#"<a href="{}">{name}</a>"#, escaped(link)),
            None => name.to_string(),
        }
    }
}

/// Whether it is an address that a browser opens safely.
fn is_page(text: &str) -> bool {
    let uri = text.parse::<Uri>().ok();
    uri.is_some_and(|uri| uri.scheme_str() == Some("https") && uri.host().is_some())
}

/// A text for HTML, and for an attribute in double quotes.
pub fn escaped(text: &str) -> impl fmt::Display {
    askama::filters::escape(text, askama::filters::Html).unwrap_or_else(|never| match never {})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_a_mail_address_or_a_page() {
        let link = |text: &str| Contact::parse(text).map(|contact| contact.link());
        assert_eq!(link(" watch@example.org ").unwrap(), "mailto:watch@example.org");
        assert_eq!(link("mailto:watch@example.org").unwrap(), "mailto:watch@example.org");
        assert_eq!(link("https://example.org/311").unwrap(), "https://example.org/311");
        for odd in ["", "311", "http://example.org", "javascript:alert(1)", "https://", "a b@c"] {
            assert!(link(odd).unwrap_err().contains("neither a mail address nor"), "{odd}");
        }
        assert_eq!(Contact::parse("https://a.example/311/").unwrap().shown(), "a.example/311");
    }

    #[test]
    fn a_name_may_have_a_page_and_never_becomes_markup() {
        let html = |text: &str| Named::parse(text).map(|named| named.html());
        assert_eq!(html("CC0").unwrap(), "CC0");
        let by = html("CC BY 4.0 https://creativecommons.org/licenses/by/4.0/").unwrap();
        assert_eq!(by, r#"<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>"#);
        let odd = html("<img src=x onerror=alert(1)>").unwrap();
        assert!(!odd.contains('<'), "{odd}");
        assert!(!html("a javascript:alert(1)").unwrap().contains("href"));
        for none in ["", "  ", "https://example.org"] {
            assert!(html(none).is_err(), "{none}");
        }
    }
}
