//! Unescaped dots in a regex.

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{Ast, ClassSet, ClassSetItem, RepetitionKind};

/// `source` with a backslash before every unescaped `.` between two labels. `None` if there is no such
/// dot.
pub(super) fn escape_dots(source: &str) -> Option<String> {
    let ast = Parser::new().parse(source).ok()?;
    let mut dots = Vec::new();
    find_dots(&ast, Around::default(), &mut dots);
    let mut out = source.to_owned();
    for dot in dots.iter().rev() {
        out.insert(*dot, '\\');
    }
    (!dots.is_empty()).then_some(out)
}

/// What surrounds a part of the regex.
#[derive(Clone, Copy, Default)]
struct Around {
    /// A label may end before it.
    label_before: bool,
    /// A label may start after it.
    label_after: bool,
}

/// Appends the offsets of the dots between labels, in order.
fn find_dots(ast: &Ast, around: Around, dots: &mut Vec<usize>) {
    match ast {
        Ast::Dot(span) if around.label_before && around.label_after => dots.push(span.start.offset),
        Ast::Group(group) => find_dots(&group.ast, around, dots),
        Ast::Alternation(parts) => {
            for part in &parts.asts {
                find_dots(part, around, dots);
            }
        }
        // `.*` and the like are not separators.
        Ast::Repetition(repetition) if !is_dot(&repetition.ast) => {
            let repeats = !matches!(repetition.op.kind, RepetitionKind::ZeroOrOne);
            let around = Around {
                label_before: around.label_before || repeats && ends_label(&repetition.ast),
                label_after: around.label_after || repeats && starts_label(&repetition.ast),
            };
            find_dots(&repetition.ast, around, dots);
        }
        Ast::Concat(parts) => {
            for (i, part) in parts.asts.iter().enumerate() {
                let (before, after) = parts.asts.split_at_checked(i).unwrap_or_default();
                let around = Around {
                    label_before: touches(before.iter().rev(), ends_label, around.label_before),
                    label_after: touches(after.iter().skip(1), starts_label, around.label_after),
                };
                find_dots(part, around, dots);
            }
        }
        _ => {}
    }
}

/// Whether the nearest of `parts` is a label, or `beyond` if all of them match no character.
fn touches<'a>(
    parts: impl Iterator<Item = &'a Ast>,
    is_label: fn(&Ast) -> bool,
    beyond: bool,
) -> bool {
    let is_character =
        |part: &&Ast| !matches!(part, Ast::Empty(_) | Ast::Flags(_) | Ast::Assertion(_));
    parts
        .into_iter()
        .find(is_character)
        .map_or(beyond, is_label)
}

/// Whether the text that `ast` matches may end with a letter, a digit, `-` or `_`.
fn ends_label(ast: &Ast) -> bool {
    match ast {
        Ast::Literal(literal) => literal.c.is_ascii_alphanumeric() || "-_".contains(literal.c),
        Ast::Concat(parts) => touches(parts.asts.iter().rev(), ends_label, false),
        Ast::Repetition(repetition) if is_dot(&repetition.ast) => true,
        _ => is_label(ast, ends_label),
    }
}

/// Whether the text that `ast` matches may start with a letter or a digit.
fn starts_label(ast: &Ast) -> bool {
    match ast {
        Ast::Literal(literal) => literal.c.is_ascii_alphanumeric(),
        Ast::Concat(parts) => touches(parts.asts.iter(), starts_label, false),
        _ => is_label(ast, starts_label),
    }
}

fn is_label(ast: &Ast, is_label: fn(&Ast) -> bool) -> bool {
    match ast {
        Ast::ClassPerl(_) | Ast::ClassUnicode(_) => true,
        Ast::ClassBracketed(class) => class.negated || has_letters(&class.kind),
        Ast::Group(group) => is_label(&group.ast),
        Ast::Repetition(repetition) => is_label(&repetition.ast),
        Ast::Alternation(parts) => parts.asts.iter().any(is_label),
        _ => false,
    }
}

/// Whether a class is more than another way to write a dot, such as `[.]`.
fn has_letters(set: &ClassSet) -> bool {
    fn is_letter(item: &ClassSetItem) -> bool {
        match item {
            ClassSetItem::Literal(literal) => literal.c.is_ascii_alphanumeric(),
            ClassSetItem::Union(union) => union.items.iter().any(is_letter),
            _ => true,
        }
    }
    match set {
        ClassSet::Item(item) => is_letter(item),
        ClassSet::BinaryOp(_) => true,
    }
}

fn is_dot(ast: &Ast) -> bool {
    matches!(ast, Ast::Dot(_))
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
            // Inside a group, the label may be outside of it.
            (
                r"https://(www.)?example\.com",
                r"https://(www\.)?example\.com",
            ),
            (
                r"https://(?:www.|app.)example\.com",
                r"https://(?:www\.|app\.)example\.com",
            ),
            (
                r"https://example(.com|.org)",
                r"https://example(\.com|\.org)",
            ),
            (
                r"https://((?:[a-z]+.)*)example\.com$",
                r"https://((?:[a-z]+\.)*)example\.com$",
            ),
            (r"https://(a-.){2}(?:b)", r"https://(a-\.){2}(?:b)"),
            (r"https://(?:a.)+$", r"https://(?:a\.)+$"),
            (r"https://a(?i).b", r"https://a(?i)\.b"),
            (r"https://a.\wb", r"https://a\.\wb"),
            (r"https://a#.a.b", r"https://a#.a\.b"),
            ("(?x) https://a . b # c.d", "(?x) https://a \\. b # c.d"),
            (r"https://www.(a|b)\.com", r"https://www\.(a|b)\.com"),
        ] {
            assert_eq!(escape_dots(source).as_deref(), Some(escaped), "{source}");
            assert_eq!(escape_dots(escaped), None, "{escaped}");
        }
        for source in [
            r"https://.*\.example\.com",
            r"https://[a.b]+\.example\.com",
            r"https://[a\].b]+\.example\.com",
            ".*",
            r"a\\.b",
            // Not between labels: another dot follows or precedes.
            r"https://app-.\.example\.com",
            r"https://app-.[.]example\.com",
            r"https://app(\.).example\.com",
            r"https://app-.(\.eu)?\.example\.com",
            r"https://(www.)?",
            r"https://(?:a.)?$",
            r"https://.example",
            "(",
            r"a\\\.b",
            r"https://a.*\.com",
            r"https://.[a-z]+\.com",
            r"https://a\\[a.b]",
        ] {
            assert_eq!(escape_dots(source), None, "{source}");
        }
    }
}
