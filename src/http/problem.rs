//! What went wrong, as RFC 9457 tells it.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::engine::EngineError;
use crate::intake::FieldError;
use crate::store::StoreError;

/// A problem document. `errors` names every field that is wrong, by JSON Pointer.
#[derive(Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Field>,
}

/// One field that is wrong.
#[derive(Debug, Serialize)]
pub struct Field {
    pub pointer: String,
    pub detail: String,
}

impl Problem {
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            errors: vec![],
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
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
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
            EngineError::UnknownWatch => StatusCode::NOT_FOUND,
            EngineError::AskedTooOften => StatusCode::TOO_MANY_REQUESTS,
            EngineError::WrongCode | EngineError::CodeUsedUp => StatusCode::FORBIDDEN,
            EngineError::UnknownWard { .. } => {
                return Self::field("/target/wards", error.to_string());
            }
        };
        Self::new(status, error.to_string())
    }
}

/// For addresses that lead nowhere.
pub async fn no_such_page() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address")
}
