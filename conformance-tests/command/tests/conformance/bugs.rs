//! Servers with one bug each: all fail, and the report says which rule the bug is against.

use std::process;
use std::thread;

use conformance_tests::app;
use conformance_tests::response::Response;
use conformance_tests::vector::{Line, Request};
use serde_json::Value;

use crate::server::Right;
use crate::{conformance, impatient, run, server};

/// A deliberate bug, and what the report must say about it.
pub(crate) struct Bug {
    pub(crate) name: &'static str,
    pub(crate) respond: fn(&Right, &Request) -> Response,
    /// The cases to run, without names of others.
    only: &'static [&'static str],
    outcome: &'static str,
    rule: &'static str,
}

const CHECK: &str = "Fetch, CORS check";
const PREFLIGHT: &str = "Fetch, CORS-preflight fetch";
const CACHES: &str = "Fetch, CORS protocol and HTTP caches";
const CREDENTIALS: &str = "Fetch, CORS protocol and credentials";
const EXPOSED: &str = "Fetch, CORS filtered response";
const METHODS: &str = "Fetch, Methods";

const ALLOW_ORIGIN: &str = "access-control-allow-origin";
const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";
const ALLOW_METHODS: &str = "access-control-allow-methods";
const ALLOW_HEADERS: &str = "access-control-allow-headers";
const EXPOSE_HEADERS: &str = "access-control-expose-headers";
const ALLOWED: &str = "https://app.example.com";

macro_rules! bug {
    ($name:literal, $only:expr, $outcome:literal, $rule:expr, $respond:expr) => {
        Bug {
            name: $name,
            respond: $respond,
            only: &$only,
            outcome: $outcome,
            rule: $rule,
        }
    };
}

