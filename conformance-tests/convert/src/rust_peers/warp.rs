//! `warp::cors()`, read from version 0.4.3.

use super::names::{header, method};
use super::plain::{plain, seconds};
use super::{drafts, only_argument, unknown};
use crate::draft::read::literal;
use crate::draft::{Checks, Draft};
use crate::problem::Problem;
use crate::value::{Step, Value};

pub(crate) fn read(text: &str) -> Result<Vec<Draft>, Vec<Problem>> {
    drafts(
        text,
        |path| matches!(path, "warp::cors" | "warp::filters::cors::cors"),
        draft,
    )
}

fn draft(root: Value, steps: Vec<Step>) -> Draft {
    let mut draft = Draft::new(root.line, Checks::Server);
    draft.allow_any_origin();
    draft.meaning.blocks_refused_origins = true;
    for step in &steps {
        option(&mut draft, step);
    }
    if !draft.meaning.any_origin {
        draft.note(root.line, "warp blocks every request of a refused origin; block_refused_origins does too, apart from same-origin requests");
    } else if !draft.meaning.credentials {
        draft.note(root.line, "warp repeats the origin of the request; here any origin is `*`, which browsers treat alike without credentials");
    }
    draft
}

fn option(draft: &mut Draft, step: &Step) {
    let name = step.name.as_str();
    match (name, step.arguments.as_slice()) {
        ("allow_any_origin", []) => return draft.allow_any_origin(),
        ("build", []) => return,
        _ => {}
    }
    let Some(argument) = only_argument(draft, step) else {
        return;
    };
    let value = plain(argument);
    let one_or_more = |draft: &mut Draft, read: fn(&Value) -> Option<String>| match read(&value) {
        Some(text) => vec![(value.line, text)],
        None => draft.texts(name, &value, read),
    };
    match name {
        "allow_credentials" => {
            draft.meaning.credentials = draft.flag(name, &value).unwrap_or_default();
        }
        "allow_origin" | "allow_origins" => {
            let origins = one_or_more(draft, literal);
            add_origins(draft, origins);
        }
        "allow_method" | "allow_methods" => {
            let methods = one_or_more(draft, method);
            let methods = draft.without_literal_star(name, methods);
            draft.meaning.methods.extend(methods);
        }
        "allow_header" | "allow_headers" => {
            let headers = one_or_more(draft, header);
            let headers = draft.without_literal_star(name, headers);
            draft.meaning.headers.extend(headers);
        }
        "expose_header" | "expose_headers" => {
            let headers = one_or_more(draft, header);
            draft
                .meaning
                .exposed
                .extend(headers.into_iter().map(|(_, name)| name));
        }
        "max_age" => match seconds(argument) {
            Some(seconds) => draft.meaning.max_age = Some(seconds),
            None => draft.unreadable(name, argument),
        },
        _ => unknown(draft, step),
    }
}

/// The first origin begins a list.
fn add_origins(draft: &mut Draft, origins: Vec<(usize, String)>) {
    for (line, origin) in &origins {
        if !origin.contains("://") {
            let message = format!(
                "`allow_origin`: warp panics on `{origin}`: an origin has a scheme, as in `https://example.com`"
            );
            draft.problem(*line, message);
        }
    }
    draft.meaning.any_origin = false;
    draft.add_exact_origins(origins);
}
