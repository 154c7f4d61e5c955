//! Which culprits are found for which responses.

use browser_model::Redirect;
use cors_diagnosis::{Culprit, Finding, Severity, diagnose};

use crate::case::{Case, PAGE, fetch, get, put};

const ALLOWED: &str = "access-control-allow-origin: https://app.example.com
    access-control-allow-methods: PUT, DELETE
    access-control-allow-headers: x-trace, authorization
    access-control-allow-credentials: true
    vary: origin";

const HTTP: &str = "http://api.test/items";

/// What is wrong, and the identifiers of what is found.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<(Case, &'static str)> {
    let allow = |value: &str| format!("access-control-allow-origin: {value}");
    let methods = |value: &str| format!("{ALLOWED}\naccess-control-allow-methods: {value}").replace("PUT, DELETE", "GET");
    let headers = |value: &str| ALLOWED.replace("x-trace, authorization", value);
    let credentials = |value: &str| ALLOWED.replace("credentials: true", value);
    let cookie = |attributes: &str| format!("{ALLOWED}\nset-cookie: session=1{attributes}");
    vec![
        // The request.
        (fetch("TRACE", crate::case::URL), "forbidden-method"),
        (fetch("A B", crate::case::URL), "invalid-request"),
        (get().header("a b"), "invalid-request"),
        (get().body(), "body-of-get"),
        (fetch("GET", "https://api.test:6667/"), "unfetchable-url"),
        (fetch("GET", "https://user:pass@api.test/"), "unfetchable-url"),
        (fetch("GET", HTTP).response(200, ALLOWED), "mixed-content"),
        (fetch("GET", HTTP).response(200, ""), "mixed-content no-cors-headers"),
        (fetch("GET", "http://192.168.1.7/").response(200, ALLOWED), "mixed-content local-network"),
        (fetch("GET", "http://127.0.0.1:8000/").response(200, ALLOWED), "mixed-content local-network"),
        (fetch("GET", "http://localhost:8000/").response(200, ALLOWED), "mixed-content local-network"),
        (fetch("GET", "https://192.168.1.7/").response(200, ALLOWED), "local-network"),
        (fetch("GET", "http://[::1]/").page("http://app.example.com").response(200, &allow("*")), "local-network"),
        (fetch("GET", "http://[::1]/").page("http://localhost:3000").response(200, &allow("*")), ""),
        (fetch("GET", "http://127.0.0.1/").page("http://10.0.0.1").response(200, &allow("*")), ""),
        (get().server("10.0.0.7").response(200, ALLOWED), "local-network"),
        (get().server("8.8.8.8").response(200, ALLOWED), ""),
        (get(), "unreachable"),
        (put(), "unreachable"),
        (put().preflight(204, ALLOWED), "unreachable"),
        // The origin.
        (get().response(200, ""), "no-cors-headers"),
        (put().preflight(200, ""), "no-cors-headers"),
        (get().response(200, "vary: accept, Origin"), "origin-not-allowed"),
        (get().response(200, "access-control-allow-credentials: true"), "origin-not-allowed"),
        (get().response(200, &allow("https://other.example")), "origin-not-allowed"),
        (put().preflight(204, "access-control-allow-methods: PUT"), "origin-not-allowed"),
        (put().preflight(400, "vary: Origin\naccess-control-allow-methods: PUT"), "origin-not-allowed"),
        (get().page("null").response(200, ""), "opaque-origin"),
        (get().page("null").response(200, &allow(PAGE)), "opaque-origin"),
        (get().response(302, &format!("location: https://c.test/\n{ALLOWED}")).at("https://c.test/", 200, ALLOWED), "redirected-origin"),
        (get().response(200, &[allow(PAGE), allow(PAGE)].join("\n")), "duplicate-allow-origin"),
        (get().response(200, &[allow("*"), allow(PAGE)].join("\n")), "duplicate-allow-origin"),
        (get().response(200, &allow("https://app.example.com, *")), "duplicate-allow-origin"),
        (get().response(200, &allow("https://app.example.com https://b.example")), "duplicate-allow-origin"),
        (put().preflight(204, &format!("{ALLOWED}\n{}", allow("*"))), "duplicate-allow-origin"),
        (get().response(200, &allow("https://app.example.com/")), "origin-slash"),
        (get().response(200, &allow("https://App.Example.com")), "origin-case"),
        (get().response(200, &allow("https://app.example.com:8443")), "origin-port"),
        (get().response(200, &allow("https://app.example.com:443")), "origin-port"),
        (get().response(200, &allow("http://app.example.com")), "origin-scheme"),
        (get().response(200, &allow("https://www.app.example.com")), "origin-www"),
        (get().page("https://www.example.com").response(200, &allow("https://example.com")), "origin-www"),
        (get().response(200, &allow("https://app.example.com\u{e9}")), "origin-malformed"),
        (get().response(200, &allow("https://\u{e9}.example")), "origin-malformed"),
        (get().response(200, &allow("app.example.com")), "origin-malformed"),
        (get().response(200, &allow("https://*.example.com")), "origin-malformed"),
        (get().response(200, &allow("https://app.example.com/app")), "origin-malformed"),
        (get().response(200, &allow("")), "origin-malformed"),
        // Responses from outside of the middleware.
        (get().response(500, ""), "error-without-headers"),
        (put().preflight(204, ALLOWED).response(500, ""), "error-without-headers"),
        (put().preflight(204, ALLOWED).response(200, ""), "response-without-headers"),
        (get().response(301, "location: https://api.test/items/"), "redirect-without-headers"),
        (put().preflight(401, ""), "preflight-unauthorized"),
        (put().preflight(401, ALLOWED), "preflight-unauthorized"),
        (put().preflight(302, "location: https://login.test/start"), "preflight-unauthorized"),
        (put().preflight(403, ""), "preflight-refused"),
        (put().preflight(400, "access-control-allow-origin: https://app.example.com"), "preflight-refused"),
        (put().preflight(429, "access-control-allow-origin: https://app.example.com"), "preflight-refused"),
        (put().preflight(404, ""), "preflight-not-routed"),
        (put().preflight(405, ""), "preflight-not-routed"),
        (put().preflight(502, ""), "preflight-server-error"),
        (put().preflight(304, ""), "preflight-status"),
        (put().preflight(301, "location: https://other.test/"), "preflight-redirect"),
        (put().preflight(308, "location: /items/"), "preflight-redirect-slash"),
        (put().preflight(307, &format!("location: /items/\n{ALLOWED}")), "preflight-redirect-slash"),
        (fetch("PUT", HTTP).page("http://app.example.com").preflight(301, "location: https://api.test/items"), "preflight-redirect-to-https"),
        // Credentials.
        (get().credentials().response(200, &allow("*")), "wildcard-origin"),
        (put().credentials().preflight(204, &methods("*")), "wildcard-methods"),
        (get().header("x-trace").credentials().preflight(204, &headers("*")), "wildcard-headers"),
        (get().header("authorization").credentials().preflight(204, &headers("*")), "wildcard-headers"),
        (get().header("authorization").preflight(204, &headers("*")), "wildcard-authorization"),
        (get().credentials().reads("x-total").response(200, &format!("{ALLOWED}\nx-total: 1\naccess-control-expose-headers: *")), "wildcard-exposed"),
        (get().credentials().response(200, &allow(PAGE)), "credentials-not-allowed"),
        (get().credentials().response(200, &credentials("credentials: True")), "credentials-not-true"),
        (get().credentials().response(200, &cookie("")), "cookie-same-site"),
        (get().credentials().response(200, &cookie("; SameSite=Lax; Secure")), "cookie-same-site"),
        (get().credentials().response(200, &cookie("; SameSite=None")), "cookie-same-site"),
        (get().credentials().response(401, ALLOWED), "cookie-same-site"),
        // Methods and headers.
        (put().preflight(204, &methods("GET")), "method-not-allowed"),
        (put().preflight(204, &allow("*")), "method-not-allowed"),
        (put().preflight(400, &methods("GET")), "method-not-allowed"),
        (fetch("patch", crate::case::URL).preflight(204, &methods("PATCH")), "method-case"),
        (put().header("x-other").preflight(204, ALLOWED), "header-not-allowed"),
        (put().header("x-other").preflight(400, ALLOWED), "header-not-allowed"),
        (put().preflight(204, &methods("GET; PUT")), "malformed-methods"),
        (put().preflight(204, &headers("a b")), "malformed-headers"),
        (get().reads("X-Total").response(200, &format!("{ALLOWED}\nx-total: 1")), "header-not-exposed"),
        (get().reads("set-cookie").response(200, &format!("{ALLOWED}\nset-cookie: a=b")), "header-not-exposed"),
        (get().reads("x-total").response(200, ALLOWED), "header-absent"),
        (get().reads("x-total").response(200, &format!("{ALLOWED}\nx-total: 1\naccess-control-expose-headers: x-total; b")), "malformed-exposed"),
        // Redirects.
        (get().redirect(Redirect::Error).response(302, &format!("location: /to\n{ALLOWED}")), "redirect-not-wanted"),
        (get().response(302, &format!("location: http://a b/\n{ALLOWED}")), "redirect-malformed"),
        (get().response(302, &format!("location: ftp://a/\n{ALLOWED}")), "redirect-scheme"),
        (get().response(302, &format!("location: /items\n{ALLOWED}")), "redirect-loop"),
        (get().response(302, &format!("location: https://a:b@api.test/\n{ALLOWED}")), "redirect-user-info"),
        // Readable, but a risk.
        (get().response(200, &allow(PAGE)).probe(200, "").probe(200, ""), "vary-missing"),
        (get().response(200, ALLOWED).probe(200, "").probe(200, ""), "vary-missing"),
        (get().response(200, ALLOWED).probe(200, "vary: origin").probe(200, "cache-control: public, max-age=60"), "vary-missing"),
        (get().response(200, ALLOWED).probe(200, "vary: origin").probe(200, "last-modified: x"), "vary-missing"),
        (get().response(200, &format!("{}\ncache-control: max-age=9", allow("*"))).probe(200, &allow("*")).probe(200, ""), "vary-missing"),
        (get().response(200, ALLOWED).probe(200, "access-control-allow-origin: https://cors-probe.example\naccess-control-allow-credentials: true\nvary: Origin").probe(200, "vary: Origin"), "any-origin-reflected"),
        (get().page("null").response(200, &allow("null")), "null-allowed"),
        // Nothing is wrong.
        (get().response(200, ALLOWED), ""),
        (get().response(404, ALLOWED), ""),
        (get().response(200, &allow("*")), ""),
        (get().credentials().response(200, ALLOWED), ""),
        (get().credentials().response(200, &cookie("; Secure; samesite=none")), ""),
        (fetch("GET", "https://api.example.com/").credentials().response(401, &cookie("; SameSite=Strict")), ""),
        (get().response(200, &cookie("; SameSite=Strict")), ""),
        (put().preflight(204, ALLOWED).response(200, ALLOWED), ""),
        (put().header("x-trace").preflight(200, ALLOWED).response(500, ALLOWED), ""),
        (put().header("x-any").preflight(200, "access-control-allow-origin: *\naccess-control-allow-methods: *\naccess-control-allow-headers: *").response(200, &allow("*")), ""),
        (get().response(302, &format!("location: /to\n{ALLOWED}")).at("/to", 200, ALLOWED), ""),
        (get().redirect(Redirect::Manual).reads("x").response(302, &format!("location: /to\n{ALLOWED}")), ""),
        (get().reads("x-total").reads("content-type").response(200, &format!("{ALLOWED}\nx-total: 1\ncontent-type: a/b\naccess-control-expose-headers: X-Total")), ""),
        (get().response(200, ALLOWED).probe(200, "vary: Origin").probe(200, "vary: Accept, Origin\ncache-control: public"), ""),
        (get().response(200, ALLOWED).probe(200, "vary: *").probe(200, "vary: *\nlast-modified: x"), ""),
        // As Starlette does: nothing without `Origin`. No cache reuses it.
        (get().response(200, ALLOWED).probe(200, "vary: Origin").probe(200, ""), ""),
        (get().response(200, ALLOWED).probe(200, "vary: Origin").probe(200, "cache-control: no-store\nlast-modified: x"), ""),
        (get().response(200, ALLOWED).probe(200, "vary: Origin").probe(200, "cache-control: max-age=0\nlast-modified: x"), ""),
        (get().response(200, &allow("*")).probe(200, &allow("*")).probe(200, ""), ""),
        // Fixed for all requests.
        (get().response(200, &allow(PAGE)).probe(200, &allow(PAGE)).probe(200, &format!("{}\nlast-modified: x", allow(PAGE))), ""),
        // Any origin, but without credentials.
        (get().response(200, &format!("{}\nvary: origin", allow(PAGE))).probe(200, "access-control-allow-origin: https://cors-probe.example\nvary: Origin").probe(200, "vary: Origin"), ""),
        // The page has the origin of the server.
        (fetch("GET", "https://app.example.com/").response(200, ""), ""),
        (fetch("GET", "http://127.0.0.1/").page("http://127.0.0.1").response(200, ""), ""),
    ]
}

