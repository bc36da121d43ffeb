//! `/account`: how somebody who has signed in is reached and when, what is stored about them, and the way
//! out; and the question that an address is asked which they say is theirs, too (`/contact/{token}`).

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::device::{self, Device};
use super::extract::{Path, Query};
use super::habits::{self, HabitsForm};
use super::links::not_valid;
use super::manage::{Owner, has_desk};
use super::pages::{self, Frame, Told, Wrong, render};
use super::sender::From;
use super::session::{self, Visitor};
use super::{Doors, Problem, island_words, language, sign_up, watch_new};
use crate::clock::Timestamp;
use crate::engine::EngineError;
use crate::message::Language;
use crate::outbound;
use crate::store::{City, ContactRow};
use crate::token::{ClaimLink, TokenError};
use crate::watcher::{Address, ContactId, ContactKind};

/// A mail address of somebody's, a device or a webhook.
struct Entry {
    id: Uuid,
    name: String,
    /// How it stands, as a sentence.
    state: String,
    /// It may be asked again whether it is theirs.
    asks: bool,
    /// It is told, and may be tried.
    works: bool,
    /// It may be removed.
    goes: bool,
}

#[derive(Template)]
#[template(path = "pages/account.html")]
struct AccountPage<'a> {
    frame: Frame<'a>,
    habits: HabitsForm,
    mails: Vec<Entry>,
    devices: Vec<Entry>,
    webhooks: Vec<Entry>,
    email: String,
    wrongs: Vec<Wrong>,
    done: Option<&'static str>,
    /// To all that they watch.
    manage: String,
    has_desk: bool,
    /// JSON for the island.
    push: String,
}

/// What stands in the forms of the page, right or not.
#[derive(Default)]
struct Typed {
    habits: Option<HabitsForm>,
    email: String,
    wrongs: Vec<Wrong>,
}

/// `GET /account`.
pub async fn show(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let Some(watcher) = visitor else { return Ok(Redirect::to("/signin").into_response()) };
    let owner = Owner::of(&doors, watcher).await?;
    let done = match told.done.as_deref() {
        Some("habits") => Some("page-did-change"),
        Some("add_mail" | "ask") => Some("page-account-did-ask"),
        Some("forget") => Some("page-account-did-forget"),
        Some("add_device") => Some("page-account-did-add"),
        Some("test") => Some("page-account-did-test"),
        _ => None,
    };
    page(&doors, &owner, done, Typed::default()).await
}

async fn page(
    doors: &Doors,
    owner: &Owner,
    done: Option<&'static str>,
    typed: Typed,
) -> Result<Response, Problem> {
    let frame = owner.frame();
    let habits = match typed.habits {
        Some(habits) => habits,
        None => owner.habits(doors).await?,
    };
    let entries = Entries::read(doors, owner, &frame).await?;
    let page = AccountPage {
        habits,
        mails: entries.mails,
        devices: entries.devices,
        webhooks: entries.webhooks,
        email: typed.email,
        wrongs: typed.wrongs,
        done,
        manage: owner.path(doors),
        has_desk: has_desk(doors, owner).await?,
        push: island_words::of(&frame.words, "push", doors.inner.units),
        frame,
    };
    render(&page)
}

/// How somebody is reached.
struct Entries {
    mails: Vec<Entry>,
    devices: Vec<Entry>,
    webhooks: Vec<Entry>,
}

impl Entries {
    async fn read(doors: &Doors, owner: &Owner, frame: &Frame<'_>) -> Result<Self, Problem> {
        let Theirs { own, said } = Theirs::read(doors, owner).await?;
        let (now, zone) = (doors.engine().clock().now(), &owner.city.zone);
        let since = |at: Timestamp| {
            frame.with("page-account-since", "when", &frame.words.moment(at, now, zone))
        };
        let mut entries = Self { mails: vec![], devices: vec![], webhooks: vec![] };
        for row in &own {
            let list = match row.contact.address.kind() {
                ContactKind::Mail => &mut entries.mails,
                // A browser that is gone, or has another address, is no device any more.
                ContactKind::Push if row.retired => continue,
                ContactKind::Push => &mut entries.devices,
                ContactKind::Webhook => &mut entries.webhooks,
            };
            list.push(Entry::own(frame, row, since(row.confirmed_at.unwrap_or(row.since))));
        }
        entries.mails.extend(said.iter().map(|(claim, row)| Entry::said(frame, *claim, row)));
        Ok(entries)
    }
}

/// Contacts of somebody's, and addresses that they say are theirs, too.
struct Theirs {
    own: Vec<ContactRow>,
    /// Each with the id of what they said first: an address's own would tell since when it is known here.
    said: Vec<(Uuid, ContactRow)>,
}

