//! Starts a browser on a page and reads its console.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_support::browser::{self, mini_browser, screen};
use test_support::process::PATIENCE;
use test_support::process_group::Group;

use crate::server::Page;

/// The messages of each fetch, in order; `None` if the browser is not installed. Each is the first message about CORS,
/// or the error of the script.
pub(crate) type Messages = Option<Vec<String>>;

pub(crate) fn chromium(page: &Page) -> Messages {
    let profile = tempfile::tempdir().unwrap();
    let mut chromium = browser::chromium(profile.path())?;
    let chromium = Group::start(chromium.arg("--enable-logging=stderr").arg(&page.origin));
    Some(by_case(&chromium, "Access to fetch", |line| {
        let message = line.split_once("CONSOLE")?.1.split_once('"')?.1;
        Some(message.rsplit_once("\", source: ")?.0)
    }))
}

pub(crate) fn webkit(page: &Page) -> Messages {
    let profile = tempfile::tempdir().unwrap();
    let (_screen, name) = screen()?;
    // It writes to standard output.
    let mut webkit = Command::new("sh");
    webkit
        .args(["-c", "exec \"$0\" \"$@\" >&2"])
        .arg(mini_browser()?);
    webkit.args([
        "--enable-write-console-messages-to-stdout=true",
        &page.origin,
    ]);
    webkit.env("DISPLAY", name);
    for variable in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        webkit.env(variable, profile.path());
    }
    let webkit = Group::start(&mut webkit);
    Some(by_case(&webkit, "", |line| {
        let (kind, message) = line
            .split_once("CONSOLE ")?
            .1
            .split_once(" ERROR ")
            .or_else(|| {
                let message = line.split_once("CONSOLE LOG ")?.1;
                Some(("LOG", message))
            })?;
        let is_of_library = OF_LIBRARY.contains(&message);
        (kind == "LOG" || !is_of_library).then_some(message)
    }))
}

/// The words of the HTTP library of WebKitGTK, which Safari does not use.
const OF_LIBRARY: [&str; 2] = [
    "FTP URLs are disabled",
    "Connection terminated unexpectedly",
];

/// Groups the messages by the `case` that they follow.
fn by_case<'a>(
    browser: &Group,
    prefix: &str,
    message: impl for<'l> Fn(&'l str) -> Option<&'l str>,
) -> Vec<String> {
    let found = RefCell::new(Vec::<Option<String>>::new());
    let errors = RefCell::new(Vec::new());
    browser.announced(|line| {
        let message = message(line)?;
        let mut found = found.borrow_mut();
        if message.starts_with("case ") {
            found.push(None);
        } else if let Some(error) = message.strip_prefix("error ") {
            errors.borrow_mut().push(error.to_owned());
        } else if let Some(found) = found.last_mut()
            && message.starts_with(prefix)
        {
            found.get_or_insert(message.to_owned());
        }
        (message == "end").then_some(())
    });
    let found = found.into_inner().into_iter().zip(errors.into_inner());
    found.map(|(found, error)| found.unwrap_or(error)).collect()
}

pub(crate) fn firefox(page: &Page) -> Messages {
    let profile = tempfile::tempdir().unwrap();
    let port = "user_pref(\"marionette.port\", 0);\n";
    let mut firefox = browser::firefox(profile.path(), port)?;
    firefox.args(["--marionette", "--remote-allow-system-access"]);
    let _firefox = Group::start(firefox.arg(&page.origin));
    let errors = page.errors();
    let console = Marionette::connect(profile.path()).console();
    let of_case = |(number, error): (usize, String)| {
        let mut messages = console.iter();
        let message = messages.find(|message| is_about(message, number));
        message.cloned().unwrap_or(error)
    };
    Some(errors.into_iter().enumerate().map(of_case).collect())
}

/// Whether a message about CORS names the URL of a case.
fn is_about(message: &str, number: usize) -> bool {
    let rest = message.split_once("disallows reading the remote resource at ");
    let url = rest.and_then(|(_, rest)| rest.split_once(" (Reason"));
    let url = url.map(|(url, _)| url.trim_matches(['.', '‘', '’']));
    let mut names = url.into_iter().flat_map(|url| url.split('/').skip(3));
    names.next() == Some(&number.to_string())
}

/// Firefox's own protocol, which can read the Browser Console. WebDriver BiDi does not report messages about CORS.
struct Marionette(BufReader<TcpStream>);

impl Marionette {
    fn connect(profile: &Path) -> Self {
        let file = profile.join("MarionetteActivePort");
        let start = Instant::now();
        let port = loop {
            let port = fs::read_to_string(&file).unwrap_or_default();
            match port.trim().parse::<u16>() {
                Ok(port) => break port,
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
            assert!(
                start.elapsed() < PATIENCE,
                "Firefox does not report its port"
            );
        };
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let mut marionette = Self(BufReader::new(stream));
        marionette.read();
        marionette.command("WebDriver:NewSession", json!({}));
        marionette.command("Marionette:SetContext", json!({ "value": "chrome" }));
        marionette
    }

    fn console(&mut self) -> Vec<String> {
        let script = "return Services.console.getMessageArray().map(message => \
                      message instanceof Ci.nsIScriptError ? message.errorMessage : '')";
        let arguments = json!({ "script": script, "args": [] });
        let reply = self.command("WebDriver:ExecuteScript", arguments);
        serde_json::from_value(reply["value"].clone()).unwrap()
    }

    fn command(&mut self, name: &str, parameters: Value) -> Value {
        let message = json!([0, 1, name, parameters]).to_string();
        let message = format!("{}:{message}", message.len());
        self.0.get_mut().write_all(message.as_bytes()).unwrap();
        let reply = self.read();
        assert_eq!(reply[2], Value::Null, "{name}: {reply}");
        reply[3].clone()
    }

    fn read(&mut self) -> Value {
        let mut length = Vec::new();
        self.0.read_until(b':', &mut length).unwrap();
        let length = str::from_utf8(&length)
            .unwrap()
            .trim_end_matches(':')
            .parse()
            .unwrap();
        let mut message = vec![0; length];
        self.0.read_exact(&mut message).unwrap();
        serde_json::from_slice(&message).unwrap()
    }
}
