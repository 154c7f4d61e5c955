//! What is wrong with the responses of a server, for one wrong set-up each. The package `cors-diagnosis` tests all
//! culprits; here they come over the network.

use cors_diagnosis::Culprit;
use serde_json::Value;
use test_support::scripted::Sent;

use crate::server::{Reply, Server, response};
use crate::{Run, command, run};

/// A page on this machine. For it, this machine is not in another network.
const PAGE: &str = "http://localhost:3000";

/// A server with a policy, which the set-up changes.
type Setup = fn(&Sent) -> Option<String>;

/// A right set-up: it allows the page, `PUT` and `X-A`, with credentials.
fn right(sent: &Sent) -> String {
    let allows = sent.value("origin") == Some(PAGE);
    let lines = [
        "access-control-allow-origin: http://localhost:3000",
        "access-control-allow-credentials: true",
        "access-control-allow-methods: PUT",
        "access-control-allow-headers: x-a",
        "access-control-expose-headers: x-b",
        "vary: origin",
        "x-b: 1",
    ];
    match allows {
        true => response("200 OK", &lines),
        false => response("200 OK", &["vary: origin"]),
    }
}

/// The right responses with another text in one place.
fn with(sent: &Sent, from: &str, to: &str) -> Option<String> {
    Some(right(sent).replace(from, to))
}

fn check(setup: Setup, args: &[&str]) -> Run {
    let server = Server::start(move |sent| Reply::from(setup(sent).unwrap_or_else(|| right(sent))));
    let origin: &[&str] = if args.contains(&"--origin") {
        &[]
    } else {
        &["--origin", PAGE]
    };
    run(command().arg(server.url()).args(origin).args(args))
}

const PUT: [&str; 5] = ["-X", "PUT", "-H", "X-A: 1", "--credentials"];
const SECRET: [&str; 1] = ["--credentials"];

/// The set-up, the arguments, and the culprits.
#[rustfmt::skip]
fn table() -> Vec<(Setup, &'static [&'static str], &'static [Culprit])> {
    vec![
        (|_| None, &[], &[]),
        (|_| None, &PUT, &[]),
        (|_| None, &["--reads", "x-b"], &[]),
        (|_| Some(response("200 OK", &["access-control-allow-origin: *"])), &[], &[]),
        (|_| Some(response("200 OK", &[])), &[], &[Culprit::NoCorsHeaders]),
        (|_| Some(response("200 OK", &[])), &PUT, &[Culprit::NoCorsHeaders]),
        (|_| None, &["--origin", "http://localhost:3001"], &[Culprit::OriginNotAllowed]),
        (|_| None, &["--origin", "null"], &[Culprit::OpaqueOrigin]),
        (|sent| with(sent, "x-b: 1", "access-control-allow-origin: *"), &[], &[Culprit::DuplicateAllowOrigin]),
        (|sent| with(sent, "localhost:3000", "localhost:3000/"), &[], &[Culprit::OriginSlash]),
        (|sent| with(sent, "localhost:3000", "localhost:8080"), &[], &[Culprit::OriginPort]),
        (|sent| with(sent, "http://localhost", "https://localhost"), &[], &[Culprit::OriginScheme]),
        (|sent| with(sent, "http://localhost:3000", "localhost"), &[], &[Culprit::OriginMalformed]),
        (|_| Some(response("500 Internal Server Error", &[])), &[], &[Culprit::ErrorWithoutHeaders]),
        (|sent| (!sent.is_preflight()).then(|| response("403 Forbidden", &[])), &PUT, &[Culprit::ErrorWithoutHeaders]),
        (|sent| (!sent.is_preflight()).then(|| response("200 OK", &[])), &PUT, &[Culprit::ResponseWithoutHeaders]),
        (|_| Some(response("301 Moved Permanently", &["location: /items"])), &[], &[Culprit::RedirectWithoutHeaders]),
        (|_| Some(response("401 Unauthorized", &[])), &PUT, &[Culprit::PreflightUnauthorized]),
        (|_| Some(response("403 Forbidden", &[])), &PUT, &[Culprit::PreflightRefused]),
        (|_| Some(response("405 Method Not Allowed", &[])), &PUT, &[Culprit::PreflightNotRouted]),
        (|_| Some(response("502 Bad Gateway", &[])), &PUT, &[Culprit::PreflightServerError]),
        (|_| Some(response("307 Temporary Redirect", &["location: https://127.0.0.1/"])), &PUT, &[Culprit::PreflightRedirectToHttps]),
        (|_| Some(response("302 Found", &["location: https://login.example.com/"])), &PUT, &[Culprit::PreflightUnauthorized]),
        (|_| Some(response("302 Found", &["location: https://b.example/items"])), &PUT, &[Culprit::PreflightRedirect]),
        (|sent| with(sent, PAGE, "*"), &SECRET, &[Culprit::WildcardOrigin]),
        (|sent| with(sent, "methods: PUT", "methods: *"), &PUT, &[Culprit::WildcardMethods]),
        (|sent| with(sent, "headers: x-a", "headers: *"), &PUT, &[Culprit::WildcardHeaders]),
        (|sent| with(sent, "headers: x-a", "headers: *"), &["-H", "Authorization: a"], &[Culprit::WildcardAuthorization]),
        (|sent| with(sent, "access-control-allow-credentials", "x-c"), &SECRET, &[Culprit::CredentialsNotAllowed]),
        (|sent| with(sent, "credentials: true", "credentials: True"), &SECRET, &[Culprit::CredentialsNotTrue]),
        (|_| None, &["-X", "DELETE"], &[Culprit::MethodNotAllowed]),
        (|sent| with(sent, "methods: PUT", "methods: PATCH"), &["-X", "patch"], &[Culprit::MethodCase]),
        (|_| None, &["-H", "X-C: 1"], &[Culprit::HeaderNotAllowed]),
        (|_| None, &["--reads", "server"], &[Culprit::HeaderAbsent]),
        (|sent| with(sent, "expose-headers: x-b", "expose-headers: x-c"), &["--reads", "x-b"], &[Culprit::HeaderNotExposed]),
        (|_| Some(response("302 Found", &["access-control-allow-origin: *", "location: /"])), &[], &[Culprit::RedirectLoop]),
        (|_| Some(String::new()), &[], &[Culprit::Unreachable]),
        // The requests with another origin and without one tell these.
        (|sent| with(sent, "vary: origin", "x-c: 1"), &[], &[Culprit::VaryMissing]),
        (
            |sent| {
                let allow = format!("access-control-allow-origin: {}", sent.value("origin").unwrap_or("*"));
                Some(response("200 OK", &[&allow, "access-control-allow-credentials: true", "vary: origin"]))
            },
            &[],
            &[Culprit::AnyOriginReflected],
        ),
        // Nothing is sent.
        (|_| None, &["-X", "TRACE"], &[Culprit::ForbiddenMethod]),
        (|_| None, &["-X", "GET", "--data", "a"], &[Culprit::BodyOfGet]),
        (|_| None, &["-H", "A B: 1"], &[Culprit::InvalidRequest]),
    ]
}

