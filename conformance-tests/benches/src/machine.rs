//! A description of the machine and of the measured versions.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// Describes the machine and the versions, as Markdown.
pub fn describe() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown CPU", |model| {
        model.trim_start_matches([' ', '\t', ':'])
    });
    let cores = available_parallelism().map_or(1, usize::from);
    let rustc = stdout_of("rustc", &["--version"]);
    let direct = [
        "--edges=normal,dev",
        "--depth=1",
        "--prefix=none",
        "--package=cors-benchmarks",
    ];
    let tree = stdout_of(env!("CARGO"), &[&["tree"], &direct[..]].concat());
    let names = ["actix", "axum", "http", "rocket", "tower", "warp"];
    let versions = tree.lines().skip(1).filter(|line| {
        let name = line.split(' ').next().unwrap_or_default();
        let own = line.contains("(/");
        !own && names
            .iter()
            .any(|known| name.split(['-', '_']).next() == Some(*known))
    });
    let versions: BTreeSet<String> = versions.map(|line| line.replace(" (*)", "")).collect();
    format!(
        "Measured on {model}, {cores} cores; {}; release profile, no LTO; {}.\n",
        rustc.trim(),
        versions.into_iter().collect::<Vec<_>>().join(", ")
    )
}

/// Runs a command and returns its standard output; empty if it cannot be started.
pub fn stdout_of(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let stdout = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&stdout).into_owned()
}
