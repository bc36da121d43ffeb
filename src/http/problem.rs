//! What went wrong, as RFC 9457 tells it.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::engine::EngineError;
use crate::intake::FieldError;
use crate::store::StoreError;

/// A problem document. `errors` names every field that is wrong, by JSON Pointer.
///
/// Its response carries it as an extension too, so that a page can tell it to a person.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Field>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

/// One field that is wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    pub pointer: String,
    pub detail: String,
}

/// What is wrong with several parts of one body, so that whoever sent it can mend it in one go.
#[derive(Debug, Default)]
pub struct Wrongs(Vec<Problem>);

impl Wrongs {
    /// What was read, or nothing, and then why.
    pub fn take<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|why| self.0.push(why)).ok()
    }

    /// All fields that are wrong, in the order in which they were read. Something that is more than
    /// a wrong field stands for itself.
    #[must_use]
    pub fn into_problem(mut self) -> Problem {
        if let Some(other) = self.0.iter().position(|why| why.errors.is_empty()) {
            return self.0.swap_remove(other);
        }
        Problem::fields(self.0.into_iter().flat_map(|why| why.errors).collect())
    }
}

/// The `type` of a problem whose status says all there is to say.
const PLAIN: &str = "about:blank";

/// The `type` of what was here once and was taken off the site.
const TAKEN_OFF: &str = "urn:wardwatch:taken-off-the-site";

/// When to come back, unless more is known.
const A_MOMENT: Duration = Duration::from_secs(5);

impl Problem {
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let later =
            matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
        Self {
            kind: PLAIN,
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            errors: vec![],
            retry_after: later.then_some(A_MOMENT),
        }
    }

    /// Fields that are wrong.
    #[must_use]
    pub fn fields(errors: Vec<Field>) -> Self {
        let detail = errors.iter().map(|e| e.detail.as_str()).collect::<Vec<_>>().join("; ");
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }

    /// One field that is wrong.
    #[must_use]
    pub fn field(pointer: &str, detail: impl Into<String>) -> Self {
        Self::fields(vec![Field { pointer: pointer.to_owned(), detail: detail.into() }])
    }

    /// The same, of something that stands at this place of the body.
    #[must_use]
    pub fn below(mut self, place: &str) -> Self {
        for error in &mut self.errors {
            error.pointer.insert_str(0, place);
        }
        self
    }

    /// The same, with how long to wait before trying again.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// What was here once and is shown to nobody any more.
    #[must_use]
    pub fn taken_off() -> Self {
        let detail = "this was taken off the site";
        Self { kind: TAKEN_OFF, ..Self::new(StatusCode::NOT_FOUND, detail) }
    }

    #[must_use]
    pub fn is_taken_off(&self) -> bool {
        self.kind == TAKEN_OFF
    }

    /// For an answer that some layer below gave without a word.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::METHOD_NOT_ALLOWED => {
                "this address does not take this method; the Allow header names those it takes"
            }
            StatusCode::PAYLOAD_TOO_LARGE => "this is more than is taken at once",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                "this encoding or type is not taken; send it plain, or packed with gzip"
            }
            StatusCode::NOT_FOUND => "there is nothing at this address",
            _ => "this cannot be answered",
        };
        Self::new(status, detail)
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Vec<FieldError>> for Problem {
    fn from(errors: Vec<FieldError>) -> Self {
        let field = |e: FieldError| Field { pointer: e.pointer, detail: e.detail };
        Self::fields(errors.into_iter().map(field).collect())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::from(EngineError::from(error))
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let status = match &error {
            EngineError::Store(store) if !store.is_passing() => {
                tracing::error!(error = store as &dyn std::error::Error, "the store failed");
                let sorry = "something is wrong on our side; it has been noted";
                return Self::new(StatusCode::INTERNAL_SERVER_ERROR, sorry);
            }
            EngineError::Store(_) | EngineError::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            EngineError::UnknownWatch
            | EngineError::UnknownWatcher
            | EngineError::UnknownWebhook
            | EngineError::UnknownContact
            | EngineError::UnknownArea
            | EngineError::UnknownComment => StatusCode::NOT_FOUND,
            EngineError::TooManyWebhooks(_)
            | EngineError::TooManyContacts(_)
            | EngineError::TooManyAreas(_)
            | EngineError::NotTheirArea
            | EngineError::LastWay => StatusCode::CONFLICT,
            EngineError::OthersWebhook => return Self::field("/url", error.to_string()),
            EngineError::AskedTooOften | EngineError::TestedTooOften | EngineError::SaidTooMuch => {
                return Self::new(StatusCode::TOO_MANY_REQUESTS, error.to_string())
                    .after(Duration::from_hours(1));
            }
            EngineError::WrongCode => return Self::field("/code", error.to_string()).forbidden(),
            EngineError::CodeUsedUp | EngineError::Silenced | EngineError::NotTheReporter => {
                StatusCode::FORBIDDEN
            }
            EngineError::OtherKeys | EngineError::OthersBrowser => {
                return Self::field("/push", error.to_string());
            }
            EngineError::UnknownWard { .. } | EngineError::UnknownLayer(_) => {
                return Self::field("/target", error.to_string());
            }
            EngineError::Habits(why) => {
                return Self::field(super::habits::pointer(*why), error.to_string());
            }
            EngineError::OutsideCity { .. } => {
                return Self::field("/target/area", error.to_string());
            }
        };
        Self::new(status, error.to_string())
    }
}

impl Problem {
    /// What is wrong, in a sentence.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    pub(super) fn forbidden(self) -> Self {
        let Self { errors, detail, .. } = self;
        Self { errors, ..Self::new(StatusCode::FORBIDDEN, detail) }
    }
}

/// For addresses that lead nowhere.
pub async fn no_such_page() -> Problem {
    Problem::of_status(StatusCode::NOT_FOUND)
}
