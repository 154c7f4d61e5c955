//! The crate `cors-core` 0.1.1, in axum. It is not the `cors-core` of this repository.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use cors_core::{AllowHeaders, AllowOrigin, Cors, CorsDecision, HeaderList};
use scoreboard_adapter::axum::{router, serve};
use scoreboard_adapter::{Policy, Result, arguments};
use tower::Layer;

fn main() -> Result<()> {
    let (policy, address) = arguments("cors-core", &[])?;
    let cors = Arc::new(cors(&policy)?);
    // Around the whole application, so that its 404 and 405 have headers, too.
    let layer = from_fn(move |request, next| handle(cors.clone(), request, next));
    serve(layer.layer(router()), address)
}

/// The engine with the meaning of this policy.
fn cors(policy: &Policy) -> Result<Cors> {
    let mut cors = Cors::builder()
        .allow_methods(policy.methods())
        .allow_credentials(policy.allow_credentials)
        .max_age(Duration::from_secs(policy.max_age))
        .allow_origin(match policy.origins() {
            None => AllowOrigin::Any,
            Some(origins) => AllowOrigin::exact(origins),
        })
        .allow_headers(match policy.headers() {
            // The `*` of `AllowHeaders::Any` would not cover Authorization.
            None => AllowHeaders::Mirror,
            Some(listed) => AllowHeaders::list(listed),
        });
    if !policy.expose_headers.is_empty() {
        cors = cors.expose_headers(&policy.expose_headers);
    }
    Ok(cors.build()?)
}

/// As in the example `generic_integration` of the crate.
async fn handle(cors: Arc<Cors>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let decision = cors.evaluate(
        request.method().as_str().as_bytes(),
        value(headers, header::ORIGIN).as_deref(),
        value(headers, header::ACCESS_CONTROL_REQUEST_METHOD).as_deref(),
        value(headers, header::ACCESS_CONTROL_REQUEST_HEADERS).as_deref(),
        false,
    );
    match decision {
        CorsDecision::NotCors | CorsDecision::Rejected => next.run(request).await,
        CorsDecision::Simple(list) => {
            let mut response = next.run(request).await;
            set(&list, response.headers_mut());
            response
        }
        CorsDecision::Preflight(list) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            set(&list, response.headers_mut());
            response
        }
    }
}

/// The lines with this name as one value (RFC 9110, section 5.3).
fn value(headers: &HeaderMap, name: HeaderName) -> Option<Vec<u8>> {
    let lines: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    (!lines.is_empty()).then(|| lines.join(&b", "[..]))
}

fn set(list: &HeaderList, headers: &mut HeaderMap) {
    for (name, value) in list {
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        else {
            continue;
        };
        // The application has its own Vary.
        match name == header::VARY {
            true => drop(headers.append(name, value)),
            false => drop(headers.insert(name, value)),
        }
    }
}
