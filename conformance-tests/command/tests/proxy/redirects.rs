//! Redirects of the target stay at the proxy. Others are not followed.

use std::net::{Ipv4Addr, TcpListener};

use crate::running::{ORIGIN, Proxy};
use crate::upstream::Upstream;

fn location(response: &str) -> Option<&str> {
    let mut lines = response.lines();
    lines.find_map(|line| line.strip_prefix("location: "))
}

#[test]
fn redirects_within_the_target_lead_through_the_proxy() {
    let upstream = Upstream::start(|connection| {
        let (_, host) = connection.head.split_once("\r\nhost: ").unwrap();
        let host = host.lines().next().unwrap();
        let location = match connection.head.split_whitespace().nth(1).unwrap() {
            "/absolute" => format!("http://{host}/next?a=b#c"),
            "/relative" => "next".to_owned(),
            // A target that reads X-Forwarded-Host knows the address of the proxy.
            "/forwarded" => {
                let (_, host) = connection.head.split_once("x-forwarded-host: ").unwrap();
                format!("http://{}/next", host.lines().next().unwrap())
            }
            _ => format!("//{host}//evil.example/"),
        };
        connection.send(&format!(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
        ));
    });
    let proxy = Proxy::in_front_of(upstream.address);
    let localhost = proxy.address.replace("127.0.0.1", "localhost");
    for (path, expected) in [
        ("/absolute", "/next?a=b#c"),
        ("/relative", "/next"),
        ("/forwarded", "/next"),
        ("/slashes", "//evil.example/"),
    ] {
        for host in [&proxy.address, &localhost] {
            let line = format!("GET {path}");
            let response = proxy.request(&line, &[ORIGIN, &format!("host: {host}")], "");
            assert_eq!(
                location(&response),
                Some(&*format!("http://{host}{expected}"))
            );
        }
    }
    assert!(
        !proxy
            .log()
            .iter()
            .any(|line| line.contains("leaves the proxy"))
    );
}

#[test]
fn a_redirect_to_another_server_is_not_followed() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    other.set_nonblocking(true).unwrap();
    let address = other.local_addr().unwrap();
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://{address}/private\r\ncontent-length: 0\r\n\r\n"
    );
    let upstream = Upstream::responding(&redirect);
    let proxy = Proxy::in_front_of(upstream.address);
    let response = proxy.request("GET /", &[ORIGIN], "");
    assert!(response.starts_with("HTTP/1.1 302 Found\r\n"), "{response}");
    assert_eq!(
        location(&response),
        Some(&*format!("http://{address}/private"))
    );
    assert!(other.accept().is_err(), "the other server was contacted");
    let target = upstream.address;
    assert_eq!(
        proxy.log(),
        [format!(
            "GET / from http://localhost:3000 302: the redirect to http://{address} leaves the proxy, \
             which has the target http://{target}"
        )]
    );
}
