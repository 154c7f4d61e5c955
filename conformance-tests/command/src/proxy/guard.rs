//! Requests that are refused before the policy is asked. `Host` is checked by the policy (`own_origins`).

use axum::http::header::{self, HeaderMap};
use axum::http::{Method, Request, StatusCode};

use super::gateway_error::GatewayError;

/// Refuses requests for other servers, methods that no page can send, and requests of other websites about which
/// the policy cannot decide.
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
    let headers = request.headers();
    let has_origin = headers.contains_key(header::ORIGIN);
    if !has_origin && is_of_another_website(headers) && !is_navigation(request) {
        let text = "the request is from a page of another origin, but has no Origin, so the policy cannot allow it; \
                    send it with `fetch`, or add the attribute `crossorigin` to the element";
        return Err(GatewayError::new(StatusCode::FORBIDDEN, text));
    }
    Ok(())
}

/// Browsers send `Origin` neither with images, scripts and frames nor with links, but they may send cookies.
fn is_of_another_website(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    sites.any(|site| site != "same-origin" && site != "none")
}

/// Whether a link or a script opens a page in a tab or window.
fn is_navigation<B>(request: &Request<B>) -> bool {
    let is = |name: &str, value: &str| {
        let mut lines = request.headers().get_all(name).iter();
        lines.next().is_some_and(|line| line == value) && lines.next().is_none()
    };
    request.method() == Method::GET
        && is("sec-fetch-mode", "navigate")
        && is("sec-fetch-dest", "document")
}
