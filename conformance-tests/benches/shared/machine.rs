//! Where it was measured, and with which versions.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// Markdown.
pub(crate) fn describe() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown CPU", |model| {
        model.trim_start_matches([' ', '\t', ':'])
    });
    let cores = available_parallelism().map_or(1, usize::from);
    let rustc = said("rustc", &["--version"]);
    let direct = [
        "--edges=normal,dev",
        "--depth=1",
        "--prefix=none",
        "--package=conformance-tests",
    ];
    let tree = said(env!("CARGO"), &[&["tree"], &direct[..]].concat());
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

/// How many programs have wanted to run in the last minute.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// What a command prints; nothing if it fails.
pub(crate) fn said(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let stdout = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&stdout).into_owned()
}
