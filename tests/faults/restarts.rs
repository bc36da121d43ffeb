//! PostgreSQL goes away and comes back, again and again, while reports stream in and mail goes out.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::program::Serving;
use crate::server::{Server, Stop};
use crate::street::Street;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_restarts_loses_nothing() {
    restarts(2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a hundred restarts"]
async fn a_database_that_restarts_a_hundred_times_loses_nothing() {
    restarts(100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_starts_before_its_database_waits_for_it() {
    let Some(mut server) = Server::start() else { return };
    let Some(street) = Street::new(Some(server.url())).await else { return };
    server.stop(Stop::Fast);
    let mut serving = street.town.launch(&[]);
    let begun = Instant::now();
    let mut until = async |what: &str, done: &mut dyn FnMut(&Serving) -> bool| {
        while !done(&serving) {
            assert!(begun.elapsed() < Duration::from_secs(25), "{what}: {}", serving.said());
            assert!(!serving.has_ended(), "it gave up: {}", serving.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    until("nothing is said", &mut |serving| serving.said().contains("waiting for it")).await;
    server.run();
    let at = street.town.at("");
    let at = at.trim_start_matches("http://");
    until("it does not serve", &mut |_| TcpStream::connect(at).is_ok()).await;
    serving.stop();
}

async fn restarts(times: usize) {
    let Some(mut server) = Server::start() else { return };
    let Some(street) = Street::new(Some(server.url())).await else { return };
    // What it claimed as the database went away, and does not know of, comes back soon.
    let serving = street.serve_with(&[("WARDWATCH_LEASE_S", "5")]).await;
    let speaking = street.speak(7, &[&street.town]);
    let mut longest = Duration::ZERO;
    for nth in 0..times {
        let enough = speaking.answered() + 40;
        let begun = Instant::now();
        while speaking.answered() < enough {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "it does not go on: {}",
                serving.said()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        longest = longest.max(begun.elapsed());
        server.stop(if nth % 2 == 0 { Stop::Immediate } else { Stop::Fast });
        server.run();
    }
    let said = speaking.end().await;
    let whole = street.is_whole(&said).await;
    serving.stop();
    println!(
        "found: {times} restarts of PostgreSQL, at most {:.1} s until forty more events were \
         answered for: {whole}",
        longest.as_secs_f64()
    );
}
