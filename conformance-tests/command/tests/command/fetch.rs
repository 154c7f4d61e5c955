//! `cors fetch` with our own server, and with servers that send the response of a test row.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use test_support::process::Server;
use tokio::net::TcpSocket;

use crate::process::{cors, policy_file};

const PAGE: [&str; 2] = ["--origin", "https://app.example.com"];

#[test]
fn shows_requests_responses_and_the_verdict() {
    let policy = r#"{"allow_origins": ["https://app.example.com"], "allow_methods": ["PUT"],
        "allow_headers": ["X-A"], "allow_credentials": true, "expose_headers": ["X-Request-Id"]}"#;
    let (_folder, path) = policy_file("policy.json", policy);
    let mut serve = cors();
    serve.args(["serve", "--listen", "127.0.0.1:0", "--policy"]);
    let server = Server::start(serve.arg(path));
    let line = server.line_with("listening on ");
    let address = line.strip_prefix("listening on http://").unwrap();

    let put = ["-X", "put", "-H", "X-A: 1", "--credentials"];
    let readable = "\
> OPTIONS http://API/items (preflight)
>   access-control-request-method: PUT
>   access-control-request-headers: x-a
>   origin: https://app.example.com
< 200
<   access-control-allow-origin: https://app.example.com
<   access-control-allow-credentials: true
<   access-control-allow-methods: PUT
<   access-control-allow-headers: Accept, Accept-Language, Content-Language, Content-Type, X-A
<   access-control-max-age: 600
<   vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
> PUT http://API/items (with credentials)
>   origin: https://app.example.com
< 200
<   access-control-allow-origin: https://app.example.com
<   access-control-allow-credentials: true
<   access-control-expose-headers: X-Request-Id
<   vary: Origin
readable: status 200, headers content-length, x-request-id
";
    let url = format!("http://{address}/items");
    let (status, stdout, stderr) = fetch(&[&[url.as_str()], &PAGE[..], &put].concat());
    assert_eq!((status, stderr.as_str()), (0, ""));
    assert_eq!(stdout.replace(address, "API"), readable);

    let blocked = "\
> GET http://API/redirect
>   origin: https://evil.example
< 302
<   location: /
<   vary: Origin
blocked: CORS check failed: the response has no Access-Control-Allow-Origin header
";
    let url = format!("http://{address}/redirect");
    let (status, stdout, stderr) = fetch(&[&url, "--origin", "https://evil.example"]);
    assert_eq!((status, stderr.as_str()), (1, ""));
    assert_eq!(stdout.replace(address, "API"), blocked);

    let own = format!("http://{address}");
    let (status, stdout, _) = fetch(&[&url, "--origin", &own, "-X", "POST"]);
    let verdict = stdout.lines().last().unwrap();
    let end = "; same-origin, so CORS does not apply";
    assert_eq!(status, 0);
    assert!(
        verdict.starts_with("readable: ") && verdict.ends_with(end),
        "{verdict}"
    );
    assert!(
        stdout.contains("> GET http://"),
        "the redirect is followed: {stdout}"
    );
}

