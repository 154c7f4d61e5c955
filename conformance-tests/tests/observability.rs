//! What each framework reports over a real socket: every request once, and a shadow policy changes no response.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

#[path = "../../cors-core/tests/recording/mod.rs"]
mod recording;

use std::io;
use std::net::SocketAddr;

use conformance_tests::app;
use conformance_tests::response::Response;
use conformance_tests::server::{Listening, Stop};
use conformance_tests::subject::Running;
use conformance_tests::wire::Connection;
use cors_core::observability::Sample;
use cors_core::{Config, Policies};
use recording::{Events, Metrics};
use tracing::Level;

type Serve = Box<dyn FnOnce(SocketAddr, Listening, Stop) -> io::Result<()> + Send>;

/// A middleware, as the test uses it.
struct Handle {
    name: &'static str,
    serve: Serve,
    shadow: Box<dyn Fn(Policies)>,
    end_shadow: Box<dyn Fn()>,
}

fn handles() -> [Handle; 4] {
    let axum = cors_axum::CorsLayer::new(policies());
    let actix = cors_actix::Cors::new(policies());
    let rocket = cors_rocket::Cors::new(policies());
    let warp = cors_warp::Cors::new(policies());
    [
        {
            let (used, other) = (axum.clone(), axum.clone());
            Handle {
                name: "axum",
                serve: Box::new(move |at, listening, stop| {
                    app::axum::serve(&used, at, listening, stop)
                }),
                shadow: Box::new(move |policies| axum.shadow(policies, Sample::ALL)),
                end_shadow: Box::new(move || other.end_shadow()),
            }
        },
        {
            let (used, other) = (actix.clone(), actix.clone());
            Handle {
                name: "actix",
                serve: Box::new(move |at, listening, stop| {
                    app::actix::serve(used, at, listening, stop)
                }),
                shadow: Box::new(move |policies| actix.shadow(policies, Sample::ALL)),
                end_shadow: Box::new(move || other.end_shadow()),
            }
        },
        {
            let (used, other) = (rocket.clone(), rocket.clone());
            Handle {
                name: "rocket",
                serve: Box::new(move |at, listening, stop| {
                    app::rocket::serve(used, at, listening, stop)
                }),
                shadow: Box::new(move |policies| rocket.shadow(policies, Sample::ALL)),
                end_shadow: Box::new(move || other.end_shadow()),
            }
        },
        {
            let (used, other) = (warp.clone(), warp.clone());
            Handle {
                name: "warp",
                serve: Box::new(move |at, listening, stop| {
                    app::warp::serve(&used, at, listening, stop)
                }),
                shadow: Box::new(move |policies| warp.shadow(policies, Sample::ALL)),
                end_shadow: Box::new(move || other.end_shadow()),
            }
        },
    ]
}

const ALLOWED: &str = "https://app.example.com";

fn config() -> Config {
    Config::new()
        .allow_origins([ALLOWED])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["X-A"])
}

/// Refuses by default, blocks below `/later`, checks the host below `/vary`, has no policy below
/// `/stream`.
fn policies() -> Policies {
    let blocking = config().block_refused_origins(true);
    let own = config().own_origins(["http://own.example"]);
    Policies::new(config().build().unwrap())
        .at("/later", blocking.build().unwrap())
        .and_then(|policies| policies.at("/vary", own.build().unwrap()))
        .and_then(|policies| policies.without_cors("/stream"))
        .unwrap()
}

/// Differs from [`policies`] on every request of an allowed origin, and wherever the host is not known.
fn candidate() -> Policies {
    let config = Config::new()
        .allow_origins(["https://evil.example"])
        .own_origins(["http://own.example"]);
    config.build().unwrap().into()
}

/// A request, the verdict and the reasons that are reported, and what the candidate would change.
struct Case {
    text: String,
    method: &'static str,
    verdict: &'static str,
    reasons: &'static str,
    change: &'static str,
}

