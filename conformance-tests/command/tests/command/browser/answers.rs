//! The answers: may this page call that API?

use conformance_tests::subject::FRAMEWORKS;
use serde_json::json;

use super::devtools::Tab;
use super::{
    ALL_AGREE, answers, apply_policy, open, open_details, opened, own_request, policy_text,
    request, send_again,
};
use crate::process::Playground;

#[test]
fn the_first_screen_answers_for_every_framework() {
    for framework in FRAMEWORKS {
        let playground = Playground::start(&["--framework", framework.name]);
        let Some(mut tab) = open(&format!("http://{}", playground.page), &[]) else {
            return;
        };
        the_first_screen_answers(&playground, &mut tab);
    }
}

fn the_first_screen_answers(playground: &Playground, tab: &mut Tab) {
    tab.show_as((1366, 768), "light");
    assert_eq!(tab.text("h1"), "May this page call that API?");
    assert_eq!(
        tab.text("#own-origin"),
        format!("http://{}", playground.page)
    );
    assert_eq!(
        tab.text("#api-origin"),
        format!("http://{}", playground.api)
    );
    assert_eq!(tab.text("#answer"), "Partly: 7 of 8 requests allowed.");
    let others = format!("Another site, http://{}: 0 of 8 allowed.", playground.other);
    assert_eq!(tab.text("#others"), others);
    assert_eq!(tab.text("#agreement"), ALL_AGREE);
    assert_eq!(tab.text("#applied"), "✓ In force.");
    let expected = [
        "Read",
        "Send JSON",
        "Replace",
        "Delete",
        "Bearer token",
        "Own header",
        "Cookies",
        "Read a header",
    ]
    .map(|name| {
        let from_this_page = if name == "Delete" {
            "blocked"
        } else {
            "readable"
        };
        [name, from_this_page, "blocked"]
    });
    assert_eq!(answers(tab), json!(expected));
    let why = "Preflight refused: method DELETE is not in allow_methods.";
    let delete = tab.text(&format!("{} .why", request(4)));
    assert_eq!(delete, format!("{why} Add DELETE to the allowed methods"));

    // All answers and the policy are above the fold.
    let bottoms = tab.evaluate(
        "['#requests', '#apply'].map((each) => document.querySelector(each).getBoundingClientRect().bottom)",
    );
    for bottom in bottoms.as_array().unwrap() {
        assert!(bottom.as_f64().unwrap() <= 768.0, "{bottoms}");
    }

    // Nothing on the page is called as in the code.
    let page = tab.text("body");
    for id in ["preflight-refused", "method-not-allowed", "readable"] {
        assert!(!page.contains(id), "{id}");
    }

    // The terminal reports the same decision.
    let line = playground.server.line_with("DELETE");
    assert!(
        line.contains("400 preflight-refused (method-not-allowed): "),
        "{line}"
    );
}

#[test]
fn a_change_lets_a_blocked_request_pass() {
    let Some((playground, mut tab)) = opened() else {
        return;
    };
    let page = format!("http://{}", playground.page);
    tab.click(&format!("{} .why button", request(4)));
    tab.wait("document.querySelector('#answer').innerText === '✓ Yes, for all 8 requests.'");
    let methods = json!(["GET", "POST", "PUT", "DELETE"]);
    assert_eq!(policy_text(&mut tab)["allow_methods"], methods);

    // All changes at once. The policy has neither credentials nor headers, and the wrong methods.
    apply_policy(&mut tab, &json!({ "allow_origins": ["*"], "max_age": 5 }));
    assert_eq!(tab.text("#answer"), "Partly: 2 of 8 requests allowed.");
    assert_eq!(tab.text("#change-all"), "Make all 8 changes");
    tab.click("#change-all");
    tab.wait("document.querySelector('#answer').innerText === '✓ Yes, for all 8 requests.'");
    let changed = json!({
        "allow_origins": [page],
        "allow_methods": ["GET", "POST", "PUT", "DELETE"],
        "allow_headers": ["authorization", "x-requested-with"],
        "allow_credentials": true,
        "expose_headers": ["x-request-id"],
        "max_age": 5,
    });
    assert_eq!(policy_text(&mut tab), changed);
    assert_eq!(tab.text("#agreement"), ALL_AGREE);
}

