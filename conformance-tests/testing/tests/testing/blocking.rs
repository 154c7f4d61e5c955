//! Tests without a runtime.

use cors_testing::Browser;

use crate::{PAGE, targets, tower};

#[test]
fn tower_services() {
    let browser = tower();
    let page = browser.page(PAGE);
    page.put("/right").wait().may_read();
    page.put("/none").wait().is_not_sent();
}

#[test]
fn rocket_applications() {
    let browser = targets::rocket_blocking();
    let page = browser.page(PAGE);
    page.put("/right")
        .header("x-trace", "1")
        .cookie("a=b")
        .wait()
        .may_read();
    page.put("/none").wait().is_not_sent();
    let verdict = page.put("/echo?a").cookie("session=1").body("b").wait();
    let echo = verdict.may_read_header("x-echo").result().unwrap();
    let echo = echo.headers.iter().find(|line| line.0 == "x-echo").unwrap();
    let expected = format!("PUT|/echo?a|api.test|{PAGE}|-|session=1|text/plain;charset=UTF-8|b");
    assert_eq!(String::from_utf8_lossy(&echo.1), expected);
}

#[test]
fn running_servers() {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(1).enable_all().build().unwrap();
    let url = runtime.block_on(targets::serve(targets::router()));
    let browser = Browser::url(&url);
    browser.page(PAGE).put("/right").wait().may_read();
}
