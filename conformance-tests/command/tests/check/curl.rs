//! `--from-curl`.

use test_support::scripted::Sent;

use crate::server::{Server, response};
use crate::{Run, command, run, run_with_input};

/// Checks a curl command, in which `URL` is that of a server.
fn from_curl(curl: &str, args: &[&str]) -> (Run, Vec<Sent>) {
    let grant = [
        "access-control-allow-origin: https://app.example.com",
        "access-control-allow-credentials: true",
        "access-control-allow-methods: PUT, DELETE",
        "access-control-allow-headers: content-type, authorization, x-a",
    ];
    let server = Server::same(response("200 OK", &grant));
    let curl = curl.replace("URL/", &server.url());
    let run = run(command().args(["--from-curl", &curl]).args(args));
    (run, server.all())
}

/// As Chromium copies it.
const CHROMIUM: &str = r#"curl 'URL/items?a=1' \
  -X 'PUT' \
  -H 'accept: application/json, text/plain, */*' \
  -H 'accept-language: en-US,en;q=0.9' \
  -H 'cache-control: no-cache' \
  -H 'content-type: application/json' \
  -b 'session=1; theme=dark' \
  -H 'origin: https://app.example.com' \
  -H 'priority: u=1, i' \
  -H 'referer: https://app.example.com/' \
  -H 'sec-ch-ua: "Chromium";v="156"' \
  -H 'sec-fetch-mode: cors' \
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' \
  -H 'x-a: it'\''s' \
  --data-raw $'{"name":"it\'s","n":"a\\nb\u0021"}' \
  --compressed \
  --insecure"#;

