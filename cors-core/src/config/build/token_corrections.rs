//! Corrections of methods and header names.

use crate::config::typos::is_header;
use crate::issue::Correction;
use crate::method;
use crate::token::is_token;

/// The methods that were meant by `text`, without those that scripts cannot send.
pub(super) fn correct_methods(text: &str) -> Option<Correction> {
    let methods = items(text).flat_map(str::split_whitespace);
    offer(methods.map(str::to_owned), method::is_forbidden)
}

/// The header names that were meant by `text`, without those that have no effect.
pub(super) fn correct_headers(text: &str, is_useless: fn(&str) -> bool) -> Option<Correction> {
    let text = text.replace(is_dash, "-");
    let mut names = Vec::new();
    for item in items(&text) {
        match item.split_once(':') {
            Some((name, "")) => names.push(name.trim_end().to_owned()),
            Some(_) => return None, // A value has no place here.
            None => names.extend(names_of(item)?),
        }
    }
    offer(names.into_iter(), is_useless)
}

/// The names in `item`, which may contain spaces. `None` if it is unclear whether a space stands for a
/// hyphen or separates names.
fn names_of(item: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = item.split_whitespace().collect();
    let joined = words.join("-");
    if words.len() == 1 || is_header(&joined) {
        return Some(vec![joined]);
    }
    // Single letters are not words to join.
    let is_name = |word: &&str| word.len() == 1 || word.contains(['-', '_']) || is_header(word);
    let all_names = words.iter().all(is_name);
    all_names.then(|| words.into_iter().map(str::to_owned).collect())
}

/// The non-empty items of a list, without quotes and brackets.
fn items(text: &str) -> impl Iterator<Item = &str> {
    let around = |c: char| c.is_whitespace() || c.is_control() || "\"'[]".contains(c);
    text.split(',')
        .map(move |item| item.trim_matches(around))
        .filter(|item| !item.is_empty())
}

/// Hyphens and dashes that are not ASCII. Text processors insert them.
fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn offer(tokens: impl Iterator<Item = String>, is_useless: fn(&str) -> bool) -> Option<Correction> {
    let mut tokens: Vec<String> = tokens.collect();
    if tokens.is_empty() || !tokens.iter().all(|token| is_token(token.as_bytes())) {
        return None;
    }
    tokens.retain(|token| !is_useless(token));
    Some(match tokens.as_slice() {
        [] => Correction::Remove,
        [one] => Correction::Replace(one.clone()),
        _ => Correction::Split(tokens),
    })
}

#[cfg(test)]
mod tests {
    use super::{correct_headers, correct_methods};
    use crate::header_name::is_not_sendable;
    use crate::issue::Correction;

    fn tokens<const N: usize>(correction: Option<Correction>, expected: [&str; N]) {
        let tokens = match correction {
            None => vec!["?".to_owned()],
            Some(Correction::Replace(token)) => vec![token],
            Some(Correction::Split(tokens)) => tokens,
            Some(_) => Vec::new(),
        };
        assert_eq!(tokens, expected);
    }

    #[test]
    fn headers() {
        let headers = |text| correct_headers(text, is_not_sendable);
        tokens(headers("X-A:"), ["X-A"]);
        tokens(headers("X-A : "), ["X-A"]);
        tokens(headers("X-A: 1"), ["?"]);
        tokens(headers("X-A:, X-B:"), ["X-A", "X-B"]);
        tokens(headers("X-A: a, b"), ["?"]);
        tokens(headers(":authority"), ["?"]);
        tokens(headers("Content Type"), ["Content-Type"]);
        tokens(headers("content  type, X-A"), ["content-type", "X-A"]);
        tokens(headers("X\u{2011}A"), ["X-A"]);
        tokens(
            headers("X-A Authorization x_b"),
            ["X-A", "Authorization", "x_b"],
        );
        tokens(headers("X A"), ["X", "A"]);
        tokens(headers("X Custom"), ["?"]);
        tokens(headers("My Header"), ["?"]);
        tokens(headers("[\"X-A\", \"X-B\"]"), ["X-A", "X-B"]);
        tokens(headers("X-A, X-B,"), ["X-A", "X-B"]);
        tokens(headers("Cookie:"), []);
        tokens(headers("Cookie, X-A"), ["X-A"]);
        tokens(headers("X@A"), ["?"]);
        tokens(headers("X-A; q"), ["?"]);
        tokens(headers(" , "), ["?"]);
    }

    #[test]
    fn methods() {
        tokens(correct_methods("GET POST"), ["GET", "POST"]);
        tokens(correct_methods("['GET', 'TRACE']"), ["GET"]);
        tokens(correct_methods("trace"), []);
        tokens(correct_methods("GET/"), ["?"]);
        tokens(correct_methods(""), ["?"]);
    }
}
