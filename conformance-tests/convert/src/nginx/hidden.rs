//! What changes the CORS headers without `add_header`: other files, and responses that depend on the origin.

use std::collections::{HashMap, HashSet};

use super::tokens::Directive;
use crate::problem::Problem;

/// Files of nginx itself and of its packages, which add no headers to responses.
const HARMLESS_FILES: [&str; 6] = [
    "fastcgi.conf",
    "fastcgi_params",
    "mime.types",
    "proxy_params",
    "scgi_params",
    "uwsgi_params",
];

/// Blocks in which there cannot be `add_header`.
const OTHER_BLOCKS: [&str; 7] = [
    "events",
    "geo",
    "mail",
    "split_clients",
    "stream",
    "types",
    "upstream",
];

pub(super) fn problems(directives: &[Directive]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let dependent = dependent_variables(directives);
    each(directives, &mut |directive| {
        problems.extend(include(directive));
        problems.extend(response(directive, &dependent));
    });
    problems
}

/// Visits every directive where a response can be configured. Blocks are at most as deep as the parser allows.
fn each<'d>(directives: &'d [Directive], visit: &mut impl FnMut(&'d Directive)) {
    for directive in directives {
        visit(directive);
        let name = directive.name.as_str();
        if let Some(block) = &directive.block
            && name != "map"
            && !OTHER_BLOCKS.contains(&name)
        {
            each(block, visit);
        }
    }
}

fn include(directive: &Directive) -> Option<Problem> {
    let file = directive
        .words
        .first()
        .filter(|_| directive.name == "include")?;
    let name = file.rsplit('/').next().unwrap_or(file);
    let message = || format!("`include {file}` is not read: write the content of the file here");
    (!HARMLESS_FILES.contains(&name)).then(|| Problem::at(directive.line, message()))
}

/// The variables whose value depends on the origin, through a `map` or `set`.
fn dependent_variables(directives: &[Directive]) -> HashSet<&str> {
    let mut influences: Vec<Influence<'_>> = Vec::new();
    let mut by_source: HashMap<&str, Vec<usize>> = HashMap::new();
    each(directives, &mut |directive| {
        if let Some(influence) = Influence::of(directive) {
            for source in &influence.sources {
                by_source.entry(source).or_default().push(influences.len());
            }
            influences.push(influence);
        }
    });
    let mut dependent = HashSet::from(["http_origin"]);
    let mut pending = vec!["http_origin"];
    while let Some(source) = pending.pop() {
        for index in by_source.remove(source).unwrap_or_default() {
            let targets = influences
                .get_mut(index)
                .map(|one| std::mem::take(&mut one.targets));
            let targets = targets.into_iter().flatten();
            pending.extend(targets.filter(|target| dependent.insert(target)));
        }
    }
    dependent
}

/// Each of the targets depends on each of the sources.
struct Influence<'d> {
    sources: Vec<&'d str>,
    targets: Vec<&'d str>,
}

impl<'d> Influence<'d> {
    fn of(directive: &'d Directive) -> Option<Self> {
        let block = || directive.block.iter().flatten();
        match (directive.name.as_str(), directive.words.as_slice()) {
            ("map", [source, target]) => Some(Self {
                sources: std::iter::once(source)
                    .chain(block().flat_map(|entry| &entry.words))
                    .flat_map(|word| variables(word))
                    .collect(),
                targets: variables(target).collect(),
            }),
            ("set", [target, value]) => Some(Self {
                sources: variables(value).collect(),
                targets: variables(target).collect(),
            }),
            ("if", condition) => Some(Self {
                sources: condition.iter().flat_map(|word| variables(word)).collect(),
                targets: block()
                    .filter(|inner| inner.name == "set")
                    .filter_map(|inner| inner.words.first())
                    .flat_map(|target| variables(target))
                    .collect(),
            }),
            _ => None,
        }
    }
}

/// The variables in a word, written as `$name` or `${name}`.
fn variables(word: &str) -> impl Iterator<Item = &str> {
    word.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    })
}

/// An `if` that depends on the origin and does not only set variables. It may respond itself, and its `add_header`
/// replaces those around it, so these are not for every origin. Its own CORS headers are reported where they are read.
fn response(directive: &Directive, dependent: &HashSet<&str>) -> Option<Problem> {
    let block = directive
        .block
        .as_ref()
        .filter(|_| directive.name == "if")?;
    let mut variables = directive.words.iter().flat_map(|word| variables(word));
    variables.find(|variable| dependent.contains(variable))?;
    let other = block
        .iter()
        .find(|inner| inner.name != "set" && !inner.adds_header("access-control-allow-origin"))?;
    let message = format!(
        "`{}` in `if ({})` is not read, because it depends on the origin: use a `map` of `$http_origin`",
        other.name,
        directive.condition()
    );
    Some(Problem::at(other.line, message))
}
