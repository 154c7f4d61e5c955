//! A large configuration takes memory and allocations in proportion to its size, whatever is wrong with it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cors_core::Config;
use std::hint::black_box;

/// A configuration of a size. Reading it is a part of what is measured.
type Make = Box<dyn Fn(usize) -> Box<dyn FnOnce() -> Config>>;

fn origins(text: impl Fn(usize) -> String + 'static) -> Make {
    Box::new(move |size| {
        let origins: Vec<String> = (0..size).map(&text).collect();
        Box::new(|| Config::new().allow_origins(origins))
    })
}

fn variables(name: impl Fn(usize) -> String + 'static) -> Make {
    Box::new(move |size| {
        let vars: Vec<_> = (0..size).map(|n| (name(n), "x".to_owned())).collect();
        Box::new(|| Config::from_vars("CORS_", vars))
    })
}

fn kinds() -> Vec<(&'static str, Make)> {
    let mut kinds: Vec<(_, Make)> = vec![
        ("right", origins(|n| format!("https://{n}.com"))),
        ("wrong", origins(|n| format!("https://{n}.com/"))),
        (
            "several mistakes",
            origins(|n| format!("https://u:p@é{n}.com:0/")),
        ),
        ("duplicate", origins(|_| "https://a.com".to_owned())),
        (
            "duplicate pattern",
            origins(|_| "https://*.a.com".to_owned()),
        ),
        (
            "covered",
            origins(|n| match n {
                0 => "https://*.a.com".to_owned(),
                _ => format!("https://{n}.a.com"),
            }),
        ),
        ("empty", origins(|_| String::new())),
        (
            "unknown variable",
            variables(|n| format!("CORS_SERVICE_{n}")),
        ),
        (
            "misspelt variable",
            variables(|n| format!("CORS_ALLOW_ORIGINS{n:05}")),
        ),
        (
            "long misspelt variable",
            variables(|n| format!("CORS_DANGEROUSLY_ALLOW_CREDENTIALS_ON_PUBLIC_SUFFI{n:05}")),
        ),
        (
            "methods",
            Box::new(|size| {
                let methods: Vec<String> = (0..size).map(|n| format!("M {n}")).collect();
                Box::new(|| Config::new().allow_methods(methods))
            }),
        ),
        (
            "headers",
            Box::new(|size| {
                let headers: Vec<String> = (0..size).map(|n| format!("X-*{n}")).collect();
                Box::new(|| Config::new().allow_headers(headers))
            }),
        ),
    ];
    kinds.extend(files());
    kinds
}

#[cfg(not(feature = "serde"))]
fn files() -> Vec<(&'static str, Make)> {
    Vec::new()
}

#[cfg(feature = "serde")]
fn files() -> Vec<(&'static str, Make)> {
    vec![
        (
            "type",
            json(|n| format!("{n}"), "{\"allow_origins\":[", "]}"),
        ),
        ("key", json(|n| format!("\"allow_origin{n}\":1"), "{", "}")),
        (
            "long key",
            json(
                |n| format!("\"dangerously_allow_credentials_on_public_{n:05}\":1"),
                "{",
                "}",
            ),
        ),
        ("key twice", json(|_| "\"max_age\":1".to_owned(), "{", "}")),
    ]
}

#[cfg(feature = "serde")]
fn json(
    item: impl Fn(usize) -> String + 'static,
    before: &'static str,
    after: &'static str,
) -> Make {
    Box::new(move |size| {
        let items: Vec<String> = (0..size).map(&item).collect();
        let text = format!("{before}{}{after}", items.join(","));
        Box::new(move || serde_json::from_str(&text).unwrap())
    })
}

#[test]
fn no_mistake_costs_more_than_its_size() {
    const SMALL: usize = 2_000;
    const LARGE: usize = 10 * SMALL;
    for (name, make) in kinds() {
        let measure = |size| {
            let config = make(size);
            allocation_counter::measure(|| drop(black_box(config().build())))
        };
        let (small, large) = (measure(SMALL), measure(LARGE));
        println!(
            "{name}: {} allocations and {} bytes for an entry",
            large.count_total / LARGE as u64,
            large.bytes_max / LARGE as u64
        );
        assert!(
            large.count_total <= 11 * small.count_total,
            "{name}: {small:?} {large:?}"
        );
        assert!(large.bytes_max <= 400 * LARGE as u64, "{name}: {large:?}");
    }
}
