//! Puts on the board what the engine announces and the dispatcher hands over.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::board::Board;
use super::city::DemoCity;
use super::page::Scene;
use super::picture;
use super::residents::Residents;
use super::wire::{Counts, Landing, Mail, Pixel, Push, Tally, Told, Wire, clock_face};
use crate::app::App;
use crate::clock::Timestamp;
use crate::dispatcher::Handed;
use crate::engine::{Announced, Engine};
use crate::http::{CaughtPushes, read_caught};
use crate::issue::{EventId, Kind, Place};
use crate::store::City;
use crate::watch::Target;
use crate::watcher::ContactKind;

/// How many events are remembered: to show a mail under its issue, to wait for its messages, and
/// for the median time.
const REMEMBERED: usize = 500;

/// What is shown, as it happens.
pub(super) struct Show {
    engine: Engine,
    city: City,
    scene: Arc<Scene>,
    board: Board,
    residents: Arc<Residents>,
    streets: Option<Arc<DemoCity>>,
    mail_dir: Option<PathBuf>,
    caught_pushes: CaughtPushes,
    announced: Receiver<Arc<Announced>>,
    handed: Receiver<Arc<Handed>>,
    /// The latest issues whose at-once messages are not all handed over yet.
    waiting: VecDeque<(EventId, Waiting)>,
    /// What people call the issue of each of the latest events.
    numbers: VecDeque<(EventId, String)>,
    tally: Tally,
    /// How long the latest issues took until everybody was told, in milliseconds.
    times: VecDeque<u64>,
}

struct Waiting {
    number: String,
    counts: Counts,
    left: u32,
    accepted: Timestamp,
    areas: Vec<String>,
    wards: Vec<String>,
}

impl Show {
    pub(super) fn new(
        app: &App,
        city: City,
        scene: Arc<Scene>,
        board: Board,
        residents: &Arc<Residents>,
        streets: Option<Arc<DemoCity>>,
    ) -> Self {
        Self {
            engine: app.engine.clone(),
            announced: app.engine.listen(),
            handed: app.dispatcher.listen(),
            mail_dir: app.doors.caught_mail().map(PathBuf::from),
            caught_pushes: app.doors.caught_pushes().clone(),
            city,
            scene,
            board,
            residents: Arc::clone(residents),
            streets,
            waiting: VecDeque::new(),
            numbers: VecDeque::new(),
            tally: Tally::default(),
            times: VecDeque::new(),
        }
    }

