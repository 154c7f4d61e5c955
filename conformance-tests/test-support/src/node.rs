//! Packages from npm, in Cargo's target folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::skip::skip;

/// A folder with packages, locked until this is dropped.
pub struct Packages {
    folder: PathBuf,
    _lock: File,
}

impl Packages {
    /// Installs these packages: the newest version, or that of a name such as `axe-core@4.14.1`. They are kept in `folder` for the next run. Returns `None` if that
    /// fails, so that the test is skipped; under `CI=true` this is a failure.
    ///
    /// `folder` is the test's `CARGO_TARGET_TMPDIR`, which Cargo sets for integration tests only.
    pub fn with(folder: &str, packages: &[&str]) -> Option<Self> {
        match Self::make(folder, packages) {
            Ok(packages) => Some(packages),
            Err(problem) => {
                let problem = format!(
                    "cannot install {} from npm: {problem:#}",
                    packages.join(" and ")
                );
                skip(&problem);
                None
            }
        }
    }

    /// A command that runs a script, which may be outside of the folder.
    pub fn node(&self, script: &str) -> Command {
        let mut node = Command::new("node");
        node.env("NODE_PATH", self.folder.join("node_modules"));
        node.arg(script);
        node
    }

    fn make(folder: &str, packages: &[&str]) -> Result<Self> {
        let name = format!("node-{}", packages.join("-"));
        let folder = Path::new(folder).join(name);
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.join("lock"))?;
        lock.lock()?;
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--no-save",
        ]);
        npm.arg("--prefix").arg(&folder);
        npm.args(packages.iter().map(|package| match version(package) {
            Some(_) => (*package).to_owned(),
            None => format!("{package}@latest"),
        }));
        let output = npm.output().with_context(|| format!("{npm:?}"))?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{npm:?}: {stderr}");
        for package in packages {
            let manifest = folder
                .join("node_modules")
                .join(name_of(package))
                .join("package.json");
            let manifest = fs::read_to_string(manifest)?;
            let mut lines = manifest.lines().map(str::trim);
            let version = lines.find(|line| line.starts_with("\"version\""));
            eprintln!("{package} {}", version.unwrap_or_default());
        }
        Ok(Self {
            folder,
            _lock: lock,
        })
    }
}

/// The version after a name. A name can also start with `@`.
fn version(package: &str) -> Option<&str> {
    let (name, version) = package.rsplit_once('@')?;
    (!name.is_empty()).then_some(version)
}

fn name_of(package: &str) -> &str {
    let version = version(package).map_or(0, |version| version.len() + 1);
    package.split_at(package.len() - version).0
}
