//! `cors diff`

use serde_json::{Value, json};

use crate::process::{Folder, Ran};

const OLD: &str = r#"{"allow_origins": ["https://example.com"], "allow_methods": ["GET", "PUT"]}"#;
const WIDER: &str = r#"{"allow_origins": ["https://example.com", "https://*.example.com"]}"#;
const NARROWER: &str = r#"{"allow_origins": ["https://example.com"]}"#;

const WIDENED: &str = "\
widened: pages that `https://*.example.com` allows, such as `https://a.example.com`, can now read responses
narrowed: pages of allowed origins, such as `https://example.com`, can no longer send `PUT`
";
const NARROWED: &str =
    "narrowed: pages of allowed origins, such as `https://example.com`, can no longer send `PUT`\n";

fn policies() -> Folder {
    Folder::with(&[
        ("old.json", OLD),
        ("wider.json", WIDER),
        ("narrower.json", NARROWER),
        (
            "old.toml",
            "[server.cors]\nallow_origins = ['https://example.com']\nallow_methods = ['PUT', 'GET']\n",
        ),
        ("app.json", &format!(r#"{{"server": {{"cors": {WIDER}}}}}"#)),
        (
            "wrong.json",
            r#"{"allow_origins": ["https://example.com/"]}"#,
        ),
        ("broken.json", "{"),
    ])
}

#[test]
fn fails_only_if_access_is_widened() {
    let folder = policies();
    for (old, new, expected) in [
        ("old.json", "old.json", Ran::new(0, "no difference\n", "")),
        ("old.json", "narrower.json", Ran::new(0, NARROWED, "")),
        ("old.json", "wider.json", Ran::new(1, WIDENED, "")),
    ] {
        assert_eq!(folder.cors(&["diff", old, new]), expected, "{old} {new}");
    }
    let back = folder.cors(&["diff", "wider.json", "old.json"]);
    assert_eq!(back.status, 1);
    assert!(back.stdout.starts_with(
        "widened: pages of allowed origins, such as `https://example.com`, can now send `PUT`\n"
    ));
}

#[test]
fn prints_the_differences_of_the_core_as_json() {
    let folder = policies();
    let ran = folder.cors(&["diff", "old.json", "wider.json", "--format", "json"]);
    let [widened, narrowed] = WIDENED.lines().collect::<Vec<_>>()[..] else {
        panic!("two lines")
    };
    let expected = json!({
        "widens": true,
        "differences": [
            {
                "change": "widened",
                "permission": "read",
                "origin": "https://a.example.com",
                "entry": "https://*.example.com",
                "more": 0,
                "message": widened,
            },
            {
                "change": "narrowed",
                "permission": "send-method",
                "origin": "https://example.com",
                "method": "PUT",
                "message": narrowed,
            },
        ],
    });
    assert_eq!((ran.status, ran.stderr.as_str()), (1, ""));
    assert_eq!(
        serde_json::from_str::<Value>(&ran.stdout).unwrap(),
        expected
    );
    let same = folder.cors(&["diff", "old.json", "old.json", "--format", "json"]);
    let expected = json!({ "widens": false, "differences": [] });
    assert_eq!(
        (
            same.status,
            serde_json::from_str::<Value>(&same.stdout).unwrap()
        ),
        (0, expected)
    );
}

#[test]
fn reads_tables_both_formats_and_standard_input() {
    let folder = policies();
    let key = ["--key", "server.cors"];
    let tables = folder.cors(&[&["diff", "old.toml", "app.json"], &key[..]].concat());
    assert_eq!(tables, Ran::new(1, WIDENED, ""));
    assert_eq!(
        folder.cors_reading(OLD, &["diff", "-", "wider.json"]),
        Ran::new(1, WIDENED, "")
    );
    assert_eq!(
        folder.cors_reading(WIDER, &["diff", "old.json", "-"]),
        Ran::new(1, WIDENED, "")
    );
}

#[test]
fn without_two_policies_the_status_is_2() {
    let folder = policies();
    let not_found = std::fs::read(folder.path().join("none.json")).unwrap_err();
    for (args, problem) in [
        (&["-", "-"][..], "error: only one of the two policies can be read from standard input; give the other as a file".to_owned()),
        (&["none.json", "old.json"], format!("error: none.json: cannot read the file: {not_found}")),
        (&["old.json", "old.yaml"], "error: old.yaml: a policy file must have the extension .json or .toml".to_owned()),
        (&["old.json", "broken.json"], "error: broken.json: invalid JSON: EOF while parsing an object at line 1 column 1".to_owned()),
        (&["old.json", "wrong.json"], "wrong.json: error: allow_origins[0]: `https://example.com/`: an origin ends with the host or the port, \
                                       without a slash; use `https://example.com`".to_owned()),
        (&["old.json", "old.toml", "--key", "cors"], "error: old.json: there is no table `cors`".to_owned()),
    ] {
        let ran = folder.cors(&[&["diff"], args].concat());
        assert_eq!(ran, Ran::new(2, "", problem + "\n"));
    }
    for args in [
        &["diff", "old.json"][..],
        &["diff"],
        &["diff", "old.json", "old.json", "--format", "xml"],
    ] {
        let ran = folder.cors(args);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
}

#[test]
fn a_comparison_that_takes_too_long_does_not_succeed() {
    let folder = Folder::with(&[
        (
            "old.toml",
            r"allow_origin_regex = 'https://[abcd]*[ab][abcd]{9}\.com'",
        ),
        (
            "new.toml",
            r"allow_origin_regex = 'https://[abcd]*[ac][abcd]{9}\.com'",
        ),
    ]);
    let ran = folder.cors(&["diff", "old.toml", "new.toml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr
            .starts_with("error: cannot compare the policies: "),
        "{}",
        ran.stderr
    );
}

/// The commands that the README gives for a GitHub Action and for pre-commit, in a real repository.
#[cfg(unix)]
#[test]
fn the_commands_of_the_readme_work() {
    let readme = include_str!("../../README.md");
    let line_with = |start: &str| {
        let mut lines = readme.lines().map(str::trim_start);
        lines.find_map(|line| line.strip_prefix(start)).unwrap()
    };
    let lint = line_with("- run: cors lint");
    let action = format!("git show {}", line_with("run: git show "));
    let hook = line_with("entry: ");
    let base = [("GITHUB_BASE_REF", "main")];

    let folder = Folder::with(&[("cors.json", OLD)]);
    let git = "git init -q -b main . && git add cors.json \
               && git -c user.name=a -c user.email=a@example.com commit -q -m 1 \
               && git update-ref refs/remotes/origin/main HEAD";
    assert_eq!(folder.shell(git, &[]), Ran::new(0, "", ""));
    for line in [&action, hook] {
        assert_eq!(
            folder.shell(line, &base),
            Ran::new(0, "no difference\n", ""),
            "{line}"
        );
    }
    folder.write("cors.json", WIDER);
    assert_eq!(folder.shell(&format!("cors lint{lint}"), &[]).status, 0);
    for line in [&action, hook] {
        assert_eq!(
            folder.shell(line, &base),
            Ran::new(1, WIDENED, ""),
            "{line}"
        );
    }
    // Without an older version, the step fails.
    let missing = folder.shell(&action, &[("GITHUB_BASE_REF", "no-such-branch")]);
    assert_eq!(
        (missing.status, missing.stdout.as_str()),
        (2, ""),
        "{missing:?}"
    );
}
