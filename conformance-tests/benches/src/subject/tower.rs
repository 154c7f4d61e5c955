//! A trivial tower service: tower-http, ours, and a hand-written minimum.

use super::{App, Subject, Variant, floor, handler, http_app};
use crate::scenario::Setup;
use cors_core::Config;
use http::Method;
use http::header::{HeaderName, HeaderValue};
use std::time::Duration;
use tower::{Layer as _, service_fn};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders};

/// The middleware around the service.
pub const SUBJECT: Subject = Subject {
    name: "tower",
    peer: "tower-http",
    variants: &[Variant::Bare, Variant::Peer, Variant::Floor, Variant::Ours],
    start,
};

fn start(variant: Variant, setup: Setup) -> Option<Box<dyn App>> {
    let bare = service_fn(handler::ok);
    match variant {
        Variant::Bare => http_app(bare, || ()),
        Variant::Peer => http_app(peer(setup.config).layer(bare), || ()),
        Variant::Floor => http_app(floor::around(setup.config)?, || ()),
        Variant::Ours => http_app(ours(setup).layer(bare), || ()),
    }
}

/// Our middleware.
pub fn ours(setup: impl Into<Setup>) -> cors_axum::CorsLayer {
    cors_axum::CorsLayer::new(setup.into().policies())
}

/// The cheapest tower-http layer for this policy that needs no custom matcher, except for patterns
/// and regular expressions.
pub fn peer(config: Config) -> CorsLayer {
    let names = |names: &[String]| -> Vec<HeaderName> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    };
    let headers = match config.get_allow_headers() {
        // With credentials, tower-http panics at `any`.
        [any] if any == "*" && config.get_allow_credentials() => AllowHeaders::mirror_request(),
        [any] if any == "*" => AllowHeaders::any(),
        listed => AllowHeaders::list(names(listed)),
    };
    let methods = config.get_allow_methods().iter();
    let methods = methods.map(|name| name.parse::<Method>().unwrap());
    let layer = CorsLayer::new()
        .allow_methods(AllowMethods::list(methods))
        .allow_headers(headers)
        .expose_headers(ExposeHeaders::list(names(config.get_expose_headers())))
        .allow_credentials(config.get_allow_credentials())
        .max_age(Duration::from_secs(config.get_max_age()));
    layer.allow_origin(origins(config))
}

fn origins(config: Config) -> AllowOrigin {
    let value = |text: &String| HeaderValue::try_from(text).unwrap();
    if let Some(regex) = config.get_allow_origin_regex() {
        let own: Vec<HeaderValue> = config.get_allow_origins().iter().map(value).collect();
        let regex = regex::bytes::Regex::new(&format!("^(?:{regex})$")).unwrap();
        return AllowOrigin::predicate(move |origin, _| {
            own.contains(origin) || regex.is_match(origin.as_bytes())
        });
    }
    match config.get_allow_origins() {
        [any] if any == "*" => AllowOrigin::any(),
        [first, ..] if first.contains('*') => {
            let patterns = patterns(&config);
            AllowOrigin::predicate(move |origin, _| matches(&patterns, origin.as_bytes()))
        }
        // The header is sent to every origin.
        [one] => AllowOrigin::exact(value(one)),
        _ => AllowOrigin::list(config.get_allow_origins().iter().map(value)),
    }
}

/// The parts of each entry before and after `*`.
pub(super) fn patterns(config: &Config) -> Vec<(String, String)> {
    let parts = config.get_allow_origins().iter().map(|text| {
        let (scheme, host) = text.split_once('*').unwrap();
        (scheme.to_owned(), host.to_owned())
    });
    parts.collect()
}

/// A matcher that users typically write if a middleware requires a function.
pub(super) fn matches(patterns: &[(String, String)], origin: &[u8]) -> bool {
    patterns.iter().any(|(scheme, host)| {
        origin.starts_with(scheme.as_bytes()) && origin.ends_with(host.as_bytes())
    })
}
