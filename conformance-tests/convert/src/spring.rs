//! `spring.cloud.gateway` in YAML. Its properties are those of Spring's `CorsConfiguration`.
//!
//! Configurations in Java are not read.

mod yaml;

use std::collections::HashSet;

use crate::draft::read::without_lines;
use crate::draft::{Checks, Draft};
use crate::origin_glob;
use crate::problem::Problem;
use yaml::{Kind, Yaml};

const GATEWAY: [&str; 2] = [
    "spring.cloud.gateway",
    "spring.cloud.gateway.server.webflux",
];

pub(crate) fn read(text: &str) -> Result<Vec<Draft>, Vec<Problem>> {
    if is_java(text) {
        return Err(vec![Problem::of_file(
            "configurations in Java are not read, only application.yml: write the values of the annotation or of the CorsConfiguration in a policy file",
        )]);
    }
    let documents = yaml::parse(text).map_err(|problem| vec![problem])?;
    let mut found = Found::default();
    for document in &documents {
        found.visit("", document);
    }
    let Some(first) = found.drafts.first_mut() else {
        let message = |key: &str| format!("`{key}` is not read: only `spring.cloud.gateway` is");
        return match found.others.is_empty() {
            true => Ok(Vec::new()),
            false => Err(found
                .others
                .iter()
                .map(|(line, key)| Problem::at(*line, message(key)))
                .collect()),
        };
    };
    for (line, key) in found.others {
        first.note(
            line,
            format!("`{key}` is not read: only `spring.cloud.gateway` is"),
        );
    }
    Ok(found.drafts)
}

fn is_java(text: &str) -> bool {
    let is_code = |line: &str| {
        line.ends_with(';') && (line.starts_with("import ") || line.starts_with("package "))
    };
    text.contains("@CrossOrigin") || text.lines().any(|line| is_code(line.trim()))
}

#[derive(Default)]
struct Found {
    drafts: Vec<Draft>,
    /// Keys about CORS that are not those of the gateway.
    others: Vec<(usize, String)>,
}

impl Found {
    /// Searches a value and those in it, which are at most as deep as the parser allows. Dots in keys separate them.
    fn visit(&mut self, path: &str, value: &Yaml) {
        const LONGEST: usize = 200;
        if path.len() > LONGEST {
            return;
        }
        let below = |prefix: &str| {
            GATEWAY
                .iter()
                .any(|gateway| path == format!("{gateway}.{prefix}"))
        };
        match &value.kind {
            Kind::Map(patterns) if below("globalcors.corsconfigurations") => {
                for (pattern, options) in patterns {
                    self.drafts.push(draft(pattern, options, Names::Relaxed));
                }
            }
            Kind::Map(_) if below("routes.metadata.cors") => {
                self.drafts.push(draft("/**", value, Names::Exact));
            }
            Kind::Map(entries) => {
                for (key, value) in entries {
                    let key = relaxed(key);
                    let path = if path.is_empty() {
                        key
                    } else {
                        format!("{path}.{key}")
                    };
                    self.visit(&path, value);
                }
            }
            Kind::List(entries) => entries.iter().for_each(|entry| self.visit(path, entry)),
            Kind::Text { .. } => self.leaf(path, value.line),
        }
    }

    fn leaf(&mut self, path: &str, line: usize) {
        let is_switch = path.ends_with(".addtosimpleurlhandlermapping");
        if path.contains("cors") && !is_switch {
            self.others.push((line, path.to_owned()));
        }
    }
}

/// A property in the form in which Spring Boot compares it.
fn relaxed(key: &str) -> String {
    let kept = key.chars().filter(|c| !matches!(c, '-' | '_'));
    kept.collect::<String>().to_ascii_lowercase()
}

fn draft(pattern: &str, options: &Yaml, names: Names) -> Draft {
    let mut draft = Draft::new(options.line, Checks::Server);
    draft.meaning.methods = vec!["GET".to_owned(), "HEAD".to_owned()];
    draft.meaning.blocks_refused_origins = true;
    let pattern = pattern.trim_matches(['[', ']']);
    if pattern != "/**" {
        draft.note(options.line, format!("the configuration is for `{pattern}`; the policy is for every path, unless your code gives it one"));
    }
    let Kind::Map(entries) = &options.kind else {
        draft.problem(options.line, "a map of options is expected");
        return draft;
    };
    let mut seen = HashSet::new();
    for (name, value) in entries {
        let key = relaxed(name);
        if !seen.insert(key.clone()) {
            draft.problem(
                value.line,
                format!("`{name}` is given twice: write it once"),
            );
        } else if names == Names::Exact && (key == *name || name.contains(['-', '_'])) {
            draft.problem(value.line, format!("`{name}`: in the metadata of a route, names are in camel case, as in `allowedOrigins`"));
        } else {
            option(&mut draft, &key, name, value, names);
        }
    }
    if !draft.meaning.any_origin {
        draft.note(draft.line, "Spring blocks every request of a refused origin; block_refused_origins does too, apart from same-origin requests");
    }
    draft
}

