//! Every manifest of this repository gets our packages from this repository. The registry has an unrelated crate called
//! `cors-core`, which is also the name of our folder and our library. With one wrong line, a manifest would fetch that
//! crate instead of ours.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;
use toml::Table;

/// The packages that others depend on.
const PUBLISHED: [&str; 5] = [
    "cors-decision",
    "cors-actix",
    "cors-axum",
    "cors-rocket",
    "cors-warp",
];

/// The adapter of the scoreboard for the unrelated crate, the only manifest that depends on it.
const ADAPTER: &str = "conformance-tests/scoreboard/adapters/cors-core";

/// The manifests of a repository except that of [`ADAPTER`], by their folder (relative to the root).
type Manifests = BTreeMap<PathBuf, Table>;

#[test]
fn our_packages_come_from_this_repository() {
    let manifests = manifests(&root());
    let packages: HashSet<_> = manifests.values().filter_map(package_name).collect();
    for expected in PUBLISHED {
        assert!(
            packages.contains(expected),
            "{expected} not among {packages:?}"
        );
    }
    // Beside the workspace's: the fuzz targets have a workspace of their own.
    assert!(manifests.contains_key(Path::new("cors-core/fuzz")));
    assert_eq!(mistakes(&manifests), Vec::<String>::new());
}

/// The same question to Cargo: what it resolved, for each lock file.
#[test]
fn no_lock_file_has_one_of_our_names_from_a_registry() {
    let manifests = manifests(&root());
    let names = names(&manifests);
    let mut seen = 0;
    for folder in manifests.keys() {
        let Ok(lock) = fs::read_to_string(root().join(folder).join("Cargo.lock")) else {
            continue;
        };
        seen += 1;
        let lock: Table = lock.parse().unwrap();
        for package in lock["package"].as_array().unwrap() {
            let name = package["name"].as_str().unwrap();
            let ours = names.contains(&plain(name)) && package.get("source").is_some();
            assert!(!ours, "{}/Cargo.lock: {package}", folder.display());
        }
    }
    assert!(seen > 0);
}

/// Cargo's resolver prefers such versions, yet takes a newer one without a word where none fits.
#[test]
fn no_dependency_of_a_published_package_needs_a_newer_rust() {
    let cargo = env::var("CARGO").unwrap_or("cargo".to_owned());
    let metadata = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--all-features",
            "--locked",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
    let metadata = serde_json::from_slice(&metadata.stdout).unwrap();
    assert_eq!(needs_newer_rust(&metadata), Vec::<String>::new());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn manifests(root: &Path) -> Manifests {
    let mut manifests = Manifests::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let manifest = root.join(&folder).join("Cargo.toml");
        if let Ok(manifest) = fs::read_to_string(manifest) {
            manifests.insert(folder.clone(), manifest.parse().unwrap());
        }
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            let inner = folder.join(&name);
            let is_searched = name != "target" && name != ".git" && inner != Path::new(ADAPTER);
            if entry.file_type().unwrap().is_dir() && is_searched {
                folders.push(inner);
            }
        }
    }
    manifests
}

fn package_name(manifest: &Table) -> Option<&str> {
    manifest.get("package")?.get("name")?.as_str()
}

/// As in the registry, where `-` and `_` are one.
fn plain(name: &str) -> String {
    name.replace('_', "-").to_ascii_lowercase()
}

/// What a dependency on ours may be called: the names of our packages, of their libraries and of their folders.
fn names(manifests: &Manifests) -> HashSet<String> {
    let mut names = HashSet::new();
    for (folder, manifest) in manifests {
        let Some(package) = package_name(manifest) else {
            continue;
        };
        names.insert(plain(package));
        let library = manifest.get("lib").and_then(|it| it.get("name"));
        names.extend(library.and_then(|it| it.as_str()).map(plain));
        let folder = folder.file_name().and_then(|it| it.to_str());
        names.extend(folder.filter(|it| it.starts_with("cors")).map(plain));
    }
    names
}

/// What is wrong with the dependencies on our packages, and with those that are called like one.
fn mistakes(manifests: &Manifests) -> Vec<String> {
    let names = names(manifests);
    let mut mistakes = Vec::new();
    for (folder, manifest) in manifests {
        for (key, dependency) in dependencies(manifest) {
            let package = dependency
                .get("package")
                .and_then(|it| it.as_str())
                .unwrap_or(key);
            let path = dependency.get("path").and_then(|it| it.as_str());
            let target = path.map(|it| manifests.get(&resolve(folder, it)).and_then(package_name));
            let ours = target.flatten().is_some()
                || names.contains(&plain(key))
                || names.contains(&plain(package));
            // The line of the workspace that is meant is looked at by itself; without one Cargo refuses the manifest.
            let inherited = dependency.get("workspace").and_then(|it| it.as_bool()) == Some(true);
            if !ours || inherited {
                continue;
            }
            let wrong = match target {
                None => "has no path to a package of this repository".to_owned(),
                Some(Some(name)) if name == package => continue,
                Some(Some(name)) => format!("has a path to a package called {name}"),
                Some(None) => "has a path to no package of this repository".to_owned(),
            };
            let manifest = folder.join("Cargo.toml");
            mistakes.push(format!(
                "{}: {package} (as {key}) {wrong}",
                manifest.display()
            ));
        }
    }
    mistakes
}

