//! The page for everybody: by axe, by keyboard alone, on narrow screens, in both themes.

use std::env;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use test_support::node::Packages;

use super::devtools::Tab;
use super::{apply_policy, open_details, opened, reload, request, wait_for_answers};

const WIDE: (u32, u32) = (1366, 768);
const NARROW: (u32, u32) = (360, 800);

/// The version of axe. A newer one can have other rules.
const AXE: &str = "axe-core@4.14.1";

#[test]
fn axe_finds_nothing() {
    let Some(packages) = Packages::with(env!("CARGO_TARGET_TMPDIR"), &[AXE]) else {
        return;
    };
    let read = "require('fs').writeSync(1, require('fs').readFileSync(require.resolve('axe-core/axe.min.js')))";
    let script = packages.node("-e").arg(read).output().unwrap();
    assert!(script.status.success(), "{script:?}");
    let script = String::from_utf8(script.stdout).unwrap();

    let Some((playground, mut tab)) = opened() else {
        return;
    };
    tab.evaluate(&format!("{script}; 0"));
    let check = |tab: &mut Tab, what: &str| {
        for size in [WIDE, NARROW] {
            for theme in ["light", "dark"] {
                tab.show_as(size, theme);
                let found = violations(tab);
                assert_eq!(found, json!([]), "{what}, {size:?}, {theme}: {found:#}");
            }
        }
    };
    // That axe is able to find something.
    tab.evaluate("document.querySelector('h1').style.color = '#bbbbbb'");
    assert_ne!(violations(&mut tab), json!([]));
    tab.evaluate("document.querySelector('h1').removeAttribute('style')");

    check(&mut tab, "at first");
    let wrong =
        json!({ "allow_origins": ["https://a.com/"], "alow_methods": ["GET"], "max_age": "x" });
    apply_policy(&mut tab, &wrong);
    open_details(&mut tab, 4);
    open_everything(&mut tab);
    check(&mut tab, "with errors and everything open");

    let frame = format!("http://{}/frame", playground.other);
    tab.call("Page.navigate", json!({ "url": frame }));
    tab.wait("document.querySelector('#own-origin')?.textContent");
    tab.evaluate(&format!("{script}; 0"));
    check(&mut tab, "the frame");
}

fn violations(tab: &mut Tab) -> Value {
    // The frame is another document, of another origin.
    tab.evaluate(
        "axe.run(document, { iframes: false }).then(({ violations }) => violations.map(
            ({ id, help, nodes }) => [id, help, ...nodes.map((node) => node.html)]
        ))",
    )
}

fn open_everything(tab: &mut Tab) {
    tab.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
}

#[test]
fn the_page_fits_a_narrow_screen() {
    let Some((_playground, mut tab)) = opened() else {
        return;
    };
    tab.show_as(NARROW, "light");
    reload(&mut tab);
    let width = "document.documentElement.scrollWidth";
    let height = tab.evaluate("document.documentElement.scrollHeight");
    assert_eq!(tab.evaluate(width), 360);
    assert!(height.as_u64().unwrap() <= 2_500, "{height}");

    for number in 1..=8 {
        open_details(&mut tab, number);
    }
    open_everything(&mut tab);
    assert_eq!(tab.evaluate(width), 360);
}

/// Presses Tab until the focus is on a control for the second time. `reached` in the page has all of them.
fn reach_all_controls(tab: &mut Tab) {
    to_the_start(tab);
    tab.evaluate("window.reached = new Set(); 0");
    let reach = "(() => {
        const control = document.activeElement;
        const isNew = !reached.has(control);
        reached.add(control);
        return isNew;
    })()";
    for _ in 0..200 {
        tab.press_tab();
        let is_new = tab.evaluate(reach) == true;
        // The focus may leave the document once, for the window of the browser.
        if !is_new && tab.evaluate("document.activeElement !== document.body") == true {
            return;
        }
    }
    panic!("the focus never returns");
}

/// Where the focus is when the page is opened.
fn to_the_start(tab: &mut Tab) {
    tab.evaluate(
        "document.querySelector('h1').tabIndex = -1; document.querySelector('h1').focus()",
    );
}

#[test]
fn the_keyboard_alone_does_everything() {
    let Some((_playground, mut tab)) = opened() else {
        return;
    };
    open_details(&mut tab, 4);
    open_everything(&mut tab);
    reach_all_controls(&mut tab);
    let missed = tab.evaluate(
        "[...document.querySelectorAll('a[href], button, input, select, textarea, summary, pre')]
            .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled && !reached.has(each))
            .map((each) => each.outerHTML)",
    );
    assert_eq!(missed, json!([]));

    // Shows where the focus is.
    focus(&mut tab, "#run");
    let outline = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    assert_eq!(outline, "solid");

    // Each kind of control works: a change, an example, the form, Apply, details, an own request.
    focus(&mut tab, ".why button");
    tab.press_enter();
    tab.wait("document.querySelector('#answer').innerText === '✓ Yes, for all 8 requests.'");
    // The button is gone, but the focus is still in the list.
    let next = format!(
        "document.activeElement.matches('{} .head button')",
        request(4)
    );
    assert_eq!(tab.evaluate(&next), true);
    focus(&mut tab, "#examples button");
    tab.press_space();
    tab.wait("document.querySelector('#about-example').innerText");
    wait_for_answers(&mut tab);
    focus(&mut tab, "#allow_credentials");
    tab.press_space();
    tab.wait("document.querySelector('#applied').innerText === 'Edited, not applied.'");
    focus(&mut tab, "#apply");
    tab.press_enter();
    tab.wait("document.querySelector('#applied').innerText === '✓ In force.'");
    wait_for_answers(&mut tab);
    focus(&mut tab, &format!("{} .head button", request(1)));
    tab.press_enter();
    tab.wait(&format!(
        "document.querySelector('{} .details .steps')",
        request(1)
    ));
    focus(&mut tab, "#all-keys summary");
    tab.press_enter();
    assert_eq!(
        tab.evaluate("document.querySelector('#all-keys').open"),
        false
    );
    focus(&mut tab, "#path");
    tab.press_enter();
    tab.wait("document.querySelectorAll('.request').length === 9");
    wait_for_answers(&mut tab);
}

/// Moves the focus to a control with the Tab key.
fn focus(tab: &mut Tab, selector: &str) {
    to_the_start(tab);
    for _ in 0..200 {
        tab.press_tab();
        if tab.evaluate(&format!(
            "document.activeElement.matches({})",
            json!(selector)
        )) == true
        {
            return;
        }
    }
    panic!("the Tab key does not reach {selector}");
}

/// Takes the pictures of the README. `CORS_SCREENSHOTS` is the folder for them. `pngquant --force --ext .png --nofs *.png` there
/// makes them smaller.
#[test]
fn screenshots() {
    let Ok(folder) = env::var("CORS_SCREENSHOTS") else {
        return;
    };
    let Some((_playground, mut tab)) = opened() else {
        return;
    };
    for (name, size, theme) in [
        ("light", WIDE, "light"),
        ("dark", WIDE, "dark"),
        ("narrow", NARROW, "light"),
    ] {
        tab.show_as(size, theme);
        reload(&mut tab);
        tab.wait("document.querySelector('#code').value");
        let picture = BASE64_STANDARD.decode(tab.screenshot()).unwrap();
        fs::write(Path::new(&folder).join(format!("{name}.png")), picture).unwrap();
    }
}
