//! Unescaped dots in a regex.

/// `source` with a backslash before every unescaped `.` between two labels. `None` if there is no such
/// dot.
pub(super) fn escape_dots(source: &str) -> Option<String> {
    if source.contains('#') {
        return None; // It may start a comment.
    }
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len() + 4);
    let (mut escaped, mut in_class, mut found) = (false, false, false);
    for (i, &c) in chars.iter().enumerate() {
        let next = chars.get(i + 1).copied();
        let starts_label =
            next.is_some_and(|next| next.is_ascii_alphanumeric() || "([\\".contains(next));
        let follows_label = i
            .checked_sub(1)
            .and_then(|before| chars.get(before))
            .is_some_and(|before| before.is_ascii_alphanumeric() || ")]+*}-_?".contains(*before));
        if c == '.' && !escaped && !in_class && starts_label && follows_label {
            out.push('\\');
            found = true;
        }
        match c {
            '[' if !escaped => in_class = true,
            ']' if !escaped => in_class = false,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::escape_dots;

    #[test]
    fn dots_between_labels() {
        for (source, escaped) in [
            ("https://www.example.com", r"https://www\.example\.com"),
            ("https://(.+).acme.com", r"https://(.+)\.acme\.com"),
            (r"https://.*.example\.com", r"https://.*\.example\.com"),
            (
                r"https://[a-z]+.example\.com",
                r"https://[a-z]+\.example\.com",
            ),
            (r"https://\[a.b\]", r"https://\[a\.b\]"),
            (r"https://www.(a|b)\.com", r"https://www\.(a|b)\.com"),
        ] {
            assert_eq!(escape_dots(source).as_deref(), Some(escaped));
        }
        for source in [
            r"https://.*\.example\.com",
            r"https://[a.b]+\.example\.com",
            r"https://[a\].b]+\.example\.com",
            ".*",
            r"a\\\.b",
            r"https://a.*\.com",
            r"https://.[a-z]+\.com",
            r"https://a\\[a.b]",
            "(?x)https://a.com # a comment",
        ] {
            assert_eq!(escape_dots(source), None, "{source}");
        }
    }
}
