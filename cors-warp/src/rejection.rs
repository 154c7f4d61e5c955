//! Routes that may reject, made into routes that do not: the answer to a rejection that nobody has
//! recovered from is warp's own.
//!
//! warp renders it behind all filters, where no header can be put on it any more, and exports
//! nothing that renders it. So it is made here once more, from the causes as far as warp exports
//! them, and from their debug text where it does not.

use crate::middleware::{finish, take_answer};
use http::StatusCode;
use std::cell::Cell;
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

/// How routes may fail: by a [`Rejection`], or, where all are recovered from, not at all.
pub trait RouteError: sealed::Sealed {}

impl RouteError for Rejection {}
impl RouteError for Infallible {}

pub(crate) mod sealed {
    use std::convert::Infallible;
    use warp::log::Info;
    use warp::reply::Response;
    use warp::{Filter, Rejection, Reply};

    #[expect(unnameable_types, reason = "nobody else may implement it")]
    pub trait Sealed: Sized {
        /// What the routes reply, or the answer that the gate has left, with their headers; `find`
        /// leaves those for the reply.
        fn replies<F>(
            gate: impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static,
            routes: F,
            find: impl Fn(Info<'_>) + Clone + Send + Sync + 'static,
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
                find: impl Fn(Info<'_>) + Clone + Send + Sync + 'static,
            ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
            where
                F: Filter<Extract: Reply, Error = Self> + Clone + Send + Sync + 'static,
            {
                let around = warp::log::custom(move |info: Info<'_>| {
                    STATUS.set(info.status());
                    find(info);
                });
                gate.and(routes).with(around).map(reply).or_else(answer)
            }
        }
    };
}

// warp's types know the error of both filters together for a given error of the routes only.
replies!(Rejection);
replies!(Infallible);

thread_local! {
    /// Only a log is told the status that a rejection comes to. [`answer`] follows in the same poll.
    static STATUS: Cell<StatusCode> = const { Cell::new(StatusCode::OK) };
}

fn reply(reply: impl Reply) -> Response {
    finish(reply.into_response())
}

fn answer(rejection: Rejection) -> Ready<Result<(Response,), Infallible>> {
    let answer = take_answer().unwrap_or_else(|| finish(response(&rejection, STATUS.get())));
    ready(Ok((answer,)))
}

/// `status` is the one that warp has chosen for it.
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
    // Of several causes with this status, warp takes the first in its list.
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

/// Of several causes warp tells one; here all are told, but for the commonest companion, since
/// nothing tells where the text of one ends.
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

/// Name and text of causes that warp keeps to itself, or behind a feature.
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
