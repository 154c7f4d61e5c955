//! `CorsOptions` of rocket_cors, read from version 0.6.0.

use super::names::{header, method};
use super::plain::{plain, seconds};
use super::{constructor_of, drafts, only_argument, unknown};
use crate::draft::read::{literal, without_lines};
use crate::draft::{Checks, Draft};
use crate::problem::Problem;
use crate::regex::{Dialect, Use, portable};
use crate::value::{Argument, Call, Callee, Kind, Record, Step, Value, last_part};

const DEFAULT_METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

pub(crate) fn read(text: &str) -> Result<Vec<Draft>, Vec<Problem>> {
    drafts(text, is_root, draft)
}

/// `CorsOptions::default()` or `CorsOptions { ... }`.
fn is_root(path: &str) -> bool {
    last_part(path) == Some("CorsOptions") || constructor_of(path, "CorsOptions") == Some("default")
}

fn draft(root: Value, steps: Vec<Step>) -> Draft {
    let mut draft = Draft::new(root.line, Checks::Server);
    draft.allow_any_origin();
    draft.meaning.methods = DEFAULT_METHODS.map(str::to_owned).to_vec();
    draft.allow_any_header();
    draft.meaning.bare_success = true;
    draft.meaning.blocks_refused_origins = true;
    let mut sends_wildcard = false;
    if let Kind::Record(record) = root.kind {
        for field in base(&mut draft, record) {
            let name = field.name.unwrap_or_default();
            option(
                &mut draft,
                &mut sends_wildcard,
                field.line,
                &name,
                &field.value,
            );
        }
    }
    for step in &steps {
        match (step.name.as_str(), step.arguments.as_slice()) {
            // The options are complete: these make the fairing.
            ("to_cors" | "unwrap" | "clone", []) | ("expect", [_]) => {}
            _ => {
                if let Some(argument) = only_argument(&mut draft, step) {
                    option(
                        &mut draft,
                        &mut sends_wildcard,
                        step.line,
                        &step.name,
                        argument,
                    );
                }
            }
        }
    }
    finish(&mut draft, sends_wildcard);
    draft
}

/// The fields, if the others have their default.
fn base(draft: &mut Draft, record: Record) -> Vec<Argument> {
    let is_default = |base: &Value| match &base.kind {
        Kind::Call(Call {
            callee: Callee::Function(name),
            ..
        }) => last_part(name) == Some("default"),
        _ => false,
    };
    match record.base {
        Some(base) if !is_default(&base) => draft.unreadable("..", &base),
        _ if record.is_open => draft.problem(draft.line, "`CorsOptions`: a field cannot be read"),
        _ => {}
    }
    draft.refuse_duplicates(&record.fields);
    record.fields
}

fn finish(draft: &mut Draft, sends_wildcard: bool) {
    let line = draft.line;
    if !draft.meaning.any_origin {
        draft.note(line, "rocket_cors blocks every request of a refused origin; block_refused_origins does too, apart from same-origin requests");
    } else if draft.meaning.credentials && sends_wildcard {
        draft.note(
            line,
            "rocket_cors does not start with `send_wildcard`, any origin and credentials",
        );
    } else if !draft.meaning.credentials && !sends_wildcard {
        draft.note(line, "rocket_cors repeats the origin of the request; here any origin is `*`, which browsers treat alike without credentials");
    }
}

fn option(draft: &mut Draft, sends_wildcard: &mut bool, line: usize, name: &str, argument: &Value) {
    let value = plain(argument);
    match name {
        "allowed_origins" => origins(draft, &value),
        "allowed_methods" => {
            draft.meaning.methods = without_lines(draft.texts(name, &value, |value| {
                method(value).map(|method| method.to_ascii_uppercase())
            }));
        }
        "allowed_headers" => headers(draft, &value),
        "allow_credentials" => {
            draft.meaning.credentials = draft.flag(name, &value).unwrap_or_default()
        }
        "expose_headers" => {
            draft.meaning.exposed = without_lines(draft.texts(name, &value, header));
        }
        "max_age" if matches!(value.kind, Kind::Nothing) => draft.meaning.max_age = None,
        "max_age" => match seconds(&value) {
            Some(seconds) => draft.meaning.max_age = Some(seconds),
            None => draft.unreadable(name, argument),
        },
        "send_wildcard" => *sends_wildcard = draft.flag(name, &value).unwrap_or_default(),
        "fairing_route_base" | "fairing_route_rank" => {
            draft.note(
                line,
                format!("`{name}` is left out: the fairing here has no such route"),
            );
        }
        _ => {
            let step = Step {
                line,
                name: name.to_owned(),
                arguments: Vec::new(),
            };
            unknown(draft, &step);
        }
    }
}

/// The constructor of `AllOrSome` and its arguments.
fn constructor(value: &Value) -> Option<(&str, Vec<Value>)> {
    match &value.kind {
        Kind::Call(Call {
            callee: Callee::Function(name),
            arguments,
        }) => {
            let arguments = arguments.iter().map(|argument| plain(&argument.value));
            Some((last_part(name)?, arguments.collect()))
        }
        Kind::Name(name) => Some((last_part(name)?, Vec::new())),
        _ => None,
    }
}

fn origins(draft: &mut Draft, value: &Value) {
    draft.meaning.any_origin = false;
    draft.meaning.origins.clear();
    draft.meaning.regexes.clear();
    let Some((constructor, arguments)) = constructor(value) else {
        return draft.unreadable("allowed_origins", value);
    };
    match (constructor, arguments.as_slice()) {
        ("all", []) | ("All", []) => draft.allow_any_origin(),
        ("some_null", []) => draft.meaning.origins.push("null".to_owned()),
        ("some_exact", [exact]) => add_exact(draft, exact),
        ("some_regex", [regexes]) => add_regexes(draft, regexes),
        ("some", [exact, regexes]) => {
            add_exact(draft, exact);
            add_regexes(draft, regexes);
        }
        _ => draft.unreadable("allowed_origins", value),
    }
}

fn add_exact(draft: &mut Draft, list: &Value) {
    let origins = draft.texts("allowed_origins", list, literal);
    for (line, origin) in &origins {
        if !origin.contains("://") {
            let message = format!(
                "`allowed_origins`: rocket_cors does not start with `{origin}`: an origin has a scheme, as in `https://example.com`"
            );
            draft.problem(*line, message);
        }
    }
    draft.add_exact_origins(origins);
}

fn add_regexes(draft: &mut Draft, list: &Value) {
    for (line, regex) in draft.texts("allowed_origins", list, literal) {
        match portable(&regex, Dialect::Rust, Use::Search) {
            Ok(portable) => {
                if portable.is_open {
                    draft.note(line, format!("`{regex}` matches anywhere in an origin; write `^` and `$` around it if it should match the whole origin"));
                }
                draft.meaning.regexes.push(portable.regex);
            }
            Err(problem) => draft.problem(line, format!("`allowed_origins`: {problem}")),
        }
    }
}

fn headers(draft: &mut Draft, value: &Value) {
    let Some((constructor, arguments)) = constructor(value) else {
        return draft.unreadable("allowed_headers", value);
    };
    match (constructor, arguments.as_slice()) {
        ("all", []) | ("All", []) => draft.allow_any_header(),
        ("some", [list]) => {
            let headers = draft.texts("allowed_headers", list, header);
            let headers = draft.without_literal_star("allowed_headers", headers);
            draft.allow_headers(headers);
        }
        _ => draft.unreadable("allowed_headers", value),
    }
}