/// How the names of options are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// By Spring Boot, without regard to case and hyphens.
    Relaxed,
    /// In the metadata of a route, which are a plain map.
    Exact,
}

fn option(draft: &mut Draft, key: &str, name: &str, value: &Yaml, names: Names) {
    let list = |draft: &mut Draft| list(draft, name, value, names);
    match key {
        "allowedorigins" => {
            let origins = list(draft);
            if origins.iter().any(|(_, origin)| origin == "*") {
                return draft.allow_any_origin();
            }
            if !draft.meaning.any_origin {
                let trimmed = origins
                    .into_iter()
                    .map(|(line, origin)| (line, trimmed(&origin)));
                draft.add_exact_origins(trimmed.collect());
            }
        }
        "allowedoriginpatterns" => {
            let list = list(draft);
            patterns(draft, list);
        }
        "allowedmethods" => draft.meaning.methods = star(list(draft)),
        "allowedheaders" => draft.meaning.headers = star(list(draft)),
        "exposedheaders" => draft.meaning.exposed = without_lines(list(draft)),
        "allowcredentials" => match text(value) {
            Some("true") => draft.meaning.credentials = true,
            Some("false") => draft.meaning.credentials = false,
            _ => unreadable(draft, name, value),
        },
        "maxage" => match text(value).and_then(|text| text.parse().ok()) {
            Some(seconds) => draft.meaning.max_age = Some(seconds),
            None => unreadable(draft, name, value),
        },
        "allowprivatenetwork" => draft.note(
            value.line,
            format!(
                "`{name}` is left out: browsers replaced these preflights by a permission prompt"
            ),
        ),
        _ => draft.problem(
            value.line,
            format!("`{name}` is not an option that is known"),
        ),
    }
}

fn unreadable(draft: &mut Draft, name: &str, value: &Yaml) {
    let shown = text(value).map_or_else(String::new, |text| format!(" `{}`", text.escape_debug()));
    draft.problem(
        value.line,
        format!("`{name}`: cannot read{shown}: write the value itself"),
    );
}

fn text(value: &Yaml) -> Option<&str> {
    match &value.kind {
        Kind::Text { text, is_plain } => {
            let is_nothing =
                *is_plain && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL");
            let is_computed = text.contains("${") || text.contains("#{");
            (!is_nothing && !is_computed).then_some(text)
        }
        _ => None,
    }
}

/// The texts of a list, or a text, which Spring Boot splits at commas.
fn list(draft: &mut Draft, name: &str, value: &Yaml, names: Names) -> Vec<(usize, String)> {
    let mut texts = Vec::new();
    match &value.kind {
        Kind::List(entries) => {
            for entry in entries {
                match text(entry) {
                    Some(text) => texts.push((entry.line, text.to_owned())),
                    None => unreadable(draft, name, entry),
                }
            }
        }
        _ => match text(value) {
            Some(text) if names == Names::Exact => texts.push((value.line, text.to_owned())),
            Some(text) => {
                let parts = text.split(',').map(str::trim);
                let parts = parts.filter(|part| !part.is_empty());
                texts.extend(parts.map(|part| (value.line, part.to_owned())));
            }
            None => unreadable(draft, name, value),
        },
    }
    texts
}

/// `*` stands for everything, whatever else the list has.
fn star(names: Vec<(usize, String)>) -> Vec<String> {
    let names = without_lines(names);
    if names.iter().any(|name| name == "*") {
        return vec!["*".to_owned()];
    }
    names
}

/// Spring ignores a slash at the end, and case.
fn trimmed(origin: &str) -> String {
    origin
        .strip_suffix('/')
        .unwrap_or(origin)
        .to_ascii_lowercase()
}

fn patterns(draft: &mut Draft, patterns: Vec<(usize, String)>) {
    for (line, pattern) in patterns {
        let pattern = pattern.strip_suffix('/').unwrap_or(&pattern);
        match origin_glob::convert(pattern) {
            _ if draft.meaning.any_origin => {}
            origin_glob::Converted::Any => draft.allow_any_origin(),
            origin_glob::Converted::Entries(entries) => draft.meaning.origins.extend(entries),
            origin_glob::Converted::Regex(regex) => {
                draft.note(line, format!("`{pattern}` is a regex here: in Spring, `*` stands for any text, dots included"));
                draft.meaning.regexes.push(regex);
            }
        }
    }
}
