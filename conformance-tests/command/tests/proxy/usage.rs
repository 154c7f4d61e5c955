//! The start of the proxy.

use std::net::{Ipv4Addr, TcpListener};

use crate::process::{cors, policy_file};
use crate::running::{POLICY, Proxy};

#[test]
fn the_start_says_what_the_proxy_does() {
    let proxy = Proxy::start("HTTPS://api.example.com/", POLICY, &[]);
    for line in [
        "target: https://api.example.com",
        "allowed origins: http://localhost:3000 (",
        "the CORS headers of the target are replaced; Origin and, with it, Sec-Fetch-Site are removed from \
         requests; cookies are removed in both directions",
        "press Ctrl-C to stop",
    ] {
        proxy.server.line_with(line);
    }
    assert_eq!(proxy.log(), [] as [&str; 0]);
}

#[test]
fn quiet() {
    let proxy = Proxy::start("http://127.0.0.1:3000", POLICY, &["--quiet"]);
    proxy.request("TRACE /", &[], "");
    assert_eq!(proxy.log(), [] as [&str; 0]);
}

/// Returns status and standard error of a proxy that does not start.
fn refused(policy: &str, args: &[&str]) -> (Option<i32>, String) {
    let (folder, path) = policy_file("policy.json", policy);
    let output = cors()
        .args(["proxy", "--policy"])
        .arg(&path)
        .args(args)
        .env("SSL_CERT_FILE", &path) // without a certificate
        .env("SSL_CERT_DIR", folder.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let stderr = stderr.replace(path.to_str().unwrap(), "FILE");
    (output.status.code(), stderr)
}

#[test]
fn a_wrong_policy_is_reported_as_by_lint() {
    let wrong = r#"{"allow_origins": ["https://example.com/"], "allowed_methods": ["GET"]}"#;
    let expected = "\
FILE: error: `allowed_methods`: unknown key; did you mean `allow_methods`?
FILE: error: allow_origins[0]: `https://example.com/`: an origin ends with the host or the port, without a slash; use `https://example.com`
";
    let args = ["--target", "http://localhost:3000", "--port", "0"];
    assert_eq!(refused(wrong, &args), (Some(2), expected.to_owned()));
}

#[test]
fn wrong_usage_exits_with_2() {
    for (args, expected) in [
        (&[][..], "--target <URL>"),
        (
            &["--target", "localhost:3000"],
            "the scheme localhost is not supported",
        ),
        (
            &["--target", "http://example.com/v1"],
            "use http://example.com",
        ),
        (
            &["--target", "http://localhost", "--bind", "localhost"],
            "invalid IP address",
        ),
        (
            &["--target", "http://localhost", "--host", "*.test"],
            "a pattern is not a name",
        ),
        (
            &["--target", "http://localhost", "--timeout", "0"],
            "--timeout <SECONDS>",
        ),
    ] {
        let (status, stderr) = refused(POLICY, args);
        assert_eq!(status, Some(2), "{args:?}: {stderr}");
        assert!(stderr.starts_with("error: "), "{args:?}: {stderr}");
        assert!(stderr.contains(expected), "{args:?}: {stderr}");
    }
}

#[test]
fn a_start_that_fails_exits_with_2() {
    let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = holder.local_addr().unwrap().port().to_string();
    let target = ["--target", "http://localhost:3000", "--port"];
    let (status, stderr) = refused(POLICY, &[&target[..], &[&port]].concat());
    assert_eq!(status, Some(2));
    let start = format!("error: cannot listen on 127.0.0.1:{port}: ");
    assert!(stderr.starts_with(&start), "{stderr}");

    let (status, stderr) = refused(
        POLICY,
        &["--target", "https://localhost:3000", "--port", "0"],
    );
    assert_eq!(status, Some(2));
    assert!(
        stderr.starts_with("error: this machine trusts no certificate authority"),
        "{stderr}"
    );
}
