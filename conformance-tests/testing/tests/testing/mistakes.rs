//! Mistakes in a test end it with a message that says what to write.

use cors_testing::Browser;

use crate::{PAGE, failure, tower};

#[test]
fn origins_of_pages() {
    let rows = [
        (
            "https://app.example.com/",
            "`https://app.example.com/` is not an origin as browsers send it; write `https://app.example.com`",
        ),
        (
            "https://app.example.com:443",
            "`https://app.example.com:443` is not an origin as browsers send it; write `https://app.example.com`",
        ),
        (
            "https://APP.example.com",
            "`https://APP.example.com` is not an origin as browsers send it; write `https://app.example.com`",
        ),
        (
            "app.example.com",
            "`app.example.com` is not an origin; write `scheme://host`, `scheme://host:port` or `null`, such as `https://app.example.com`",
        ),
        (
            "*",
            "`*` is not an origin; write `scheme://host`, `scheme://host:port` or `null`, such as `https://app.example.com`",
        ),
    ];
    let browser = tower();
    for (origin, expected) in rows {
        assert_eq!(failure::of(|| browser.page(origin)), expected);
    }
    for origin in [
        "null",
        "tauri://localhost",
        "http://[::1]:3000",
        "chrome-extension://abc",
    ] {
        browser.page(origin).get("/right").wait().may_read();
    }
}

#[test]
fn origins_of_servers() {
    let rows = [
        (
            "https://api.example.com/v1",
            "`https://api.example.com/v1` is not an origin as browsers send it; write `https://api.example.com`",
        ),
        (
            "null",
            "`null` is not the origin of a server; write one such as `https://api.example.com`",
        ),
        (
            "ftp://api.example.com",
            "`ftp://api.example.com` is not the origin of a server; write one such as `https://api.example.com`",
        ),
    ];
    for (origin, expected) in rows {
        assert_eq!(failure::of(|| tower().at(origin)), expected);
        assert_eq!(failure::of(|| Browser::url(origin)), expected);
    }
}

#[test]
fn paths() {
    let browser = tower();
    let page = browser.page(PAGE);
    for path in ["items", "", "https://api.test/items"] {
        let expected =
            format!("`{path}` is not a path of the server; write one that starts with `/`");
        assert_eq!(failure::of(|| page.get(path)), expected);
        assert_eq!(failure::of(|| page.fetch("x", path)), expected);
    }
    let verdict = page.get("//other.example/").wait();
    assert_eq!(
        verdict.exchanges()[0].0.url.as_str(),
        "https://api.test//other.example/"
    );
}

#[test]
fn headers_that_scripts_cannot_set() {
    let browser = tower();
    let fetch = browser.page(PAGE).get("/");
    let rows = [
        (
            "Origin",
            "scripts cannot set `origin`; open a page of that origin with `Browser::page`",
        ),
        ("Cookie", "scripts cannot set `cookie`; use `Fetch::cookie`"),
        (
            "sec-fetch-site",
            "scripts cannot set `sec-fetch-site`: browsers leave it out; remove it from the test",
        ),
    ];
    for (name, expected) in rows {
        assert_eq!(failure::of(|| fetch.clone().header(name, "x")), expected);
    }
}

#[test]
fn a_header_is_replaced() {
    let browser = tower();
    let fetch = browser.page(PAGE).post("/echo").body("{}");
    let verdict = fetch.header("Content-Type", "application/json").wait();
    let (request, _) = &verdict.exchanges()[1];
    let types = request
        .headers
        .iter()
        .filter(|line| line.0 == "content-type");
    let types: Vec<_> = types.map(|line| line.1.as_slice()).collect();
    assert_eq!(types, [b"application/json"]);
}
