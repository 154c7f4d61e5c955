//! The playground in a real browser. Without a browser the tests are skipped, or fail if `CI=true`.

mod attacks;
mod devtools;
mod explanation;
mod link;

use conformance_tests::subject::FRAMEWORKS;
use serde_json::{Value, json};
use test_support::skip::skip;

use self::devtools::Tab;
use crate::process::Playground;

#[test]
fn the_table_agrees_with_the_initial_policy_for_every_framework() {
    for framework in FRAMEWORKS {
        the_table_agrees_with_the_initial_policy(framework.name);
    }
}

fn the_table_agrees_with_the_initial_policy(framework: &str) {
    let playground = Playground::start(&["--framework", framework]);
    let Some(mut tab) = open(&format!("http://{}", playground.page), &[]) else {
        return;
    };

    assert_eq!(
        tab.text("#summary"),
        "✓ Decision and browser agree in 16 of 16 rows"
    );
    assert_eq!(tab.text("#applied"), "✓ Active.");
    for (id, address) in [
        ("own", &playground.page),
        ("other", &playground.other),
        ("api", &playground.api),
    ] {
        assert_eq!(
            tab.text(&format!("#{id}-origin")),
            format!("http://{address}")
        );
    }
    let expected = [
        ["Simple GET", "none", "readable", "none", "blocked"],
        ["JSON POST", "yes, 200", "readable", "yes, 400", "blocked"],
        ["PUT", "yes, 200", "readable", "yes, 400", "blocked"],
        ["DELETE", "yes, 400", "blocked", "yes, 400", "blocked"],
        [
            "Custom header",
            "yes, 200",
            "readable",
            "yes, 400",
            "blocked",
        ],
        [
            "Authorization",
            "yes, 200",
            "readable",
            "yes, 400",
            "blocked",
        ],
        ["Cookies", "none", "readable", "none", "blocked"],
        ["Exposed header", "none", "readable", "none", "blocked"],
    ];
    assert_eq!(table(&mut tab), json!(expected));
    let delete = tab.text("tbody:nth-of-type(4) tr:first-child td:nth-of-type(3)");
    assert!(
        delete.contains("preflight-refused") && delete.contains("method-not-allowed"),
        "{delete}"
    );
    let header = tab.text("tbody:nth-of-type(8) tr:first-child td:nth-of-type(4)");
    assert!(header.contains("X-Request-Id readable: "), "{header}");

    // The terminal reports the same decision.
    let line = playground.server.line_with("DELETE");
    assert!(
        line.contains("400 preflight-refused (method-not-allowed): "),
        "{line}"
    );
}

#[test]
fn a_wrong_policy_is_explained_corrected_and_applied() {
    let playground = Playground::start(&[]);
    let page = format!("http://{}", playground.page);
    let Some(mut tab) = open(&page, &[]) else {
        return;
    };
    let before = tab.evaluate("fetch('/policy').then((response) => response.text())");

    let wrong = json!({
        "allow_origins": [format!("{page}/")],
        "alow_methods": ["GET", "DELETE"],
        "allow_headers": "X-A, X-B",
    });
    tab.type_into("#json", &wrong.to_string());
    assert_eq!(tab.text("#applied"), "Edited, not applied.");
    assert_eq!(
        tab.evaluate("document.querySelector('#allow_origins').value"),
        json!(format!("{page}/"))
    );
    apply(&mut tab);
    assert_eq!(
        tab.text("#applied"),
        "✕ Rejected, 2 errors. The previous policy remains active."
    );
    let errors = tab.text("#issues");
    assert!(
        errors.contains("origin-trailing-slash") && errors.contains("unknown-key"),
        "{errors}"
    );
    assert_eq!(
        tab.evaluate("fetch('/policy').then((response) => response.text())"),
        before
    );

    // Each correction changes the text, applies it and moves the focus to the next correction. The
    // last correction makes the policy valid.
    let remaining = "document.querySelectorAll('#issues .error').length";
    tab.click("#issues button");
    tab.wait(&format!(
        "{remaining} === 1 && document.activeElement.matches('#issues button')"
    ));
    tab.press_enter();
    tab.wait(&format!("{remaining} === 0"));
    wait_for_table(&mut tab);
    let policy = tab.evaluate("JSON.parse(document.querySelector('#json').value)");
    let corrected = json!({
        "allow_origins": [page],
        "allow_methods": ["GET", "DELETE"],
        "allow_headers": "X-A, X-B",
    });
    assert_eq!(policy, corrected);
    assert_eq!(tab.text("#applied"), "✓ Active.");
    assert_eq!(
        tab.text("#summary"),
        "✓ Decision and browser agree in 16 of 16 rows"
    );

    // The form changes the text. Invalid JSON disables the form.
    tab.type_into("#allow_methods", "PUT");
    tab.click("#allow_credentials");
    let policy = tab.evaluate("JSON.parse(document.querySelector('#json').value)");
    assert_eq!(
        (&policy["allow_methods"], &policy["allow_credentials"]),
        (&json!(["PUT"]), &json!(true))
    );
    tab.type_into("#json", "{");
    assert_eq!(
        tab.evaluate("document.querySelector('#common').disabled"),
        true
    );
    apply(&mut tab);
    assert_eq!(
        tab.text("#applied"),
        "✕ Rejected. The previous policy remains active."
    );
}

