//! The whole program at work, with events coming one by one: how long people wait.

use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::expected::{Balance, Expected};
use super::stages::{Running, Sent, Told, per_second};
use super::{CityError, CityPlan, CityReport, Progress, Stage};
use crate::app::listen;
use crate::bench::baseline::Baseline;
use crate::bench::stopwatch::nearest_rank;
use crate::engine::{Arrival, Receipt};

/// More events a second than this are no city's.
const MOST_A_SECOND: f64 = 200.0;
/// Which part of what the program can send it is asked to: a rate that it can sustain.
const LOAD: f64 = 0.4;

/// How many events a run of so many seconds takes at most.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number")]
pub fn most_events(seconds: f64) -> usize {
    (seconds * MOST_A_SECOND).ceil() as usize + 1
}

/// What became of one event, and when.
struct Handed {
    event: usize,
    at: Instant,
    answered: Duration,
    receipt: Receipt,
}

/// Runs the program, hands events in at an even pace, and measures each on its way.
pub async fn run(
    plan: &CityPlan,
    mut running: Running<'_>,
    baseline: &Baseline,
    report: &mut CityReport,
    progress: Progress<'_>,
) -> Result<Balance, CityError> {
    let rows_an_event = report.outbox_rows as f64 / plan.events as f64;
    let rate = (LOAD * report.deliveries_per_s / rows_an_event.max(0.1)).min(MOST_A_SECOND);
    let events = plan.events..plan.events + most_events(plan.live_s * rate / MOST_A_SECOND);
    let expected = Expected::of(running.town, events.clone(), baseline, |_| ());
    let listener = listen(([127, 0, 0, 1], 0).into()).await?;
    let (stop, stopped) = oneshot::channel::<()>();
    let app = running.app.take().ok_or(CityError::Stopped)?;
    let serving = tokio::spawn(app.run(listener, None, async { drop(stopped.await) }));
    let began = Instant::now();
    let pace = Duration::from_secs_f64(1.0 / rate);
    let handed = hand_in(&running, events, pace, progress).await?;
    let lasted = began.elapsed();
    let rows = expected.mails.len() + expected.pushes.len();
    running.until_settled(rows, |_| ()).await?;
    let sent = running.taken(began, began.elapsed());
    let _ = stop.send(());
    // A panic of the program under test must not pass for a figure.
    serving.await.map_err(|_| CityError::Stopped)??;
    report.live_events = handed.len();
    report.live_events_per_s = per_second(handed.len(), lasted);
    report.live_deliveries_per_s = per_second(sent.mails.len() + sent.pushes.len(), lasted);
    let answers: Vec<_> = handed.iter().map(|one| (one.event, one.receipt.clone())).collect();
    running.remember(&answers)?;
    let told = running.told(&sent)?;
    how_long(&handed, &told, &sent, report);
    Ok(told.balance(&expected))
}

/// Hands events in one by one, and gives what became of each once all are answered.
async fn hand_in(
    running: &Running<'_>,
    events: Range<usize>,
    pace: Duration,
    progress: Progress<'_>,
) -> Result<Vec<Handed>, CityError> {
    let mut handing = JoinSet::new();
    let mut pace = tokio::time::interval(pace);
    for event in events.clone() {
        pace.tick().await;
        let done = (event - events.start) as f64 / events.len() as f64;
        progress(Stage { doing: "living", done });
        let (engine, city) = (running.engine.clone(), running.city.clone());
        let notice = running.town.notice(event, engine.clock().now());
        handing.spawn(async move {
            let at = Instant::now();
            let mut receipts = engine.accept(&city, vec![notice], Arrival::default()).await?;
            let (answered, receipt) = (at.elapsed(), receipts.remove(0));
            Ok::<_, CityError>(Handed { event, at, answered, receipt })
        });
    }
    let mut handed = vec![];
    while let Some(Ok(one)) = handing.join_next().await {
        handed.push(one?);
    }
    Ok(handed)
}

/// How long each waited: for the answer, for the push, for the mail.
fn how_long(handed: &[Handed], told: &Told, sent: &Sent, report: &mut CityReport) {
    let began: HashMap<usize, Instant> = handed.iter().map(|one| (one.event, one.at)).collect();
    let since = |event: usize, at: Instant| began.get(&event).map(|from| at.duration_since(*from));
    // Without strays the lists go in step; with them the balance says so.
    let pushes = told.pushes.iter().zip(&sent.pushes).filter_map(|(t, p)| since(t.1, p.at));
    let mails = told.mails.iter().zip(&sent.mails).filter_map(|(t, m)| since(t.1, m.at));
    let answered = handed.iter().map(|one| one.answered).collect();
    [report.accept_p50_ms, report.accept_p99_ms] = percentiles(answered);
    [report.accept_to_push_p50_ms, report.accept_to_push_p99_ms] = percentiles(pushes.collect());
    [report.accept_to_mail_p50_ms, report.accept_to_mail_p99_ms] = percentiles(mails.collect());
}

/// The median and the 99th percentile in milliseconds: the least time that so many do not exceed.
fn percentiles(mut times: Vec<Duration>) -> [f64; 2] {
    times.sort_unstable();
    [50, 99].map(|p| nearest_rank(&times, p).map_or(0.0, |time| time.as_secs_f64() * 1e3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let millis = |n: u64| Duration::from_millis(n);
        let of = |times| format!("{:?}", percentiles(times));
        assert_eq!(of((1..=100).rev().map(millis).collect()), "[50.0, 99.0]");
        assert_eq!(of(vec![millis(7)]), "[7.0, 7.0]");
        assert_eq!(of(vec![]), "[0.0, 0.0]");
    }
}
