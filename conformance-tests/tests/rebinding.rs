//! A page that rebinds its name to this computer, in a real Chromium, against the example of a local service.
//! Without a browser the test is skipped, or fails if `CI=true`.

#![cfg(unix)] // browsers are ended through their process group
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

#[allow(dead_code, reason = "the tests of the playground use the rest")]
#[path = "../command/tests/command/browser/devtools.rs"]
mod devtools;
#[allow(dead_code, reason = "the test has its own `main`")]
#[path = "../../cors-axum/examples/loopback.rs"]
mod loopback;

use std::net::{Ipv4Addr, TcpListener};

use cors_axum::{Config, Policy};
use serde_json::{Value, json};
use test_support::skip::skip;
use tokio::runtime::Runtime;

use self::devtools::Tab;
use self::loopback::Notes;

/// The name that the attacker has rebound.
const EVIL: &str = "evil.test";

#[test]
fn without_own_origins_a_rebinding_page_gets_in() {
    let policy = |_| {
        let blocking = Config::new().block_refused_origins(true);
        blocking.build().unwrap()
    };
    let service = Service::start(policy);
    let Some(seen) = service.seen_from(EVIL) else {
        return;
    };
    assert_eq!(
        seen,
        json!({
            "get": "200 buy bread",
            "post": "200 buy bread, spam",
            "put": "200 spam",
            "socket": "spam",
            "to localhost": "TypeError",
        })
    );
    assert_eq!(service.notes.text(), "spam");
}

#[test]
fn with_own_origins_nothing_of_a_rebinding_page_reaches_the_application() {
    let service = Service::start(|port| loopback::policy(port).unwrap());
    let Some(seen) = service.seen_from(EVIL) else {
        return;
    };
    assert_eq!(
        seen,
        json!({
            "get": "421 Disallowed host",
            "post": "421 Disallowed host",
            "put": "421 Disallowed host",
            "socket": "error",
            "to localhost": "TypeError",
        })
    );
    assert_eq!(service.notes.text(), "buy bread");
    for own in ["localhost", "127.0.0.1"] {
        let service = Service::start(|port| loopback::policy(port).unwrap());
        assert_eq!(
            service.seen_from(own).unwrap(),
            json!({
                "get": "200 buy bread",
                "post": "200 buy bread, spam",
                "put": "200 spam",
                "socket": "spam",
                "to localhost": if own == "localhost" { "200 other" } else { "TypeError" },
            })
        );
    }
}

/// The example, on a free port.
struct Service {
    port: u16,
    notes: Notes,
    _runtime: Runtime,
}

impl Service {
    fn start(policy: impl FnOnce(u16) -> Policy) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let notes = Notes::default();
        let app = loopback::app(policy(port), notes.clone());
        let runtime = Runtime::new().unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await
        });
        Self {
            port,
            notes,
            _runtime: runtime,
        }
    }

    /// What a page of this host gets from the service: at its own origin, and with a preflight at
    /// `localhost`. `None` if there is no browser.
    fn seen_from(&self, host: &str) -> Option<Value> {
        let page = format!("{host}:{}", self.port);
        let resolve = format!("--host-resolver-rules=MAP {EVIL} 127.0.0.1");
        let Some(mut tab) = Tab::open(&format!("http://{page}/"), &[&resolve]) else {
            skip("Chromium is missing: install chromium-headless-shell");
            return None;
        };
        // The page of the attacker can come from its own server, before the name is rebound. Here it is the
        // response to its first request, of any status: its origin is the same.
        tab.wait(&format!(
            "location.host === '{page}' && document.readyState === 'complete'"
        ));
        Some(tab.evaluate(&SCRIPT.replace("{port}", &self.port.to_string())))
    }
}

const SCRIPT: &str = r"(async () => {
    const read = async (url, init) => {
        try {
            const response = await fetch(url, init);
            return `${response.status} ${await response.text()}`;
        } catch (error) {
            return error.name;
        }
    };
    const socket = () => new Promise((done) => {
        const socket = new WebSocket(`ws://${location.host}/live`);
        socket.onmessage = ({ data }) => done(data);
        socket.onerror = () => done('error');
    });
    return {
        'get': await read('/notes'),
        'post': await read('/notes', { method: 'POST', body: 'spam' }),
        'put': await read('/notes', { method: 'PUT', body: 'spam' }),
        'socket': await socket(),
        'to localhost': await read('http://localhost:{port}/notes', { method: 'PUT', body: 'other' }),
    };
})()";
