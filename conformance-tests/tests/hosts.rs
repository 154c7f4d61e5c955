//! Which policy applies to the host of a request, in every framework: `Host` and the authority of the target, alone, repeated
//! and contradictory, over HTTP/1 and HTTP/2.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod http2_client;

use conformance_tests::response::Response;
use conformance_tests::subject::FRAMEWORKS;
use conformance_tests::wire::Connection;
use cors_core::{Config, Policies, Policy};
use h2::client::SendRequest;
use http::Version;

const TENANT_A: &str = "api.tenant-a.example";
const TENANT_B: &str = "api.tenant-b.example";

/// A host as it is written in a request, and whose policy applies. `None` if that is not clear.
const HOSTS: [(&str, Option<Owner>); 14] = [
    (TENANT_A, Some(Owner::A)),
    ("API.tenant-a.example:8443", Some(Owner::A)),
    (TENANT_B, Some(Owner::B)),
    ("api.tenant-b.example:80", Some(Owner::B)),
    ("[::1]:3000", Some(Owner::B)),
    ("other.example", Some(Owner::Unlisted)),
    ("other.example.", Some(Owner::Unlisted)),
    ("x.api.tenant-a.example", Some(Owner::Unlisted)),
    ("127.0.0.1:3000", Some(Owner::Unlisted)),
    ("api.tenant-a.example.", None),
    ("api.tenant-b.example.:443", None),
    ("127.1", None),
    ("api..tenant-a.example", None),
    ("api.tenant-a.example:0", None),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    A,
    B,
    Unlisted,
}

impl Owner {
    /// The only origin that may read the responses.
    fn origin(self) -> &'static str {
        match self {
            Self::A => "https://app.tenant-a.example",
            Self::B => "https://app.tenant-b.example",
            Self::Unlisted => "https://other.example",
        }
    }

    fn policy(self) -> Policy {
        let config = Config::new().allow_origins([self.origin()]);
        config.allow_methods(["PUT"]).build().unwrap()
    }
}

const OWNERS: [Owner; 3] = [Owner::A, Owner::B, Owner::Unlisted];

fn policies() -> Policies {
    Policies::new(Owner::Unlisted.policy())
        .for_host(TENANT_A, Owner::A.policy())
        .and_then(|policies| policies.for_host(TENANT_B, Owner::B.policy()))
        .and_then(|policies| policies.for_host("[::1]", Owner::B.policy()))
        .unwrap()
}

/// How a request names its host.
#[derive(Clone, Copy, Debug)]
struct Named<'a> {
    /// In the target.
    authority: Option<&'a str>,
    lines: &'a [&'a str],
}

/// What the response may be.
#[derive(Clone, Copy, Debug)]
struct Expected {
    owner: Option<Owner>,
    /// The server may reject the request before the middleware sees it.
    may_be_rejected: bool,
}

impl Expected {
    /// A server need not accept what is not a host.
    fn of(owner: Option<Owner>) -> Self {
        Self {
            owner,
            may_be_rejected: owner.is_none(),
        }
    }

    fn check(
        self,
        from: Owner,
        is_preflight: bool,
        status: u16,
        body: &str,
        allowed: &[&str],
    ) -> bool {
        if self.may_be_rejected && status == 400 && body != "Disallowed CORS host" {
            return allowed.is_empty();
        }
        match self.owner {
            Some(owner) if owner == from => {
                allowed == [from.origin()] && status == 200 && (body == "OK") == is_preflight
            }
            Some(_) if is_preflight => {
                allowed.is_empty() && (status, body) == (400, "Disallowed CORS origin")
            }
            None if is_preflight => {
                allowed.is_empty() && (status, body) == (400, "Disallowed CORS host")
            }
            _ => allowed.is_empty() && (status, body) == (200, "ok"),
        }
    }
}

fn expected(framework: &str, named: Named<'_>) -> Expected {
    let owner = |host: &str| HOSTS.iter().find(|(other, _)| *other == host).unwrap().1;
    // Rocket shows the application and its middleware only `Host`.
    let authority = named.authority.filter(|_| framework != "rocket");
    let owner = match (authority, named.lines) {
        (Some(authority), [line]) if authority != *line => None,
        (_, [line]) => owner(line),
        (Some(authority), []) => owner(authority),
        _ => None,
    };
    Expected {
        owner,
        // RFC 9112, section 3.2: a server must reject a request without exactly one `Host` line.
        may_be_rejected: owner.is_none() || named.lines.len() != 1,
    }
}

#[test]
fn every_framework_over_http1() {
    let hosts = HOSTS.map(|(host, _)| host);
    let mut all = vec![Vec::new()];
    all.extend(hosts.map(|host| vec![host]));
    all.extend(hosts.map(|host| vec![host, host]));
    all.extend(hosts.map(|host| vec![TENANT_A, host]));
    all.extend(hosts.map(|host| vec![host, TENANT_B]));
    for framework in FRAMEWORKS {
        let server = framework.spawn(policies()).unwrap();
        let mut compared = 0;
        for lines in &all {
            let named = Named {
                authority: None,
                lines,
            };
            // Several lines are ambiguous, whatever the target is.
            let authorities = &hosts[..if lines.len() > 1 { 1 } else { hosts.len() }];
            let absolute = authorities.iter().map(|host| Named {
                authority: Some(host),
                lines,
            });
            for named in std::iter::once(named).chain(absolute) {
                for from in OWNERS {
                    for is_preflight in [false, true] {
                        let mut connection = Connection::open(server.address).unwrap();
                        connection
                            .send(head(named, from, is_preflight).as_bytes())
                            .unwrap();
                        let response = connection.read("GET").unwrap();
                        let expected = expected(framework.name, named);
                        let is_right = match &response {
                            None => expected.may_be_rejected,
                            Some(response) => check(expected, from, is_preflight, response),
                        };
                        assert!(
                            is_right,
                            "{} {named:?} {from:?}, preflight {is_preflight}: {response:?}",
                            framework.name
                        );
                        compared += 1;
                    }
                }
            }
        }
        println!("{}: {compared} requests", framework.name);
    }
}

