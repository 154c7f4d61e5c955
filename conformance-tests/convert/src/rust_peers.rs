//! Configurations in Rust: chains of builder methods.

pub(crate) mod actix_cors;
mod names;
mod plain;
pub(crate) mod rocket_cors;
pub(crate) mod tower_http;
pub(crate) mod warp;

use crate::draft::Draft;
use crate::problem::Problem;
use crate::syntax::{Language, Source};
use crate::value::{Call, Callee, Kind, Step, Value, last_part};

/// Reads each chain that starts with a path that is `wanted`, such as `CorsLayer::new`, to a draft.
fn drafts(
    text: &str,
    wanted: impl Fn(&str) -> bool,
    read: impl Fn(Value, Vec<Step>) -> Draft,
) -> Result<Vec<Draft>, Vec<Problem>> {
    let source = Source::parse(Language::Rust, text)?;
    let chains = source.reader().find_chains(wanted);
    let read = |value: Value| {
        let (root, steps) = value.into_chain();
        read(root, steps)
    };
    let mut drafts: Vec<_> = chains.values.into_iter().map(read).collect();
    match drafts.first_mut() {
        Some(first) => first.problems.extend(chains.problems),
        None if !chains.problems.is_empty() => return Err(chains.problems),
        None => {}
    }
    Ok(drafts)
}

/// `new` of a call of `CorsLayer::new()`, if `name` is `CorsLayer`.
fn constructor<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    match &value.kind {
        Kind::Call(Call {
            callee: Callee::Function(path),
            ..
        }) => constructor_of(path, name),
        _ => None,
    }
}

/// `new` of the path `tower_http::cors::CorsLayer::new`, if `name` is `CorsLayer`.
fn constructor_of<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    match path.rsplit_once("::") {
        Some((path, constructor)) if last_part(path) == Some(name) => Some(constructor),
        _ => None,
    }
}

/// The only argument of a call.
fn only_argument<'v>(draft: &mut Draft, step: &'v Step) -> Option<&'v Value> {
    match step.arguments.as_slice() {
        [only] => Some(only),
        _ => {
            let message = format!("`{}`: one argument is expected", step.name);
            draft.problem(step.line, message);
            None
        }
    }
}

fn unknown(draft: &mut Draft, step: &Step) {
    let message = format!("`.{}(...)` is not an option that is known", step.name);
    draft.problem(step.line, message);
}
