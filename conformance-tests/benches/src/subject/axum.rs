//! axum, with the middleware as a layer of the router or around the finished router.

use super::{App, Subject, Variant, WITH_PEER, handler, http_app, tower};
use crate::scenario::Setup;
use ::tower::Layer as _;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::any;

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
    let own = async |request: Request| (handler::own_map(request.uri().path()), "ok");
    Router::new()
        .route("/", any(async || "ok"))
        .route("/{kind}/{count}", any(own))
        .with_state(())
}

/// The router with the middleware as a layer.
pub fn layered(variant: Variant, setup: Setup) -> Option<Router> {
    match variant {
        Variant::Bare => Some(router()),
        Variant::Peer => Some(router().layer(tower::peer(setup.config)).with_state(())),
        Variant::Ours => Some(router().layer(tower::ours(setup)).with_state(())),
        Variant::Floor => None,
    }
}

fn layer(variant: Variant, setup: Setup) -> Option<Box<dyn App>> {
    http_app(layered(variant, setup)?, Body::empty)
}

fn around(variant: Variant, setup: Setup) -> Option<Box<dyn App>> {
    match variant {
        Variant::Bare => http_app(router(), Body::empty),
        Variant::Peer => http_app(tower::peer(setup.config).layer(router()), Body::empty),
        Variant::Ours => http_app(tower::ours(setup).layer(router()), Body::empty),
        Variant::Floor => None,
    }
}
