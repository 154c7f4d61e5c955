//! `decide` allocates nothing, whatever the request.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod support;

use cors_core::{Config, Decision, Policies, Policy, PolicyTable, RequestHeader};
use support::Request;

const ALLOWED: &str = "https://app.example.com";

fn policies() -> Vec<(&'static str, Policy)> {
    let listed = || {
        Config::new()
            .allow_origins([
                ALLOWED,
                "https://*.example.org",
                "http://localhost:*",
                "https://pr-*-web.example.org:*",
                "https://pr-*.example.org",
                "app://*",
                "null",
            ])
            .allow_methods(["GET", "PUT"])
            .allow_headers(["X-A", "X-B"])
    };
    let many = (0..1_000).map(|n| format!("https://{n}.example.com"));
    [
        ("nothing", Config::new()),
        (
            "any",
            Config::new().allow_origins(["*"]).allow_headers(["*"]),
        ),
        ("listed", listed()),
        (
            "many",
            Config::new().allow_origins(many.chain([ALLOWED.to_owned()])),
        ),
        ("blocking", listed().block_refused_origins(true)),
        (
            "own",
            listed()
                .block_refused_origins(true)
                .own_origins(["http://localhost:3000", "https://*.example.net:*"]),
        ),
        ("timing", listed().timing_allow_origin(true)),
        ("diagnostics", listed().diagnostics(true)),
        (
            "regex",
            listed().allow_origin_regex(r"https://(app|www)\.example\.net(:\d+)?"),
        ),
        (
            "credentials",
            Config::new()
                .allow_origins([ALLOWED])
                .allow_headers(["*"])
                .allow_credentials(true),
        ),
    ]
    .map(|(name, config)| (name, config.build().unwrap()))
    .into()
}

fn requests() -> Vec<Request> {
    use RequestHeader::{
        AccessControlRequestHeaders as Acrh, AccessControlRequestMethod as Acrm, Host, Origin,
        SecFetchSite,
    };
    let big = 64 * 1024;
    let origins: Vec<Vec<u8>> = vec![
        ALLOWED.into(),
        "https://a.b.example.org".into(),
        "http://localhost:3000".into(),
        "https://pr-7-web.example.org:8443".into(),
        format!("https://pr-{}.example.org", "-".repeat(60)).into(),
        "app://.".into(),
        "app://".into(),
        "https://app.example.net:8443".into(),
        "https://evil.com".into(),
        "null".into(),
        "".into(),
        b"https://\xff".to_vec(),
        "http://[2001:db8::1]:8080".into(),
        "http://[::ffff:127.0.0.1]".into(),
        format!("https://{}example.org", "a.".repeat(120)).into(),
        vec![b'a'; big],
        vec![b'.'; big],
        format!("https://{}", "A".repeat(big)).into(),
        format!("https://{}.example.org", "a.".repeat(big / 2)).into(),
    ];
    let headers: Vec<Vec<u8>> = vec![
        "x-a,x-b".into(),
        " X-B ,, x-a".into(),
        "x-c".into(),
        b"\xff".to_vec(),
        ",".repeat(big).into(),
        " ".repeat(big).into(),
        "x-a,".repeat(big / 4).into(),
        vec![b'x'; big],
        "".into(),
    ];
    let preflight = |origin: &[u8], method: &[u8], headers: Vec<Vec<u8>>| Request {
        method: b"OPTIONS".to_vec(),
        lines: [(Origin, origin.to_vec()), (Acrm, method.to_vec())]
            .into_iter()
            .chain(headers.into_iter().map(|line| (Acrh, line)))
            .collect(),
    };
    let mut all = vec![
        Request {
            method: b"GET".to_vec(),
            lines: vec![],
        },
        Request {
            method: b"OPTIONS".to_vec(),
            lines: vec![(Acrm, b"PUT".to_vec())],
        },
        Request {
            method: vec![b'A'; big],
            lines: vec![(Origin, ALLOWED.into())],
        },
        Request {
            method: b"GET".to_vec(),
            lines: vec![(Origin, ALLOWED.into()); 1_000],
        },
        preflight(ALLOWED.as_bytes(), &vec![b'P'; big], vec![]),
        preflight(ALLOWED.as_bytes(), b"PATCH", vec![]),
        preflight(ALLOWED.as_bytes(), b"PUT", vec![Vec::new(); 1_000]),
        preflight(ALLOWED.as_bytes(), b"PUT", vec![b"x-a".to_vec(); 1_000]),
    ];
    for origin in &origins {
        all.push(Request {
            method: b"GET".to_vec(),
            lines: vec![(Origin, origin.clone())],
        });
        all.push(Request {
            method: b"POST".to_vec(),
            lines: vec![(Origin, origin.clone()), (Host, b"evil.com".to_vec())],
        });
        all.push(Request {
            method: b"POST".to_vec(),
            lines: vec![
                (Origin, origin.clone()),
                (SecFetchSite, b"same-origin".to_vec()),
            ],
        });
        all.push(preflight(origin, b"PUT", vec![b"x-a".to_vec()]));
    }
    let hosts = [
        "localhost:3000".into(),
        "LOCALHOST:3000".into(),
        "a.example.net".into(),
        "".into(),
        vec![b'a'; 253],
        vec![b'a'; big],
        "a.".repeat(big).into(),
    ];
    for host in hosts {
        all.push(Request {
            method: b"POST".to_vec(),
            lines: vec![(Origin, b"http://localhost:3000".to_vec()), (Host, host)],
        });
    }
    for line in headers {
        all.push(preflight(ALLOWED.as_bytes(), b"PUT", vec![line]));
    }
    all
}

