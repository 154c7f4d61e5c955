//! Requests that are refused before the policy is asked. `Host` is checked by the policy (`own_origins`).

use axum::http::{Method, Request, StatusCode};

use super::gateway_error::GatewayError;

/// Refuses requests for other servers, and methods that no page can send.
pub(crate) fn check<B>(request: &Request<B>) -> Result<(), GatewayError> {
    let (method, uri) = (request.method(), request.uri());
    if matches!(*method, Method::CONNECT | Method::TRACE) || method == "TRACK" {
        let text = format!("{method} is refused");
        return Err(GatewayError::new(StatusCode::NOT_IMPLEMENTED, text));
    }
    if uri.authority().is_some() || !uri.path().starts_with('/') {
        let text = "the request target must be a path: this proxy has one target, which it was started with";
        return Err(GatewayError::new(StatusCode::BAD_REQUEST, text));
    }
    Ok(())
}
