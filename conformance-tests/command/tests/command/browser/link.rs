//! A link that contains a policy and requests.

use serde_json::{Value, json};

use super::devtools::Tab;
use super::{apply, open, own_request, request as item, wait_for_answers};
use crate::http::request;
use crate::process::Playground;

const HINT: &str = "From the link, not applied. Read it, then press Apply to use it.";

fn active(playground: &Playground) -> String {
    let response = request(&playground.page, "GET /policy", &[], "");
    response.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn rows(tab: &mut Tab) -> Value {
    tab.evaluate("document.querySelectorAll('.request').length")
}

fn open_share(tab: &mut Tab) {
    tab.evaluate("document.querySelector('#make-link').closest('details').open = true");
}

/// The line is visible, too.
fn link_status(tab: &mut Tab) -> String {
    assert_eq!(
        tab.evaluate("document.querySelector('#link-status').checkVisibility()"),
        true
    );
    tab.text("#link-status")
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
    tab.evaluate("document.querySelector('#all-keys').open = true");
    tab.type_into("#json", &policy);
    own_request(
        &mut tab,
        &[
            ("method", "PATCH"),
            ("path", "/teapot"),
            ("headers", "X-Own: ü"),
            ("body", "tea"),
        ],
    );
    open_share(&mut tab);
    tab.click("#make-link");
    let link = tab.evaluate("document.querySelector('#link').value");
    assert_eq!(link, tab.evaluate("location.href"));
    let before = active(&playground);

    let Some(mut tab) = open(link.as_str().unwrap(), &[]) else {
        return;
    };
    assert_eq!(tab.text("#applied"), HINT);
    assert_eq!(
        link_status(&mut tab),
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
    let row = tab.text(&item(9));
    assert!(
        row.contains("From the link") && row.contains("PATCH /teapot") && row.contains("X-Own: ü"),
        "{row}"
    );
    assert!(row.contains("not sent: press Send again or Apply"), "{row}");
    assert_eq!(active(&playground), before);
    // The request of the link was not sent: only the rows of the page are in the log.
    let sent = "document.querySelector('.request:nth-child(9)').dataset.outcome ?? 'no answer'";
    assert_eq!(tab.evaluate(sent), "no answer");

    // The user applies it.
    tab.evaluate("document.querySelector('#all-keys').open = true");
    tab.type_into(
        "#json",
        &json!({ "allow_origins": [page], "allow_methods": ["PATCH"], "allow_headers": ["X-Own"] })
            .to_string(),
    );
    apply(&mut tab);
    wait_for_answers(&mut tab);
    assert_ne!(active(&playground), before);
    assert_eq!(
        tab.evaluate("document.querySelector('.request:nth-child(9)').dataset.outcome"),
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
            requests(json!([{ "method": "GET", "path": "//evil.example/" }])),
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
            link_status(&mut tab),
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
    tab.evaluate("document.querySelector('#all-keys').open = true");
    tab.type_into("#json", &"x".repeat(13_000));
    open_share(&mut tab);
    tab.click("#make-link");
    let status = link_status(&mut tab);
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
