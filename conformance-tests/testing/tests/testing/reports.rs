//! The text of every failure, in full: `reports.txt`.

use crate::{PAGE, failure, tower};

/// The reports of these assertions, each below its code.
macro_rules! reports {
    ($($assertion:expr;)*) => {
        [$((stringify!($assertion), failure::of(|| drop($assertion.clone()))),)*]
    };
}

#[test]
fn failures() {
    let browser = tower();
    let page = browser.page(PAGE);
    let own = browser.page("https://api.test");
    let reports = reports! {
        // The origin.
        page.get("/none").wait().may_read();
        page.put("/none").wait().may_read();
        page.put("/bare").wait().may_read();
        page.get("/bare-error").wait().may_read();
        page.get("/other").wait().may_read();
        page.get("/slash").wait().may_read();
        page.get("/upper").wait().may_read();
        page.get("/twice").wait().may_read();
        page.get("/redirect-to-bare").wait().may_read();
        page.get("/away").wait().may_read();
        browser.page("null").get("/none").wait().may_read();
        // Credentials.
        page.get("/any").credentials().wait().may_read();
        page.put("/any").credentials().wait().may_read();
        page.get("/no-credentials").credentials().wait().may_read();
        page.get("/credentials-in-upper-case").credentials().wait().may_read();
        page.put("/any-list").credentials().wait().may_read();
        page.get("/any-list").header("x-trace", "1").cookie("a=b").wait().may_read();
        // Methods and headers.
        page.delete("/right").wait().may_read();
        page.fetch("patch", "/right").wait().may_read();
        page.put("/right").header("x-other", "1").wait().may_read();
        page.get("/any").header("authorization", "1").wait().may_read();
        page.put("/not-a-list").wait().may_read();
        page.put("/not-names").wait().may_read();
        // Preflights that the CORS middleware does not see.
        page.put("/preflight-404").wait().may_read();
        page.put("/preflight-401").wait().may_read();
        page.put("/preflight-403").wait().may_read();
        page.put("/preflight-400").header("x-trace", "1").wait().may_read();
        page.put("/preflight-500").wait().may_read();
        page.put("/preflight-redirect").wait().may_read();
        // Fetches that a page may make.
        page.get("/right").wait().may_not_read();
        page.get("/any").wait().may_not_read();
        page.get("/none").wait().is_not_sent();
        page.put("/right").wait().is_not_sent();
        // Assertions that no response can change.
        page.get("/any").header("authorization", "1").wait().may_not_read();
        page.get("/away").wait().may_not_read();
        page.fetch("TRACE", "/right").wait().may_not_read();
        page.fetch("A B", "/right").wait().is_not_sent();
        page.get("/right").body("text").wait().is_not_sent();
        own.get("/right").wait().may_read();
        own.get("/right").wait().may_not_read();
        own.put("/right").wait().is_not_sent();
        page.get("/right").wait().may_not_read_header("x-none");
        // Statuses and headers.
        page.get("/right").wait().may_read_status(404);
        page.get("/right").wait().may_read_header("x-none");
        page.get("/right").wait().may_read_header("x-secret");
        page.get("/right").wait().may_read_header("set-cookie");
        page.get("/any-list").credentials().wait().may_read_header("x-total");
        page.get("/right").wait().may_not_read_header("x-total");
        page.get("/any").wait().may_not_read_header("x-total");
        page.get("/right").wait().may_not_read_header("content-length");
        page.get("/right").wait().may_not_read_header("set-cookie");
        page.get("/none").wait().may_not_read_header("x-total");
    };
    let mut expected = include_str!("reports.txt").split("\n### ");
    for (assertion, report) in &reports {
        let actual = format!("{assertion}\n{report}");
        assert_eq!(actual, expected.next().unwrap_or_default());
    }
    assert_eq!(expected.next(), None);
}

#[test]
fn a_panic_is_at_the_assertion() {
    let browser = tower();
    let fetch = browser.page(PAGE).get("/none").header("x-trace", "1");
    let line = line!() + 1;
    let (_, file, actual) = failure::with_place(|| drop(fetch.wait().may_read().clone()));
    assert_eq!((file.as_str(), actual), (file!(), line));
}

#[test]
fn the_text_of_a_verdict() {
    let browser = tower();
    let page = browser.page(PAGE);
    let blocked = page.get("/none").wait();
    let report = failure::of(|| drop(blocked.may_read().clone()));
    assert_eq!(blocked.to_string(), report);
    let console = blocked.console().unwrap();
    assert!(report.contains(&format!("\nconsole: {console}\n")));

    let readable = page.get("/error").wait();
    let text = "GET https://api.test/error: a page of https://app.example.com can read status 500";
    assert_eq!(readable.to_string(), text);
    assert_eq!(readable.console(), None);
}
