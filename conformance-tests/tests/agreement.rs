//! Random header lines, including unusual bytes, sent to all frameworks. Each must respond as the
//! core decides, so all frameworks agree.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use conformance_tests::response::Response;
use conformance_tests::run::{cors, shown, vary};
use conformance_tests::subject::{Core, FRAMEWORKS, Framework, Running, Started, Subject as _};
use conformance_tests::vector::{Line, Request};
use conformance_tests::wire;
use cors_core::Config;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[test]
fn every_framework_agrees_with_the_core() {
    let policies: Vec<_> = configs().into_iter().map(Subjects::start).collect();
    let cases = std::env::var("PROPTEST_CASES").map_or(300, |cases| cases.parse().unwrap());
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(policy in any::<Index>(), (method, target, lines) in request())| {
        let Subjects { core, frameworks } = policy.get(&policies);
        for (framework, server) in frameworks {
            let request = Request {
                method: method.to_owned(),
                target: target.to_owned(),
                lines: lines.clone(),
                body: String::new(),
            };
            let context = format!("{} {}", framework.name, shown(&request));
            let response = wire::ask(server.address, &request).unwrap();
            let expected = match as_seen_by(framework.name, request) {
                Some(request) => Comparable::of(&core.ask(&request).unwrap().response),
                None => Comparable { class: 4, cors: BTreeMap::new(), vary: Vec::new() },
            };
            prop_assert_eq!(Comparable::of(&response), expected, "{}", context);
        }
    });
}

/// The request as the middleware sees it, by the rules in `differences.toml`. `None`: the framework
/// rejects the request before the middleware runs.
fn as_seen_by(framework: &str, mut request: Request) -> Option<Request> {
    // RFC 9110, section 5.5: every server rejects control characters.
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    let refused = |line: &Line| line.as_bytes().iter().any(is_control);
    if request.lines.iter().any(refused) {
        return None;
    }
    if framework == "rocket" {
        // Rocket stores header values as text.
        let is_text = |line: &Line| std::str::from_utf8(line.value()).is_ok();
        request.lines.retain(is_text);
    }
    Some(request)
}

/// The part of a response that must be equal. Frameworks choose their own texts and error codes.
#[derive(Debug, PartialEq)]
struct Comparable {
    /// The first digit of the status: Rocket responds with 404 where the others respond with 405.
    class: u16,
    cors: BTreeMap<String, Vec<String>>,
    vary: Vec<String>,
}

impl Comparable {
    fn of(response: &Response) -> Self {
        Self {
            class: response.status / 100,
            cors: cors(response),
            vary: vary(response),
        }
    }
}

struct Subjects {
    core: Box<dyn Started>,
    frameworks: Vec<(Framework, Running)>,
}

impl Subjects {
    fn start(config: Config) -> Self {
        let policy = config.build().unwrap();
        let spawn = |framework: Framework| (framework, framework.spawn(policy.clone()).unwrap());
        Self {
            core: Core.start(policy.clone().into()).unwrap(),
            frameworks: FRAMEWORKS.into_iter().map(spawn).collect(),
        }
    }
}

// ---- policies and requests near each other

const APP: &str = "https://app.example.com";

fn configs() -> [Config; 5] {
    let app = Config::new()
        .allow_origins([APP, "http://*.example.com:*"])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["X-A", "Authorization"]);
    [
        app.clone().expose_headers(["X-Total"]),
        app.clone().allow_headers(["*"]).preflight_status(204),
        Config::new()
            .allow_origins([APP])
            .allow_headers(["*"])
            .allow_credentials(true)
            .diagnostics(true),
        app.allow_origin_regex(r"https://(a|b)+\.example")
            .block_refused_origins(true)
            .timing_allow_origin(true),
        Config::new()
            .allow_origins(["*"])
            .allow_methods(["*"])
            .expose_headers(["*"]),
    ]
}

fn request() -> impl Strategy<Value = (&'static str, &'static str, Vec<Line>)> {
    // Rocket does not know any other methods.
    let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE"];
    let method = prop_oneof![Just("OPTIONS"), select(methods.to_vec())];
    let targets = ["/", "/vary", "/teapot", "/options", "/nowhere"];
    let target = prop_oneof![Just("/reply"), select(targets.to_vec())];
    // Mostly one line of each; otherwise hardly any request would be allowed.
    let lines = (
        weighted(
            0.8,
            line("Origin", &[APP, APP, "http://a.example.com:8080", "null"]),
        ),
        weighted(0.6, line("Access-Control-Request-Method", &["GET", "PUT"])),
        weighted(
            0.5,
            line("Access-Control-Request-Headers", &["x-a, authorization"]),
        ),
        vec(prop_oneof![any_line(), reply_line()], 0..3),
    );
    let lines = lines.prop_map(|(origin, method, headers, more)| {
        let host = Line::new("Host: api.example.com").unwrap();
        let lines = [origin, method, headers, Some(host)].into_iter().flatten();
        lines.chain(more).collect()
    });
    (method, target, lines)
}

fn any_line() -> impl Strategy<Value = Line> {
    let names = [
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
        "Sec-Fetch-Site",
        "X-Origin",
    ];
    let values = [
        APP,
        "https://ab.example",
        "https://evil.example",
        "https://api.example.com",
        "GET",
        "x-a",
        "X-Other,,x-a",
        "same-origin",
        "",
    ];
    select(names.to_vec()).prop_flat_map(move |name| line(name, &values))
}

/// A line with one of these values, or an unusual one.
fn line(name: &'static str, values: &[&'static str]) -> impl Strategy<Value = Line> + use<> {
    let value = select(values.to_vec());
    let odd = prop_oneof![
        4 => 0x20_u8..=0x7e,
        4 => 0x80_u8..=0xff,
        1 => Just(b'\t'),
        1 => prop_oneof![0_u8..=8, 0x0b_u8..=0x0c, 0x0e_u8..=0x1f, Just(0x7f)],
    ];
    let place = (any::<Index>(), odd.clone(), any::<bool>());
    let changed = (value.clone(), place).prop_map(|(value, (place, byte, exchange))| {
        let (start, end) = value.as_bytes().split_at(place.index(value.len() + 1));
        let end = end.get(usize::from(exchange)..).unwrap_or_default();
        [start, &[byte], end].concat()
    });
    let text = any::<String>().prop_map(|text| text.replace(['\r', '\n'], ""));
    let value = prop_oneof![
        6 => value.prop_map(Vec::from),
        2 => changed,
        1 => text.prop_map(Vec::from),
        1 => vec(odd, 0..40),
    ];
    (any::<bool>(), value).prop_map(move |(lower, value)| {
        let name = if lower {
            name.to_lowercase()
        } else {
            name.to_owned()
        };
        Line::new([name.as_bytes(), b": ", &value].concat()).unwrap()
    })
}

/// A response header that the application sets, possibly a CORS header.
fn reply_line() -> impl Strategy<Value = Line> {
    let replies = [
        "Status: 404",
        "Vary: Accept",
        "Vary: accept, origin",
        "Vary: *",
        "Access-Control-Allow-Origin: https://handler.example",
        "Access-Control-Max-Age: 5",
        "Timing-Allow-Origin: *",
    ];
    select(replies.to_vec()).prop_map(|reply| Line::new(format!("X-Reply: {reply}")).unwrap())
}
