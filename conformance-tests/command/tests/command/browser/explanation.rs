//! The panel that explains a request.

use serde_json::json;

use super::{apply, open, own_request, wait_for_table};
use crate::process::Playground;

#[test]
fn the_panel_explains_a_row_and_follows_the_policy() {
    let playground = Playground::start(&[]);
    let page = format!("http://{}", playground.page);
    let Some(mut tab) = open(&page, &[]) else {
        return;
    };
    assert_eq!(tab.text("#trust"), "127.0.0.1");

    // DELETE from this page, which the initial policy refuses.
    tab.click("tbody:nth-of-type(4) tr:first-child td:last-child button");
    tab.wait("document.querySelector('#explained')");
    assert_eq!(
        tab.text("#explained"),
        "✕ blocked: preflight failed: status 400 is not in the range 200 to 299"
    );
    let decision = tab.text("#explanation .steps li:nth-child(3)");
    let explained = tab.text("tbody:nth-of-type(4) tr:first-child .exchange p");
    assert!(
        decision.contains(&format!("server: {explained}")),
        "{decision}"
    );
    assert!(
        decision.contains("https://fetch.spec.whatwg.org/#http-requests"),
        "{decision}"
    );
    assert_eq!(
        tab.text("#changes"),
        "allow_methods: add `DELETE`\nthen CORS lets the script read the response"
    );
    let engines = tab.evaluate("[...document.querySelectorAll('.engines strong:nth-of-type(2)')].map((name) => name.innerText)");
    assert_eq!(engines, json!(["Chromium", "Firefox", "WebKit"]));

    // The change is made, so the panel and the browser agree that the response is readable.
    tab.type_into("#allow_methods", "GET, POST, PUT, DELETE");
    apply(&mut tab);
    wait_for_table(&mut tab);
    tab.wait("document.querySelector('#explained').innerText === '✓ readable'");
    assert_eq!(
        tab.evaluate("document.querySelector('tbody:nth-of-type(4) tr').dataset.outcome"),
        "readable"
    );

    let broad = json!({ "allow_origins": ["https://*.github.io", page] });
    tab.type_into("#json", &broad.to_string());
    apply(&mut tab);
    assert_eq!(
        tab.text("#trust"),
        "127.0.0.1\n! Anyone *.github.io, which anyone can have (such as `https://a.github.io`)"
    );
}

/// What the panel says about each row is what this browser does.
#[test]
fn the_panel_agrees_with_the_browser() {
    let playground = Playground::start(&[]);
    let Some(mut tab) = open(&format!("http://{}", playground.page), &[]) else {
        return;
    };
    own_request(
        &mut tab,
        &[
            ("method", "PATCH"),
            ("header-name", "X-Own"),
            ("header-value", "1"),
        ],
    );
    own_request(&mut tab, &[("method", "TRACE")]);
    own_request(
        &mut tab,
        &[
            ("method", "GET"),
            ("header-name", "User-Agent"),
            ("header-value", "x"),
        ],
    );
    let rows = tab.evaluate(
        "(async () => {
            const rows = [];
            for (const button of document.querySelectorAll('td:last-child button')) {
                document.querySelector('#explanation').replaceChildren();
                button.click();
                while (!document.querySelector('#explained')) await new Promise((next) => setTimeout(next, 5));
                const chromium = document.querySelector('.engines li strong').innerText;
                rows.push([chromium === '✓' ? 'readable' : 'blocked', button.closest('tr').dataset.outcome]);
            }
            return rows;
        })()",
    );
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 22);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row[0], row[1], "row {number}");
    }
}
