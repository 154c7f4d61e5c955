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

/// How many steps the sites of a regex may still take: one for each text that is written, those of parts and
/// those that are dropped included, and one for each label that is read. [`MAX_TEXTS`] alone does not bound
/// the time, because a regex has many parts.
#[derive(Debug)]
pub(super) struct Steps(usize);

impl Default for Steps {
    fn default() -> Self {
        Self(MAX_STEPS)
    }
}

impl Steps {
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), TooComplex> {
        self.0 = self.0.checked_sub(steps).ok_or(TooComplex::Sites)?;
        Ok(())
    }
}

/// Enough for [`MAX_TEXTS`] texts of a few labels. With more, a build would take longer than 200 ms on a common
/// machine.
const MAX_STEPS: usize = 100_000;

/// The texts that `source`, a valid regex, spells out, in lower case.
pub(super) fn texts(source: &str, steps: &mut Steps) -> Result<Texts, TooComplex> {
    match parse::Parser::new().parse(source) {
        Ok(ast) => of(&ast, steps),
        Err(_) => Ok(free()),
    }
}

fn of(ast: &Ast, steps: &mut Steps) -> Result<Texts, TooComplex> {
    Ok(match ast {
        Ast::Empty(_) | Ast::Flags(_) | Ast::Assertion(_) => one(""),
        Ast::Literal(literal) => character(literal),
        Ast::Dot(_) | Ast::ClassUnicode(_) | Ast::ClassPerl(_) => free(),
        Ast::ClassBracketed(class) => listed(class).unwrap_or_else(free),
        Ast::Repetition(repetition) => repeated(&repetition.ast, &repetition.op.kind, steps)?,
        Ast::Group(group) => of(&group.ast, steps)?,
        Ast::Alternation(parts) => {
            let mut all = Texts::new();
            for part in &parts.asts {
                let texts = of(part, steps)?;
                steps.spend(texts.len())?;
                all.extend(texts);
                limit(&all)?;
            }
            all
        }
        Ast::Concat(parts) => concatenated(&parts.asts, steps)?,
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

/// Parts with a single text, such as the characters of a word, are joined before they are appended to many.
fn concatenated(parts: &[Ast], steps: &mut Steps) -> Result<Texts, TooComplex> {
    let (mut all, mut word) = (one(""), one(""));
    for part in parts {
        let texts = of(part, steps)?;
        if texts.len() == 1 {
            word = joined(&word, &texts, steps)?;
        } else {
            all = joined(&joined(&all, &word, steps)?, &texts, steps)?;
            word = one("");
        }
    }
    joined(&all, &word, steps)
}

/// What is repeated any number of times is not spelled out.
fn repeated(ast: &Ast, kind: &RepetitionKind, steps: &mut Steps) -> Result<Texts, TooComplex> {
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
            let single = of(ast, steps)?;
            let mut all = one("");
            for _ in 0..count {
                let next = joined(&all, &single, steps)?;
                if next == all {
                    break;
                }
                all = next;
            }
            Ok(all)
        }
        Some(1) => {
            let mut all = of(ast, steps)?;
            all.insert(String::new());
            Ok(all)
        }
        _ => Ok(free()),
    }
}

fn joined(before: &Texts, after: &Texts, steps: &mut Steps) -> Result<Texts, TooComplex> {
    steps.spend(before.len().saturating_mul(after.len()))?;
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
    use super::{Steps, Texts};
    use crate::language::compile::TooComplex;

    fn texts(source: &str) -> Result<Texts, TooComplex> {
        super::texts(source, &mut Steps::default())
    }

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

    /// The number of texts is not enough: each part can have many that are dropped because they are too long.
    #[test]
    fn steps() {
        let factors = |count| format!("x{{319}}[abc]{{8}}{}", "([abc]{8})?".repeat(count));
        assert_eq!(texts(&factors(0)).unwrap().len(), 6561);
        for count in [1, 10, 90] {
            assert_eq!(texts(&factors(count)), Err(TooComplex::Sites), "{count}");
        }
        let same = |count| vec!["[abc]{8}"; count].join("|");
        assert_eq!(texts(&same(5)).unwrap().len(), 6561);
        assert_eq!(texts(&same(10)), Err(TooComplex::Sites));
    }

    /// As many texts as the limit, each as long as an origin.
    #[test]
    fn long_words_take_few_steps() {
        let mut steps = Steps::default();
        let digits = "(0|1|2|3|4|5|6|7|8|9){4}";
        let source = format!("{}{digits}{}", "x".repeat(150), "y".repeat(150));
        assert_eq!(super::texts(&source, &mut steps).unwrap().len(), 10_000);
        assert!(steps.0 > 60_000, "{}", steps.0);
    }
}
