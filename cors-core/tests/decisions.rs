//! The decision on a request, its reasons, and the headers sent. Each row is one request.
//!
//! The vectors of `conformance-tests` cover far more cases, and the adapters as well. These rows
//! cover every branch of this crate.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod support;

use cors_core::{
    Config, Decision, HeadersRefusal, LivePolicies, MethodRefusal, OriginRefusal, Policies, Policy,
    PolicyTable, RenderedPolicy, RequestHead, RequestHeader, ResponseHeader, ResponseHeaders,
};
use support::{Headers, Request, apply, rendered};

/// A method and `header=value` parts.
fn request(text: &str) -> Request {
    let (method, parts) = text.split_once(' ').unwrap_or((text, ""));
    let line = |part: &str| {
        let (name, value) = part.split_once('=').unwrap();
        let header = match name {
            "origin" => RequestHeader::Origin,
            "method" => RequestHeader::AccessControlRequestMethod,
            "headers" => RequestHeader::AccessControlRequestHeaders,
            "host" => RequestHeader::Host,
            "site" => RequestHeader::SecFetchSite,
            _ => panic!("{name} is not a header that decisions depend on"),
        };
        (header, value.as_bytes().to_vec())
    };
    Request {
        method: method.as_bytes().to_vec(),
        lines: parts.split_whitespace().map(line).collect(),
    }
}

/// The decision with its reasons, the early response if there is one, and the headers of the
/// response. The response of the application already has some headers.
fn outcome(policy: &Policy, request: &Request) -> Vec<String> {
    let decision = policy.decide(request);
    let mut lines = vec![decision.to_string()];
    if let Decision::Preflight(Err(refusal)) = decision {
        assert_eq!(lines[0], format!("{}: {refusal}", decision.id()));
    }
    let rendered = rendered(policy.clone());
    let mut headers = Headers::default();
    match rendered.early_response(rendered.verdict(request)) {
        Some(early) => lines.push(format!("{} {}", early.status, early.body)),
        None => headers.0.extend(OWN.map(|name| (name, b"own".to_vec()))),
    }
    apply(&rendered, request, &mut headers);
    lines.extend(headers.0.iter().map(|(name, value)| {
        let name = name.strip_prefix("access-control-").unwrap_or(name);
        format!("{name}: {}", value.escape_ascii())
    }));
    lines
}

/// The headers that the application sets.
const OWN: [&str; 7] = [
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "vary",
];

fn check(config: Config, rows: &[(&str, &[&str])]) {
    let policy = config.build().unwrap();
    for (text, expected) in rows {
        assert_eq!(outcome(&policy, &request(text)), *expected, "{text}");
    }
}

fn listed() -> Config {
    Config::new()
        .allow_origins(["https://a.com"])
        .allow_methods(["PUT", "PATCH"])
        .allow_headers(["X-A"])
        .expose_headers(["X-E", "X-F"])
        .max_age(5)
}

const VARY: &str = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

#[test]
#[rustfmt::skip]
fn listed_origins() {
    let allowed: &[&str] = &["actual-allowed", "allow-origin: https://a.com", "expose-headers: X-E, X-F", "vary: own, Origin"];
    check(listed(), &[
        ("GET", &["not-cors", "vary: own, Origin"]),
        ("OPTIONS method=PUT", &["not-cors", "vary: own, Origin"]),
        ("GET origin=https://a.com", allowed),
        ("OPTIONS origin=https://a.com", allowed),
        ("PUT origin=https://a.com method=PUT", allowed),
        ("GET origin=https://b.com", &["actual-refused: origin-not-allowed", "vary: own, Origin"]),
        ("GET origin=null", &["actual-refused: origin-not-allowed", "vary: own, Origin"]),
        ("GET origin=https://a.com/", &["actual-refused: origin-malformed", "vary: own, Origin"]),
        ("GET origin=https://a.com origin=https://a.com", &["actual-refused: origin-several-lines", "vary: own, Origin"]),
    ]);
    let lists = ["allow-headers: Accept, Accept-Language, Content-Language, Content-Type, X-A", "allow-methods: PUT, PATCH", "allow-origin: https://a.com", "max-age: 5", VARY];
    check(listed(), &[
        ("OPTIONS origin=https://a.com method=PUT headers=x-a,accept", &[&["preflight-allowed", "200 OK"], &lists[..]].concat()),
    ]);
    check(listed().allow_methods(["*"]), &[
        ("OPTIONS origin=https://a.com method=PATCH", &["preflight-allowed", "200 OK", lists[0], "allow-methods: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY", lists[2], lists[3], lists[4]]),
    ]);
    check(listed().preflight_status(204), &[
        ("OPTIONS origin=https://a.com method=PUT", &[&["preflight-allowed", "204 "], &lists[..]].concat()),
        ("OPTIONS origin=https://b.com method=PUT", &["preflight-refused: origin-not-allowed", "400 Disallowed CORS origin", VARY]),
    ]);
}

