//! A host that has policies of its own: the strict parser for configuration.

use super::corrections::repair;
use super::punycode;
use crate::issue::user_info;
use crate::origin::{host, split_authority};
use std::fmt;
use std::net::Ipv6Addr;

/// A host of [`Policies::for_host`](crate::Policies::for_host) is not valid.
#[derive(Clone, PartialEq, Eq)]
pub struct HostNameError {
    /// Without user info.
    host: String,
    flaw: Flaw,
    /// What to write instead.
    correction: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Pattern,
    NotOnlyHost,
    Dot,
    NotCanonical,
    Twice,
    Nested,
}

impl HostNameError {
    fn new(host: &str, flaw: Flaw, correction: Option<String>) -> Self {
        Self {
            host: user_info::hide(host.to_owned()),
            flaw,
            correction,
        }
    }

    pub(crate) fn twice(host: &str) -> Self {
        Self::new(host, Flaw::Twice, None)
    }

    pub(crate) fn nested(host: &str) -> Self {
        Self::new(host, Flaw::Nested, None)
    }
}

impl fmt::Display for HostNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.flaw {
            Flaw::Pattern => {
                "a host is not a pattern; call `for_host` for each host, or use the default policies \
                 for all of them"
            }
            Flaw::NotOnlyHost => {
                "a host is a name or an IP address alone, and its policies apply to every scheme and \
                 port"
            }
            Flaw::Dot => "servers read a dot at the end of a host in different ways",
            Flaw::NotCanonical => {
                "a host is written as browsers send it: a name in lower case and Punycode, or the \
                 shortest form of an IP address, IPv6 in brackets"
            }
            Flaw::Twice => "this host has policies already",
            Flaw::Nested => {
                "these policies have hosts themselves; call `for_host` only on the outermost `Policies`"
            }
        };
        write!(f, "host `{}`: {why}", self.host.escape_debug())?;
        match &self.correction {
            Some(correction) => write!(f, "; use `{correction}`"),
            None => Ok(()),
        }
    }
}

/// The text of `Display`, because `main` may return this error.
impl fmt::Debug for HostNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for HostNameError {}

/// Checks that `text` is a host as browsers send it, without a port and without a dot at the end.
pub(crate) fn check(text: &str) -> Result<(), HostNameError> {
    match flaw(text) {
        None => Ok(()),
        Some(Flaw::Pattern) => Err(HostNameError::new(text, Flaw::Pattern, None)),
        Some(flaw) => Err(HostNameError::new(text, flaw, correction(text))),
    }
}

fn flaw(text: &str) -> Option<Flaw> {
    let without_dot = text.strip_suffix('.').unwrap_or(text);
    if text.contains('*') {
        Some(Flaw::Pattern)
    } else if !is_canonical(without_dot) {
        let has_more = text.contains(['/', '\\', '?', '#', '@']) || has_port(text);
        Some(if has_more {
            Flaw::NotOnlyHost
        } else {
            Flaw::NotCanonical
        })
    } else if without_dot.len() < text.len() {
        Some(Flaw::Dot)
    } else {
        None
    }
}

fn is_canonical(host: &str) -> bool {
    host::check(host.as_bytes()).is_ok() && punycode::invalid_label(host).is_none()
}

fn has_port(text: &str) -> bool {
    let is_ipv6_alone = text.parse::<Ipv6Addr>().is_ok();
    let parts = split_authority(text.as_bytes());
    !is_ipv6_alone && parts.is_some_and(|(_, port)| !port.is_empty())
}

/// The host of the origin that `text` most likely means.
fn correction(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_suffix('.').unwrap_or(text);
    let origin = if text.contains("://") {
        repair(text)?
    } else if text.parse::<Ipv6Addr>().is_ok() {
        repair(&format!("https://[{text}]"))?
    } else {
        repair(&format!("https://{text}"))?
    };
    let (_, authority) = origin.split_once("://")?;
    let (host, _) = split_authority(authority.as_bytes())?;
    let host = authority.get(..host.len())?;
    flaw(host).is_none().then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn hosts_as_browsers_send_them() {
        let long = "a".repeat(63);
        for host in [
            "api.tenant-a.example",
            "localhost",
            "a_b.example",
            "xn--bcher-kva.example",
            "127.0.0.1",
            "[::1]",
            "[2001:db8::1]",
            &long,
        ] {
            assert_eq!(check(host), Ok(()), "{host}");
        }
    }

    #[test]
    fn what_to_write_instead() {
        const ALONE: &str = "a host is a name or an IP address alone, and its policies apply to every scheme and port";
        const DOT: &str = "servers read a dot at the end of a host in different ways";
        const FORM: &str = "a host is written as browsers send it: a name in lower case and Punycode, or the \
                            shortest form of an IP address, IPv6 in brackets";
        for (text, why, instead) in [
            ("https://a.example", ALONE, "a.example"),
            ("a.example:8443", ALONE, "a.example"),
            ("a.example:443", ALONE, "a.example"),
            ("localhost:3000", ALONE, "localhost"),
            ("intranet:80", ALONE, "intranet"),
            ("http://A.example:80/x", ALONE, "a.example"),
            ("[::1]:3000", ALONE, "[::1]"),
            ("a.example/", ALONE, "a.example"),
            ("a.example.", DOT, "a.example"),
            ("localhost.", DOT, "localhost"),
            ("A.Example", FORM, "a.example"),
            ("A.Example.", FORM, "a.example"),
            ("http://a.example.:80", ALONE, ""),
            (" a.example", FORM, "a.example"),
            ("b\u{fc}cher.example", FORM, "xn--bcher-kva.example"),
            ("::1", FORM, "[::1]"),
            ("[0:0:0:0:0:0:0:1]", FORM, "[::1]"),
            ("[::FFFF:127.0.0.1]", FORM, "[::ffff:7f00:1]"),
            ("127.1", FORM, "127.0.0.1"),
            ("0x7f.0.0.1", FORM, "127.0.0.1"),
            ("", FORM, ""),
            (".", FORM, ""),
            ("a..example", FORM, ""),
            ("xn--f.example", FORM, ""),
            ("a b.example", FORM, ""),
            ("a.1", FORM, ""),
            ("https://a.example https://b.example", ALONE, ""),
        ] {
            let instead = match instead {
                "" => String::new(),
                host => format!("; use `{host}`"),
            };
            let message = check(text).unwrap_err().to_string();
            assert_eq!(message, format!("host `{text}`: {why}{instead}"));
        }
        for pattern in ["*", "*.example", "https://*.a.example", "app-*.example"] {
            let message = check(pattern).unwrap_err().to_string();
            let why = "a host is not a pattern; call `for_host` for each host, or use the default \
                       policies for all of them";
            assert_eq!(message, format!("host `{pattern}`: {why}"));
        }
    }

    #[test]
    fn passwords_are_hidden() {
        let message = check("https://user:secret@a.example")
            .unwrap_err()
            .to_string();
        assert!(!message.contains("secret"), "{message}");
        assert!(message.ends_with("; use `a.example`"), "{message}");
    }
}