    /// Shows until the program ends.
    pub(super) async fn run(mut self) {
        loop {
            // What is announced comes first: a message is shown under its issue.
            tokio::select! {
                biased;
                announced = self.announced.recv() => match announced {
                    Ok(announced) => self.landed(&announced).await,
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
                handed = self.handed.recv() => match handed {
                    Ok(handed) => self.handed_over(&handed).await,
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }

    async fn landed(&mut self, announced: &Announced) {
        let event = &announced.event;
        self.numbers.push_front((event.id, event.number.clone()));
        self.numbers.truncate(REMEMBERED);
        // The page tells of issues that land; what happens to them later shows in the mails.
        if event.kind != Kind::Opened {
            return;
        }
        self.board.publish(Wire::Landed(self.landing(announced).await));
        let mut areas = vec![];
        for &number in &announced.watches {
            let watch = self.engine.indexed_watch(self.city.id, number).await;
            if let Some(Target::Area(shape)) = watch.as_deref().map(|watch| &watch.target) {
                areas.push(self.scene.map.frame().shape_path(shape));
            }
        }
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let counts = Counts {
            at_once: small(announced.people_now),
            mails: small(announced.mails),
            pushes: small(announced.pushes),
            digest: small(announced.people_later),
        };
        let waiting = Waiting {
            number: event.number.clone(),
            left: counts.mails + counts.pushes,
            counts,
            accepted: announced.accepted,
            areas,
            wards: announced.wards.iter().map(|hit| picture::ward_id(&hit.ward.ward)).collect(),
        };
        if waiting.left == 0 {
            self.told(waiting, announced.took);
        } else {
            // One whose message is given up by the dispatcher would wait for ever.
            self.waiting.push_front((event.id, waiting));
            self.waiting.truncate(REMEMBERED);
        }
    }

    async fn landing(&self, announced: &Announced) -> Landing {
        let event = &announced.event;
        let good = event.believed_position();
        let known = |at| self.streets.as_ref().and_then(|streets| streets.address_at(at));
        let address = Some(event.address.clone()).filter(|address| !address.is_empty());
        Landing {
            number: event.number.clone(),
            source_id: self.source_id(&event.number).await,
            category: event.category.to_string(),
            mark: Landing::mark_of(event.category.name()),
            address: address.or_else(|| good.and_then(known)).unwrap_or_default(),
            ward: wards_in_words(announced),
            description: event.description.clone(),
            time: clock_face(event.at, &self.city.zone),
            at: good.map(|at| {
                let at = self.scene.map.frame().project(at);
                Pixel { x: (at.x * 10.0).round() / 10.0, y: (at.y * 10.0).round() / 10.0 }
            }),
            trouble: trouble(event.place).to_owned(),
        }
    }

    /// The id at its source, by which a visitor's page knows its own report.
    async fn source_id(&self, number: &str) -> String {
        let Ok(mut tx) = self.engine.store().read().await else { return String::new() };
        match tx.issue_numbered(self.city.id, number).await {
            Ok(Some(issue)) => issue.source_id,
            _ => String::new(),
        }
    }

    async fn handed_over(&mut self, handed: &Handed) {
        let Some(event) = handed.events.last() else { return };
        if handed.kind == ContactKind::Mail {
            self.show_mail(handed, *event).await;
        }
        let Some(place) = self.waiting.iter().position(|(id, _)| id == event) else { return };
        let left = &mut self.waiting[place].1.left;
        *left = left.saturating_sub(1);
        if *left > 0 {
            return;
        }
        if let Some((_, waiting)) = self.waiting.remove(place) {
            let took = self.engine.clock().now().since(waiting.accepted);
            self.told(waiting, took);
        }
    }

    fn told(&mut self, waiting: Waiting, took: Duration) {
        let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
        let counts = waiting.counts;
        let mut told = Told::new(&waiting.number, counts, took);
        told.areas = waiting.areas;
        told.wards = waiting.wards;
        self.board.publish(Wire::Told(told));
        self.tally.issues += 1;
        self.tally.people += u64::from(counts.at_once);
        self.tally.mails += u64::from(counts.mails);
        self.tally.pushes += u64::from(counts.pushes);
        if counts.at_once > 0 {
            self.times.push_front(took);
            self.times.truncate(REMEMBERED);
            let mut times: Vec<u64> = self.times.iter().copied().collect();
            times.sort_unstable();
            self.tally.median_ms = times[times.len() / 2];
        }
        self.board.publish(Wire::Tally(self.tally));
    }

    async fn show_mail(&self, handed: &Handed, event: EventId) {
        let Some(folder) = &self.mail_dir else { return };
        let number = self.numbers.iter().find(|(id, _)| *id == event);
        let number = number.map(|(_, number)| number.clone()).unwrap_or_default();
        let path = folder.join(format!("{}.eml", handed.id.0));
        let read = tokio::task::spawn_blocking(move || read_caught(&path)).await;
        let Ok(Some(mail)) = read else { return };
        let name = self.residents.reader_of(&mail.to).unwrap_or("somebody").to_owned();
        self.board.publish(Wire::Mail(Mail {
            url: format!("/dev/mail/{}", mail.id),
            id: mail.id,
            number,
            name,
            to: mail.to,
            from: mail.from,
            subject: mail.subject,
            time: clock_face(self.engine.clock().now(), &self.city.zone),
        }));
    }

    /// The push service of this city: it takes messages as a real one would, opens them as the
    /// browser would, and shows them.
    pub(super) fn push_routes(&self, residents: Arc<Residents>) -> Router {
        let service = PushService {
            residents,
            board: self.board.clone(),
            caught: self.caught_pushes.clone(),
            engine: self.engine.clone(),
            city: self.city.clone(),
        };
        Router::new().route("/demo/push/{number}", post(take_push)).with_state(Arc::new(service))
    }
}

fn wards_in_words(announced: &Announced) -> String {
    let names: Vec<&str> = announced.wards.iter().map(|hit| hit.ward.ward.as_str()).collect();
    match names[..] {
        [] => String::new(),
        [one] => format!("Ward {one}"),
        [ref first @ .., last] => format!("Wards {} and {last}", first.join(", ")),
    }
}

fn trouble(place: Place) -> &'static str {
    match place {
        Place::Good => "",
        Place::Missing => "It came without a place, so nobody is told.",
        Place::NullIsland => "Its place is 0, 0, the classic default, so nobody is told.",
        Place::Swapped => "Longitude and latitude are swapped, so nobody is told.",
        Place::OutsideCity => "Its place is not in the city, so nobody is told.",
        Place::HotPoint => "Too many reports lie on this point, so it is held for the operator.",
    }
}

struct PushService {
    residents: Arc<Residents>,
    board: Board,
    caught: CaughtPushes,
    engine: Engine,
    city: City,
}

/// What the service worker reads out of a push message.
#[derive(Deserialize)]
struct Payload {
    title: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    url: String,
}

async fn take_push(
    State(service): State<Arc<PushService>>,
    Path(number): Path<usize>,
    body: Bytes,
) -> StatusCode {
    let Ok((name, opened)) = service.residents.open_push(number, &body) else {
        return StatusCode::GONE;
    };
    let Ok(payload) = serde_json::from_slice::<Payload>(&opened) else {
        return StatusCode::BAD_REQUEST;
    };
    let now = service.engine.clock().now();
    let issue = payload.url.rsplit('/').next().unwrap_or_default().to_owned();
    service.caught.put(json!({
        "to": name, "received_at": now, "title": payload.title, "body": payload.body,
        "url": payload.url,
    }));
    service.board.publish(Wire::Push(Push {
        id: format!("{issue}-{number}-{}", now.as_millis()),
        number: issue,
        name: name.to_owned(),
        title: payload.title,
        body: payload.body,
        time: clock_face(now, &service.city.zone),
    }));
    StatusCode::CREATED
}
