//! `public-api-guard FOLDER [--update]` reads the public API of each package from the JSON of `rustdoc` in FOLDER. The API must
//! be equal to `PACKAGE.txt` in the folder of this package's manifest. It may contain types only of the crates listed below. An
//! adapter re-exports every item of the core that its users can meet.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

use public_api::PublicItem;
use serde_json::Value;

/// The exit code of a test that cannot run, as in Automake.
const SKIPPED: u8 = 77;

/// What every API may name. The method of a trait for `u64` is a method of `u64`.
const BUILT_IN: [&str; 4] = ["alloc", "core", "std", "u64"];

/// The library that the adapters re-export.
const CORE: &str = "cors_core";

/// A package, its library, and the crates whose types users see in its API: `core`, `alloc` and `std` are always allowed.
///
/// A new major version of a crate in this list requires a new major version of our package. So each line needs a reason, and
/// a type of ours is usually better than a new line.
const PACKAGES: [(&str, &str, &[&str]); 5] = [
    (
        "cors-decision",
        CORE,
        &[
            "http",       // with the feature `http-1`, version 1.x: code shared by adapters
            "serde_core", // with the feature `serde`: the traits
        ],
    ),
    (
        "cors-actix",
        "cors_actix",
        &[
            "actix_http",       // a type of response body, which actix-web re-exports
            "actix_service",    // the traits of a middleware, which actix-web re-exports
            "actix_web",        // the framework
            "cors_core",        // the policy, which we re-export
            "pin_project_lite", // private, in the condition of the `Unpin` that its macro writes
        ],
    ),
    (
        "cors-axum",
        "cors_axum",
        &[
            "cors_core",        // the policy, which we re-export
            "http",             // requests and responses, version 1.x
            "pin_project_lite", // private, in the condition of the `Unpin` that its macro writes
            "tower_layer",      // the trait of a layer
            "tower_service",    // the trait of a service
        ],
    ),
    (
        "cors-rocket",
        "cors_rocket",
        &[
            "cors_core", // the policy, which we re-export
            "rocket",    // the framework
        ],
    ),
    (
        "cors-warp",
        "cors_warp",
        &[
            "cors_core", // the policy, which we re-export
            "http",      // the head of a request, version 1.x, which warp re-exports
            "warp",      // the framework
        ],
    ),
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let (folder, update) = match &arguments[..] {
        [folder] => (Path::new(folder), false),
        [folder, update] if update == "--update" => (Path::new(folder), true),
        _ => return Err("usage: public-api-guard FOLDER [--update]".into()),
    };
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut failed = false;
    let mut core = Vec::new();
    for (package, library, allowed) in PACKAGES {
        let path = folder.join(library).with_extension("json");
        let text = fs::read_to_string(&path).map_err(|it| format!("{}: {it}", path.display()))?;
        let json: Value = serde_json::from_str(&text)?;
        // `public_api` does not check the format: if it cannot read the file, the format is unknown.
        let api = match public_api::Builder::from_rustdoc_json(&path)
            .omit_blanket_impls(true)
            .build()
        {
            Ok(api) => api,
            Err(error) => {
                println!(
                    "The rustdoc of this Rust writes format {}, which the crate public-api cannot read ({error}).\n\
                     Raise its version in .ci/public-api/Cargo.toml.",
                    json["format_version"],
                );
                return Ok(ExitCode::from(SKIPPED));
            }
        };
        let lines: Vec<_> = api
            .items()
            .map(render)
            .filter(|it| is_promise(it))
            .collect();

        if library == CORE {
            core.clone_from(&lines);
        } else {
            for name in missing_re_exports(library, &lines, &core) {
                failed = true;
                println!("{package}: users can meet {CORE}::{name}: re-export it in `src/lib.rs`.");
            }
        }

        let named = named_crates(&lines).chain(re_exported_crates(&json)?);
        let named: BTreeSet<_> = named
            .filter(|it| it != library && !BUILT_IN.contains(&&**it))
            .collect();
        for name in named.iter().filter(|it| !allowed.contains(&&***it)) {
            failed = true;
            println!(
                "{package}: its public API names the crate {name}, which .ci/public-api/src/main.rs does not allow:"
            );
            let mentions = lines
                .iter()
                .filter(|it| paths(it).any(|it| root(it) == Some(name)));
            mentions.take(5).for_each(|it| println!("    {it}"));
        }
        for name in allowed.iter().filter(|it| !named.contains(**it)) {
            failed = true;
            println!(
                "{package}: .ci/public-api/src/main.rs allows {name}, which its public API does not name: remove it there."
            );
        }

        let actual = lines.join("\n") + "\n";
        let snapshot = snapshots.join(package).with_extension("txt");
        if update {
            fs::write(snapshot, actual)?;
        } else if fs::read_to_string(&snapshot).unwrap_or_default() != actual {
            failed = true;
            println!("{package}: its public API has changed:");
            show_difference(
                &snapshot,
                &actual,
                &folder.join(package).with_extension("public-api"),
            )?;
        }
    }
    if failed && !update {
        println!(
            "\nIf the change is intended, run `.ci/guards/public-api --update`, check `git diff` and commit it. Before a release, add\n\
             it to CHANGELOG.md. A new version of Rust may write the same API differently: the same command accepts that."
        );
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// `public_api` omits the `: ` between an associated type and its bound. Without it, the crate of the bound is not found.
fn render(item: &PublicItem) -> String {
    let mut text = String::new();
    for token in item.tokens() {
        let token = token.text();
        let word = |it: char| it.is_alphanumeric() || it == '_';
        if text.ends_with(word) && token.starts_with(word) {
            text.push_str(": ");
        }
        text.push_str(token);
    }
    text
}

/// Whether the line is a part of the API. Some compilers implement unstable traits for every type: these are not. Nor are the
/// pages of the manual, which are modules of the documentation only.
fn is_promise(line: &str) -> bool {
    let unstable = [
        "core::marker::Freeze",
        "core::marker::UnsafeUnpin",
        "core::marker::StructuralPartialEq",
    ];
    let is_unstable = line.starts_with("impl")
        && unstable
            .iter()
            .any(|it| line.contains(&format!("{it} for ")));
    !is_unstable && !line.starts_with("pub mod cors_core::manual")
}

/// The items of the core that an adapter does not re-export, although it names them, or something that it re-exports does.
fn missing_re_exports<'a>(
    library: &str,
    lines: &'a [String],
    core: &'a [String],
) -> BTreeSet<&'a str> {
    let exports = lines
        .iter()
        .filter_map(|it| it.strip_prefix("pub use ")?.strip_prefix(library))
        .filter_map(|it| it.strip_prefix("::"));
    let exports: BTreeSet<_> = exports.collect();
    let is_exported = |it: &str| exports.contains(it);
    // An exported module has all of its items. In the text of another crate, the modules of an item may be private.
    let item = |it: &'a str| {
        let mut names = it.strip_prefix(CORE)?.split("::");
        names.find(|it| is_exported(it) || it.starts_with(|it: char| it.is_uppercase()))
    };
    // A line belongs to the first item in it.
    let re_exported = core.iter().filter(|it| {
        let first = paths(it).find_map(item);
        first.is_some_and(is_exported)
    });
    let lines = re_exported
        .chain(lines)
        .filter(|it| !it.starts_with("impl"));
    lines
        .flat_map(|it| paths(it))
        .filter_map(item)
        .filter(|it| !is_exported(it))
        .collect()
}