#[test]
fn of_each_case() {
    let mut wrong = Vec::new();
    for (case, expected) in table() {
        let found = case.observe(diagnose);
        let ids: Vec<_> = found.iter().map(|finding| finding.culprit.id()).collect();
        if ids.join(" ") != expected {
            wrong.push(format!(
                "expected {expected}, found {found:#?} for {case:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_culprit_has_a_case() {
    let table = table();
    for culprit in Culprit::ALL {
        let is_expected = |expected: &str| expected.split(' ').any(|id| id == culprit.id());
        assert!(
            table.iter().any(|(_, expected)| is_expected(expected)),
            "{culprit:?}"
        );
    }
}

#[test]
fn texts_are_sentences() {
    for (case, _) in table() {
        for Finding {
            what,
            fix,
            standard,
            culprit,
            ..
        } in case.observe(diagnose)
        {
            for text in [&what, &fix] {
                let is_line = !text.is_empty()
                    && !text.ends_with(['.', ' '])
                    && !text.contains(['\n', '\t'])
                    && !text.contains("  ");
                assert!(is_line, "{culprit:?}: {text}");
            }
            assert!(standard.contains("(https://"), "{culprit:?}: {standard}");
        }
    }
}

#[test]
fn severities() {
    for (case, _) in table() {
        let findings = case.observe(diagnose);
        let is_blocking = |finding: &Finding| finding.severity == Severity::Blocking;
        // The model knows no mixed content.
        let of_model = |finding: &&Finding| finding.culprit != Culprit::MixedContent;
        let is_blocked = case.outcome().result.is_err();
        let blocking: Vec<_> = findings
            .iter()
            .filter(of_model)
            .filter(|finding| is_blocking(finding))
            .collect();
        assert_eq!(blocking.len(), usize::from(is_blocked), "{blocking:?}");
        assert!(findings.is_sorted_by_key(|finding| finding.severity));
    }
}

/// Each text names what it is about.
#[test]
fn values_of_the_case() {
    let of = |case: Case| {
        let finding = case.observe(diagnose).remove(0);
        format!("{}; {}", finding.what, finding.fix)
    };
    let twice = "access-control-allow-origin: *\naccess-control-allow-origin: https://b.example";
    let rows = [
        (
            of(get().response(200, twice)),
            "2 lines of `Access-Control-Allow-Origin`, `*` and `https://b.example`",
        ),
        (of(put().preflight(405, "")), "with status 405"),
        (
            of(put().preflight(401, "")),
            "authentication responded to the preflight with status 401",
        ),
        (
            of(get().response(301, "location: /items/")),
            "because of a slash at the end of the path, to `/items/`",
        ),
        (
            of(put().header("x-other").preflight(204, ALLOWED)),
            "`x-other`, only `x-trace, authorization`",
        ),
        (
            of(get().credentials().response(
                200,
                &format!("{ALLOWED}\nset-cookie: id=1; SameSite=Strict"),
            )),
            "the cookie `id`, which has `SameSite=Strict`",
        ),
        (
            of(get().problem("connection refused")),
            "`api.test` sends no response, so CORS is not the reason, even if the console names it: connection refused",
        ),
    ];
    for (text, part) in rows {
        assert!(text.contains(part), "{text}");
    }
}
