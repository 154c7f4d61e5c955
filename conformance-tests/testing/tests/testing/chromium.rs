//! The messages that failures print are those of Chromium's console.

use std::cell::RefCell;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use cors_testing::Browser;
use test_support::launch::{self, Group};

use crate::targets;

/// The method, the path, the header and whether there are credentials.
type Case = (&'static str, &'static str, Option<&'static str>, bool);

const CASES: [Case; 27] = [
    ("GET", "/none", None, false),
    ("PUT", "/none", None, false),
    ("PUT", "/bare", None, false),
    ("GET", "/bare-error", None, false),
    ("GET", "/other", None, false),
    ("PUT", "/other", None, false),
    ("GET", "/slash", None, false),
    ("GET", "/upper", None, false),
    ("GET", "/null", None, false),
    ("GET", "/invalid", None, false),
    ("GET", "/twice", None, false),
    ("GET", "/redirect-bare", None, false),
    ("GET", "/redirect-to-bare", None, false),
    ("GET", "/any", None, true),
    ("PUT", "/any", None, true),
    ("GET", "/no-credentials", None, true),
    ("GET", "/credentials-in-upper-case", None, true),
    ("PUT", "/any-list", None, true),
    ("GET", "/any-list", Some("x-trace"), true),
    ("DELETE", "/right", None, false),
    ("patch", "/right", None, false),
    ("PUT", "/right", Some("X-Other"), false),
    ("PUT", "/not-a-list", None, false),
    ("PUT", "/not-names", None, false),
    ("PUT", "/preflight-404", None, false),
    ("PUT", "/preflight-500", None, false),
    ("PUT", "/preflight-redirect", None, false),
];

#[test]
fn messages() {
    let profile = tempfile::tempdir().unwrap();
    let Some(mut chromium) = launch::chromium(profile.path()) else {
        return launch::skip("no Chromium");
    };
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(1).enable_all().build().unwrap();
    let api = runtime.block_on(targets::serve(targets::router()));
    let script = script(&api);
    let page = Router::new().route("/", get(async || Html(script)));
    let page = runtime.block_on(targets::serve(page));

    let browser = Browser::url(&api);
    let expected = CASES.map(|(method, path, header, has_credentials)| {
        let mut fetch = browser.page(&page).fetch(method, path);
        if let Some(header) = header {
            fetch = fetch.header(header, "1");
        }
        if has_credentials {
            fetch = fetch.credentials();
        }
        fetch.wait().console().unwrap()
    });

    let chromium = Group::start(chromium.arg("--enable-logging=stderr").arg(&page));
    let actual = RefCell::new(Vec::new());
    chromium.announced(|line| {
        let message = line.split_once("CONSOLE")?.1.split_once('"')?.1;
        let message = message.split_once("\", source: ")?.0;
        if message.starts_with("Access to fetch") {
            actual.borrow_mut().push(message.to_owned());
        }
        (message == "done").then_some(())
    });
    assert_eq!(actual.into_inner(), expected);
}

/// A page that sends the fetches one after the other.
fn script(api: &str) -> String {
    let fetches = CASES.map(|(method, path, header, has_credentials)| {
        let headers = header.map_or("{}".to_owned(), |name| format!("{{'{name}': '1'}}"));
        let credentials = if has_credentials {
            "include"
        } else {
            "same-origin"
        };
        format!(
            "await fetch('{api}{path}', {{method: '{method}', headers: {headers}, \
             credentials: '{credentials}'}}).catch(() => null);"
        )
    });
    let fetches = fetches.join("\n");
    format!("<script>(async () => {{ {fetches} console.log('done'); }})()</script>")
}