pub(crate) const BUGS: [Bug; 39] = [
    // ---- origins
    bug!(
        "reflects-any-origin",
        ["origin-match/another-site"],
        "leaks",
        CHECK,
        |right, request| { admit(right, request, |_| true) }
    ),
    bug!(
        "prefix-match",
        ["origin-match/starts-alike"],
        "leaks",
        CHECK,
        |right, request| { admit(right, request, |origin| origin.starts_with(ALLOWED)) }
    ),
    bug!(
        "suffix-match",
        ["origin-match/ends-alike"],
        "leaks",
        CHECK,
        |right, request| { admit(right, request, |origin| origin.ends_with("app.example.com")) }
    ),
    bug!(
        "substring-match",
        ["origin-match/cut-off"],
        "leaks",
        CHECK,
        |right, request| { admit(right, request, |origin| ALLOWED.contains(origin)) }
    ),
    bug!(
        "unescaped-dot",
        ["origin-match/dots-are-dots"],
        "leaks",
        CHECK,
        |right, request| { admit(right, request, |origin| origin.len() == ALLOWED.len()) }
    ),
    bug!(
        "ignores-port",
        ["origin-match/other-port"],
        "leaks",
        CHECK,
        |right, request| {
            admit(right, request, |origin| {
                origin.starts_with("https://app.example.com:")
            })
        }
    ),
    bug!(
        "ignores-scheme",
        ["origin-match/http-for-https"],
        "leaks",
        CHECK,
        |right, request| {
            admit(right, request, |origin| {
                origin.ends_with("://app.example.com")
            })
        }
    ),
    bug!(
        "any-subdomain",
        ["origin-match/other-subdomain"],
        "leaks",
        CHECK,
        |right, request| { admit(right, request, |origin| origin.ends_with(".example.com")) }
    ),
    bug!(
        "allows-null",
        ["origin-match/null-not-listed"],
        "leaks",
        CHECK,
        |right, request| { admit(right, request, |origin| origin == "null") }
    ),
    bug!(
        "two-allow-origin-lines",
        ["origin-match/exact"],
        "breaks",
        CHECK,
        |right, request| {
            change(right, request, |response| {
                response.append(ALLOW_ORIGIN, ALLOWED.as_bytes())
            })
        }
    ),
    bug!(
        "list-in-allow-origin",
        ["origin-match/exact"],
        "breaks",
        CHECK,
        |right, request| {
            change(right, request, |response| {
                set(
                    response,
                    ALLOW_ORIGIN,
                    "https://app.example.com, https://b.example",
                );
            })
        }
    ),
    bug!(
        "slash-in-allow-origin",
        ["origin-match/exact"],
        "breaks",
        CHECK,
        |right, request| {
            change(right, request, |response| {
                set(response, ALLOW_ORIGIN, "https://app.example.com/")
            })
        }
    ),
    // ---- caches
    bug!(
        "no-vary",
        ["vary/allowed", "vary/refused"],
        "breaks",
        CACHES,
        |right, request| { change(right, request, |response| remove(response, "vary")) }
    ),
    bug!(
        "no-vary-without-origin",
        ["vary/allowed", "vary/without-origin"],
        "breaks",
        CACHES,
        |right, request| {
            change(right, request, |response| {
                if value(request, "origin").is_none() {
                    remove(response, "vary");
                }
            })
        }
    ),
    bug!(
        "star-only-with-origin",
        ["actual/any"],
        "breaks",
        CACHES,
        |right, request| {
            change(right, request, |response| {
                if value(request, "origin").is_none() {
                    remove(response, ALLOW_ORIGIN);
                }
            })
        }
    ),
    bug!(
        "vary-replaced",
        ["vary/application-lines-stay"],
        "leaks",
        "RFC 9110, section 12.5.5",
        |right, request| { change(right, request, |response| set(response, "vary", "origin")) }
    ),
    // ---- credentials
    bug!(
        "echo-with-credentials",
        ["credentials/any-origin-never"],
        "leaks",
        CREDENTIALS,
        |right, request| {
            change(right, request, |response| {
                set(response, ALLOW_ORIGIN, value(request, "origin").unwrap());
                set(response, ALLOW_CREDENTIALS, "true");
            })
        }
    ),
    bug!(
        "star-with-credentials",
        ["credentials/actual"],
        "breaks",
        CREDENTIALS,
        |right, request| { change(right, request, |response| set(response, ALLOW_ORIGIN, "*")) }
    ),
    bug!(
        "no-allow-credentials",
        ["credentials/actual"],
        "breaks",
        CREDENTIALS,
        |right, request| {
            change(right, request, |response| {
                remove(response, ALLOW_CREDENTIALS)
            })
        }
    ),
    bug!(
        "allow-credentials-true",
        ["credentials/actual"],
        "breaks",
        CREDENTIALS,
        |right, request| {
            change(right, request, |response| {
                set(response, ALLOW_CREDENTIALS, "True")
            })
        }
    ),
    // ---- preflights
    bug!(
        "methods-unchecked",
        ["preflight-method/not-listed"],
        "leaks",
        PREFLIGHT,
        |right, request| {
            change(right, request, |response| {
                response.status = 200;
                set(
                    response,
                    ALLOW_METHODS,
                    value(request, "access-control-request-method").unwrap(),
                );
            })
        }
    ),
    bug!(
        "method-in-any-case",
        ["preflight-method/patch-in-lower-case"],
        "leaks",
        METHODS,
        |right, request| {
            change(right, request, |response| {
                response.status = 200;
                set(
                    response,
                    ALLOW_METHODS,
                    value(request, "access-control-request-method").unwrap(),
                );
            })
        }
    ),
    bug!(
        "no-methods",
        ["preflight-method/listed"],
        "breaks",
        PREFLIGHT,
        |right, request| {
            change(right, request, |response| {
                set(response, ALLOW_METHODS, "GET")
            })
        }
    ),
    bug!(
        "malformed-methods",
        ["preflight-method/listed"],
        "breaks",
        PREFLIGHT,
        |right, request| {
            change(right, request, |response| {
                set(response, ALLOW_METHODS, "PUT DELETE")
            })
        }
    ),
    bug!(
        "headers-unchecked",
        ["preflight-headers/not-listed"],
        "leaks",
        PREFLIGHT,
        |right, request| { echo_headers(right, request) }
    ),
    bug!(
        "one-header-of-many",
        ["regression/one-header-of-many"],
        "leaks",
        PREFLIGHT,
        |right, request| { echo_headers(right, request) }
    ),
    bug!(
        "no-headers",
        ["preflight-headers/listed"],
        "breaks",
        PREFLIGHT,
        |right, request| { change(right, request, |response| remove(response, ALLOW_HEADERS)) }
    ),
    bug!(
        "star-without-authorization",
        ["regression/star-without-authorization"],
        "breaks",
        PREFLIGHT,
        |right, request| { change(right, request, |response| set(response, ALLOW_HEADERS, "*")) }
    ),
    bug!(
        "preflight-404",
        ["preflight-method/listed"],
        "breaks",
        PREFLIGHT,
        |right, request| { change(right, request, |response| response.status = 404) }
    ),
    bug!(
        "preflight-redirect",
        ["preflight-method/listed"],
        "breaks",
        PREFLIGHT,
        |right, request| { change(right, request, |response| response.status = 308) }
    ),
    bug!(
        "guard-before-preflight",
        ["errors/preflight-of-a-guarded-path"],
        "breaks",
        PREFLIGHT,
        |right, request| {
            change(right, request, |response| {
                if request.target == "/unauthorized" {
                    *response = app::respond(&Request {
                        method: "GET".to_owned(),
                        ..request.clone()
                    });
                }
            })
        }
    ),
    bug!(
        "swallows-options",
        ["classification/options-without-origin-and-method"],
        "breaks",
        "RFC 9110, section 9.3.7",
        |right, request| {
            change(right, request, |response| {
                response.status = 204;
                response.body.clear();
            })
        }
    ),
    bug!(
        "no-headers-on-options",
        ["classification/options-that-the-policy-lists"],
        "breaks",
        "Fetch, HTTP requests",
        |right, request| {
            change(right, request, |response| {
                if value(request, "access-control-request-method").is_none() {
                    remove(response, ALLOW_ORIGIN);
                }
            })
        }
    ),
    // ---- other responses
    bug!(
        "no-headers-on-errors",
        ["errors/allowed"],
        "breaks",
        CHECK,
        |right, request| {
            change(right, request, |response| {
                if response.status >= 400 {
                    remove(response, ALLOW_ORIGIN);
                }
            })
        }
    ),
    bug!(
        "exposes-nothing",
        ["actual/exposed-in-order"],
        "breaks",
        EXPOSED,
        |right, request| { change(right, request, |response| remove(response, EXPOSE_HEADERS)) }
    ),
    bug!(
        "exposes-everything",
        ["actual/exposed-in-order"],
        "leaks",
        EXPOSED,
        |right, request| {
            change(right, request, |response| {
                set(response, EXPOSE_HEADERS, "*, X-Secret")
            })
        }
    ),
    bug!(
        "blocks-same-origin",
        ["regression/same-origin-post-blocked"],
        "breaks",
        "Fetch, HTTP requests",
        |right, request| { change(right, request, |response| response.status = 403) }
    ),
    // ---- HTTP
    bug!(
        "hangs",
        ["origin-match/exact"],
        "fault",
        CHECK,
        |right, request| {
            if value(request, "origin").is_some() {
                loop {
                    thread::park();
                }
            }
            right.respond(request)
        }
    ),
    bug!("ends", ["origin-match/exact"], "fault", CHECK, |_, _| {
        eprintln!("out of memory");
        process::exit(3)
    }),
];

