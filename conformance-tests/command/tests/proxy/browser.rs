//! A page in Chromium that uses an API without CORS through the proxy. Without a browser the test is skipped, or
//! fails if `CI=true`.

use serde_json::json;
use test_support::skip::skip;

use crate::devtools::Tab;
use crate::running::Proxy;
use crate::upstream::{Upstream, dead};

/// An API that sends no CORS headers, except wrong ones.
fn api() -> Upstream {
    Upstream::start(|connection| {
        let mut words = connection.head.split_whitespace();
        let request = (words.next().unwrap(), words.next().unwrap());
        let (head, body) = match request {
            ("PUT", "/items/1") => {
                let body = connection.body(r#"{"a":1}"#.len());
                (
                    "200 OK\r\naccess-control-allow-origin: *\r\naccess-control-allow-origin: *\r\nx-total: 5",
                    body,
                )
            }
            ("GET", "/old") => ("301 Moved Permanently\r\nlocation: /new", String::new()),
            ("GET", "/new") => ("200 OK", "moved".to_owned()),
            ("GET", "/events") => (
                "200 OK\r\ncontent-type: text/event-stream",
                "data: first\n\n".to_owned(),
            ),
            _ => ("404 Not Found", "no such path".to_owned()),
        };
        let length = body.len();
        connection.send(&format!(
            "HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ));
    })
}

fn page() -> Upstream {
    Upstream::responding(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 14\r\nconnection: close\r\n\r\n<title>page</t",
    )
}

#[test]
fn a_page_uses_an_api_without_cors() {
    let (api, page) = (api(), page());
    let policy = json!({
        "allow_origins": [format!("http://{}", page.address)],
        "allow_methods": ["GET", "PUT"],
        "expose_headers": ["X-Total"],
    })
    .to_string();
    let target = format!("http://{}", api.address);
    let proxy = Proxy::start(&target, &policy, &[]);
    let (_held, nobody) = dead();
    let broken = Proxy::start(&format!("http://{nobody}"), &policy, &[]);
    let Some(mut tab) = Tab::open(&format!("http://{}/", page.address), &[]) else {
        return skip("no Chromium");
    };
    tab.wait("location.protocol === 'http:' && document.readyState === 'complete'");

    let at = |address: &str, path: &str| json!(format!("http://{address}{path}"));
    let put = |url| {
        format!(
            "fetch({url}, {{
                method: 'PUT', body: '{{\"a\":1}}', headers: {{ 'content-type': 'application/json' }}
            }}).then(
                async (response) => [response.status, response.headers.get('x-total'), await response.text()],
                () => 'blocked',
            )"
        )
    };
    let direct = put(at(&api.address.to_string(), "/items/1"));
    assert_eq!(tab.evaluate(&direct), "blocked");
    let through = put(at(&proxy.address, "/items/1"));
    assert_eq!(tab.evaluate(&through), json!([200, "5", r#"{"a":1}"#]));

    let get = |url| {
        format!(
            "fetch({url}).then(async (response) => [response.status, response.url, await response.text()], () => 'blocked')"
        )
    };
    let moved = tab.evaluate(&get(at(&proxy.address, "/old")));
    assert_eq!(moved, json!([200, at(&proxy.address, "/new"), "moved"]));
    let missing = tab.evaluate(&get(at(&proxy.address, "/missing")));
    assert_eq!(
        missing,
        json!([404, at(&proxy.address, "/missing"), "no such path"])
    );

    let error = tab.evaluate(&get(at(&broken.address, "/")));
    assert_eq!(error[0], 502);
    let text = error[2].as_str().unwrap();
    assert!(
        text.starts_with(&format!("cors proxy: cannot connect to http://{nobody}: ")),
        "{text}"
    );

    let event = tab.evaluate(&format!(
        "new Promise((resolve) => {{
            const events = new EventSource({});
            events.onmessage = (event) => {{ events.close(); resolve(event.data); }};
            events.onerror = () => {{ events.close(); resolve('failed'); }};
        }})",
        at(&proxy.address, "/events")
    ));
    assert_eq!(event, "first");

    // The policy allows the address of the page, not its other name.
    let other = format!("http://localhost:{}/", page.address.port());
    tab.call("Page.navigate", json!({ "url": other }));
    tab.wait("location.hostname === 'localhost' && document.readyState === 'complete'");
    assert_eq!(tab.evaluate(&get(at(&proxy.address, "/new"))), "blocked");
}
