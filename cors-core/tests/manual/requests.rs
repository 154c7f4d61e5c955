//! What the pages say that works does work, and the traps are traps: each policy decides about the requests of its topic.

use crate::pages;
use crate::policies::policies;
use crate::support::{Request, headers, rendered};
use cors_core::{Policy, RequestHeader};
use std::collections::{BTreeMap, BTreeSet};

/// A request under one of the policies of a page, by its number.
struct Case {
    page: &'static str,
    policy: usize,
    host: &'static str,
    origin: &'static str,
    method: &'static str,
    headers: &'static str,
    /// The decision about the preflight, or about the request itself.
    decision: &'static str,
}

/// A page of this origin can send the request and read the response.
const fn works(
    page: &'static str,
    policy: usize,
    origin: &'static str,
    method: &'static str,
    headers: &'static str,
) -> Case {
    Case {
        page,
        policy,
        host: "api.example.com",
        origin,
        method,
        headers,
        decision: "preflight-allowed",
    }
}

/// The preflight is refused.
const fn fails(
    page: &'static str,
    policy: usize,
    origin: &'static str,
    method: &'static str,
    headers: &'static str,
) -> Case {
    Case {
        decision: "preflight-refused",
        ..works(page, policy, origin, method, headers)
    }
}

/// A request without a preflight to this host.
const fn sent(
    page: &'static str,
    policy: usize,
    host: &'static str,
    origin: &'static str,
    decision: &'static str,
) -> Case {
    Case {
        host,
        decision,
        ..works(page, policy, origin, "POST", "")
    }
}

const APP: &str = "https://app.example.com";
const EVIL: &str = "https://evil.example";