#[test]
fn decision_and_browser_agree_for_every_kind_of_policy() {
    let playground = Playground::start(&[]);
    let page = format!("http://{}", playground.page);
    let Some(mut tab) = open(&page, &[]) else {
        return;
    };

    // Own requests: with a method, with a header, and one that the browser refuses to send.
    own_request(
        &mut tab,
        &[
            ("method", "PATCH"),
            ("header-name", "X-Own"),
            ("header-value", "1"),
        ],
    );
    own_request(
        &mut tab,
        &[
            ("method", "POST"),
            ("header-name", "Content-Type"),
            ("header-value", "text/plain"),
            ("body", "tea"),
        ],
    );
    own_request(&mut tab, &[("method", "GET"), ("read", "Content-Type")]);
    own_request(&mut tab, &[("method", "TRACE")]);
    assert_eq!(
        tab.text("#summary"),
        "✓ Decision and browser agree in 22 of 22 rows; the browser refused to send 2 requests"
    );

    let any_port = "http://127.0.0.1:*";
    for policy in [
        json!({}),
        json!({ "allow_origins": ["*"] }),
        json!({
            "allow_origins": ["*"],
            "allow_methods": ["*"],
            "allow_headers": ["*"],
            "expose_headers": ["*"],
            "max_age": 0,
        }),
        json!({
            "allow_origins": [any_port],
            "allow_methods": ["PATCH"],
            "allow_headers": ["x-own"],
            "preflight_status": 204,
        }),
        json!({
            "allow_origins": [any_port],
            "allow_methods": ["*"],
            "allow_headers": ["*"],
            "allow_credentials": true,
        }),
        json!({
            "allow_origin_regex": "http://127[.]0[.]0[.]1:[0-9]+",
            "allow_methods": ["PUT"],
            "diagnostics": true,
        }),
        json!({
            "allow_origins": [page],
            "allow_methods": ["GET", "PUT"],
            "expose_headers": ["x-request-id"],
            "block_refused_origins": true,
        }),
    ] {
        tab.type_into("#json", &policy.to_string());
        apply(&mut tab);
        wait_for_table(&mut tab);
        assert_eq!(
            tab.text("#summary"),
            "✓ Decision and browser agree in 22 of 22 rows; the browser refused to send 2 requests",
            "{policy}\n{}",
            tab.text("#requests")
        );
    }
}

