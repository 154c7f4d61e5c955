//! Several tabs with the same playground.

use serde_json::json;

use super::{apply_policy, open, opened, policy_text, wait_for_answers};

#[test]
fn a_policy_that_is_applied_elsewhere_is_followed() {
    let Some((playground, mut tab)) = opened() else {
        return;
    };
    let page = format!("http://{}", playground.page);
    let Some(mut second) = open(&page, &[]) else {
        return;
    };
    second.evaluate("document.querySelector('#max_age').focus()");
    let policy = json!({ "allow_origins": [page], "allow_methods": ["DELETE"] });
    apply_policy(&mut tab, &policy);
    let followed =
        "document.querySelector('#applied').innerText === '✓ In force. It was applied elsewhere.'";
    second.wait(followed);
    wait_for_answers(&mut second);
    assert_eq!(policy_text(&mut second), policy);
    let methods = second.evaluate("document.querySelector('#allow_methods').value");
    assert_eq!(methods, "DELETE");
    second
        .wait("document.querySelector('#answer').innerText === 'Partly: 3 of 8 requests allowed.'");

    // What the user has edited is kept.
    second.type_into("#allow_methods", "PUT");
    apply_policy(&mut tab, &json!({}));
    second.wait("document.querySelector('#applied button')");
    assert_eq!(policy_text(&mut second)["allow_methods"], json!(["PUT"]));
    second.wait(
        "document.querySelector('#answer').innerText === '✕ No, for none of the 8 requests.'",
    );
    second.click("#applied button");
    second.wait("document.querySelector('#applied').innerText.startsWith('✓ In force')");
    assert_eq!(policy_text(&mut second), json!({}));
}
