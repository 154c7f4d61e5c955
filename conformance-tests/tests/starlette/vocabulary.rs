//! Random policies and requests near them, limited to the features that Starlette's
//! `CORSMiddleware` and this library have in common.

use conformance_tests::vector::{Line, Request};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Serialize;

use self::Seconds::{Fraction, Whole};

/// The keyword arguments of `CORSMiddleware`, and the keys of a policy file.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Policy {
    pub(crate) allow_origins: Origins,
    pub(crate) allow_origin_regex: Option<&'static str>,
    pub(crate) allow_methods: Vec<&'static str>,
    pub(crate) allow_headers: Vec<&'static str>,
    pub(crate) allow_credentials: bool,
    pub(crate) expose_headers: Vec<&'static str>,
    pub(crate) max_age: Seconds,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Origins {
    List(Vec<&'static str>),
    /// A text in place of a list.
    Text(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Seconds {
    Whole(i64),
    Fraction(f64),
}

impl Policy {
    pub(crate) fn allows_any_origin(&self) -> bool {
        self.allow_origins.items().contains(&"*")
    }
}

impl Origins {
    /// The intended list.
    pub(crate) fn items(&self) -> Vec<&'static str> {
        match self {
            Self::List(list) => list.clone(),
            Self::Text(text) => text.split(',').collect(),
        }
    }
}

/// A regex that matches every origin.
pub(crate) const ANYTHING: &str = ".*";

/// A policy and requests near it.
pub(crate) fn case(requests: usize) -> impl Strategy<Value = (Policy, Vec<Request>)> {
    policy(0.0).prop_flat_map(move |policy| {
        let requests = vec(request(&policy), requests);
        (Just(policy), requests)
    })
}

/// A policy in which this share of entries is invalid.
pub(crate) fn policy(wrong: f64) -> impl Strategy<Value = Policy> {
    let origins = prop_oneof![
        12 => vec(either(wrong, &ORIGINS, &WRONG_ORIGINS), 1..5).prop_map(Origins::List),
        1 => Just(Origins::List(vec![])),
        2 => Just(Origins::List(vec!["*"])),
        1 => select(ORIGINS.to_vec()).prop_map(|origin| Origins::List(vec!["*", origin])),
        2 => Just(Origins::Text("https://app.example.com,https://b.example")),
    ];
    let parts = (
        origins,
        weighted(0.5, either(wrong, &REGEXES, &[WRONG_REGEX])),
        vec(either(wrong, &METHODS, &WRONG_METHODS), 0..5),
        vec(either(wrong, &HEADERS, &WRONG_HEADERS), 0..4),
        proptest::bool::weighted(0.4),
        vec(either(wrong, &EXPOSED, &WRONG_HEADERS), 0..3),
        either(wrong, &MAX_AGES, &WRONG_MAX_AGES),
    );
    parts.prop_map(
        |(origins, regex, methods, headers, credentials, exposed, max_age)| Policy {
            // With both a text and a regex, Starlette's responses would not show which one matched.
            allow_origin_regex: regex.filter(|_| matches!(origins, Origins::List(_))),
            allow_origins: origins,
            allow_methods: methods,
            allow_headers: headers,
            allow_credentials: credentials,
            expose_headers: exposed,
            max_age,
        },
    )
}

// ---- policies

const ORIGINS: [&str; 10] = [
    "https://app.example.com",
    "https://www.example.com",
    "https://b.example",
    "https://xn--bcher-kva.example",
    "http://localhost",
    "http://localhost:3000",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "tauri://localhost",
    "null",
];
const METHODS: [&str; 11] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "QUERY", "PURGE", "post", "patch", "*",
];
const HEADERS: [&str; 9] = [
    "X-A",
    "x-a",
    "x-b",
    "X-Long-Name",
    "Authorization",
    "content-type",
    "Range",
    "accept",
    "*",
];
const MAX_AGES: [Seconds; 4] = [Whole(0), Whole(600), Whole(86_400), Whole(1 << 40)];
const EXPOSED: [&str; 6] = [
    "X-Total",
    "x-total",
    "X-Page",
    "ETag",
    "Content-Length",
    "*",
];

/// Regexes with the same meaning in Python and in Rust.
const REGEXES: [&str; 8] = [
    r"https://[a-z]+\.example\.com",
    r"https://.*\.example\.com",
    r"https://(app|www)\.example\.com|http://127\.0\.0\.1:8080",
    r"http://localhost(:\d+)?",
    r"(?i)https://APP\.example\.com(:443)?",
    r"https://a",
    r"null|https://b\.example",
    ANYTHING,
];

/// Origins that Starlette accepts and this library rejects, with the rule.
pub(crate) const WRONG_ORIGINS: [(&str, &str); 11] = [
    ("", "empty-item"),
    ("https://app.example.com/", "origin-trailing-slash"),
    ("https://app.example.com/login", "origin-path"),
    ("https://App.example.com", "origin-upper-case"),
    ("https://app.example.com:443", "origin-default-port"),
    ("http://localhost:6000", "origin-blocked-port"),
    ("app.example.com", "origin-no-scheme"),
    ("*.example.com", "origin-wildcard"),
    ("https://b\u{fc}cher.example", "origin-non-ascii"),
    ("https://a.example https://b.example", "origin-list"),
    ("file:///", "origin-file"),
];
pub(crate) const WRONG_REGEX: (&str, &str) =
    (r"https://(?!evil)[a-z]+\.example\.com", "regex-invalid");
pub(crate) const WRONG_METHODS: [(&str, &str); 3] = [
    ("", "empty-item"),
    ("GET, PUT", "method-token"),
    ("TRACE", "method-forbidden"),
];
pub(crate) const WRONG_HEADERS: [(&str, &str); 3] = [
    ("", "empty-item"),
    ("X-A, X-B", "header-token"),
    ("X-A:", "header-token"),
];

pub(crate) const WRONG_MAX_AGES: [(Seconds, &str); 2] = [
    (Whole(-1), "max-age-negative"),
    (Fraction(0.5), "max-age-fraction"),
];

/// A valid value, or an invalid one in a share of the cases.
fn either<T: Copy + std::fmt::Debug + 'static>(
    share: f64,
    right: &[T],
    wrong: &[(T, &str)],
) -> impl Strategy<Value = T> + use<T> {
    let wrong: Vec<_> = wrong.iter().map(|(text, _)| *text).collect();
    (
        proptest::bool::weighted(share),
        select(right.to_vec()),
        select(wrong),
    )
        .prop_map(|(is_wrong, right, wrong)| if is_wrong { wrong } else { right })
}

