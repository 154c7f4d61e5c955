//! Laws that hold for every policy and every request.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod naive;
mod support;

use cors_core::{Config, Decision, Policy, RequestHead as _, RequestHeader, ResponseHeader};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use support::{Request, headers, rendered};

const HOSTS: &[&str] = &[
    "example.com",
    "a.example.com",
    "b.a.example.com",
    "example.org",
    "ample.com",
    "com",
    "localhost",
    "a.localhost",
    "xn--bcher-kva.example",
    "a_b.example",
    "example.com.",
    "127.0.0.1",
    "[::1]",
    "[::ffff:7f00:1]",
    "1.example",
];
/// Hosts of this server. A pattern below any of the names is valid.
const OWN_HOSTS: &[&str] = &[
    "example.com",
    "localhost",
    "example.com.",
    "127.0.0.1",
    "[::1]",
];
const SCHEMES: &[&str] = &["https", "http", "tauri", "app"];
/// A `*` inside the first label.
const LABELS: &[&str] = &["a-*.", "a*.", "*-b.", "a*b.", "a-*-b.", "*a."];
/// Entries without a host, or with any host.
const OTHERS: &[&str] = &[
    "app://",
    "app://.",
    "file://",
    "app://*",
    "tauri://*",
    "chrome-extension://*",
];
const METHODS: &[&[&str]] = &[&["GET"], &["*"], &["PUT", "PATCH"], &[], &["get", "PURGE"]];
const NAMES: &[&[&str]] = &[&[], &["X-A", "x-b"], &["*"], &["Authorization"]];
const EXPOSED: &[&[&str]] = &[&[], &["X-E"], &["*"]];
/// Ports as in a `Host`, some of which no browser sends.
const PORTS_OF_HOST: &[&str] = &["", "", ":80", ":443", ":8080", ":1", ":080", ":", ":443:80"];
const PORTS: &[&str] = &["", ":8080", ":3000", ":1", ":65535"];

/// Entries of `allow_origins` that are similar to each other.
fn entry() -> impl Strategy<Value = String> {
    let pattern = (
        select(SCHEMES),
        prop_oneof![5 => Just(""), 3 => Just("*."), 2 => select(LABELS)],
        select(HOSTS),
        prop_oneof![4 => select(PORTS), 1 => Just(":*")],
    )
        .prop_map(|(scheme, wildcard, host, port)| format!("{scheme}://{wildcard}{host}{port}"));
    let other = select(OTHERS).prop_map(str::to_owned);
    prop_oneof![20 => pattern, 1 => Just("null".to_owned()), 2 => other]
}

/// Origins similar to those entries, some with one or two bytes changed.
fn origin() -> impl Strategy<Value = Vec<u8>> {
    let plain = (
        select(SCHEMES),
        vec(
            select(&["a", "b", "x", "evil", "a-1", "a-1-b", "axb", "a_b", ""][..]),
            0..3,
        ),
        select(HOSTS),
        select(PORTS),
    )
        .prop_map(|(scheme, labels, host, port)| {
            let labels: String = labels.iter().map(|label| format!("{label}.")).collect();
            format!("{scheme}://{labels}{host}{port}").into_bytes()
        });
    let odd = select(&b"./:@#?*-_ \t\0\x7f\xffAaz09%\\[]"[..]);
    let change = (any::<prop::sample::Index>(), 0..3_u8, odd);
    let mutated = (plain.clone(), vec(change, 0..3)).prop_map(|(mut origin, changes)| {
        for (at, how, byte) in changes {
            let at = at.index(origin.len().max(1));
            match how {
                0 => origin.insert(at.min(origin.len()), byte),
                1 if at < origin.len() => drop(origin.remove(at)),
                _ if at < origin.len() => origin[at] = byte,
                _ => {}
            }
        }
        origin
    });
    let other = select(OTHERS).prop_map(|origin| origin.replace('*', "host").into_bytes());
    let plain = prop_oneof![6 => plain, 1 => other];
    prop_oneof![4 => plain, 6 => mutated, 1 => Just(b"null".to_vec()), 1 => vec(any::<u8>(), 0..400)]
}

/// Values of `Host` that are similar to the entries, some with one or two bytes changed.
fn host() -> impl Strategy<Value = Vec<u8>> {
    let of_origin = (origin(), select(PORTS_OF_HOST)).prop_map(|(origin, port)| {
        let start = origin.windows(3).position(|window| window == b"://");
        let mut host = origin[start.map_or(0, |start| start + 3)..].to_vec();
        host.extend(port.bytes());
        host
    });
    let labels = select(&["", "", "a.", "a-1.", "b.a."][..]);
    let plain = (
        labels,
        select(OWN_HOSTS),
        select(PORTS_OF_HOST),
        any::<bool>(),
    );
    let plain = plain.prop_map(|(labels, host, port, upper)| {
        let host = format!("{labels}{host}{port}");
        let host = if upper { host.to_uppercase() } else { host };
        host.into_bytes()
    });
    prop_oneof![8 => plain, 1 => of_origin]
}

