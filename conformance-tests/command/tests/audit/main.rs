//! `cors audit` against servers with one mistake each, and against servers without one.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::process::{Command, Output};

use conformance_tests::subject::FRAMEWORKS;
use cors_core::Config;
use serde_json::Value;

use self::server::{Answer, Asked, Cors, Server};

const GOOD: &str = "https://app.example.com";
const FOREIGN: &str = "https://cors-audit.example";

fn audit(url: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    command
        .args(["audit", url, "--rate", "1000"])
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The severity of each finding, and the exit status.
fn findings(url: &str, args: &[&str]) -> (BTreeMap<String, String>, Option<i32>) {
    let output = audit(
        url,
        &[&["--origin", GOOD, "--format", "json"], args].concat(),
    );
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    let findings = report["findings"].as_array().unwrap().iter();
    let string = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = findings.map(|it| (string(&it["rule"]), string(&it["severity"])));
    (findings.collect(), output.status.code())
}

/// Allows the origins for which this is true.
fn allow(asked: &Asked, is_allowed: impl Fn(&str) -> bool) -> Answer {
    let mut lines = vec![("vary", "Origin".to_owned())];
    let origin = asked.origins.join(", ");
    if !origin.is_empty() && is_allowed(&origin) {
        lines.push(("access-control-allow-origin", origin));
        lines.push(("access-control-allow-credentials", "true".to_owned()));
        if asked.is_preflight() {
            lines.push(("access-control-allow-methods", "PUT".to_owned()));
            lines.push(("access-control-max-age", "600".to_owned()));
        }
    }
    (
        if asked.path.ends_with("/cors-audit-no-such-page") {
            404
        } else {
            200
        },
        lines,
    )
}

fn right(asked: &Asked) -> Answer {
    allow(asked, |origin| origin == GOOD)
}

/// One mistake, and the findings that it must lead to.
const MISTAKES: &[(Cors, &[(&str, &str)])] = &[
    (
        |asked| allow(asked, |_| true),
        &[("reflects-any-origin", "high")],
    ),
    (
        |asked| {
            let (status, mut lines) = allow(asked, |_| true);
            lines.retain(|line| line.0 != "access-control-allow-credentials");
            (status, lines)
        },
        &[("reflects-any-origin", "low")],
    ),
    // Only for what looks like a fetch of a browser.
    (
        |asked| match asked.header("sec-fetch-mode") {
            "cors" => allow(asked, |_| true),
            _ => (403, vec![("vary", "Origin, Sec-Fetch-Mode".to_owned())]),
        },
        &[("reflects-any-origin", "high")],
    ),
    (
        |asked| allow(asked, |it| it == GOOD || it == "null"),
        &[("trusts-null", "high")],
    ),
    (
        |asked| allow(asked, |it| it == GOOD || it.ends_with(".github.io")),
        &[("trusts-shared-hosting", "high")],
    ),
    (
        |asked| allow(asked, |it| it.starts_with(GOOD)),
        &[("prefix-match", "high")],
    ),
    (
        |asked| {
            allow(asked, |it| {
                it.ends_with("example.com") && it.starts_with("https://")
            })
        },
        &[("suffix-match", "high")],
    ),
    (
        |asked| {
            allow(asked, |it| {
                let dots = it
                    .strip_prefix("https://app")
                    .and_then(|it| it.strip_suffix("example.com"));
                dots.is_some_and(|it| it.len() == 1)
            })
        },
        &[("unescaped-dot", "high")],
    ),
    (
        |asked| allow(asked, |it| GOOD.starts_with(it) && it.len() > 15),
        &[("partial-match", "high")],
    ),
    (
        |asked| match asked.origins.last() {
            Some(last) if asked.origins.len() > 1 => {
                let (status, _) = right(asked);
                let lines = [
                    ("vary", "origin".to_owned()),
                    ("access-control-allow-origin", last.clone()),
                    ("access-control-allow-credentials", "true".to_owned()),
                ];
                (status, lines.into())
            }
            _ => right(asked),
        },
        &[("several-origins", "high")],
    ),
    (
        |asked| {
            allow(asked, |it| {
                it == GOOD || it.starts_with("https://app.example.com_")
            })
        },
        &[("special-characters", "medium")],
    ),
    (
        |asked| allow(asked, |it| it.ends_with("://app.example.com")),
        &[("not-an-origin", "low"), ("trusts-http", "medium")],
    ),
    (
        |asked| allow(asked, |it| it == GOOD || it == "http://localhost:3000"),
        &[("trusts-localhost", "medium")],
    ),
    (
        |asked| allow(asked, |it| it == GOOD || it.ends_with(".app.example.com")),
        &[("not-an-origin", "low"), ("trusts-subdomains", "medium")],
    ),
    (
        |asked| {
            let is_port = |port: &str| port.parse::<u16>().is_ok();
            allow(asked, |it| {
                it == GOOD
                    || it
                        .strip_prefix("https://app.example.com:")
                        .is_some_and(is_port)
            })
        },
        &[("trusts-any-port", "low")],
    ),
    (
        |asked| allow(asked, |it| it.eq_ignore_ascii_case(GOOD)),
        &[("not-an-origin", "low")],
    ),
    (
        |asked| match asked.path.as_str() {
            "/api%2Fitems" => allow(asked, |_| true),
            _ => right(asked),
        },
        &[("path-is-laxer", "high")],
    ),
    (
        |asked| match asked.path.as_str() {
            "/api/cors-audit-no-such-page" => allow(asked, |_| true),
            _ => right(asked),
        },
        &[("error-is-laxer", "high")],
    ),
    (
        |asked| match asked.is_preflight() {
            true => allow(asked, |_| true),
            false => right(asked),
        },
        &[("preflight-is-laxer", "medium")],
    ),
    (
        |asked| {
            let (status, mut lines) = right(asked);
            lines.retain(|line| line.0 != "vary" || asked.origin() == GOOD);
            (status, lines)
        },
        &[("missing-vary", "low")],
    ),
    (
        |asked| {
            let (status, mut lines) = right(asked);
            lines.retain(|line| line.0 != "vary" || asked.origin() != GOOD);
            (status, lines)
        },
        &[("missing-vary", "medium")],
    ),
    (
        |_| {
            let lines = [
                ("access-control-allow-origin", "*"),
                ("access-control-allow-credentials", "true"),
            ];
            (
                200,
                lines.map(|(name, value)| (name, value.to_owned())).into(),
            )
        },
        &[("any-origin-with-credentials", "low")],
    ),
    (
        |asked| {
            let (status, mut lines) = right(asked);
            lines.push(("access-control-allow-origin", GOOD.to_owned()));
            (status, lines)
        },
        &[("several-allow-origin", "low")],
    ),
    (
        |asked| match right(asked) {
            (404, _) => (404, Vec::new()),
            other => other,
        },
        &[("error-lacks-headers", "low")],
    ),
    (
        |asked| match asked.origin().contains('\\') {
            true => (500, Vec::new()),
            false => right(asked),
        },
        &[("server-error", "low")],
    ),
    (
        |asked| {
            let (status, mut lines) = right(asked);
            if asked.origin() == GOOD && asked.is_preflight() {
                lines.retain(|line| line.0 != "access-control-allow-methods");
                let method = asked.header("access-control-request-method").to_owned();
                lines.push(("access-control-allow-methods", method));
            }
            (status, lines)
        },
        &[("any-method", "note")],
    ),
    (
        |asked| {
            let (status, mut lines) = right(asked);
            let names = asked.header("access-control-request-headers").to_owned();
            if asked.origin() == GOOD {
                lines.push(("access-control-allow-headers", names));
            }
            (status, lines)
        },
        &[("any-header", "note")],
    ),
    (
        |asked| {
            let (status, mut lines) = right(asked);
            if asked.is_preflight() && asked.origin() == FOREIGN {
                lines.push(("access-control-allow-methods", "PUT".to_owned()));
            }
            (status, lines)
        },
        &[("refused-preflight-leaks", "note")],
    ),
    (
        |asked| {
            let (status, mut lines) = right(asked);
            for line in lines
                .iter_mut()
                .filter(|line| line.0 == "access-control-max-age")
            {
                line.1 = "86401".to_owned();
            }
            (status, lines)
        },
        &[("long-max-age", "note")],
    ),
    (|_| (200, Vec::new()), &[("allowed-origin-refused", "note")]),
];

#[test]
fn each_mistake_is_found() {
    let mut found = BTreeSet::new();
    for (number, (cors, expected)) in MISTAKES.iter().enumerate() {
        let server = Server::start(*cors);
        let (findings, status) = findings(&server.url("/api/items"), &[]);
        let expected: BTreeMap<_, _> = expected
            .iter()
            .map(|(rule, severity)| ((*rule).to_owned(), (*severity).to_owned()))
            .collect();
        assert_eq!(findings, expected, "mistake {number}");
        let fails = expected.values().any(|severity| severity != "note");
        assert_eq!(status, Some(i32::from(fails)), "mistake {number}");
        found.extend(findings.into_keys());
    }
    let output = audit(&Server::start(right).url("/"), &["--format", "sarif"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules = report["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let rules = rules
        .iter()
        .map(|rule| rule["id"].as_str().unwrap().to_owned());
    assert_eq!(
        rules.collect::<BTreeSet<_>>(),
        found,
        "a rule has no mistake here"
    );
}

#[test]
fn a_right_server_has_no_finding() {
    for path in ["/", "/api/items", "/api/"] {
        let server = Server::start(right);
        assert_eq!(
            findings(&server.url(path), &[]),
            (BTreeMap::new(), Some(0)),
            "{path}"
        );
    }
}

#[test]
fn no_adapter_has_a_finding() {
    for framework in FRAMEWORKS {
        let policies = [
            Config::new().allow_origins([GOOD]).allow_credentials(true),
            Config::new().allow_origins([GOOD]).max_age(0),
            Config::new()
                .allow_origins([GOOD])
                .block_refused_origins(true),
        ];
        for policy in policies {
            let running = framework.spawn(policy.build().unwrap()).unwrap();
            let url = format!("http://{}/", running.address);
            assert_eq!(
                findings(&url, &[]),
                (BTreeMap::new(), Some(0)),
                "{}",
                framework.name
            );
        }
    }
}

#[test]
fn text_and_sarif() {
    let server = Server::start(|asked| allow(asked, |it| it == GOOD || it == "null"));
    let url = server.url("/items");
    let args = [
        "--origin",
        GOOD,
        "-H",
        "Authorization: Bearer secret",
        "--cookie",
        "session=secret",
    ];
    let output = audit(&url, &args);
    assert_eq!(output.status.code(), Some(1));
    let report = text(&output.stdout);
    let expected = format!(
        "\
high: trusts-null: the server allows the origin `null`, which every page can get with a sandboxed frame
  sent:      GET {url}, origin: null
  received:  200, vary: Origin, access-control-allow-origin: null, access-control-allow-credentials: true
  fix:       remove `null` from the allowed origins
  reproduce: curl --include --silent --globoff --path-as-is --header 'origin: null' --header 'sec-fetch-site: cross-site' --header 'sec-fetch-mode: cors' --header 'sec-fetch-dest: empty' --header 'Authorization: ...' --cookie '...' '{url}'

findings: 1 high; requests: "
    );
    assert!(report.starts_with(&expected), "{report}");
    assert!(!report.contains("secret"));
    let announced = text(&output.stderr);
    assert!(
        announced.starts_with("sending ")
            && announced.contains(" requests to 127.0.0.1, at most 1000 in a second")
    );

    let output = audit(&url, &[&args[..], &["--format", "sarif"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let result = &report["runs"][0]["results"][0];
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&"trusts-null".into(), &"error".into())
    );
    assert_eq!(
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        url
    );
}

/// Nothing is sent in a dry run, and as much as it says otherwise. No redirect is followed.
#[test]
fn what_is_sent() {
    let server = Server::start(|_| (302, vec![("location", "http://127.0.0.1:1/".to_owned())]));
    let output = audit(&server.url("/a/b"), &["--dry-run"]);
    assert_eq!((output.status.code(), server.requests()), (Some(0), 0));
    let commands = text(&output.stdout);
    assert!(
        commands
            .lines()
            .all(|line| line.starts_with("curl ") && line.contains(&server.url("/")))
    );
    let output = audit(&server.url("/a/b"), &[]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(server.requests(), commands.lines().count());
    assert!(text(&output.stdout).starts_with("note: the usual response has status 302;"));
}

/// As Chromium does for a fetch.
#[test]
fn the_requests_have_fetch_metadata() {
    let server = Server::start(right);
    let own = server.url("");
    let args = ["--dry-run", "--origin", GOOD, "--origin", &own];
    let commands = text(&audit(&server.url("/a/b"), &args).stdout);
    let lines = |site: &str| {
        let lines = [
            &format!("sec-fetch-site: {site}"),
            "sec-fetch-mode: cors",
            "sec-fetch-dest: empty",
        ];
        lines.map(|line| format!(" --header '{line}'")).concat()
    };
    for (origin, site) in [
        (GOOD, "cross-site"),
        (FOREIGN, "cross-site"),
        ("null", "cross-site"),
        (&own, "same-origin"),
        ("http://127.0.0.1:8123", "same-site"),
        // No browser sends it.
        (&format!("{own}/"), "cross-site"),
    ] {
        let expected = format!("--header 'origin: {origin}'{} 'http", lines(site));
        assert!(commands.contains(&expected), "{expected}\n{commands}");
    }
    let two = format!(
        "--header 'origin: {own}' --header 'origin: {FOREIGN}'{}",
        lines("cross-site")
    );
    assert!(commands.contains(&two), "{two}\n{commands}");
    let method = "--header 'access-control-request-method: PUT'";
    let preflight = format!(
        "--header 'origin: {FOREIGN}' {method}{}",
        lines("cross-site")
    );
    assert!(commands.contains(&preflight), "{preflight}\n{commands}");
    let without: Vec<_> = commands
        .lines()
        .filter(|line| !line.contains("sec-fetch"))
        .collect();
    assert!(
        without.iter().all(|line| !line.contains("origin: ")),
        "{without:?}"
    );
    assert_eq!(without.len(), 1);
    // Not over http to another machine.
    let output = audit("http://api.example.com/", &["--dry-run", "--origin", GOOD]);
    assert!(!text(&output.stdout).contains("sec-fetch"));
}

#[test]
fn a_severity_decides_about_the_exit_status() {
    let server = Server::start(|asked| allow(asked, |it| it == GOOD || it == "http://localhost"));
    for (fail_on, status) in [("note", 1), ("low", 1), ("medium", 1), ("high", 0)] {
        let (_, found) = findings(&server.url("/"), &["--fail-on", fail_on]);
        assert_eq!(found, Some(status), "{fail_on}");
    }
}

#[test]
fn what_cannot_be_audited() {
    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let limited = Server::start(|_| (429, Vec::new()));
    for (url, problem) in [
        (
            format!("http://{unused}/"),
            "error: the audit stopped after 0 responses: ",
        ),
        (
            limited.url("/"),
            "error: the audit stopped after 0 responses: the server limits the rate of requests (429); use a lower `--rate`",
        ),
        (
            "ftp://a.example/".to_owned(),
            "error: invalid value 'ftp://a.example/'",
        ),
    ] {
        let output = audit(&url, &[]);
        assert_eq!(output.status.code(), Some(2), "{url}");
        assert!(
            text(&output.stderr).contains(problem),
            "{url}: {}",
            text(&output.stderr)
        );
        assert!(output.stdout.is_empty());
    }
}

/// Browsers fetch nothing from some ports, but other clients do.
#[test]
fn a_port_that_browsers_block() {
    // Reserved by IANA, so a free one of the list is not always there: the first that can be bound.
    let blocked = [6000, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 10080];
    let Some(server) = blocked
        .into_iter()
        .find_map(|port| Server::start_at(port, |asked| allow(asked, |_| true)))
    else {
        return;
    };
    let (findings, _) = findings(&server.url("/"), &[]);
    assert_eq!(
        findings,
        BTreeMap::from([("reflects-any-origin".to_owned(), "high".to_owned())])
    );
}

#[test]
fn the_own_origin_of_the_server_is_like_any_other() {
    let server = Server::start(|_| (200, Vec::new()));
    let own = server.url("");
    let output = audit(&server.url("/"), &["--origin", &own, "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["allowed-origin-refused"]);
}

#[test]
fn headers_that_the_audit_sets_itself() {
    let server = Server::start(right);
    for (header, instead) in [
        (
            "Origin: https://a.example",
            "name an origin that the server should allow with `--origin`",
        ),
        ("cookie: a=b", "use `--cookie`"),
        ("Access-Control-Request-Method: PUT", "leave it out"),
        ("Host: a.example", "leave it out"),
        ("Sec-Fetch-Site: none", "leave it out"),
    ] {
        let output = audit(&server.url("/"), &["-H", header]);
        assert_eq!(
            (output.status.code(), server.requests()),
            (Some(2), 0),
            "{header}"
        );
        assert!(text(&output.stderr).contains(instead), "{header}");
    }
}

#[test]
fn a_curl_command_repeats_the_request() {
    let server = Server::start(right);
    let output = audit(
        &server.url("/a'b?f[0]={1,2}"),
        &["--dry-run", "-X", "HEAD", "-H", "X-A:  1 "],
    );
    let commands = text(&output.stdout);
    let first = commands.lines().next().unwrap();
    assert_eq!(
        first,
        format!(
            r"curl --include --silent --globoff --path-as-is --head --header 'X-A: ...' '{}'",
            server.url(r"/a'\''b?f[0]={1,2}")
        )
    );
}