#[test]
fn decide_allocates_nothing() {
    let requests = requests();
    let mut decisions = 0;
    for (name, policy) in policies() {
        for request in &requests {
            let mut decision = Decision::NotCors;
            let count = allocation_counter::measure(|| decision = policy.decide(request));
            assert_eq!(count.count_total, 0, "{name}: {decision:?} allocates");
            decisions += 1;
        }
    }
    println!("{decisions} decisions, 0 allocations");
}

/// Checks that the counter works; otherwise the test above could not fail.
#[test]
fn the_counter_counts() {
    let count = allocation_counter::measure(|| drop(std::hint::black_box(vec![0_u8; 64])));
    assert_eq!(count.count_total, 1);
}

/// Whatever the path, and whether it is ambiguous or not.
#[test]
fn the_policy_of_a_path_is_found_without_allocations() {
    let policy = || Config::new().build().unwrap();
    let policies = Policies::new(policy()).at("/admin", policy());
    let policies = policies.unwrap().at("/admin/caf%C3%A9", policy()).unwrap();
    let table = PolicyTable::new(policies, Ok::<_, ()>).unwrap();
    let without_host = of_host(Vec::new());
    for unit in [
        "/admin",
        "/%61dmin",
        "/admin/caf%C3%A9",
        "/admin%2F",
        "/..",
        "/%%36%31",
        "%25",
        "a",
    ] {
        for times in [1, 10, 100, 10_000] {
            let path = unit.repeat(times);
            let count = allocation_counter::measure(|| {
                assert!(table.find(&path, &without_host).is_some());
            });
            assert_eq!(count.count_total, 0, "{unit} {times} times");
        }
    }
}

/// Whatever the host, and whether it is ambiguous or not.
#[test]
fn the_policy_of_a_host_is_found_without_allocations() {
    let policy = || Config::new().build().unwrap();
    let policies = Policies::new(policy()).for_host("api.example.com", policy());
    let table = PolicyTable::new(policies.unwrap(), Ok::<_, ()>).unwrap();
    let long = "a.".repeat(64 * 1024);
    for lines in [
        &[][..],
        &["api.example.com"],
        &["API.example.com:443"],
        &["api.example.com."],
        &["other.example.com"],
        &["[::1]:80"],
        &["127.1"],
        &[&long],
        &["api.example.com", &long],
    ] {
        let request = of_host(lines.iter().map(|line| (*line).into()).collect());
        let count = allocation_counter::measure(|| {
            assert!(table.find("/", &request).is_some());
        });
        assert_eq!(count.count_total, 0, "{} lines", lines.len());
    }
}

fn of_host(lines: Vec<Vec<u8>>) -> Request {
    let lines = lines.into_iter().map(|line| (RequestHeader::Host, line));
    Request {
        method: b"GET".to_vec(),
        lines: lines.collect(),
    }
}

/// What an application keeps for each of many hosts or tenants.
#[test]
fn a_policy_of_one_origin_is_small() {
    let config = || Config::new().allow_origins([ALLOWED]);
    let kept = kept(|| config().build().unwrap());
    println!("a policy of one origin keeps {kept} bytes");
    assert!(kept <= 1_024, "{kept} bytes");
}

/// All that the middleware of axum, tower and warp keeps.
#[test]
#[cfg(feature = "http-1")]
fn a_middleware_of_one_origin_is_small() {
    use cors_core::LivePolicies;
    use std::sync::Arc;

    let config = || Config::new().allow_origins([ALLOWED]);
    let middleware = || {
        let policy = config().build().unwrap();
        Arc::new(LivePolicies::new(policy, PolicyTable::for_http))
    };
    let at_first = kept(middleware);
    let after_requests = kept(|| {
        let middleware = middleware();
        for (origin, method) in [
            (ALLOWED, "GET"),
            (ALLOWED, "PUT"),
            ("https://evil.com", "GET"),
        ] {
            let request = http::Request::builder()
                .method("OPTIONS")
                .header("origin", origin)
                .header("access-control-request-method", method);
            let request = request.body(()).unwrap();
            let action = middleware.act(|| "/", &request, request.headers());
            assert!(matches!(action, Some(cors_core::http::Action::Respond(_))));
        }
        middleware
    });
    println!("{at_first} bytes, after each kind of preflight {after_requests}");
    // The limits of events, and the place for a shadow policy.
    let reports = match cfg!(any(feature = "metrics", feature = "tracing")) {
        true => 320,
        false => 0,
    };
    assert!(at_first <= 2_048 + reports, "{at_first} bytes");
    assert!(after_requests <= 3_400 + reports, "{after_requests} bytes");
}

/// The bytes of a value, without what all values share.
fn kept<T>(make: impl Fn() -> T) -> usize {
    drop(make());
    let mut value = None;
    let counted = allocation_counter::measure(|| value = Some(make()));
    let on_heap = usize::try_from(counted.bytes_current).unwrap();
    drop(value);
    size_of::<T>() + on_heap
}

/// Without a subscriber and a recorder, reports allocate nothing either. Once for each thread, `arc-swap`
/// does.
#[test]
#[cfg(any(feature = "metrics", feature = "tracing"))]
fn reports() {
    use cors_core::LivePolicies;
    use cors_core::observability::Sample;
    use std::convert::Infallible;

    for (name, policy) in policies() {
        let live = LivePolicies::new(policy, |policies| {
            let Ok(table) = PolicyTable::new(policies, Ok::<_, Infallible>);
            table
        });
        live.shadow(Config::new().build().unwrap(), Sample::ALL);
        for request in requests() {
            let observe = || {
                live.read(|revision| {
                    let policy = revision.find("/a", &request).map(|policy| &***policy);
                    live.observe(revision, policy, || "/a", &request);
                });
            };
            observe();
            let allocated = allocation_counter::measure(observe);
            assert_eq!(allocated.count_total, 0, "{name} {request:?}");
        }
    }
}