/// A listed origin of the maximum length, and one that is longer.
#[test]
fn the_longest_origin() {
    let label = "a".repeat(63);
    let host = format!("{label}.{label}.{label}.{}", "b".repeat(61));
    let longest = format!("{}://{host}:65535", "s".repeat(64));
    let policy = Config::new().allow_origins([&longest]).build().unwrap();
    for (origin, outcome) in [
        (longest.clone(), "actual-allowed"),
        (format!("{longest}0"), "actual-refused"),
    ] {
        let decision = policy.decide(&request(&format!("GET origin={origin}")));
        assert_eq!(decision.id(), outcome, "{origin}");
    }
}

#[test]
#[rustfmt::skip]
fn any_origin() {
    let config = listed().allow_origins(["*"]).allow_headers(["*"]).expose_headers(["*", "X-E"]);
    check(config, &[
        ("GET", &["not-cors", "allow-origin: *", "expose-headers: *", "vary: own"]),
        ("GET origin=https://b.com", &["actual-allowed", "allow-origin: *", "expose-headers: *", "vary: own"]),
        ("GET origin=null", &["actual-allowed", "allow-origin: *", "expose-headers: *", "vary: own"]),
        ("GET origin=b.com", &["actual-allowed", "allow-origin: *", "expose-headers: *", "vary: own"]),
        ("GET origin=https://b.com origin=https://b.com", &["actual-allowed", "allow-origin: *", "expose-headers: *", "vary: own"]),
        ("OPTIONS origin=null method=PUT headers=x-b", &["preflight-allowed", "200 OK", "allow-headers: *, Authorization", "allow-methods: PUT, PATCH", "allow-origin: *", "max-age: 5", VARY]),
        ("OPTIONS origin=b.com method=PUT", &["preflight-allowed", "200 OK", "allow-headers: *, Authorization", "allow-methods: PUT, PATCH", "allow-origin: *", "max-age: 5", VARY]),
        ("OPTIONS origin= origin=b.com method=PUT", &["preflight-allowed", "200 OK", "allow-headers: *, Authorization", "allow-methods: PUT, PATCH", "allow-origin: *", "max-age: 5", VARY]),
        ("OPTIONS origin=b.com method=GET", &["preflight-refused: method-not-allowed", "400 Disallowed CORS method", "allow-origin: *", VARY]),
    ]);
}

/// `*` does not judge the value of `Origin`, and the explanation does not claim that it does.
#[test]
fn any_origin_is_explained() {
    let policy = Config::new().allow_origins(["*"]).build().unwrap();
    for (text, explained) in [
        ("GET origin=b.com", "any origin is allowed"),
        ("GET origin=null origin=b.com", "any origin is allowed"),
        (
            "OPTIONS origin= method=GET",
            "preflight allowed: any origin is allowed",
        ),
        (
            "OPTIONS origin=b.com method=PUT",
            "preflight refused: method `PUT` is not in allow_methods",
        ),
    ] {
        let request = request(text);
        assert_eq!(policy.explain(policy.decide(&request), &request), explained);
    }
    assert!(policy.is_origin_allowed(b"b.com"));
}

