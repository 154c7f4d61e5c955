//! What changes the CORS headers without `add_header`: other files, and responses that depend on the origin.

use std::collections::HashSet;

use super::condition;
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
    each(directives, &mut |directive, _| {
        problems.extend(include(directive));
        problems.extend(response(directive, &dependent));
    });
    problems
}

/// Visits every directive where a response can be configured, with the condition of the `if` around it. Blocks are at
/// most as deep as the parser allows.
fn each<'d>(
    directives: &'d [Directive],
    visit: &mut impl FnMut(&'d Directive, Option<&'d Directive>),
) {
    each_in(directives, None, visit);
}

fn each_in<'d>(
    directives: &'d [Directive],
    around: Option<&'d Directive>,
    visit: &mut impl FnMut(&'d Directive, Option<&'d Directive>),
) {
    for directive in directives {
        visit(directive, around);
        let name = directive.name.as_str();
        match &directive.block {
            Some(block) if name == "if" => each_in(block, Some(directive), visit),
            Some(block) if name != "map" && !OTHER_BLOCKS.contains(&name) => {
                each_in(block, None, visit);
            }
            _ => {}
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
    let mut dependent = HashSet::from(["http_origin"]);
    loop {
        let known = dependent.len();
        let mut found = Vec::new();
        each(directives, &mut |directive, around| {
            let depends = |word: &String| mentions(word, &dependent);
            let name = match (directive.name.as_str(), directive.words.as_slice()) {
                ("map", [source, name]) if depends(source) || any_value(directive, depends) => name,
                ("set", [name, value]) if depends(value) => name,
                ("set", [name, _])
                    if around.is_some_and(|block| block.words.iter().any(depends)) =>
                {
                    name
                }
                _ => return,
            };
            found.push(name.trim_start_matches('$').trim_matches(['{', '}']));
        });
        dependent.extend(found);
        if dependent.len() == known {
            return dependent;
        }
    }
}

/// Whether a value in a `map` has a property.
fn any_value(map: &Directive, property: impl Fn(&String) -> bool) -> bool {
    let entries = map.block.iter().flatten();
    entries.flat_map(|entry| &entry.words).any(property)
}

/// Whether one of the variables is in a word, as `$name` or `${name}`.
fn mentions(word: &str, variables: &HashSet<&str>) -> bool {
    word.split('$').skip(1).any(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        variables.contains(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default())
    })
}

/// An `if` that depends on the origin and responds itself, so that the headers after it are not for every origin.
fn response(directive: &Directive, dependent: &HashSet<&str>) -> Option<Problem> {
    let block = directive
        .block
        .as_ref()
        .filter(|_| directive.name == "if")?;
    if !directive.words.iter().any(|word| mentions(word, dependent)) {
        return None;
    }
    let other = block
        .iter()
        .find(|inner| !matches!(inner.name.as_str(), "set" | "add_header"))?;
    let message = format!(
        "`{}` in `if ({})` is not read, because it depends on the origin: use a `map` of `$http_origin`",
        other.name,
        condition(&directive.words)
    );
    Some(Problem::at(other.line, message))
}
