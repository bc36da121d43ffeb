//! The address that a mail comes back to, which says whose it was (a variable envelope return path):
//! `bounces+TOKEN@city.example`.
//!
//! The token is 31 bytes: the contact, the last three of its delivery's id, and a seal over the city
//! and both. It is written in base32 (RFC 4648, §6) in small letters, 50 of them, for mail servers
//! write a local part in whatever case they like, and one has at most 64 octets (RFC 5321,
//! §4.5.3.1.1). So its seal is shorter than that of a link: 96 bits, of which RFC 2104, §5 asks for
//! 80; a forger can only try them by mail, one by one.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::{Secrets, same};
use crate::issue::CityId;
use crate::watcher::{AddressError, ContactId, EmailAddress};

const PURPOSE: &str = "bounce";
const SEAL_LEN: usize = 12;
const MARK_LEN: usize = 3;
/// What a token says, and the whole of it.
const SAYS_LEN: usize = 16 + MARK_LEN;
const TOKEN_LEN: usize = SAYS_LEN + SEAL_LEN;
/// The letters of a token.
const LETTERS: usize = (TOKEN_LEN * 8).div_ceil(5);
/// The most that a local part may have.
const LOCAL_PART: usize = 64;
/// The most that it may have before the token and its `+`.
const BEFORE_TOKEN: usize = LOCAL_PART - LETTERS - 1;

/// Which of a contact's mails it was: a report that comes again counts once. Three bytes of chance tell
/// apart what one person is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MailMark([u8; MARK_LEN]);

impl MailMark {
    /// Of the delivery with this id.
    #[must_use]
    pub fn of(delivery: Uuid) -> Self {
        let [.., a, b, c] = *delivery.as_bytes();
        Self([a, b, c])
    }

    #[must_use]
    pub fn bytes(self) -> [u8; MARK_LEN] {
        self.0
    }
}

/// Whose mail it was that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WayBack {
    pub contact: ContactId,
    pub mail: MailMark,
}

impl WayBack {
    /// The token, as it stands in an address.
    #[must_use]
    pub fn seal(&self, city: CityId, secrets: &Secrets) -> String {
        let mut token = self.contact.0.as_bytes().to_vec();
        token.extend(self.mail.0);
        let seal = secrets.newest().mac(PURPOSE, &sealed(city, &token));
        token.extend(&seal.as_ref()[..SEAL_LEN]);
        to_base32(&token)
    }

    /// Whose mail it was, by the first address in a text that bears a token of this city: the text
    /// is a recipient, or the value of a header. A token stands at the end of a local part, behind a
    /// `+`, or a `-` where the mail server parts addresses by that.
    #[must_use]
    pub fn find(text: &str, city: CityId, secrets: &Secrets) -> Option<Self> {
        let locals = text.match_indices('@').map(|(at, _)| &text.as_bytes()[..at]);
        locals.take(AT_MOST).find_map(|before| {
            let (rest, token) = before.split_at_checked(before.len().checked_sub(LETTERS)?)?;
            let parted = matches!(rest.last(), Some(b'+' | b'-'));
            parted.then(|| Self::open(token, city, secrets)).flatten()
        })
    }

    fn open(token: &[u8], city: CityId, secrets: &Secrets) -> Option<Self> {
        let token = from_base32(token)?;
        let (says, seal) = token.split_at_checked(SAYS_LEN)?;
        let sealed = sealed(city, says);
        let fits = |mac: &[u8]| same(&mac[..SEAL_LEN], seal);
        if !secrets.any(|secret| fits(secret.mac(PURPOSE, &sealed).as_ref())) {
            return None;
        }
        let (contact, mark) = says.split_first_chunk::<16>()?;
        Some(Self {
            contact: ContactId(Uuid::from_bytes(*contact)),
            mail: MailMark(mark.try_into().ok()?),
        })
    }
}

/// So many addresses of one text are looked at; a header that a stranger wrote may hold any number.
const AT_MOST: usize = 20;

/// The city is sealed and not written: there are few, and the token has to be short.
fn sealed(city: CityId, says: &[u8]) -> Vec<u8> {
    [&city.0.to_be_bytes()[..], says].concat()
}

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

fn to_base32(bytes: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let letter = |group: usize| (0..5).fold(0, |five, at| five << 1 | bit(group * 5 + at));
    let letters = (0..(bytes.len() * 8).div_ceil(5)).map(letter);
    letters.map(|five| char::from(ALPHABET[usize::from(five)])).collect()
}

/// In either case; what is left over of the last letter has to be zero, so that there is one spelling.
fn from_base32(letters: &[u8]) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (vec![], 0_u32, 0);
    for letter in letters {
        let five = ALPHABET.iter().position(|known| *known == letter.to_ascii_lowercase())?;
        held = held << 5 | u32::try_from(five).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    (held == 0).then_some(bytes)
}

/// Why mails cannot come back to an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BounceAddressError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(
        "“{0}” is too long before the @: {BEFORE_TOKEN} characters at most, for +TOKEN is put behind \
         them; choose bounces@…"
    )]
    Long(String),
}

/// Where mails come back to: `bounces@city.example`, of which every mail has an address of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct BounceAddress {
    local: String,
    domain: String,
}

impl FromStr for BounceAddress {
    type Err = BounceAddressError;

