//! Wrong arguments.

use crate::{PAGE, command, run};

#[test]
fn wrong_usage() {
    let page = |args: &[&'static str]| [&["http://a.example/"], &PAGE[..], args].concat();
    for (args, problem) in [
        (
            vec!["ftp://a.example/", PAGE[0], PAGE[1]],
            "only http and https URLs are supported",
        ),
        (vec!["a.example", PAGE[0], PAGE[1]], "it has no scheme"),
        (vec!["http://a b/", PAGE[0], PAGE[1]], "invalid"),
        (vec!["http://a.example/"], "--origin <ORIGIN>"),
        (vec![PAGE[0], PAGE[1]], "<URL>"),
        (
            vec!["http://a.example/", "--origin", "app.example.com"],
            "`scheme://host`",
        ),
        (
            vec!["http://a.example/", "--origin", "*"],
            "`scheme://host`",
        ),
        (
            vec!["http://a.example/", "--origin", "https://A.example:443/"],
            "`https://a.example`",
        ),
        (
            vec!["http://a.example/", "--origin", "tauri://localhost/"],
            "`tauri://localhost`",
        ),
        (page(&["-H", "X-A"]), "NAME: VALUE"),
        (page(&["--browser", "opera"]), "firefox"),
        (page(&["--format", "xml"]), "json"),
        (page(&["--time-limit", "0"]), "at least 0.001 seconds"),
        (page(&["--time-limit", "NaN"]), "at least 0.001 seconds"),
        (page(&["--time-limit", "1e9"]), "at most a day"),
        (page(&["--time-limit", "soon"]), "a number of seconds"),
        (
            page(&["--follow-to", "https://b.example"]),
            "without scheme",
        ),
        (page(&["--follow-to", "b.example:80"]), "without scheme"),
        (page(&["--follow-to", "b.example/a"]), "without scheme"),
        (
            page(&["--from-curl", "curl http://b.example/"]),
            "cannot be used with",
        ),
    ] {
        let run = run(command().args(&args));
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(
            run.stderr.starts_with("error: ") && run.stderr.contains(problem),
            "{args:?} {run:?}"
        );
    }
}

#[test]
fn the_help_says_what_it_does_and_what_not() {
    let run = run(command().arg("--help"));
    // Lines may be wrapped.
    let help: Vec<&str> = run.stdout.split_whitespace().collect();
    let help = help.join(" ");
    for text in [
        "sends no cookies unless `--cookie`",
        "contacts no host that the command line does not name",
    ] {
        assert!(help.contains(text), "{run:?}");
    }
}