fn named_crates(lines: &[String]) -> impl Iterator<Item = String> {
    lines
        .iter()
        .flat_map(|it| paths(it))
        .filter_map(root)
        .map(str::to_owned)
}

/// The parts of `line` that consist of the characters of a path, such as `core::fmt::Debug`.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    line.split(|it: char| !it.is_alphanumeric() && !"_:".contains(it))
}

/// The crate of a path, if it begins with one: neither `::Error` (after `<T as Trait>`) nor `Self::Error`.
fn root(path: &str) -> Option<&str> {
    let (root, _) = path.split_once("::")?;
    root.starts_with(|it: char| it.is_lowercase() || it == '_')
        .then_some(root)
}

/// The crates whose items are re-exported with `pub use`: the text has only the new name.
fn re_exported_crates(json: &Value) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut crates = BTreeSet::new();
    let index = json["index"].as_object().ok_or("no index")?;
    for item in index.values().filter(|it| it["visibility"] == "public") {
        let Some(id) = item["inner"]["use"]["id"].as_u64() else {
            continue;
        };
        let of = &json["paths"][id.to_string()]["crate_id"];
        let name = &json["external_crates"][of.to_string()]["name"];
        crates.extend(name.as_str().map(str::to_owned));
    }
    Ok(crates)
}

fn show_difference(snapshot: &Path, actual: &str, scratch: &Path) -> Result<(), Box<dyn Error>> {
    fs::write(scratch, actual)?;
    let empty = Path::new("/dev/null");
    let before = if snapshot.exists() { snapshot } else { empty };
    // The exit code only reports that there is a difference.
    Command::new("git")
        .args([
            "--no-pager",
            "diff",
            "--no-index",
            "--unified=0",
            "--no-color",
            "--",
        ])
        .args([before, scratch])
        .status()?;
    Ok(())
}
