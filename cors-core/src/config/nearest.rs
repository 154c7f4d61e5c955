//! The key that is most likely meant by a mistyped name.

use crate::issue::Key;

/// Ignores case, `_` and `-`, so that `allowOrigins` and `allow-origins` are recognized. The last word of
/// a key (`origins`, `credential`) is recognized, too.
pub(super) fn nearest(name: &str) -> Option<Key> {
    if name.len() > 64 {
        return None;
    }
    let name = fold(name);
    let distance = |key: &Key| edits(&name, &fold(key.as_str()));
    let best = Key::ALL.iter().copied().min_by_key(distance)?;
    if distance(&best) <= best.as_str().len() / 4 {
        return Some(best);
    }
    let tail = |key: &Key| {
        let key = fold(key.as_str());
        name.len() >= 5 && (key.ends_with(&name) || key.ends_with(&format!("{name}s")))
    };
    Key::ALL.iter().copied().find(tail)
}

fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = *cell;
            left = substituted.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest};
    use crate::issue::Key;

    #[test]
    fn distances() {
        for (a, b, distance) in [
            ("", "", 0),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ] {
            assert_eq!(edits(a, b), distance);
            assert_eq!(edits(b, a), distance);
        }
    }

    #[test]
    fn typos() {
        for (name, key) in [
            ("allow_origin", Key::AllowOrigins),
            ("allowOrigins", Key::AllowOrigins),
            ("allowed-origins", Key::AllowOrigins),
            ("ALLOW_CREDENTIAL", Key::AllowCredentials),
            ("max-age", Key::MaxAge),
            ("maxage", Key::MaxAge),
            ("origins", Key::AllowOrigins),
            ("credentials", Key::AllowCredentials),
            ("exposed_headers", Key::ExposeHeaders),
            ("origin", Key::AllowOrigins),
            ("METHOD", Key::AllowMethods),
            ("regex", Key::AllowOriginRegex),
        ] {
            assert_eq!(nearest(name), Some(key), "{name}");
        }
        for name in ["", "port", "proxy_service_host", "age", "x"] {
            assert_eq!(nearest(name), None, "{name}");
        }
        assert_eq!(nearest(&format!("{:_>64}", "max_age")), Some(Key::MaxAge));
        assert_eq!(nearest(&format!("{:_>65}", "max_age")), None);
    }
}
