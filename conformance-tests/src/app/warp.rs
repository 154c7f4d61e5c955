//! The test application in warp, with `cors-warp`.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, resume_unwind};

use cors_warp::Cors;
use futures_util::{FutureExt as _, stream};
use tokio::net::TcpListener;
use tokio::task::yield_now;
use warp::filters::BoxedFilter;
use warp::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use warp::hyper::body::Bytes;
use warp::reply::Response;
use warp::{Filter, Reply as _, Stream};

use super::{CHUNKS, HANDLED, OK, ROUTES, dictated};
use crate::response::Reply;
use crate::server::{Listening, Stop};

/// Serves the application on this thread until it must stop.
pub fn serve(cors: &Cors, at: SocketAddr, listening: Listening, stop: Stop) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(at).await?;
        listening(listener.local_addr()?);
        let app = cors.wrap(routes());
        tokio::select! {
            () = warp::serve(app).incoming(listener).run() => {}
            _ = stop => {}
        }
        Ok(())
    })
}

fn routes() -> BoxedFilter<(Response,)> {
    let handled = warp::path!("options").and(warp::options());
    let mut routes = warp::path!("stream")
        .and(any_method())
        .map(|| warp::reply::stream(chunks()).into_response())
        .or(warp::path!("later").and(any_method()).and_then(later))
        .unify()
        .or(warp::path!("panic").and(any_method()).and_then(panic))
        .unify()
        .or(handled.map(|| respond(HANDLED)))
        .unify()
        .or(warp::path!("options").and(any_method()).map(|| respond(OK)))
        .unify()
        .or(warp::path!("reply")
            .and(any_method())
            .and(warp::header::headers_cloned())
            .map(|headers| as_dictated(&headers)))
        .unify()
        .boxed();
    for (path, reply) in ROUTES {
        let path = match path.trim_start_matches('/') {
            "" => warp::path::end().boxed(),
            name => warp::path(name).and(warp::path::end()).boxed(),
        };
        let route = path.and(any_method()).map(move || respond(reply));
        routes = routes.or(route).unify().boxed();
    }
    routes
}

/// Matches [`METHODS`](super::METHODS). warp returns 405 only through the filter of each method.
fn any_method() -> BoxedFilter<()> {
    let read = warp::get().or(warp::head()).unify();
    let write = warp::post().or(warp::put()).unify();
    let change = warp::patch().or(warp::delete()).unify();
    read.or(write).unify().or(change).unify().boxed()
}

fn respond(reply: Reply) -> Response {
    response(
        reply.status,
        reply.headers.iter().copied(),
        reply.body.into_response(),
    )
}

fn as_dictated(request: &HeaderMap) -> Response {
    let (status, headers) = dictated(request.get_all("x-reply").iter().map(HeaderValue::as_bytes));
    response(status, headers.into_iter(), Response::default())
}

fn response<'a>(
    status: u16,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    mut response: Response,
) -> Response {
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn chunks() -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::iter(CHUNKS.map(|chunk| Ok(Bytes::from(chunk))))
}

async fn later() -> Result<Response, Infallible> {
    yield_now().await;
    Ok(respond(OK))
}

/// Panics without printing a message. warp does not catch panics, so the handler does.
async fn panic() -> Result<Response, Infallible> {
    let panics = async { resume_unwind(Box::new("the handler panicked")) };
    let caught = AssertUnwindSafe(panics).catch_unwind().await;
    caught.or_else(|_| Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()))
}
