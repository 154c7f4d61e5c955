//! The test application in actix-web, with `cors-actix`.

use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, resume_unwind};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{
    App, Error, FromRequest, Handler, HttpRequest, HttpResponse, HttpResponseBuilder, HttpServer,
    Resource, error, rt,
};
use cors_actix::Cors;
use futures_util::{FutureExt as _, stream};
use tokio::task::yield_now;

use super::{CHUNKS, HANDLED, METHODS, OK, ROUTES, dictated};
use crate::response::Reply;
use crate::server::{Listening, Stop};

/// Serves the application on this thread until it must stop.
pub fn serve(cors: Cors, at: SocketAddr, listening: Listening, stop: Stop) -> io::Result<()> {
    let app = move || {
        App::new()
            .configure(routes)
            // Catch panics inside the CORS middleware; otherwise the 500 has no CORS headers.
            .wrap(from_fn(catch_panic))
            .wrap(cors.clone())
    };
    rt::System::new().block_on(async {
        let server = HttpServer::new(app).workers(1).disable_signals();
        let server = server.bind_auto_h2c(at)?;
        if let Some(address) = server.addrs().pop() {
            listening(address);
        }
        let mut server = server.run();
        tokio::select! {
            end = &mut server => return end,
            _ = stop => {}
        }
        let graceful = false;
        tokio::join!(server.handle().stop(graceful), server).1
    })
}

fn routes(app: &mut ServiceConfig) {
    for (path, reply) in ROUTES {
        app.service(resource(path, fixed(reply)));
    }
    let handled = web::method(Method::OPTIONS).to(fixed(HANDLED));
    app.service(resource("/stream", stream))
        .service(resource("/later", later))
        .service(resource("/panic", panic))
        .service(resource("/options", fixed(OK)).route(handled))
        .service(resource("/reply", as_dictated));
}

/// A resource, which responds with 405 to other methods; `App::route` would respond with 404.
fn resource<H, Args>(path: &str, handler: H) -> Resource
where
    H: Handler<Args, Output = HttpResponse>,
    Args: FromRequest + 'static,
{
    let methods = METHODS.iter().filter_map(|name| name.parse().ok());
    methods.fold(web::resource(path), |resource, method| {
        resource.route(web::method(method).to(handler.clone()))
    })
}

fn fixed(reply: Reply) -> impl Handler<(), Output = HttpResponse> {
    move || ready(respond(reply))
}

fn respond(reply: Reply) -> HttpResponse {
    response(reply.status, reply.headers).body(reply.body)
}

async fn as_dictated(request: HttpRequest) -> HttpResponse {
    let lines = request.headers().get_all("x-reply");
    let (status, headers) = dictated(lines.map(|line| line.as_bytes()));
    response(status, &headers).finish()
}

fn response(status: u16, headers: &[(&str, &str)]) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or_default());
    for header in headers {
        response.append_header(*header);
    }
    response
}

async fn stream() -> HttpResponse {
    let chunks = CHUNKS.map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
    response(OK.status, OK.headers).streaming(stream::iter(chunks))
}

async fn later() -> HttpResponse {
    yield_now().await;
    respond(OK)
}

/// Panics like a handler, but without printing a message.
async fn panic() -> HttpResponse {
    resume_unwind(Box::new("the handler panicked"))
}

/// Catches panics, which actix-web itself does not.
async fn catch_panic(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let response = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    response.unwrap_or_else(|_| Err(error::ErrorInternalServerError("")))
}
