//! The doors: HTTP in, the engine behind.
//!
//! The one rule: what comes in is parsed here, completely, before anything else sees it; a refusal
//! names the field. Errors are problem documents (RFC 9457); an internal error's text stays inside.

mod about;
mod account;
mod area_pages;
mod auth;
mod basemap;
mod bounces;
mod boundaries;
mod browse;
mod bulk;
mod choice;
mod city_panel;
mod comments;
mod conditions;
mod crowd;
mod desk;
mod dev;
mod device;
mod extract;
mod feeds;
mod filing;
mod find;
mod front_page;
mod habits;
mod inbox;
mod inbox_page;
mod island_words;
mod issue_aside;
mod issue_lists;
mod issue_page;
mod issues;
mod language;
mod leaving;
mod limits;
mod links;
mod manage;
mod manners;
mod member;
mod muted_authors;
mod mutes;
mod my_data;
mod operate;
mod pages;
mod pictures;
mod places;
mod preview;
mod problem;
mod report_new;
mod reporter;
mod sender;
mod session;
mod sign_up;
mod site;
mod standing;
mod stilled;
mod stream;
mod subscriptions;
mod taking_part;
mod told_why;
mod uploads;
mod ward_office;
mod ward_pages;
mod watch_area;
mod watch_new;
mod watch_wire;
mod watches;
mod webhooks;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{delete, get, post, put};
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;

use crate::drawing::Ground;
use crate::engine::Engine;
use crate::geometry::{Limits, Units};
use crate::metrics::Metrics;
use crate::store::City;

pub use about::{About, Contact, Named};
pub use basemap::{Basemap, Header as BasemapHeader};
pub use dev::{CaughtMail, CaughtPushes, Readers, read as read_caught};
pub use places::{Asking, Geocoder};
pub use problem::Problem;
pub use sender::{Network, Proxies};
pub use subscriptions::PushDoor;
#[cfg(feature = "failpoints")]
pub use watches::read_watch;
pub use webhooks::WebhookDoor;

/// What the doors are built with.
#[derive(Debug)]
pub struct DoorSettings {
    pub engine: Engine,
    pub metrics: Metrics,
    pub push: PushDoor,
    pub webhooks: WebhookDoor,
    /// Without a slash at its end.
    pub public_url: String,
    /// The folder of caught mail, where mail is caught and not sent, and who may read it here.
    pub caught_mail: Option<(PathBuf, Readers)>,
    /// Whose word on the sender's address is believed.
    pub proxies: Proxies,
    /// Of one person's watch.
    pub watch_limits: Limits,
    /// In which the city tells distances.
    pub units: Units,
    pub about: About,
    /// Streets, parks and water, beneath maps where nothing else is.
    pub ground: Arc<Ground>,
    /// Asked for addresses that the city's own files do not know.
    pub geocoder: Asking,
}

/// What the doors need.
#[derive(Clone, Debug)]
pub struct Doors {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    metrics: Metrics,
    push: PushDoor,
    webhooks: WebhookDoor,
    public_url: String,
    caught_mail: Option<(PathBuf, Readers)>,
    caught_pushes: CaughtPushes,
    limits: limits::Limits,
    room: crowd::Room,
    proxies: Proxies,
    watch_limits: Limits,
    units: Units,
    about: About,
    tiles: basemap::Tiles,
    figures: front_page::Kept,
    seats: stream::Seats,
    newsroom: stream::Newsroom,
    shelf: boundaries::Shelf,
    atlas: places::Atlas,
    geocoder: Asking,
}

impl Doors {
    #[must_use]
    pub fn new(settings: DoorSettings) -> Self {
        let DoorSettings { engine, metrics, push, webhooks, geocoder, ground, .. } = settings;
        let DoorSettings { public_url, caught_mail, proxies, watch_limits, units, .. } = settings;
        let mut about = settings.about;
        about.basemap = about.basemap.filter(|basemap| basemap.shows(&ground));
        // Whoever wants nothing beneath the maps means all of them.
        let ground = if about.basemap.is_some() { ground } else { Arc::default() };
        let inner = Inner {
            engine,
            metrics,
            push,
            webhooks,
            public_url,
            caught_mail,
            caught_pushes: CaughtPushes::default(),
            limits: limits::Limits::default(),
            room: crowd::Room::default(),
            proxies,
            watch_limits,
            units,
            about,
            tiles: basemap::Tiles::new(ground),
            figures: front_page::Kept::default(),
            seats: stream::Seats::default(),
            newsroom: stream::Newsroom::default(),
            shelf: boundaries::Shelf::default(),
            atlas: places::Atlas::default(),
            geocoder,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The folder of caught mail, where mail is caught and not sent.
    #[must_use]
    pub fn caught_mail(&self) -> Option<&Path> {
        self.inner.caught_mail.as_ref().map(|(folder, _)| folder.as_path())
    }

    /// Where a receiver on this machine puts the pushes it has caught.
    #[must_use]
    pub fn caught_pushes(&self) -> &CaughtPushes {
        &self.inner.caught_pushes
    }

    /// Reads the gazetteers, so that the first who looks for an address does not wait.
    pub async fn warm_up(self) {
        self.inner.atlas.warm(&self.inner.engine).await;
    }

    fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// What is drawn beneath the wards on maps of pages.
    fn ground(&self) -> &Ground {
        self.inner.tiles.ground()
    }

    /// The city that is served.
    async fn city(&self) -> Result<City, Problem> {
        let cities = self.engine().cities().await?;
        cities.into_iter().next().ok_or_else(|| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "this instance has no city yet")
        })
    }
}

