//! Redirects, and hosts that the command line does not name.

use crate::check;
use crate::server::{Server, response};

const ANY: &str = "access-control-allow-origin: *";

fn redirect(to: &str) -> String {
    response("302 Found", &[ANY, &format!("location: {to}")])
}

#[test]
fn the_same_host_is_followed_hop_by_hop() {
    let last = Server::same(response("200 OK", &[ANY]));
    let second = Server::same(redirect(&last.url()));
    let to_second = format!("{}b", second.url());
    let first = Server::start(move |sent| match sent.line.as_str() {
        "GET / HTTP/1.1" => redirect("/a").into(),
        _ => redirect(&to_second).into(),
    });
    let run = check(&first.url(), &[]);
    assert_eq!(run.status, 0, "{run:?}");
    let page = Some("https://app.example.com");
    assert_eq!(first.next().value("origin"), page);
    assert_eq!(first.next().line, "GET /a HTTP/1.1");
    // From another origin to a different one, so it is tainted.
    assert_eq!(second.next().value("origin"), Some("null"));
    assert_eq!(last.next().value("origin"), Some("null"));
}

#[test]
fn nothing_is_sent_to_a_host_that_is_not_named() {
    let other = Server::same(response("200 OK", &[ANY]));
    let target = format!("http://localhost:{}/login", other.port());
    let server = Server::same(redirect(&target));
    let run = check(&server.url(), &[]);
    let reason = format!(
        "a redirect leads to {target}, and the command line does not name this host; to send requests there, too, add \
         `--follow-to localhost`"
    );
    assert_eq!(
        (run.status, &run.stderr),
        (2, &format!("error: {reason}\n"))
    );
    assert_eq!(run.verdict(), format!("stopped: {reason}"));
    assert!(!run.stdout.contains(&format!("> GET {target}")), "{run:?}");
    assert!(other.all().is_empty());

    let run = check(&server.url(), &["--follow-to", "LOCALHOST"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(other.next().line, "GET /login HTTP/1.1");
}

/// Browsers send a user name only when the server asks for it, and never as a part of `Host`.
#[test]
fn no_host_contains_a_user_name() {
    let server = Server::start(|sent| match sent.line.as_str() {
        "GET / HTTP/1.1" => {
            let host = sent.value("host").unwrap();
            redirect(&format!("http://user:password@{host}/a")).into()
        }
        _ => response("200 OK", &[]).into(),
    });
    let own = format!("http://{}", server.address);
    let run = check(&server.url(), &["--origin", &own]);
    assert_eq!(run.status, 0, "{run:?}");
    let hosts = server.all();
    let hosts: Vec<_> = hosts.iter().map(|sent| sent.value("host")).collect();
    assert_eq!(hosts, [Some(server.address.as_str()); 2]);
    // Chromium does not follow the redirect at all.
    let run = check(&server.url(), &["--origin", &own, "--browser", "chromium"]);
    assert_eq!((run.status, server.all().len()), (1, 1), "{run:?}");
}

/// What is known without the other host is reported.
#[test]
fn a_redirect_that_is_blocked_anyway() {
    let location = "location: https://login.example.com/";
    let run = check(&Server::same(response("302 Found", &[location])).url(), &[]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(
        run.verdict().contains("no Access-Control-Allow-Origin"),
        "{run:?}"
    );

    // A preflight is never redirected.
    let run = check(
        &Server::same(response("302 Found", &[ANY, location])).url(),
        &["-X", "PUT"],
    );
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.verdict().contains("status 302"), "{run:?}");
}

#[test]
fn other_hosts_get_no_cookies() {
    let allowed = [
        "access-control-allow-origin: null",
        "access-control-allow-credentials: true",
    ];
    let other = Server::same(response("200 OK", &allowed));
    let target = format!("location: http://localhost:{}/", other.port());
    let page = [
        "access-control-allow-origin: https://app.example.com",
        "access-control-allow-credentials: true",
        target.as_str(),
    ];
    let server = Server::same(response("307 Temporary Redirect", &page));
    let run = check(
        &server.url(),
        &["--cookie", "a=b", "--follow-to", "localhost"],
    );
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(server.next().value("cookie"), Some("a=b"));
    assert_eq!(other.next().value("cookie"), None);
}

#[test]
fn redirects_without_an_end() {
    let server = Server::start(|_| redirect("/").into());
    let run = check(&server.url(), &[]);
    assert_eq!(run.status, 1, "{run:?}");
    assert_eq!(
        run.verdict(),
        "blocked: redirect failed: there are more than 20 redirects"
    );
}
