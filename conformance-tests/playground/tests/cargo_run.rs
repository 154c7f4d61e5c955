//! What `cargo run` compiles, and that it starts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::process::Command;

use test_support::process::Server;

const FRAMEWORKS: [&str; 3] = ["actix-web", "rocket", "warp"];

/// A newcomer waits for each package.
#[test]
fn few_packages_are_compiled() {
    const MOST: usize = 110;
    let packages = packages(&[]);
    for name in ["axum", "cors-playground"] {
        assert!(has(&packages, name), "{name}: {packages:#?}");
    }
    for framework in FRAMEWORKS {
        assert!(!has(&packages, framework), "{framework}: {packages:#?}");
    }
    let count = packages.len();
    if cfg!(target_os = "linux") {
        // Other systems need other packages.
        assert!(count <= MOST, "{count}, at most {MOST}: {packages:#?}");
    }
}

/// `cargo install` builds the command with axum alone, too.
#[test]
fn the_command_has_other_frameworks_as_features() {
    let without = packages(&["--package", "cors-command"]);
    let with = packages(&[
        "--package",
        "cors-command",
        "--features",
        "actix,rocket,warp",
    ]);
    for framework in FRAMEWORKS {
        assert!(!has(&without, framework), "{framework}: {without:#?}");
        assert!(has(&with, framework), "{framework}: {with:#?}");
    }
}

#[test]
fn axum_serves_the_api() {
    let server = Server::start(&mut Command::new(env!("CARGO_BIN_EXE_playground")));
    let api = server.line_with("API   ");
    assert!(
        api.contains(" http://127.0.0.1:") && api.ends_with(" (axum)"),
        "{api}"
    );
}

fn has(packages: &BTreeSet<String>, name: &str) -> bool {
    let mut names = packages
        .iter()
        .filter_map(|package| package.split(' ').next());
    names.any(|found| found == name)
}

/// The packages that Cargo compiles in the root of the workspace, with their versions.
fn packages(args: &[&str]) -> BTreeSet<String> {
    let tree = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["tree", "--locked", "--offline", "--edges", "normal,build"])
        .args(["--prefix", "none", "--no-dedupe", "--format", "{p}"])
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "{error}");
    let tree = String::from_utf8(tree.stdout).unwrap();
    tree.lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}
