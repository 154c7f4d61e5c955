//! Which browsers are installed, and how to start them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process_group::Group;

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

/// A command that starts Firefox with a new profile and these lines of `user.js`; `None` if Firefox is not installed.
pub fn firefox(profile: &Path, preferences: &str) -> Option<Command> {
    let mut command = Command::new(find(&["firefox-esr", "firefox"])?);
    fs::write(profile.join("user.js"), [QUIET, preferences].concat()).unwrap();
    command.args(["--headless", "--no-remote"]);
    command.arg("--profile").arg(profile).env("HOME", profile);
    Some(command)
}

/// Firefox opens no dialogs and contacts no server on its own.
const QUIET: &str = r#"
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.security.https_first", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"#;

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

/// A virtual screen and its name.
pub fn screen() -> Option<(Group, String)> {
    let program = find(&["Xvfb"])?;
    // It picks a free display number and prints it.
    let screen = Group::start(Command::new(program).args(["-displayfd", "2", "-nolisten", "tcp"]));
    let number = screen.announced(|line| line.parse::<u32>().ok());
    Some((screen, format!(":{number}")))
}

/// The first of these programs that is installed.
fn find(programs: &[&str]) -> Option<String> {
    let mut programs = programs.iter();
    let program = programs.find(|program| Command::new(program).arg("--version").output().is_ok());
    program.map(|program| (*program).to_owned())
}