fn cases() -> Vec<Case> {
    let case = |method: &'static str, path: &str, lines: &str, expected: [&'static str; 3]| {
        let [verdict, reasons, change] = expected;
        let host = if lines.contains("Host:") {
            ""
        } else {
            "Host: own.example\r\n"
        };
        Case {
            text: format!("{method} {path} HTTP/1.1\r\n{host}{lines}\r\n"),
            method,
            verdict,
            reasons,
            change,
        }
    };
    let app = "Origin: https://app.example.com\r\n";
    let evil = "Origin: https://evil.example\r\n";
    let preflight = |origin: &str, method: &str, headers: &str| {
        format!(
            "{origin}Access-Control-Request-Method: {method}\r\n\
             Access-Control-Request-Headers: {headers}\r\n"
        )
    };
    let refused = "origin-not-allowed";
    vec![
        case("GET", "/", "", ["", "", ""]),
        case("GET", "/stream", "", ["", "", ""]),
        case("GET", "/stream", app, ["", "", "other"]),
        case("GET", "/stream", evil, ["", "", "allow"]),
        case("GET", "/", app, ["actual-allowed", "", "refuse"]),
        case("GET", "/nowhere", app, ["actual-allowed", "", "refuse"]),
        case("PUT", "/later", app, ["actual-allowed", "", "refuse"]),
        case("HEAD", "/", app, ["actual-allowed", "", "refuse"]),
        case("GET", "/panic", app, ["actual-allowed", "", "refuse"]),
        case("GET", "/", evil, ["actual-refused", refused, "allow"]),
        case(
            "GET",
            "/nowhere",
            evil,
            ["actual-refused", refused, "allow"],
        ),
        case(
            "OPTIONS",
            "/options",
            evil,
            ["actual-refused", refused, "allow"],
        ),
        case(
            "GET",
            "/",
            "Origin: x\r\n",
            ["actual-refused", "origin-malformed", ""],
        ),
        case(
            "GET",
            "/",
            &format!("{app}{app}"),
            ["actual-refused", "origin-several-lines", ""],
        ),
        case(
            "GET",
            "/x%2F..%2Flater",
            app,
            ["blocked", "path-ambiguous", "other"],
        ),
        case("PUT", "/later", evil, ["blocked", refused, "allow"]),
        case("POST", "/later", evil, ["blocked", refused, "allow"]),
        case(
            "GET",
            "/vary",
            "Host: evil.example\r\n",
            ["misdirected", "host-not-own", ""],
        ),
        case("GET", "/", "Host: evil.example\r\n", ["", "", "refuse"]),
        case(
            "OPTIONS",
            "/",
            &preflight(app, "PUT", "x-a"),
            ["preflight-allowed", "", "refuse"],
        ),
        case(
            "OPTIONS",
            "/later",
            &preflight(app, "PUT", "x-a"),
            ["preflight-allowed", "", "refuse"],
        ),
        case(
            "OPTIONS",
            "/nowhere",
            &preflight(evil, "DELETE", "x-b"),
            [
                "preflight-refused",
                "origin-not-allowed, method-not-allowed, headers-not-allowed",
                "other",
            ],
        ),
        case(
            "OPTIONS",
            "/",
            &preflight(app, "DELETE", "x-a"),
            ["preflight-refused", "method-not-allowed", "other"],
        ),
        case(
            "OPTIONS",
            "/later",
            &preflight(app, "GET", "x-b"),
            ["preflight-refused", "headers-not-allowed", "other"],
        ),
    ]
}

/// The response, without `Date`.
fn ask(address: SocketAddr, case: &Case) -> Response {
    let mut connection = Connection::open(address).unwrap();
    connection.send(case.text.as_bytes()).unwrap();
    let mut response = connection.read(case.method).unwrap().unwrap();
    response.headers.retain(|(name, _)| name != "date");
    response
}

/// The default policy of [`policies`], but the host must be known.
fn with_own_host() -> Policies {
    let config = config().own_origins(["http://own.example"]);
    config.build().unwrap().into()
}

/// There is no `Host` line. The host is in the target.
#[tokio::main(flavor = "current_thread")]
async fn ask_by_http_2(address: SocketAddr) {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    let request = http::Request::get("http://own.example/").header("origin", ALLOWED);
    let request = request.body(()).unwrap();
    let asked = async {
        let mut client = client.ready().await.unwrap();
        client.send_request(request, true).unwrap().0.await.unwrap()
    };
    tokio::select! {
        response = asked => assert_eq!(response.status(), 200),
        ended = connection => panic!("{ended:?}"),
    }
}

