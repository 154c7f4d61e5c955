//! Moves the origins in the vectors to an origin that another policy allows.

use super::representative::USUAL;

/// The host of the allowed origin in most vectors.
const HOST: &str = "app.example.com";

/// What separates the origins in a header line.
const SEPARATORS: [char; 3] = [' ', '\t', ','];

/// The header line with this origin in place of the usual one. Other origins with the same host change alike, so that
/// `https://app.example.com.evil.com` remains similar to the allowed origin.
pub(crate) fn move_origin(line: &str, origin: &str) -> String {
    let words = line.split_inclusive(SEPARATORS).map(|word| {
        let (word, separator) = word.split_at(word.trim_end_matches(SEPARATORS).len());
        format!("{}{separator}", move_word(word, origin))
    });
    words.collect()
}

fn move_word(word: &str, origin: &str) -> String {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return match word.strip_suffix(USUAL) {
            Some(start) => format!("{start}{origin}"),
            None => word.to_owned(),
        };
    };
    let (host, port) = split_port(authority);
    let Some((start, rest)) = word.split_once("://").filter(|word| word.1.contains(HOST)) else {
        return word.replace(HOST, host);
    };
    let start = match (start.strip_suffix("https"), start.strip_suffix("http")) {
        (Some(start), _) => format!("{start}{scheme}"),
        (None, Some(start)) if scheme == "http" => format!("{start}https"),
        _ => start.to_owned(),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let port = if authority.contains(':') { "" } else { port };
    format!("{start}://{}{port}{path}", authority.replace(HOST, host))
}

/// The host, and the port with its colon.
fn split_port(authority: &str) -> (&str, &str) {
    let host = authority.trim_end_matches(|c: char| c.is_ascii_digit());
    match host.strip_suffix(':') {
        Some(host) => authority.split_at(host.len()),
        None => (authority, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_origins_remain_similar() {
        for (line, origin, moved) in [
            (
                "Origin: https://app.example.com",
                "https://a.b:8443",
                "Origin: https://a.b:8443",
            ),
            (
                "Origin:https://app.example.com\t",
                "https://a.b:8443",
                "Origin:https://a.b:8443\t",
            ),
            (
                "Origin: https://app.example.com/",
                "https://a.b:8443",
                "Origin: https://a.b:8443/",
            ),
            (
                "Origin: https://app.example.com:80",
                "https://a.b:8443",
                "Origin: https://a.b:80",
            ),
            (
                "Origin: https://app.example.com.c",
                "https://a.b:8443",
                "Origin: https://a.b.c:8443",
            ),
            (
                "Origin: http://app.example.com",
                "https://a.b:8443",
                "Origin: http://a.b:8443",
            ),
            (
                "Origin: http://app.example.com",
                "http://a.b",
                "Origin: https://a.b",
            ),
            (
                "Origin: https://app.example.com",
                "http://[::1]:3000",
                "Origin: http://[::1]:3000",
            ),
            (
                "Origin: https://app.example.com",
                "http://[::1]",
                "Origin: http://[::1]",
            ),
            (
                "Origin: https://app.example.com",
                "app://.",
                "Origin: app://.",
            ),
            ("Origin: https://app.example.com", "null", "Origin: null"),
            (
                "Origin: https://app.example.com.c",
                "null",
                "Origin: https://app.example.com.c",
            ),
            (
                "Origin: https://other.example",
                "https://a.b",
                "Origin: https://other.example",
            ),
            ("Origin: app.example.com", "https://a.b", "Origin: a.b"),
            (
                "Origin: https://app.example.com, https://c.d",
                "https://a.b:1",
                "Origin: https://a.b:1, https://c.d",
            ),
        ] {
            assert_eq!(move_origin(line, origin), moved);
        }
    }
}
