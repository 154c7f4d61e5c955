//! The list, compared with the crate `psl`: with the rules that it was generated from, and with its code.

use super::{LIST, is_listed};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs, iter};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/language/public_suffix/list.txt"
);

/// `#` comes before every label.
const HEADER: &str = "\
# Generated from Mozilla's Public Suffix List, https://publicsuffix.org/list/.
# This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0.
# If a copy of the MPL was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
";

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(args).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {args:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The folder of the `psl` that this test is built with.
fn psl_package() -> PathBuf {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    // Without a platform, Cargo downloads the dependencies of every platform.
    let metadata = cargo(&[
        "metadata",
        "--locked",
        "--format-version=1",
        concat!(
            "--manifest-path=",
            env!("CARGO_MANIFEST_DIR"),
            "/Cargo.toml"
        ),
        "--filter-platform",
        host.unwrap(),
    ]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let psl: Vec<&str> = packages
        .iter()
        .filter(|package| package["name"] == "psl")
        .filter_map(|package| package["manifest_path"].as_str())
        .collect();
    let [manifest] = psl.as_slice() else {
        panic!("there must be one psl: {psl:?}");
    };
    Path::new(manifest).parent().unwrap().to_owned()
}

/// The rules in ASCII, such as `com`, `*.ck`, `!www.ck`.
static RULES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let rules = fs::read_to_string(psl_package().join("data/rules.txt")).unwrap();
    let rules: BTreeSet<String> = rules
        .lines()
        .map(|rule| idna::domain_to_ascii(rule).unwrap())
        .collect();
    assert!(rules.len() > 10_000, "{}", rules.len());
    rules
});

/// Every domain above the name.
fn above(name: &str) -> impl Iterator<Item = &str> {
    iter::successors(Some(name), |name| Some(name.split_once('.')?.1)).skip(1)
}

fn generate() -> String {
    let mut lines: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for rule in RULES.iter() {
        let (exception, name) = match rule.strip_prefix('!') {
            Some(name) => ("!", name),
            None => ("", rule.as_str()),
        };
        for domain in above(name) {
            lines.entry(domain).or_default();
        }
        if let Some((label, parent)) = name.split_once('.') {
            let labels = lines.entry(parent).or_default();
            labels.insert(format!("{exception}{label}"));
        }
    }
    let lines = lines.into_iter().map(|(domain, labels)| {
        let words: Vec<&str> = iter::once(domain)
            .chain(labels.iter().map(String::as_str))
            .collect();
        words.join(" ") + "\n"
    });
    iter::once(HEADER.to_owned()).chain(lines).collect()
}

#[test]
fn the_list_is_that_of_psl() {
    let generated = generate();
    if env::var_os("UPDATE_PUBLIC_SUFFIXES").is_some() {
        return fs::write(FILE, generated).unwrap();
    }
    let differences: Vec<&str> = {
        let (ours, theirs): (HashSet<_>, HashSet<_>) =
            (LIST.lines().collect(), generated.lines().collect());
        let all = ours.symmetric_difference(&theirs);
        all.map(|line| line.split(' ').next().unwrap()).collect()
    };
    assert!(
        LIST == generated,
        "{FILE} differs from the rules of `psl` at {differences:?}; to write it, run \
         `UPDATE_PUBLIC_SUFFIXES=1 cargo test -p cors-decision --lib the_list_is_that_of_psl`"
    );
    assert!(LIST.is_ascii());
    println!("{} domains with public suffixes", LIST.lines().count());
}

fn is_suffix_of_psl(name: &str) -> bool {
    psl::suffix(name.as_bytes())
        .is_some_and(|suffix| suffix.is_known() && suffix == name.as_bytes())
}

/// The domains above every public suffix.
static ABOVE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let rules = RULES.iter().filter(|rule| !rule.starts_with('!'));
    let suffixes = rules.map(|rule| rule.replace('*', "any"));
    let suffixes: Vec<String> = suffixes.filter(|suffix| is_suffix_of_psl(suffix)).collect();
    let above = suffixes.iter().flat_map(|suffix| above(suffix));
    above.map(str::to_owned).collect()
});

/// Compares the list with `psl`. Returns whether the name is listed.
fn check(name: &str) -> bool {
    if !name.contains('.') {
        return false;
    }
    let expected = is_suffix_of_psl(name) || ABOVE.contains(name);
    assert_eq!(is_listed(name), expected, "{name}");
    expected
}

/// Every name of the list, with the names above it, below it and beside it.
#[test]
fn every_rule() {
    let (mut listed, mut others) = (0, 0);
    for rule in RULES.iter() {
        let name = rule.trim_start_matches('!').replace('*', "any");
        let above: Vec<&str> = above(&name).collect();
        let longer = [format!("a.{name}"), format!("b.a.{name}")];
        let beside = [format!("{name}x"), format!("x{name}"), format!("!{name}")];
        let short = name.get(1..).unwrap_or_default().to_owned();
        let all = above.into_iter().chain(longer.iter().map(String::as_str));
        let beside = beside.iter().chain([&name, &short]).map(String::as_str);
        for name in all.chain(beside) {
            match check(name) {
                true => listed += 1,
                false => others += 1,
            }
        }
    }
    assert!(listed > 9_000 && others > 9_000, "{listed} and {others}");
}

proptest! {
    /// Names of labels that occur in rules, in any order.
    #[test]
    fn any_name(
        places in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        is_below_rule in any::<bool>(),
    ) {
        let rules: Vec<&String> = RULES.iter().collect();
        let mut labels: Vec<&str> = Vec::new();
        for (number, place) in places.iter().enumerate() {
            let rule = place.get(&rules).trim_start_matches('!');
            match is_below_rule && number + 1 == places.len() {
                true => labels.push(rule),
                false => labels.push(rule.split('.').next().unwrap()),
            }
        }
        check(&labels.join(".").replace('*', "any"));
    }
}
