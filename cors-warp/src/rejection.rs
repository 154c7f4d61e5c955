//! Responses to rejections that the routes do not handle, as warp sends them.
//!
//! warp makes these responses after all filters, so no filter can add headers to them, and it exports no
//! function that makes them. So this module makes them. It uses the causes of a rejection that warp
//! exports, and the debug text of the others.

use crate::handoff::{REJECTION, STATUS};
use http::StatusCode;
use std::cell::Cell;
use std::convert::Infallible;
use std::error::Error;
use std::future::ready;
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
    use warp::{Filter, Rejection, Reply};

    #[expect(unnameable_types, reason = "only this crate implements it")]
    pub trait Sealed: Sized {
        /// The routes with the error of every filter that can reject.
        fn fallible<F>(
            routes: F,
        ) -> impl Filter<Extract = F::Extract, Error = Rejection> + Clone + Send + Sync + 'static
        where
            F: Filter<Extract: Reply, Error = Self> + Clone + Send + Sync + 'static;
    }
}

impl sealed::Sealed for Rejection {
    fn fallible<F>(
        routes: F,
    ) -> impl Filter<Extract = F::Extract, Error = Self> + Clone + Send + Sync + 'static
    where
        F: Filter<Extract: Reply, Error = Self> + Clone + Send + Sync + 'static,
    {
        routes
    }
}

impl sealed::Sealed for Infallible {
    fn fallible<F>(
        routes: F,
    ) -> impl Filter<Extract = F::Extract, Error = Rejection> + Clone + Send + Sync + 'static
    where
        F: Filter<Extract: Reply, Error = Self> + Clone + Send + Sync + 'static,
    {
        let pass = warp::any().and_then(|| ready(Ok::<_, Rejection>(())));
        pass.untuple_one().and(routes)
    }
}

/// The responses of the routes, also to requests that they reject.
pub(crate) fn responses<F>(
    routes: F,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
where
    F: Filter<Extract: Reply, Error: RouteError> + Clone + Send + Sync + 'static,
{
    let routes = <F::Error as sealed::Sealed>::fallible(routes).or_else(|rejection| {
        REJECTION.set(Some(rejection));
        ready(Err::<F::Extract, _>(warp::reject::not_found()))
    });
    routes.or(unhandled_rejection()).map(into_response)
}

fn into_response(reply: impl Reply) -> Response {
    reply.into_response()
}

/// The response to the rejection that is stored. Only a log sees the status that warp chooses for it.
fn unhandled_rejection()
-> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static {
    let rejected = warp::any().and_then(|| {
        let rejection = REJECTION.with(Cell::take);
        ready(Err::<Response, _>(
            rejection.unwrap_or_else(warp::reject::not_found),
        ))
    });
    rejected
        .with(warp::log::custom(|info: Info<'_>| {
            STATUS.set(info.status())
        }))
        .map(into_response)
        .or_else(|rejection| ready(Ok((response(&rejection, STATUS.get()),))))
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
