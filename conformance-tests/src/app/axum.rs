//! The test application in axum, with `cors-axum`.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, resume_unwind};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{IntoMakeService, MethodFilter, on};
use axum::{Router, ServiceExt};
use cors_axum::{Cors, CorsLayer};
use futures_util::{FutureExt as _, stream};
use tokio::net::TcpListener;
use tokio::task::yield_now;
use tower_layer::Layer as _;

use super::{CHUNKS, HANDLED, METHODS, OK, ROUTES, dictated};
use crate::response::Reply;
use crate::server::{Listening, Stop};

/// The application without the middleware.
pub fn router() -> Router {
    let methods = METHODS
        .iter()
        .filter_map(|name| name.parse::<Method>().ok());
    let filters = methods.filter_map(|method| MethodFilter::try_from(method).ok());
    let any = filters
        .reduce(MethodFilter::or)
        .unwrap_or(MethodFilter::GET);
    let fixed = |reply| on(any, move || async move { respond(reply) });
    let mut router = Router::new();
    for (path, reply) in ROUTES {
        router = router.route(path, fixed(reply));
    }
    router
        .route("/stream", on(any, async || Response::new(chunks())))
        .route("/later", on(any, later))
        .route("/panic", on(any, panic))
        .route("/options", fixed(OK).options(async || respond(HANDLED)))
        .route(
            "/reply",
            on(any, async |headers: HeaderMap| as_dictated(&headers)),
        )
        // Catch panics inside the CORS layer; otherwise the 500 has no CORS headers.
        .layer(from_fn(catch_panic))
}

/// The application with the middleware, for `axum::serve`.
pub fn behind(cors: &CorsLayer) -> IntoMakeService<Cors<Router>> {
    let service = cors.layer(router());
    ServiceExt::<Request<Body>>::into_make_service(service)
}

/// Serves the application on this thread until it must stop.
pub fn serve(cors: &CorsLayer, at: SocketAddr, listening: Listening, stop: Stop) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(at).await?;
        listening(listener.local_addr()?);
        tokio::select! {
            end = axum::serve(listener, behind(cors)) => end,
            _ = stop => Ok(()),
        }
    })
}

fn respond(reply: Reply) -> Response {
    response(
        reply.status,
        reply.headers.iter().copied(),
        Body::from(reply.body),
    )
}

fn as_dictated(request: &HeaderMap) -> Response {
    let (status, headers) = dictated(request.get_all("x-reply").iter().map(HeaderValue::as_bytes));
    response(status, headers.into_iter(), Body::empty())
}

fn response<'a>(
    status: u16,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: Body,
) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn chunks() -> Body {
    Body::from_stream(stream::iter(
        CHUNKS.map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk))),
    ))
}

async fn later() -> Response {
    yield_now().await;
    respond(OK)
}

/// As the layer of `tower-http` does, whose dependencies `cargo run` would compile for this alone.
async fn catch_panic(request: Request<Body>, next: Next) -> Response {
    let response = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    response.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Panics like a handler, but without printing a message.
async fn panic() -> Response {
    resume_unwind(Box::new("the handler panicked"))
}
