//! Pages of other programs on this machine must not be able to use the playground.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};
use test_support::skip::skip;

use super::devtools::Tab;
use crate::http::request;
use crate::process::Playground;

#[test]
fn a_page_at_another_port_can_do_nothing() {
    let playground = Playground::start(&[]);
    let attacker = attacker();
    let Some(mut tab) = open(&attacker) else {
        return;
    };
    tab.wait("document.title === 'attacker'");
    let before = policy(&playground);
    let (page, frame) = (&playground.page, &playground.other);

    // It embeds the frame and the page, and asks them to apply a policy.
    let attack = json!({
        "url": format!("http://{page}/apply"),
        "method": "POST",
        "headers": { "Content-Type": "application/json" },
        "body": r#"{"allow_origins": ["*"]}"#,
    });
    let embedded = [format!("http://{frame}/frame"), format!("http://{page}/")];
    for address in &embedded {
        tab.evaluate(&format!(
            "(async () => {{
                const frame = document.createElement('iframe');
                const loaded = new Promise((resolve) => frame.onload = resolve);
                frame.src = {};
                document.body.append(frame);
                await loaded;
                frame.contentWindow.postMessage({attack}, '*', [new MessageChannel().port2]);
            }})()",
            json!(address)
        ));
    }
    let tree = tab.call("Page.getFrameTree", json!({}));
    let frames = tree["frameTree"]["childFrames"].as_array().unwrap();
    let refused: Vec<_> = frames
        .iter()
        .map(|child| {
            child["frame"]["unreachableUrl"]
                .as_str()
                .unwrap_or_default()
        })
        .collect();
    assert_eq!(refused, embedded, "{tree}");

    // It sends requests itself.
    for (address, path) in [
        (page, "/apply"),
        (page, "/answer"),
        (page, "/code?form=toml"),
        (page, "/edit"),
        (page, "/explain"),
        (page, "/policy"),
        (page, "/log?row=1&credentials=false&read="),
        (frame, "/apply"),
        (frame, "/policy"),
    ] {
        for init in [
            "{ method: 'POST', headers: { 'Content-Type': 'application/json' }, body }",
            "{ method: 'POST', mode: 'no-cors', body }",
            "{ mode: 'no-cors' }",
            "{}",
        ] {
            let result = tab.evaluate(&format!(
                "(() => {{
                    const body = {};
                    return fetch('http://{address}{path}', {init}).then(() => 'responds', () => 'blocked');
                }})()",
                attack["body"]
            ));
            assert_eq!(result, "blocked", "{address}{path} {init}");
        }
    }
    assert_eq!(policy(&playground), before);
}

#[test]
fn the_frame_obeys_only_the_page_and_reaches_only_the_api() {
    let playground = Playground::start(&[]);
    let Playground {
        page, other, api, ..
    } = &playground;
    let Some(mut tab) = open(&format!("http://{other}/frame")) else {
        return;
    };
    tab.wait("document.querySelector('#own-origin').textContent");

    for address in [page, other] {
        let directive = tab.evaluate(&format!(
            "new Promise((resolve) => {{
                addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
                fetch('http://{address}/apply', {{ method: 'POST', mode: 'no-cors' }}).catch(() => {{}});
            }})"
        ));
        assert_eq!(directive, "connect-src", "{address}");
    }
    let readable = format!("fetch('http://{api}/').then(() => true, () => true)");
    assert_eq!(tab.evaluate(&readable), true);

    // Without a parent, the window is its own parent.
    tab.evaluate(
        "window.sent = 0; window.fetch = async () => { sent += 1; throw new TypeError() }",
    );
    let (_, port) = page.split_once(':').unwrap();
    let wrong = format!("http://127.0.0.1:{port}0");
    let own = format!("http://{other}");
    let attacker = attacker();
    for (origin, obeys) in [
        (attacker.trim_end_matches('/'), false),
        ("null", false),
        ("", false),
        (&wrong, false),
        (&own, false),
        (&format!("https://{page}"), false),
        (&format!("http://{page}"), true),
        (&format!("http://localhost:{port}"), true),
    ] {
        let sent = tab.evaluate(&format!(
            "sent = 0;
            dispatchEvent(new MessageEvent('message', {{
                origin: {},
                source: window,
                ports: [new MessageChannel().port2],
                data: {{ url: 'http://{api}/', method: 'GET', headers: {{}} }},
            }}));
            sent",
            json!(origin)
        ));
        assert_eq!(sent, u32::from(obeys), "{origin}");
    }
}

fn policy(playground: &Playground) -> Value {
    let response = request(&playground.page, "GET /policy", &[], "");
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

/// A server of another program. Returns the address of its page.
fn attacker() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // The thread ends with the process.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let page = "<!doctype html><link rel=icon href=data:,><title>attacker</title><body>";
            let length = page.len();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close";
            let _ = write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{page}");
        }
    });
    format!("http://{address}/")
}

/// `None` if there is no browser.
fn open(address: &str) -> Option<Tab> {
    let tab = Tab::open(address, &[]);
    if tab.is_none() {
        skip("no browser: set CORS_BROWSER or install chromium");
    }
    tab
}