/// A body that one request may have; bulk streams have their own bound, a line at a time.
const A_BODY: usize = 2 << 20;

/// All routes.
pub fn router(doors: &Doors) -> Router {
    let bounded = api().merge(pages()).layer(DefaultBodyLimit::max(A_BODY));
    // A stream is bounded a line at a time, and answered as it comes.
    let bulk = Router::new()
        .route("/api/v1/events", post(bulk::stream))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestDecompressionLayer::new());
    let dev = match doors.inner.caught_mail {
        Some((_, readers)) => dev::routes(doors, readers),
        None => Router::new(),
    };
    let all = bounded
        .layer(CompressionLayer::new())
        .merge(shown())
        .merge(bulk)
        .merge(basemap::routes())
        .merge(dev)
        .fallback(problem::no_such_page)
        .with_state(doors.clone());
    kept(all, doors)
}

/// What programs speak with.
fn api() -> Router<Doors> {
    Router::new()
        .route("/api/v1/issues", post(filing::report).get(issue_lists::json))
        .route("/api/v1/issues.geojson", get(issue_lists::geojson))
        .route("/api/v1/issues.csv", get(issue_lists::csv))
        .route("/api/v1/issues/{number}", get(issues::read_json))
        .route("/api/v1/issues/{number}/events", post(issues::happen))
        .route("/api/v1/issues/{number}/answers", get(pictures::answers))
        .route(
            "/api/v1/issues/{number}/photos",
            post(pictures::take).layer(DefaultBodyLimit::max(uploads::HEARD)),
        )
        .route("/api/v1/photos/{id}/{verdict}", post(pictures::judge))
        .route("/api/v1/stream", get(stream::listen))
        .route("/api/v1/watches", post(watches::create).get(watches::list))
        .route(
            "/api/v1/watches/{id}",
            get(watches::read).patch(watches::change).delete(watches::delete),
        )
        .route("/api/v1/watches/preview", post(preview::preview))
        .route("/api/v1/watches/{id}/confirm", post(watches::confirm))
        .route("/api/v1/me", get(habits::read).patch(habits::change).delete(leaving::delete))
        .route("/api/v1/me/export", get(my_data::export))
        .route("/api/v1/me/mutes", get(mutes::list))
        .route("/api/v1/me/mutes/{number}", put(mutes::mute).delete(mutes::unmute))
        .route("/api/v1/me/muted_commenters", get(muted_authors::list))
        .route(
            "/api/v1/me/muted_commenters/{comment}",
            put(muted_authors::mute).delete(muted_authors::unmute),
        )
        .route("/api/v1/me/inbox", get(inbox::list))
        .route("/api/v1/me/issues/{number}", get(inbox::why))
        .route("/api/v1/me/webhooks", get(webhooks::list).post(webhooks::add))
        .route("/api/v1/me/webhooks/{id}", delete(webhooks::remove))
        .route("/api/v1/me/webhooks/{id}/test", post(webhooks::test))
        .route("/api/v1/me/webhooks/{id}/secret", post(webhooks::renew_secret))
        .route("/api/v1/comments", get(comments::list))
        .route("/api/v1/comments/{id}/show", post(comments::show))
        .route("/api/v1/comments/{id}/dismiss", post(comments::dismiss))
        .route("/api/v1/areas/held", get(area_pages::held))
        .route("/api/v1/areas/{id}/show", post(area_pages::allow))
        .route("/api/v1/areas/{id}/dismiss", post(area_pages::dismiss))
        .route("/api/v1/bounces", post(bounces::tell))
        .route("/api/v1/push/key", get(subscriptions::key))
        .route("/api/v1/push/subscriptions", post(subscriptions::add))
        .route("/api/v1/boundaries", get(boundaries::list))
        .route("/api/v1/boundaries/at", get(boundaries::at))
        .route("/api/v1/boundaries/{layer}", get(boundaries::layer))
        .route("/api/v1/boundaries/{layer}/{ward}", get(boundaries::ward))
        .route("/api/v1/places", get(places::suggest))
        .route("/api/v1/places/at", get(places::at))
        .route("/healthz", get(operate::healthz))
        .route("/readyz", get(operate::readyz))
        .route("/metrics", get(operate::metrics))
}

