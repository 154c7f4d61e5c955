//! What is reported about requests: events, counters and differences from a shadow policy.

#![cfg(all(feature = "metrics", feature = "tracing"))]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod recording;
mod support;

use cors_core::observability::Sample;
use cors_core::{
    Config, Decision, LivePolicies, Policies, Policy, PolicyTable, RequestHead, RequestHeader,
};
use proptest::prelude::*;
use recording::{Event, Events, Metrics, events};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use support::{Request, cases};
use tracing::Level;

type Live = LivePolicies<Arc<Policy>>;

fn live(policies: impl Into<Policies>) -> Live {
    LivePolicies::new(policies, |policies| {
        let Ok(table) = PolicyTable::new(policies, Ok::<_, Infallible>);
        table
    })
}

/// Does what an adapter does.
fn observe(live: &Live, path: &str, request: &Request) {
    live.read(|revision| {
        let policy = revision.find(path, request).map(|policy| &***policy);
        live.observe(revision, policy, || path, request);
    });
}

fn request(method: &str, lines: &[(RequestHeader, &str)]) -> Request {
    let lines = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes().to_vec()));
    Request {
        method: method.into(),
        lines: lines.collect(),
    }
}

const ORIGIN: RequestHeader = RequestHeader::Origin;
const ACRM: RequestHeader = RequestHeader::AccessControlRequestMethod;
const ACRH: RequestHeader = RequestHeader::AccessControlRequestHeaders;
const HOST: RequestHeader = RequestHeader::Host;
const SITE: RequestHeader = RequestHeader::SecFetchSite;

const ALLOWED: &str = "https://app.example.com";
const REFUSED: &str = "https://evil.example";

fn config() -> Config {
    Config::new()
        .allow_origins([ALLOWED])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["X-A"])
}

#[test]
fn each_kind_of_refusal_is_one_event() {
    let plain = config().build().unwrap();
    let blocking = config().block_refused_origins(true).build().unwrap();
    let own = config().own_origins(["https://api.example.com"]);
    let own = own.build().unwrap();
    let get = |origin| request("GET", &[(ORIGIN, origin), (HOST, "api.example.com")]);
    let preflight = |origin, method, headers| {
        let lines = [(ORIGIN, origin), (ACRM, method), (ACRH, headers)];
        request("OPTIONS", &lines)
    };
    let many = ",".repeat(100_000);
    let (info, warn) = (Level::INFO, Level::WARN);
    for (policy, request, level, verdict, reasons) in [
        (
            &plain,
            get(REFUSED),
            info,
            "actual-refused",
            "origin-not-allowed",
        ),
        (&plain, get("x"), info, "actual-refused", "origin-malformed"),
        (
            &plain,
            request("GET", &[(ORIGIN, ALLOWED), (ORIGIN, ALLOWED)]),
            info,
            "actual-refused",
            "origin-several-lines",
        ),
        (
            &blocking,
            get(REFUSED),
            warn,
            "blocked",
            "origin-not-allowed",
        ),
        (
            &own,
            request("GET", &[]),
            warn,
            "misdirected",
            "host-missing",
        ),
        (
            &own,
            request("GET", &[(HOST, "evil.example")]),
            warn,
            "misdirected",
            "host-not-own",
        ),
        (
            &plain,
            preflight(REFUSED, "DELETE", "x-b"),
            info,
            "preflight-refused",
            "origin-not-allowed, method-not-allowed, headers-not-allowed",
        ),
        (
            &plain,
            preflight(ALLOWED, "a b", "x\u{1}"),
            info,
            "preflight-refused",
            "method-malformed, headers-malformed",
        ),
        (
            &plain,
            preflight(ALLOWED, "PUT", &many),
            info,
            "preflight-refused",
            "headers-too-long",
        ),
    ] {
        let live = live(policy.clone());
        let events = events(|| observe(&live, "/x", &request));
        let [event] = &events[..] else {
            panic!("{verdict} {reasons}: {events:?}");
        };
        assert_eq!(event.level, level, "{event:?}");
        assert_eq!(event.field("verdict"), verdict);
        assert_eq!(event.field("reasons"), reasons);
        assert_eq!(event.field("prefix"), "/");
        assert_eq!(event.field("left_out"), "0");
        assert_eq!(event.field("method").as_bytes(), request.method);
        assert_eq!(
            event.field("message"),
            policy.explain(policy.decide(&request), &request)
        );
        let host = if verdict == "misdirected" { HOST } else { SITE };
        for (field, header) in [
            ("origin", ORIGIN),
            ("requested_method", ACRM),
            ("host", host),
        ] {
            let line = request.lines(header).next().unwrap_or_default();
            assert_eq!(event.field(field).as_bytes(), line, "{field}");
        }
    }
}

