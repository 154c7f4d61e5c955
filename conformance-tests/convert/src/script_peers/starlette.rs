//! `CORSMiddleware` of Starlette and FastAPI, read from version 1.10.0.

use crate::draft::read::{literal, without_lines};
use crate::draft::{Checks, Draft};
use crate::problem::Problem;
use crate::regex::{Dialect, Use, portable};
use crate::syntax::{Language, Node, Reader, Source};
use crate::value::{Argument, Call, Kind, Value, last_part};

const CLASS: &str = "CORSMiddleware";

pub(crate) fn read(text: &str) -> Result<Vec<Draft>, Vec<Problem>> {
    let source = Source::parse(Language::Python, text)?;
    let mut reader = source.reader();
    let calls = reader.find(is_configuration);
    let mut drafts: Vec<_> = calls.into_iter().map(draft).collect();
    if let Some(first) = drafts.first_mut() {
        first.problems.extend(reader.changed_names());
    }
    Ok(drafts)
}

/// `CORSMiddleware(app, ...)`, `app.add_middleware(CORSMiddleware, ...)` or `Middleware(CORSMiddleware, ...)`.
fn is_configuration<'t>(reader: &Reader<'t>, node: Node<'t>) -> bool {
    if node.kind() != "call" {
        return false;
    }
    let is_class = |text: &str| last_part(text) == Some(CLASS);
    let function = reader.field_text(node, "function");
    if is_class(function) {
        return true;
    }
    let arguments = node.child_by_field_name("arguments");
    let first = arguments.and_then(|arguments| arguments.named_child(0));
    let takes_class = matches!(last_part(function), Some("add_middleware" | "Middleware"));
    takes_class && first.is_some_and(|first| is_class(reader.text(first)))
}

fn draft(call: Value) -> Draft {
    let mut draft = Draft::new(call.line, Checks::Server);
    draft.meaning.methods = vec!["GET".to_owned()];
    draft.meaning.max_age = Some(600);
    let Kind::Call(Call { arguments, .. }) = call.kind else {
        draft.unreadable(CLASS, &call);
        return draft;
    };
    draft.refuse_duplicates(&arguments);
    // The first one is the application, or the class.
    let skipped = usize::from(arguments.first().is_some_and(|first| first.name.is_none()));
    for argument in arguments.iter().skip(skipped) {
        option(&mut draft, argument);
    }
    if draft.meaning.any_origin && draft.meaning.credentials {
        draft.note(
            draft.line,
            "Starlette repeats every origin if credentials are allowed",
        );
    }
    draft
}

fn option(draft: &mut Draft, argument: &Argument) {
    let value = &argument.value;
    let Some(name) = argument.name.as_deref() else {
        return draft.unreadable("an argument without a name", value);
    };
    match name {
        "app" => {}
        "allow_origins" => origins(draft, value),
        "allow_origin_regex" => regex(draft, value),
        "allow_methods" => {
            let methods = texts(draft, name, value);
            draft.meaning.methods = with_single_star(methods);
        }
        "allow_headers" => {
            let headers = texts(draft, name, value);
            draft.meaning.headers = with_single_star(headers);
        }
        "expose_headers" => draft.meaning.exposed = without_lines(texts(draft, name, value)),
        "allow_credentials" => {
            draft.meaning.credentials = draft.flag(name, value).unwrap_or_default();
        }
        "allow_private_network" => {
            if draft.flag(name, value) == Some(true) {
                draft.note(argument.line, "allow_private_network is left out: browsers replaced these preflights by a permission prompt");
            }
        }
        "max_age" => draft.meaning.max_age = draft.seconds(name, value),
        _ => draft.problem(
            argument.line,
            format!("`{name}` is not an option that is known"),
        ),
    }
}

/// A list of texts. A text in place of a list would be searched for parts of the value.
fn texts(draft: &mut Draft, option: &str, value: &Value) -> Vec<(usize, String)> {
    if let Kind::Text(text) = &value.kind {
        let message = format!(
            "`{option}`: Starlette searches the text `{text}` for a part that equals the value, which is unsafe: write a list"
        );
        draft.problem(value.line, message);
        return Vec::new();
    }
    draft.texts(option, value, literal)
}

/// `*` stands for everything, whatever else the list has.
fn with_single_star(names: Vec<(usize, String)>) -> Vec<String> {
    let names = without_lines(names);
    if names.iter().any(|name| name == "*") {
        return vec!["*".to_owned()];
    }
    names
}

fn origins(draft: &mut Draft, value: &Value) {
    let origins = texts(draft, "allow_origins", value);
    if origins.iter().any(|(_, origin)| origin == "*") {
        return draft.allow_any_origin();
    }
    draft.add_exact_origins(origins);
}

fn regex(draft: &mut Draft, value: &Value) {
    match &value.kind {
        Kind::Nothing => {}
        Kind::Text(pattern) => match portable(pattern, Dialect::Python, Use::Whole) {
            Ok(portable) => draft.meaning.regexes.push(portable.regex),
            Err(problem) => draft.problem(
                value.line,
                format!("`allow_origin_regex`: {problem}: it may mean something else here"),
            ),
        },
        _ => draft.unreadable("allow_origin_regex", value),
    }
}