/// What people open.
fn pages() -> Router<Doors> {
    Router::new()
        .route("/confirm/{token}", get(links::ask_confirm).post(links::confirm))
        .route("/u/{token}", get(links::ask_unsubscribe).post(links::unsubscribe))
        .route("/fixed/{token}", get(reporter::ask).post(reporter::say))
        .route("/signin", get(session::ask).post(session::send))
        .route("/signin/{token}", get(session::ask_here).post(session::sign_in_here))
        .route("/signout", post(session::sign_out))
        .route("/watch", get(session::mine))
        .route("/watch/new", get(watch_new::ask).post(watch_new::press))
        .route("/watch/new/{id}", get(sign_up::ask_code).post(sign_up::type_code))
        .route("/watch/{token}", get(manage::manage).post(manage::manage_one))
        .route("/watch/{token}/mute/{number}", get(mutes::ask).post(mutes::press))
        .route(
            "/watch/{token}/commenter/{comment}",
            get(muted_authors::ask).post(muted_authors::press),
        )
        .route("/watch/{token}/area/{id}", get(watch_area::ask).post(watch_area::press))
        .route(
            "/watch/{token}/public/{id}",
            get(watch_area::ask_public).post(watch_area::press_public),
        )
        .route("/watch/{token}/export", get(my_data::download))
        .route("/watch/{token}/delete", get(leaving::ask).post(leaving::press))
        .route("/account", get(account::show).post(account::press))
        .route("/contact/{token}", get(account::ask_contact).post(account::agree))
        .route("/inbox", get(inbox_page::show).post(inbox_page::press))
        .route("/areas", get(area_pages::list))
        .route("/areas/{id}", get(area_pages::show).post(area_pages::follow))
        .route("/push/renew", post(subscriptions::renew))
        .route("/offline", get(standing::offline))
        .route("/accessibility", get(standing::accessibility))
        .route("/privacy", get(standing::privacy))
        .route("/data", get(standing::data))
        .route("/language", post(language::choose))
        .route("/find", get(find::find))
        .route("/wards", get(ward_pages::list))
        .route("/wards/{ward}", get(ward_pages::show).post(ward_pages::subscribe))
        .merge(report_pages())
        .route("/issues", get(browse::page))
        .route("/embed", get(browse::embed::page))
        .merge(feeds::routes())
        .route("/issues/{number}", get(issue_page::show).post(taking_part::press))
        .route("/issues/{number}/city", get(city_panel::back).post(city_panel::press))
        .route("/issues/{number}/comments/{id}", get(city_panel::back).post(city_panel::decide))
        .route("/issues/{number}/pictures/{id}", get(city_panel::back).post(city_panel::judge))
        .route("/desk", get(desk::show))
        .route("/desk/areas/{id}", post(desk::decide))
        .route("/assets/{name}", get(site::asset))
        .merge(site::routes())
}

/// Where residents report.
fn report_pages() -> Router<Doors> {
    let pictures_too = || DefaultBodyLimit::max(uploads::HEARD);
    Router::new()
        .route(
            "/report/new",
            get(report_new::ask).merge(post(report_new::press).layer(pictures_too())),
        )
        .route(
            "/report/sent/{number}/{key}",
            get(report_new::sent).merge(post(report_new::more_pictures).layer(pictures_too())),
        )
        .route("/report/map.svg", get(report_new::map))
}

/// What is packed already, and is asked for in parts.
fn shown() -> Router<Doors> {
    Router::new()
        .route("/photos/{photo}", get(pictures::photo))
        .route("/photos/{photo}/small.jpg", get(pictures::small))
        .route("/videos/{video}", get(pictures::video))
}

/// The front page, for an instance that has no other.
pub fn front(doors: &Doors) -> Router {
    front_at(doors, "/")
}

/// The front page at a path of its own, where something else stands before it.
pub fn front_at(doors: &Doors, path: &str) -> Router {
    let front = Router::new()
        .route(path, get(front_page::show))
        .layer(CompressionLayer::new())
        .with_state(doors.clone());
    kept(front, doors)
}

fn kept(routes: Router, doors: &Doors) -> Router {
    routes
        .layer(middleware::from_fn_with_state(doors.clone(), crowd::admit))
        .layer(middleware::from_fn_with_state(doors.clone(), manners::kept))
        .layer(middleware::from_fn(language::at))
}