/// Of every table of dependencies there is: for a target or not, of the workspace, `[patch]`ed and `[replace]`d.
fn dependencies(table: &Table) -> Vec<(&str, &toml::Value)> {
    let mut found = Vec::new();
    for (key, value) in table {
        let Some(inner) = value.as_table() else {
            continue;
        };
        match key.as_str() {
            "dependencies" | "dev-dependencies" | "build-dependencies" | "dev_dependencies"
            | "build_dependencies" => {
                found.extend(inner.iter().map(|(key, it)| (key.as_str(), it)))
            }
            // `[workspace]`, `[target.'cfg(unix)']`, `[patch.crates-io]`.
            "workspace" => found.extend(dependencies(inner)),
            "target" => found.extend(
                inner
                    .values()
                    .filter_map(|it| it.as_table())
                    .flat_map(dependencies),
            ),
            "patch" => {
                let sources = inner.values().filter_map(|it| it.as_table());
                found.extend(sources.flatten().map(|(key, it)| (key.as_str(), it)));
            }
            "replace" => found.extend(
                inner
                    .iter()
                    .map(|(key, it)| (key.split(':').next().unwrap_or(key), it)),
            ),
            _ => {}
        }
    }
    found
}

/// `path` as seen from `folder`, without `.` and `..`.
fn resolve(folder: &Path, path: &str) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in folder.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if resolved.pop() => {}
            other => resolved.push(other),
        }
    }
    resolved
}

/// Packages that a published one is built with and whose `rust-version` is above its own.
fn needs_newer_rust(metadata: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let by_id = |list: Vec<Value>| -> HashMap<String, Value> {
        list.into_iter()
            .map(|it| (it["id"].as_str().unwrap().to_owned(), it))
            .collect()
    };
    let packages = by_id(list(&metadata["packages"]));
    let nodes = by_id(list(&metadata["resolve"]["nodes"]));
    let mut wrong = Vec::new();
    for name in PUBLISHED {
        let local = |it: &&Value| it["name"] == name && it["source"].is_null();
        let root = packages.values().find(local).unwrap();
        let minimum = rust_version(root).unwrap();
        let mut waiting = vec![root["id"].as_str().unwrap().to_owned()];
        let mut seen = HashSet::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            let package = &packages[&id];
            if rust_version(package) > Some(minimum) {
                let [needed, version] = [&package["rust_version"], &package["version"]];
                wrong.push(format!(
                    "{name}: {} {version} needs Rust {needed}",
                    package["name"]
                ));
            }
            for dependency in list(&nodes[&id]["deps"]) {
                if list(&dependency["dep_kinds"])
                    .iter()
                    .any(|it| it["kind"] != "dev")
                {
                    waiting.push(dependency["pkg"].as_str().unwrap().to_owned());
                }
            }
        }
    }
    wrong
}

fn rust_version(package: &Value) -> Option<[u64; 3]> {
    let version = package["rust_version"].as_str()?;
    let mut numbers = version.split('.').map(|it| it.parse().unwrap());
    Some([
        numbers.next().unwrap(),
        numbers.next().unwrap_or(0),
        numbers.next().unwrap_or(0),
    ])
}

/// What [`mistakes`] reports for `manifest` in a workspace with our core, which has its real names.
fn mistakes_beside_the_core(folder: &str, manifest: &str) -> Vec<String> {
    let core = "package.name = 'cors-decision'\nlib.name = 'cors_core'";
    let manifests = [
        ("cors-core", core),
        ("cors-actix", "package.name = 'cors-actix'"),
        (folder, manifest),
    ];
    let manifests = manifests.map(|(folder, it)| (PathBuf::from(folder), it.parse().unwrap()));
    mistakes(&manifests.into_iter().collect())
}

