//! Texts in place of an origin that are something else, such as a regex or a `blob:` URL, or that have
//! something around the origin.

use crate::issue::Rule;
use crate::origin::is_scheme;

/// The rule for a text that is something else than an origin.
pub(super) fn other_notation(text: &str) -> Option<Rule> {
    let lower = text.trim().to_ascii_lowercase();
    if is_regex(&lower.replacen(r":\\", "://", 1)) {
        Some(Rule::OriginRegex)
    } else if is_blob(&lower) {
        Some(Rule::OriginBlob)
    } else if has_scheme_twice(&lower) {
        Some(Rule::OriginSchemeTwice)
    } else {
        None
    }
}

/// Whether `text` is a URL whose page has no origin of its own.
pub(super) fn is_opaque(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let schemes = ["about:", "blob:", "data:", "javascript:"];
    schemes.iter().any(|scheme| lower.starts_with(scheme)) && !is_blob(&lower)
}

/// Whether `text` is a `blob:` URL with an origin in it.
fn is_blob(text: &str) -> bool {
    text.strip_prefix("blob:")
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(scheme, _)| is_scheme(scheme.as_bytes()))
}

/// Whether `text` has signs of a regex that no glob, list or URL of an origin has.
fn is_regex(text: &str) -> bool {
    const SIGNS: [&str; 14] = [
        r"\.", r"\/\/", r"\d+", r"\d{", r"\w+", "?://", "(?", ")?", ")*", ")+", "]+", "]*", "[^",
        ".+",
    ];
    let any_host = text.starts_with(".*") || text.contains("://.*");
    let class_or_count = text.as_bytes().windows(3).any(|three| match three {
        [b'[', from, b'-'] => from.is_ascii_alphanumeric(),
        [b'{', count, b',' | b'}'] => count.is_ascii_digit(),
        [b'.', b'*', next] => next.is_ascii_alphanumeric(),
        _ => false,
    });
    text.starts_with('^')
        || text.ends_with('$')
        || text.contains('(') && text.contains('|')
        || any_host
        || class_or_count
        || SIGNS.iter().any(|sign| text.contains(sign))
}

/// Whether there are two schemes. To a URL parser, `https://https://example.com` is a path of the host
/// `https`.
pub(super) fn has_scheme_twice(text: &str) -> bool {
    let Some((first, rest)) = text.split_once(':') else {
        return false;
    };
    let rest = rest.trim_start_matches('/');
    let end = rest.find([':', '/']).unwrap_or(rest.len());
    let (second, separator) = rest.split_at_checked(end).unwrap_or_default();
    let is_web = matches!(second, "http" | "https" | "ws" | "wss");
    is_scheme(first.as_bytes())
        && (second == first || is_web)
        && (separator.starts_with(":/") || separator.starts_with("//"))
}

/// Whether quotes or brackets are around `text` or at one of its ends.
pub(super) fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(['"', '\'', '`', '(', '<'])
        || text.ends_with(['"', '\'', '`', '>'])
        || text.starts_with("[\"")
        || text.starts_with("['")
}

/// `text` without white space, quotes and brackets at both ends. Quotes only at the end stay: they are part
/// of the host to a URL parser.
pub(super) fn unquote(text: &str) -> &str {
    let is_space = |c: char| c.is_whitespace() || c.is_control();
    let is_quote = |c: char| is_space(c) || "\"'`()<>".contains(c);
    let text = text.trim_matches(is_space);
    let list = text
        .strip_prefix('[')
        .filter(|item| item.starts_with(['"', '\'']));
    let item = match list {
        Some(item) => item.trim_end_matches(']'),
        None => text,
    };
    let unquoted = item.trim_start_matches(is_quote);
    if unquoted.len() < item.len() {
        unquoted.trim_end_matches(is_quote)
    } else {
        item.trim_end_matches('>')
    }
}

#[cfg(test)]
mod tests {
    use super::{is_opaque, is_quoted, other_notation, unquote};
    use crate::issue::Rule;

    #[test]
    fn other_notations() {
        for text in [
            r"https://.*\.example\.com",
            r"https://example\.com",
            r"https:\/\/example\.com",
            "https?://example.com",
            "^https://example.com",
            "https://example.com$",
            "https://[a-z]+.example.com",
            "https://(a|b).example.com",
            "(https://a.com|https://b.com)",
            "https://.*example.com",
            "https://.+",
            ".*",
            "https://a{1,3}.example.com",
        ] {
            assert_eq!(other_notation(text), Some(Rule::OriginRegex), "{text}");
        }
        for (text, rule) in [
            ("https://https://a.com", Rule::OriginSchemeTwice),
            ("http://https//a.com", Rule::OriginSchemeTwice),
            ("tauri://tauri://localhost", Rule::OriginSchemeTwice),
            ("HTTPS:/http:/a.com", Rule::OriginSchemeTwice),
            ("https://http://", Rule::OriginSchemeTwice),
            ("blob:https://a.com/1", Rule::OriginBlob),
            ("blob:app://a/1", Rule::OriginBlob),
        ] {
            assert_eq!(other_notation(text), Some(rule), "{text}");
        }
        for text in [
            "a|b",
            "https://a.com|https://b.com",
            "https://http:8080/",
            "https://a.*.com",
            "https://a.*",
            r"https:\\www.a.com",
            r"app:\\.",
            r"https://a.com\docs",
            "https://https/a",
            "https://a.com/b://c",
            "https://[::1]:3000",
            "https:///a.com",
        ] {
            assert_eq!(other_notation(text), None, "{text}");
        }
    }

    #[test]
    fn urls_without_an_origin() {
        for text in ["BLOB:null/1", "data:text/html,x", "about:blank"] {
            assert!(is_opaque(text), "{text}");
        }
        for text in ["blob:https://a.com/1", "https://a.com", "about.com"] {
            assert!(!is_opaque(text), "{text}");
        }
    }

    #[test]
    fn quotes() {
        for text in ["\"a\"", " 'a' ", "`a", "(a)", "<a>", "['a']", "[\"a\"]"] {
            assert!(is_quoted(text), "{text}");
            assert_eq!(unquote(text), "a", "{text}");
        }
        for text in ["a", "[::1]", "a(b)", "a\"b"] {
            assert!(!is_quoted(text), "{text}");
        }
    }
}
