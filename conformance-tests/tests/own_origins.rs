//! No request of a page that rebinds its name to this server reaches the application: every combination of `Host`,
//! `Origin`, `Sec-Fetch-Site`, method, HTTP version and policy, in the core, and a part of them in every
//! framework.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod http2_client;

use std::net::SocketAddr;

use conformance_tests::subject::{FRAMEWORKS, Framework};
use conformance_tests::vector::{Line, Request};
use conformance_tests::wire::Connection;
use cors_core::{Config, Policy};
use h2::client::SendRequest;
use http::Version;

const OWN: [&str; 5] = [
    "http://localhost:3000",
    "http://*.localhost:*",
    "http://127.0.0.1:3000",
    "http://[::1]:3000",
    "https://api.example.com",
];

const APP: &str = "https://app.example.com";

const OWN_HOSTS: [&str; 8] = [
    "localhost:3000",
    "LocalHost:3000",
    "a.localhost",
    "a.b.localhost:8080",
    "127.0.0.1:3000",
    "[::1]:3000",
    "api.example.com",
    "api.example.com:443",
];

/// Hosts of a rebinding page. Any of these names can resolve to this server.
const FOREIGN_HOSTS: [&str; 20] = [
    "evil.example:3000",
    "evil.example",
    "evil.example:443",
    "EVIL.example:3000",
    "localhost.evil.example:3000",
    "a.localhost.evil.example",
    "evillocalhost:3000",
    "localhost",
    "localhost:80",
    "localhost:3001",
    "localhost.:3000",
    "a.localhost.:3000",
    "127.0.0.1",
    "127.0.0.1.evil.example:3000",
    "127.0.0.2:3000",
    "0.0.0.0:3000",
    "[::]:3000",
    "10.0.0.1:3000",
    "api.example.com:80",
    "api.example.com.evil.example",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    /// A same-origin GET has no `Origin`.
    Unknown,
    /// A page of the host of the request, with http or https.
    OfHost(&'static str),
    /// A sandboxed frame, or a page without referrer.
    Opaque,
    Other(&'static str),
}

const PAGES: [Page; 7] = [
    Page::Unknown,
    Page::OfHost("http"),
    Page::OfHost("https"),
    Page::Opaque,
    Page::Other(APP),
    Page::Other("http://localhost:3000"),
    Page::Other("https://other.example"),
];

const SITES: [Option<&str>; 5] = [
    None,
    Some("same-origin"),
    Some("none"),
    Some("same-site"),
    Some("cross-site"),
];

/// How the request names its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Http1,
    /// The target has the authority, and there is a `Host` line.
    Absolute,
    Http2,
    Http2WithHost,
}

const FORMS: [Form; 4] = [
    Form::Http1,
    Form::Absolute,
    Form::Http2,
    Form::Http2WithHost,
];

/// The second is a preflight.
const METHODS: [(&str, bool); 4] = [
    ("GET", false),
    ("OPTIONS", true),
    ("OPTIONS", false),
    ("POST", false),
];

#[derive(Clone, Copy, Debug)]
struct Combination {
    host: &'static str,
    page: Page,
    site: Option<&'static str>,
    form: Form,
    method: &'static str,
    is_preflight: bool,
}

fn combinations() -> Vec<Combination> {
    let mut all = Vec::new();
    for host in OWN_HOSTS.into_iter().chain(FOREIGN_HOSTS) {
        for page in PAGES {
            for site in SITES {
                for form in FORMS {
                    for (method, is_preflight) in METHODS {
                        all.push(Combination {
                            host,
                            page,
                            site,
                            form,
                            method,
                            is_preflight,
                        });
                    }
                }
            }
        }
    }
    all
}

impl Combination {
    /// As a browser serializes it.
    fn origin(&self) -> Option<String> {
        match self.page {
            Page::Unknown => None,
            Page::Opaque => Some("null".to_owned()),
            Page::Other(origin) => Some(origin.to_owned()),
            Page::OfHost(scheme) => {
                let host = self.host.to_ascii_lowercase();
                let port = if scheme == "http" { ":80" } else { ":443" };
                let host = host.strip_suffix(port).unwrap_or(&host);
                Some(format!("{scheme}://{host}"))
            }
        }
    }

    /// Every line except `Host`.
    fn lines(&self) -> Vec<(&'static str, String)> {
        let origin = self.origin().map(|origin| ("origin", origin));
        let site = self.site.map(|site| ("sec-fetch-site", site.to_owned()));
        let method = ("access-control-request-method", "PUT".to_owned());
        let method = self.is_preflight.then_some(method);
        [origin, site, method].into_iter().flatten().collect()
    }

    fn http(&self) -> http::Request<()> {
        let authority = format!("http://{}/options", self.host);
        let (uri, version, has_host) = match self.form {
            Form::Http1 => ("/options", Version::HTTP_11, true),
            Form::Absolute => (authority.as_str(), Version::HTTP_11, true),
            Form::Http2 => (authority.as_str(), Version::HTTP_2, false),
            Form::Http2WithHost => (authority.as_str(), Version::HTTP_2, true),
        };
        let request = http::Request::builder().method(self.method).uri(uri);
        let host = has_host.then(|| ("host", self.host.to_owned()));
        let request = host
            .into_iter()
            .chain(self.lines())
            .fold(request.version(version), |request, (name, value)| {
                request.header(name, value)
            });
        request.body(()).unwrap()
    }

    /// For HTTP/1.
    fn wire(&self) -> Request {
        let target = match self.form {
            Form::Absolute => format!("http://{}/options", self.host),
            _ => "/options".to_owned(),
        };
        let lines = [
            ("host", self.host.to_owned()),
            ("connection", "keep-alive".to_owned()),
        ];
        let lines = lines.into_iter().chain(self.lines());
        Request {
            method: self.method.to_owned(),
            target,
            lines: lines
                .map(|(name, value)| Line::new(format!("{name}: {value}")).unwrap())
                .collect(),
            body: String::new(),
        }
    }

    fn is_foreign(&self) -> bool {
        FOREIGN_HOSTS.contains(&self.host)
    }

    /// BEHAVIOUR 2, 3 and 7.
    fn expected(&self, rules: Rules) -> Expected {
        if self.is_foreign() {
            return Expected::Misdirected;
        }
        let Some(origin) = self.origin() else {
            return Expected::Application;
        };
        let is_allowed = rules.any_origin || origin == APP;
        if self.is_preflight {
            return Expected::Preflight;
        }
        let of_own_host = |host: &str| {
            let host = host.to_ascii_lowercase();
            // The entries with an address or a name of this computer are http.
            match host.strip_suffix(":443").unwrap_or(&host) {
                "api.example.com" => origin == "https://api.example.com",
                host => origin == format!("http://{host}"),
            }
        };
        let is_own = OWN_HOSTS.into_iter().any(of_own_host);
        let is_confirmed = matches!(self.site, None | Some("same-origin" | "none"));
        if is_allowed || !rules.blocks || is_own && is_confirmed {
            Expected::Application
        } else {
            Expected::Blocked
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Misdirected,
    Blocked,
    Preflight,
    Application,
}

impl Expected {
    fn allows(self, status: u16, body: &str) -> bool {
        match self {
            Self::Misdirected => status == 421 && body == "Disallowed host",
            Self::Blocked => status == 403,
            Self::Preflight => matches!(status, 200 | 400) && !matches!(body, "ok" | "handled"),
            Self::Application => status == 200 && matches!(body, "ok" | "handled"),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Rules {
    blocks: bool,
    any_origin: bool,
}

const RULES: [Rules; 3] = [
    Rules {
        blocks: false,
        any_origin: false,
    },
    Rules {
        blocks: true,
        any_origin: false,
    },
    Rules {
        blocks: true,
        any_origin: true,
    },
];

impl Rules {
    fn policy(self) -> Policy {
        Config::new()
            .allow_origins([if self.any_origin { "*" } else { APP }])
            .block_refused_origins(self.blocks)
            .own_origins(OWN)
            .build()
            .unwrap()
    }
}

#[test]
fn the_core() {
    let (mut compared, mut rebinding) = (0, 0);
    for rules in RULES {
        let policy = rules.policy();
        for combination in combinations() {
            let request = combination.http();
            let decision = policy.decide(&request);
            let got = match decision.id() {
                "misdirected" => Expected::Misdirected,
                "blocked" => Expected::Blocked,
                "preflight-allowed" | "preflight-refused" => Expected::Preflight,
                _ => Expected::Application,
            };
            let expected = combination.expected(rules);
            assert_eq!(got, expected, "{combination:?} {rules:?}");
            compared += 1;
            rebinding += u32::from(combination.is_foreign());
        }
    }
    println!("{compared} requests, {rebinding} of them from a rebinding page");
    assert!(compared >= 20_000 && rebinding >= 20_000);
}

/// Whether the target of a request is the authority or `Host`, they must agree.
#[test]
fn a_host_that_contradicts_the_target() {
    let policy = RULES[0].policy();
    for (authority, host) in contradictions() {
        let request = http::Request::builder().uri(format!("http://{authority}/"));
        let request = request.header("host", host).body(()).unwrap();
        let decision = policy.decide(&request);
        let reasons: Vec<_> = decision.reasons().collect();
        assert_eq!(reasons, ["host-several-lines"], "{authority} {host}");
    }
}

fn contradictions() -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = ["localhost:3000", "127.0.0.1:3000"];
    let own_and_foreign = own
        .into_iter()
        .flat_map(|own| FOREIGN_HOSTS.map(|foreign| (own, foreign)));
    let both = own_and_foreign.flat_map(|(own, foreign)| [(own, foreign), (foreign, own)]);
    both.chain([(own[0], own[1]), (own[1], own[0])])
}

#[test]
fn every_framework_over_http1() {
    /// A prime that divides none of the numbers of alternatives, so that every pair of them occurs.
    const SHARE: usize = 11;
    for framework in FRAMEWORKS {
        let mut compared = 0;
        for rules in RULES {
            let server = framework.spawn(rules.policy()).unwrap();
            let mut connection = Connection::open(server.address).unwrap();
            let http1 = |combination: &Combination| {
                matches!(combination.form, Form::Http1 | Form::Absolute)
            };
            let share = combinations().into_iter().filter(http1).step_by(SHARE);
            for combination in share {
                let response = connection.ask(&combination.wire()).unwrap().unwrap();
                let body = String::from_utf8(response.body).unwrap();
                let expected = combination.expected(rules);
                assert!(
                    expected.allows(response.status, &body),
                    "{} {combination:?} {rules:?}: {expected:?}, but {} {body}",
                    framework.name,
                    response.status
                );
                compared += 1;
            }
        }
        println!("{}: {compared} requests", framework.name);
        assert!(compared > 2_000);
    }
}

/// What no client sends that follows HTTP/1.1.
#[test]
fn odd_requests_do_not_reach_the_application() {
    for framework in FRAMEWORKS {
        let server = framework.spawn(RULES[0].policy()).unwrap();
        for head in [
            "GET / HTTP/1.1\r\n",
            "GET / HTTP/1.0\r\n",
            "GET / HTTP/1.1\r\nHost\r\n",
            "GET / HTTP/1.1\r\nHost: localhost:3000\r\nHost: localhost:3000\r\n",
            "GET / HTTP/1.1\r\nHost: localhost:3000\r\nHost: evil.example\r\n",
            "GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost:3000\r\n",
            "GET / HTTP/1.1\r\nHost: evil.example\r\n localhost:3000\r\n",
            "GET / HTTP/1.1\r\nHost : localhost:3000\r\n",
            "GET http://localhost:3000/ HTTP/1.1\r\nHost: localhost:3000\r\nHost: localhost:3000\r\n",
            "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n",
            "GET http://evil.example/ HTTP/1.1\r\n",
            "GET http://me@localhost:3000/ HTTP/1.1\r\nHost: me@localhost:3000\r\n",
        ] {
            let status = raw(server.address, head);
            assert!(
                matches!(status, None | Some(400 | 421)),
                "{} {head:?}: {status:?}",
                framework.name
            );
        }
        for (authority, host) in contradictions() {
            let head = format!("GET http://{authority}/ HTTP/1.1\r\nHost: {host}\r\n");
            let status = raw(server.address, &head);
            // Rocket shows the application and its middleware only `Host`.
            let passes = framework.name == "rocket" && OWN_HOSTS.contains(&host);
            let expected = if passes { 200 } else { 421 };
            assert_eq!(status, Some(expected), "{} {head}", framework.name);
        }
    }
}

/// The status of the response. `None` if the server closes the connection instead.
fn raw(server: SocketAddr, head: &str) -> Option<u16> {
    let mut connection = Connection::open(server).unwrap();
    let bytes = format!("{head}Connection: close\r\n\r\n");
    connection.send(bytes.as_bytes()).unwrap();
    let response = connection.read_head().unwrap()?;
    Some(response.status)
}

#[tokio::test]
async fn every_framework_over_http2() {
    const SHARE: usize = 11;
    for framework in FRAMEWORKS {
        for rules in RULES {
            let server = framework.spawn(rules.policy()).unwrap();
            let client = http2_client::connect(server.address).await;
            let http2 = |combination: &Combination| {
                matches!(combination.form, Form::Http2 | Form::Http2WithHost)
            };
            let share = combinations().into_iter().filter(http2).step_by(SHARE);
            for combination in share {
                let (status, body) = ask(&client, combination.http()).await;
                let expected = combination.expected(rules);
                assert!(
                    expected.allows(status, &body),
                    "{} {combination:?} {rules:?}: {expected:?}, but {status} {body}",
                    framework.name
                );
            }
        }
        contradictory_over_http2(framework).await;
    }
}

async fn contradictory_over_http2(framework: Framework) {
    let server = framework.spawn(RULES[0].policy()).unwrap();
    let client = http2_client::connect(server.address).await;
    for (authority, host) in contradictions() {
        let request = http::Request::builder().uri(format!("http://{authority}/"));
        let request = request.version(Version::HTTP_2).header("host", host);
        let (status, _) = ask(&client, request.body(()).unwrap()).await;
        assert_eq!(status, 421, "{} {authority} {host}", framework.name);
    }
}

async fn ask(client: &SendRequest<&'static [u8]>, request: http::Request<()>) -> (u16, String) {
    let mut ready = client.clone().ready().await.unwrap();
    let response = ready.send_request(request, true).unwrap().0.await.unwrap();
    let status = response.status().as_u16();
    let body = http2_client::read(response.into_body()).await;
    (status, String::from_utf8(body).unwrap())
}