#[test]
fn a_correct_manifest_has_no_mistakes() {
    let right = [
        (
            "cors-axum",
            "[dependencies]\nserde = '1'\nactix-cors = '0.7'",
        ),
        (
            "cors-axum",
            "[dependencies]\ncors-decision.workspace = true",
        ),
        (
            "cors-axum",
            "[dependencies]\ncors-decision = { path = '../cors-core', version = '0.1.0' }",
        ),
        (
            "cors-core/fuzz",
            "[dependencies]\ncors-decision = { path = '..' }",
        ),
        (
            "",
            "[workspace.dependencies]\ncors-decision = { path = './cors-core/', version = '0.1.0' }",
        ),
        (
            "cors-axum",
            "[dependencies]\ncors-core = { package = 'cors-decision', path = '../cors-core' }",
        ),
        (
            "elsewhere",
            "[patch.crates-io]\ncors-decision = { path = '../cors-core' }",
        ),
    ];
    for (folder, manifest) in right {
        assert_eq!(
            mistakes_beside_the_core(folder, manifest),
            Vec::<String>::new(),
            "{manifest}"
        );
    }
}

#[test]
fn every_dependency_from_elsewhere_is_a_mistake() {
    let nothing = "has no path to a package of this repository";
    let nowhere = "has a path to no package of this repository";
    let wrong = [
        ("[dependencies]\ncors-core = '0.1'", nothing),
        ("[dependencies]\ncors_core = { version = '0.1' }", nothing),
        ("[dependencies]\ncors-decision = '0.1'", nothing),
        (
            "[dependencies]\ncors-decision = { git = 'https://git.example/cors' }",
            nothing,
        ),
        (
            "[dependencies]\ncors-decision = { version = '0.1', registry = 'other' }",
            nothing,
        ),
        (
            "[dependencies]\npolicy = { package = 'cors-core', version = '0.1' }",
            nothing,
        ),
        (
            "[dependencies]\ncors-decision = { package = 'else', version = '0.1' }",
            nothing,
        ),
        ("[dev-dependencies]\ncors-actix = '0.1'", nothing),
        ("[build-dependencies]\ncors-core = '0.1'", nothing),
        (
            "[target.'cfg(unix)'.dependencies]\ncors-core = '0.1'",
            nothing,
        ),
        ("[workspace.dependencies]\ncors-core = '0.1'", nothing),
        (
            "[patch.crates-io]\ncors-core = { git = 'https://git.example/cors' }",
            nothing,
        ),
        (
            "[replace]\n'cors-core:0.1.0' = { git = 'https://git.example/cors' }",
            nothing,
        ),
        (
            "[dependencies]\ncors-decision = { path = '../cors-decision', version = '0.1' }",
            nowhere,
        ),
        (
            "[dependencies]\ncors-decision = { path = '../../cors-core' }",
            nowhere,
        ),
        (
            "[dependencies]\ncors-core = { path = '../cors-core' }",
            "has a path to a package called cors-decision",
        ),
        (
            "[dependencies]\ncors-decision = { path = '../cors-actix' }",
            "has a path to a package called cors-actix",
        ),
    ];
    for (manifest, expected) in wrong {
        let mistakes = mistakes_beside_the_core("cors-axum", manifest);
        assert!(
            mistakes.len() == 1 && mistakes[0].ends_with(expected),
            "{manifest}: {mistakes:?}"
        );
    }
}

#[test]
fn a_newer_rust_is_noticed_except_in_tests() {
    let package = |id: &str, rust: Option<&str>| {
        let source = (!id.starts_with("cors-")).then_some("registry");
        serde_json::json!({ "id": id, "name": id, "version": "1.0.0", "source": source, "rust_version": rust })
    };
    let with = |rust, kind: Option<&str>| {
        let mut packages: Vec<_> = PUBLISHED.map(|it| package(it, Some("1.89"))).into();
        packages.extend([package("between", None), package("needy", Some(rust))]);
        let deps = serde_json::json!([{ "pkg": "needy", "dep_kinds": [{ "kind": kind }] }]);
        let nodes = serde_json::json!([
            { "id": "cors-warp", "deps": [{ "pkg": "between", "dep_kinds": [{ "kind": null }] }] },
            { "id": "between", "deps": deps },
        ]);
        // The other packages depend on nothing.
        let others = PUBLISHED
            .iter()
            .filter(|it| **it != "cors-warp")
            .chain(&["needy"]);
        let others = others.map(|it| serde_json::json!({ "id": it, "deps": [] }));
        let nodes: Vec<_> = nodes
            .as_array()
            .cloned()
            .unwrap()
            .into_iter()
            .chain(others)
            .collect();
        needs_newer_rust(
            &serde_json::json!({ "packages": packages, "resolve": { "nodes": nodes } }),
        )
    };
    assert_eq!(with("1.89.0", None), Vec::<String>::new());
    assert_eq!(with("1.99", Some("dev")), Vec::<String>::new());
    for (rust, kind) in [("1.89.1", None), ("1.100", None), ("2.0", Some("build"))] {
        assert_eq!(with(rust, kind).len(), 1, "{rust}");
    }
}
