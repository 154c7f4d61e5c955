//! Origin patterns of Spring, in which `*` stands for any text.

/// An entry of `allow_origins`, or a regex.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Converted {
    Any,
    Entries(Vec<String>),
    Regex(String),
}

/// Converts a pattern that has ports in brackets at its end, such as `https://*.example.com:[8080,8081]` or `:[*]`.
pub(crate) fn convert(pattern: &str) -> Converted {
    if pattern == "*" {
        return Converted::Any;
    }
    let (base, ports) = split_ports(pattern);
    let has_plain_stars = base.replacen("://*.", "://", 1).contains('*');
    match ports {
        _ if has_plain_stars => Converted::Regex(regex(base, ports)),
        None => Converted::Entries(vec![base.to_owned()]),
        Some("*") => Converted::Entries(vec![format!("{base}:*")]),
        Some(ports) => {
            let ports = ports.split(',');
            Converted::Entries(ports.map(|port| format!("{base}:{port}")).collect())
        }
    }
}

/// The pattern without its ports, and these: `*`, or numbers with commas.
fn split_ports(pattern: &str) -> (&str, Option<&str>) {
    let split = pattern
        .strip_suffix(']')
        .and_then(|pattern| pattern.rsplit_once(":["));
    let is_number = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    match split {
        Some((base, ports)) if ports == "*" || ports.split(',').all(is_number) => {
            (base, Some(ports))
        }
        _ => (pattern, None),
    }
}

fn regex(base: &str, ports: Option<&str>) -> String {
    let parts: Vec<_> = base.split('*').map(regex_syntax::escape).collect();
    let base = parts.join(".*");
    match ports {
        None => base,
        Some("*") => format!(r"{base}(:\d+)?"),
        Some(ports) => format!("{base}:({})", ports.replace(',', "|")),
    }
}
