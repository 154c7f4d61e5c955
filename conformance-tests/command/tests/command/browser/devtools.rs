//! One tab of a headless Chromium, driven over the DevTools protocol.
//!
//! A driver crate is not needed: the tests use few commands, and the protocol sends real clicks and
//! key presses.

use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::browser::chromium;
use test_support::process::PATIENCE;
use test_support::process_group::Group;
use tungstenite::{Message, WebSocket};

pub(crate) struct Tab {
    _browser: Group,
    _profile: TempDir,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    sent: u64,
}

impl Tab {
    /// Starts a new browser at this address; `None` if there is no browser.
    pub(crate) fn open(address: &str, flags: &[&str]) -> Option<Self> {
        let profile = tempfile::tempdir().unwrap();
        let browser = Group::start(chromium(profile.path())?.args(flags));
        let devtools = browser.announced(|line| {
            let address = line.strip_prefix("DevTools listening on ");
            address.map(str::to_owned)
        });
        let host = devtools.split('/').nth(2).unwrap();
        let stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(&devtools, stream).unwrap();

        let mut tab = Self {
            _browser: browser,
            _profile: profile,
            socket,
            session: None,
            sent: 0,
        };
        let target = tab.call("Target.createTarget", json!({ "url": address }));
        let attached = tab.call(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        );
        tab.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        tab.call("Runtime.enable", json!({}));
        Some(tab)
    }

    /// Sends a command and waits for its result. An uncaught error in the page fails the test.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut command = json!({ "id": self.sent, "method": method, "params": params });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.socket
            .send(Message::text(command.to_string()))
            .unwrap();
        loop {
            let message: Value =
                serde_json::from_str(self.socket.read().unwrap().to_text().unwrap()).unwrap();
            assert_ne!(message["method"], "Runtime.exceptionThrown", "{message}");
            if message["id"] == self.sent {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    /// Runs a script in the page and returns its value.
    pub(crate) fn evaluate(&mut self, script: &str) -> Value {
        let params = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let result = self.call("Runtime.evaluate", params);
        assert!(
            result.get("exceptionDetails").is_none(),
            "{script}: {result}"
        );
        result["result"]["value"].clone()
    }

    pub(crate) fn text(&mut self, selector: &str) -> String {
        let text = self.evaluate(&format!(
            "document.querySelector({}).innerText",
            json!(selector)
        ));
        text.as_str().unwrap().to_owned()
    }

    /// Waits until the expression is true.
    pub(crate) fn wait(&mut self, condition: &str) {
        let start = Instant::now();
        // While the page loads, its elements can be missing.
        let script = format!("(() => {{ try {{ return Boolean({condition}) }} catch {{ }} }})()");
        while self.evaluate(&script) != true {
            assert!(
                start.elapsed() < PATIENCE,
                "never true: {condition}\n{}",
                self.text("body")
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks in the middle of an element.
    pub(crate) fn click(&mut self, selector: &str) {
        let middle = self.evaluate(&format!(
            "(() => {{
                const element = document.querySelector({});
                element.scrollIntoView({{ block: 'center' }});
                const {{ x, y, width, height }} = element.getBoundingClientRect();
                return {{ x: x + width / 2, y: y + height / 2 }};
            }})()",
            json!(selector)
        ));
        let Value::Object(mut event) = middle else {
            panic!("{selector}: {middle}")
        };
        event.insert("button".to_owned(), json!("left"));
        event.insert("clickCount".to_owned(), json!(1));
        for kind in ["mousePressed", "mouseReleased"] {
            event.insert("type".to_owned(), json!(kind));
            self.call("Input.dispatchMouseEvent", json!(event));
        }
    }

    /// Replaces the text of a field, like keyboard input.
    pub(crate) fn type_into(&mut self, selector: &str, text: &str) {
        self.evaluate(&format!(
            "document.querySelector({}).select()",
            json!(selector)
        ));
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Presses Enter on the focused element.
    pub(crate) fn press_enter(&mut self) {
        for kind in ["keyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": "Enter", "text": "\r" });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Moves the focus to the next control, as the Tab key does.
    pub(crate) fn press_tab(&mut self) {
        for kind in ["rawKeyDown", "keyUp"] {
            let event =
                json!({ "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Presses the space bar on the focused element.
    pub(crate) fn press_space(&mut self) {
        for kind in ["keyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": " ", "code": "Space", "text": " ", "windowsVirtualKeyCode": 32 });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Sets the size of the window in CSS pixels, and the theme: `light` or `dark`.
    pub(crate) fn show_as(&mut self, (width, height): (u32, u32), theme: &str) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        self.call(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        );
    }

    /// A picture of the window as PNG in base64.
    pub(crate) fn screenshot(&mut self) -> String {
        let picture = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        picture["data"].as_str().unwrap().to_owned()
    }
}
