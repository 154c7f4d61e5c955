//! `Cors` of actix-cors, read from version 0.7.2.

use super::names::{header, method};
use super::plain::{plain, seconds};
use super::{constructor, constructor_of, drafts, only_argument, unknown};
use crate::draft::read::literal;
use crate::draft::{Checks, Draft};
use crate::problem::Problem;
use crate::value::{Kind, Step, Value};

/// What `allow_any_method` allows, without what no browser sends.
const ANY_METHOD: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

pub(crate) fn read(text: &str) -> Result<Vec<Draft>, Vec<Problem>> {
    drafts(text, |path| constructor_of(path, "Cors").is_some(), draft)
}

/// What the builder knows beside the draft.
#[derive(Default)]
struct Flags {
    sends_wildcard: bool,
    exposes_any: bool,
}

fn draft(root: Value, steps: Vec<Step>) -> Draft {
    let mut draft = Draft::new(root.line, Checks::Server);
    let mut flags = Flags::default();
    match constructor(&root, "Cors") {
        Some("default") => {}
        Some("permissive") => {
            draft.allow_any_origin();
            draft.meaning.methods = ANY_METHOD.map(str::to_owned).to_vec();
            draft.allow_any_header();
            draft.meaning.credentials = true;
            draft.meaning.max_age = Some(3600);
            flags.exposes_any = true;
        }
        _ => draft.unreadable("Cors", &root),
    }
    for step in steps {
        option(&mut draft, &mut flags, &step);
    }
    finish(&mut draft, flags);
    draft
}

fn finish(draft: &mut Draft, flags: Flags) {
    let any = draft.meaning.any_origin;
    let credentials = draft.meaning.credentials;
    if flags.exposes_any {
        draft.meaning.exposed = vec!["*".to_owned()];
        if credentials {
            draft.note(draft.line, "`expose_any_header` lists the headers of each response; here, list them in expose_headers");
        }
    }
    if any && flags.sends_wildcard && credentials {
        draft.note(
            draft.line,
            "actix-cors does not start with `send_wildcard`, any origin and credentials",
        );
    } else if any && !credentials && !flags.sends_wildcard {
        draft.note(draft.line, "actix-cors repeats the origin of the request; here any origin is `*`, which browsers treat alike without credentials");
    }
}

fn option(draft: &mut Draft, flags: &mut Flags, step: &Step) {
    let name = step.name.as_str();
    if step.arguments.is_empty() {
        return flag(draft, flags, step);
    }
    let Some(argument) = only_argument(draft, step) else {
        return;
    };
    let value = plain(argument);
    match name {
        "allowed_origin" => allowed_origin(draft, &value),
        "allowed_origin_fn" => draft.problem(step.line, "`allowed_origin_fn`: a policy cannot contain a function; write the origins that it allows"),
        "allowed_methods" => {
            let methods = draft.texts(name, &value, method);
            let methods = draft.without_literal_star(name, methods);
            draft.meaning.methods.extend(methods);
        }
        "allowed_header" => match header(&value) {
            Some(header) => add_headers(draft, name, vec![(value.line, header)]),
            None => draft.unreadable(name, &value),
        },
        "allowed_headers" => {
            let headers = draft.texts(name, &value, header);
            add_headers(draft, name, headers);
        }
        "expose_headers" => {
            let headers = draft.texts(name, &value, header);
            if !headers.is_empty() {
                flags.exposes_any = false;
            }
            draft.meaning.exposed.extend(headers.into_iter().map(|(_, name)| name));
        }
        "max_age" if matches!(value.kind, Kind::Nothing) => draft.meaning.max_age = None,
        "max_age" => match (&value.kind, seconds(&value)) {
            (Kind::Integer(_), Some(seconds)) => draft.meaning.max_age = Some(seconds),
            _ => draft.unreadable(name, argument),
        },
        "block_on_origin_mismatch" => {
            let blocks = draft.flag(name, &value).unwrap_or_default();
            draft.meaning.blocks_refused_origins = blocks;
            if blocks {
                draft.note(step.line, "block_refused_origins does not block same-origin requests; the status is 403 instead of 400");
            }
        }
        _ => unknown(draft, step),
    }
}

fn flag(draft: &mut Draft, flags: &mut Flags, step: &Step) {
    match step.name.as_str() {
        "allow_any_origin" => draft.allow_any_origin(),
        "allow_any_method" => {
            draft.meaning.methods = ANY_METHOD.map(str::to_owned).to_vec();
        }
        "allow_any_header" => draft.allow_any_header(),
        "expose_any_header" => flags.exposes_any = true,
        "send_wildcard" => flags.sends_wildcard = true,
        "supports_credentials" => draft.meaning.credentials = true,
        "allow_private_network_access" => draft.note(step.line, "allow_private_network_access is left out: browsers replaced these preflights by a permission prompt"),
        "disable_vary_header" => draft.note(step.line, "`disable_vary_header` is left out: without Vary, caches give one origin the response for another"),
        "disable_preflight" => draft.note(step.line, "`disable_preflight` is left out: here the middleware responds to preflights itself"),
        _ => unknown(draft, step),
    }
}

fn allowed_origin(draft: &mut Draft, value: &Value) {
    match literal(value) {
        Some(origin) if origin == "*" => draft.problem(value.line, "`allowed_origin`: actix-cors does not start with `*`: write `allow_any_origin`, or the origins"),
        Some(origin) => {
            draft.meaning.any_origin = false;
            draft.add_exact_origins(vec![(value.line, origin)]);
        }
        None => draft.unreadable("allowed_origin", value),
    }
}

/// Adds to the list, or begins one after `allow_any_header`. `*` is an ordinary name.
fn add_headers(draft: &mut Draft, option: &str, headers: Vec<(usize, String)>) {
    if !headers.is_empty() {
        draft.meaning.any_header = false;
    }
    let headers = draft.without_literal_star(option, headers);
    draft.meaning.headers.extend(headers);
}
