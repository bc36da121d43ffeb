//! `/report/new`: where, what, is it known already, details, check, done; it works without JavaScript and
//! with the way back.
//!
//! The one rule: nothing is kept here before it is sent. Every page carries in its fields what the others
//! asked. As long as that has its place in an address the pages are links; from the first word on they are
//! forms, for what people write, answer and are reached by belongs in no address.
//!
//! Pictures are chosen on the last page, beside the button that sends: no field carries a file along, and
//! a table of drafts would hold what nobody has sent. All else is right by then, so the report is taken
//! whatever becomes of its pictures; the page after it says which were not, and takes others.
//! How somebody is reached stands with the details: a page more would cost more than it clears up.

mod address;
mod called;
mod form;
mod map;
mod pages;
mod sent;
mod similar;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::auth::Caller;
use super::extract::{Query, Reads};
use super::filing::{self, Report};
use super::issues::public_issue;
use super::pages::{Frame, Wrong, refused};
use super::sender::From;
use super::session::Visitor;
use super::uploads::Sent;
use super::{Doors, Problem, pictures, sign_up};
use crate::engine::Who;
use crate::issue::{Category, Service};
use crate::message::Language;
use crate::store::City;
use crate::watcher::{Address, WatcherId};

use form::{Act, Filled, Step};

pub use map::draw as map;
use sent::Follows;
pub use sent::{show as sent, take as more_pictures};

/// A report on its way, and who writes it.
struct Writing {
    doors: Doors,
    city: City,
    language: Language,
    visitor: Option<WatcherId>,
    /// What may be reported; of a city that has said nothing and heard of nothing, anything.
    offered: Vec<Service>,
}

/// `GET /report/new?lon=&lat=&address=&category=`: a page of the form, filled in as far as the link says.
pub async fn ask(
    State(doors): State<Doors>,
    from: From,
    Visitor(visitor): Visitor,
    Reads(language): Reads,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let writing = Writing::begin(doors, language, visitor).await?;
    let act = match form::act(&pairs) {
        // A link changes nothing.
        Act::Send => Act::Change(Step::Check),
        other => other,
    };
    let filled = writing.read(&pairs);
    writing.advance(from, filled, act, None).await
}

/// `POST /report/new`: the same with what somebody wrote, or the report itself.
pub async fn press(
    State(doors): State<Doors>,
    from: From,
    Visitor(visitor): Visitor,
    Reads(language): Reads,
    sent: Sent,
) -> Result<Response, Problem> {
    let writing = Writing::begin(doors, language, visitor).await?;
    let (filled, act) = (writing.read(&sent.fields), form::act(&sent.fields));
    writing.advance(from, filled, act, Some(sent)).await
}

impl Writing {
    async fn begin(
        doors: Doors,
        language: Language,
        visitor: Option<WatcherId>,
    ) -> Result<Self, Problem> {
        let city = doors.city().await?;
        let mut tx = doors.engine().store().read().await?;
        let services = tx.services(city.id).await?;
        let known =
            if services.is_empty() { tx.categories_by_name(city.id).await? } else { vec![] };
        drop(tx);
        let offered = form::offered(services, known);
        Ok(Self { doors, city, language, visitor, offered })
    }