// ---- requests

fn request(policy: &Policy) -> impl Strategy<Value = Request> + use<> {
    let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"];
    let method = prop_oneof![
        12 => Just("OPTIONS"),
        7 => select(methods.to_vec()),
        1 => select(vec!["get", "options"]),
    ];
    let targets = ["/", "/vary", "/error", "/panic", "/nowhere"];
    let target = prop_oneof![Just("/reply"), select(targets.to_vec())];
    let origin = origin(policy);
    let requested_method = requested_method(policy);
    let requested_headers = requested_headers(policy);
    let lines = (
        weighted(0.85, line("Origin", origin.clone())),
        weighted(0.03, line("Origin", origin)),
        weighted(
            0.8,
            line("Access-Control-Request-Method", requested_method.clone()),
        ),
        weighted(
            0.03,
            line("Access-Control-Request-Method", requested_method),
        ),
        weighted(
            0.6,
            line("Access-Control-Request-Headers", requested_headers.clone()),
        ),
        weighted(
            0.05,
            line("Access-Control-Request-Headers", requested_headers),
        ),
        weighted(
            0.03,
            line(
                "Access-Control-Request-Private-Network",
                Just(b"true".to_vec()),
            ),
        ),
        vec(reply(), 0..3),
    );
    (method, target, lines).prop_map(|(method, target, lines)| {
        let (origin, origin2, method1, method2, headers1, headers2, network, replies) = lines;
        let host = Line::new("Host: api.example.com").unwrap();
        let lines = [
            origin, origin2, method1, method2, headers1, headers2, network,
        ];
        Request {
            method: method.to_owned(),
            target: target.to_owned(),
            lines: [host]
                .into_iter()
                .chain(lines.into_iter().flatten())
                .chain(replies)
                .collect(),
            body: String::new(),
        }
    })
}

