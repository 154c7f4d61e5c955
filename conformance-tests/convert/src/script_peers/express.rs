//! The package `cors` of Express, read from version 2.8.6.

use crate::draft::read::literal;
use crate::draft::{Checks, Draft};
use crate::problem::Problem;
use crate::regex::{Dialect, Use, portable};
use crate::syntax::{Language, Reader, Source};
use crate::value::{Argument, Call, Kind, Value};

const DEFAULT_METHODS: [&str; 6] = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"];

pub(crate) fn read(text: &str) -> Result<Vec<Draft>, Vec<Problem>> {
    let source = Source::parse(Language::JavaScript, text)?;
    let mut reader = source.reader();
    let names = function_names(&reader)?;
    let calls = reader.find(|reader, node| {
        let callee = reader.field_text(node, "function");
        node.kind() == "call_expression" && (names.contains(&callee) || is_require(callee))
    });
    let mut drafts: Vec<_> = calls.into_iter().map(draft).collect();
    if let Some(first) = drafts.first_mut() {
        first.problems.extend(reader.changed_names());
    }
    Ok(drafts)
}

fn is_require(text: &str) -> bool {
    matches!(text, "require('cors')" | "require(\"cors\")")
}

/// The names under which the package is imported, or `cors` if the text does not import it.
fn function_names<'t>(reader: &Reader<'t>) -> Result<Vec<&'t str>, Vec<Problem>> {
    let imports =
        reader.nodes(|node| matches!(node.kind(), "import_statement" | "variable_declarator"));
    let mut names = Vec::new();
    let mut other = None;
    for node in imports {
        let (name, module) = if node.kind() == "import_statement" {
            let clause = reader
                .children(node)
                .into_iter()
                .find(|child| child.kind() == "import_clause");
            let name = clause.map_or("", |clause| reader.text(clause));
            let name = name.strip_prefix("* as ").unwrap_or(name);
            (name, reader.field_text(node, "source"))
        } else {
            let value = reader.field_text(node, "value");
            let module = value
                .strip_prefix("require(")
                .and_then(|value| value.strip_suffix(')'));
            (reader.field_text(node, "name"), module.unwrap_or_default())
        };
        match module.trim_matches(['"', '\'']) {
            "cors" => names.push(name),
            "" => {}
            module if name == "cors" => other = Some((node, module)),
            _ => {}
        }
    }
    match other {
        _ if !names.is_empty() => Ok(names),
        None => Ok(vec!["cors"]),
        Some((node, module)) => {
            let message = format!(
                "`cors` is `{module}` here, which has other options than the package `cors` of Express"
            );
            Err(vec![Problem::at(node.start_position().row + 1, message)])
        }
    }
}

fn draft(call: Value) -> Draft {
    let mut draft = Draft::new(call.line, Checks::Browser);
    draft.allow_any_origin();
    draft.meaning.methods = DEFAULT_METHODS.map(str::to_owned).to_vec();
    draft.allow_any_header();
    draft.meaning.bare_success = true;
    let arguments = match call.kind {
        Kind::Call(Call { arguments, .. }) => arguments,
        _ => Vec::new(),
    };
    match arguments.as_slice() {
        [] => {}
        [options] => match &options.value.kind {
            Kind::Nothing => {}
            Kind::Record(record) if !record.is_open => {
                let has_new_name = record
                    .fields
                    .iter()
                    .any(|field| field.name.as_deref() == Some("allowedHeaders"));
                draft.refuse_duplicates(&record.fields);
                for field in &record.fields {
                    option(&mut draft, field, has_new_name);
                }
            }
            Kind::Record(_) => draft.problem(
                options.line,
                "`cors`: cannot read `...` and computed names in the options: write them out",
            ),
            _ => draft.unreadable("cors", &options.value),
        },
        [_, second, ..] => draft.unreadable("a second argument", &second.value),
    }
    draft
}

fn option(draft: &mut Draft, field: &Argument, has_new_name: bool) {
    let value = &field.value;
    let name = field.name.as_deref().unwrap_or_default();
    match name {
        "origin" => origin(draft, value),
        "methods" => methods(draft, value),
        "allowedHeaders" => headers(draft, name, value),
        // An old name, which `allowedHeaders` overrides.
        "headers" if !has_new_name => headers(draft, name, value),
        "headers" => draft.note(
            field.line,
            "`headers` is left out: `allowedHeaders` overrides it",
        ),
        "exposedHeaders" => draft.meaning.exposed = names(draft, name, value).unwrap_or_default(),
        "credentials" => match value.kind {
            Kind::Flag(allowed) => draft.meaning.credentials = allowed,
            Kind::Text(_) | Kind::Integer(_) | Kind::Nothing => {
                draft.meaning.credentials = false;
                draft.note(
                    field.line,
                    "`credentials` is not `true`, so Express allows none",
                );
            }
            _ => draft.unreadable(name, value),
        },
        "maxAge" => max_age(draft, value),
        "optionsSuccessStatus" => success_status(draft, value),
        "preflightContinue" => {
            if draft.flag(name, value) == Some(true) {
                draft.note(field.line, "`preflightContinue` is left out: here the middleware responds to preflights itself");
            }
        }
        _ => draft.problem(
            field.line,
            format!("`{name}` is not an option that is known"),
        ),
    }
}

