//! Where a URL leads to: the public internet, the local network or the same computer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use browser_model::Url;

/// An IP address space of Local Network Access. A later one is less public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Space {
    Public,
    Local,
    Loopback,
}

impl Space {
    /// The name in Chromium's messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Local => "local",
            Self::Loopback => "loopback",
        }
    }

    /// The space of a host; `None` if only its address tells.
    pub(crate) fn of_host(url: &Url) -> Option<Self> {
        if is_localhost(url) {
            return Some(Self::Loopback);
        }
        address(url).map(Self::of_address)
    }

    pub(crate) fn of_address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => address
                .to_ipv4_mapped()
                .map_or_else(|| Self::of_v6(address), Self::of_v4),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let [first, second, ..] = address.octets();
        let is_shared = first == 100 && (64..128).contains(&second);
        if address.is_loopback() || address.is_unspecified() {
            Self::Loopback
        } else if address.is_private() || address.is_link_local() || is_shared {
            Self::Local
        } else {
            Self::Public
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if address.is_loopback() || address.is_unspecified() {
            Self::Loopback
        } else if address.is_unique_local() || address.is_unicast_link_local() {
            Self::Local
        } else {
            Self::Public
        }
    }
}

/// Secure Contexts, "is origin potentially trustworthy?", for `http` and `https`.
pub(crate) fn is_trustworthy(url: &Url) -> bool {
    let is_loopback = || match address(url) {
        Some(IpAddr::V4(address)) => address.is_loopback(),
        Some(IpAddr::V6(address)) => address.is_loopback(),
        None => is_localhost(url),
    };
    url.scheme() == "https" || is_loopback()
}

fn is_localhost(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost" || host.ends_with(".localhost")
}

/// The IP address in a URL.
pub(crate) fn address(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let host = host.strip_prefix('[').unwrap_or(host);
    host.strip_suffix(']').unwrap_or(host).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces() {
        use Space::{Local, Loopback, Public};
        let table = [
            ("127.1.2.3", Some(Loopback)),
            ("0.0.0.0", Some(Loopback)),
            ("[::1]", Some(Loopback)),
            ("localhost", Some(Loopback)),
            ("a.localhost.", Some(Loopback)),
            ("notlocalhost", None),
            ("localhost.example", None),
            ("10.0.0.1", Some(Local)),
            ("172.31.0.1", Some(Local)),
            ("172.32.0.1", Some(Public)),
            ("192.168.1.1", Some(Local)),
            ("169.254.1.1", Some(Local)),
            ("100.64.0.1", Some(Local)),
            ("100.128.0.1", Some(Public)),
            ("8.8.8.8", Some(Public)),
            ("[fd00::1]", Some(Local)),
            ("[fe80::1]", Some(Local)),
            ("[2001:4860::1]", Some(Public)),
            ("[::ffff:192.168.0.1]", Some(Local)),
        ];
        for (host, space) in table {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert_eq!(Space::of_host(&url), space, "{host}");
        }
    }

    #[test]
    fn trustworthy_urls() {
        for url in [
            "https://a.example",
            "http://127.0.0.1:1",
            "http://[::1]",
            "http://a.localhost",
        ] {
            assert!(is_trustworthy(&Url::parse(url).unwrap()), "{url}");
        }
        for url in ["http://a.example", "http://192.168.0.1", "http://0.0.0.0"] {
            assert!(!is_trustworthy(&Url::parse(url).unwrap()), "{url}");
        }
    }
}