#[test]
fn the_library_and_the_browser_agree_for_every_kind_of_policy() {
    let Some((playground, mut tab)) = opened() else {
        return;
    };
    let page = format!("http://{}", playground.page);

    // With a method, with several headers, with a path, a query and a body; a redirect; and two that the browser refuses.
    own_request(
        &mut tab,
        &[
            ("method", "PATCH"),
            ("headers", "X-Own: 1\nX-Own: 2\nX-Other:"),
        ],
    );
    let typed = [
        ("method", "POST"),
        ("path", "/teapot?a=1#b"),
        ("headers", "Content-Type: text/plain"),
        ("body", "tea"),
    ];
    own_request(&mut tab, &typed);
    own_request(&mut tab, &[("method", "GET"), ("read", "Content-Type")]);
    own_request(&mut tab, &[("method", "GET"), ("path", "/redirect")]);
    own_request(&mut tab, &[("method", "TRACE")]);
    own_request(&mut tab, &[("method", "GET"), ("body", "tea")]);
    let agree = |number| {
        format!(
            "✓ This library and your browser agree about {number} of {number} requests; this browser refused to send 4."
        )
    };
    assert_eq!(tab.text("#agreement"), agree(22));

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
            "allow_headers": ["x-own", "x-other"],
            "preflight_status": 204,
            "timing_allow_origin": true,
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
        apply_policy(&mut tab, &policy);
        // Where a redirect leads is not compared. A blocked request gets none.
        let number = if policy["block_refused_origins"] == true {
            23
        } else {
            22
        };
        let list = tab.text("#requests");
        assert_eq!(tab.text("#agreement"), agree(number), "{policy}\n{list}");
    }
}

#[test]
fn a_disagreement_is_loud() {
    let Some((_playground, mut tab)) = opened() else {
        return;
    };
    let size = "parseFloat(getComputedStyle(document.querySelector('#agreement')).fontSize)";
    let quiet = tab.evaluate(size).as_f64().unwrap();
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
    send_again(&mut tab);
    assert_eq!(
        tab.text("#agreement"),
        "✕ This library and your browser DISAGREE: they agree only about 15 of 16 requests. Please report this."
    );
    assert!(tab.evaluate(size).as_f64().unwrap() > quiet);
    let why = tab.text(&format!("{}[data-agreement=disagree] .why", request(7)));
    assert!(
        why.starts_with("This library and your browser disagree."),
        "{why}"
    );
}

#[test]
fn what_browsers_refuse_is_shown_in_their_words() {
    let Some((_playground, mut tab)) = opened() else {
        return;
    };
    own_request(
        &mut tab,
        &[
            ("method", "GET"),
            ("headers", "Cookie: a=1\nX-Requested-With: x"),
        ],
    );
    let why = tab.text(&format!("{} .why", request(9)));
    assert_eq!(
        why,
        "Cookie is dropped: browsers do not let scripts set it."
    );

    own_request(&mut tab, &[("method", "TRACE")]);
    let why = tab.text(&format!("{} .why", request(10)));
    let words = "This browser says: “Failed to execute 'fetch' on 'Window': 'TRACE' HTTP method is unsupported.”.";
    assert_eq!(why, words);
    assert_eq!(tab.text(&format!("{} .answer", request(10))), "✕ Not sent");

    for (fields, problem) in [
        (
            [("path", "//example.com/"), ("headers", "")],
            "✕ The path must start with one / and belong to the API.",
        ),
        (
            [("path", "items"), ("headers", "")],
            "✕ The path must start with one / and belong to the API.",
        ),
        (
            [("path", "/items"), ("headers", "X-A")],
            "✕ Write each header as Name: value, and not as X-A.",
        ),
    ] {
        for (name, text) in fields {
            tab.type_into(&format!("#own-request [name={name}]"), text);
        }
        tab.click("#own-request button");
        assert_eq!(tab.text("#own-problem"), problem);
    }
    assert_eq!(answers(&mut tab).as_array().unwrap().len(), 10);

    // Each own request can be removed.
    open_details(&mut tab, 10);
    tab.click(&format!(
        "{} .details > .edits button:last-child",
        request(10)
    ));
    assert_eq!(answers(&mut tab).as_array().unwrap().len(), 9);
}

