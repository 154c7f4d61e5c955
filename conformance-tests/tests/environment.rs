//! A quick start in a container, on each framework: without a variable, with an empty one, with a JSON array,
//! with a typo.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use conformance_tests::subject::{FRAMEWORKS, Framework};
use conformance_tests::wire::Connection;
use cors_core::{Config, Policy};

/// The origin of the page, and the one in the code of the quick start.
const PAGE: &str = "https://example.com";
const DEVELOPMENT: &str = "http://localhost:3000";

/// What happens at the start: the only origin that is allowed, or the only line about the problem.
type Start = Result<&'static str, &'static str>;

/// The value of `CORS_ALLOW_ORIGINS`, and the result of `from_env` and of `with_env`.
const VALUES: [(Option<&str>, Start, Start); 5] = [
    (
        None,
        Err(
            "CORS_ALLOW_ORIGINS is not set, so no other site could read a response: \
             list the origins in it, or `[]` for none, or set CORS_ALLOW_ORIGIN_REGEX",
        ),
        Ok(DEVELOPMENT),
    ),
    (
        Some(" "),
        Err(
            "CORS_ALLOW_ORIGINS is not set, so no other site could read a response: its value is empty; \
             list the origins in it, or `[]` for none, or set CORS_ALLOW_ORIGIN_REGEX",
        ),
        Ok(DEVELOPMENT),
    ),
    (Some(r#"["https://example.com"]"#), Ok(PAGE), Ok(PAGE)),
    (Some("https://example.com"), Ok(PAGE), Ok(PAGE)),
    (Some("https://example.com/"), Err(SLASH), Err(SLASH)),
];
const SLASH: &str = "CORS_ALLOW_ORIGINS, entry 1: `https://example.com/`: an origin ends with the host or the \
                     port, without a slash; use `https://example.com`";

#[test]
fn quick_starts_in_an_environment() {
    let code = || Config::new().allow_origins([DEVELOPMENT]);
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    for framework in FRAMEWORKS {
        for (value, from_env, with_env) in VALUES {
            let set = value.map(|value| variable("CORS_ALLOW_ORIGINS", value));
            check(
                &framework,
                Config::from_vars("CORS_", set.clone()),
                from_env,
            );
            check(&framework, code().with_vars("CORS_", set), with_env);
        }
        let typo = [variable("CORS_ALLOW_ORIGIN", PAGE)];
        let line = "`CORS_ALLOW_ORIGIN`: unknown key; did you mean `CORS_ALLOW_ORIGINS`?";
        check(
            &framework,
            Config::from_vars("CORS_", typo.clone()),
            Err(line),
        );
        check(&framework, code().with_vars("CORS_", typo), Err(line));
    }
}

fn check(framework: &Framework, config: Config, expected: Start) {
    let name = framework.name;
    match (config.build(), expected) {
        (Ok(policy), Ok(origin)) => {
            let expected = [PAGE, DEVELOPMENT].map(|page| (page, page == origin));
            assert_eq!(
                readers(framework, policy),
                BTreeMap::from(expected),
                "{name}"
            );
        }
        (Err(error), Err(line)) => {
            let expected = format!("invalid CORS policy, 1 error:\n{line}");
            assert_eq!(error.to_string(), expected, "{name}");
        }
        (built, expected) => panic!("{name}: {built:?}, expected {expected:?}"),
    }
}

/// Whether a page of each origin can read a response.
fn readers(framework: &Framework, policy: Policy) -> BTreeMap<&'static str, bool> {
    let server = framework.spawn(policy).unwrap();
    let mut connection = Connection::open(server.address).unwrap();
    let mut can_read = |origin: &'static str| {
        let request = format!("GET / HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\n\r\n");
        connection.send(request.as_bytes()).unwrap();
        let response = connection.read("GET").unwrap().unwrap();
        let allowed = response.values("access-control-allow-origin").next();
        (origin, allowed == Some(origin.as_bytes()))
    };
    [can_read(PAGE), can_read(DEVELOPMENT)].into()
}
