//! The editor of the policy: examples, errors and their corrections.

use serde_json::json;

use super::{ALL_AGREE, apply, apply_policy, opened, policy_text, wait_for_answers};

const IN_FORCE: &str = "fetch('/policy').then((response) => response.text())";

#[test]
fn a_wrong_policy_is_explained_corrected_and_applied() {
    let Some((playground, mut tab)) = opened() else {
        return;
    };
    let page = format!("http://{}", playground.page);
    let before = tab.evaluate(IN_FORCE);

    let wrong = json!({
        "allow_origins": [format!("{page}/")],
        "alow_methods": ["GET", "DELETE"],
        "allow_headers": "X-A, X-B",
    });
    tab.evaluate("document.querySelector('#all-keys').open = true");
    tab.type_into("#json", &wrong.to_string());
    assert_eq!(tab.text("#applied"), "Edited, not applied.");
    let origins = tab.evaluate("document.querySelector('#allow_origins').value");
    assert_eq!(origins, json!(format!("{page}/")));
    apply(&mut tab);
    let rejected = "✕ Rejected, 2 errors. The previous policy remains in force.";
    assert_eq!(tab.text("#applied"), rejected);
    assert!(tab.text("#issues").contains("allow_origins, entry 1"));
    assert_eq!(tab.evaluate(IN_FORCE), before);

    // Each correction changes the text, applies it and moves the focus to the next correction. The
    // last correction makes the policy valid.
    let remaining = "document.querySelectorAll('#issues .error').length";
    tab.click("#issues li:not(.all) button");
    tab.wait(&format!(
        "{remaining} === 1 && document.activeElement.matches('#issues button')"
    ));
    tab.press_enter();
    tab.wait(&format!("{remaining} === 0"));
    wait_for_answers(&mut tab);
    let corrected = json!({
        "allow_origins": [page],
        "allow_methods": ["GET", "DELETE"],
        "allow_headers": "X-A, X-B",
    });
    assert_eq!(policy_text(&mut tab), corrected);
    assert_eq!(tab.text("#applied"), "✓ In force.");
    assert_eq!(tab.text("#agreement"), ALL_AGREE);

    // The form changes the text. Invalid JSON disables the form.
    tab.type_into("#allow_methods", "PUT");
    tab.click("#allow_credentials");
    let policy = policy_text(&mut tab);
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
        "✕ Rejected. The previous policy remains in force."
    );
}

#[test]
fn all_corrections_are_made_at_once() {
    let Some((playground, mut tab)) = opened() else {
        return;
    };
    let page = format!("http://{}", playground.page);
    let wrong = json!({
        "allow_origins": [
            format!("{page}/"),
            "https://a.com/,https://b.com",
            "https://a.com",
            "HTTPS://C.com",
            "https://d.com:443",
        ],
        "allow_method": ["get"],
        "allow_headers": "[\"X-A\", \" X-B\", \"X-A\"]",
        "max_age": "600",
    });
    apply_policy(&mut tab, &wrong);
    let all = tab.text("#issues .all button");
    assert!(
        all.starts_with("Make all ") && all.ends_with(" corrections"),
        "{all}"
    );
    tab.click("#issues .all button");
    // Also those of the duplicates that are there only when entries are split.
    tab.wait("document.querySelector('#applied').innerText === '✓ In force.'");
    wait_for_answers(&mut tab);
    let corrected = json!({
        "allow_origins": [page, "https://a.com", "https://b.com", "https://c.com", "https://d.com"],
        "allow_methods": ["get"],
        "allow_headers": ["X-A", "X-B"],
        "max_age": "600",
    });
    assert_eq!(policy_text(&mut tab), corrected);
}

#[test]
fn examples_load_and_answer_for_their_pages() {
    let Some((_playground, mut tab)) = opened() else {
        return;
    };
    let names =
        tab.evaluate("[...document.querySelectorAll('#example option')].map((each) => each.value)");
    let mut is_broken = Vec::new();
    for name in names.as_array().unwrap() {
        tab.evaluate(&format!(
            "document.querySelector('#example').value = {name}"
        ));
        tab.evaluate("document.querySelector('#applied').className = ''");
        tab.click("#examples button");
        tab.wait("document.querySelector('#applied').className");
        wait_for_answers(&mut tab);
        let status = tab.text("#applied");
        is_broken.push(status.starts_with("✕ Rejected, "));
        if !is_broken.ends_with(&[true]) {
            assert_eq!(status, "✓ In force.", "{name}");
            assert_eq!(tab.text("#agreement"), ALL_AGREE, "{name}");
            let asked = tab.evaluate("document.querySelector('#page-origin').value");
            let others = tab.text("#others");
            assert!(
                others.contains(&format!(" {}: ", asked.as_str().unwrap())),
                "{name}: {others}"
            );
            let calculated = tab.text(".request .answer:nth-child(3)");
            assert!(
                calculated.ends_with(", calculated ✓ Allowed"),
                "{name}: {calculated}"
            );
        }
    }
    assert_eq!(
        is_broken,
        [false, false, false, false, false, true, true, true],
        "{names}"
    );
    // An extension may call the API, but not this page.
    let extension = names[4].to_string();
    assert_eq!(extension, r#""Browser extension""#);
}

/// What is wrong in the examples can be corrected as far as it is clear what was meant.
#[test]
fn corrections_of_broken_examples_come_to_an_end() {
    let Some((_playground, mut tab)) = opened() else {
        return;
    };
    for name in [
        "Origins that no browser sends",
        "Methods and headers with slips",
    ] {
        tab.evaluate(&format!(
            "document.querySelector('#example').value = {}",
            json!(name)
        ));
        tab.evaluate("document.querySelector('#applied').className = ''");
        tab.click("#examples button");
        tab.wait("document.querySelector('#applied').className");
        let errors = "document.querySelectorAll('#issues .error').length";
        let before = tab.evaluate(errors).as_u64().unwrap();
        tab.click("#issues .all button");
        tab.wait(&format!(
            "document.activeElement.matches('#apply, #issues button') && {errors} < {before}"
        ));
        let correctable = tab.evaluate("document.querySelectorAll('#issues .error button').length");
        assert_eq!(correctable, 0, "{name}: {}", tab.text("#issues"));
    }
}
