//! The scoreboard, which Python scripts write.

use std::env;
use std::path::Path;
use std::process::{Command, Output};

fn python(arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scoreboard");
    let mut command = Command::new("python3");
    // Without `-B`, it writes into the source folder.
    let command = command.arg("-B").args(arguments).current_dir(folder);
    command.output().expect("python3 starts")
}

/// Whether Python is as new as the scripts need. In CI, it must be.
fn has_python() -> bool {
    let mut command = Command::new("python3");
    let output = command.args(["-c", "import tomllib"]).output();
    let is_new = output.is_ok_and(|output| output.status.success());
    if !is_new {
        assert_ne!(env::var("CI").as_deref(), Ok("true"), "no Python 3.11");
        eprintln!("skipped: no Python 3.11");
    }
    is_new
}

#[test]
fn the_page_is_what_the_results_give() {
    if has_python() {
        let output = python(&["page.py", "--check"]);
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn the_tests_of_the_scripts_pass() {
    if has_python() {
        let output = python(&["-m", "unittest", "tests"]);
        assert!(output.status.success(), "{output:?}");
    }
}