/// An origin from the policy, another origin, or a look-alike.
fn origin(policy: &Policy) -> impl Strategy<Value = Vec<u8>> + Clone + use<> {
    const TWISTS: [fn(&str) -> String; 15] = [
        |origin| format!("{origin}/"),
        |origin| format!("{origin}:443"),
        |origin| format!("{origin}:8443"),
        |origin| format!("{origin}.evil.example"),
        |origin| format!("{origin},https://b.example"),
        |origin| format!("{origin} {origin}"),
        |origin| origin.to_uppercase(),
        |origin| origin.replacen("https", "http", 1),
        |origin| origin.replacen("://", "://evil", 1),
        |origin| origin.replacen("://", "://evil.", 1),
        |origin| origin.replacen("://", "://evil@", 1),
        |origin| origin.replacen("://", "://evil.example/.", 1),
        |origin| origin.replacen('.', "x", 1),
        |origin| origin.get(1..).unwrap_or_default().to_owned(),
        |origin| {
            origin
                .get(..origin.len() - 1)
                .unwrap_or_default()
                .to_owned()
        },
    ];
    let mut own = policy.allow_origins.items();
    own.push("https://app.example.com");
    // The second is a substring of the text that takes the place of a list.
    let any = prop_oneof![
        8 => select(own),
        2 => select(ORIGINS.to_vec()),
        1 => select(vec!["null", "https://app.example.co"]),
    ];
    prop_oneof![
        14 => any.clone().prop_map(Vec::from),
        4 => (any, select(TWISTS.to_vec())).prop_map(|(origin, twist)| twist(origin).into_bytes()),
        1 => select(vec![&b""[..], b"https://\xfc.example.com"]).prop_map(Vec::from),
    ]
}

fn requested_method(policy: &Policy) -> impl Strategy<Value = Vec<u8>> + Clone + use<> {
    let own = policy.allow_methods.iter().map(|entry| match *entry {
        "*" => "PUT",
        method => method,
    });
    let own: Vec<_> = own.chain(["GET"]).collect();
    let others = METHODS.into_iter().chain(["", "G ET", "TRACE"]);
    let any = prop_oneof![4 => select(own), 1 => select(others.collect::<Vec<_>>())];
    prop_oneof![
        8 => any.clone().prop_map(str::to_owned),
        1 => any.clone().prop_map(str::to_ascii_lowercase),
        1 => any.prop_map(str::to_ascii_uppercase),
    ]
    .prop_map(String::into_bytes)
}

fn requested_headers(policy: &Policy) -> impl Strategy<Value = Vec<u8>> + Clone + use<> {
    let mut own = policy.allow_headers.clone();
    own.push("content-type");
    let others = select(vec!["X-A", "x-b", "authorization", "range", "x-other"]);
    let name = prop_oneof![16 => select(own), 1 => others];
    let name = (name, any::<bool>()).prop_map(|(name, lower)| match lower {
        true => name.to_ascii_lowercase().into_bytes(),
        false => name.into(),
    });
    // Includes characters that are white space only in Python.
    let odd = [
        &b""[..],
        b" ",
        b"\t",
        b"x a",
        b"\"x-a\"",
        b"content-type\xa0",
        b"\x85content-type",
        b"*",
    ];
    let element = prop_oneof![20 => name.clone(), 1 => select(odd.to_vec()).prop_map(Vec::from)];
    let separator = select(vec![&b","[..], b",", b", ", b" , ", b"\t,", b"  ,"]);
    let list = (vec(element, 0..4), separator).prop_map(|(list, separator)| list.join(separator));
    let long = (name, 20..600_usize).prop_map(|(name, times)| vec![name; times].join(&b","[..]));
    prop_oneof![20 => list, 1 => long]
}

/// Headers that the application sets. The middleware never sends these values, so the tests can
/// distinguish them.
fn reply() -> impl Strategy<Value = Line> {
    let lines = [
        "Status: 404",
        "Status: 304",
        "Status: 302",
        "Vary: Accept",
        "Vary: accept, origin",
        "Vary: *",
        "Access-Control-Allow-Origin: https://handler.example",
        "Access-Control-Allow-Credentials: false",
        "Access-Control-Allow-Methods: HANDLER",
        "Access-Control-Allow-Headers: X-Handler",
        "Access-Control-Expose-Headers: X-Handler",
        "Access-Control-Max-Age: 5",
    ];
    select(lines.to_vec()).prop_map(|line| Line::new(format!("X-Reply: {line}")).unwrap())
}

fn line(name: &'static str, value: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Line> {
    (any::<bool>(), value).prop_map(|(lower, value)| {
        let name = if lower {
            name.to_ascii_lowercase()
        } else {
            name.to_owned()
        };
        Line::new([name.as_bytes(), b": ", &value].concat()).unwrap()
    })
}
