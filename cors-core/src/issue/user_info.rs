//! Hides user names and passwords in what an issue quotes, because issues are written to logs.

/// `text` with `***` in place of passwords: `https://user:***@example.com`. A user name without a password
/// may be a token, so it is hidden, too.
///
/// Where it is unclear what belongs to the password, more is hidden.
pub(crate) fn hide(text: String) -> String {
    if !text.contains('@') {
        return text;
    }
    let starts: Vec<Start> = starts(&text).collect();
    hide_in_each(&text, &starts, |user_info| {
        !user_info.is_empty() && !is_host_and_path(user_info)
    })
}

/// Like [`hide`], for a regex, in which `@` may be a part of a class such as `[^@]`.
pub(super) fn hide_in_regex(text: String) -> String {
    if !text.contains('@') {
        return text;
    }
    let starts: Vec<Start> = [Start::OF_TEXT]
        .into_iter()
        .chain(authorities(&text))
        .collect();
    hide_in_each(&text, &starts, |user_info| {
        let parts = user_info.split_once(':');
        let has_password =
            parts.is_some_and(|(name, password)| !name.is_empty() && !password.is_empty());
        has_password && !is_inside_class(user_info) || is_literal(user_info)
    })
}

/// Where a URL starts, and its authority.
#[derive(Clone, Copy)]
struct Start {
    url: usize,
    authority: usize,
}

impl Start {
    const OF_TEXT: Self = Self {
        url: 0,
        authority: 0,
    };
}

/// The start of the text, and of each URL after a separator.
fn starts(text: &str) -> impl Iterator<Item = Start> {
    let others = authorities(text).filter_map(|start| {
        let before = text.get(..start.url)?;
        let scheme = before
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let is_start = scheme.is_empty() || scheme.ends_with(is_separator);
        (is_start && scheme.len() < before.len()).then_some(Start {
            url: scheme.len(),
            ..start
        })
    });
    [Start::OF_TEXT].into_iter().chain(others)
}

/// Each place after `://`, also with backslashes. A URL starts at the colon here.
fn authorities(text: &str) -> impl Iterator<Item = Start> {
    text.match_indices(':').filter_map(|(colon, _)| {
        let rest = text.get(colon + 1..)?;
        let slashes = rest.len() - rest.trim_start_matches(['/', '\\']).len();
        (slashes >= 2).then_some(Start {
            url: colon,
            authority: colon + 1 + slashes,
        })
    })
}

/// What separates the URLs of a list, or is before the only one.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || c.is_control() || ",;|\"'`([{<=^".contains(c)
}

/// Hides the user info of each URL, if `is_user_info`. It ends at the last `@` before the next URL.
fn hide_in_each(text: &str, starts: &[Start], is_user_info: impl Fn(&str) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut copied = 0;
    let ends = starts.iter().skip(1).map(|next| next.url);
    for (start, end) in starts.iter().zip(ends.chain([text.len()])) {
        let Some(url) = text.get(start.authority..end) else {
            continue;
        };
        let Some((user_info, _)) = url.rsplit_once('@') else {
            continue;
        };
        if is_user_info(user_info) {
            shown.push_str(text.get(copied..start.authority).unwrap_or_default());
            shown.push_str(&hidden(user_info));
            copied = start.authority + user_info.len();
        }
    }
    shown.push_str(text.get(copied..).unwrap_or_default());
    shown
}

fn hidden(user_info: &str) -> String {
    match user_info.split_once(':') {
        // GitHub's notation for a token as the user name.
        Some((_, "" | "x-oauth-basic")) | None => "***".to_owned(),
        // What ends at an earlier `@` may be another user info.
        Some((name, password)) if name.contains('@') || password.starts_with('@') => {
            "***".to_owned()
        }
        Some((name, _)) => format!("{name}:***"),
    }
}

/// Whether the `@` after `text` is in the path of a URL, as in `example.com/@user`.
fn is_host_and_path(text: &str) -> bool {
    let host = text.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    host.len() < text.len()
        && !host.contains(':')
        && (host.contains('.') || host.eq_ignore_ascii_case("localhost"))
}

/// Whether `text` is user info without any syntax of a regex.
fn is_literal(text: &str) -> bool {
    let is_literal = |c: char| c.is_ascii_alphanumeric() || "-_~%:".contains(c);
    !text.is_empty() && text.chars().all(is_literal)
}

/// Whether a class of a regex is open at the end of `text`.
fn is_inside_class(text: &str) -> bool {
    let class = text.rsplit_once('[').map(|(_, class)| class);
    class.is_some_and(|class| !class.contains(']'))
}

#[cfg(test)]
mod tests {
    use super::{hide, hide_in_regex};

    #[test]
    fn user_info_is_hidden() {
        for (text, shown) in [
            ("https://user:pw@a.com", "https://user:***@a.com"),
            ("HTTPS://user:pw@a.com:80/x", "HTTPS://user:***@a.com:80/x"),
            ("https://token@a.com", "https://***@a.com"),
            ("https://token:@a.com", "https://***@a.com"),
            ("https://token:x-oauth-basic@a.com", "https://***@a.com"),
            ("https://:pw@a.com", "https://:***@a.com"),
            ("https://user:p@w@a.com", "https://user:***@a.com"),
            ("https://user:p/w@a.com", "https://user:***@a.com"),
            ("https://user:p:/w@a.com", "https://user:***@a.com"),
            ("https://user:p,w@a.com", "https://user:***@a.com"),
            ("https://user:p w@a.com", "https://user:***@a.com"),
            ("https://to/ken@a.com", "https://***@a.com"),
            (r"https:\\user:pw@a.com", r"https:\\user:***@a.com"),
            ("user:pw@a.com", "user:***@a.com"),
            ("//user:pw@a.com", "//user:***@a.com"),
            ("https:user:pw@a.com", "https:***@a.com"),
            (
                "[\"https://a.com\", \"https://u:p@b.com\"]",
                "[\"https://a.com\", \"https://u:***@b.com\"]",
            ),
            (
                "https://u:p@a.com,https://v:q@b.com",
                "https://u:***@a.com,https://v:***@b.com",
            ),
            ("http://https://u:p@a.com", "http://https:***@a.com"),
        ] {
            assert_eq!(hide(text.to_owned()), shown, "{text}");
        }
        for text in [
            "",
            "@",
            "https://a.com",
            "https://@a.com",
            "https://a.com/@user",
            "https://a.com?q=@user",
            "http://localhost/@id",
        ] {
            assert_eq!(hide(text.to_owned()), text, "{text}");
        }
    }

    #[test]
    fn user_info_of_a_regex_is_hidden() {
        for (text, shown) in [
            (r"https://user:pw@a\.com", r"https://user:***@a\.com"),
            (r"^https?://u:p@(a|b)\.com$", r"^https?://u:***@(a|b)\.com$"),
            ("u:p@a", "u:***@a"),
            ("https://token:@a", "https://***@a"),
            (r"https://gh_1@a\.com", r"https://***@a\.com"),
            (r"https:\/\/u:p@a\.com", r"https:\/\/u:***@a\.com"),
            (
                "https://u:p@a.com|https://v:q@b.com",
                "https://u:***@a.com|https://v:***@b.com",
            ),
        ] {
            assert_eq!(hide_in_regex(text.to_owned()), shown, "{text}");
        }
        for text in [
            r"https://[^@]+\.a\.com",
            r"https://[^:/@]+\.a\.com",
            r"https://.*@a\.com",
            r"https://a\.com",
        ] {
            assert_eq!(hide_in_regex(text.to_owned()), text, "{text}");
        }
    }
}
