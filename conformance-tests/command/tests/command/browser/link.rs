//! A link that contains a policy and requests.

use serde_json::{Value, json};

use super::devtools::Tab;
use super::{apply, open, own_request, wait_for_table};
use crate::http::request;
use crate::process::Playground;

const HINT: &str = "From the link, not applied. Read it, then press Apply to use it.";

fn active(playground: &Playground) -> String {
    let response = request(&playground.page, "GET /policy", &[], "");
    response.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn rows(tab: &mut Tab) -> Value {
    tab.evaluate("document.querySelectorAll('tbody').length")
}

#[test]
fn a_link_fills_in_the_page_and_applies_nothing() {
    let playground = Playground::start(&[]);
    let page = format!("http://{}", playground.page);
    let Some(mut tab) = open(&page, &[]) else {
        return;
    };
    let policy =
        json!({ "allow_origins": [page, "https://münchen.example"], "max_age": 5 }).to_string();
    tab.type_into("#json", &policy);
    own_request(
        &mut tab,
        &[
            ("method", "PATCH"),
            ("header-name", "X-Own"),
            ("header-value", "ü"),
            ("body", "tea"),
        ],
    );
    tab.click("#make-link");
    let link = tab.evaluate("document.querySelector('#link').value");
    assert_eq!(link, tab.evaluate("location.href"));
    let before = active(&playground);

    let Some(mut tab) = open(link.as_str().unwrap(), &[]) else {
        return;
    };
    assert_eq!(tab.text("#applied"), HINT);
    assert_eq!(
        tab.text("#link-status"),
        "Filled in from the link. Nothing is applied yet."
    );
    assert_eq!(
        tab.evaluate("document.querySelector('#json').value"),
        json!(policy)
    );
    assert_eq!(
        tab.evaluate("document.querySelector('#max_age').value"),
        "5"
    );
    assert_eq!(rows(&mut tab), 9);
    let row = tab.text("tbody:nth-of-type(9)");
    assert!(
        row.contains("From the link") && row.contains("PATCH /own") && row.contains("X-Own: ü"),
        "{row}"
    );
    assert!(row.contains("not sent: press Run or Apply"), "{row}");
    assert_eq!(active(&playground), before);
    // The request of the link was not sent: only the rows of the page are in the log.
    let sent = tab.evaluate("document.querySelectorAll('tbody:nth-of-type(9) .exchange').length");
    assert_eq!(sent, 0);

    // The user applies it.
    tab.type_into(
        "#json",
        &json!({ "allow_origins": [page], "allow_methods": ["PATCH"], "allow_headers": ["X-Own"] })
            .to_string(),
    );
    apply(&mut tab);
    wait_for_table(&mut tab);
    assert_ne!(active(&playground), before);
    assert_eq!(
        tab.evaluate("document.querySelector('tbody:nth-of-type(9) tr').dataset.outcome"),
        "readable"
    );
}

#[test]
fn an_invalid_link_is_ignored_with_a_line_on_the_page() {
    let playground = Playground::start(&[]);
    let page = format!("http://{}/", playground.page);
    let Some(mut tab) = open(&format!("{page}#1.e30"), &[]) else {
        return;
    };
    let before = tab.evaluate("document.querySelector('#json').value");
    let encoded = |text: &str| format!("#1.' + btoa({}) + '", json!(text));
    let requests =
        |requests: Value| encoded(&json!({ "policy": "{}", "requests": requests }).to_string());
    let one = json!({ "method": "GET" });
    for (fragment, problem) in [
        ("#1.e30".to_owned(), "it has no policy with requests"),
        (
            "#x".to_owned(),
            "it is not a link of this version of the playground",
        ),
        ("#1.%%%".to_owned(), "it is damaged"),
        ("#1.//8".to_owned(), "it is damaged"),
        (encoded("[]"), "it has no policy with requests"),
        (
            encoded(r#"{"policy": {}, "requests": []}"#),
            "it has no policy with requests",
        ),
        (
            format!("#1.{}", "A".repeat(16_384)),
            "it has more than 16384 characters",
        ),
        (
            requests(json!(vec![&one; 21])),
            "it has more than 20 requests",
        ),
        (requests(json!([null])), "a request is not an object"),
        (
            requests(json!([{ "method": 1 }])),
            "a request has a part of the wrong type or length",
        ),
        (
            requests(json!([{ "method": "" }])),
            "a request has a part of the wrong type or length",
        ),
        (
            requests(json!([{ "method": "GET", "headers": { "a": [] } }])),
            "a request has a part of the wrong type or length",
        ),
        (
            requests(json!([{ "method": "GET", "body": "x".repeat(2_001) }])),
            "a request has a part of the wrong type or length",
        ),
        (
            requests(json!([one, { "method": "GET", "credentials": 1 }])),
            "a request has a part of the wrong type or length",
        ),
    ] {
        tab.evaluate("document.querySelector('#link-status').textContent = ''");
        tab.evaluate(&format!("location.hash = ''; location.hash = '{fragment}'"));
        tab.wait("document.querySelector('#link-status').textContent");
        assert_eq!(
            tab.text("#link-status"),
            format!("✕ The link is ignored: {problem}."),
            "{fragment:.80}"
        );
        assert_eq!(
            tab.evaluate("document.querySelector('#json').value"),
            before
        );
        assert_eq!(rows(&mut tab), 8);
    }
    // A valid one, in the page that is open. Its policy is only text, whatever it contains.
    let markup = "<img src=x onerror=alert(1)>";
    let fragment =
        encoded(&json!({ "policy": markup, "requests": [{ "method": markup }] }).to_string());
    tab.evaluate(&format!("location.hash = '{fragment}'"));
    tab.wait(&format!(
        "document.querySelector('#applied').textContent === {}",
        json!(HINT)
    ));
    assert_eq!(
        tab.evaluate("document.querySelector('#json').value"),
        markup
    );
    assert_eq!(tab.evaluate("document.images.length"), 0);
    assert_eq!(rows(&mut tab), 9);
}

#[test]
fn a_policy_that_is_too_long_gets_no_link() {
    let playground = Playground::start(&[]);
    let Some(mut tab) = open(&format!("http://{}", playground.page), &[]) else {
        return;
    };
    tab.type_into("#json", &"x".repeat(13_000));
    tab.click("#make-link");
    let status = tab.text("#link-status");
    assert!(
        status.starts_with("✕ The link would have 17") && status.contains("16384 is the limit"),
        "{status}"
    );
    assert_eq!(tab.evaluate("location.hash"), "");
    assert_eq!(
        tab.evaluate("document.querySelector('#link-label').hidden"),
        true
    );
}
