//! The culprits in the set-ups of other people's servers, and what `cors audit` finds there.

use std::process::Command;

use cors_diagnosis::Culprit;
use serde_json::Value;

use crate::set_ups::{self, Running};
use crate::{command, run};

/// A page on this machine. For it, this machine is not in another network.
const PAGE: &str = "http://localhost:3000";

type Row = (&'static str, &'static [&'static str], &'static [Culprit]);

const PUT: &[&str] = &["-X", "PUT", "-H", "X-A: 1"];
const SECRET: &[&str] = &["--credentials"];

/// Set-up and path, arguments, and culprits.
#[rustfmt::skip]
const FASTAPI: [Row; 18] = [
    ("right/", SECRET, &[]),
    ("right/", &["-X", "PUT", "-H", "X-A: 1", "--credentials"], &[]),
    ("right/missing", &[], &[]),
    ("any/", PUT, &[]),
    ("any/", &[], &[]),
    ("any/", SECRET, &[Culprit::WildcardOrigin]),
    ("none/", &[], &[Culprit::NoCorsHeaders]),
    ("none/", PUT, &[Culprit::PreflightNotRouted]),
    ("slash/", &[], &[Culprit::OriginNotAllowed]),
    ("other/", PUT, &[Culprit::OriginNotAllowed]),
    ("no-methods/", PUT, &[Culprit::MethodNotAllowed]),
    ("no-headers/", PUT, &[Culprit::HeaderNotAllowed]),
    ("no-credentials/", SECRET, &[Culprit::CredentialsNotAllowed]),
    ("authentication-outside/", PUT, &[Culprit::PreflightUnauthorized]),
    ("twice/", &[], &[Culprit::DuplicateAllowOrigin]),
    ("right/crash", &[], &[Culprit::ErrorWithoutHeaders]),
    ("any-with-credentials/", SECRET, &[Culprit::AnyOriginReflected]),
    ("none/items", &[], &[Culprit::RedirectWithoutHeaders]),
];

/// Set-up and path, arguments, and culprits.
#[rustfmt::skip]
const EXPRESS: [Row; 18] = [
    ("right/", SECRET, &[]),
    ("right/", &["-X", "PUT", "-H", "X-A: 1", "--credentials"], &[]),
    ("right/crash", &[], &[]),
    ("any/", &[], &[]),
    ("any/", PUT, &[]),
    ("any/", SECRET, &[Culprit::WildcardOrigin]),
    ("any-with-credentials/", SECRET, &[Culprit::WildcardOrigin]),
    ("reflected/", SECRET, &[Culprit::AnyOriginReflected]),
    ("none/", &[], &[Culprit::NoCorsHeaders]),
    ("none/", PUT, &[Culprit::NoCorsHeaders]),
    ("other/", PUT, &[Culprit::OriginNotAllowed]),
    ("slash/", &[], &[Culprit::OriginSlash]),
    ("no-put/", PUT, &[Culprit::MethodNotAllowed]),
    ("no-header/", PUT, &[Culprit::HeaderNotAllowed]),
    ("authentication-first/", PUT, &[Culprit::PreflightUnauthorized]),
    ("after-routes/", &[], &[Culprit::NoCorsHeaders]),
    ("after-routes/", PUT, &[Culprit::ResponseWithoutHeaders]),
    ("twice/", &[], &[Culprit::DuplicateAllowOrigin]),
];

/// Location, arguments, and culprits.
#[rustfmt::skip]
const NGINX: [Row; 14] = [
    ("right", &[], &[]),
    ("any", &[], &[]),
    ("any-error", &[], &[]),
    ("map", &[], &[]),
    ("none", &[], &[Culprit::NoCorsHeaders]),
    ("not-always", &[], &[Culprit::ErrorWithoutHeaders]),
    ("reflected", &[], &[Culprit::VaryMissing]),
    ("map-without-vary", &[], &[Culprit::VaryMissing]),
    ("twice", &[], &[Culprit::DuplicateAllowOrigin]),
    ("slash", &[], &[Culprit::OriginSlash]),
    ("secret", SECRET, &[Culprit::WildcardOrigin]),
    ("file", PUT, &[Culprit::PreflightNotRouted]),
    ("password", PUT, &[Culprit::PreflightUnauthorized]),
    ("to-https", PUT, &[Culprit::PreflightRedirectToHttps]),
];

/// Set-up and path, and the rules of which `cors audit` has findings.
type Audit = (&'static str, &'static [&'static str]);

/// Starlette and Express say in a refused preflight what is allowed, and with `*` they allow every header.
#[rustfmt::skip]
const FASTAPI_AUDITS: [Audit; 5] = [
    ("right/", &["note: any-header", "note: refused-preflight-leaks"]),
    ("any/", &["note: any-header"]),
    ("any-with-credentials/", &["high: reflects-any-origin", "note: any-header"]),
    ("none/", &["note: allowed-origin-refused"]),
    ("twice/", &["low: several-allow-origin", "note: refused-preflight-leaks"]),
];

#[rustfmt::skip]
const EXPRESS_AUDITS: [Audit; 5] = [
    ("right/", &["note: any-header", "note: refused-preflight-leaks"]),
    ("any/", &["note: any-header"]),
    ("any-with-credentials/", &["low: any-origin-with-credentials", "note: any-header"]),
    ("reflected/", &["high: reflects-any-origin", "note: any-header"]),
    ("twice/", &["low: several-allow-origin", "note: any-header", "note: refused-preflight-leaks"]),
];

/// A `map` of nginx ignores case. The page beside each location does not exist, so it has no CORS.
#[rustfmt::skip]
const NGINX_AUDITS: [Audit; 6] = [
    ("right", &["low: error-lacks-headers"]),
    ("any", &["low: error-lacks-headers"]),
    ("map", &["low: not-an-origin", "low: error-lacks-headers"]),
    ("reflected", &["medium: missing-vary", "low: reflects-any-origin", "low: error-lacks-headers"]),
    ("map-without-vary", &["medium: missing-vary", "low: not-an-origin", "low: error-lacks-headers"]),
    ("secret", &["low: any-origin-with-credentials", "low: error-lacks-headers"]),
];

/// The rules that the audit of each set-up finds, if they are not the expected ones.
fn compare_audits(audits: &[Audit], address: &str) {
    let differences = audits.iter().filter_map(|(path, expected)| {
        let url = format!("http://{address}/{path}");
        let args = [
            "audit", &url, "--origin", PAGE, "--rate", "1000", "--format", "json",
        ];
        let run = run(Command::new(env!("CARGO_BIN_EXE_cors")).args(args));
        let report: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error} {run:?}"));
        let findings = report["findings"].as_array().unwrap().iter();
        let found = findings.map(|it| {
            format!(
                "{}: {}",
                it["severity"].as_str().unwrap(),
                it["rule"].as_str().unwrap()
            )
        });
        let found: Vec<_> = found.collect();
        (found != *expected).then(|| format!("{path}: expected {expected:?}, found {found:?}\n"))
    });
    assert_eq!(differences.collect::<String>(), "");
}

/// The identifiers of the culprits that are found, as a line for a table if they are not the expected ones.
fn difference(name: &str, url: &str, args: &[&str], expected: &[Culprit]) -> Option<String> {
    let mut command = command();
    command
        .args([url, "--origin", PAGE, "--format", "json"])
        .args(args);
    let run = run(&mut command);
    let report: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error} {run:?}"));
    let findings = report["findings"].as_array().unwrap().iter();
    let found: Vec<_> = findings
        .map(|finding| finding["culprit"].as_str().unwrap())
        .collect();
    let expected: Vec<_> = expected.iter().map(|culprit| culprit.id()).collect();
    (found != expected)
        .then(|| format!("{name} {args:?}: expected {expected:?}, found {found:?}\n"))
}

#[test]
fn fastapi() {
    compare(&FASTAPI, &FASTAPI_AUDITS, set_ups::fastapi(PAGE));
}

#[test]
fn express() {
    compare(&EXPRESS, &EXPRESS_AUDITS, set_ups::express(PAGE));
}

#[test]
fn nginx() {
    compare(&NGINX, &NGINX_AUDITS, set_ups::nginx(PAGE));
}

/// Checks each row, if the server is installed.
fn compare(rows: &[Row], audits: &[Audit], server: Option<Running>) {
    let Some(server) = server else { return };
    let address = &server.address;
    let differences = rows.iter().filter_map(|(path, args, expected)| {
        difference(path, &format!("http://{address}/{path}"), args, expected)
    });
    assert_eq!(differences.collect::<String>(), "");
    compare_audits(audits, address);
}