#[test]
fn a_command_of_chromium() {
    let (run, sent) = from_curl(CHROMIUM, &[]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
    let [preflight, put] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!(preflight.line, "OPTIONS /items?a=1 HTTP/1.1");
    assert_eq!(
        preflight.value("access-control-request-headers"),
        Some("content-type,x-a")
    );
    assert_eq!(
        preflight.value("user-agent"),
        Some("Mozilla/5.0 (X11; Linux x86_64)")
    );
    assert_eq!(put.line, "PUT /items?a=1 HTTP/1.1");
    for (name, value) in [
        ("accept", Some("application/json, text/plain, */*")),
        ("accept-language", None),
        ("cache-control", None),
        ("content-type", Some("application/json")),
        ("cookie", Some("session=1; theme=dark")),
        ("origin", Some("https://app.example.com")),
        // That of the command itself.
        ("sec-fetch-mode", Some("cors")),
        ("x-a", Some("it's")),
    ] {
        assert_eq!(put.value(name), value, "{name}");
    }
    let body = br#"{"name":"it's","n":"a\nb!"}"#;
    assert_eq!(put.body, body);
    for note in [
        "note: headers that browsers set themselves are left out: accept-language, cache-control, priority, sec-ch-ua, \
         sec-fetch-mode; if the script sets one, add it with `-H`\n",
        "note: the command has a cookie, so the fetch is made with credentials\n",
        "note: any certificate is accepted",
    ] {
        assert!(run.stdout.contains(note), "{run:?}");
    }
}

#[test]
fn commands_by_hand() {
    const ORIGIN: &str = " -H 'Origin: https://app.example.com'";
    // The command, and the line, a header and the body of the last request.
    let rows = [
        ("curl URL/", "GET / HTTP/1.1", ("cookie", None), ""),
        (
            "/usr/bin/curl -sSL --url URL/a -o out.json",
            "GET /a HTTP/1.1",
            ("accept", Some("*/*")),
            "",
        ),
        ("curl -I URL/", "HEAD / HTTP/1.1", ("cookie", None), ""),
        (
            "curl -XDELETE URL/",
            "DELETE / HTTP/1.1",
            ("cookie", None),
            "",
        ),
        (
            "curl URL/ -d a=1 --data-raw @b --data-binary 'c d'",
            "POST / HTTP/1.1",
            ("content-type", Some("application/x-www-form-urlencoded")),
            "a=1&@b&c d",
        ),
        (
            "curl URL/ --json '{\"a\":' --json 1}",
            "POST / HTTP/1.1",
            ("content-type", Some("application/json")),
            "{\"a\":1}",
        ),
        (
            "curl URL/ -H 'Content-Type: text/plain' -d ------form",
            "POST / HTTP/1.1",
            ("content-type", Some("text/plain")),
            "------form",
        ),
        (
            "curl URL/ -H 'Cookie: a=1'",
            "GET / HTTP/1.1",
            ("cookie", Some("a=1")),
            "",
        ),
        (
            "curl URL/ -A Agent",
            "GET / HTTP/1.1",
            ("user-agent", Some("Agent")),
            "",
        ),
        (
            "curl URL/ -H 'Accept:' -H 'X-A;'",
            "GET / HTTP/1.1",
            ("accept", Some("*/*")),
            "",
        ),
        (
            "curl URL/ -u user:pass",
            "GET / HTTP/1.1",
            ("authorization", Some("Basic dXNlcjpwYXNz")),
            "",
        ),
        (
            "curl URL/ -u user",
            "GET / HTTP/1.1",
            ("authorization", Some("Basic dXNlcjo=")),
            "",
        ),
        (
            "curl \"URL/\" -H \"X-A: \\\"a\\\"\"",
            "GET / HTTP/1.1",
            ("x-a", Some("\"a\"")),
            "",
        ),
    ];
    for (curl, line, (name, value), body) in rows {
        let (run, sent) = from_curl(&format!("{curl}{ORIGIN}"), &[]);
        assert_eq!(
            (run.status, run.stderr.as_str()),
            (0, ""),
            "{curl}: {run:?}"
        );
        let last = sent.iter().rfind(|sent| sent.line == line);
        let last = last.unwrap_or_else(|| panic!("{curl}: {sent:?}"));
        assert_eq!(last.value(name), value, "{curl}");
        assert_eq!(last.body, body.as_bytes(), "{curl}");
    }
}

#[test]
fn the_origin() {
    // Referer is the page.
    let (run, sent) = from_curl("curl URL/ -e https://app.example.com/a?b", &[]);
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(sent[0].value("origin"), Some("https://app.example.com"));
    assert_eq!(sent[0].value("referer"), None);
    // The option is stronger.
    let (_, sent) = from_curl(CHROMIUM, &["--origin", "https://b.example"]);
    assert_eq!(sent[0].value("origin"), Some("https://b.example"));
    let (run, sent) = from_curl("curl URL/", &[]);
    let problem = "error: the curl command has neither Origin nor Referer; name the origin of the page with `--origin`\n";
    assert_eq!(
        (run.status, run.stderr.as_str(), sent.len()),
        (2, problem, 0)
    );
}

#[test]
fn options_are_stronger_than_the_command() {
    let args = [
        "-X",
        "DELETE",
        "-H",
        "X-A: 2",
        "-H",
        "Cache-Control: no-store",
        "--data",
        "text",
    ];
    let (_, sent) = from_curl(CHROMIUM, &args);
    let preflight = &sent[0];
    assert_eq!(
        preflight.value("access-control-request-method"),
        Some("DELETE")
    );
    let names = "cache-control,content-type,x-a";
    assert_eq!(
        preflight.value("access-control-request-headers"),
        Some(names)
    );
}

#[test]
fn commands_that_are_not_understood() {
    for (curl, problem) in [
        ("", "it is empty"),
        ("wget URL/", "it does not start with `curl`"),
        ("curl", "it has no URL"),
        (
            "curl URL/ URL/",
            "it has several URLs, of which `URL/` is the second; write one",
        ),
        (
            "curl example.com",
            "its URL `example.com`: it has no scheme; write a URL such as `https://api.example.com/items`",
        ),
        (
            "curl file:///etc/passwd",
            "its URL `file:///etc/passwd`: only http and https URLs are supported",
        ),
        (
            "curl URL/ -F a=b",
            "the option `-F` of curl is not supported; leave it out, or say the same with the options of this command",
        ),
        (
            "curl URL/ --proxy http://b.example",
            "the option `--proxy` of curl is not supported; leave it out, or say the same with the options of this command",
        ),
        (
            "curl URL/ -d @file",
            "the data `@file` is read from a file; write its content after `--data-raw`",
        ),
        (
            "curl URL/ -H @file",
            "`-H @file` reads headers from a file; write them as `NAME: VALUE`",
        ),
        (
            "curl URL/ -b jar.txt",
            "`-b jar.txt` reads cookies from a file; write them as `NAME=VALUE`",
        ),
        (
            "curl URL/ -H X-A",
            "its header `X-A` does not have the form `NAME: VALUE`",
        ),
        (
            "curl URL/ -H 'Origin: a.example'",
            "an origin must have the form `scheme://host`, `scheme://host:port` or `null`; perhaps `https://a.example`",
        ),
        ("curl 'URL/", "a quote is not closed"),
        ("curl URL/ -d \"a", "a quote is not closed"),
        ("curl URL/ -d $'a\\'", "a quote is not closed"),
        ("curl URL/ \\", "it ends with a `\\`"),
        (
            "curl URL/ | jq .",
            "`|` is not in quotes; write a single curl command without pipes and redirections",
        ),
        (
            "curl URL/ ; curl URL/",
            "`;` is not in quotes; write a single curl command without pipes and redirections",
        ),
        (
            "curl URL/\ncurl URL/",
            "it has several lines; write `\\` at the end of each but the last",
        ),
        (
            "curl URL/ -H \"Authorization: $TOKEN\"",
            "it has a variable of the shell after `$`; write its value, or put it in '...'",
        ),
        (
            "curl URL/ -d $(cat file)",
            "it has a command substitution, which is not run; write its value",
        ),
        (
            "curl URL/ -d `cat file`",
            "it has a command substitution, which is not run; write its value",
        ),
        ("curl URL/ -d $'\\xff'", "it has bytes that are not UTF-8"),
        (
            "curl URL/ -d $'a\\0b'",
            "it has a NUL byte, which no argument of a program can have",
        ),
        (
            "curl ^\"http://a.example/^\" -H ^\"a: b^\"",
            "this is the form for Windows; use \"Copy as cURL (bash)\"",
        ),
    ] {
        let curl = curl.replace("URL/", "http://URL/");
        let run = run(command().args(["--from-curl", &curl]));
        let line = format!("error: the curl command: {problem}\n");
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (2, ""),
            "{curl}: {run:?}"
        );
        assert_eq!(run.stderr.replace("http://URL/", "URL/"), line, "{curl}");
    }
}

