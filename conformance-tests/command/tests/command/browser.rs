//! The playground in a real browser. Without a browser the tests are skipped, or fail if `CI=true`.

mod accessibility;
mod answers;
mod attacks;
mod copies;
mod devtools;
mod explanation;
mod link;
mod policy;
mod tabs;

use serde_json::{Value, json};
use test_support::skip::skip;

use self::devtools::Tab;
use crate::process::Playground;

const ALL_AGREE: &str = "✓ This library and your browser agree about 16 of 16 requests.";

/// Starts the playground with axum, and opens its page. `None` if there is no browser.
fn opened() -> Option<(Playground, Tab)> {
    let playground = Playground::start(&[]);
    let tab = open(&format!("http://{}", playground.page), &[])?;
    Some((playground, tab))
}

/// Opens the page and waits for the answers about all requests. `None` if there is no browser.
fn open(address: &str, flags: &[&str]) -> Option<Tab> {
    let Some(mut tab) = Tab::open(address, flags) else {
        skip("no browser: set CORS_BROWSER or install chromium");
        return None;
    };
    wait_for_answers(&mut tab);
    Some(tab)
}

fn wait_for_answers(tab: &mut Tab) {
    tab.wait("document.querySelector('#requests').ariaBusy === 'false'");
}

/// Loads the page again, for example after its size has changed.
fn reload(tab: &mut Tab) {
    tab.evaluate("window.isOld = true");
    tab.call("Page.reload", json!({}));
    tab.wait("!window.isOld && document.querySelector('#requests').ariaBusy === 'false'");
}

/// Sends all requests again.
fn send_again(tab: &mut Tab) {
    tab.evaluate("document.querySelector('#requests').ariaBusy = 'not yet'");
    tab.click("#run");
    wait_for_answers(tab);
}

/// Presses Apply. If the policy is valid, waits for the answers under it.
fn apply(tab: &mut Tab) {
    tab.evaluate("document.querySelector('#applied').className = ''");
    tab.click("#apply");
    tab.wait("document.querySelector('#applied').className");
    wait_for_answers(tab);
}

/// Writes a policy into the editor of all keys, and applies it.
fn apply_policy(tab: &mut Tab, policy: &Value) {
    tab.evaluate("document.querySelector('#all-keys').open = true");
    tab.type_into("#json", &policy.to_string());
    apply(tab);
}

fn policy_text(tab: &mut Tab) -> Value {
    tab.evaluate("JSON.parse(document.querySelector('#json').value)")
}

fn own_request(tab: &mut Tab, fields: &[(&str, &str)]) {
    let rows = tab.evaluate("document.querySelectorAll('.request').length");
    tab.evaluate("document.querySelector('#own').open = true; document.querySelector('#own-request').reset()");
    for (name, text) in fields {
        tab.type_into(&format!("#own-request [name={name}]"), text);
    }
    tab.click("#own-request button");
    tab.wait(&format!(
        "document.querySelectorAll('.request').length === {rows} + 1"
    ));
    wait_for_answers(tab);
}

/// Opens the details of a request, counted from 1, and waits for them.
fn open_details(tab: &mut Tab, number: usize) {
    tab.click(&format!("{} .head button", request(number)));
    tab.wait(&format!(
        "document.querySelector('{} .details .steps')",
        request(number)
    ));
}

/// The selector of a request, counted from 1.
fn request(number: usize) -> String {
    format!(".request:nth-child({number})")
}

/// For each request: the name, and what became of it from this page and from another site.
fn answers(tab: &mut Tab) -> Value {
    tab.evaluate(
        "[...document.querySelectorAll('.request')].map((item) => [
            item.querySelector('.name').innerText,
            ...[...item.querySelectorAll('.answer')].map(({ dataset }) => dataset.outcome),
        ])",
    )
}