fn origin(draft: &mut Draft, value: &Value) {
    draft.meaning.any_origin = false;
    match &value.kind {
        Kind::Flag(true) => draft.allow_any_origin(),
        Kind::Text(origin) if origin == "*" => draft.allow_any_origin(),
        // No origin is the same as `false`.
        Kind::Flag(false) | Kind::Nothing | Kind::Integer(0) => no_origin(draft, value),
        Kind::Text(origin) if origin.is_empty() => no_origin(draft, value),
        Kind::Text(origin) => draft.add_exact_origins(vec![(value.line, origin.clone())]),
        Kind::Regex { pattern, flags } => regex(draft, value, pattern, flags),
        Kind::List(entries) => {
            for entry in entries {
                match &entry.kind {
                    Kind::Text(origin) => {
                        draft.add_exact_origins(vec![(entry.line, origin.clone())])
                    }
                    Kind::Regex { pattern, flags } => regex(draft, entry, pattern, flags),
                    _ => draft.unreadable("origin", entry),
                }
            }
        }
        _ => draft.unreadable("origin", value),
    }
}

fn no_origin(draft: &mut Draft, value: &Value) {
    draft.note(
        value.line,
        "without an origin, Express sends no CORS header; here a preflight is refused",
    );
}

fn regex(draft: &mut Draft, value: &Value, pattern: &str, flags: &str) {
    if flags.contains(['g', 'y']) {
        return draft.problem(value.line, "`origin`: with `g` or `y`, a regex allows an origin only every second time: remove the flag");
    }
    if flags.contains(|flag| !matches!(flag, 'i' | 'm' | 's' | 'u' | 'd')) {
        return draft.problem(
            value.line,
            format!("`origin`: the flags `{flags}` of a regex are not known"),
        );
    }
    match portable(pattern, Dialect::JavaScript, Use::Search) {
        Ok(portable) => {
            if portable.is_open {
                let message = format!(
                    "`/{pattern}/` matches anywhere in an origin, so other sites may match it; write `^` and `$` around it, and `\\.` for a dot"
                );
                draft.note(value.line, message);
            }
            let options = if flags.contains('i') { "(?i)" } else { "" };
            draft
                .meaning
                .regexes
                .push(format!("{options}{}", portable.regex));
        }
        Err(problem) => draft.problem(
            value.line,
            format!("`origin`: {problem}: it may mean something else here"),
        ),
    }
}

/// The names in a list, or in a text with commas, as they are sent.
fn names(draft: &mut Draft, option: &str, value: &Value) -> Option<Vec<String>> {
    let texts = match &value.kind {
        Kind::Text(text) => vec![text.clone()],
        Kind::Nothing | Kind::Flag(false) => return None,
        _ => {
            let texts = draft.texts(option, value, literal);
            texts.into_iter().map(|(_, text)| text).collect()
        }
    };
    let names = texts.iter().flat_map(|text| text.split(','));
    let names = names.map(|name| name.trim().to_owned());
    Some(names.filter(|name| !name.is_empty()).collect())
}

fn methods(draft: &mut Draft, value: &Value) {
    match names(draft, "methods", value) {
        Some(methods) => draft.meaning.methods = methods,
        None => draft.problem(
            value.line,
            "`methods`: Express fails without methods: write a list, or leave the option out",
        ),
    }
}

fn headers(draft: &mut Draft, option: &str, value: &Value) {
    match &value.kind {
        // As if the option were not there: the requested headers are allowed.
        Kind::Text(text) if text.is_empty() => {}
        _ => {
            if let Some(headers) = names(draft, option, value) {
                draft.allow_headers(headers);
            }
        }
    }
}

fn max_age(draft: &mut Draft, value: &Value) {
    match &value.kind {
        Kind::Integer(seconds) => draft.meaning.max_age = Some(*seconds),
        Kind::Nothing => draft.meaning.max_age = None,
        Kind::Text(text) => match text.trim().parse() {
            Ok(seconds) => draft.meaning.max_age = Some(seconds),
            Err(_) => draft.unreadable("maxAge", value),
        },
        _ => draft.unreadable("maxAge", value),
    }
}

fn success_status(draft: &mut Draft, value: &Value) {
    match value.kind {
        Kind::Integer(status) => {
            draft.meaning.bare_success = status == 204;
            match status {
                200 | 204 => {}
                201..300 => draft.note(value.line, "`optionsSuccessStatus` can be 200 or 204 here; browsers treat all from 200 to 299 alike"),
                _ => draft.problem(value.line, format!("`optionsSuccessStatus`: browsers refuse a preflight with the status {status}")),
            }
        }
        _ => draft.unreadable("optionsSuccessStatus", value),
    }
}
