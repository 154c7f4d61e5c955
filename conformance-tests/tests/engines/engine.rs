//! Finds each browser, starts it on a page, and keeps it away from everything except that page.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;

use browser_model::Quirks;
use serde_json::json;
use tempfile::TempDir;
use test_support::browser::{chromium, firefox, mini_browser, screen};
use test_support::process_group::Group;
use tungstenite::{Message, WebSocket};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

/// A browser on a page. It ends when this is dropped.
pub(crate) struct Running {
    pub(crate) version: String,
    _groups: Vec<Group>,
    _session: Option<WebSocket<TcpStream>>,
    _profile: TempDir,
}

impl Engine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKit",
        }
    }

    pub(crate) fn quirks(self) -> Quirks {
        match self {
            Self::Chromium => Quirks::CHROMIUM,
            Self::Firefox => Quirks::FIREFOX,
            Self::WebKit => Quirks::WEBKIT,
        }
    }

    /// Starts the browser; `None` if it is not installed.
    pub(crate) fn start(self, proxy: SocketAddr, page: &str) -> Option<Running> {
        let profile = tempfile::tempdir().unwrap();
        let mut command = self.command(proxy, profile.path())?;
        let mut groups = Vec::new();
        if self == Self::WebKit {
            let (screen, name) = screen()?;
            command.env("DISPLAY", name);
            groups.push(screen);
        }
        let version = version(&command);
        let group = Group::start(command.arg(page));
        let session = (self == Self::Firefox).then(|| accept_any_certificate(&group));
        groups.push(group);
        Some(Running {
            version,
            _groups: groups,
            _session: session,
            _profile: profile,
        })
    }

    fn command(self, proxy: SocketAddr, profile: &Path) -> Option<Command> {
        let mut command = match self {
            Self::Chromium => {
                let mut command = chromium(profile)?;
                command.args([
                    &format!("--proxy-server={proxy}"),
                    "--proxy-bypass-list=<-loopback>",
                    "--ignore-certificate-errors",
                ]);
                command
            }
            Self::Firefox => {
                let (host, port) = (proxy.ip(), proxy.port());
                let preferences = FIREFOX.replace("{host}", &host.to_string());
                let preferences = preferences.replace("{port}", &port.to_string());
                let mut command = firefox(profile, &preferences)?;
                command.arg("--remote-debugging-port=0");
                command
            }
            Self::WebKit => {
                let mut command = Command::new(mini_browser()?);
                command.args([&format!("--proxy=http://{proxy}"), "--ignore-tls-errors"]);
                command
            }
        };
        for variable in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(variable, profile);
        }
        Some(command)
    }

    /// The packages to install.
    pub(crate) fn packages(self) -> &'static str {
        match self {
            Self::Chromium => "chromium-headless-shell",
            Self::Firefox => "firefox-esr",
            Self::WebKit => "webkit2gtk-driver and xvfb",
        }
    }
}

/// All requests go to the network of the test.
const FIREFOX: &str = r#"
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "{host}");
user_pref("network.proxy.http_port", {port});
user_pref("network.proxy.ssl", "{host}");
user_pref("network.proxy.ssl_port", {port});
user_pref("network.proxy.allow_hijacking_localhost", true);
"#;

/// The version that the program reports.
fn version(command: &Command) -> String {
    let mut asked = Command::new(command.get_program());
    asked.arg("--version");
    for (name, value) in command.get_envs() {
        asked.env(name, value.unwrap_or_default());
    }
    String::from_utf8_lossy(&asked.output().unwrap().stdout)
        .trim()
        .to_owned()
}

/// Firefox has no flag for this, only a WebDriver BiDi command. It applies as long as the session.
fn accept_any_certificate(firefox: &Group) -> WebSocket<TcpStream> {
    let address = firefox.announced(|line| {
        let address = line.strip_prefix("WebDriver BiDi listening on ws://");
        address.map(str::to_owned)
    });
    let stream = TcpStream::connect(&address).unwrap();
    let (mut session, _) = tungstenite::client(format!("ws://{address}/session"), stream).unwrap();
    let capabilities = json!({ "alwaysMatch": { "acceptInsecureCerts": true } });
    let params = json!({ "capabilities": capabilities });
    let command = json!({ "id": 1, "method": "session.new", "params": params });
    session.send(Message::text(command.to_string())).unwrap();
    let reply = session.read().unwrap();
    assert!(
        reply.to_text().unwrap().contains("\"type\":\"success\""),
        "{reply}"
    );
    session
}
