//! axum, with the middleware as a layer of the router or around the finished router.

use super::{App, Subject, Variant, WITH_PEER, http_app, tower};
use ::tower::Layer as _;
use axum::Router;
use axum::body::Body;
use axum::routing::any;
use cors_core::Config;

/// The middleware as a layer of the router.
pub const LAYER: Subject = Subject {
    name: "axum, `Router::layer`",
    peer: "tower-http",
    variants: WITH_PEER,
    start: layer,
};

/// The middleware around the finished router.
pub const AROUND: Subject = Subject {
    name: "axum, around the router",
    peer: "tower-http",
    variants: WITH_PEER,
    start: around,
};

/// The application without CORS. `with_state` prepares the handlers once, as `axum::serve` does;
/// otherwise they would be prepared for every request.
pub fn router() -> Router {
    Router::new().route("/", any(async || "ok")).with_state(())
}

/// The router with the middleware as a layer.
pub fn layered(variant: Variant, config: Config) -> Option<Router> {
    match variant {
        Variant::Bare => Some(router()),
        Variant::Peer => Some(router().layer(tower::peer(config)).with_state(())),
        Variant::Ours => Some(router().layer(tower::ours(config)).with_state(())),
        Variant::Floor => None,
    }
}

fn layer(variant: Variant, config: Config) -> Option<Box<dyn App>> {
    http_app(layered(variant, config)?, Body::empty)
}

fn around(variant: Variant, config: Config) -> Option<Box<dyn App>> {
    match variant {
        Variant::Bare => http_app(router(), Body::empty),
        Variant::Peer => http_app(tower::peer(config).layer(router()), Body::empty),
        Variant::Ours => http_app(tower::ours(config).layer(router()), Body::empty),
        Variant::Floor => None,
    }
}
