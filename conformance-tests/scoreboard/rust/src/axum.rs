//! The test application in axum.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use axum::{Router, ServiceExt as _};
use futures_util::stream;
use tower::Service;
use tower_http::catch_panic::CatchPanicLayer;

use crate::Result;
use crate::application::{self, CHUNKS, FIXED, HANDLED, OK, Reply, dictated};

const METHODS: MethodFilter = MethodFilter::GET
    .or(MethodFilter::POST)
    .or(MethodFilter::PUT)
    .or(MethodFilter::PATCH)
    .or(MethodFilter::DELETE)
    .or(MethodFilter::HEAD);

/// Serves the [`router`] with its middleware.
pub fn serve<S>(app: S, address: SocketAddr) -> Result<()>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        Ok(axum::serve(listener, app.into_make_service()).await?)
    })
}

/// The application without CORS.
pub fn router() -> Router {
    let fixed = |reply: Reply| on(METHODS, move || async move { respond(reply) });
    let others = Router::new()
        .route("/stream", on(METHODS, || async { streamed() }))
        .route("/panic", on(METHODS, panic))
        .route("/options", fixed(OK).options(|| async { respond(HANDLED) }))
        .route("/reply", on(METHODS, reply));
    let routes = FIXED.into_iter();
    let router = routes.fold(others, |router, (path, reply)| {
        router.route(path, fixed(reply))
    });
    router.layer(CatchPanicLayer::new())
}

fn respond(reply: Reply) -> Response {
    response(reply.status, reply.headers, Body::from(reply.body))
}

fn response(status: u16, headers: &[(&str, &str)], body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn streamed() -> Response {
    let chunks = CHUNKS.map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
    Response::new(Body::from_stream(stream::iter(chunks)))
}

async fn panic() -> Response {
    application::panic()
}

async fn reply(request: HeaderMap) -> Response {
    let lines = request.get_all("x-reply").iter();
    let (status, headers) = dictated(lines.map(HeaderValue::as_bytes));
    response(status, &headers, Body::empty())
}
