//! Which headers pass the proxy, and which it sets.

use std::net::IpAddr;

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// Where a request came from.
pub(crate) struct Received<'a> {
    pub(crate) client: IpAddr,
    /// The `Host` of the request, which is a name of the proxy.
    pub(crate) host: &'a str,
}

/// The name of the proxy in `Via`.
const PSEUDONYM: &str = "cors-proxy";

/// The headers of one connection only (RFC 9110, section 7.6.1), and those for authentication to a proxy.
/// `Trailer` is about the whole way.
const OF_THE_CONNECTION: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// What the proxy says itself, and what only a browser's request has. A server that knows the header
/// `Origin` could refuse the request, although the policy allows it.
const REPLACED_IN_REQUESTS: [&str; 10] = [
    "access-control-request-headers",
    "access-control-request-method",
    "forwarded",
    "host",
    "origin",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
];

const COOKIES_IN_REQUESTS: [&str; 2] = ["cookie", "cookie2"];
const COOKIES_IN_RESPONSES: [&str; 3] = ["clear-site-data", "set-cookie", "set-cookie2"];

/// Changes the headers of a request into those for the target.
pub(crate) fn to_target(headers: &mut HeaderMap, received: &Received<'_>, cookies: bool) {
    let accepts_trailers = lists(headers, &header::TE, "trailers");
    remove_of_the_connection(headers);
    // Without an origin, the policy has not decided, and the target may have to.
    if headers.contains_key(header::ORIGIN) {
        headers.remove("sec-fetch-site");
    }
    remove(headers, &REPLACED_IN_REQUESTS);
    if !cookies {
        remove(headers, &COOKIES_IN_REQUESTS);
    }
    if accepts_trailers {
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("te"));
    }
    let Received { client, host } = received;
    let node = match client {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("\"[{address}]\""),
    };
    let forwarded = format!("for={node};host=\"{host}\";proto=http");
    for (name, value) in [
        ("forwarded", forwarded.as_str()),
        ("x-forwarded-for", &client.to_string()),
        ("x-forwarded-host", host),
        ("x-forwarded-proto", "http"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    if let Ok(via) = HeaderValue::from_str(&format!("1.1 {PSEUDONYM}")) {
        headers.append(header::VIA, via);
    }
}

/// Whether a request has already passed a proxy like this one.
pub(crate) fn is_in_a_loop(headers: &HeaderMap) -> bool {
    elements(headers, &header::VIA)
        .any(|element| element.split_whitespace().nth(1) == Some(PSEUDONYM))
}

/// Changes the headers of a response into those for the browser. The CORS headers are those of the
/// policy, which is applied later.
pub(crate) fn to_browser(headers: &mut HeaderMap, cookies: bool) {
    remove_of_the_connection(headers);
    let is_cors = |name: &&HeaderName| name.as_str().starts_with("access-control-");
    let cors: Vec<_> = headers.keys().filter(is_cors).cloned().collect();
    for name in cors {
        headers.remove(name);
    }
    if cookies {
        let own = headers.get_all(header::SET_COOKIE).iter().map(own_cookie);
        let own: Vec<_> = own.collect();
        headers.remove(header::SET_COOKIE);
        for cookie in own {
            headers.append(header::SET_COOKIE, cookie);
        }
    } else {
        remove(headers, &COOKIES_IN_RESPONSES);
    }
}

/// The same cookie for the host of the proxy: no browser accepts the domain of another.
fn own_cookie(cookie: &HeaderValue) -> HeaderValue {
    let is_domain = |attribute: &&[u8]| {
        let name = attribute.split(|&byte| byte == b'=').next();
        name.is_some_and(|name| name.trim_ascii().eq_ignore_ascii_case(b"domain"))
    };
    let mut parts = cookie.as_bytes().split(|&byte| byte == b';');
    let pair = parts.next().unwrap_or_default();
    let kept = parts.filter(|attribute| !is_domain(attribute));
    let bytes = [pair].into_iter().chain(kept).collect::<Vec<_>>();
    HeaderValue::from_bytes(&bytes.join(&b';')).unwrap_or_else(|_| cookie.clone())
}

fn remove_of_the_connection(headers: &mut HeaderMap) {
    let named: Vec<_> = elements(headers, &header::CONNECTION)
        .map(str::to_owned)
        .collect();
    for name in named {
        headers.remove(name);
    }
    remove(headers, &OF_THE_CONNECTION);
}

fn remove(headers: &mut HeaderMap, names: &[&'static str]) {
    for name in names {
        headers.remove(*name);
    }
}

/// Whether a header lists an element, in any case.
pub(crate) fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    elements(headers, name).any(|element| element.eq_ignore_ascii_case(wanted))
}

fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn map(lines: &[&str]) -> HeaderMap {
        let pair = |line: &&str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())
        };
        lines.iter().map(pair).collect()
    }

    fn lines(headers: &HeaderMap) -> Vec<String> {
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        let mut lines: Vec<_> = headers.iter().map(line).collect();
        lines.sort_unstable();
        lines
    }

    fn sent(request: &[&str], cookies: bool) -> Vec<String> {
        let mut headers = map(request);
        let received = Received {
            client: "::1".parse().unwrap(),
            host: "localhost:8080",
        };
        to_target(&mut headers, &received, cookies);
        lines(&headers)
    }

    const SET: [&str; 5] = [
        "forwarded: for=\"[::1]\";host=\"localhost:8080\";proto=http",
        "via: 1.1 cors-proxy",
        "x-forwarded-for: ::1",
        "x-forwarded-host: localhost:8080",
        "x-forwarded-proto: http",
    ];

    #[test]
    fn requests() {
        let request = [
            "host: localhost:8080",
            "origin: http://localhost:3000",
            "sec-fetch-site: same-site",
            "sec-fetch-mode: cors",
            "access-control-request-method: PUT",
            "authorization: Bearer x",
            "cookie: a=b",
            "connection: keep-alive, X-Secret",
            "connection: te",
            "x-secret: 1",
            "keep-alive: timeout=5",
            "proxy-authorization: Basic x",
            "proxy-connection: keep-alive",
            "te: gzip;q=0.5",
            "transfer-encoding: chunked",
            "upgrade: h2c",
            "forwarded: for=10.0.0.1",
            "x-forwarded-for: 10.0.0.1",
            "expect: 100-continue",
            "trailer: x-sum",
        ];
        let kept = |more: &[&'static str]| {
            let kept = [
                "authorization: Bearer x",
                "expect: 100-continue",
                "sec-fetch-mode: cors",
                "trailer: x-sum",
            ];
            let mut all = [&SET[..], &kept, more].concat();
            all.sort_unstable();
            all
        };
        assert_eq!(sent(&request, false), kept(&[]));
        assert_eq!(sent(&request, true), kept(&["cookie: a=b"]));
        let trailers = sent(&["te: gzip, Trailers", "connection: TE"], false);
        assert!(trailers.contains(&"te: trailers".to_owned()));
        assert!(trailers.contains(&"connection: te".to_owned()));
    }

    #[test]
    fn responses() {
        let response = [
            "access-control-allow-origin: *",
            "access-control-allow-origin: https://other.example",
            "access-control-expose-headers: x",
            "access-control-allow-private-network: true",
            "connection: close, x-hop",
            "x-hop: 1",
            "content-length: 5",
            "set-cookie: a=domain=x; Path=/; Domain=api.example.com; Secure",
            "set-cookie: b=c;DOMAIN = .example.com",
            "set-cookie: domain=d",
            "clear-site-data: \"cookies\"",
            "vary: Accept, Origin",
        ];
        let mut headers = map(&response);
        to_browser(&mut headers, false);
        assert_eq!(
            lines(&headers),
            ["content-length: 5", "vary: Accept, Origin"]
        );
        let mut headers = map(&response);
        to_browser(&mut headers, true);
        assert_eq!(
            lines(&headers),
            [
                "clear-site-data: \"cookies\"",
                "content-length: 5",
                "set-cookie: a=domain=x; Path=/; Secure",
                "set-cookie: b=c",
                "set-cookie: domain=d",
                "vary: Accept, Origin",
            ]
        );
    }

    #[test]
    fn loops() {
        for (via, expected) in [
            ("via: 1.1 cors-proxy", true),
            ("via: 1.0 fred, 1.1 cors-proxy (x)", true),
            ("via: 1.1 cors-proxy.example", false),
            ("via: 1.1 fred (cors-proxy)", false),
            ("x-via: 1.1 cors-proxy", false),
        ] {
            assert_eq!(is_in_a_loop(&map(&[via])), expected, "{via}");
        }
    }
}