/// Entries of `own_origins`, most of which are valid.
fn own_entry() -> impl Strategy<Value = String> {
    let wildcard = prop_oneof![3 => Just(""), 2 => Just("*."), 1 => select(LABELS)];
    let port = prop_oneof![1 => select(PORTS), 2 => Just(":*")];
    (select(&SCHEMES[..2]), wildcard, select(OWN_HOSTS), port)
        .prop_map(|(scheme, wildcard, host, port)| format!("{scheme}://{wildcard}{host}{port}"))
}

/// Configurations, most of which build.
fn config() -> impl Strategy<Value = Config> {
    let origins = prop_oneof![1 => Just(vec!["*".to_owned()]), 6 => vec(entry(), 0..8)];
    let methods = select(METHODS);
    let names = select(NAMES);
    let exposed = select(EXPOSED);
    // With a regex, a build takes much longer.
    let regex = select(&[r"https://.*\.example\.net", r"http://localhost:\d+"][..]);
    let regex = prop::option::weighted(0.1, regex);
    let flags = any::<[bool; 7]>();
    let own = prop_oneof![2 => Just(Vec::new()), 1 => vec(own_entry(), 1..4)];
    let origins = (origins, own);
    (origins, regex, methods, names, exposed, any::<u64>(), flags).prop_map(
        |((origins, own), regex, methods, names, exposed, max_age, flags)| {
            let [
                credentials,
                bare,
                diagnostics,
                block,
                public_suffixes,
                any_app,
                timing,
            ] = flags;
            let config = Config::new()
                .allow_origins(origins)
                .allow_methods(methods.iter().copied())
                .allow_headers(names.iter().copied())
                .allow_credentials(credentials)
                .expose_headers(exposed.iter().copied())
                .max_age(max_age)
                .preflight_status(if bare { 204 } else { 200 })
                .diagnostics(diagnostics)
                .block_refused_origins(block)
                .own_origins(own)
                .timing_allow_origin(timing)
                .dangerously_allow_credentials_on_public_suffixes(public_suffixes)
                .dangerously_allow_credentials_with_any_app(any_app);
            match regex {
                Some(regex) => config.allow_origin_regex(regex),
                None => config,
            }
        },
    )
}

fn policy() -> impl Strategy<Value = Policy> {
    config().prop_filter_map("the configuration is refused", |config| config.build().ok())
}