/// What differs from the contract without harm.
pub(crate) const HARMLESS: [Bug; 1] = [bug!(
    "refuses-before-the-application",
    ["vary/application-lines-stay-for-the-refused"],
    "differs",
    "RFC 9110, section 12.5.5",
    |right, request| {
        let mut response = right.respond(request);
        let origin = value(request, "origin");
        if origin.is_some_and(|origin| origin != ALLOWED) {
            response.status = 403;
            response.body = b"Forbidden".to_vec();
            remove(&mut response, "vary");
        }
        response
    }
)];

#[test]
fn every_bug_is_found_by_its_rule() {
    for bug in BUGS {
        let mut command = match bug.name {
            "hangs" => impatient("0.2"),
            _ => conformance(),
        };
        command.args(["--command", &server(bug.name), "--jobs", "1"]);
        let found = run(command.args(only(&bug)));
        assert_eq!(found.status, 1, "{}: {}", bug.name, found.report);
        let failures = found.failures();
        let is_found = failures.iter().any(|case| {
            (case["outcome"].as_str(), case["rule"]["title"].as_str())
                == (Some(bug.outcome), Some(bug.rule))
        });
        assert!(is_found, "{}: {failures:#?}", bug.name);
    }
}

#[test]
fn a_harmless_difference_is_no_failure() {
    for difference in HARMLESS {
        let mut command = conformance();
        command.args(["--command", &server(difference.name)]);
        let found = run(command.args(only(&difference)));
        assert_eq!(found.status, 0, "{}: {}", difference.name, found.report);
        let is_found = |case: &Value| {
            (case["outcome"].as_str(), case["rule"]["title"].as_str())
                == (Some(difference.outcome), Some(difference.rule))
        };
        let cases = found.report["cases"].as_array().unwrap();
        assert!(
            cases.iter().any(is_found),
            "{}: {cases:#?}",
            difference.name
        );
    }
}