#[test]
#[rustfmt::skip]
fn credentials_and_any_header() {
    let config = listed().allow_headers(["*"]).allow_credentials(true);
    check(config.clone(), &[
        ("GET origin=https://a.com", &["actual-allowed", "allow-credentials: true", "allow-origin: https://a.com", "expose-headers: X-E, X-F", "vary: own, Origin"]),
        ("GET origin=https://b.com", &["actual-refused: origin-not-allowed", "vary: own, Origin"]),
        ("OPTIONS origin=https://a.com method=PUT headers=x-b,,authorization", &["preflight-allowed", "200 OK", "allow-credentials: true", "allow-headers: x-b, authorization", "allow-methods: PUT, PATCH", "allow-origin: https://a.com", "max-age: 5", VARY]),
        ("OPTIONS origin=https://a.com method=PUT", &["preflight-allowed", "200 OK", "allow-credentials: true", "allow-methods: PUT, PATCH", "allow-origin: https://a.com", "max-age: 5", VARY]),
    ]);
    // Refused names are not echoed.
    let long = format!("OPTIONS origin=https://a.com method=PUT headers={}", "x-b,".repeat(2_000));
    check(config.allow_methods(["DELETE"]).diagnostics(true), &[
        ("OPTIONS origin=https://a.com method=PUT headers=x-b", &["preflight-refused: method-not-allowed", "200 Disallowed CORS method", "allow-credentials: true", "allow-headers: x-b", "allow-methods: DELETE", "allow-origin: https://a.com", VARY]),
        (&long, &["preflight-refused: method-not-allowed, headers-too-long", "200 Disallowed CORS method, headers", "allow-credentials: true", "allow-methods: DELETE", "allow-origin: https://a.com", VARY]),
    ]);
}

#[test]
#[rustfmt::skip]
fn refused_preflights_name_everything_that_is_refused() {
    let long = format!("OPTIONS origin=https://a.com method=PUT headers={}", ",".repeat(500));
    check(listed(), &[
        ("OPTIONS origin=https://b.com method=GET headers=x-b", &["preflight-refused: origin-not-allowed, method-not-allowed, headers-not-allowed", "400 Disallowed CORS origin, method, headers", VARY]),
        ("OPTIONS origin=https://b.com method=P:T headers=x-a", &["preflight-refused: origin-not-allowed, method-malformed", "400 Disallowed CORS origin, method", VARY]),
        ("OPTIONS origin=https://b.com method=PUT headers=x:a", &["preflight-refused: origin-not-allowed, headers-malformed", "400 Disallowed CORS origin, headers", VARY]),
        ("OPTIONS origin=https://a.com method=put headers=x-b", &["preflight-refused: method-not-allowed, headers-not-allowed", "400 Disallowed CORS method, headers", "allow-origin: https://a.com", VARY]),
        ("OPTIONS origin=https://a.com method=PUT method=PUT", &["preflight-refused: method-several-lines", "400 Disallowed CORS method", "allow-origin: https://a.com", VARY]),
        ("OPTIONS origin=https://a.com method=", &["preflight-refused: method-malformed", "400 Disallowed CORS method", "allow-origin: https://a.com", VARY]),
        (&long, &["preflight-refused: headers-too-long", "400 Disallowed CORS headers", "allow-origin: https://a.com", VARY]),
    ]);
    let policy = listed().build().unwrap();
    let decision = policy.decide(&request("OPTIONS origin=https://b.com method=GET headers=x-b"));
    let Decision::Preflight(Err(refusal)) = decision else { panic!("{decision:?}") };
    assert_eq!(refusal.origin(), Some(OriginRefusal::NotAllowed));
    assert_eq!(refusal.method(), Some(MethodRefusal::NotAllowed));
    assert_eq!(refusal.headers(), Some(HeadersRefusal::NotAllowed));
}