#[test]
fn what_is_allowed_is_at_trace_level() {
    let live = live(config().build().unwrap());
    let get = request("GET", &[(ORIGIN, ALLOWED)]);
    let preflight = request("OPTIONS", &[(ORIGIN, ALLOWED), (ACRM, "PUT")]);
    for (request, verdict) in [(get, "actual-allowed"), (preflight, "preflight-allowed")] {
        let events = events(|| observe(&live, "/", &request));
        let [event] = &events[..] else {
            panic!("{verdict}: {events:?}");
        };
        assert_eq!(
            (event.level, event.field("verdict")),
            (Level::TRACE, verdict)
        );
    }
    assert_eq!(events(|| observe(&live, "/", &request("GET", &[]))), []);
}

#[test]
fn the_prefix_is_that_of_the_rule() {
    let policy = || config().build().unwrap();
    let policies = Policies::new(policy())
        .at("/admin/caf%C3%A9", policy())
        .and_then(|policies| policies.at("/a%0Ab", policy()))
        .unwrap();
    let live = live(policies);
    for (path, prefix) in [
        ("/", Some("/")),
        ("/a%0Ab", Some("/a\\nb")), // escaped, because it is a line in a log
        ("/admin/secret", Some("/")),
        ("/admin/caf%C3%A9/secret?x", Some("/admin/café")),
        ("/admin%2Fcaf%C3%A9", None),
    ] {
        let request = request("GET", &[(ORIGIN, REFUSED)]);
        let events = events(|| observe(&live, path, &request));
        let found = events[0].fields.get("prefix").map(String::as_str);
        assert_eq!(found, prefix, "{path}");
        let reason = prefix.map_or("path-ambiguous", |_| "origin-not-allowed");
        assert_eq!(events[0].field("reasons"), reason, "{path}");
    }
}

#[test]
fn the_prefix_is_that_of_the_host() {
    let policy = || config().build().unwrap();
    let of_path = |prefix| Policies::new(policy()).at(prefix, policy()).unwrap();
    let policies = of_path("/admin").for_host("a.com", of_path("/files"));
    let live = live(policies.unwrap());
    for (host, path, prefix) in [
        ("a.com", "/files/x", Some("/files")),
        ("a.com", "/admin", Some("/")),
        ("b.com", "/files/x", Some("/")),
        ("b.com", "/admin", Some("/admin")),
        ("a.com.", "/", None),
    ] {
        let request = request("GET", &[(HOST, host), (ORIGIN, REFUSED)]);
        let events = events(|| observe(&live, path, &request));
        let found = events[0].fields.get("prefix").map(String::as_str);
        assert_eq!(found, prefix, "{host} {path}");
    }
}

