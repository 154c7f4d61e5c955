//! What one filter leaves for the next filter in the same poll.
//!
//! The `Filter` trait of warp is sealed. Only `warp::log` borrows the head of a request, and it returns
//! nothing. So a log stores its result in a thread-local, and the next filter takes it. Between the two
//! there is no `await` and no code of the application: ready filters are polled one after the other,
//! in one poll of the whole filter. The alternative, `warp::header::headers_cloned`, would copy every
//! header of every request.

use crate::request::Host;
use cors_core::http::CorsHeaders;
use http::StatusCode;
use std::cell::{Cell, RefCell};
use warp::reply::Response;

thread_local! {
    /// For the log before the routes.
    static HOST: Cell<Host> = const { Cell::new(Host::Unknown) };
    /// Whether there is an early response. `None` if that depends on a host that is unknown.
    static HAS_EARLY_RESPONSE: Cell<Option<bool>> = const { Cell::new(None) };
    static EARLY_RESPONSE: RefCell<Option<Response>> = const { RefCell::new(None) };
    /// For the response of the routes.
    static CORS_HEADERS: Cell<Option<CorsHeaders>> = const { Cell::new(None) };
    /// The status that warp chooses for a rejection. warp passes it only to a log.
    static STATUS: Cell<StatusCode> = const { Cell::new(StatusCode::OK) };
}

pub(crate) fn set_host(host: Host) {
    HOST.set(host);
}

pub(crate) fn take_host() -> Host {
    HOST.take()
}

pub(crate) fn set_has_early_response(has: Option<bool>) {
    HAS_EARLY_RESPONSE.set(has);
}

pub(crate) fn has_early_response() -> Option<bool> {
    HAS_EARLY_RESPONSE.get()
}

pub(crate) fn set_early_response(response: Response) {
    EARLY_RESPONSE.with(|left| left.replace(Some(response)));
}

pub(crate) fn is_early_response_left() -> bool {
    EARLY_RESPONSE.with_borrow(Option::is_some)
}

pub(crate) fn take_early_response() -> Option<Response> {
    EARLY_RESPONSE.with(RefCell::take)
}

pub(crate) fn set_cors_headers(cors: Option<CorsHeaders>) {
    CORS_HEADERS.with(|left| left.set(cors));
}

/// Applies the stored CORS headers to a response.
pub(crate) fn apply_cors_headers(mut response: Response) -> Response {
    if let Some(cors) = CORS_HEADERS.with(Cell::take) {
        cors.apply(response.headers_mut());
    }
    response
}

pub(crate) fn set_status(status: StatusCode) {
    STATUS.set(status);
}

pub(crate) fn status() -> StatusCode {
    STATUS.get()
}
