//! Cookies pass only if they are asked for.

use crate::running::{ORIGIN, POLICY, Proxy};
use crate::upstream::Upstream;

const RESPONSE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\
    set-cookie: a=1; Domain=api.example.com; Path=/; Secure; HttpOnly\r\nset-cookie: b=2\r\n\
    clear-site-data: \"cookies\"\r\n\r\n";

fn set_by(response: &str) -> Vec<&str> {
    let lines = response.lines();
    lines
        .filter_map(|line| line.strip_prefix("set-cookie: "))
        .collect()
}

#[test]
fn cookies_are_removed_in_both_directions() {
    let upstream = Upstream::responding(RESPONSE);
    let proxy = Proxy::in_front_of(upstream.address);
    let response = proxy.request("GET /", &[ORIGIN, "cookie: a=1"], "");
    assert_eq!(set_by(&response), [] as [&str; 0]);
    assert!(!response.contains("clear-site-data"), "{response}");
    assert!(!upstream.next().contains("cookie"));
    proxy
        .server
        .line_with("cookies are removed in both directions");
}

#[test]
fn cookies_pass_with_the_option() {
    let upstream = Upstream::responding(RESPONSE);
    let target = format!("http://{}", upstream.address);
    let policy = r#"{"allow_origins": ["http://localhost:3000"], "allow_credentials": true}"#;
    let proxy = Proxy::start(&target, policy, &["--cookies"]);
    let response = proxy.request("GET /", &[ORIGIN, "cookie: a=1; c=3"], "");
    assert_eq!(set_by(&response), ["a=1; Path=/; Secure; HttpOnly", "b=2"]);
    assert!(
        response.contains("clear-site-data: \"cookies\"\r\n"),
        "{response}"
    );
    assert!(
        response.contains("access-control-allow-credentials: true\r\n"),
        "{response}"
    );
    assert!(upstream.next().contains("cookie: a=1; c=3\r\n"));
    proxy.server.line_with("cookies pass in both directions");
}

#[test]
fn a_policy_and_an_option_that_do_not_match_are_reported() {
    let credentials = r#"{"allow_origins": ["http://localhost:3000"], "allow_credentials": true}"#;
    let target = "http://127.0.0.1:3000";
    for (policy, args, expected) in [
        (
            credentials,
            &[][..],
            "warning: the policy allows credentials, but cookies are removed",
        ),
        (
            POLICY,
            &["--cookies"],
            "warning: --cookies has little effect",
        ),
    ] {
        let proxy = Proxy::start(target, policy, args);
        proxy.server.line_with("press Ctrl-C to stop");
        proxy.request("TRACE /", &[], ""); // After its response, everything before it is written.
        let log = proxy.log();
        assert!(log[0].starts_with(expected), "{log:?}");
    }
}
