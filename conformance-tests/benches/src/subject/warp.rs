//! warp, as a tower service.

use super::{App, Subject, Variant, WITH_PEER, handler, http_app};
use crate::scenario::Setup;
use cors_core::Config;
use cors_warp::Cors;
use std::time::Duration;
use tower::Layer as _;
use warp::path::FullPath;
use warp::{Filter, Rejection, Reply};

/// The middleware around the routes.
pub const SUBJECT: Subject = Subject {
    name: "warp",
    peer: "warp::cors",
    variants: WITH_PEER,
    start,
};

fn start(variant: Variant, setup: Setup) -> Option<Box<dyn App>> {
    match variant {
        Variant::Bare => http_app(warp::service(routes()), String::new),
        Variant::Peer => http_app(
            warp::service(routes().with(peer(setup.config)?)),
            String::new,
        ),
        Variant::Ours => http_app(warp::service(ours(setup).wrap(routes())), String::new),
        Variant::Floor => None,
    }
}

/// The application without CORS.
pub fn routes()
-> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync + 'static {
    let own = warp::path!(String / String).and(warp::path::full());
    let own = own.map(|_, _, path: FullPath| {
        let mut response = "ok".into_response();
        response
            .headers_mut()
            .extend(handler::own_map(path.as_str()));
        response
    });
    warp::path::end().map(|| "ok").or(own)
}

/// Our middleware.
pub fn ours(setup: impl Into<Setup>) -> Cors {
    Cors::new(setup.into().policies())
}

/// The existing middleware. It supports neither patterns nor functions, and requires a list of headers.
pub fn peer(config: Config) -> Option<warp::cors::Cors> {
    let has_star = |list: &[String]| list.iter().any(|entry| entry.contains('*'));
    let cors = warp::cors()
        .allow_methods(config.get_allow_methods().iter().map(String::as_str))
        .allow_headers(config.get_allow_headers().iter().map(String::as_str))
        .expose_headers(config.get_expose_headers().iter().map(String::as_str))
        .allow_credentials(config.get_allow_credentials())
        .max_age(Duration::from_secs(config.get_max_age()));
    if has_star(config.get_allow_headers()) || config.get_allow_origin_regex().is_some() {
        None
    } else if config.get_allow_origins() == ["*"] {
        Some(cors.allow_any_origin().build())
    } else if has_star(config.get_allow_origins()) {
        None
    } else {
        let origins = config.get_allow_origins().iter().map(String::as_str);
        Some(cors.allow_origins(origins).build())
    }
}

/// Our tower layer around the service of the same routes.
pub const AROUND: Subject = Subject {
    name: "warp, around the service",
    peer: "warp::cors",
    variants: WITH_PEER,
    start: start_around,
};

fn start_around(variant: Variant, setup: Setup) -> Option<Box<dyn App>> {
    match variant {
        Variant::Ours => {
            let service = super::tower::ours(setup).layer(warp::service(routes()));
            http_app(service, String::new)
        }
        _ => start(variant, setup),
    }
}
