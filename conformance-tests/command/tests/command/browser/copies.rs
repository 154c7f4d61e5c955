//! The policy in force as code and configuration.

use super::opened;
use crate::http::request;

#[test]
fn the_page_shows_and_selects_what_the_server_writes() {
    let Some((playground, mut tab)) = opened() else {
        return;
    };
    tab.evaluate("document.querySelector('#use').open = true");
    for form in ["axum", "actix", "rocket", "warp", "toml", "environment"] {
        tab.evaluate(&format!(
            "document.querySelector('#code').value = '';
            document.querySelector('#code-form').value = '{form}';
            document.querySelector('#code-form').dispatchEvent(new Event('change'))"
        ));
        tab.wait("document.querySelector('#code').value");
        let response = request(&playground.page, &format!("GET /code?form={form}"), &[], "");
        let (_, written) = response.split_once("\r\n\r\n").unwrap();
        assert!(written.contains(&playground.page), "{written}");
        tab.click("#copy");
        tab.wait("document.querySelector('#copied').textContent");
        let selected =
            "document.querySelector('#code').value.slice(code.selectionStart, code.selectionEnd)";
        assert_eq!(tab.evaluate(selected), written, "{form}");
    }
}
