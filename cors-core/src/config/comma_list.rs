//! A list of texts that are separated by commas.

/// The items, without white space around them.
///
/// A comma in the user info of a URL (`https://user:a,b@example.com`) does not separate items, so that the
/// error about the URL can recognize the password and hide it.
pub(super) fn items(text: &str) -> Vec<&str> {
    let mut items: Vec<(usize, &str)> = Vec::new();
    // The last item that may be a URL whose user info goes on after a comma.
    let mut opening: Option<usize> = None;
    let mut start = 0;
    for part in text.split(',') {
        let end = start + part.len();
        let is_rest = part.contains('@') && !part.contains("://");
        let first = opening
            .filter(|_| is_rest)
            .and_then(|index| items.get(index));
        if let (Some(index), Some(&(start, _))) = (opening, first) {
            items.truncate(index);
            items.push((start, text.get(start..end).unwrap_or(part)));
            opening = None;
        } else {
            if part.contains(':') {
                opening = may_go_on(part).then_some(items.len());
            }
            items.push((start, part));
        }
        start = end + 1;
    }
    items.into_iter().map(|(_, item)| item.trim()).collect()
}

/// Whether `item` has the beginning of user info, but not its end.
fn may_go_on(item: &str) -> bool {
    let authority = item.split_once("://").map_or(item, |(_, rest)| rest);
    authority.contains(':') && !item.contains('@')
}

#[cfg(test)]
mod tests {
    use super::items;

    #[test]
    fn commas_separate_items() {
        for (text, expected) in [
            ("", &[""] as &[&str]),
            ("a", &["a"]),
            (" a ,b\t, c", &["a", "b", "c"]),
            ("a,,b,", &["a", "", "b", ""]),
            (
                "https://a.com:1,https://u:p@b.com",
                &["https://a.com:1", "https://u:p@b.com"],
            ),
            (
                "https://a.com,https://b.com/@x",
                &["https://a.com", "https://b.com/@x"],
            ),
            ("https://a.com,u@b.com", &["https://a.com", "u@b.com"]),
        ] {
            assert_eq!(items(text), expected, "{text}");
        }
    }

    #[test]
    fn a_comma_in_user_info_is_no_separator() {
        for (text, expected) in [
            (
                "x, https://u:p,q@a.com ,y",
                &["x", "https://u:p,q@a.com", "y"] as &[&str],
            ),
            ("https://u:p,,q,@a.com", &["https://u:p,,q,@a.com"]),
            ("u:p,q@a.com", &["u:p,q@a.com"]),
            (
                "https://u:p, q@a.com,v@b.com",
                &["https://u:p, q@a.com", "v@b.com"],
            ),
        ] {
            assert_eq!(items(text), expected, "{text}");
        }
    }
}
