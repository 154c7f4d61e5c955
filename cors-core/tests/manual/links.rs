//! Links work as modules in the documentation, too. The tests of `conformance-tests/readmes` check that the files and headings
//! exist.

use crate::{folder, pages};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The definitions that lead to modules.
const MODULES: &str = include_str!("../../src/manual/links.md");

const SOURCE: &str = include_str!("../../src/manual.rs");

#[test]
fn every_name_is_defined_and_used() {
    let mut wrong = Vec::new();
    for (page, text) in pages() {
        let defined: BTreeSet<_> = definitions(&text).into_keys().collect();
        let used = used(&text);
        for name in used.difference(&defined) {
            wrong.push(format!("{page}: [{name}] has no definition"));
        }
        for name in defined.difference(&used) {
            wrong.push(format!("{page}: [{name}] is not used"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A relative link works in the documentation only under a name that leads to a module there.
#[test]
fn every_link_works_in_the_documentation() {
    let modules = definitions(MODULES);
    let mut targets = BTreeMap::new();
    let mut wrong = Vec::new();
    for (page, text) in pages() {
        let is_relative = |link: &&String| !link.starts_with('#') && !link.starts_with("https://");
        if let Some(link) = inline(&text).iter().find(is_relative) {
            wrong.push(format!("{page}: give {link} a name"));
        }
        let definitions = definitions(&text).into_iter();
        for (name, target) in definitions.filter(|(_, target)| !target.starts_with("https://")) {
            if !modules.contains_key(&name) {
                wrong.push(format!("{page}: src/manual/links.md lacks [{name}]"));
            }
            let first = targets.entry(name.clone()).or_insert(target.clone());
            if *first != target {
                wrong.push(format!("{page}: [{name}] is {target}, elsewhere {first}"));
            }
        }
    }
    for (name, module) in &modules {
        if !targets.contains_key(name) {
            wrong.push(format!("src/manual/links.md: no page uses [{name}]"));
        }
        if let Some(module) = module.strip_prefix("crate::manual::") {
            let file = format!("{}.md", module.replace('_', "-"));
            if targets.get(name) != Some(&file) {
                wrong.push(format!("src/manual/links.md: [{name}] is not {file}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_is_a_module_and_in_the_index() {
    let index = fs::read_to_string(folder().join("README.md")).unwrap();
    let index: BTreeSet<_> = definitions(&index).into_values().collect();
    for (page, text) in pages() {
        assert!(text.starts_with("# "), "{page}");
        let module = page.trim_end_matches(".md").replace('-', "_");
        let is_module = SOURCE.contains(&format!("\n    {module} \"{page}\",\n"));
        assert!(
            page == "README.md" || is_module && index.contains(&page),
            "{page}"
        );
    }
}

/// The names of links, and where they lead.
fn definitions(text: &str) -> BTreeMap<String, String> {
    let lines = without_code(text);
    let definitions = lines
        .lines()
        .filter_map(|line| line.strip_prefix('[')?.split_once("]: "));
    definitions
        .map(|(name, target)| (name.to_owned(), target.trim().to_owned()))
        .collect()
}

/// The targets of `[text](target)`.
fn inline(text: &str) -> Vec<String> {
    let text = without_spans(&without_code(text), |_| true);
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()));
    targets.collect()
}

/// The names in `[text][name]` and `[name]`.
fn used(text: &str) -> BTreeSet<String> {
    let text = without_spans(&without_code(text), |span| span.contains(['[', ']']));
    let mut names = BTreeSet::new();
    for line in text.lines().filter(|line| !is_definition(line)) {
        let mut parts = line.split('[').skip(1).peekable();
        while let Some(part) = parts.next() {
            let Some((name, after)) = part.split_once(']') else {
                continue;
            };
            let is_text = after.starts_with('(') || after.is_empty() && parts.peek().is_some();
            if !is_text {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

fn is_definition(line: &str) -> bool {
    line.starts_with('[') && line.contains("]: ")
}

/// The text without its blocks of code.
fn without_code(text: &str) -> String {
    let mut is_code = false;
    let mut rest = String::new();
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        if !is_code && !is_fence {
            rest.push_str(line);
            rest.push('\n');
        }
    }
    rest
}

/// The text without those spans of code. A span ends on its line.
fn without_spans(text: &str, is_removed: impl Fn(&str) -> bool) -> String {
    let mut rest = String::new();
    for line in text.lines() {
        for (number, part) in line.split('`').enumerate() {
            match number % 2 {
                0 => rest.push_str(part),
                _ if is_removed(part) => {}
                _ => rest.push_str(&format!("`{part}`")),
            }
        }
        rest.push('\n');
    }
    rest
}