impl Theirs {
    async fn read(doors: &Doors, owner: &Owner) -> Result<Self, Problem> {
        let city = owner.city.id;
        let mut tx = doors.engine().store().read().await?;
        let mut own = tx.contacts_of(city, &[owner.watcher]).await?;
        own.sort_by_key(|row| row.contact.id);
        let mut claimed: Vec<(Uuid, ContactId)> = vec![];
        for claim in tx.claims_of(city, owner.watcher).await? {
            let is_own = own.iter().any(|row| row.contact.id == claim.contact);
            if !is_own && claimed.iter().all(|(_, contact)| *contact != claim.contact) {
                claimed.push((claim.id, claim.contact));
            }
        }
        let ids: Vec<ContactId> = claimed.iter().map(|(_, contact)| *contact).collect();
        let known = tx.contacts(city, &ids).await?.into_iter();
        let known: HashMap<ContactId, ContactRow> =
            known.map(|row| (row.contact.id, row)).collect();
        let said = claimed.iter().filter_map(|(claim, id)| Some((*claim, known.get(id)?.clone())));
        let is_mail =
            |(_, row): &(Uuid, ContactRow)| row.contact.address.kind() == ContactKind::Mail;
        Ok(Self { said: said.filter(is_mail).collect(), own })
    }

    /// The address of one of them, by the id that the page gives it.
    fn mail(&self, id: ContactId) -> Option<String> {
        let own = self.own.iter().find(|row| row.contact.id == id);
        let said = || self.said.iter().find(|(claim, _)| *claim == id.0).map(|(_, row)| row);
        own.or_else(said).map(|row| row.contact.address.text().to_owned())
    }
}

impl Entry {
    fn own(frame: &Frame<'_>, row: &ContactRow, since: String) -> Self {
        let address = &row.contact.address;
        let kind = address.kind();
        let state = match row {
            ContactRow { silenced: true, .. } => frame.t("page-account-never"),
            ContactRow { suspended: true, .. } => frame.t("page-account-stopped"),
            ContactRow { retired: true, .. } => frame.t("page-account-gone"),
            ContactRow { confirmed: false, .. } => frame.t("page-account-waits"),
            ContactRow { failing_at: Some(_), .. } => frame.t("page-account-fails"),
            _ => since,
        };
        Self {
            id: row.contact.id.0,
            name: match address {
                Address::Mail(mail) => mail.as_str().to_owned(),
                Address::Push(_) => device::in_words(frame, row.device.as_deref()),
                Address::Webhook(hook) => outbound::host(&hook.url),
            },
            state,
            asks: kind == ContactKind::Mail && !row.confirmed && !row.silenced && !row.suspended,
            works: row.confirmed,
            goes: !row.silenced,
        }
    }

    /// Nobody learns by it whether the address is somebody else's.
    fn said(frame: &Frame<'_>, claim: Uuid, row: &ContactRow) -> Self {
        Self {
            id: claim,
            name: row.contact.address.text().to_owned(),
            state: frame.t("page-account-waits"),
            asks: true,
            works: false,
            goes: true,
        }
    }
}

/// `POST /account`: what one of its buttons says.
pub async fn press(
    State(doors): State<Doors>,
    from: From,
    Visitor(visitor): Visitor,
    Device(device): Device,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let Some(watcher) = visitor else { return Ok(Redirect::to("/signin").into_response()) };
    let owner = Owner::of(&doors, watcher).await?;
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| &**value);
    let act = value("act").unwrap_or_default();
    let contact = value("contact").and_then(|id| id.parse().ok()).map(ContactId);
    let contact = || contact.ok_or_else(|| Problem::field("/contact", "is the id of a contact"));
    let (engine, city) = (doors.engine(), &owner.city);
    let done = match act {
        "habits" => match save_habits(&doors, &owner, &pairs).await? {
            Ok(chosen) => {
                let answer = Redirect::to("/account?done=habits").into_response();
                return Ok(language::spoken(&doors, answer, chosen.as_ref()));
            }
            Err(typed) => Err(typed),
        },
        "add_mail" => {
            doors.inner.limits.sign_up(from)?;
            add_mail(&doors, &owner, value("email").unwrap_or_default()).await?
        }
        "ask" => {
            doors.inner.limits.sign_up(from)?;
            let mail = Theirs::read(&doors, &owner).await?.mail(contact()?);
            add_mail(&doors, &owner, &mail.unwrap_or_default()).await?
        }
        "add_device" => {
            doors.inner.limits.sign_up(from)?;
            let push = value("push").unwrap_or_default();
            add_device(&doors, &owner, push, device.as_deref()).await?
        }
        "test" => {
            engine.test_browser(city, watcher, contact()?).await?;
            Ok(())
        }
        "forget" => match engine.forget_contact(city, watcher, contact()?).await {
            Err(EngineError::LastWay) => Err(wrong(&owner, "contacts", "page-wrong-last-way")),
            done => done.map(Ok)?,
        },
        "out_everywhere" => {
            engine.sign_out_everywhere(city, watcher).await?;
            return Ok(session::signed_out(&doors));
        }
        _ => return Err(Problem::field("/act", "is what one of the buttons says")),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/account?done={act}")).into_response()),
        Err(typed) => Ok(pages::refused(page(&doors, &owner, None, typed).await?)),
    }
}

