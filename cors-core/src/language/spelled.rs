//! The texts that a regex spells out.
//!
//! `https://(app|www)\.example\.com(:\d+)?` spells out `https://app.example.com`,
//! `https://www.example.com`, and both with `:*`, where `*` stands for anything that is not spelled out.

use super::compile::TooComplex;
use crate::origin::MAX_LEN;
use regex_syntax::ast::{
    Ast, ClassBracketed, ClassSet, ClassSetItem, Literal, RepetitionKind, RepetitionRange, parse,
};
use std::collections::BTreeSet;

/// Stands for anything that is not spelled out. Origins do not contain it.
pub(super) const FREE: char = '*';

/// The largest number of texts.
const MAX_TEXTS: usize = 10_000;

/// A class that lists more characters does not spell them out.
const MAX_LISTED: usize = 3;

type Texts = BTreeSet<String>;

/// The texts that `source`, a valid regex, spells out, in lower case.
pub(super) fn texts(source: &str) -> Result<Texts, TooComplex> {
    match parse::Parser::new().parse(source) {
        Ok(ast) => of(&ast),
        Err(_) => Ok(free()),
    }
}

fn of(ast: &Ast) -> Result<Texts, TooComplex> {
    Ok(match ast {
        Ast::Empty(_) | Ast::Flags(_) | Ast::Assertion(_) => one(""),
        Ast::Literal(literal) => character(literal),
        Ast::Dot(_) | Ast::ClassUnicode(_) | Ast::ClassPerl(_) => free(),
        Ast::ClassBracketed(class) => listed(class).unwrap_or_else(free),
        Ast::Repetition(repetition) => repeated(&repetition.ast, &repetition.op.kind)?,
        Ast::Group(group) => of(&group.ast)?,
        Ast::Alternation(parts) => {
            let mut all = Texts::new();
            for part in &parts.asts {
                all.extend(of(part)?);
                limit(&all)?;
            }
            all
        }
        Ast::Concat(parts) => {
            let mut all = one("");
            for part in &parts.asts {
                all = joined(&all, &of(part)?)?;
            }
            all
        }
    })
}

fn one(text: &str) -> Texts {
    Texts::from([text.to_owned()])
}

fn free() -> Texts {
    one(&FREE.to_string())
}

/// In lower case, as browsers send it, whether or not the regex ignores case.
fn character(literal: &Literal) -> Texts {
    if literal.c.is_ascii() && literal.c != FREE {
        one(&literal.c.to_ascii_lowercase().to_string())
    } else {
        free()
    }
}

/// The characters of a class such as `[.]` or `[12]`.
fn listed(class: &ClassBracketed) -> Option<Texts> {
    let items = match &class.kind {
        ClassSet::Item(ClassSetItem::Union(union)) => union.items.as_slice(),
        ClassSet::Item(item) => std::slice::from_ref(item),
        ClassSet::BinaryOp(_) => return None,
    };
    if class.negated || items.len() > MAX_LISTED {
        return None;
    }
    let mut all = Texts::new();
    for item in items {
        match item {
            ClassSetItem::Literal(literal) => all.extend(character(literal)),
            _ => return None,
        }
    }
    Some(all)
}

/// What is repeated any number of times is not spelled out.
fn repeated(ast: &Ast, kind: &RepetitionKind) -> Result<Texts, TooComplex> {
    let (least, most) = match kind {
        RepetitionKind::ZeroOrOne => (0, Some(1)),
        RepetitionKind::ZeroOrMore => (0, None),
        RepetitionKind::OneOrMore => (1, None),
        RepetitionKind::Range(RepetitionRange::Exactly(count)) => (*count, Some(*count)),
        RepetitionKind::Range(RepetitionRange::AtLeast(least)) => (*least, None),
        RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => (*least, Some(*most)),
    };
    match most {
        Some(count) if count == least => {
            let single = of(ast)?;
            let mut all = one("");
            for _ in 0..count {
                let next = joined(&all, &single)?;
                if next == all {
                    break;
                }
                all = next;
            }
            Ok(all)
        }
        Some(1) => {
            let mut all = of(ast)?;
            all.insert(String::new());
            Ok(all)
        }
        _ => Ok(free()),
    }
}

fn joined(before: &Texts, after: &Texts) -> Result<Texts, TooComplex> {
    let mut all = Texts::new();
    for start in before {
        for end in after {
            let end = match end.strip_prefix(FREE) {
                Some(end) if start.ends_with(FREE) => end,
                _ => end,
            };
            // No origin is longer.
            if start.len() + end.len() <= MAX_LEN + 1 {
                all.insert(format!("{start}{end}"));
                limit(&all)?;
            }
        }
    }
    Ok(all)
}

fn limit(texts: &Texts) -> Result<(), TooComplex> {
    if texts.len() > MAX_TEXTS {
        return Err(TooComplex::Sites);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::texts;
    use crate::language::compile::TooComplex;

    #[test]
    fn what_is_spelled_out() {
        for (source, expected) in [
            (r"https://a\.com", "https://a.com"),
            (r"(?i)^HTTPS?://a\.com$", "http://a.com https://a.com"),
            (r"(a|b|)[.]x{2}[12]", ".xx1 .xx2 a.xx1 a.xx2 b.xx1 b.xx2"),
            (
                r"(www.)?a\.com(:\d+)?",
                "a.com a.com:* www*a.com www*a.com:*",
            ),
            (r".*\.a\.com|b", "*.a.com b"),
            (r"[a-c][abcd][^a]\d\pL[[:alpha:]][a&&b]c", "*c"),
            ("(ab)+(c)*d{2,3}e{1,}f{0,1}", "* *f"),
            (r"(?x) a \b b # c", "ab"),
            ("(){0}(){5}(a{0})*", "*"),
            ("[abc]", "a b c"),
            (r"\*a\x2eé", "*a.*"),
            ("(a.?){3}", "a*a*a a*a*a* a*aa a*aa* aa*a aa*a* aaa aaa*"),
        ] {
            let found: Vec<String> = texts(source).unwrap().into_iter().collect();
            assert_eq!(found.join(" "), expected, "{source}");
        }
    }

    #[test]
    fn limits() {
        assert_eq!(texts("(a|b){14}"), Err(TooComplex::Sites));
        assert_eq!(texts("(a|b){13}").unwrap().len(), 8192);
        assert_eq!(texts("(0|1|2|3|4|5|6|7|8|9){4}").unwrap().len(), 10_000);
        assert_eq!(texts("(?:a{900}){900}").unwrap().len(), 0);
        assert_eq!(texts("a{163}b{164}").unwrap().len(), 1);
        assert_eq!(texts("a{164}b{164}").unwrap().len(), 0);
        assert_eq!(texts("(?:){4000000000}").unwrap().len(), 1);
    }
}
