//! The lines that solve a problem.

use browser_model::{Browser, Quirks, Request, Response};
use cors_diagnosis::{Culprit, Observation, Stack, diagnose};

use crate::case::{Case, URL, fetch, get, put};
use crate::culprits::table;

/// The full texts, in `fixes.txt`.
#[test]
fn texts() {
    let plain = || get().response(200, "");
    let rich = || {
        let methods = "access-control-allow-methods: DELETE";
        put()
            .header("x-trace")
            .credentials()
            .reads("x-total")
            .preflight(401, methods)
    };
    let cases = [
        ("a GET", plain(), Culprit::NoCorsHeaders),
        (
            "a PUT that needs everything",
            rich(),
            Culprit::HeaderNotAllowed,
        ),
        (
            "from outside of the middleware",
            rich(),
            Culprit::PreflightUnauthorized,
        ),
        ("set twice", plain(), Culprit::DuplicateAllowOrigin),
        ("Vary", plain(), Culprit::VaryMissing),
        (
            "a cookie",
            get().response(200, "set-cookie: id=1"),
            Culprit::CookieSameSite,
        ),
        ("a method", fetch("patch", URL), Culprit::MethodCase),
    ];
    let mut texts = String::new();
    let redirect = fetch("PUT", "http://api.test/items").page("http://app.example.com");
    let redirect = redirect.preflight(301, "location: https://api.test/items");
    let lines =
        redirect.observe(|seen| Culprit::PreflightRedirectToHttps.fix_for(Stack::Nginx, seen));
    assert_eq!(
        lines.unwrap(),
        "// in the script\nfetch(\"https://api.test/items\")"
    );
    for (name, case, culprit) in cases {
        for stack in Stack::ALL {
            let lines = case.observe(|seen| culprit.fix_for(stack, seen)).unwrap();
            texts += &format!("### {name}: {}\n{lines}\n\n", stack.name());
        }
    }
    let expected = include_str!("fixes.txt");
    for (text, expected) in texts.split("### ").zip(expected.split("### ")) {
        assert_eq!(text, expected);
    }
    assert_eq!(texts.len(), expected.len());
}

#[test]
fn no_lines_allow_null_or_every_origin() {
    for (case, _) in table() {
        let all = all(&case);
        assert!(
            case.fetch.origin != "null" || all.iter().all(is_of_script),
            "{all:?}"
        );
        for lines in all {
            let every = ["\"*\"", ": *", " *;"];
            assert!(
                !lines.contains("null") && !every.iter().any(|every| lines.contains(every)),
                "{lines}"
            );
        }
    }
}

/// What belongs to the values of a response cannot break out of the configuration.
#[test]
fn lines_are_safe_to_paste() {
    let lists = "access-control-allow-methods: A'B, $C, `D`, \"E, F\n\
                 access-control-allow-headers: x-$a, x'b, *, a b, \u{7f}\n\
                 set-cookie: a\"b=1; SameSite=Lax";
    let case = put().header("x-trace").credentials().preflight(204, lists);
    for lines in all(&case) {
        for part in ["A'B", "$C", "`D`", "\"E", "x-$a", "x'b", "a b,", "a\"b"] {
            assert!(!lines.contains(part), "{lines}");
        }
    }
    for origin in [
        "https://a\"b.example",
        "https://a b",
        "x://$a",
        "x://a;b",
        "x://'",
    ] {
        assert!(all(&case.clone().page(origin)).iter().all(is_of_script));
    }
}

fn is_of_script(lines: impl AsRef<str>) -> bool {
    lines.as_ref().starts_with("// in the script")
}

fn all(case: &Case) -> Vec<String> {
    let pairs = Culprit::ALL
        .iter()
        .flat_map(|culprit| Stack::ALL.map(|stack| (culprit, stack)));
    let lines =
        pairs.filter_map(|(culprit, stack)| case.observe(|seen| culprit.fix_for(stack, seen)));
    lines
        .filter(|lines| !lines.starts_with("app = CORSMiddleware(*"))
        .collect()
}

/// Either all stacks have lines, or none.
#[test]
fn every_stack_has_lines() {
    for culprit in Culprit::ALL {
        let case = put().preflight(200, "");
        let lines =
            Stack::ALL.map(|stack| case.observe(|seen| culprit.fix_for(stack, seen)).is_some());
        assert!(lines.iter().all(|has| *has == lines[0]), "{culprit:?}");
    }
}

/// The fetches that the servers below must allow, after their lines are in place.
pub(crate) fn blocked() -> Vec<(Case, Culprit)> {
    let bare = |case: Case| case.preflight(200, "").response(200, "");
    vec![
        (bare(get()), Culprit::NoCorsHeaders),
        (bare(get().credentials()), Culprit::WildcardOrigin),
        (bare(put()), Culprit::PreflightUnauthorized),
        (
            bare(
                fetch("DELETE", URL)
                    .header("x-trace")
                    .credentials()
                    .reads("x-total"),
            ),
            Culprit::PreflightNotRouted,
        ),
        (
            bare(fetch("POST", URL).header("authorization").reads("x-total")),
            Culprit::PreflightRefused,
        ),
    ]
}

/// Checks that a server allows a fetch, and that nothing else is wrong. Another page must not be allowed.
pub(crate) fn check(case: &Case, mut send: impl FnMut(&Request) -> Option<Response>) {
    assert_eq!(found(case, &mut send), Vec::new());

    let other = case.clone().page("https://app.example.com.evil.test");
    let outcome = Browser::new(Quirks::NONE).fetch(&other.fetch, &mut send);
    let heads = cors_diagnosis::heads(&outcome);
    let is_allowed = heads
        .to_ascii_lowercase()
        .contains("< access-control-allow-origin");
    assert!(outcome.result.is_err() && !is_allowed, "{heads}");
}

/// What is wrong with the responses of a server to a fetch.
fn found(case: &Case, mut send: impl FnMut(&Request) -> Option<Response>) -> Vec<Culprit> {
    let outcome = Browser::new(Quirks::NONE).fetch(&case.fetch, &mut send);
    let probes = cors_diagnosis::probes(&outcome).into_iter();
    let probes: Vec<_> = probes
        .map(|request| (request.clone(), send(&request)))
        .collect();
    let seen = Observation {
        probes: &probes,
        ..Observation::new(&case.fetch, &outcome)
    };
    let mut found: Vec<_> = diagnose(&seen)
        .iter()
        .map(|finding| finding.culprit)
        .collect();
    // nginx responds with 401 to everyone, and the script reads that.
    found.retain(|culprit| *culprit != Culprit::CookieSameSite);
    found
}