#[test]
fn each_wrong_set_up_has_its_culprit() {
    let mut wrong = String::new();
    for (number, (setup, args, expected)) in table().into_iter().enumerate() {
        let run = check(setup, &[args, &["--format", "json"]].concat());
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let ids: Vec<_> = findings
            .iter()
            .map(|finding| finding["culprit"].as_str().unwrap())
            .collect();
        let expected: Vec<_> = expected.iter().map(|culprit| culprit.id()).collect();

        let is_blocked = findings
            .iter()
            .any(|finding| finding["severity"] == "blocking");
        let status = match () {
            () if expected == ["unreachable"] => 2,
            () if is_blocked => 1,
            () => 0,
        };
        let speaks = |engine| report["console"][engine].is_string();
        let speak = ["chromium", "firefox", "safari"].map(speaks);
        let must_speak = match expected.as_slice() {
            // No engine enforces it, but Firefox warns.
            ["wildcard-authorization"] => [false, true, false],
            _ => [is_blocked; 3],
        };
        let has_texts = |finding: &Value| {
            let has = |name: &str| finding[name].as_str().is_some_and(|text| !text.is_empty());
            has("what") && has("fix")
        };
        if (&ids, run.status, speak) != (&expected, status, must_speak)
            || !findings.iter().all(has_texts)
        {
            wrong += &format!(
                "row {number}, {args:?}: expected {expected:?} {status} {must_speak:?}, found {ids:?} {} {speak:?}\n",
                run.status
            );
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn lines_of_configuration() {
    let none: Setup = |_| Some(response("200 OK", &[]));
    let run = check(none, &["--stack", "fastapi"]);
    assert!(
        run.stdout.contains("\nculprit: no-cors-headers: "),
        "{run:?}"
    );
    assert!(run.stdout.contains("\n  FastAPI:\n    "), "{run:?}");
    assert!(run.stdout.contains(PAGE), "{run:?}");

    let run = check(none, &[]);
    let hint = "`--stack` prints lines of configuration for one of: this-library, fastapi, express, nginx, spring, generic";
    assert_eq!(run.stdout.lines().last(), Some(hint), "{run:?}");

    let run = check(none, &["--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let configuration = report["findings"][0]["configuration"].as_object().unwrap();
    assert_eq!(configuration.len(), 6, "{configuration:?}");
}

#[test]
fn a_right_set_up_has_no_finding() {
    let run = check(|_| None, &PUT);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
    let last = run.stdout.lines().last();
    assert_eq!(
        last,
        Some("readable: status 200, headers content-length, x-b")
    );
}