#[test]
fn a_disagreement_is_highlighted() {
    let playground = Playground::start(&[]);
    let Some(mut tab) = open(&format!("http://{}", playground.page), &[]) else {
        return;
    };
    // Simulate a browser that blocks a response which the core allows.
    tab.evaluate(
        "{
            const real = fetch;
            window.fetch = async (...args) => {
                const response = await real(...args);
                if (String(args[0]).includes('/session?')) throw new TypeError();
                return response;
            };
        }",
    );
    tab.click("tbody:nth-of-type(7) button");
    tab.wait("document.querySelector('#summary').className === 'bad'");
    assert_eq!(
        tab.text("#summary"),
        "✕ Decision and browser DISAGREE: they agree only in 15 of 16 rows"
    );
    assert_eq!(
        tab.text("tr[data-agreement=disagree] td:last-child strong"),
        "✕ DISAGREE"
    );
}

#[test]
fn the_page_fits_a_narrow_screen() {
    let playground = Playground::start(&[]);
    let Some(mut tab) = open(&format!("http://{}", playground.page), &[]) else {
        return;
    };
    tab.call(
        "Emulation.setDeviceMetricsOverride",
        json!({ "width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": true }),
    );
    tab.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
    assert_eq!(tab.evaluate("document.documentElement.scrollWidth"), 360);
}

/// <https://fastapi.tiangolo.com/tutorial/cors/>
#[test]
fn the_policy_of_the_fastapi_tutorial_works() {
    let playground = Playground::start(&[]);
    // The page has the last of the origins, apart from the port.
    let (_, port) = playground.page.split_once(':').unwrap();
    let page = format!("http://localhost:{port}");
    let tutorial = r#"{
        "allow_origins": [
            "http://localhost.tiangolo.com",
            "https://localhost.tiangolo.com",
            "http://localhost",
            "http://localhost:8080"
        ],
        "allow_credentials": true,
        "allow_methods": ["*"],
        "allow_headers": ["*"]
    }"#;
    let Some(mut tab) = open(&page, &[]) else {
        return;
    };
    let tutorial = tutorial.replace("http://localhost:8080", &page);
    tab.type_into("#json", &tutorial);
    apply(&mut tab);
    wait_for_table(&mut tab);

    assert_eq!(tab.text("#applied"), "✓ Active, 1 warning.");
    assert_eq!(tab.text("#own-origin"), page);
    assert_eq!(
        tab.text("#summary"),
        "✓ Decision and browser agree in 16 of 16 rows"
    );
    for row in table(&mut tab).as_array().unwrap() {
        assert_eq!(
            (&row[2], &row[4]),
            (&json!("readable"), &json!("blocked")),
            "{row}"
        );
    }
    let header = tab.text("tbody:nth-of-type(8) tr:first-child td:nth-of-type(4)");
    assert!(header.contains("X-Request-Id hidden"), "{header}");
}

/// Opens the page and waits for the first run of the table. `None` if there is no browser.
fn open(address: &str, flags: &[&str]) -> Option<Tab> {
    let Some(mut tab) = Tab::open(address, flags) else {
        skip("no browser: set CORS_BROWSER or install chromium");
        return None;
    };
    wait_for_table(&mut tab);
    Some(tab)
}

fn wait_for_table(tab: &mut Tab) {
    tab.wait("document.querySelector('#requests').ariaBusy === 'false'");
}

fn apply(tab: &mut Tab) {
    tab.click("#apply");
    tab.wait("document.querySelector('#applied').className");
}

fn own_request(tab: &mut Tab, fields: &[(&str, &str)]) {
    let rows = tab
        .evaluate("document.querySelectorAll('tbody').length")
        .as_u64()
        .unwrap();
    tab.evaluate("document.querySelector('#own-request').reset()");
    for (name, text) in fields {
        tab.type_into(&format!("#own-request [name={name}]"), text);
    }
    tab.click("#own-request button");
    tab.wait(&format!(
        "document.querySelectorAll('tbody').length === {}",
        rows + 1
    ));
    wait_for_table(tab);
}

/// For each request: the name, preflight and outcome from this page, preflight and outcome from the
/// other origin.
fn table(tab: &mut Tab) -> Value {
    tab.evaluate(
        "[...document.querySelectorAll('tbody')].map((body) => [
            body.querySelector('.name').innerText,
            ...[...body.rows].flatMap((row) => [row.cells[row.cells.length - 4].innerText, row.dataset.outcome]),
        ])",
    )
}