#[test]
fn the_answer_for_another_origin_is_calculated() {
    let Some((_playground, mut tab)) = opened() else {
        return;
    };
    tab.evaluate("document.querySelector('#own').open = true");
    tab.type_into("#page-origin", "app.example.com");
    tab.click("#ask button");
    tab.wait("document.querySelector('#ask-problem').textContent");
    let problem = "✕ Not asked: the origin is not one that browsers send.";
    assert_eq!(tab.text("#ask-problem"), problem);

    let origin = "https://app.example.com";
    for (allowed, answer, number) in [
        ("https://*.example.com", "✓ Allowed", 2),
        ("*", "✓ Allowed", 2),
        ("null", "✕ Blocked", 0),
    ] {
        tab.type_into("#page-origin", origin);
        tab.click("#ask button");
        tab.wait("!document.querySelector('#ask-problem').textContent");
        apply_policy(&mut tab, &json!({ "allow_origins": [allowed] }));
        let others = tab.text("#others");
        assert!(
            others.ends_with(&format!(" {origin}: {number} of 8 allowed.")),
            "{others}"
        );
        let calculated = tab.text(".request .answer:nth-child(3)");
        assert_eq!(calculated, format!("{origin}, calculated {answer}"));
    }
}

#[test]
fn the_names_of_this_machine_are_told_apart_where_it_matters() {
    let playground = Playground::start(&[]);
    let page = playground.page.replace("127.0.0.1", "localhost");
    let Some(mut tab) = open(&format!("http://{page}"), &[]) else {
        return;
    };
    assert_eq!(tab.text("#answer"), "✕ No, for none of the 8 requests.");
    let why = tab.text(&format!("{} .why", request(1)));
    let expected = format!(
        "Origin http://{page} is not allowed, but http://{} is: localhost, 127.0.0.1 and [::1] are three hosts.",
        playground.page
    );
    assert!(why.starts_with(&expected), "{why}");
    let why = tab.text(&format!("{} .why", request(7)));
    let note = format!(
        "For cookies, localhost and 127.0.0.1 are two sites, although both are this computer: the browser sends no cookie \
         with SameSite=Lax or SameSite=Strict; open the page at http://{}.",
        playground.page
    );
    assert!(why.contains(&note), "{why}");

    // It is as the note says: the second request of the page at the other name has a cookie, but this one has none.
    tab.click("#change-all");
    tab.wait("document.querySelector('#answer').innerText === '✓ Yes, for all 8 requests.'");
    let cookie = |tab: &mut Tab| {
        send_again(tab);
        open_details(tab, 7);
        tab.text(&format!("{} .exchange code", request(7)))
    };
    assert_eq!(cookie(&mut tab), "GET → 200");
    let Some(mut tab) = open(&format!("http://{}", playground.page), &[]) else {
        return;
    };
    assert_eq!(cookie(&mut tab), "GET, with a cookie → 200");
    assert!(
        !tab.text(&format!("{} .why", request(7)))
            .contains("two sites")
    );
}

/// <https://fastapi.tiangolo.com/tutorial/cors/>
#[test]
fn the_policy_of_the_fastapi_tutorial_works() {
    let playground = Playground::start(&[]);
    // The page has the last of the origins, apart from the port.
    let page = format!(
        "http://{}",
        playground.page.replace("127.0.0.1", "localhost")
    );
    let Some(mut tab) = open(&page, &[]) else {
        return;
    };
    let tutorial = json!({
        "allow_origins": [
            "http://localhost.tiangolo.com",
            "https://localhost.tiangolo.com",
            "http://localhost",
            page,
        ],
        "allow_credentials": true,
        "allow_methods": ["*"],
        "allow_headers": ["*"],
    });
    apply_policy(&mut tab, &tutorial);
    assert_eq!(tab.text("#applied"), "✓ In force, 1 warning.");
    assert_eq!(tab.text("#answer"), "✓ Yes, for all 8 requests.");
    assert!(tab.text("#others").ends_with(": 0 of 8 allowed."));
    assert_eq!(tab.text("#agreement"), ALL_AGREE);
    let header = tab.text(&format!("{} .why", request(8)));
    assert_eq!(
        header,
        "The script cannot read the response header X-Request-Id. Add x-request-id to the exposed response headers"
    );
}