/// A path that may have one of several policies. BEHAVIOUR 7, "Ambiguous paths".
#[test]
#[rustfmt::skip]
fn ambiguous_paths() {
    let of = |blocks| {
        let any = Config::new().allow_origins(["*"]).build().unwrap();
        let admin = listed().block_refused_origins(blocks).build().unwrap();
        let policies = Policies::new(any).at("/admin", admin).unwrap();
        let table = PolicyTable::new(policies, Ok::<_, ()>).unwrap();
        let policy = table.find("/admin%2Fsecret", &request("GET")).unwrap();
        Policy::clone(policy)
    };
    let check = |blocks, rows: &[(&str, &[&str])]| {
        for (text, expected) in rows {
            assert_eq!(outcome(&of(blocks), &request(text)), *expected, "{text}");
        }
    };
    let preflight: &[&str] = &["preflight-refused: path-ambiguous", "400 Disallowed CORS path", VARY];
    let refused: &[&str] = &["actual-refused: path-ambiguous", "vary: own, Origin"];
    check(false, &[
        ("OPTIONS origin=https://a.com method=PUT headers=x-a", preflight),
        ("OPTIONS origin=https://b.com method=P:T headers=x:b", preflight),
        ("OPTIONS origin=x origin=x method=GET", preflight),
        ("GET origin=https://a.com", refused),
        ("POST origin=https://b.com", refused),
        ("POST origin=x", refused),
        ("GET", &["not-cors", "vary: own, Origin"]),
    ]);
    check(true, &[
        ("OPTIONS origin=https://a.com method=PUT headers=x-a", preflight),
        ("POST origin=https://a.com", &["blocked: path-ambiguous", "403 Disallowed CORS origin", "vary: Origin"]),
        ("POST origin=https://a.com site=same-origin", refused),
        ("GET", &["not-cors", "vary: own, Origin"]),
    ]);
    let preflight = request("OPTIONS origin=https://a.com method=PUT");
    let policy = of(false);
    assert_eq!(
        policy.explain(policy.decide(&preflight), &preflight),
        "preflight refused: the path has several readings with different policies, because of an empty \
         segment, an encoded slash, `\\`, `;`, `.`, `..`, an escape that browsers do not write, double encoding or its \
         length; request the path as browsers write it"
    );
    assert_ne!(of(false), Config::new().max_age(0).allow_methods([""; 0]).build().unwrap());
}

/// A host whose policies are not known. BEHAVIOUR 7, "Ambiguous hosts".
#[test]
#[rustfmt::skip]
fn ambiguous_hosts() {
    let of = |blocks| {
        let any = Config::new().allow_origins(["*"]).build().unwrap();
        let tenant = listed().block_refused_origins(blocks).build().unwrap();
        let policies = Policies::new(any).for_host("a.example", tenant).unwrap();
        let table = PolicyTable::new(policies, Ok::<_, ()>).unwrap();
        let policy = table.find("/", &request("GET")).unwrap();
        Policy::clone(policy)
    };
    let check = |blocks, rows: &[(&str, &[&str])]| {
        for (text, expected) in rows {
            assert_eq!(outcome(&of(blocks), &request(text)), *expected, "{text}");
        }
    };
    let preflight: &[&str] = &["preflight-refused: host-ambiguous", "400 Disallowed CORS host", VARY];
    let refused: &[&str] = &["actual-refused: host-ambiguous", "vary: own, Origin"];
    check(false, &[
        ("OPTIONS origin=https://a.com method=PUT headers=x-a", preflight),
        ("OPTIONS origin=x origin=x method=GET", preflight),
        ("GET origin=https://a.com", refused),
        ("POST origin=x", refused),
        ("GET", &["not-cors", "vary: own, Origin"]),
    ]);
    check(true, &[
        ("OPTIONS origin=https://a.com method=PUT", preflight),
        ("POST origin=https://a.com", &["blocked: host-ambiguous", "403 Disallowed CORS origin", "vary: Origin"]),
        ("POST origin=https://a.com site=same-origin", refused),
    ]);
    let policy = of(false);
    for (lines, why) in [
        ("", "the request has no Host"),
        (" host=a.example host=a.example", "the request has several `Host` lines, or a `Host` that differs from the host in its target"),
        (" host=127.1", "host `127.1` is not a host that a browser sends"),
        (" host=a.example:x", "host `a.example:x` is not a host that a browser sends"),
        (" host=a.example.", "host `a.example.` ends with a dot, which servers read in different ways"),
    ] {
        let request = request(&format!("OPTIONS origin=https://a.com method=PUT{lines}"));
        let explained = policy.explain(policy.decide(&request), &request);
        assert_eq!(explained, format!("preflight refused: {why}, so it is unclear which policy applies"));
    }
    let path = Policies::new(Config::new().build().unwrap()).at("/a", listed().build().unwrap()).unwrap();
    let path = PolicyTable::new(path, Ok::<_, ()>).unwrap();
    assert_ne!(of(false), **path.find("/a%2Fb", &request("GET")).unwrap().as_ref());
}

