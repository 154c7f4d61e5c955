//! The details of a request.

use serde_json::json;

use super::{apply, apply_policy, open_details, opened, own_request, request, wait_for_answers};

#[test]
fn the_details_explain_a_request_and_follow_the_policy() {
    let Some((playground, mut tab)) = opened() else {
        return;
    };
    let page = format!("http://{}", playground.page);
    let text = "(selector) => document.querySelector(selector).textContent";
    let content = |selector: &str| format!("({text})({})", json!(selector));
    assert_eq!(tab.evaluate(&content("#trust")), "127.0.0.1");

    // DELETE from this page, which the initial policy refuses.
    open_details(&mut tab, 4);
    let details = format!("{} .details", request(4));
    assert_eq!(
        tab.text(&format!("{details} .outcome")),
        "✕ The script cannot read the response."
    );
    assert_eq!(
        tab.text(&format!("{details} .exchange code")),
        "OPTIONS, a preflight → 400"
    );
    // `Vary` is shown, but is not a CORS header.
    assert_eq!(
        tab.text(&format!("{details} .exchange summary")),
        "2 CORS headers sent"
    );
    let headers = tab.evaluate(&content(&format!("{details} .exchange pre")));
    assert!(headers.as_str().unwrap().contains("vary: "), "{headers}");
    let decision = tab.evaluate(&content(&format!("{details} .steps li:nth-child(3)")));
    let decision = decision.as_str().unwrap();
    assert!(
        decision.contains("server: Preflight refused: method DELETE is not in allow_methods."),
        "{decision}"
    );
    assert!(
        decision.contains("https://fetch.spec.whatwg.org/#http-requests"),
        "{decision}"
    );
    let console = tab.text(&format!("{details} section > p:has(code)"));
    assert!(
        console.contains("It does not have HTTP ok status."),
        "{console}"
    );
    let engines = tab.evaluate(&format!(
        "[...document.querySelectorAll('{details} section .engines strong:nth-of-type(2)')].map((name) => name.textContent)"
    ));
    assert_eq!(engines, json!(["Chromium", "Firefox", "WebKit"]));

    // The change is made, so the details and the browser agree that the response is readable.
    tab.type_into("#allow_methods", "GET, POST, PUT, DELETE");
    apply(&mut tab);
    let readable = "✓ The script can read the response, status 200.";
    tab.wait(&format!(
        "document.querySelector('{details} .outcome').innerText === '{readable}'"
    ));

    apply_policy(
        &mut tab,
        &json!({ "allow_origins": ["https://*.github.io", page] }),
    );
    let trusted =
        "127.0.0.1! Anyone *.github.io, which anyone can have (such as `https://a.github.io`)";
    assert_eq!(tab.evaluate(&content("#trust")), trusted);
}

/// What the details say about each request is what this browser does.
#[test]
fn the_details_agree_with_the_browser() {
    let Some((_playground, mut tab)) = opened() else {
        return;
    };
    own_request(&mut tab, &[("method", "PATCH"), ("headers", "X-Own: 1")]);
    own_request(&mut tab, &[("method", "TRACE")]);
    own_request(&mut tab, &[("method", "GET"), ("headers", "User-Agent: x")]);
    wait_for_answers(&mut tab);
    let requests = tab.evaluate(
        "(async () => {
            const found = [];
            for (const item of document.querySelectorAll('.request')) {
                item.querySelector('.head button').click();
                const engines = () => [...item.querySelectorAll('.details .engines')];
                while (engines().length < 2) await new Promise((next) => setTimeout(next, 5));
                const answers = [...item.querySelectorAll('.answer')];
                engines().forEach((list, index) => {
                    const chromium = list.querySelector('li strong').textContent;
                    found.push([chromium === '✓', answers[index].dataset.outcome === 'readable']);
                });
            }
            return found;
        })()",
    );
    let requests = requests.as_array().unwrap();
    assert_eq!(requests.len(), 22);
    for (number, request) in requests.iter().enumerate() {
        assert_eq!(request[0], request[1], "request {number}");
    }
}
