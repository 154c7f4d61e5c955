//! `CorsLayer` of tower-http, read from version 0.7.1.

use super::names::{header, method};
use super::plain::{duration, plain};
use super::{constructor, constructor_of, drafts, only_argument, unknown};
use crate::draft::read::without_lines;
use crate::draft::{Checks, Draft};
use crate::problem::Problem;
use crate::value::{Call, Callee, Kind, Step, Value, last_part};

pub(crate) fn read(text: &str) -> Result<Vec<Draft>, Vec<Problem>> {
    drafts(
        text,
        |path| constructor_of(path, "CorsLayer").is_some(),
        draft,
    )
}

fn draft(root: Value, steps: Vec<Step>) -> Draft {
    let mut draft = Draft::new(root.line, Checks::Browser);
    match constructor(&root, "CorsLayer") {
        Some("new" | "default") => {}
        Some("permissive") => permissive(&mut draft),
        Some("very_permissive") => {
            permissive(&mut draft);
            draft.meaning.credentials = true;
            draft.meaning.exposed.clear();
            mirror_methods(&mut draft);
            draft.allow_any_header();
        }
        _ => draft.unreadable("CorsLayer", &root),
    }
    for step in steps {
        option(&mut draft, &step);
    }
    panics(&mut draft);
    draft
}

/// The builder panics where a wildcard and credentials are together.
fn panics(draft: &mut Draft) {
    let meaning = &draft.meaning;
    let is_star = |list: &[String]| matches!(list, [only] if only == "*");
    if meaning.credentials
        && (is_star(&meaning.methods) || is_star(&meaning.headers) || is_star(&meaning.exposed))
    {
        draft.note(draft.line, "tower-http panics on `Any` with credentials");
    }
}

fn permissive(draft: &mut Draft) {
    draft.allow_any_origin();
    for list in [
        &mut draft.meaning.methods,
        &mut draft.meaning.headers,
        &mut draft.meaning.exposed,
    ] {
        *list = vec!["*".to_owned()];
    }
}

/// The standard methods. A mirrored method is not a wildcard, so it is also allowed with credentials.
fn mirror_methods(draft: &mut Draft) {
    let standard = [
        "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
    ];
    draft.meaning.methods = standard.map(str::to_owned).to_vec();
    draft.note(draft.line, "`mirror_request` allowed every method; here they are DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and QUERY: list other methods as well");
}

fn option(draft: &mut Draft, step: &Step) {
    let Some(argument) = only_argument(draft, step) else {
        return;
    };
    match step.name.as_str() {
        "allow_origin" => origin(draft, argument),
        "allow_methods" => methods(draft, argument),
        "allow_headers" => match function(argument, "AllowHeaders") {
            Some(("mirror_request", [])) => draft.allow_any_header(),
            _ => {
                let headers = names(draft, "allow_headers", argument, "AllowHeaders");
                draft.allow_headers(headers);
            }
        },
        "expose_headers" => {
            draft.meaning.exposed = names(draft, "expose_headers", argument, "ExposeHeaders")
        }
        "allow_credentials" => match function(argument, "AllowCredentials") {
            Some(("yes", [])) => draft.meaning.credentials = true,
            _ => {
                draft.meaning.credentials = draft
                    .flag("allow_credentials", argument)
                    .unwrap_or_default()
            }
        },
        "max_age" => max_age(draft, argument),
        "allow_private_network" => {
            let is_yes = matches!(function(argument, "AllowPrivateNetwork"), Some(("yes", [])));
            if is_yes || draft.flag("allow_private_network", argument) == Some(true) {
                draft.note(step.line, "allow_private_network is left out: browsers replaced these preflights by a permission prompt");
            }
        }
        "vary" => draft.note(
            step.line,
            "`vary` is left out: Vary names the headers on which the response depends",
        ),
        _ => unknown(draft, step),
    }
}

/// `any` and its arguments in `AllowOrigin::any()`.
fn function<'v>(value: &'v Value, name: &str) -> Option<(&'v str, &'v [crate::value::Argument])> {
    match &value.kind {
        Kind::Call(Call {
            callee: Callee::Function(function),
            arguments,
        }) => match function.rsplit_once("::") {
            Some((path, constructor)) if last_part(path) == Some(name) => {
                Some((constructor, arguments))
            }
            _ => None,
        },
        _ => None,
    }
}

/// `Any`, or `any()` of old versions.
fn is_any(value: &Value) -> bool {
    match &value.kind {
        Kind::Call(Call {
            callee: Callee::Function(name),
            arguments,
        }) => {
            arguments.is_empty()
                && matches!(name.as_str(), "any" | "cors::any" | "tower_http::cors::any")
        }
        _ => value.last_name() == Some("Any"),
    }
}

fn origin(draft: &mut Draft, argument: &Value) {
    draft.meaning.any_origin = false;
    draft.meaning.origins.clear();
    let list = match function(argument, "AllowOrigin") {
        Some(("any" | "mirror_request", [])) => return draft.allow_any_origin(),
        Some(("exact" | "list", [only])) => plain(&only.value),
        Some(_) => {
            let message = format!(
                "`allow_origin`: `{}` decides by code, and a policy is data: write the origins that it allows",
                argument.shown
            );
            return draft.problem(argument.line, message);
        }
        None if is_any(argument) => return draft.allow_any_origin(),
        None => plain(argument),
    };
    match list.kind {
        Kind::Text(origin) if origin == "*" => draft.allow_any_origin(),
        Kind::Text(origin) => draft.add_exact_origins(vec![(list.line, origin)]),
        _ => {
            let origins = draft.texts("allow_origin", &list, crate::draft::read::literal);
            if let Some((line, _)) = origins.iter().find(|(_, origin)| origin == "*") {
                draft.problem(*line, "`allow_origin`: tower-http panics on `*` in a list: write `Any`, or the origins");
            }
            draft.add_exact_origins(origins);
        }
    }
}

fn methods(draft: &mut Draft, argument: &Value) {
    let list = match function(argument, "AllowMethods") {
        Some(("any", [])) => return draft.meaning.methods = vec!["*".to_owned()],
        Some(("mirror_request", [])) => return mirror_methods(draft),
        Some(("exact" | "list", [only])) => plain(&only.value),
        _ if is_any(argument) => return draft.meaning.methods = vec!["*".to_owned()],
        _ => plain(argument),
    };
    draft.meaning.methods = match method(&list) {
        Some(only) => vec![only],
        None => without_lines(draft.texts("allow_methods", &list, method)),
    };
}

fn names(draft: &mut Draft, option: &str, argument: &Value, constructors: &str) -> Vec<String> {
    let list = match function(argument, constructors) {
        Some(("any", [])) => return vec!["*".to_owned()],
        Some(("list", [only])) => plain(&only.value),
        _ if is_any(argument) => return vec!["*".to_owned()],
        _ => plain(argument),
    };
    without_lines(draft.texts(option, &list, header))
}

fn max_age(draft: &mut Draft, argument: &Value) {
    let exact = match function(argument, "MaxAge") {
        Some(("exact", [only])) => &only.value,
        _ => argument,
    };
    match duration(exact) {
        Some(seconds) => draft.meaning.max_age = Some(seconds),
        None => draft.unreadable("max_age", argument),
    }
}
