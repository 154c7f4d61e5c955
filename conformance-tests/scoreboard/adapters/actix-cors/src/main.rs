//! `Cors` of actix-cors.

use std::convert::Infallible;
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{
    App, Error, FromRequest, Handler, HttpRequest, HttpResponse, HttpResponseBuilder, HttpServer,
    Resource, error,
};
use futures_util::{FutureExt as _, stream};
use scoreboard_adapter::application::{self, CHUNKS, FIXED, HANDLED, METHODS, OK, Reply, dictated};
use scoreboard_adapter::{Policy, Result, arguments, unsupported};

#[actix_web::main]
async fn main() -> Result<()> {
    let (policy, address) = arguments("actix-cors", &[])?;
    let policy = Arc::new(policy);
    drop(cors(&policy));
    let app = move || {
        App::new()
            .configure(routes)
            // actix-web does not catch panics.
            .wrap(from_fn(catch_panic))
            .wrap(cors(&policy))
    };
    Ok(HttpServer::new(app).workers(1).bind(address)?.run().await?)
}

/// The middleware with the meaning of this policy.
fn cors(policy: &Policy) -> Cors {
    let methods = policy.methods();
    if methods
        .iter()
        .any(|method| method.parse::<Method>().is_err())
    {
        unsupported("actix-web does not accept this method");
    }
    let mut cors = Cors::default()
        .allowed_methods(methods)
        .max_age(usize::try_from(policy.max_age).unwrap_or(usize::MAX));
    cors = match policy.origins() {
        None => cors.allow_any_origin().send_wildcard(),
        Some(origins) => origins
            .iter()
            .fold(cors, |cors, origin| allow(cors, origin)),
    };
    cors = match policy.headers() {
        None => cors.allow_any_header(),
        Some(listed) => cors.allowed_headers(listed),
    };
    cors = match &policy.expose_headers[..] {
        [any] if any == "*" => cors.expose_any_header(),
        listed => cors.expose_headers(listed),
    };
    match policy.allow_credentials {
        true => cors.supports_credentials(),
        false => cors,
    }
}

fn allow(cors: Cors, origin: &str) -> Cors {
    if origin.parse::<Uri>().is_err() {
        unsupported("actix-cors does not accept this origin");
    }
    cors.allowed_origin(origin)
}

// ---- the application

fn routes(app: &mut ServiceConfig) {
    for (path, reply) in FIXED {
        app.service(resource(path, fixed(reply)));
    }
    let handled = web::method(Method::OPTIONS).to(fixed(HANDLED));
    app.service(resource("/stream", streamed))
        .service(resource("/panic", panic))
        .service(resource("/options", fixed(OK)).route(handled))
        .service(resource("/reply", reply));
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
    move || ready(response(reply.status, reply.headers).body(reply.body))
}

fn response(status: u16, headers: &[(&str, &str)]) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or_default());
    for header in headers {
        response.append_header(*header);
    }
    response
}

async fn reply(request: HttpRequest) -> HttpResponse {
    let lines = request.headers().get_all("x-reply");
    let (status, headers) = dictated(lines.map(HeaderValue::as_bytes));
    response(status, &headers).finish()
}

async fn streamed() -> HttpResponse {
    let chunks = CHUNKS.map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
    HttpResponse::Ok().streaming(stream::iter(chunks))
}

async fn panic() -> HttpResponse {
    application::panic()
}

async fn catch_panic(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let response = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    response.unwrap_or_else(|_| Err(error::ErrorInternalServerError("")))
}
