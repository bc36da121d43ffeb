//! From a note to the push service's answer: sealed, signed and handed over, by each with its own client.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use tokio::task::JoinSet;
use wardwatch::channel::push::{Pusher, Settings, VapidKey};
use wardwatch::clock::Clock;
use wardwatch::delivery::Outcome;
use wardwatch::outbound::{self, Outbound};
use web_push::{IsahcWebPushClient, WebPushClient};

use crate::browser::Browser;
use crate::sink::{Identity, NAME};
use crate::theirs::Theirs;
use crate::{CONTACT, PAIRS, Pair, Signing, middle, note};

/// How many messages are on their way at once, and how many each sends in a run.
const AT_ONCE: usize = 64;
const MESSAGES: usize = 8_000;
/// To so many people.
const BROWSERS: usize = 500;

/// Runs of both in turn, by the clock on the wall, with the service on the same processors; the pair with
/// the median ratio. This program has to trust the service's certificate.
pub fn median(identity: Identity, key: &VapidKey) -> Result<Pair> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let service = identity.serve().await?;
        let endpoint = |nth| format!("https://{NAME}:{}/push/{nth:0>120}", service.port());
        let browsers = (0..BROWSERS).map(|nth| Browser::subscribe(&endpoint(nth)));
        let browsers: Arc<Vec<Browser>> = Arc::new(browsers.collect::<Result<_>>()?);
        let here = vec![format!("{NAME}:{}", service.port())];
        let outbound =
            Outbound::new(outbound::Settings { allow_hosts: here, ..Default::default() })?;
        let services = vec![NAME.to_owned()];
        let settings = Settings { services, ..Settings::new(key.clone(), CONTACT) };
        let ours = Arc::new(Pusher::new(outbound, settings)?);
        let client = IsahcWebPushClient::new()?;
        let mut pairs = vec![];
        // The first run of each opens its connections, and does not count.
        for nth in 0..=PAIRS {
            let pair = Pair {
                ours: rate(|hand| by_us(hand, Arc::clone(&ours), Arc::clone(&browsers))).await?,
                theirs: rate(|hand| {
                    by_them(hand, client.clone(), key.private_base64(), Arc::clone(&browsers))
                })
                .await?,
            };
            if nth > 0 {
                pairs.push(pair);
            }
        }
        Ok(middle(pairs))
    })
}

/// Messages a second, from as many hands as there are messages at once.
async fn rate<F>(mut work: impl FnMut(usize) -> F) -> Result<f64>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let (started, mut hands) = (Instant::now(), JoinSet::new());
    for hand in 0..AT_ONCE {
        hands.spawn(work(hand));
    }
    while let Some(ended) = hands.join_next().await {
        ended??;
    }
    Ok(MESSAGES as f64 / started.elapsed().as_secs_f64())
}

async fn by_us(hand: usize, pusher: Arc<Pusher>, browsers: Arc<Vec<Browser>>) -> Result<()> {
    let note = note();
    for nth in (hand..MESSAGES).step_by(AT_ONCE) {
        let to = &browsers[nth % BROWSERS].ours;
        let outcome = pusher.send(to, &note, Clock::System.now()).await;
        ensure!(matches!(outcome, Outcome::Sent { .. }), "ours was not taken: {outcome:?}");
    }
    Ok(())
}

async fn by_them(
    hand: usize,
    client: IsahcWebPushClient,
    key: String,
    browsers: Arc<Vec<Browser>>,
) -> Result<()> {
    let mut theirs = Theirs::new(&key)?;
    for nth in (hand..MESSAGES).step_by(AT_ONCE) {
        let message = theirs.built(&browsers[nth % BROWSERS], Signing::OncePerService)?;
        client.send(message).await?;
    }
    Ok(())
}