/// Hosts that have own origins are checked against those that all of them have.
#[test]
fn own_origins_and_ambiguous_hosts() {
    let own = |origin: &str| listed().own_origins([origin]).build().unwrap();
    let decide = |policies: Policies, text: &str| {
        let table = PolicyTable::new(policies, Ok::<_, ()>).unwrap();
        let request = request(text);
        let policy = table.find("/", &request).unwrap();
        let decision = policy.decide(&request);
        (decision.id(), policy.explain(decision, &request))
    };
    let two = || {
        Policies::new(own("https://b.example"))
            .for_host("a.example", own("https://a.example"))
            .unwrap()
    };
    assert_eq!(decide(two(), "GET host=a.example").0, "not-cors");
    assert_eq!(decide(two(), "GET host=b.example").0, "not-cors");
    assert_eq!(decide(two(), "GET host=c.example").0, "misdirected");
    assert_eq!(decide(two(), "GET").0, "misdirected");
    assert_eq!(
        decide(two(), "GET host=a.example."),
        (
            "misdirected",
            "misdirected: host `a.example.` is not in the own_origins of every policy that the request \
             may have"
                .to_owned()
        )
    );
}

/// The status is successful only if the lists alone make the browser refuse.
#[test]
#[rustfmt::skip]
fn diagnostics() {
    let none = listed().allow_methods([""; 0]);
    for (config, text, response) in [
        (listed(), "origin=https://a.com method=DELETE", "200 Disallowed CORS method"),
        (listed(), "origin=https://a.com method=PUT headers=x-b", "200 Disallowed CORS headers"),
        (listed(), "origin=https://a.com method=P:T headers=x-b", "200 Disallowed CORS method, headers"),
        (listed(), "origin=https://a.com method=DELETE headers=x:b", "200 Disallowed CORS method, headers"),
        (listed(), "origin=https://a.com method=GET", "400 Disallowed CORS method"),
        (listed(), "origin=https://a.com method=POST headers=x:b", "400 Disallowed CORS method, headers"),
        (listed(), "origin=https://a.com method=P:T", "400 Disallowed CORS method"),
        (listed(), "origin=https://a.com method=DELETE method=DELETE", "400 Disallowed CORS method"),
        (listed(), "origin=https://a.com method=PUT headers=x:b", "400 Disallowed CORS headers"),
        (listed(), "origin=https://b.com method=DELETE", "400 Disallowed CORS origin, method"),
        (none, "origin=https://a.com method=DELETE", "400 Disallowed CORS method"),
    ] {
        let policy = config.diagnostics(true).build().unwrap();
        assert_eq!(outcome(&policy, &request(&format!("OPTIONS {text}")))[1], response, "{text}");
    }
}

#[test]
#[rustfmt::skip]
fn blocking() {
    let config = listed().block_refused_origins(true);
    check(config.clone(), &[
        ("POST", &["not-cors", "vary: own, Origin"]),
        ("POST origin=https://b.com", &["blocked: origin-not-allowed", "403 Disallowed CORS origin", "vary: Origin"]),
        ("OPTIONS origin=https://b.com", &["blocked: origin-not-allowed", "403 Disallowed CORS origin", "vary: Origin"]),
        ("POST origin=https://b.com site=same-origin", &["actual-refused: origin-not-allowed", "vary: own, Origin"]),
        ("OPTIONS origin=https://b.com method=PUT site=same-origin", &["preflight-refused: origin-not-allowed", "400 Disallowed CORS origin", VARY]),
    ]);
    check(config.clone().allow_origins(["*"]), &[
        ("POST origin=b.com site=cross-site", &["actual-allowed", "allow-origin: *", "expose-headers: X-E, X-F", "vary: own"]),
        ("POST origin=https://b.com origin=null site=cross-site", &["actual-allowed", "allow-origin: *", "expose-headers: X-E, X-F", "vary: own"]),
    ]);
    assert!(config.build().unwrap().blocks_refused_origins());
    assert!(!listed().build().unwrap().blocks_refused_origins());
}

