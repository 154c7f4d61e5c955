//! The verdict and its reason, by the responses.

use crate::server::Server;
use crate::{check, check_on_terminal};

#[test]
fn verdicts() {
    const ANY: &str = "access-control-allow-origin: *";
    const PAGE_ONLY: &str = "access-control-allow-origin: https://app.example.com";
    const CREDENTIALS: &str = "access-control-allow-credentials: true";
    // Arguments, header lines of all responses, exit status and verdict.
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
            &["--data", "text", "--forces-preflight"],
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
            "blocked: preflight failed: Access-Control-Allow-Methods does not include PUT",
        ),
        (
            &["--credentials", "-H", "X-A: 1"],
            &[PAGE_ONLY, CREDENTIALS, "access-control-allow-headers: *"],
            1,
            "blocked: preflight failed: Access-Control-Allow-Headers does not include x-a",
        ),
        (
            &[],
            &[ANY, PAGE_ONLY],
            1,
            "blocked: CORS check failed: Access-Control-Allow-Origin is `*, https://app.example.com`, which is not the origin of the request",
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
        let server = Server::same(format!(
            "HTTP/1.1 200 OK\r\n{}\r\n\r\n",
            headers.join("\r\n")
        ));
        let run = check(&server.url(), args);
        assert_eq!(run.verdict(), verdict, "{args:?}");
        assert_eq!(
            (run.status, run.stderr.as_str()),
            (expected, ""),
            "{args:?}"
        );
        check_on_terminal(&server.url(), args).assert_no_control_characters();
    }
}
