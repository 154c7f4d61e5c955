//! What was probably meant by a regex that matches no origin.

use crate::language::regex_sites::any_origin;
use crate::language::search::Budget;
use crate::origin::regex::OriginRegex;

/// A regex without one kind of mistake. `None` if it has no such mistake.
type Repair = fn(&str) -> Option<String>;

/// Why the regex matches no origin, and a regex that was probably meant.
pub(super) fn likely_meaning(source: &str) -> Option<(String, String)> {
    let repairs: [(&str, Repair); 6] = [
        (
            "the white space around it is part of the regex",
            without_white_space,
        ),
        ("the quotes around it are part of the regex", without_quotes),
        (
            "the slashes around it are part of the regex",
            without_slashes,
        ),
        ("an origin has no path", without_path),
        ("an origin starts with a scheme", with_scheme),
        ("origins are in lower case", in_lower_case),
    ];
    let mut causes = Vec::new();
    let mut meaning = source.to_owned();
    for (cause, repair) in repairs {
        let Some(repaired) = repair(&meaning) else {
            continue;
        };
        causes.push(cause);
        meaning = repaired;
        let matches_origins = OriginRegex::compile(&meaning)
            .is_ok_and(|regex| matches!(any_origin(&regex, &mut Budget::default()), Ok(Some(_))));
        if matches_origins {
            return Some((causes.join(", and "), meaning));
        }
    }
    None
}

fn changed(source: &str, repaired: &str) -> Option<String> {
    (repaired != source).then(|| repaired.to_owned())
}

fn without_white_space(source: &str) -> Option<String> {
    changed(source, source.trim())
}

fn without_quotes(source: &str) -> Option<String> {
    let quotes = ['"', '\'', '`'];
    let inner = quotes
        .into_iter()
        .find_map(|quote| source.strip_prefix(quote)?.strip_suffix(quote));
    inner.map(|inner| inner.trim().to_owned())
}

/// `/.../` with flags, as in JavaScript.
fn without_slashes(source: &str) -> Option<String> {
    let (inner, flags) = source.strip_prefix('/')?.rsplit_once('/')?;
    let are_flags = flags.bytes().all(|byte| b"dgimsuvy".contains(&byte));
    are_flags.then(|| inner.replace(r"\/", "/"))
}

/// Cuts from the first slash after the host. A group that is opened before it is closed.
fn without_path(source: &str) -> Option<String> {
    let source = source.replace(r"\/", "/");
    let host = source.find("//")? + 2;
    let path = host + source.get(host..)?.find('/')?;
    let start = source.get(..path)?;
    let without_group = start
        .strip_suffix("(?:")
        .or_else(|| start.strip_suffix('('));
    Some(without_group.unwrap_or(start).to_owned())
}

fn with_scheme(source: &str) -> Option<String> {
    let start = source.strip_prefix('^').unwrap_or(source);
    (!source.contains("//")).then(|| format!("https://(?:{start})"))
}

/// `\S` is not `\s`, so a regex with such a class stays as it is.
fn in_lower_case(source: &str) -> Option<String> {
    let mut previous = ' ';
    let has_class = source.chars().any(|c| {
        let is_class = previous == '\\' && c.is_ascii_uppercase();
        previous = c;
        is_class
    });
    if has_class {
        return None;
    }
    changed(source, &source.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::likely_meaning;

    #[test]
    fn likely_meanings() {
        for (source, meaning) in [
            (r"/^https:\/\/a\.com$/", r"^https://a\.com$"),
            (r"/https:\/\/.*\.a\.com/i", r"https://.*\.a\.com"),
            (r#""https://a\.com""#, r"https://a\.com"),
            (r"' https://a\.com '", r"https://a\.com"),
            (" https://a\\.com\n", r"https://a\.com"),
            (r"https://a\.com/", r"https://a\.com"),
            (r"https://a\.com/.*", r"https://a\.com"),
            (r"^https://a\.com(/.+)$", r"^https://a\.com"),
            (r"https:\/\/a\.com\/.+", r"https://a\.com"),
            (r"a\.com", r"https://(?:a\.com)"),
            (r"^a\.com|b\.com", r"https://(?:a\.com|b\.com)"),
            (r"https://A\.com", r"https://a\.com"),
        ] {
            let (_, found) = likely_meaning(source).unwrap_or_default();
            assert_eq!(found, meaning, "{source}");
        }
        for source in ["", r"https://", r"https://\D{400}", "http://a b"] {
            assert_eq!(likely_meaning(source), None, "{source}");
        }
    }
}
