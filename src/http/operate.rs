//! For the operator's machines: alive, ready, and the numbers.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::{Doors, Problem};

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The store answers and the index is loaded.
pub async fn readyz(State(doors): State<Doors>) -> Result<String, Problem> {
    let city = doors.city().await?;
    let watches = doors.engine().indexed_watches(city.id).await;
    Ok(format!("ready: {} watches of {} in the index\n", watches, city.name))
}

/// Prometheus' text form.
pub async fn metrics(State(doors): State<Doors>) -> Result<impl IntoResponse, Problem> {
    let engine = doors.engine();
    let mut tx = engine.store().read().await?;
    let oldest = tx.oldest_waiting().await?;
    for (kind, state, count) in tx.outbox_sizes().await? {
        doors.inner.metrics.outbox(kind.name(), state.name(), count);
    }
    let (comments, since) = tx.waiting_comments().await?;
    drop(tx);
    let now = engine.clock().now();
    doors.inner.metrics.comments(comments, since.map(|since| now.since(since)));
    doors.inner.metrics.oldest_due(oldest.map(|due| now.since(due)));
    let city = doors.city().await?;
    doors.inner.metrics.watches(engine.indexed_watches(city.id).await);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, kind)], doors.inner.metrics.text()))
}
