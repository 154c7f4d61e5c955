//! The names by which browsers reach the proxy. A request for another name is refused (DNS rebinding).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use cors_core::Config;

/// The origins of a proxy at this address, with other names of it. Some ports are errors: browsers do not use
/// them.
pub(crate) fn own_origins(address: SocketAddr, hosts: &[String]) -> Result<Vec<String>, String> {
    let origins = origins(address, hosts);
    match Config::new().own_origins(origins.clone()).build() {
        Ok(_) => Ok(origins),
        Err(error) => {
            let cause = error.errors().first().map(ToString::to_string);
            let cause = cause.unwrap_or_default();
            Err(format!(
                "browsers cannot use {address}: {cause}; choose another --port"
            ))
        }
    }
}

fn origins(address: SocketAddr, hosts: &[String]) -> Vec<String> {
    let port = address.port();
    let (v4, v6) = (Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into());
    let addresses: &[IpAddr] = match address.ip() {
        ip if ip.is_unspecified() => &[v4, v6],
        ip => &[ip],
    };
    let mut origins: Vec<_> = addresses
        .iter()
        .map(|&ip| origin(&host(ip), port))
        .collect();
    if addresses.iter().any(IpAddr::is_loopback) {
        origins.push(origin("localhost", port));
    }
    for name in hosts {
        match has_port(name) {
            true => origins.push(format!("http://{name}")),
            false => origins.extend([origin(name, port), origin(name, 80)]),
        }
    }
    origins.sort_unstable();
    origins.dedup();
    origins
}

/// Checks a name on the command line.
pub(crate) fn check(name: &str) -> Result<String, String> {
    let example = "write a host as browsers do, such as dev.test or dev.test:9000";
    if name.contains('*') {
        return Err(format!("a pattern is not a name; {example}"));
    }
    let built = Config::new()
        .own_origins([format!("http://{name}")])
        .build();
    match built {
        Ok(_) => Ok(name.to_owned()),
        Err(_) => Err(format!("not a host with an optional port; {example}")),
    }
}

/// An origin, without the port that browsers leave out.
fn origin(host: &str, port: u16) -> String {
    match port {
        80 => format!("http://{host}"),
        port => format!("http://{host}:{port}"),
    }
}

fn host(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

fn has_port(name: &str) -> bool {
    let end = name.rsplit(']').next().unwrap_or(name);
    end.contains(':')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn names_of_the_proxy() {
        for (address, hosts, expected) in [
            (
                "127.0.0.1:8080",
                &[][..],
                &["http://127.0.0.1:8080", "http://localhost:8080"][..],
            ),
            (
                "127.0.0.1:80",
                &[],
                &["http://127.0.0.1", "http://localhost"],
            ),
            (
                "[::1]:8080",
                &["[::1]:90"],
                &[
                    "http://[::1]:8080",
                    "http://[::1]:90",
                    "http://localhost:8080",
                ],
            ),
            (
                "0.0.0.0:81",
                &["dev.test", "b.test:90"],
                &[
                    "http://127.0.0.1:81",
                    "http://[::1]:81",
                    "http://b.test:90",
                    "http://dev.test",
                    "http://dev.test:81",
                    "http://localhost:81",
                ],
            ),
            ("192.168.0.7:8080", &[], &["http://192.168.0.7:8080"]),
        ] {
            let hosts: Vec<_> = hosts.iter().map(|&host| host.to_owned()).collect();
            let got = own_origins(address.parse().unwrap(), &hosts);
            assert_eq!(got.unwrap(), expected, "{address}");
        }
        let problem = own_origins("127.0.0.1:6000".parse().unwrap(), &[]).unwrap_err();
        assert!(
            problem.starts_with("browsers cannot use 127.0.0.1:6000: "),
            "{problem}"
        );
    }

    #[test]
    fn names_on_the_command_line() {
        for good in ["dev.test", "dev.test:9000", "[::1]", "192.168.0.7"] {
            assert_eq!(check(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "*.test",
            "http://dev.test",
            "dev.test/",
            "a b",
            "DEV.test",
            "dev.test:x",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
