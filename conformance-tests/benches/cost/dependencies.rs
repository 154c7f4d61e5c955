//! The number of crates that each middleware adds to an application of its framework, and the time
//! that the core takes to compile from scratch.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

#[derive(Debug)]
pub(crate) struct Dependencies {
    /// Framework, middleware, and the number of crates that it adds, including itself.
    pub(crate) added: Vec<(&'static str, &'static str, usize)>,
    /// The compile time of the core in seconds, with default features and the development profile.
    pub(crate) core_compiles_in: f64,
}

const AXUM: &str = r#"axum = "0.8""#;
const ACTIX: &str = r#"actix-web = "4""#;
const ROCKET: &str = r#"rocket = "0.5""#;
const WARP: &str = r#"warp = { version = "0.4", features = ["server"] }"#;

const MIDDLEWARE: [(&str, &str, &str); 8] = [
    (
        AXUM,
        "tower-http",
        r#"tower-http = { version = "0.7", features = ["cors"] }"#,
    ),
    (AXUM, "cors-axum", OWN),
    (ACTIX, "actix-cors", r#"actix-cors = "0.7""#),
    (ACTIX, "cors-actix", OWN),
    (ROCKET, "rocket_cors", r#"rocket_cors = "0.6""#),
    (ROCKET, "cors-rocket", OWN),
    (WARP, "warp::cors", ""),
    (WARP, "cors-warp", OWN),
];

/// A crate of this workspace.
const OWN: &str = "own";

impl Dependencies {
    pub(crate) fn count() -> io::Result<Self> {
        eprintln!("dependencies");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let added = MIDDLEWARE.into_iter().map(|(framework, name, line)| {
            let line = match line {
                OWN => format!("{name} = {{ path = {:?} }}", workspace.join(name)),
                line => line.to_owned(),
            };
            let (with, without) = (tree(&[framework, &line])?, tree(&[framework])?);
            let framework = framework.split(' ').next().unwrap_or_default();
            Ok((framework, name, with.difference(&without).count()))
        });
        Ok(Self {
            added: added.collect::<io::Result<_>>()?,
            core_compiles_in: compile_core(&workspace)?,
        })
    }
}

/// The names and versions of all crates of an application with these dependencies.
fn tree(dependencies: &[&str]) -> io::Result<BTreeSet<String>> {
    let folder = tempfile::tempdir()?;
    let package = "[package]\nname = \"application\"\nedition = \"2024\"\n\n[dependencies]\n";
    fs::write(
        folder.path().join("Cargo.toml"),
        package.to_owned() + &dependencies.join("\n"),
    )?;
    fs::create_dir(folder.path().join("src"))?;
    fs::write(folder.path().join("src/lib.rs"), "")?;
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    fs::copy(lock, folder.path().join("Cargo.lock"))?;
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--edges=normal", "--prefix=none", "--format={p}"])
        .current_dir(folder.path())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    // Name and version.
    let line = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(text
        .lines()
        .map(line)
        .filter(|line| !line.is_empty())
        .collect())
}

fn compile_core(workspace: &Path) -> io::Result<f64> {
    let target = tempfile::tempdir()?;
    let start = Instant::now();
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--offline",
            "--package=cors-decision",
            "--target-dir",
        ])
        .arg(target.path())
        .current_dir(workspace)
        .status()?;
    if status.success() {
        Ok(start.elapsed().as_secs_f64())
    } else {
        Err(io::Error::other("cors-decision does not compile"))
    }
}
