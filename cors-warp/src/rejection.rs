//! Responses to rejections that the routes do not handle, as warp sends them.
//!
//! warp makes these responses after all filters, so no filter can add headers to them, and it exports no
//! function that makes them. So this module makes them. It uses the causes of a rejection that warp
//! exports, and the debug text of the others.

use crate::handoff::{EARLY_RESPONSE, STATUS, apply_cors_headers};
use http::StatusCode;
use std::cell::RefCell;
use std::convert::Infallible;
use std::error::Error;
use std::future::{Ready, ready};
use warp::log::Info;
use warp::reject::{
    InvalidHeader, InvalidQuery, LengthRequired, MethodNotAllowed, MissingCookie, MissingHeader,
    PayloadTooLarge, UnsupportedMediaType,
};
use warp::reply::Response;
use warp::{Filter, Rejection, Reply, body, cors, ext};

/// How routes can fail: with a [`Rejection`], or not at all if they handle every rejection.
pub trait RouteError: sealed::Sealed {}

impl RouteError for Rejection {}
impl RouteError for Infallible {}

pub(crate) mod sealed {
    use std::convert::Infallible;
    use warp::log::Info;
    use warp::reply::Response;
    use warp::{Filter, Rejection, Reply};

    #[expect(unnameable_types, reason = "only this crate implements it")]
    pub trait Sealed: Sized {
        /// The responses of the routes with the CORS headers that `forward` stores, or the early
        /// response that the gate stores. `forward` is cloned for each request, directly after the gate has
        /// passed it.
        fn replies<F>(
            gate: impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static,
            routes: F,
            forward: impl Fn(Info<'_>) + Clone + Send + Sync + 'static,
        ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
        where
            F: Filter<Extract: Reply, Error = Self> + Clone + Send + Sync + 'static;
    }
}

macro_rules! replies {
    ($error:ty) => {
        impl sealed::Sealed for $error {
            fn replies<F>(
                gate: impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static,
                routes: F,
                forward: impl Fn(Info<'_>) + Clone + Send + Sync + 'static,
            ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
            where
                F: Filter<Extract: Reply, Error = Self> + Clone + Send + Sync + 'static,
            {
                let around = warp::log::custom(move |info: Info<'_>| {
                    STATUS.set(info.status());
                    forward(info);
                });
                gate.and(routes.with(around)).map(reply).or_else(respond)
            }
        }
    };
}

// The types of warp require one implementation for each error of the routes.
replies!(Rejection);
replies!(Infallible);

fn reply(reply: impl Reply) -> Response {
    apply_cors_headers(reply.into_response())
}

fn respond(rejection: Rejection) -> Ready<Result<(Response,), Infallible>> {
    let response = EARLY_RESPONSE
        .with(RefCell::take)
        .unwrap_or_else(|| apply_cors_headers(response(&rejection, STATUS.get())));
    ready(Ok((response,)))
}

/// The response of warp to a rejection. `status` is the one that warp has chosen.
fn response(rejection: &Rejection, status: StatusCode) -> Response {
    tracing::debug!("rejected: {rejection:?}");
    let mut response = if rejection.is_not_found() {
        Response::default()
    } else {
        text(rejection, status).into_response()
    };
    *response.status_mut() = status;
    response
}

fn text(rejection: &Rejection, status: StatusCode) -> String {
    let debug = format!("{rejection:?}");
    // `Rejection(A)`, or `Rejection([A, B])`
    let causes = within(within(&debug, "Rejection(", ")"), "[", "]");
    let exported = EXPORTED.iter().filter_map(|(of, find)| {
        let cause = find(rejection)?;
        Some((*of, causes.find(&format!("{cause:?}")), cause.to_string()))
    });
    let hidden = HIDDEN.iter().filter_map(|(of, name, text)| {
        let is_there = causes.split(", ").any(|cause| cause == *name);
        is_there.then(|| (*of, causes.find(name), (*text).to_owned()))
    });
    // If several causes have this status, warp uses the first one.
    exported
        .chain(hidden)
        .filter(|(of, ..)| *of == status)
        .min_by_key(|(_, place, _)| *place)
        .map_or_else(|| unhandled(causes, status), |(.., text)| text)
}

fn within<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
    let inner = text.strip_prefix(open);
    inner
        .and_then(|inner| inner.strip_suffix(close))
        .unwrap_or(text)
}

/// warp lists only one of several causes. This lists all of them, because the debug text does not show
/// where a custom cause ends. It omits `MethodNotAllowed`, the most common one.
fn unhandled(causes: &str, status: StatusCode) -> String {
    let causes = causes
        .split(", ")
        .filter(|cause| *cause != "MethodNotAllowed");
    let causes = causes.collect::<Vec<_>>().join(", ");
    tracing::error!("unhandled custom rejection, returning {status} response: {causes}");
    format!("Unhandled rejection: {causes}")
}

type Find = for<'a> fn(&'a Rejection) -> Option<&'a dyn Error>;

fn find<T: Error + 'static>(rejection: &Rejection) -> Option<&dyn Error> {
    rejection.find::<T>().map(|cause| cause as &dyn Error)
}

const EXPORTED: &[(StatusCode, Find)] = &[
    (StatusCode::METHOD_NOT_ALLOWED, find::<MethodNotAllowed>),
    (StatusCode::BAD_REQUEST, find::<InvalidHeader>),
    (StatusCode::BAD_REQUEST, find::<InvalidQuery>),
    (StatusCode::BAD_REQUEST, find::<MissingCookie>),
    (StatusCode::BAD_REQUEST, find::<MissingHeader>),
    (StatusCode::BAD_REQUEST, find::<body::BodyDeserializeError>),
    (StatusCode::LENGTH_REQUIRED, find::<LengthRequired>),
    (StatusCode::PAYLOAD_TOO_LARGE, find::<PayloadTooLarge>),
    (
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        find::<UnsupportedMediaType>,
    ),
    (StatusCode::FORBIDDEN, find::<cors::CorsForbidden>),
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        find::<ext::MissingExtension>,
    ),
];

/// The names and texts of causes that warp does not export, or only with a feature.
const HIDDEN: &[(StatusCode, &str, &str)] = &[
    (
        StatusCode::BAD_REQUEST,
        "MissingConnectionUpgrade",
        "Connection header did not include 'upgrade'",
    ),
    (
        StatusCode::FORBIDDEN,
        "FilePermissionError",
        "file perimission error",
    ),
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "FileOpenError",
        "file open error",
    ),
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "BodyConsumedMultipleTimes",
        "Request body consumed multiple times",
    ),
];
