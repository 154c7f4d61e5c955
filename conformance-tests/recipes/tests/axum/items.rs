//! What a page can do with the API of the recipes for poem and salvo.

use cors_testing::Browser;
use recipes::{entries, header};

pub(crate) const PAGE: &str = "https://app.example.com";

pub(crate) async fn check_items(browser: &Browser) {
    let page = browser.page(PAGE);
    let items = page.get("/items").await;
    items.may_read_status(200).may_read_header("x-total");
    assert_eq!(
        entries(&header(&items, "vary")),
        ["accept-language", "origin"]
    );
    let put = page.put("/items").body("new").await;
    assert_eq!(put.exchanges().len(), 2, "a preflight and the request");
    put.may_read_status(200);
    page.get("/none").await.may_read_status(404);
    page.post("/items").body("new").await.may_read_status(405);
    page.get("/fail").await.may_read_status(503);
    page.delete("/items").await.is_not_sent();

    let evil = browser.page("https://evil.example");
    evil.get("/items").await.may_not_read();
    evil.put("/items").await.is_not_sent();
}
