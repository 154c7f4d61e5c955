//! A policy as the playground writes it for copying. Here the copies are compiled, and are the same policy.

#![allow(
    unreachable_pub,
    reason = "in a program, the copies are in a file that others use"
)]

mod actix;
mod axum;
mod rocket;
mod warp;

use cors_core::issue::Key;
use cors_core::{Config, Policies};

use crate::http::request;
use crate::process::{Playground, policy_file};

/// A policy with every key.
const POLICY: &str = include_str!("copied/policy.json");

#[test]
fn the_copied_rust_is_the_compiled_rust() {
    let playground = playground();
    for (form, compiled) in [
        ("actix", include_str!("copied/actix.rs")),
        ("axum", include_str!("copied/axum.rs")),
        ("rocket", include_str!("copied/rocket.rs")),
        ("warp", include_str!("copied/warp.rs")),
    ] {
        let copied = copy(&playground, form);
        for key in Key::ALL {
            assert!(copied.contains(&format!("        .{key}(")), "{form} {key}");
        }
        assert_eq!(copied, compiled, "{form}");
    }
}

#[test]
fn the_compiled_rust_is_the_same_policy() {
    let policy = serde_json::from_str::<Config>(POLICY)
        .unwrap()
        .build()
        .unwrap();
    let policies = Policies::new(policy);
    for in_force in [
        actix::cors().unwrap().in_force(),
        axum::cors().unwrap().in_force(),
        rocket::cors().unwrap().in_force(),
        warp::cors().unwrap().in_force(),
    ] {
        assert_eq!(**in_force.policies(), policies);
    }
}

#[test]
fn copied_configuration_is_the_same_policy() {
    let playground = playground();
    let policy = serde_json::from_str::<Config>(POLICY)
        .unwrap()
        .build()
        .unwrap();
    let toml: Config = toml::from_str(&copy(&playground, "toml")).unwrap();
    assert_eq!(toml.build().unwrap().to_config(), policy.to_config());

    let lines = copy(&playground, "environment");
    let words = shlex::split(lines.split_once('\n').unwrap().1).unwrap();
    let vars = words.iter().map(|word| word.split_once('=').unwrap());
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::from_vars("CORS_", vars);
    assert_eq!(config.build().unwrap().to_config(), policy.to_config());

    let unknown = request(&playground.page, "GET /code?form=cobol", &[], "");
    assert!(unknown.starts_with("HTTP/1.1 400 "), "{unknown}");
}

fn playground() -> Playground {
    let (_folder, path) = policy_file("policy.json", POLICY);
    Playground::start(&["--policy", path.to_str().unwrap()])
}

fn copy(playground: &Playground, form: &str) -> String {
    let response = request(&playground.page, &format!("GET /code?form={form}"), &[], "");
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    response.split_once("\r\n\r\n").unwrap().1.to_owned()
}
