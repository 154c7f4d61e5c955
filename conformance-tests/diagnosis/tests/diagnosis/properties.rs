//! What holds for random fetches and responses.

use browser_model::{Credentials, Redirect, Response};
use cors_diagnosis::{Culprit, Engine, Severity, console, diagnose};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::case::{Case, fetch, response};

proptest! {
    #[test]
    fn what_is_blocked_has_a_reason(case in cases()) {
        let outcome = case.outcome();
        let findings = case.observe(diagnose);
        let of_model = |culprit: Culprit| culprit != Culprit::MixedContent;
        let blocking = findings.iter().filter(|finding| finding.severity == Severity::Blocking);
        let blocking: Vec<_> = blocking.map(|finding| finding.culprit).filter(|culprit| of_model(*culprit)).collect();
        prop_assert_eq!(blocking.len(), usize::from(outcome.result.is_err()), "{:?}", findings);

        let mut ids: Vec<_> = findings.iter().map(|finding| finding.culprit.id()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), count, "two findings say the same: {:?}", findings);

        for engine in Engine::ALL {
            let message = case.observe(|seen| console(seen, engine));
            let is_mixed = findings.iter().any(|finding| finding.culprit == Culprit::MixedContent);
            let is_known = !is_mixed && blocking != [Culprit::WildcardAuthorization];
            if is_known {
                prop_assert_eq!(message.is_some(), outcome.result.is_err(), "{:?}", engine);
            }
            prop_assert!(message.is_none_or(|message| !message.is_empty() && !message.contains('\n')));
        }
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let urls = [
        "https://api.test/items",
        "http://api.test/",
        "http://127.0.0.1:8000/",
        "https://app.example.com/",
    ];
    let pages = [
        "https://app.example.com",
        "http://app.example.com",
        "null",
        "http://localhost:3000",
    ];
    let request = (
        select(vec!["GET", "POST", "PUT", "patch", "TRACE", "A B"]),
        select(urls.to_vec()),
    );
    let script = (
        select(pages.to_vec()),
        subsequence(vec!["x-trace", "authorization", "content-type"], 0..3),
        select(vec![
            Credentials::Omit,
            Credentials::SameOrigin,
            Credentials::Include,
        ]),
        select(vec![
            Redirect::Follow,
            Redirect::Follow,
            Redirect::Error,
            Redirect::Manual,
        ]),
        any::<bool>(),
    );
    let server = (
        responses(),
        responses(),
        responses(),
        proptest::collection::vec(responses(), 2),
    );
    (request, script, server).prop_map(
        |((method, url), (page, headers, credentials, redirect, has_body), server)| {
            let mut case = fetch(method, url)
                .page(page)
                .redirect(redirect)
                .reads("x-total");
            case.fetch.credentials = credentials;
            for name in headers {
                case = case.header(name);
            }
            if has_body {
                case = case.body();
            }
            let (preflight, response, other, probes) = server;
            case.with(
                preflight,
                response,
                other.map(|other| ("https://other.test/to", other)),
                probes,
            )
        },
    )
}

/// A response with some of the lines that matter; `None` if there is none.
fn responses() -> impl Strategy<Value = Option<Response>> {
    let lines = vec![
        "access-control-allow-origin: https://app.example.com",
        "access-control-allow-origin: https://app.example.com",
        "access-control-allow-origin: *",
        "access-control-allow-origin: null",
        "access-control-allow-origin: https://app.example.com/",
        "access-control-allow-credentials: true",
        "access-control-allow-methods: *",
        "access-control-allow-methods: PUT, PATCH",
        "access-control-allow-methods: a b",
        "access-control-allow-headers: *",
        "access-control-allow-headers: x-trace, content-type",
        "access-control-expose-headers: *",
        "location: https://other.test/to",
        "location: /items/",
        "location: ftp://other.test/",
        "vary: origin",
        "last-modified: x",
        "set-cookie: id=1; SameSite=Lax",
        "x-total: 1",
    ];
    let statuses = vec![
        200, 200, 200, 200, 204, 301, 307, 304, 400, 401, 403, 404, 405, 500,
    ];
    let some = (select(statuses), subsequence(lines, 0..8));
    let some = some.prop_map(|(status, lines)| Some(response(status, &lines.join("\n"))));
    prop_oneof![9 => some, 1 => Just(None)]
}