/// Ten megabytes, which no argument can have, so they come by standard input.
#[test]
fn long_commands() {
    const LENGTH: usize = 10 << 20;
    let server = Server::same(response("200 OK", &["access-control-allow-origin: *"]));
    let url = server.url();
    let start = format!("curl {url} -H 'Origin: https://app.example.com' ");
    let from_input = |input: &str| run_with_input(command().args(["--from-curl", "-"]), input);

    let body = "a".repeat(LENGTH);
    let run = from_input(&format!(
        "{start}-H 'Content-Type: text/plain' --data-raw $'{body}'\n"
    ));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
    assert_eq!(server.next().body.len(), LENGTH);

    for (rest, problem) in [
        (
            format!("'{body}"),
            "the curl command: a quote is not closed",
        ),
        (
            "a ".repeat(LENGTH / 2),
            "the curl command: it has more than 10000 words",
        ),
        (
            "-H a:b ".repeat(LENGTH / 7),
            "the curl command: it has more than 10000 words",
        ),
        (
            " ".repeat(33 << 20),
            "the curl command has more than 32 MiB",
        ),
        (
            format!("--{body}"),
            "the curl command: the option `--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` of curl is not supported; leave it out, \
             or say the same with the options of this command",
        ),
    ] {
        let run = from_input(&format!("{start}{rest}"));
        assert_eq!((run.status, run.stderr), (2, format!("error: {problem}\n")));
    }
    assert!(server.all().is_empty());
}