#[test]
fn foreign_text_is_escaped_and_cut() {
    let own = config().own_origins(["https://api.example.com"]);
    let live = live(own.build().unwrap());
    let long = format!("\r\n\x1b[31m\u{202e}`\"{}", "x".repeat(300));
    let host = (HOST, "api.example.com");
    for request in [
        request("GET", &[host, (ORIGIN, &long)]),
        request(&long, &[host, (ORIGIN, REFUSED)]),
        request(
            "OPTIONS",
            &[host, (ORIGIN, &long), (ACRM, &long), (ACRH, &long)],
        ),
        request("GET", &[(HOST, &long), (ORIGIN, &long)]),
    ] {
        let events = events(|| observe(&live, "/", &request));
        let [event] = &events[..] else {
            panic!("{events:?}");
        };
        for (name, text) in &event.fields {
            assert!(
                text.chars().all(|c| c == '…' || (' '..='~').contains(&c)),
                "{name}: {text}"
            );
            assert!(!text.contains(&"x".repeat(100)), "{name}: {text}");
        }
    }
}

#[test]
fn the_span_of_the_application_gets_the_verdict() {
    let live = live(config().build().unwrap());
    let recorded = Events::default();
    tracing::subscriber::with_default(recorded.subscriber(), || {
        let request = |lines: &[_]| request("GET", lines);
        let span = tracing::info_span!("request", cors = tracing::field::Empty);
        span.in_scope(|| {
            observe(&live, "/", &request(&[(ORIGIN, ALLOWED)]));
            observe(&live, "/", &request(&[]));
            observe(&live, "/", &request(&[(ORIGIN, REFUSED)]));
        });
        // Without the field, or without a span, nothing is recorded.
        tracing::info_span!("other")
            .in_scope(|| observe(&live, "/", &request(&[(ORIGIN, ALLOWED)])));
        observe(&live, "/", &request(&[(ORIGIN, ALLOWED)]));
    });
    assert_eq!(
        recorded.take_from_spans(),
        ["actual-allowed", "actual-refused"]
    );
}

#[test]
fn replacements_are_counted() {
    let metrics = Metrics::default();
    metrics::with_local_recorder(&metrics, || {
        let live = live(config().build().unwrap());
        assert_eq!(metrics.gauge("cors_policy_revision"), Some(1.0));
        for revision in 2..5 {
            live.replace(config().build().unwrap());
            assert_eq!(
                metrics.gauge("cors_policy_revision"),
                Some(f64::from(revision))
            );
        }
    });
    let expected = BTreeMap::from([("cors_policy_replacements_total".to_owned(), 3)]);
    assert_eq!(metrics.counters(), expected);
}

#[test]
fn a_replacement_is_an_event() {
    let live = live(config().build().unwrap());
    let events = events(|| live.replace(config().build().unwrap()));
    let [event] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!((event.level, event.field("revision")), (Level::INFO, "2"));
}

#[test]
fn a_shadow_ends_and_is_replaced() {
    let metrics = Metrics::default();
    let refused = request("GET", &[(ORIGIN, REFUSED)]);
    let any = || Config::new().allow_origins(["*"]).build().unwrap();
    metrics::with_local_recorder(&metrics, || {
        let live = live(config().build().unwrap());
        let differences = || {
            observe(&live, "/", &refused);
            let counters = metrics.take();
            let of = |name: &str| {
                counters
                    .iter()
                    .filter(|(key, _)| key.starts_with(name))
                    .map(|it| *it.1)
                    .sum::<u64>()
            };
            (of("cors_shadow_requests"), of("cors_shadow_differences"))
        };
        assert!(!live.has_shadow());
        live.end_shadow();
        assert_eq!(differences(), (0, 0));
        live.shadow(any(), Sample::ALL);
        assert!(live.has_shadow());
        assert_eq!(differences(), (1, 1));
        live.shadow(config().build().unwrap(), Sample::ALL);
        assert_eq!(differences(), (1, 0));
        live.replace(any());
        assert_eq!(differences(), (1, 1), "it stays the shadow");
        live.shadow(Config::new().build().unwrap(), Sample::one_in(u32::MAX));
        let sampled: u64 = (0..1000).map(|_| differences().0).sum();
        assert!(sampled <= 1);
        live.end_shadow();
        assert!(!live.has_shadow());
        assert_eq!(differences(), (0, 0));
    });
}