/// One test, because all frameworks report to the same subscriber.
#[test]
fn every_framework() {
    let (events, metrics) = (Events::default(), Metrics::default());
    tracing::subscriber::set_global_default(events.subscriber()).unwrap();
    metrics::set_global_recorder(metrics.clone()).unwrap();
    for handle in handles() {
        check(handle, &events, &metrics);
    }
}

fn check(handle: Handle, events: &Events, metrics: &Metrics) {
    let server = Running::start(handle.serve).unwrap();
    let without: Vec<Response> = cases()
        .iter()
        .map(|case| {
            events.take();
            metrics.take();
            let response = ask(server.address, case);
            reported_once(handle.name, case, events, metrics);
            response
        })
        .collect();
    for (case, response) in cases().iter().zip(&without) {
        (handle.shadow)(candidate()); // With new limits.
        events.take();
        metrics.take();
        assert_eq!(&ask(server.address, case), response, "{}", handle.name);
        differs(handle.name, case, events, metrics);
    }
    (handle.shadow)(with_own_host());
    metrics.take();
    ask_by_http_2(server.address);
    let compared = [("cors_shadow_requests_total".to_owned(), 1)];
    assert_eq!(counted(metrics, "cors_shadow"), compared, "{}", handle.name);
    (handle.end_shadow)();
    metrics.take();
    ask(server.address, &cases()[4]);
    assert_eq!(counted(metrics, "cors_shadow"), []);
    server.stop().unwrap();
}

fn reported_once(framework: &str, case: &Case, events: &Events, metrics: &Metrics) {
    let context = format!("{framework}: {}", case.text);
    let events = events.take();
    let found: Vec<_> = events
        .iter()
        .map(|event| (event.level, event.field("verdict"), event.field("reasons")))
        .collect();
    let level = match case.verdict {
        "blocked" | "misdirected" => Level::WARN,
        _ if case.reasons.is_empty() => Level::TRACE,
        _ => Level::INFO,
    };
    let expected = (!case.verdict.is_empty()).then_some((level, case.verdict, case.reasons));
    assert_eq!(found, Vec::from_iter(expected), "{context}");
    if let [event] = &events[..] {
        let is_ambiguous = case.reasons == "path-ambiguous";
        assert_eq!(event.field("prefix").is_empty(), is_ambiguous, "{context}");
    }
    let verdict = match case.verdict {
        "" if case.text.contains("/stream") => None,
        "" => Some("not-cors"),
        verdict => Some(verdict),
    };
    let verdict = verdict.map(|it| (format!("cors_requests_total{{verdict=\"{it}\"}}"), 1));
    assert_eq!(
        counted(metrics, "cors_requests"),
        Vec::from_iter(verdict),
        "{context}"
    );
    let reasons: u64 = counted(metrics, "cors_refusals")
        .iter()
        .map(|it| it.1)
        .sum();
    let expected = case.reasons.split(", ").filter(|it| !it.is_empty());
    assert_eq!(reasons, expected.count() as u64, "{context}");
}

fn differs(framework: &str, case: &Case, events: &Events, metrics: &Metrics) {
    let context = format!("{framework}: {}", case.text);
    assert_eq!(
        counted(metrics, "cors_shadow_requests"),
        [("cors_shadow_requests_total".to_owned(), 1)],
        "{context}"
    );
    let differences = counted(metrics, "cors_shadow_differences");
    let events = events.take();
    let changes = events.iter().map(|event| event.field("change"));
    let changes: Vec<&str> = changes.filter(|change| !change.is_empty()).collect();
    let expected = Vec::from_iter((!case.change.is_empty()).then_some(case.change));
    assert_eq!(changes, expected, "{context}");
    assert_eq!(differences.len(), expected.len(), "{context}");
    for ((key, count), change) in differences.iter().zip(&expected) {
        assert_eq!(*count, 1, "{context}");
        assert!(
            key.contains(&format!("change=\"{change}\"")),
            "{context} {key}"
        );
    }
}

/// The counters with a name that starts like this.
fn counted(metrics: &Metrics, name: &str) -> Vec<(String, u64)> {
    let counters = metrics.counters().into_iter();
    counters.filter(|(key, _)| key.starts_with(name)).collect()
}
