//! Help, completions, man pages and colours.

use std::process::Command;

use crate::process::{Folder, Ran};

const ESCAPE: char = '\u{1b}';

/// Runs the command with these variables, and no others that have to do with colours.
fn cors(args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    Ran::of(
        command
            .args(args)
            .envs(variables.iter().copied())
            .output()
            .unwrap(),
    )
}

#[test]
fn colours_are_only_for_terminals_and_can_be_switched_off() {
    let folder = Folder::with(&[("policy.json", r#"{"allow_origins": ["https://a.com"]}"#)]);
    let policy = folder.path().join("policy.json");
    let explain = [
        "explain",
        "--policy",
        policy.to_str().unwrap(),
        "--origin",
        "https://a.com",
    ];
    let forced = ("CLICOLOR_FORCE", "1");
    let wider = folder.path().join("wider.json");
    folder.write("wider.json", r#"{"allow_origins": ["*"]}"#);
    let diff = ["diff", policy.to_str().unwrap(), wider.to_str().unwrap()];
    for args in [
        &explain[..],
        &diff,
        &["--help"],
        &["lint", "no-such-file.json"],
    ] {
        let has_colours = |variables: &[(&str, &str)]| {
            let ran = cors(args, variables);
            ran.stdout.contains(ESCAPE) || ran.stderr.contains(ESCAPE)
        };
        assert!(!has_colours(&[]), "{args:?}");
        assert!(has_colours(&[forced]), "{args:?}");
        assert!(!has_colours(&[forced, ("NO_COLOR", "1")]), "{args:?}");
    }
}

#[test]
fn the_help_is_one_screen() {
    let help = cors(&["--help"], &[]);
    assert_eq!((help.status, help.stderr.as_str()), (0, ""));
    assert!(help.stdout.lines().count() <= 30, "{}", help.stdout);
    assert!(
        help.stdout
            .contains("\n  Does this change of my policy let pages do more? "),
        "{}",
        help.stdout
    );
    assert_eq!(cors(&["-h"], &[]), help);
}

#[test]
fn completions_know_every_option() {
    for (shell, start) in [
        ("bash", "_cors() {"),
        ("zsh", "#compdef cors"),
        ("fish", "# Print an optspec"),
        ("powershell", "\nusing namespace"),
        ("elvish", "\nuse builtin"),
    ] {
        let ran = cors(&["completions", shell], &[]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
        assert!(
            ran.stdout.starts_with(start),
            "{shell}: {:.200}",
            ran.stdout
        );
        for option in ["forces-preflight", "input-format", "playground"] {
            assert!(ran.stdout.contains(option), "{shell}: {option}");
        }
    }
    for args in [&["completions"][..], &["completions", "tcsh"]] {
        let ran = cors(args, &[]);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    }
}

/// The shell itself reads the script, and completes.
#[cfg(unix)]
#[test]
fn bash_completes_a_command() {
    let folder = Folder::with(&[]);
    let script = cors(&["completions", "bash"], &[]).stdout;
    folder.write("completions", &script);
    let line = "bash -c 'source ./completions; COMP_WORDS=(cors exp); COMP_CWORD=1; _cors cors exp cors; echo ${COMPREPLY[@]}'";
    assert_eq!(folder.shell(line, &[]), Ran::new(0, "explain\n", ""));
}

#[test]
fn man_pages() {
    let main = cors(&["man"], &[]);
    assert_eq!((main.status, main.stderr.as_str()), (0, ""));
    assert!(
        main.stdout.contains(".TH cors 1 ") && main.stdout.contains("cors\\-explain(1)"),
        "{}",
        main.stdout
    );
    let explain = cors(&["man", "explain"], &[]).stdout;
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        explain.contains(&format!(".TH cors-explain 1  \"cors {version}\"")),
        "{explain}"
    );
    assert!(
        explain.contains("\\fB\\-\\-forces\\-preflight\\fR"),
        "{explain}"
    );
    let unknown = cors(&["man", "x"], &[]);
    assert_eq!((unknown.status, unknown.stdout.as_str()), (2, ""));
    assert!(
        unknown
            .stderr
            .starts_with("error: there is no command `x`; the commands are "),
        "{}",
        unknown.stderr
    );
}
