//! Finds a browser, starts it, and ends all of its processes.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// A command that starts Chromium with a new profile; `None` if Chromium is not installed.
pub fn chromium(profile: &Path) -> Option<Command> {
    let program = env::var("CORS_BROWSER").ok();
    let known = ["chromium-headless-shell", "chromium", "google-chrome"];
    let mut command = Command::new(program.or_else(|| find(&known))?);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--remote-debugging-port=0",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--disable-features=LocalNetworkAccessChecks,HttpsUpgrades",
    ]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    Some(command)
}

/// The first of these programs that is installed.
pub fn find(programs: &[&str]) -> Option<String> {
    let mut programs = programs.iter();
    let program = programs.find(|program| Command::new(program).arg("--version").output().is_ok());
    program.map(|program| (*program).to_owned())
}

/// The browser that ships with WebKitGTK.
pub fn mini_browser() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib")
        .ok()?
        .flatten()
        .map(|entry| entry.path());
    let folders = folders.chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/libexec")]);
    let mut programs = folders.flat_map(|folder| {
        let versions = ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"];
        versions.map(|version| folder.join(version).join("MiniBrowser"))
    });
    programs.find(|program| program.exists())
}

/// Reports that tests are skipped. Under `CI=true` this is a failure.
pub fn skip(problem: &str) {
    assert_ne!(env::var("CI").as_deref(), Ok("true"), "{problem}");
    eprintln!("skipped: {problem}");
}

/// A program and all processes that it started. They end when this is dropped.
pub struct Group {
    leader: Child,
    lines: Receiver<String>,
}

impl Group {
    /// Starts the program in its own process group.
    pub fn start(command: &mut Command) -> Self {
        // Some programs are shell wrappers and a browser has many processes, hence the group.
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut leader = command.spawn().unwrap();
        let stderr = BufReader::new(leader.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        // Read to the end, so that the program never blocks on a full pipe.
        thread::spawn(move || {
            let lines = stderr.lines().map_while(Result::ok);
            lines.for_each(|line| drop(sender.send(line)));
        });
        Self { leader, lines }
    }

    /// Reads lines from standard error until `parse` returns a value, and returns that value.
    pub fn announced<T>(&self, parse: impl Fn(&str) -> Option<T>) -> T {
        let mut lines = self.lines.iter();
        let announced = lines.find_map(|line| parse(&line));
        announced.expect("the program reports that it is ready")
    }
}

/// A virtual screen and its name.
pub fn screen() -> Option<(Group, String)> {
    let program = find(&["Xvfb"])?;
    // It picks a free display number and prints it.
    let screen = Group::start(Command::new(program).args(["-displayfd", "2", "-nolisten", "tcp"]));
    let number = screen.announced(|line| line.parse::<u32>().ok());
    Some((screen, format!(":{number}")))
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.leader.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.leader.wait();
    }
}
