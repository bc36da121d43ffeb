//! A program that webhooks are posted to, on a true socket.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A message as it was posted.
#[derive(Clone, Debug)]
pub struct Posted {
    pub path: String,
    pub headers: HeaderMap,
    pub text: String,
}

impl Posted {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }
}

/// A status and headers.
type Answer = (u16, Vec<(&'static str, String)>);

#[derive(Debug, Default)]
struct Desk {
    posted: Mutex<Vec<Posted>>,
    /// What the next ones are answered, before all others are answered 204.
    answers: Mutex<VecDeque<Answer>>,
}

/// The program. It answers 204 unless it is told otherwise.
#[derive(Debug)]
pub struct Hook {
    desk: Arc<Desk>,
    port: u16,
    hangs: watch::Sender<bool>,
    served: JoinHandle<()>,
}

impl Hook {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (hangs, hanging) = watch::channel(false);
        let desk = Arc::<Desk>::default();
        let routes = Router::new().fallback(take).with_state((Arc::clone(&desk), hanging));
        let served = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { desk, port, hangs, served }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The next ones are answered so, each with one of these.
    pub fn answer(&self, statuses: &[u16]) {
        let answers = statuses.iter().map(|status| (*status, vec![]));
        self.desk.answers.lock().unwrap().extend(answers);
    }

    /// It answers 204 from now on.
    pub fn is_mended(&self) {
        self.desk.answers.lock().unwrap().clear();
    }

    pub fn answer_with(&self, status: u16, headers: Vec<(&'static str, String)>) {
        self.desk.answers.lock().unwrap().push_back((status, headers));
    }

    /// From now on it takes what comes and says nothing, or is itself again.
    pub fn hang(&self, hangs: bool) {
        self.hangs.send_replace(hangs);
    }

    /// What has come since it was last asked.
    pub fn posted(&self) -> Vec<Posted> {
        std::mem::take(&mut *self.desk.posted.lock().unwrap())
    }

    /// Waits until so many have come, and gives them.
    pub async fn until_posted(&self, count: usize) -> Vec<Posted> {
        for _ in 0..400 {
            if self.desk.posted.lock().unwrap().len() >= count {
                return self.posted();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{count} messages never came: {:?}", self.posted());
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn take(
    State((desk, mut hangs)): State<(Arc<Desk>, watch::Receiver<bool>)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = String::from_utf8(body.to_vec()).unwrap();
    desk.posted.lock().unwrap().push(Posted { path: uri.to_string(), headers, text });
    let _ = hangs.wait_for(|hangs| !*hangs).await;
    let answer = desk.answers.lock().unwrap().pop_front();
    let (status, headers) = answer.unwrap_or((204, vec![]));
    let mut response = StatusCode::from_u16(status).unwrap().into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
