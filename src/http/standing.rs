//! Pages that say the same to everybody.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::extract::Reads;
use super::pages::{Frame, render};
use super::{Doors, Problem};

#[derive(Template)]
#[template(path = "pages/offline.html")]
struct OfflinePage<'a> {
    frame: Frame<'a>,
}

/// `GET /offline`: what the service worker keeps for when the network is gone.
pub async fn offline(
    State(doors): State<Doors>,
    Reads(language): Reads,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    render(&OfflinePage { frame: Frame::new(&city.name, &language) })
}
