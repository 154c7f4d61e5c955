//! What a page gets instead of a response of the target.

use std::error::Error;
use std::iter;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::{Response, StatusCode};
use hyper_util::client::legacy;

use super::client::ConnectTimeout;
use super::log::Note;
use super::resolver::OutOfReach;

/// Why there is no response of the target, or why the request was refused.
#[derive(Debug)]
pub(crate) struct GatewayError {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

impl GatewayError {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { status, text }
    }

    /// The request could not be sent, or no valid head was received.
    pub(crate) fn of_request(target: &str, error: &legacy::Error) -> Self {
        let first: &(dyn Error + 'static) = error;
        let causes = || iter::successors(Some(first), |&error| error.source());
        if let Some(refused) = causes().find_map(|error| error.downcast_ref::<OutOfReach>()) {
            return Self::new(StatusCode::BAD_GATEWAY, refused.to_string());
        }
        if let Some(late) = causes().find_map(|error| error.downcast_ref::<ConnectTimeout>()) {
            let text = format!("cannot connect to {target}: {late}");
            return Self::new(StatusCode::GATEWAY_TIMEOUT, text);
        }
        let cause = causes()
            .last()
            .map_or_else(String::new, ToString::to_string);
        let text = match error.is_connect() {
            true => format!("cannot connect to {target}: {cause}"),
            false => format!("no valid response from {target}: {cause}"),
        };
        Self::new(StatusCode::BAD_GATEWAY, text)
    }

    /// The target was silent for too long.
    pub(crate) fn no_head(target: &str, limit: Duration) -> Self {
        let text = format!(
            "no response from {target} within {} s; --timeout sets this limit",
            limit.as_secs()
        );
        Self::new(StatusCode::GATEWAY_TIMEOUT, text)
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let text = self.text.replace(char::is_control, " ");
        let mut response = Response::new(Body::from(format!("cors proxy: {text}\n")));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response.extensions_mut().insert(Note(Some(text)));
        response
    }
}
