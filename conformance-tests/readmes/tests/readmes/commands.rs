//! Commands of Cargo in the pages: each package, example, test, benchmark and feature that they name exists.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use readmes::{Page, pages, root};
use toml::Table;

/// The manifests of the workspace by the names of their packages.
type Packages = HashMap<String, (PathBuf, Table)>;

#[test]
fn commands_name_what_exists() {
    let packages = packages();
    let mut seen = 0;
    let mut mistakes = Vec::new();
    for page in pages().unwrap() {
        for command in commands(&page) {
            seen += 1;
            let wrong = mistake(&command, &packages);
            mistakes.extend(wrong.map(|it| format!("{}: {command}: {it}", page.path.display())));
        }
    }
    assert!(seen > 20, "only {seen} commands");
    assert_eq!(mistakes, Vec::<String>::new());
}

#[test]
fn wrong_commands_are_noticed() {
    let packages = packages();
    for command in [
        "cargo run -p cors-axum --example axum-missing",
        "cargo run -p cors-missing",
        "cargo run -p cors-axum --features missing --example axum-watch",
        "cargo test -p conformance-tests --test missing",
        "cargo bench -p cors-benchmarks --bench missing",
    ] {
        let wrong = mistake(command, &packages).unwrap();
        assert!(wrong.contains("missing"), "{command}: {wrong}");
    }
    for command in [
        "cargo run",
        "cargo run -- check URL",
        "CORS_PATHS=1 cargo test -p conformance-tests --test paths -- --nocapture # a comment",
        "cargo run -p cors-axum --features serde,watch --example axum-watch",
    ] {
        assert_eq!(mistake(command, &packages), None, "{command}");
    }
}

/// Commands in consoles and within lines.
fn commands(page: &Page) -> Vec<String> {
    let consoles = page.blocks.iter().filter(|it| it.is("console"));
    let lines = consoles.flat_map(|it| it.code.lines());
    let lines = lines.filter_map(|line| line.strip_prefix("$ "));
    let code = page.code.iter().map(String::as_str);
    let all = lines.chain(code).map(str::to_owned);
    all.filter(|it| arguments(it).next().is_some()).collect()
}

/// The words after `cargo run`, `cargo test` or `cargo bench`, up to those for the program.
fn arguments(command: &str) -> impl Iterator<Item = &str> {
    let words = command.split_whitespace();
    let mut words = words.skip_while(|word| *word != "cargo").skip(1);
    let is_known = words
        .next()
        .is_some_and(|it| ["run", "test", "bench"].contains(&it));
    let of_cargo = |word: &&str| !["--", "#"].contains(word);
    std::iter::once("cargo")
        .chain(words.take_while(of_cargo))
        .filter(move |_| is_known)
}

fn mistake(command: &str, packages: &Packages) -> Option<String> {
    let words: Vec<_> = arguments(command).collect();
    let after = |name: &str| {
        let at = words.iter().position(|it| *it == name)?;
        words.get(at + 1).copied()
    };
    let name = after("-p")?;
    let Some((folder, manifest)) = packages.get(name) else {
        return Some(format!("there is no package {name}"));
    };
    for (option, table, folder_name) in [
        ("--example", "example", "examples"),
        ("--test", "test", "tests"),
        ("--bench", "bench", "benches"),
    ] {
        let Some(target) = after(option) else {
            continue;
        };
        let listed = manifest.get(table).and_then(|it| it.as_array());
        let mut listed = listed.into_iter().flatten();
        let found = folder.join(folder_name).join(target);
        let exists = listed.any(|it| it.get("name").is_some_and(|it| it.as_str() == Some(target)))
            || found.with_extension("rs").exists()
            || found.join("main.rs").exists();
        if !exists {
            return Some(format!("{name} has no {table} {target}"));
        }
    }
    let features = manifest.get("features").and_then(|it| it.as_table());
    let mut wanted = after("--features").into_iter().flat_map(|it| it.split(','));
    let missing = wanted.find(|it| !features.is_some_and(|all| all.contains_key(*it)));
    missing.map(|it| format!("{name} has no feature {it}"))
}

fn packages() -> Packages {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let workspace: Table = workspace.parse().unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let read = |member: &toml::Value| {
        let folder = root().join(member.as_str().unwrap());
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let manifest: Table = manifest.parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        (name, (folder, manifest))
    };
    members.iter().map(read).collect()
}