#[test]
fn verdicts() {
    const ANY: &str = "access-control-allow-origin: *";
    const PAGE_ONLY: &str = "access-control-allow-origin: https://app.example.com";
    const CREDENTIALS: &str = "access-control-allow-credentials: true";
    // Arguments, header lines of all responses, exit status and last line.
    let rows: [(&[&str], &[&str], i32, &str); 13] = [
        (&[], &[ANY], 0, "readable: status 200, no headers"),
        (
            &[],
            &[
                ANY,
                "Access-Control-Expose-Headers: x-b",
                "X-B: 1",
                "x-b: 2",
                "pragma: 1",
            ],
            0,
            "readable: status 200, headers pragma, x-b",
        ),
        (
            &["-X", "PUT"],
            &[ANY, "access-control-allow-methods: *"],
            0,
            "readable: status 200, no headers",
        ),
        (
            &["-H", "Authorization: 1", "--browser", "chromium"],
            &[ANY, "access-control-allow-headers: *"],
            0,
            "readable: status 200, no headers",
        ),
        (
            &["--body", "text", "--forces-preflight"],
            &[ANY],
            0,
            "readable: status 200, no headers",
        ),
        (
            &["-H", "Authorization: 1"],
            &[ANY, "access-control-allow-headers: *"],
            1,
            "blocked: preflight failed: Access-Control-Allow-Headers does not include authorization, which `*` does not cover",
        ),
        (
            &["--credentials"],
            &[ANY, CREDENTIALS],
            1,
            "blocked: CORS check failed: Access-Control-Allow-Origin is `*`, which is not valid for requests with credentials",
        ),
        (
            &["--credentials"],
            &[PAGE_ONLY],
            1,
            "blocked: CORS check failed: Access-Control-Allow-Credentials is not `true`, which requests with credentials require",
        ),
        (
            &["--credentials", "-X", "PUT"],
            &[PAGE_ONLY, CREDENTIALS, "access-control-allow-methods: *"],
            1,
            "blocked: preflight failed: Access-Control-Allow-Methods does not include PUT; `*` is not a wildcard for requests with credentials",
        ),
        (
            &["--credentials", "-H", "X-A: 1"],
            &[PAGE_ONLY, CREDENTIALS, "access-control-allow-headers: *"],
            1,
            "blocked: preflight failed: Access-Control-Allow-Headers does not include x-a; `*` is not a wildcard for requests with credentials",
        ),
        (
            &["--credentials", "-X", "PUT"],
            &[PAGE_ONLY, CREDENTIALS],
            1,
            "blocked: preflight failed: Access-Control-Allow-Methods does not include PUT",
        ),
        (
            &["--origin", "null"],
            &[PAGE_ONLY],
            1,
            "blocked: CORS check failed: Access-Control-Allow-Origin is `https://app.example.com`, which is not the origin of the request",
        ),
        (
            &[],
            &["access-control-allow-origin: \u{9b}31m"],
            1,
            "blocked: CORS check failed: Access-Control-Allow-Origin is `\\xc2\\x9b31m`, which is not the origin of the request",
        ),
    ];
    for (args, headers, expected, verdict) in rows {
        let head = format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", headers.join("\r\n"));
        let origin: &[&str] = if args.contains(&"--origin") {
            &[]
        } else {
            &PAGE
        };
        let api = Api::start(head);
        let url = format!("http://{}/", api.address);
        let (status, stdout, stderr) = fetch(&[&[url.as_str()], origin, args].concat());
        assert_eq!(stdout.lines().last(), Some(verdict), "{args:?} {stdout}");
        assert_eq!((status, stderr.as_str()), (expected, ""), "{args:?}");
        assert!(stdout.is_ascii(), "{stdout:?}");
    }
}

#[test]
fn missing_and_malformed_responses() {
    for (head, line) in [
        ("", "< no response: the server closed the connection"),
        // The client of the conformance tests reports the reason.
        ("HTTP/1.1 200 OK\r\nx-a:", "< no response: "),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n", "< no response: "),
    ] {
        let api = Api::start(head.to_owned());
        let (status, stdout, _) = fetch(&[&format!("http://{}", api.address), PAGE[0], PAGE[1]]);
        let lines: Vec<_> = stdout.lines().skip(2).collect();
        let [reason, verdict] = lines.as_slice() else {
            panic!("{stdout}")
        };
        assert!(reason.starts_with(line), "{reason}");
        assert_eq!((status, *verdict), (1, "blocked: no response"));
    }
    // A port that is reserved, so that no other program listens there.
    let reserved = TcpSocket::new_v4().unwrap();
    reserved.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = reserved.local_addr().unwrap();
    let (status, stdout, _) = fetch(&[&format!("http://{address}"), PAGE[0], PAGE[1]]);
    assert_eq!(
        (status, stdout.lines().last()),
        (1, Some("blocked: no response"))
    );
    // A blocked port: no request is sent.
    let (status, stdout, _) = fetch(&["http://127.0.0.1:22", PAGE[0], PAGE[1]]);
    assert_eq!((status, stdout.lines().count()), (1, 1), "{stdout}");
}

#[test]
fn an_unfinished_response_is_evaluated_by_its_head() {
    let head = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n\
                HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 9\r\n\r\n1";
    let api = Api::hanging(head.to_owned());
    let (status, stdout, _) = fetch(&[&format!("http://{}", api.address), PAGE[0], PAGE[1]]);
    let verdict = "readable: status 200, headers content-length";
    assert_eq!((status, stdout.lines().last()), (0, Some(verdict)));
}

#[test]
fn a_redirect_to_https_is_an_error() {
    let head = "HTTP/1.1 301 Moved\r\naccess-control-allow-origin: *\r\nlocation: https://a.example/\r\n\r\n";
    let api = Api::start(head.to_owned());
    let (status, stdout, stderr) = fetch(&[&format!("http://{}", api.address), PAGE[0], PAGE[1]]);
    let problem =
        "error: cannot follow the redirect to https://a.example/: only http is supported\n";
    assert_eq!((status, stderr.as_str()), (2, problem));
    assert!(
        !stdout.contains("readable: ") && !stdout.contains("blocked: "),
        "{stdout}"
    );
}