    fn frame(&self) -> Frame<'_> {
        Frame::new(&self.city.name, &self.language)
    }

    fn read(&self, pairs: &[(String, String)]) -> Filled {
        let engine = self.doors.engine();
        let mut filled = Filled::read(pairs, engine.random().uuid(engine.clock().now()));
        // As the city writes it.
        if let Some(service) = self.service(&filled) {
            service.name.name().clone_into(&mut filled.category);
        }
        filled
    }

    fn service(&self, filled: &Filled) -> Option<&Service> {
        let wanted = Category::from(filled.category.as_str());
        self.offered.iter().find(|service| service.name == wanted)
    }

    async fn advance(
        &self,
        from: From,
        mut filled: Filled,
        act: Act,
        sent: Option<Sent>,
    ) -> Result<Response, Problem> {
        match act {
            Act::Begin => self.page(Step::Where, &filled, vec![]).await,
            Act::Change(step) => self.page(step, &filled, vec![]).await,
            Act::WholeCity => {
                filled.view.clear();
                (filled.lon, filled.lat) = (String::new(), String::new());
                self.page(Step::Where, &filled, vec![]).await
            }
            Act::Map(x, y) => {
                if let Some(view) = map::view(&self.doors, &self.city, &filled).await? {
                    let (at, closer) = form::pressed(&view, x, y);
                    filled.put(at);
                    filled.asked.clear();
                    called::moved(&mut filled);
                    filled.view = form::view_text(closer);
                }
                self.page(Step::Where, &filled, vec![]).await
            }
            Act::Done(step) => {
                let mut wrongs = self.finish(from, step, &mut filled).await?;
                if wrongs.is_empty() {
                    wrongs = self.wrongs(step, &filled);
                }
                if !wrongs.is_empty() {
                    return Ok(refused(self.page(step, &filled, wrongs).await?));
                }
                let next = self.next(&filled).await?;
                self.page(next, &filled, vec![]).await
            }
            Act::Send => match sent {
                Some(sent) => self.send(from, filled, sent).await,
                None => self.page(Step::Check, &filled, vec![]).await,
            },
        }
    }

    /// What follows from a page that was filled in, and what is wrong with its address.
    async fn finish(
        &self,
        from: From,
        step: Step,
        filled: &mut Filled,
    ) -> Result<Vec<Wrong>, Problem> {
        match step {
            Step::Where => {
                let whose = (&self.doors, &self.city);
                let wrongs = address::look(whose, &self.frame(), from, filled).await?;
                if wrongs.is_empty() {
                    called::call(&self.doors, &self.city, filled).await;
                }
                return Ok(wrongs);
            }
            Step::Similar => filled.another = true,
            Step::Details => filled.detailed = true,
            Step::What | Step::Check => {}
        }
        Ok(vec![])
    }

    /// What is wrong with a page.
    fn wrongs(&self, step: Step, filled: &Filled) -> Vec<Wrong> {
        let frame = self.frame();
        match step {
            Step::Where => form::check_where(&frame, &self.city, filled),
            Step::What => {
                let known = self.service(filled).is_some();
                let free = self.offered.is_empty() && (1..=100).contains(&filled.category.len());
                let none = Wrong::at("what", frame.t("page-report-wrong-what"));
                if known || free { vec![] } else { vec![none] }
            }
            Step::Details => {
                let questions = self.service(filled).map(|service| &*service.questions);
                let mut wrongs = form::check_details(&frame, questions.unwrap_or_default(), filled);
                if self.visitor.is_none() && !filled.email.is_empty() {
                    wrongs.extend(sign_up::read_email(&frame, &filled.email).err());
                }
                wrongs
            }
            Step::Similar | Step::Check => vec![],
        }
    }

    /// The first page that is not filled in.
    async fn next(&self, filled: &Filled) -> Result<Step, Problem> {
        let lacks = |step| !self.wrongs(step, filled).is_empty();
        if lacks(Step::Where) {
            return Ok(Step::Where);
        }
        if lacks(Step::What) {
            return Ok(Step::What);
        }
        if !filled.another && !similar::find(self, filled).await?.is_empty() {
            return Ok(Step::Similar);
        }
        let details = !filled.detailed || lacks(Step::Details);
        Ok(if details { Step::Details } else { Step::Check })
    }

    /// Takes the report and its pictures, and leads to the page that says so.
    async fn send(&self, from: From, filled: Filled, mut sent: Sent) -> Result<Response, Problem> {
        for step in [Step::Where, Step::What, Step::Details] {
            let wrongs = self.wrongs(step, &filled);
            if !wrongs.is_empty() {
                return Ok(refused(self.page(step, &filled, wrongs).await?));
            }
        }
        let (doors, city) = (&self.doors, &self.city);
        let reporter = self.reporter(&filled);
        let asked = matches!(reporter, Some(Who::Address { .. }));
        filing::admit(doors, from, asked)?;
        let body = filled.body(self.service(&filled));
        let key = filing::strangers_key(doors, &filled.id.to_string(), &body).to_string();
        let report = Report { body, caller: Caller::Anybody, key: Some(key), reporter };
        let filed = filing::file(doors, city, report).await?;
        let issue = public_issue(doors, city, &filed.number).await?;
        let kept = sent.files.iter().take_while(|_| doors.inner.limits.picture(from).is_ok());
        let kept = kept.count();
        sent.too_many += sent.files.len() - kept;
        sent.files.truncate(kept);
        let became = pictures::add(doors, city, issue.id, sent).await?;
        let follows = match filed.follows {
            None => Follows::No,
            Some(Err(_)) => Follows::NotNow,
            Some(Ok(watch)) if asked => Follows::Asked(watch.0),
            Some(Ok(_)) => Follows::Yes,
        };
        let to = sent::path(doors, &filed.number, follows, &became);
        Ok(Redirect::to(&to).into_response())
    }

    /// Whoever wants to be told what becomes of it.
    fn reporter(&self, filled: &Filled) -> Option<Who> {
        if let Some(visitor) = self.visitor {
            return Some(Who::Watcher(visitor));
        }
        let mail = sign_up::read_email(&self.frame(), &filled.email).ok()?;
        let language = self.language.to_string();
        Some(Who::Address { address: Address::Mail(mail), language })
    }
}
