//! Counts instructions with callgrind. A benchmark runs itself under callgrind, and only instructions
//! within [`measured_requests`] are counted. Load on the machine does not affect the counts.

use crate::subject::App;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

/// Sends prepared requests. It is not inlined, so that callgrind and profilers find it by its name.
#[inline(never)]
pub fn measured_requests(app: &mut dyn App, count: usize) {
    for _ in 0..count {
        app.send();
    }
}

/// Callgrind supports one action at the end of a function: it stops counting at the end of
/// [`measured_requests`], and writes the counts at the end of this function.
#[inline(never)]
pub fn dumped_requests(app: &mut dyn App, count: usize) -> usize {
    measured_requests(app, count);
    black_box(count) // prevents a tail call, which would merge the two functions
}

/// Whether callgrind can run. Prints the reason if not.
pub fn is_installed() -> bool {
    let version = Command::new("valgrind").arg("--version").output();
    if let Err(error) = &version {
        println!("cannot run valgrind, so no instructions are counted: {error}");
    }
    version.is_ok()
}

/// This program under callgrind, without its arguments. Each call of [`dumped_requests`] writes a dump to
/// `folder`.
pub fn this_program(folder: &Path) -> io::Result<Command> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg("--toggle-collect=*measured_requests*")
        .arg("--dump-after=*dumped_requests*")
        .arg(format!(
            "--callgrind-out-file={}",
            folder.join("out").display()
        ))
        .arg(env::current_exe()?);
    Ok(command)
}

/// The number of instructions in a dump. Dumps are counted from 1.
pub fn read_dump(folder: &Path, number: usize) -> io::Result<f64> {
    let path = folder.join(format!("out.{number}"));
    let text = fs::read_to_string(&path)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = total.and_then(|total| total.trim().parse().ok());
    total.ok_or_else(|| io::Error::other(format!("{}: no totals", path.display())))
}