#[test]
fn sends_what_a_browser_sends() {
    // Arguments; the request line, the header lines except `Host` and some fixed ones, and the body.
    let rows: [(&[&str], &str, &[&str], &str); 5] = [
        (&[], "GET /a?b HTTP/1.1", &["accept: */*"], ""),
        (
            &["-H", "aCCept:  a "],
            "GET /a?b HTTP/1.1",
            &["accept: a"],
            "",
        ),
        (
            &["--body", "t\u{e9}xt"],
            "POST /a?b HTTP/1.1",
            &[
                "accept: */*",
                "content-length: 5",
                "content-type: text/plain;charset=UTF-8",
            ],
            "t\u{e9}xt",
        ),
        (
            &[
                "--body",
                "a=b",
                "-H",
                "Content-Type:application/x-www-form-urlencoded",
            ],
            "POST /a?b HTTP/1.1",
            &[
                "accept: */*",
                "content-length: 3",
                "content-type: application/x-www-form-urlencoded",
            ],
            "a=b",
        ),
        (
            &["-X", "post"],
            "POST /a?b HTTP/1.1",
            &["accept: */*", "content-length: 0"],
            "",
        ),
    ];
    for (args, request_line, lines, body) in rows {
        let api = Api::start("HTTP/1.1 200 OK\r\n\r\n".to_owned());
        let host = format!("host: {}", api.address);
        // The fragment stays in the browser.
        let url = format!("http://{}/a?b#c", api.address);
        fetch(&[&[url.as_str()], &PAGE[..], args].concat());
        let (sent, sent_body) = api.first_request();
        let mut expected: Vec<_> = lines.to_vec();
        expected.extend([
            host.as_str(),
            "connection: close",
            "origin: https://app.example.com",
        ]);
        expected.sort_unstable();
        assert_eq!(sent[0], request_line, "{args:?}");
        let mut sent = sent[1..].to_vec();
        sent.sort_unstable();
        assert_eq!(
            (sent, sent_body.as_str()),
            (expected.iter().map(|&line| line.to_owned()).collect(), body)
        );
    }
}

#[test]
fn wrong_usage() {
    for (args, problem) in [
        (
            &["https://a.example/", PAGE[0], PAGE[1]][..],
            "use the http address",
        ),
        (
            &["ftp://a.example/", PAGE[0], PAGE[1]],
            "only http URLs are supported",
        ),
        (
            &["a.example", PAGE[0], PAGE[1]],
            "relative URL without a base",
        ),
        (&["http://a.example/"], "--origin <ORIGIN>"),
        (
            &["http://a.example/", "--origin", "app.example.com"],
            "`scheme://host`",
        ),
        (&["http://a.example/", "--origin", "*"], "`scheme://host`"),
        (
            &["http://a.example/", "--origin", "https://A.example:443/"],
            "`https://a.example`",
        ),
        (
            &["http://a.example/", "--origin", "tauri://localhost/"],
            "`tauri://localhost`",
        ),
        (
            &["http://a.example/", PAGE[0], PAGE[1], "-H", "X-A"],
            "NAME: VALUE",
        ),
        (
            &["http://a.example/", PAGE[0], PAGE[1], "--browser", "opera"],
            "firefox",
        ),
    ] {
        let (status, stdout, stderr) = fetch(args);
        assert_eq!((status, stdout.as_str()), (2, ""), "{args:?}");
        assert!(
            stderr.starts_with("error: ") && stderr.contains(problem),
            "{args:?} {stderr}"
        );
    }
}

/// Returns status, standard output and standard error.
fn fetch(args: &[&str]) -> (i32, String, String) {
    let output = cors().arg("fetch").args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A server that sends the same response to every request.
struct Api {
    address: String,
    requests: std::sync::mpsc::Receiver<(Vec<String>, String)>,
}

impl Api {
    fn start(response: String) -> Self {
        Self::new(response, false)
    }

    /// A server that keeps the connection open until the client closes it.
    fn hanging(response: String) -> Self {
        Self::new(response, true)
    }

    fn new(response: String, waits: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, requests) = std::sync::mpsc::channel();
        // The thread ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&stream);
                stream.write_all(response.as_bytes()).unwrap();
                if waits {
                    let _ = stream.read(&mut [0]);
                }
                let _ = sender.send(request);
            }
        });
        Self { address, requests }
    }

    /// The lines, with names in lower case, and the body.
    fn first_request(&self) -> (Vec<String>, String) {
        self.requests
            .recv_timeout(test_support::process::PATIENCE)
            .unwrap()
    }
}

fn read(stream: &TcpStream) -> (Vec<String>, String) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some((name, value)) => head.push(format!("{}: {value}", name.to_lowercase())),
            None if line.trim_end().is_empty() => break,
            None => head.push(line.trim_end().to_owned()),
        }
    }
    let length = head
        .iter()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}