#[test]
fn same_origin_requests_are_not_blocked() {
    let policy = listed().block_refused_origins(true).build().unwrap();
    for (text, same) in [
        ("origin=https://b.com site=same-origin", true),
        ("origin=https://b.com site=none", true),
        ("origin=https://b.com site=same-site", false),
        ("origin=https://b.com site=cross-site", false),
        ("origin=https://b.com site=cross-site host=b.com", false),
        ("origin=https://b.com site=none site=none host=b.com", false),
        ("origin=https://b.com origin=https://b.com site=none", false),
        ("origin=https://b.com", false),
        ("origin=https://b.com host=b.com", true),
        ("origin=https://b.com host=B.com", true),
        ("origin=https://b.com host=b.com:443", true),
        ("origin=https://b.com host=b.com:80", false),
        ("origin=https://b.com host=b.com:8443", false),
        ("origin=https://b.com host=bb.com", false),
        ("origin=https://b.com host=b.com host=b.com", false),
        ("origin=https://b.com:8443 host=b.com:8443", true),
        ("origin=https://b.com:8443 host=b.com", false),
        ("origin=http://b.com host=b.com", true),
        ("origin=http://b.com host=b.com:80", true),
        ("origin=http://b.com host=b.com:443", false),
        ("origin=app://b.com host=b.com", true),
        ("origin=null host=null", false),
        ("origin=b.com host=b.com", false),
    ] {
        let decision = policy.decide(&request(&format!("POST {text}")));
        assert_eq!(!matches!(decision, Decision::Blocked(_)), same, "{text}");
    }
}

#[test]
#[rustfmt::skip]
fn own_origins() {
    let config = listed().own_origins(["http://localhost:3000", "https://b.com"]);
    let own = &["not-cors", "vary: own, Origin"];
    let other = |reason: &'static str| [reason, "421 Disallowed host", "vary: Origin"];
    check(config.clone(), &[
        ("GET host=localhost:3000", own),
        ("GET host=LocalHost:3000", own),
        ("GET host=b.com", own),
        ("GET host=b.com:443", own),
        ("GET host=B.COM:443", own),
        ("GET", &other("misdirected: host-missing")),
        ("GET host=b.com host=b.com", &other("misdirected: host-several-lines")),
        ("GET host=", &other("misdirected: host-malformed")),
        ("GET host=user@b.com", &other("misdirected: host-malformed")),
        ("GET host=b.com:", &other("misdirected: host-malformed")),
        ("GET host=b.com:0443", &other("misdirected: host-malformed")),
        ("GET host=b.com:443:443", &other("misdirected: host-malformed")),
        ("GET host=b.com/", &other("misdirected: host-malformed")),
        ("GET host=[b.com", &other("misdirected: host-malformed")),
        ("GET host=http://b.com", &other("misdirected: host-malformed")),
        ("GET host=b.com,b.com", &other("misdirected: host-malformed")),
        ("GET host=b.com:80", &other("misdirected: host-not-own")),
        ("GET host=b.com.", &other("misdirected: host-not-own")),
        ("GET host=a.b.com", &other("misdirected: host-not-own")),
        ("GET host=a.com", &other("misdirected: host-not-own")),
        ("GET host=localhost", &other("misdirected: host-not-own")),
        ("GET host=localhost:3001", &other("misdirected: host-not-own")),
        ("GET host=127.0.0.1:3000", &other("misdirected: host-not-own")),
        ("POST host=evil.com:3000 origin=http://evil.com:3000 site=same-origin", &other("misdirected: host-not-own")),
        ("GET host=evil.com:3000 origin=https://a.com", &other("misdirected: host-not-own")),
        ("OPTIONS host=evil.com:3000 origin=https://a.com method=PUT", &other("misdirected: host-not-own")),
        // The key allows no origin.
        ("GET host=b.com origin=https://b.com", &["actual-refused: origin-not-allowed", "vary: own, Origin"]),
        ("OPTIONS host=b.com origin=https://b.com method=PUT", &["preflight-refused: origin-not-allowed", "400 Disallowed CORS origin", VARY]),
        ("GET host=b.com origin=https://a.com", &["actual-allowed", "allow-origin: https://a.com", "expose-headers: X-E, X-F", "vary: own, Origin"]),
    ]);
    check(config.clone().allow_origins(["*"]), &[
        ("GET host=evil.com origin=http://evil.com", &["misdirected: host-not-own", "421 Disallowed host"]),
        ("GET host=b.com origin=http://evil.com", &["actual-allowed", "allow-origin: *", "expose-headers: X-E, X-F", "vary: own"]),
    ]);
    assert!(config.clone().build().unwrap().refuses_requests());
    assert!(listed().block_refused_origins(true).build().unwrap().refuses_requests());
    assert!(!listed().build().unwrap().refuses_requests());
    let policy = config.build().unwrap();
    assert!(policy.is_own_origin(b"https://b.com"));
    assert!(!policy.is_own_origin(b"http://b.com"));
    assert!(!listed().build().unwrap().is_own_origin(b"https://b.com"));
}