/// Every field and every metric is on the page, and every metric on the page exists.
#[test]
fn the_page_has_every_name() {
    const PAGE: &str = include_str!("../OBSERVABILITY.md");
    let metrics = Metrics::default();
    let recorded = metrics::with_local_recorder(&metrics, || {
        let own = config().own_origins(["https://api.example.com"]);
        let live = live(config().build().unwrap());
        live.replace(own.build().unwrap());
        live.shadow(Config::new().build().unwrap(), Sample::ALL);
        events(|| {
            for host in ["api.example.com", "evil.example"] {
                let lines = [(ORIGIN, ALLOWED), (HOST, host), (ACRM, "PUT")];
                observe(&live, "/", &request("OPTIONS", &lines));
            }
        })
    });
    let fields = recorded.iter().flat_map(|event| event.fields.keys());
    let fields: BTreeSet<&str> = fields.copied().collect();
    assert_eq!(fields.len(), 14, "{fields:?}");
    for field in fields {
        assert!(PAGE.contains(&format!("`{field}`")), "{field}");
    }
    let mut names: BTreeSet<String> = metrics.counters().into_keys().collect();
    names.insert("cors_policy_revision".to_owned());
    names.insert("cors_policy_file_errors_total".to_owned()); // See the tests of `watch`.
    let names = names.iter().map(|key| key.split('{').next().unwrap());
    let names: BTreeSet<&str> = names.collect();
    let rows = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| `cors_"));
    let rows = rows.filter_map(|row| row.split('`').next());
    let rows: BTreeSet<String> = rows.map(|name| format!("cors_{name}")).collect();
    assert_eq!(names, rows.iter().map(String::as_str).collect());
}

/// What a request may be reported as, computed from `decide` alone.
#[derive(Debug, Default, PartialEq)]
struct Report {
    events: Vec<(String, String)>,
    counters: BTreeMap<String, u64>,
}

impl Report {
    fn count(&mut self, key: String) {
        *self.counters.entry(key).or_default() += 1;
    }

    fn expected(in_force: Option<Decision>, candidate: Option<Decision>, has_origin: bool) -> Self {
        let mut report = Self::default();
        if let Some(decision) = in_force {
            let verdict = decision.id();
            report.count(format!("cors_requests_total{{verdict=\"{verdict}\"}}"));
            if !decision.is_allowed() {
                report.events.push((verdict.to_owned(), joined(in_force)));
            }
            for reason in decision.reasons() {
                report.count(format!(
                    "cors_refusals_total{{verdict=\"{verdict}\",reason=\"{reason}\"}}"
                ));
            }
        }
        report.count("cors_shadow_requests_total".to_owned());
        let missing = (!has_origin).then_some(Decision::NotCors);
        let (old, new) = (in_force.or(missing), candidate.or(missing));
        if old != new {
            let is_allowed =
                |decision: Option<Decision>| decision.is_some_and(Decision::is_allowed);
            let change = match (is_allowed(old), is_allowed(new)) {
                (true, false) => "refuse",
                (false, true) => "allow",
                (true, true) | (false, false) => "other",
            };
            let reasons = [new, old].into_iter().flatten().flat_map(Decision::reasons);
            let reason = reasons.into_iter().next().unwrap_or("none");
            report.count(format!(
                "cors_shadow_differences_total{{change=\"{change}\",reason=\"{reason}\"}}"
            ));
            report
                .events
                .push((change.to_owned(), joined(old) + " -> " + &joined(new)));
        }
        report
    }

    fn of(events: &[Event], counters: BTreeMap<String, u64>) -> Self {
        let events = events.iter().filter(|event| event.level < Level::TRACE);
        let events = events.map(|event| match event.field("change") {
            "" => (event.field("verdict").into(), event.field("reasons").into()),
            change => (
                change.into(),
                event.field("in_force_reasons").to_owned()
                    + " -> "
                    + event.field("candidate_reasons"),
            ),
        });
        Self {
            events: events.collect(),
            counters,
        }
    }
}

