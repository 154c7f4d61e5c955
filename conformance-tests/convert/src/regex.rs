//! Regexes of other languages.
//!
//! A regex here must match the whole origin, in the syntax of the `regex` crate. What is not certain to mean the same in both
//! languages is refused.

use regex_syntax::hir::{Hir, Look};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The `regex` crate.
    Rust,
    /// `RegExp` without flags.
    JavaScript,
    /// `re`.
    Python,
    /// PCRE, in nginx.
    Pcre,
}

/// How the library uses a regex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// It must match the whole origin.
    Whole,
    /// It may match anywhere in the origin.
    Search,
}

/// A regex of this library that means the same.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Portable {
    pub(crate) regex: String,
    /// Whether it matches more than whole origins, so that other text can be around the match.
    pub(crate) is_open: bool,
}

/// Translates a regex, or tells what in it is not certain to mean the same.
pub(crate) fn portable(pattern: &str, dialect: Dialect, used: Use) -> Result<Portable, String> {
    if dialect != Dialect::Rust {
        check(pattern, dialect)?;
    }
    let hir = regex_syntax::parse(pattern).map_err(|error| one_line(&error))?;
    if used == Use::Whole {
        return Ok(Portable {
            regex: pattern.to_owned(),
            is_open: false,
        });
    }
    let (starts, ends) = anchors(&hir);
    let wrapped = match (starts, ends) {
        (true, true) => pattern.to_owned(),
        (true, false) => format!("(?:{pattern}).*"),
        (false, true) => format!(".*(?:{pattern})"),
        (false, false) => format!(".*(?:{pattern}).*"),
    };
    Ok(Portable {
        regex: wrapped,
        is_open: !(starts && ends),
    })
}

/// Whether every match starts at the start of the origin, and ends at its end.
fn anchors(hir: &Hir) -> (bool, bool) {
    let properties = hir.properties();
    (
        properties.look_set_prefix().contains(Look::Start),
        properties.look_set_suffix().contains(Look::End),
    )
}

fn one_line(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "not a regex".to_owned(),
    }
}

/// Accepts only what has the same meaning in every dialect on ASCII text without line feeds, which every origin
/// is.
fn check(pattern: &str, dialect: Dialect) -> Result<(), String> {
    if let Some(c) = pattern.chars().find(|c| !c.is_ascii_graphic()) {
        return Err(format!("`{}` in a regex", c.escape_default()));
    }
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\\' => escape(rest)?,
            '[' if in_class => return Err("`[` in a class of a regex".to_owned()),
            '[' => {
                in_class = true;
                class_start(rest)?
            }
            ']' if in_class => {
                in_class = false;
                1
            }
            '&' | '-' | '~' if in_class && rest.chars().nth(1) == Some(c) => {
                return Err(format!("`{c}{c}` in a class of a regex"));
            }
            _ if in_class => 1,
            '(' => group_start(rest, dialect)?,
            '{' => repetition(rest)?,
            ']' | '}' => return Err(format!("a single `{c}` in a regex")),
            '*' | '+' | '?' if rest.chars().nth(1) == Some('+') => {
                return Err("a possessive quantifier in a regex".to_owned());
            }
            _ => 1,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// The length of an escape: of a class, a boundary or a punctuation character.
fn escape(rest: &str) -> Result<usize, String> {
    let escaped = rest.chars().nth(1);
    match escaped {
        Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B') => Ok(2),
        Some(c) if c.is_ascii_punctuation() && !matches!(c, '<' | '>') => Ok(2),
        Some(c) => Err(format!("`\\{c}` in a regex")),
        None => Err("`\\` at the end of a regex".to_owned()),
    }
}

/// `[` or `[^`. A class that starts with `]` is empty in JavaScript only.
fn class_start(rest: &str) -> Result<usize, String> {
    let length = if rest.starts_with("[^") { 2 } else { 1 };
    match rest.get(length..) {
        Some(inner) if inner.starts_with(']') => {
            Err("`]` at the start of a class of a regex".to_owned())
        }
        _ => Ok(length),
    }
}

/// `(`, `(?:`, a named group, and `(?i)` at the start in Python and PCRE.
fn group_start(rest: &str, dialect: Dialect) -> Result<usize, String> {
    let Some(options) = rest.strip_prefix("(?") else {
        return match rest.starts_with("(*") {
            true => Err("`(*` in a regex".to_owned()),
            false => Ok(1),
        };
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = match dialect {
        Dialect::Python => options.strip_prefix("P<"),
        _ => options.strip_prefix('<'),
    };
    let name = name.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
    match name {
        _ if options.starts_with(':') => Ok(3),
        Some(name) if name.trim_start_matches(is_name).starts_with('>') => Ok(2),
        _ => Err("a group with options, look-around or a reference in a regex".to_owned()),
    }
}

/// `{n}`, `{n,}` or `{n,m}`.
fn repetition(rest: &str) -> Result<usize, String> {
    let error = || "a single `{` in a regex".to_owned();
    let end = rest.find('}').ok_or_else(error)?;
    let bounds = rest.get(1..end).unwrap_or_default();
    let (least, most) = bounds.split_once(',').unwrap_or((bounds, ""));
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !least.is_empty() && is_number(least) && is_number(most) {
        // What follows may be `?`, but not `+`.
        return match rest.get(end + 1..) {
            Some(after) if after.starts_with('+') => {
                Err("a possessive quantifier in a regex".to_owned())
            }
            _ => Ok(end + 1),
        };
    }
    Err(error())
}
