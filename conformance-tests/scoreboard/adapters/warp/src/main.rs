//! `warp::cors()`.

use std::convert::Infallible;
use std::panic::{self, AssertUnwindSafe};

use futures_util::{FutureExt as _, stream};
use scoreboard_adapter::application::{self, CHUNKS, FIXED, HANDLED, OK, Reply, dictated};
use scoreboard_adapter::{Policy, Result, arguments, unsupported};
use tokio::net::TcpListener;
use warp::cors::{Builder, Cors};
use warp::filters::BoxedFilter;
use warp::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use warp::hyper::body::Bytes;
use warp::reject::{MethodNotAllowed, Rejection};
use warp::reply::Response;
use warp::{Filter, Reply as _};

fn main() -> Result<()> {
    let (policy, address) = arguments("warp::cors", &[])?;
    // A rejection has no CORS headers, so that it becomes a response inside.
    let app = routes().recover(recover).with(cors(&policy));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address).await?;
        warp::serve(app).incoming(listener).run().await;
        Ok(())
    })
}

/// The filter with the meaning of this policy.
fn cors(policy: &Policy) -> Cors {
    let Some(headers) = policy.headers() else {
        unsupported("warp::cors cannot allow every header");
    };
    let seconds = u32::try_from(policy.max_age).unwrap_or(u32::MAX);
    let cors = warp::cors()
        .allow_methods(policy.methods())
        .allow_headers(headers)
        .expose_headers(policy.expose_headers.iter().map(String::as_str))
        .allow_credentials(policy.allow_credentials)
        .max_age(seconds);
    match policy.origins() {
        None => cors.allow_any_origin(),
        Some([]) => unsupported("warp::cors cannot refuse every origin"),
        Some(origins) => allow(cors, origins),
    }
    .build()
}

/// Allows the origins. warp panics if it does not accept one.
fn allow(cors: Builder, origins: &[String]) -> Builder {
    panic::set_hook(Box::new(|_| ()));
    let origins = origins.iter().map(String::as_str);
    let cors = panic::catch_unwind(|| cors.allow_origins(origins));
    drop(panic::take_hook());
    cors.unwrap_or_else(|_| unsupported("warp::cors does not accept this origin"))
}

// ---- the application

fn routes() -> BoxedFilter<(Response,)> {
    let handled = warp::path!("options").and(warp::options());
    let others = warp::path!("stream")
        .and(any_method())
        .map(streamed)
        .or(warp::path!("panic").and(any_method()).and_then(panic))
        .unify()
        .or(handled.map(|| fixed(HANDLED)))
        .unify()
        .or(warp::path!("options").and(any_method()).map(|| fixed(OK)))
        .unify()
        .or(warp::path!("reply")
            .and(any_method())
            .and(warp::header::headers_cloned())
            .map(|headers| reply(&headers)))
        .unify()
        .boxed();
    FIXED.into_iter().fold(others, |routes, (path, reply)| {
        let path = match path.trim_start_matches('/') {
            "" => warp::path::end().boxed(),
            name => warp::path(name).and(warp::path::end()).boxed(),
        };
        let route = path.and(any_method()).map(move || fixed(reply));
        routes.or(route).unify().boxed()
    })
}

fn any_method() -> BoxedFilter<()> {
    let read = warp::get().or(warp::head()).unify();
    let write = warp::post().or(warp::put()).unify();
    let change = warp::patch().or(warp::delete()).unify();
    read.or(write).unify().or(change).unify().boxed()
}

fn fixed(reply: Reply) -> Response {
    response(reply.status, reply.headers, reply.body.into_response())
}

fn response(status: u16, headers: &[(&str, &str)], mut response: Response) -> Response {
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn reply(request: &HeaderMap) -> Response {
    let lines = request.get_all("x-reply").iter();
    let (status, headers) = dictated(lines.map(HeaderValue::as_bytes));
    response(status, &headers, Response::default())
}

fn streamed() -> Response {
    let chunks = CHUNKS.map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
    warp::reply::stream(stream::iter(chunks)).into_response()
}

/// warp does not catch panics, so the handler does.
async fn panic() -> Result<Response, Infallible> {
    let caught = AssertUnwindSafe(async { application::panic() })
        .catch_unwind()
        .await;
    caught.or_else(|_| Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()))
}

async fn recover(rejection: Rejection) -> Result<Response, Rejection> {
    if rejection.is_not_found() {
        Ok(StatusCode::NOT_FOUND.into_response())
    } else if rejection.find::<MethodNotAllowed>().is_some() {
        Ok(StatusCode::METHOD_NOT_ALLOWED.into_response())
    } else {
        Err(rejection)
    }
}