    fn from_str(text: &str) -> Result<Self, BounceAddressError> {
        let address: EmailAddress = text.parse()?;
        let (local, domain) = address.as_str().rsplit_once('@').unwrap_or_default();
        let longest = format!("{local}+{}@{domain}", "a".repeat(LETTERS));
        if longest.parse::<EmailAddress>().is_err() {
            return Err(BounceAddressError::Long(address.as_str().to_owned()));
        }
        Ok(Self { local: local.to_owned(), domain: domain.to_owned() })
    }
}

impl BounceAddress {
    /// The envelope sender of one mail.
    ///
    /// # Errors
    /// Never: what is too long was refused when it was set.
    pub fn of(
        &self,
        way: &WayBack,
        city: CityId,
        secrets: &Secrets,
    ) -> Result<EmailAddress, AddressError> {
        format!("{}+{}@{}", self.local, way.seal(city, secrets), self.domain).parse()
    }
}

impl fmt::Display for BounceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl fmt::Debug for BounceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BounceAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: CityId = CityId(1);

    fn way() -> WayBack {
        let contact = ContactId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        WayBack { contact, mail: MailMark::of(Uuid::from_u128(0xdead_beef)) }
    }

    fn address(secrets: &Secrets) -> String {
        let bounces: BounceAddress = "bounces@city.example".parse().unwrap();
        bounces.of(&way(), CITY, secrets).unwrap().as_str().to_owned()
    }

    #[test]
    fn a_mail_comes_back_to_an_address_that_says_whose_it_was() {
        let secrets = Secrets::generate();
        let address = address(&secrets);
        let (local, domain) = address.split_once('@').unwrap();
        assert!(local.len() <= LOCAL_PART && domain == "city.example", "{address}");
        let find = |text: &str| WayBack::find(text, CITY, &secrets);
        assert_eq!(find(&address), Some(way()));
        // As mail servers write it.
        assert_eq!(find(&address.to_uppercase()), Some(way()));
        assert_eq!(find(&format!("<{address}>")), Some(way()));
        assert_eq!(find(&address.replace('+', "-")), Some(way()));
        let other = "Bounces <bounces@city.example>, who+knows@city.example";
        assert_eq!(find(&format!("{other}, <{address}>")), Some(way()));
        assert_eq!(find(other), None);
    }

    #[test]
    fn no_letter_can_be_changed_and_no_other_city_or_secret_fits() {
        let secrets = Secrets::generate();
        let address = address(&secrets);
        let start = address.find('+').unwrap() + 1;
        for at in start..start + LETTERS {
            for letter in ALPHABET {
                let mut bent = address.clone().into_bytes();
                if bent[at] == *letter {
                    continue;
                }
                bent[at] = *letter;
                let bent = String::from_utf8(bent).unwrap();
                assert_eq!(WayBack::find(&bent, CITY, &secrets), None, "{bent}");
            }
        }
        assert_eq!(WayBack::find(&address, CityId(2), &secrets), None);
        assert_eq!(WayBack::find(&address, CITY, &Secrets::generate()), None);
        // A token of a link is none, whatever it is written in.
        let link = secrets.sign("link", &[0; SAYS_LEN]);
        assert_eq!(WayBack::find(&format!("bounces+{link}@city.example"), CITY, &secrets), None);
    }

    #[test]
    fn addresses_of_the_old_secret_still_come_back_after_a_rotation() {
        let old = Secrets::generate();
        let sealed = address(&old);
        let both = Secrets::parse(&(Secrets::generate().to_text() + &old.to_text())).unwrap();
        assert_eq!(WayBack::find(&sealed, CITY, &both), Some(way()));
        assert_ne!(address(&both), sealed, "the newest secret seals");
    }

    #[test]
    fn hostile_text_finds_nobody() {
        let secrets = Secrets::generate();
        for text in ["", "@", "+@", &"@".repeat(10_000), &"a".repeat(100_000), "ключ@x", "\u{0}@"]
        {
            assert_eq!(WayBack::find(text, CITY, &secrets), None);
        }
        let cut = address(&secrets).replacen('+', "+é", 1);
        assert_eq!(WayBack::find(&cut, CITY, &secrets), None);
    }

    #[test]
    fn an_address_has_to_leave_room_for_the_token() {
        assert_eq!(BEFORE_TOKEN, 13);
        assert!("ward-bounces1@city.example".parse::<BounceAddress>().is_ok());
        let long = "ward-bounces-1@city.example".parse::<BounceAddress>().unwrap_err();
        assert!(long.to_string().contains("13 characters at most"), "{long}");
        let domain = format!("b@{}.example", vec!["a".repeat(50); 4].join("."));
        assert!(domain.parse::<BounceAddress>().is_err(), "no mail server would take it");
        assert!("bounces".parse::<BounceAddress>().is_err());
    }

    #[test]
    fn base32_is_that_of_the_rfc() {
        for (plain, coded) in [("", ""), ("f", "my"), ("fo", "mzxq"), ("foobar", "mzxw6ytboi")] {
            assert_eq!(to_base32(plain.as_bytes()), coded);
            assert_eq!(from_base32(coded.as_bytes()).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(from_base32(b"mz"), None, "the last letter has bits that belong to nothing");
    }
}
