//! The origins for which a variable has a value: `map $http_origin $name { ... }`, or `set` in an `if`.

use std::collections::{HashMap, HashSet};

use super::tokens::Directive;
use crate::draft::Draft;
use crate::regex::{Dialect, Use, portable};

/// Where each variable gets its value.
#[derive(Default)]
pub(super) struct Variables<'d> {
    maps: HashMap<&'d str, Vec<&'d Directive>>,
    sets: HashMap<&'d str, Vec<&'d Directive>>,
}

struct Set<'d> {
    /// The condition of the `if` around it.
    condition: Option<String>,
    directive: &'d Directive,
}

impl<'d> Variables<'d> {
    pub(super) fn of(directives: &'d [Directive]) -> Self {
        let mut variables = Self::default();
        variables.add(directives);
        variables
    }

    /// Blocks are at most as deep as the parser allows.
    fn add(&mut self, directives: &'d [Directive]) {
        for directive in directives {
            match (
                directive.name.as_str(),
                directive.words.as_slice(),
                &directive.block,
            ) {
                ("map", [_, name], Some(_)) => {
                    self.maps.entry(plain(name)).or_default().push(directive)
                }
                ("set", [name, _], None) => {
                    self.sets.entry(plain(name)).or_default().push(directive)
                }
                (_, _, Some(block)) => self.add(block),
                _ => {}
            }
        }
    }

    /// Adds the origins for which `variable` is the origin itself, in a block. `blocks` are those around it, and itself.
    pub(super) fn add_origins(
        &self,
        draft: &mut Draft,
        line: usize,
        variable: &str,
        blocks: &[&'d [Directive]],
    ) {
        let name = plain(variable);
        let maps = self.maps.get(name).map_or(&[][..], Vec::as_slice);
        let sets = self.sets.get(name).map_or(&[][..], Vec::as_slice);
        match (maps, sets) {
            (&[map], []) => add_map(draft, map),
            ([], [_, ..]) => {
                let read = sets_in(blocks, name);
                let is_read: HashSet<_> = read
                    .iter()
                    .map(|set| std::ptr::from_ref(set.directive))
                    .collect();
                let mut others = sets
                    .iter()
                    .filter(|set| !is_read.contains(&std::ptr::from_ref(**set)));
                match others.next() {
                    Some(other) => draft.problem(
                        other.line,
                        format!("`{variable}` is also set here, outside of the blocks around the header: pass each block alone"),
                    ),
                    None => add_sets(draft, &read),
                }
            }
            _ => draft.problem(
                line,
                format!("`{variable}`: its value is not from one `map $http_origin` in this text"),
            ),
        }
    }
}

/// Each `set` of a variable, in the order in which nginx runs them, and each directive that ends them.
fn sets_in<'d>(blocks: &[&'d [Directive]], name: &str) -> Vec<Set<'d>> {
    let is_set = |directive: &Directive| {
        let variable = directive.words.first().map(|variable| plain(variable));
        (directive.name == "set" && variable == Some(name)) || ends_sets(directive)
    };
    let mut sets = Vec::new();
    for directive in blocks.iter().copied().flatten() {
        if is_set(directive) {
            sets.push(Set {
                condition: None,
                directive,
            });
        } else if let ("if", Some(block)) = (directive.name.as_str(), &directive.block) {
            let condition = directive.condition();
            sets.extend(block.iter().filter(|inner| is_set(inner)).map(|inner| Set {
                condition: Some(condition.clone()),
                directive: inner,
            }));
        }
    }
    sets
}

fn ends_sets(directive: &Directive) -> bool {
    let flag = directive.words.last().map(String::as_str);
    match directive.name.as_str() {
        "break" => true,
        "rewrite" => matches!(flag, Some("break" | "last")),
        _ => false,
    }
}

