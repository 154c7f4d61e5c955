//! `CorsLayer` of tower-http, in axum.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method};
use scoreboard_adapter::axum::{router, serve};
use scoreboard_adapter::{Policy, Result, arguments};
use tower::Layer;
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer};

fn main() -> Result<()> {
    let (policy, address) = arguments("CorsLayer", &[])?;
    // Around the whole application, so that its 404 and 405 have headers, too.
    serve(layer(&policy)?.layer(router()), address)
}

/// The layer with the meaning of this policy.
fn layer(policy: &Policy) -> Result<CorsLayer> {
    let mut layer = CorsLayer::new()
        .max_age(Duration::from_secs(policy.max_age))
        .allow_methods(methods(policy)?);
    layer = match policy.origins() {
        None => layer.allow_origin(Any),
        Some(origins) => {
            let origins = origins.iter().map(|origin| HeaderValue::from_str(origin));
            layer.allow_origin(AllowOrigin::list(origins.collect::<Result<Vec<_>, _>>()?))
        }
    };
    layer = match policy.headers() {
        // `*` would not cover Authorization, and has no meaning with credentials.
        None => layer.allow_headers(AllowHeaders::mirror_request()),
        Some(listed) => layer.allow_headers(names(listed)?),
    };
    let exposed: Vec<_> = policy.expose_headers.iter().map(String::as_str).collect();
    layer = match exposed[..] {
        [] => layer,
        ["*"] => layer.expose_headers(Any),
        _ => layer.expose_headers(names(exposed)?),
    };
    if policy.allow_credentials {
        layer = layer.allow_credentials(true);
    }
    Ok(layer)
}

fn methods(policy: &Policy) -> Result<Vec<Method>> {
    let methods = policy.methods().into_iter();
    Ok(methods.map(str::parse).collect::<Result<_, _>>()?)
}

fn names(names: Vec<&str>) -> Result<Vec<HeaderName>> {
    let names = names.into_iter().map(str::parse);
    Ok(names.collect::<Result<_, _>>()?)
}