fn wrong(owner: &Owner, field: &'static str, key: &'static str) -> Typed {
    let wrongs = vec![Wrong::at(field, owner.frame().t(key))];
    Typed { wrongs, ..Typed::default() }
}

async fn save_habits(
    doors: &Doors,
    owner: &Owner,
    pairs: &[(String, String)],
) -> Result<Result<Option<Language>, Typed>, Problem> {
    Ok(habits::save(doors, owner, pairs).await?.map_err(|(form, says)| {
        let habits = Some(form);
        Typed { habits, ..wrong(owner, "when", says) }
    }))
}

async fn add_mail(doors: &Doors, owner: &Owner, typed: &str) -> Result<Result<(), Typed>, Problem> {
    let address = match sign_up::read_email(&owner.frame(), typed) {
        Ok(address) => address,
        Err(says) => {
            let typed = Typed { email: typed.to_owned(), wrongs: vec![says], habits: None };
            return Ok(Err(typed));
        }
    };
    match doors.engine().claim_address(&owner.city, owner.watcher, address).await {
        Err(EngineError::TooManyContacts(_)) => {
            Ok(Err(wrong(owner, "email", "page-wrong-contacts-many")))
        }
        done => Ok(Ok(done?)),
    }
}

async fn add_device(
    doors: &Doors,
    owner: &Owner,
    push: &str,
    device: Option<&str>,
) -> Result<Result<(), Typed>, Problem> {
    let browser = match watch_new::read_browser(doors, &owner.frame(), "devices", push) {
        Ok(browser) => browser,
        Err(says) => return Ok(Err(Typed { wrongs: vec![says], ..Typed::default() })),
    };
    let engine = doors.engine();
    match engine.add_browser(&owner.city, owner.watcher, browser.clone()).await {
        Err(EngineError::OthersBrowser | EngineError::OtherKeys) => {
            return Ok(Err(wrong(owner, "devices", "page-wrong-others-device")));
        }
        Err(EngineError::TooManyContacts(_)) => {
            return Ok(Err(wrong(owner, "devices", "page-wrong-contacts-many")));
        }
        done => done?,
    }
    if let Some(device) = device {
        engine.name_browser(&owner.city, &browser, device).await?;
    }
    engine.tell_devices(&owner.city, owner.watcher).await?;
    Ok(Ok(()))
}

#[derive(Template)]
#[template(path = "pages/agree.html")]
struct ContactPage<'a> {
    frame: Frame<'a>,
    address: String,
    done: bool,
}

async fn claimed(doors: &Doors, text: &str) -> Result<(City, Uuid), Problem> {
    let city = doors.city().await?;
    let link = ClaimLink::open(text, doors.engine().secrets()).map_err(|why| not_valid(&why))?;
    if link.city == city.id {
        Ok((city, link.claim))
    } else {
        Err(not_valid(&TokenError::NotValid))
    }
}

/// `GET /contact/{token}`: what is asked, and a button.
pub async fn ask_contact(
    State(doors): State<Doors>,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    answer(&doors, &text, false).await
}

/// `POST /contact/{token}`: the address is theirs, too.
pub async fn agree(
    State(doors): State<Doors>,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    answer(&doors, &text, true).await
}

async fn answer(doors: &Doors, text: &str, agrees: bool) -> Result<Response, Problem> {
    let (city, claim) = claimed(doors, text).await?;
    let gone = |error| match error {
        EngineError::UnknownContact => not_valid(&TokenError::NotValid),
        other => other.into(),
    };
    let (address, watcher) = doors.engine().asked_of(&city, claim).await.map_err(gone)?;
    if agrees {
        doors.engine().agree(&city, claim).await.map_err(gone)?;
    }
    let language = language::of(doors, &city, watcher).await?;
    let frame = Frame::new(&city.name, &language);
    render(&ContactPage { frame, address: address.text().to_owned(), done: agrees })
}