#[rustfmt::skip]
const CASES: &[Case] = &[
    works("ten-minutes.md", 0, APP, "PUT", "authorization,content-type"),
    works("ten-minutes.md", 0, "http://localhost:5173", "POST", "content-type"),
    fails("ten-minutes.md", 0, APP, "DELETE", ""),
    works("origins.md", 0, "https://a.example.com", "GET", ""),
    fails("origins.md", 0, EVIL, "GET", ""),
    works("origins.md", 1, "https://www.example.com", "GET", ""),
    works("configuration.md", 0, "http://localhost:5173", "GET", ""),
    works("preflights.md", 0, APP, "GET", "authorization"),
    works("preflights.md", 0, APP, "PATCH", "content-type,x-request-id"),
    fails("preflights.md", 0, APP, "PUT", ""),
    works("preflights.md", 1, EVIL, "PUT", "authorization"),
    works("preflights.md", 2, APP, "patch", ""),
    fails("preflights.md", 2, APP, "PATCH", ""),
    works("credentials.md", 0, APP, "DELETE", ""),
    works("credentials.md", 0, APP, "POST", "content-type"),
    fails("credentials.md", 0, APP, "GET", "authorization"),
    works("errors.md", 0, APP, "GET", "authorization"),
    works("caches.md", 0, EVIL, "GET", ""),
    works("caches.md", 1, APP, "GET", "content-type"),
    works("several-policies.md", 0, EVIL, "GET", ""),
    works("several-policies.md", 1, "https://admin.example.com", "DELETE", ""),
    works("several-policies.md", 2, "https://app.a.example", "GET", ""),
    works("several-policies.md", 3, "https://app.b.example", "GET", ""),
    sent("websockets.md", 0, "chat.example.com", APP, "actual-allowed"),
    sent("websockets.md", 0, "chat.example.com", "https://chat.example.com", "actual-refused"),
    sent("websockets.md", 0, "chat.example.com", EVIL, "blocked"),
    sent("websockets.md", 0, "evil.example", "https://evil.example", "misdirected"),
    sent("sse.md", 0, "api.example.com", APP, "actual-allowed"),
    works("sse.md", 1, APP, "POST", "authorization,content-type,last-event-id"),
    works("uploads.md", 0, APP, "POST", ""),
    works("uploads.md", 0, APP, "PUT", "content-type"),
    fails("uploads.md", 0, APP, "PUT", "content-range"),
    works("uploads.md", 1, APP, "POST", "tus-resumable,upload-length,upload-metadata"),
    works("uploads.md", 1, APP, "PATCH", "content-type,tus-resumable,upload-offset"),
    works("uploads.md", 1, APP, "HEAD", "tus-resumable"),
    fails("uploads.md", 1, APP, "OPTIONS", "tus-resumable"),
    works("grpc-web.md", 0, APP, "POST", "authorization,content-type,grpc-timeout,x-grpc-web,x-user-agent"),
    fails("grpc-web.md", 0, APP, "POST", "x-metadata"),
    works("grpc-web.md", 1, APP, "POST", "connect-protocol-version,connect-timeout-ms,content-type"),
    works("grpc-web.md", 1, APP, "GET", "connect-protocol-version"),
    sent("mcp.md", 0, "localhost:3000", "http://localhost:3000", "actual-refused"),
    sent("mcp.md", 0, "localhost:3000", EVIL, "blocked"),
    sent("mcp.md", 0, "evil.example:3000", "http://evil.example:3000", "misdirected"),
    works("mcp.md", 1, "https://client.example.com", "POST", "authorization,content-type,mcp-method,mcp-name,mcp-protocol-version"),
    works("mcp.md", 1, "http://localhost:6274", "GET", "last-event-id,mcp-protocol-version,mcp-session-id"),
    works("mcp.md", 1, "https://client.example.com", "DELETE", "mcp-session-id"),
    sent("mcp.md", 1, "api.example.com", EVIL, "blocked"),
    fails("mcp.md", 2, "https://client.example.com", "GET", "mcp-param-region"),
    works("mcp.md", 2, "https://client.example.com", "GET", "content-type"),
    works("apps.md", 0, "tauri://localhost", "POST", "authorization,content-type"),
    works("apps.md", 0, "http://tauri.localhost", "PUT", "authorization"),
    works("apps.md", 0, "https://tauri.localhost", "DELETE", "authorization"),
    fails("apps.md", 0, "http://localhost:1420", "GET", ""),
    works("apps.md", 1, "capacitor://localhost", "POST", "authorization,content-type"),
    works("apps.md", 1, "https://localhost", "PUT", "authorization"),
    fails("apps.md", 1, "http://localhost", "GET", ""),
    works("apps.md", 2, "app://bundle", "GET", "authorization"),
    fails("apps.md", 2, "null", "GET", "authorization"),
    works("apps.md", 3, "file://", "GET", ""),
    works("extensions.md", 0, "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb", "GET", "authorization"),
    works("extensions.md", 1, "moz-extension://4ed7f644-c3b5-4bf1-983f-2c8718f52222", "GET", "authorization"),
    works("extensions.md", 1, "safari-web-extension://dcea6524-ab56-4469-895f-d4f4e84f139e", "GET", "authorization"),
    sent("local-networks.md", 0, "127.0.0.1:3000", "http://127.0.0.1:3000", "actual-refused"),
    sent("local-networks.md", 0, "localhost:3000", EVIL, "blocked"),
    sent("local-networks.md", 0, "evil.example:3000", "http://evil.example:3000", "misdirected"),
    works("production.md", 0, APP, "GET", ""),
    works("production.md", 1, "https://a.example", "GET", ""),
    works("production.md", 2, "https://any.example.com", "GET", ""),
    works("production.md", 3, APP, "GET", ""),
    works("security.md", 0, "https://example.com", "GET", ""),
    works("faq.md", 0, APP, "GET", ""),
    sent("faq.md", 0, "api.example.com", EVIL, "blocked"),
    sent("faq.md", 0, "api.example.com", "https://api.example.com", "actual-refused"),
    works("faq.md", 1, APP, "POST", "authorization,content-type"),
    works("keys.md", 0, APP, "PUT", "authorization,x-trace"),
];