/// Every form of an entry.
#[test]
fn patterns_of_own_origins() {
    let config = Config::new().own_origins([
        "http://*.localhost:*",
        "http://localhost:*",
        "https://app-*.example.com",
        "http://127.0.0.1",
        "http://[::1]:8080",
    ]);
    let policy = config.build().unwrap();
    for (host, is_own) in [
        ("localhost", true),
        ("localhost:80", true),
        ("localhost:443", true),
        ("localhost:1", true),
        ("localhost:65535", true),
        ("localhost:65536", false),
        ("localhost:443:80", false),
        ("a.localhost:3000", true),
        ("a.b.localhost", true),
        (".localhost", false),
        ("a..localhost", false),
        ("a_@.localhost", false),
        ("app-1.example.com", true),
        ("APP-1.example.com:443", true),
        ("app-1.example.com:80", false),
        ("app-.example.com", false),
        ("app-1.x.example.com", false),
        ("127.0.0.1", true),
        ("127.0.0.1:80", true),
        ("127.0.0.1:3000", false),
        ("127.1", false),
        ("[::1]:8080", true),
        ("[::1]", false),
        ("[0:0:0:0:0:0:0:1]:8080", false),
        ("::1:8080", false),
    ] {
        let request = request(&format!("GET host={host}"));
        assert_eq!(policy.decide(&request).is_allowed(), is_own, "{host}");
    }
    let long = request(&format!("GET host={}", "a".repeat(100_000)));
    assert_eq!(policy.decide(&long).id(), "misdirected");
}

#[test]
fn same_origin_is_an_own_origin() {
    let config = listed().own_origins(["http://localhost:3000", "https://b.com"]);
    let policy = config.block_refused_origins(true).build().unwrap();
    for (text, passes) in [
        ("", true),
        ("origin=https://b.com", true),
        ("origin=https://b.com site=same-origin", true),
        ("origin=https://b.com site=none", true),
        ("origin=http://localhost:3000", true),
        ("origin=https://b.com site=same-site", false),
        ("origin=https://b.com site=cross-site", false),
        ("origin=https://b.com site=same-origin site=none", false),
        ("origin=http://b.com site=same-origin", false),
        ("origin=https://c.com site=same-origin", false),
        ("origin=https://c.com site=none", false),
        ("origin=null site=same-origin", false),
        ("origin=https://b.com origin=https://b.com", false),
        ("origin=https://a.com site=cross-site", true),
    ] {
        let decision = policy.decide(&request(&format!("POST host=b.com {text}")));
        assert_eq!(!matches!(decision, Decision::Blocked(_)), passes, "{text}");
    }
}

#[test]
fn misdirected_requests_are_explained() {
    let config = Config::new().own_origins(["http://localhost:3000", "https://api.example.com"]);
    let policy = config.build().unwrap();
    for (text, explained) in [
        (
            "GET host=evil.com:3000",
            "misdirected: host `evil.com:3000` is not in own_origins; if this server is meant to be \
             reached under it, add `http://evil.com:3000`",
        ),
        (
            "GET host=127.0.0.1:3000",
            "misdirected: host `127.0.0.1:3000` is not in own_origins, but `http://localhost:3000` is: \
             `localhost`, `127.0.0.1` and `[::1]` are three hosts",
        ),
        (
            "GET host=localhost:8080",
            "misdirected: host `localhost:8080` is not in own_origins, but `http://localhost:3000` is: \
             the port differs",
        ),
        (
            "GET host=api.exmaple.com",
            "misdirected: host `api.exmaple.com` is not in own_origins, but `https://api.example.com` \
             is: the host is one typo away",
        ),
        (
            "GET host=a@b",
            "misdirected: host `a@b` is not a host that a browser sends",
        ),
        ("GET", "misdirected: the request has no Host"),
        (
            "GET host=localhost:3000 host=evil.com",
            "misdirected: the request has several `Host` lines, or a `Host` that differs from the host in its target",
        ),
    ] {
        let request = request(text);
        assert_eq!(policy.explain(policy.decide(&request), &request), explained);
    }
}

/// Most policies do not have the key, and a verdict is returned in a register.
#[test]
fn a_verdict_is_small() {
    assert_eq!(size_of::<cors_core::Verdict>(), 2);
}