fn request() -> impl Strategy<Value = Request> {
    let junk = || vec(any::<u8>(), 0..40);
    let method =
        prop_oneof![4 => Just(b"OPTIONS".to_vec()), 3 => Just(b"GET".to_vec()), 1 => junk()];
    let requested_method = prop_oneof![
        6 => select(&["GET", "PUT", "PATCH", "POST", "put", "PURGE"][..]).prop_map(|m| m.as_bytes().to_vec()),
        1 => junk()
    ];
    let names = prop_oneof![
        4 => select(&["x-a", "X-A,x-b", " x-a ,, x-b", "authorization", "accept", "x-c", "", ","][..])
            .prop_map(|names| names.as_bytes().to_vec()),
        1 => junk()
    ];
    let line = prop_oneof![
        origin().prop_map(|value| (RequestHeader::Origin, value)),
        requested_method.prop_map(|value| (RequestHeader::AccessControlRequestMethod, value)),
        names.prop_map(|value| (RequestHeader::AccessControlRequestHeaders, value)),
        select(&["same-origin", "cross-site", "none"][..])
            .prop_map(|value| (RequestHeader::SecFetchSite, value.as_bytes().to_vec())),
        host().prop_map(|value| (RequestHeader::Host, value)),
    ];
    // Most requests have one host, as otherwise few would pass the check of the host.
    let host = prop::option::weighted(0.6, host());
    (method, vec(line, 0..6), host).prop_map(|(method, mut lines, host)| {
        if let Some(host) = host {
            lines.retain(|(name, _)| *name != RequestHeader::Host);
            lines.push((RequestHeader::Host, host));
        }
        Request { method, lines }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: support::cases(2_000), ..ProptestConfig::default() })]

    #[test]
    fn decide_is_total_and_pure(policy in policy(), request in request()) {
        let decision = policy.decide(&request);
        prop_assert_eq!(decision, policy.decide(&request));
        let explained = policy.explain(decision, &request);
        prop_assert!(!explained.is_empty() && !explained.contains(['\n', '\r', '\0']));
        let refused = decision.reasons().next().is_some();
        prop_assert_eq!(refused, !decision.is_allowed());
    }

    #[test]
    fn a_refused_preflight_grants_nothing(policy in policy(), request in request()) {
        let rendered = rendered(policy);
        let decision = rendered.policy().decide(&request);
        if let Decision::Preflight(Err(refusal)) = decision {
            let out = headers(&rendered, &request);
            prop_assert!(!out.0.contains_key(ResponseHeader::MaxAge.name()));
            if refusal.origin().is_some() {
                prop_assert_eq!(out.0.keys().copied().collect::<Vec<_>>(), ["vary"]);
            }
            let shows_lists = out.0.contains_key(ResponseHeader::AllowMethods.name())
                || out.0.contains_key(ResponseHeader::AllowHeaders.name());
            let diagnostics = rendered.policy().to_config().get_diagnostics();
            prop_assert!(!shows_lists || diagnostics);
            // The lists alone must make the browser refuse: the method is missing from a list that
            // is present, or a header is missing.
            if shows_lists && refusal.headers().is_none() {
                let requested = request.lines(RequestHeader::AccessControlRequestMethod).next().unwrap();
                let methods = out.0.get(ResponseHeader::AllowMethods.name()).unwrap();
                prop_assert!(!methods.split(|&b| b == b',').any(|m| m.trim_ascii() == requested));
                prop_assert!(!matches!(requested, b"GET" | b"HEAD" | b"POST"));
            }
            let ok_status = rendered.early_response(rendered.verdict(&request)).unwrap().status < 300;
            prop_assert_eq!(ok_status, shows_lists);
        }
    }

    #[test]
    fn any_origin_is_never_combined_with_credentials(config in config(), request in request()) {
        let any = config.get_allow_origins().iter().any(|entry| entry == "*");
        let credentials = config.get_allow_credentials();
        match config.build() {
            Err(_) => {}
            Ok(policy) => {
                prop_assert!(!(any && credentials));
                let rendered = rendered(policy);
                let out = headers(&rendered, &request);
                let star = out.0.get("access-control-allow-origin").is_some_and(|value| value == b"*");
                prop_assert!(!(star && out.0.contains_key("access-control-allow-credentials")));
            }
        }
    }

    /// The allowed origin in a response is the origin of the request, or `*`.
    #[test]
    fn only_an_allowed_origin_is_echoed(policy in policy(), request in request()) {
        let rendered = rendered(policy);
        let out = headers(&rendered, &request);
        if let Some(value) = out.0.get("access-control-allow-origin").filter(|value| *value != b"*") {
            prop_assert!(rendered.policy().is_origin_allowed(value));
            prop_assert_eq!(request.lines.iter().filter(|(name, _)| *name == RequestHeader::Origin).count(), 1);
        }
    }

    /// Only a request with one `Host` that is that of an own origin gets any further, and only pages of own
    /// origins are same-origin.
    #[test]
    fn own_origins(policy in policy(), request in request()) {
        let config = policy.to_config();
        let own = config.get_own_origins();
        let decision = policy.decide(&request);
        let hosts: Vec<&[u8]> = request.lines(RequestHeader::Host).collect();
        let is_own = own.is_empty() || matches!(hosts[..], [host] if naive::is_own_host(own, host));
        prop_assert_eq!(matches!(decision, Decision::Misdirected(_)), !is_own);
        if let Decision::Actual(Err(_)) = decision
            && config.get_block_refused_origins()
            && !own.is_empty()
        {
            let origin = request.lines(RequestHeader::Origin).next().unwrap();
            prop_assert!(naive::is_allowed(own, origin));
        }
        if !is_own {
            let out = headers(&rendered(policy), &request).0;
            let any = config.get_allow_origins() == ["*"];
            let vary: &[&str] = if any { &[] } else { &["vary"] };
            prop_assert_eq!(out.keys().copied().collect::<Vec<_>>(), vary);
        }
    }

    #[test]
    fn the_fast_host_check_agrees_with_the_naive_one(
        own in vec(own_entry(), 1..4),
        hosts in vec(host(), 1..8),
    ) {
        let policy = Config::new().own_origins(own.clone()).build();
        let Ok(policy) = policy else { return Ok(()) };
        for host in hosts {
            let lines = vec![(RequestHeader::Host, host.clone())];
            let request = Request { method: b"GET".to_vec(), lines };
            prop_assert_eq!(
                policy.decide(&request).is_allowed(),
                naive::is_own_host(&own, &host),
                "{}", host.escape_ascii()
            );
        }
    }

    /// With the key, `Timing-Allow-Origin` is `Access-Control-Allow-Origin`. Otherwise it belongs to the
    /// application.
    #[test]
    fn timing_follows_the_allowed_origin(policy in policy(), request in request()) {
        let follows = policy.to_config().get_timing_allow_origin();
        let [timing, allow_origin] =
            [ResponseHeader::TimingAllowOrigin, ResponseHeader::AllowOrigin].map(ResponseHeader::name);
        let mut out = support::Headers::default();
        out.0.insert(timing, b"own".to_vec());
        support::apply(&rendered(policy), &request, &mut out);
        let expected = match follows {
            true => out.0.get(allow_origin).cloned(),
            false => Some(b"own".to_vec()),
        };
        prop_assert_eq!(out.0.get(timing), expected.as_ref());
    }

    #[test]
    fn the_fast_matcher_agrees_with_the_naive_one(
        list in vec(entry(), 0..12),
        origins in vec(origin(), 1..8),
    ) {
        let policy = Config::new().allow_origins(list.clone()).build();
        let Ok(policy) = policy else { return Ok(()) };
        for origin in origins {
            prop_assert_eq!(
                policy.is_origin_allowed(&origin),
                naive::is_allowed(&list, &origin),
                "{}", origin.escape_ascii()
            );
        }
        for entry in &list {
            prop_assert_eq!(
                policy.is_origin_allowed(entry.as_bytes()),
                naive::is_allowed(&list, entry.as_bytes()),
                "{}", entry
            );
        }
    }

    /// The verdict has no reasons; the decision has all of them.
    #[test]
    fn the_verdict_and_the_decision_agree(policy in policy(), request in request()) {
        let decision = policy.decide(&request);
        let rendered = rendered(policy);
        let early = rendered.early_response(rendered.verdict(&request));
        let allow_origin = ResponseHeader::AllowOrigin.name();
        let readable = headers(&rendered, &request).0.contains_key(allow_origin);
        match decision {
            Decision::NotCors => prop_assert_eq!(early, None),
            Decision::Actual(result) => {
                prop_assert_eq!(early, None);
                let any = rendered.policy().to_config().get_allow_origins() == ["*"];
                prop_assert_eq!(readable, any || result.is_ok());
            }
            Decision::Blocked(_) => prop_assert_eq!(early.unwrap().status, 403),
            Decision::Misdirected(_) => {
                prop_assert_eq!(early.unwrap().status, 421);
                prop_assert!(!readable);
            }
            Decision::Preflight(Ok(())) => {
                prop_assert!(matches!(early.unwrap().status, 200 | 204));
                prop_assert!(readable);
            }
            Decision::Preflight(Err(refusal)) => {
                let refused = [
                    refusal.origin().map(|_| "origin"),
                    refusal.method().map(|_| "method"),
                    refusal.headers().map(|_| "headers"),
                ];
                let refused: Vec<&str> = refused.into_iter().flatten().collect();
                let early = early.unwrap();
                let body = format!("Disallowed CORS {}", refused.join(", "));
                prop_assert!(early.body == body || early.status == 204);
                prop_assert_eq!(readable, refusal.origin().is_none());
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn reading_back_gives_the_same_policy(policy in policy(), request in request()) {
        let config = policy.to_config();
        let again = config.clone().build().unwrap();
        prop_assert_eq!(&again, &policy);
        prop_assert_eq!(again.to_config(), config);
        prop_assert_eq!(again.decide(&request), policy.decide(&request));
        prop_assert_eq!(
            headers(&rendered(again.clone()), &request),
            headers(&rendered(policy.clone()), &request)
        );
    }
}

/// The generators above produce both allowed and refused origins often enough.
#[test]
fn generated_origins_are_allowed_and_refused() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut allowed = 0;
    for _ in 0..1_000 {
        let list = vec(entry(), 1..12).new_tree(&mut runner).unwrap().current();
        let origin = origin().new_tree(&mut runner).unwrap().current();
        allowed += u32::from(naive::is_allowed(&list, &origin));
    }
    assert!((20..900).contains(&allowed), "{allowed} of 1000");
}

/// The generators above produce both own and other hosts often enough.
#[test]
fn generated_hosts_are_own_and_others() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut own, mut built) = (0, 0);
    for _ in 0..1_000 {
        let entries = vec(own_entry(), 1..4)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let host = host().new_tree(&mut runner).unwrap().current();
        if Config::new().own_origins(entries.clone()).build().is_ok() {
            built += 1;
            own += u32::from(naive::is_own_host(&entries, &host));
        }
    }
    assert!(
        built > 300 && (30..built / 2).contains(&own),
        "{own} of {built}"
    );
}
