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
    /// The host, for the log of the gate.
    pub(crate) static HOST: Cell<Host> = const { Cell::new(Host::Unknown) };
    /// Whether there is an early response. `None` if that depends on a host that is unknown.
    pub(crate) static HAS_EARLY_RESPONSE: Cell<Option<bool>> = const { Cell::new(None) };
    pub(crate) static EARLY_RESPONSE: RefCell<Option<Response>> = const { RefCell::new(None) };
    /// What the gate has decided about the headers, for the log around the routes.
    pub(crate) static GATE: Cell<Gate> = const { Cell::new(Gate::Closed) };
    /// The CORS headers for the response of the routes.
    pub(crate) static CORS_HEADERS: Cell<Option<CorsHeaders>> = const { Cell::new(None) };
    /// The status that warp chooses for a rejection. It shows it only to a log.
    pub(crate) static STATUS: Cell<StatusCode> = const { Cell::new(StatusCode::OK) };
}

/// What the gate has decided about the CORS headers for the response of the routes.
#[derive(Default)]
pub(crate) enum Gate {
    /// The request has not passed. A response has no CORS headers.
    #[default]
    Closed,
    /// Nothing: the first policies are in force, and they decide when the routes have responded.
    ByFirst,
    /// The headers, if a policy applies.
    Headers(Option<CorsHeaders>),
}

/// Applies the stored CORS headers to a response.
pub(crate) fn apply_cors_headers(mut response: Response) -> Response {
    if let Some(cors) = CORS_HEADERS.with(Cell::take) {
        cors.apply(response.headers_mut());
    }
    response
}