/// The same cases pass on the server without a bug, so only the bugs fail above.
#[test]
fn the_server_without_a_bug_passes() {
    let mut command = conformance();
    command.args(["--command", &server("none"), "--profile", "starlette"]);
    let passed = run(command.args(BUGS.iter().flat_map(only)));
    assert_eq!(passed.status, 0, "{}", passed.report);
    assert!(passed.allowed() > 30, "{}", passed.allowed());
}

/// No page sends a request whose preflight the policy refuses.
#[test]
fn a_method_that_the_policy_does_not_list_breaks_nothing() {
    let mut command = conformance();
    let server = server("no-headers-on-options");
    let name = "classification/options-without-method";
    let found = run(command.args(["--command", &server, "--only", name]));
    assert_eq!(found.status, 0, "{}", found.report);
    assert!(found.report["counts"]["differs"].as_u64() > Some(0));
}

/// A server that ends is named with its status and its last words.
#[test]
fn the_end_of_a_server_is_reported() {
    let mut command = conformance();
    command.args(["--command", &server("ends"), "--only", "vary/allowed"]);
    let report = run(&mut command).report.to_string();
    assert!(
        report.contains("the server ended: exit status: 3; its last output: "),
        "{report}"
    );
    assert!(report.contains("out of memory"), "{report}");
}

fn only(bug: &Bug) -> Vec<&'static str> {
    bug.only.iter().flat_map(|name| ["--only", name]).collect()
}

// ---- what bugs do

/// The response as if the origin were the allowed one, for origins that the bug lets in.
fn admit(right: &Right, request: &Request, is_admitted: fn(&str) -> bool) -> Response {
    let origin = value(request, "origin").filter(|origin| is_admitted(origin));
    let Some(origin) = origin else {
        return right.respond(request);
    };
    let mut allowed = request.clone();
    allowed.lines.retain(|line| !line.is("origin"));
    allowed
        .lines
        .push(Line::new(format!("Origin: {}", right.config.get_allow_origins()[0])).unwrap());
    let mut response = right.respond(&allowed);
    set(&mut response, ALLOW_ORIGIN, origin);
    response
}

fn change(right: &Right, request: &Request, change: impl Fn(&mut Response)) -> Response {
    let mut response = right.respond(request);
    change(&mut response);
    response
}

fn echo_headers(right: &Right, request: &Request) -> Response {
    let mut plain = request.clone();
    plain
        .lines
        .retain(|line| !line.is("access-control-request-headers"));
    let mut response = right.respond(&plain);
    if let Some(names) = value(request, "access-control-request-headers") {
        set(&mut response, ALLOW_HEADERS, names);
    }
    response
}

fn set(response: &mut Response, name: &str, value: &str) {
    remove(response, name);
    response.append(name, value.as_bytes());
}

fn remove(response: &mut Response, name: &str) {
    response.headers.retain(|line| line.0 != name);
}

fn value<'a>(request: &'a Request, name: &'a str) -> Option<&'a str> {
    str::from_utf8(request.values(name).next()?).ok()
}
