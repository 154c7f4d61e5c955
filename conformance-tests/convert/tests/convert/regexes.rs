//! A regex that may match anywhere, as one that matches the whole origin.

use cors_convert::{Library, convert};
use proptest::prelude::*;
use regex::Regex;

use crate::converted;

/// The converted regex, or `None` if it is refused.
fn of_nginx(pattern: &str) -> Option<String> {
    let text = format!(
        "map $http_origin $o {{ '~{pattern}' $http_origin; }} add_header Access-Control-Allow-Origin $o;"
    );
    let converted = convert(Library::Nginx, &text).ok()?;
    converted.config.get_allow_origin_regex().map(str::to_owned)
}

fn pattern() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "a", "b", r"\.", ".", "^", "$", "[ab]", "[^a]", "(?:a|b)", "(b$|^a)", "a?", "b*", "(a+)",
        "|", ":", "/", r"\d", "a{2}", r"\bb", "(?:^)", "^|a",
    ]);
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    /// The twin is a search with the original regex.
    #[test]
    fn search_and_whole_match_agree(pattern in pattern(), origins in prop::collection::vec("[ab.:/1]{0,5}", 30)) {
        let Some(whole) = of_nginx(&pattern) else {
            prop_assert!(Regex::new(&pattern).is_err() || pattern.is_empty(), "{pattern} is refused");
            return Ok(());
        };
        let (search, whole) = (Regex::new(&pattern).unwrap(), Regex::new(&format!("^(?:{whole})$")).unwrap());
        for origin in origins {
            prop_assert_eq!(search.is_match(&origin), whole.is_match(&origin), "{} with {}", pattern, origin);
        }
    }
}

#[test]
fn an_anchored_regex_stays_as_it_is() {
    for pattern in [
        r"^https://a\.example$",
        r"^https://(a|b)\.example(:\d+)?$",
        "^(?:a|b)$",
    ] {
        assert_eq!(of_nginx(pattern).as_deref(), Some(pattern));
    }
    assert_eq!(of_nginx("^a|b$").as_deref(), Some(".*(?:^a|b$).*"));
}

/// These mean something else in another language, or nothing.
#[test]
fn what_differs_is_refused() {
    let refused = [
        r"\Aa",
        r"a\Z",
        r"\p{L}",
        r"\cA",
        r"\x41",
        r"\u0041",
        r"\1(a)",
        r"\k<a>",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?i)a",
        "(?#a)",
        "(?>a)",
        "a++",
        "a?+",
        "a{2}+",
        "[[:alpha:]]",
        "[a[b]]",
        "[]a]",
        "[^]a]",
        "[a&&b]",
        "[a--b]",
        "[a~~b]",
        "a{,2}",
        "a{",
        "a}",
        "]",
        "é",
        r"\h",
        r"\Q",
        "(*UTF)a",
        "(a",
    ];
    for pattern in refused {
        assert_eq!(of_nginx(pattern), None, "{pattern}");
    }
}

#[test]
fn named_groups_are_those_of_the_language() {
    let python = |pattern: &str| {
        convert(
            Library::Starlette,
            &format!("CORSMiddleware(app, allow_origin_regex=r'{pattern}')"),
        )
    };
    assert!(python("https://(?P<name>a)").is_ok());
    assert!(python("https://(?<name>a)").is_err());
    assert!(of_nginx("^(?<name>a)$").is_some());
    let text = r"cors({ origin: /^https:\/\/(?<name>a)\.example$/ })";
    let config = converted(Library::Express, text).config;
    assert_eq!(
        config.get_allow_origin_regex(),
        Some(r"^https:\/\/(?<name>a)\.example$")
    );
}
