//! The policy files and variables in the pages build without a warning. The examples in Rust are doctests.

use crate::pages;
use cors_core::Config;

#[test]
fn policy_files_build() {
    let mut count = 0;
    for (page, block) in blocks("toml") {
        let config: Config =
            toml::from_str(&block).unwrap_or_else(|error| panic!("{page}: {error}"));
        check(&page, config);
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn variables_build() {
    let mut count = 0;
    for (page, block) in blocks("sh") {
        let is_variable = |line: &&str| line.starts_with("CORS_");
        let vars: Vec<_> = block
            .lines()
            .filter(is_variable)
            .map(|line| {
                let (name, value) = line.split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        if !vars.is_empty() {
            check(&page, Config::from_vars("CORS_", vars));
            count += 1;
        }
    }
    assert!(count > 0);
}

fn check(page: &str, config: Config) {
    let policy = config
        .build()
        .unwrap_or_else(|error| panic!("{page}: {error}"));
    assert_eq!(policy.warnings(), [], "{page}");
}

/// The blocks of code in this language, each with its page.
fn blocks(language: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    for (page, text) in pages() {
        let fence = format!("\n```{language}\n");
        let parts = text.split(&fence).skip(1);
        let bodies = parts.map(|part| part.split("\n```").next().unwrap_or_default());
        blocks.extend(bodies.map(|body| (page.clone(), body.to_owned())));
    }
    blocks
}