#[test]
fn each_policy_decides_as_its_page_says() {
    let of_page = policies_by_page();
    for case in CASES {
        let Case { page, policy, .. } = *case;
        let policy = &of_page[page][policy];
        let request = request(case);
        let decision = policy.decide(&request);
        let name = format!("{page}, {} {} {}", case.origin, case.method, case.headers);
        assert_eq!(
            decision.id(),
            case.decision,
            "{name}: {}",
            policy.explain(decision, &request)
        );
    }
}

#[test]
fn every_policy_has_a_request() {
    let of_page = policies_by_page();
    let all = of_page
        .iter()
        .flat_map(|(page, policies)| (0..policies.len()).map(|policy| (page.as_str(), policy)));
    // Those are written for the responses of other servers.
    let all = all.filter(|(page, _)| *page != "troubleshooting.md");
    let tried: BTreeSet<_> = CASES.iter().map(|case| (case.page, case.policy)).collect();
    let missing: Vec<_> = all.filter(|policy| !tried.contains(policy)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The headers in the first page are those that the library sends.
#[test]
fn the_headers_on_the_wire_are_exact() {
    let (_, page) = pages()
        .into_iter()
        .find(|(name, _)| name == "ten-minutes.md")
        .unwrap();
    let policy = rendered(policies(&page).swap_remove(0));
    let section = page.split("\n## On the wire\n").nth(1).unwrap();
    let blocks = section.split("```text\n").skip(1).take(2);
    let mut seen = 0;
    for block in blocks {
        let block = block.split("```").next().unwrap();
        let (sent, received) = block.split_once("\n\n").unwrap();
        let request = request_of(sent);
        let expected: BTreeMap<_, _> = lines(received, "< ")
            .map(|(name, value)| (name.to_ascii_lowercase(), value.as_bytes().to_vec()))
            .collect();
        let actual: BTreeMap<_, _> = headers(&policy, &request)
            .0
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        assert_eq!(actual, expected, "{block}");
        seen += 1;
    }
    assert_eq!(seen, 2);
}

fn policies_by_page() -> BTreeMap<String, Vec<Policy>> {
    let pages = pages().into_iter();
    pages.map(|(name, page)| (name, policies(&page))).collect()
}

fn request(case: &Case) -> Request {
    let line = |header, value: &str| (header, value.as_bytes().to_vec());
    let mut lines = vec![
        line(RequestHeader::Host, case.host),
        line(RequestHeader::Origin, case.origin),
    ];
    if !case.decision.starts_with("preflight") {
        return Request {
            method: case.method.into(),
            lines,
        };
    }
    lines.push(line(RequestHeader::AccessControlRequestMethod, case.method));
    if !case.headers.is_empty() {
        lines.push(line(
            RequestHeader::AccessControlRequestHeaders,
            case.headers,
        ));
    }
    Request {
        method: b"OPTIONS".to_vec(),
        lines,
    }
}

/// The request of a text with its head.
fn request_of(head: &str) -> Request {
    let method = head.trim_start_matches("> ").split(' ').next().unwrap();
    let known = [
        RequestHeader::Origin,
        RequestHeader::AccessControlRequestMethod,
        RequestHeader::AccessControlRequestHeaders,
    ];
    let lines = lines(head, "> ").filter_map(|(name, value)| {
        let header = known
            .into_iter()
            .find(|known| name.eq_ignore_ascii_case(known.name()))?;
        Some((header, value.as_bytes().to_vec()))
    });
    Request {
        method: method.into(),
        lines: lines.collect(),
    }
}

/// The header lines after the first line.
fn lines<'a>(head: &'a str, mark: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let lines = head.lines().filter_map(move |line| line.strip_prefix(mark));
    lines.filter_map(|line| line.split_once(": "))
}
