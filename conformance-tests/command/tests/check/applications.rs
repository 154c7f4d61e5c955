//! Our own middleware in every framework, as `cors serve` runs it.

use conformance_tests::subject::FRAMEWORKS;
use test_support::process;

use crate::check;

const POLICY: &str = r#"{"allow_origins": ["https://app.example.com"], "allow_methods": ["PUT"],
    "allow_headers": ["X-A"], "allow_credentials": true, "expose_headers": ["X-Request-Id"]}"#;

#[test]
fn shows_requests_responses_and_the_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    std::fs::write(&policy, POLICY).unwrap();
    for framework in FRAMEWORKS {
        let mut serve = std::process::Command::new(env!("CARGO_BIN_EXE_cors"));
        serve.args([
            "serve",
            "--framework",
            framework.name,
            "--listen",
            "127.0.0.1:0",
            "--policy",
        ]);
        let server = process::Server::start(serve.arg(&policy));
        let address = &server.address();

        let put = ["-X", "put", "-H", "X-A: 1", "--credentials"];
        let readable = "\
> OPTIONS http://API/items (preflight)
>   access-control-request-method: PUT
>   access-control-request-headers: x-a
>   origin: https://app.example.com
< HTTP/1.1 200
<   access-control-allow-origin: https://app.example.com
<   access-control-allow-credentials: true
<   access-control-allow-methods: PUT
<   access-control-allow-headers: Accept, Accept-Language, Content-Language, Content-Type, X-A
<   access-control-max-age: 600
<   vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
> PUT http://API/items (with credentials)
>   origin: https://app.example.com
< HTTP/1.1 200
<   access-control-allow-origin: https://app.example.com
<   access-control-allow-credentials: true
<   access-control-expose-headers: X-Request-Id
<   vary: Origin
";
        let run = check(&format!("http://{address}/items"), &put);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
        let text = run.stdout.replace(address, "API");
        let sorted = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        // Not every framework preserves the order of headers.
        let exchanges: String = text
            .split_inclusive('\n')
            .filter(|line| line.starts_with(['>', '<']))
            .collect();
        assert_eq!(sorted(&exchanges), sorted(readable), "{}", framework.name);
        assert!(
            run.verdict()
                .starts_with("readable: status 200, headers content-length"),
            "{run:?}"
        );

        let run = check(
            &format!("http://{address}/redirect"),
            &["--origin", "https://evil.example"],
        );
        assert_eq!(run.status, 1, "{run:?}");
        assert!(
            run.verdict().contains("no Access-Control-Allow-Origin"),
            "{run:?}"
        );

        let own = format!("http://{address}");
        let run = check(
            &format!("{own}/redirect"),
            &["--origin", &own, "-X", "POST"],
        );
        assert_eq!(run.status, 0, "{run:?}");
        assert!(
            run.verdict()
                .ends_with("; same-origin, so CORS does not apply"),
            "{run:?}"
        );
        assert!(
            run.stdout.contains("> GET http://"),
            "the redirect is followed: {run:?}"
        );
    }
}