fn joined(decision: Option<Decision>) -> String {
    let reasons = decision.into_iter().flat_map(Decision::reasons);
    reasons.collect::<Vec<_>>().join(", ")
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let origins = prop::sample::subsequence(vec![ALLOWED, REFUSED, "https://*.example.com"], 0..=3);
    let methods = prop::sample::subsequence(vec!["GET", "PUT", "DELETE"], 0..=3);
    let headers = prop::sample::subsequence(vec!["X-A", "X-B"], 0..=2);
    let flags = (any::<bool>(), any::<bool>(), 0..4_u8);
    (origins, methods, headers, flags).prop_map(|(origins, methods, headers, flags)| {
        let (is_any, blocks, own) = flags;
        let origins = if is_any { vec!["*"] } else { origins };
        let config = Config::new()
            .allow_origins(origins)
            .allow_methods(methods)
            .allow_headers(headers)
            .block_refused_origins(blocks && !is_any);
        let config = match own {
            0 => config.own_origins(["https://api.example.com"]),
            _ => config,
        };
        config.build().unwrap()
    })
}

/// Policies, and the policy for each of [`PATHS`].
fn any_policies() -> impl Strategy<Value = (Policies, [Option<Policy>; 3])> {
    let maybe = || prop::option::of(any_policy());
    (maybe(), maybe(), any::<bool>()).prop_map(|(default, rule, has_rule)| {
        let policies = match default.clone() {
            Some(default) => Policies::new(default),
            None => Policies::without_default(),
        };
        let (policies, rule) = match rule {
            _ if !has_rule => (policies, default.clone()),
            Some(policy) => (policies.at("/a", policy.clone()).unwrap(), Some(policy)),
            None => (policies.without_cors("/a").unwrap(), None),
        };
        (policies, [default, rule.clone(), rule])
    })
}

const PATHS: [&str; 3] = ["/", "/a", "/a/b"];

fn any_request() -> impl Strategy<Value = Request> {
    let line = |header, values: &'static [&'static str]| {
        let line = prop::sample::select(values).prop_map(move |value| (header, value));
        prop::collection::vec(line, 0..=2).prop_map(|mut lines| {
            // Several lines are rarer than one.
            if lines.len() == 2 && lines[0] != lines[1] {
                lines.pop();
            }
            lines
        })
    };
    let method = prop::sample::select(vec!["GET", "PUT", "OPTIONS", "OPTIONS"]);
    let lines = (
        line(
            ORIGIN,
            &[ALLOWED, REFUSED, "https://x.example.com", "null", "x y"],
        ),
        line(ACRM, &["GET", "PUT", "DELETE", "a b"]),
        line(ACRH, &["x-a", "x-a,x-b", "x-c", "(", ""]),
        line(
            HOST,
            &["api.example.com", "evil.example", "(", "app.example.com"],
        ),
        line(SITE, &["same-origin", "cross-site"]),
    );
    (method, lines).prop_map(|(method, (origin, acrm, acrh, host, site))| {
        request(method, &[origin, acrm, acrh, host, site].concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(2000)))]

    /// Every request is reported as what `decide` says, and the shadow differs exactly where the
    /// decisions differ.
    #[test]
    fn reports_agree_with_decide(
        (in_force, ours) in any_policies(),
        (candidate, theirs) in any_policies(),
        path in 0..PATHS.len(),
        request in any_request(),
    ) {
        let metrics = Metrics::default();
        let recorded = metrics::with_local_recorder(&metrics, || {
            let live = live(in_force);
            live.shadow(candidate, Sample::ALL);
            events(|| observe(&live, PATHS[path], &request))
        });
        let decide = |policy: &Option<Policy>| policy.as_ref().map(|policy| policy.decide(&request));
        let has_origin = request.lines(ORIGIN).next().is_some();
        let expected = Report::expected(decide(&ours[path]), decide(&theirs[path]), has_origin);
        prop_assert_eq!(Report::of(&recorded, metrics.counters()), expected);
    }
}