#[test]
#[rustfmt::skip]
fn timing() {
    let config = listed().timing_allow_origin(true);
    check(config.clone(), &[
        ("GET", &["not-cors", "vary: own, Origin"]),
        ("GET origin=https://a.com", &["actual-allowed", "allow-origin: https://a.com", "expose-headers: X-E, X-F", "timing-allow-origin: https://a.com", "vary: own, Origin"]),
        ("GET origin=https://b.com", &["actual-refused: origin-not-allowed", "vary: own, Origin"]),
        ("OPTIONS origin=https://a.com method=GET", &["preflight-refused: method-not-allowed", "400 Disallowed CORS method", "allow-origin: https://a.com", "timing-allow-origin: https://a.com", VARY]),
        ("OPTIONS origin=https://b.com method=PUT", &["preflight-refused: origin-not-allowed", "400 Disallowed CORS origin", VARY]),
    ]);
    check(config.allow_origins(["*"]), &[
        ("GET", &["not-cors", "allow-origin: *", "expose-headers: X-E, X-F", "timing-allow-origin: *", "vary: own"]),
    ]);
}

#[test]
fn vary_names_origin_once() {
    let policy = rendered(listed().build().unwrap());
    for (vary, is_complete) in [
        ("Accept", false),
        ("X-Origin, Origins", false),
        ("Origin", true),
        ("Accept, accept-encoding ,ORIGIN", true),
        ("*", true),
        ("Accept, *", true),
    ] {
        let mut headers = Headers::default();
        headers.0.insert("vary", vary.into());
        apply(&policy, &request("GET"), &mut headers);
        let expected = if is_complete {
            vary.to_owned()
        } else {
            format!("{vary}, Origin")
        };
        assert_eq!(headers.0["vary"], expected.as_bytes());
    }
}

/// Headers that the middleware does not own are left unchanged.
#[test]
fn other_headers_stay() {
    let policy = rendered(listed().build().unwrap());
    let others = [
        "access-control",
        "access-control-request-method",
        "x-access-control-allow-origin",
    ];
    let mut headers = Headers::default();
    headers.0.extend(others.map(|name| (name, b"own".to_vec())));
    apply(&policy, &request("GET"), &mut headers);
    for name in others {
        assert!(headers.0.contains_key(name), "{name}");
    }
}

/// The provided method of [`ResponseHeaders`].
#[test]
fn the_line_of_a_header_is_replaced() {
    let mut headers = Headers::default();
    headers.set(ResponseHeader::AllowOrigin, b"https://a.com".to_vec());
    headers.replace(ResponseHeader::AllowOrigin, b"https://b.com".to_vec());
    let mut lines = headers.lines(ResponseHeader::AllowOrigin);
    assert_eq!(lines.next(), Some(&b"https://b.com"[..]));
    assert_eq!(lines.next(), None);
}

/// What an adapter keeps of a request gives the response that the policy gives, before and after a replacement.
#[test]
fn pending_headers() {
    type Table = PolicyTable<RenderedPolicy<Vec<u8>>>;
    fn table(policies: Policies) -> Table {
        PolicyTable::new(policies, |policy| Ok::<_, ()>(rendered(policy))).unwrap()
    }
    let policy = || listed().block_refused_origins(true).build().unwrap();
    let first = LivePolicies::new(policy(), table);
    let replaced = LivePolicies::new(Policies::without_default(), table);
    assert!(replaced.decide(|| "/", &request("GET"), None).is_none());
    replaced.replace(policy());
    let rendered = rendered(policy());
    let requests = [
        "GET",
        "GET origin=https://a.com",
        "POST origin=https://b.com",
        "OPTIONS origin=https://a.com method=PUT headers=x-a",
        "OPTIONS origin=https://a.com method=DELETE",
    ];
    for text in requests {
        let request = request(text);
        let origin = request.lines(RequestHeader::Origin).next();
        let origin = origin.map(<[u8]>::to_vec);
        for live in [&first, &replaced] {
            let pending = live.decide(|| "/", &request, origin.as_ref()).unwrap();
            let early = pending.early_response();
            let verdict = rendered.verdict(&request);
            assert_eq!(early, rendered.early_response(verdict), "{text}");
            let mut headers = Headers::default();
            match early {
                None => pending.apply(&mut headers),
                Some(_) => pending.apply_early(&mut headers, || None),
            }
            assert_eq!(headers, support::headers(&rendered, &request), "{text}");
        }
    }
}
