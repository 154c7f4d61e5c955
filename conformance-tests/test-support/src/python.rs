//! Programs from PyPI, in a virtual environment in Cargo's target folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::skip::skip;

/// A virtual environment, locked until this is dropped.
pub struct Environment {
    folder: PathBuf,
    _lock: File,
}

impl Environment {
    /// Creates or updates an environment with the newest versions of these packages. It is kept in
    /// `folder` for the next run. Returns `None` if that fails, so that the test is skipped; under
    /// `CI=true` this is a failure.
    ///
    /// `folder` is the test's `CARGO_TARGET_TMPDIR`, which Cargo sets for integration tests only.
    pub fn with(folder: &str, packages: &[&str]) -> Option<Self> {
        match Self::make(folder, packages) {
            Ok(environment) => Some(environment),
            Err(problem) => {
                let problem = format!(
                    "cannot install {} from PyPI: {problem:#}",
                    packages.join(" and ")
                );
                skip(&problem);
                None
            }
        }
    }

    /// A command for one of its programs.
    pub fn program(&self, name: &str) -> Command {
        Command::new(self.folder.join("bin").join(name))
    }

    fn make(folder: &str, packages: &[&str]) -> Result<Self> {
        let name = format!("python-{}", packages.join("-"));
        let folder = Path::new(folder).join(name);
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.join("lock"))?;
        lock.lock()?;
        // This also repairs an environment that was left incomplete.
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let environment = Self {
            folder,
            _lock: lock,
        };
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--upgrade",
            "--retries=2",
        ];
        run(environment.program("python").args(install).args(packages))?;
        let versions = "import sys, importlib.metadata as of\n\
                        print(*(f'{name} {of.version(name)}' for name in sys.argv[1:]), sep=', ')";
        let versions = environment
            .program("python")
            .args(["-c", versions])
            .args(packages)
            .output()?;
        eprint!("{}", String::from_utf8_lossy(&versions.stdout));
        Ok(environment)
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    let last = stderr.lines().last().unwrap_or_default();
    ensure!(output.status.success(), "{command:?}: {last}");
    Ok(())
}