/// Reads what is after the last `set` without a condition, which replaces what is before it.
fn add_sets(draft: &mut Draft, sets: &[Set<'_>]) {
    let is_end = |set: &Set<'_>| ends_sets(set.directive);
    let end = sets.iter().rposition(|set| !is_end(set));
    let sets = sets.get(..=end.unwrap_or_default()).unwrap_or_default();
    if let Some(end) = sets.iter().find(|set| is_end(set)) {
        return draft.problem(
            end.directive.line,
            format!(
                "`{}` ends the `set` directives, which is not read: write it after them",
                end.directive.name
            ),
        );
    }
    let last = sets.iter().rposition(|set| set.condition.is_none());
    for set in sets.iter().skip(last.unwrap_or_default()) {
        add_set(draft, set);
    }
}

/// The name of a variable: `cors` of `$cors` and `${cors}`.
fn plain(variable: &str) -> &str {
    variable.trim_start_matches('$').trim_matches(['{', '}'])
}

fn add_map(draft: &mut Draft, map: &Directive) {
    if map.words.first().map(|word| plain(word)) != Some("http_origin") {
        return draft.problem(map.line, "only a `map` of `$http_origin` is read");
    }
    if let Some(line) = refused_beside_regex(map) {
        return draft.problem(line, "an origin that is refused although a regex may allow it has no counterpart here: write regexes that do not match it");
    }
    for entry in map.block.iter().flatten() {
        match (entry.name.as_str(), entry.words.as_slice()) {
            ("volatile", []) => {}
            ("include", _) => draft.problem(
                entry.line,
                "`include` in a `map` is not read: write the entries",
            ),
            // No origin is no CORS request.
            ("", [_]) => {}
            ("default", [value]) => add_default(draft, entry.line, value, map),
            (key, [value]) => add_entry(draft, entry.line, key, value),
            (name, _) => draft.problem(entry.line, format!("`{name}` in a `map` is not read")),
        }
    }
}

/// The line of an entry for which there is no header, if a regex in the map allows other origins. nginx compares exact
/// entries first, and takes the first regex that matches.
fn refused_beside_regex(map: &Directive) -> Option<usize> {
    let entries = || map.block.iter().flatten();
    let is_refused = |entry: &Directive| entry.words.iter().any(String::is_empty);
    let has_regex = entries().any(|entry| entry.name.starts_with('~') && !is_refused(entry));
    let mut refused = entries()
        .filter(|entry| !matches!(entry.name.as_str(), "" | "default") && is_refused(entry));
    refused.next().filter(|_| has_regex).map(|entry| entry.line)
}

fn add_default(draft: &mut Draft, line: usize, value: &str, map: &Directive) {
    match value {
        "" => {}
        _ if draft.meaning.any_origin => {}
        "*" | "$http_origin" => {
            let exceptions = map.block.iter().flatten();
            let mut exceptions =
                exceptions.filter(|entry| entry.words.iter().any(String::is_empty));
            match exceptions.find(|entry| !entry.name.is_empty()) {
                Some(entry) => draft.problem(entry.line, "an origin that is refused while all others are allowed has no counterpart here"),
                None => draft.allow_any_origin(),
            }
        }
        origin if origin.contains("://") && !origin.contains('$') => {
            draft.note(
                line,
                format!(
                    "`{origin}` is sent to every origin that is not listed, so it is allowed itself"
                ),
            );
            draft.add_exact_origins(vec![(line, origin.to_owned())]);
        }
        _ => draft.problem(line, format!("`{value}` is not an origin")),
    }
}

fn add_entry(draft: &mut Draft, line: usize, key: &str, value: &str) {
    match value {
        "" => {}
        _ if draft.meaning.any_origin => {}
        "$http_origin" | "${http_origin}" => add_matching(draft, line, key),
        "*" => {
            draft.note(
                line,
                "the response has `*` here, which needs no credentials",
            );
            add_matching(draft, line, key);
        }
        value if value.eq_ignore_ascii_case(key) => add_matching(draft, line, key),
        _ => draft.problem(line, format!("`{value}` is not the origin `{key}`")),
    }
}

/// Adds an exact origin, whose case nginx ignores, or a regex after `~` or `~*`.
fn add_matching(draft: &mut Draft, line: usize, key: &str) {
    match key.strip_prefix('~') {
        None => {
            let origin = key.strip_prefix('\\').unwrap_or(key);
            draft.add_exact_origins(vec![(line, origin.to_ascii_lowercase())]);
        }
        Some(regex) => match regex.strip_prefix('*') {
            Some(regex) => add_regex(draft, line, regex, "(?i)"),
            None => add_regex(draft, line, regex, ""),
        },
    }
}

fn add_regex(draft: &mut Draft, line: usize, regex: &str, options: &str) {
    match portable(regex, Dialect::Pcre, Use::Search) {
        Ok(portable) => {
            if portable.is_open {
                let message = format!(
                    "`{regex}` matches anywhere in an origin, so other sites may match it; write `^` and `$` around it, and `\\.` for a dot"
                );
                draft.note(line, message);
            }
            draft
                .meaning
                .regexes
                .push(format!("{options}{}", portable.regex));
        }
        Err(problem) => draft.problem(
            line,
            format!("`{regex}`: {problem}: it may mean something else here"),
        ),
    }
}

/// `set $cors $http_origin` in `if ($http_origin ~ regex)`, and `set $cors ""` anywhere.
fn add_set(draft: &mut Draft, set: &Set<'_>) {
    let line = set.directive.line;
    let value = set.directive.words.last().map_or("", String::as_str);
    let condition = set
        .condition
        .as_deref()
        .and_then(|condition| condition.strip_prefix("$http_origin "));
    let test = condition.and_then(|condition| condition.split_once(' '));
    match (value, test) {
        ("", None) if set.condition.is_none() => {}
        ("$http_origin", Some(("~", regex))) => add_regex(draft, line, regex, ""),
        ("$http_origin", Some(("~*", regex))) => add_regex(draft, line, regex, "(?i)"),
        (value, Some(("=", origin))) if value == "$http_origin" || value == origin => {
            draft.add_exact_origins(vec![(line, origin.to_owned())]);
        }
        ("$http_origin" | "*", None) if set.condition.is_none() => draft.allow_any_origin(),
        _ => draft.problem(
            line,
            "only `set` in `if ($http_origin ~ ...)` or `=`, to `$http_origin`, is read",
        ),
    }
}