/// Wherever the response is from: a handler, a later poll of it, an error, a caught panic, or the framework.
#[test]
fn every_source_of_a_response() {
    for framework in FRAMEWORKS {
        let server = framework.spawn(policies()).unwrap();
        for path in ["/", "/later", "/stream", "/error", "/panic", "/nowhere"] {
            for (host, owner) in HOSTS {
                let target = format!("PUT {path} ");
                let named = Named {
                    authority: None,
                    lines: &[host],
                };
                let request = head(named, Owner::A, false).replacen("PUT / ", &target, 1);
                let mut connection = Connection::open(server.address).unwrap();
                connection.send(request.as_bytes()).unwrap();
                let response = connection.read("PUT").unwrap();
                let allowed = response.map(|response| {
                    let allowed = response.values("access-control-allow-origin");
                    allowed.map(<[u8]>::to_vec).collect::<Vec<_>>()
                });
                let expected = match owner {
                    Some(Owner::A) => vec![Owner::A.origin().as_bytes().to_vec()],
                    _ => Vec::new(),
                };
                assert_eq!(
                    allowed.unwrap_or_default(),
                    expected,
                    "{} {path} {host}",
                    framework.name
                );
            }
        }
    }
}

fn head(named: Named<'_>, from: Owner, is_preflight: bool) -> String {
    let method = if is_preflight { "OPTIONS" } else { "PUT" };
    let target = named
        .authority
        .map(|authority| format!("http://{authority}/"));
    let target = target.as_deref().unwrap_or("/");
    let hosts: String = named
        .lines
        .iter()
        .map(|host| format!("Host: {host}\r\n"))
        .collect();
    let requested = if is_preflight {
        "Access-Control-Request-Method: PUT\r\n"
    } else {
        ""
    };
    let origin = from.origin();
    format!(
        "{method} {target} HTTP/1.1\r\n{hosts}Origin: {origin}\r\n{requested}Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

fn check(expected: Expected, from: Owner, is_preflight: bool, response: &Response) -> bool {
    let allowed: Vec<&str> = response
        .values("access-control-allow-origin")
        .map(|value| std::str::from_utf8(value).unwrap())
        .collect();
    let body = String::from_utf8_lossy(&response.body);
    expected.check(from, is_preflight, response.status, &body, &allowed)
}

#[tokio::test]
async fn every_framework_over_http2() {
    for framework in FRAMEWORKS {
        let server = framework.spawn(policies()).unwrap();
        let client = http2_client::connect(server.address).await;
        for (authority, owner) in HOSTS {
            let lines = HOSTS.iter().map(|(host, _)| Some(*host)).chain([None]);
            for line in lines {
                // Contradictions are ambiguous, whatever they are.
                let is_clear = line.is_none_or(|line| line == authority);
                let expected = Expected::of(owner.filter(|_| is_clear));
                for from in OWNERS {
                    for is_preflight in [false, true] {
                        let request = http2(authority, line, from, is_preflight);
                        let Some((status, body, allowed)) = ask(&client, request).await else {
                            assert!(
                                expected.may_be_rejected,
                                "{} {authority} {line:?}",
                                framework.name
                            );
                            continue;
                        };
                        let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
                        assert!(
                            expected.check(from, is_preflight, status, &body, &allowed),
                            "{} {authority} {line:?} {from:?}, preflight {is_preflight}: {status} {body} {allowed:?}",
                            framework.name
                        );
                    }
                }
            }
        }
    }
}

fn http2(
    authority: &str,
    line: Option<&str>,
    from: Owner,
    is_preflight: bool,
) -> http::Request<()> {
    let method = if is_preflight { "OPTIONS" } else { "PUT" };
    let mut request = http::Request::builder()
        .method(method)
        .uri(format!("http://{authority}/"))
        .version(Version::HTTP_2)
        .header("origin", from.origin());
    if let Some(line) = line {
        request = request.header("host", line);
    }
    if is_preflight {
        request = request.header("access-control-request-method", "PUT");
    }
    request.body(()).unwrap()
}

/// The status, the body and the allowed origins. `None` if the server resets the stream.
async fn ask(
    client: &SendRequest<&'static [u8]>,
    request: http::Request<()>,
) -> Option<(u16, String, Vec<String>)> {
    let mut ready = client.clone().ready().await.unwrap();
    let response = ready.send_request(request, true).unwrap().0.await.ok()?;
    let allowed = response
        .headers()
        .get_all("access-control-allow-origin")
        .iter();
    let allowed = allowed
        .map(|value| value.to_str().unwrap().to_owned())
        .collect();
    let status = response.status().as_u16();
    let body = http2_client::read(response.into_body()).await;
    Some((status, String::from_utf8(body).unwrap(), allowed))
}
