//! Expressions of Python.

use tree_sitter::Node;

use super::names::Definition;
use super::{Reader, line_of};
use crate::value::{Argument, Call, Callee, Kind};

pub(super) fn definition(node: Node<'_>) -> Option<Definition<'_>> {
    if node.kind() != "assignment" {
        return None;
    }
    let name = node.child_by_field_name("left")?;
    let value = node.child_by_field_name("right")?;
    (name.kind() == "identifier").then_some(Definition { name, value })
}

pub(super) fn kind<'t>(reader: &mut Reader<'t>, node: Node<'t>, depth: usize) -> Kind {
    match node.kind() {
        "string" => string(reader, node).map_or(Kind::Other, Kind::Text),
        "concatenated_string" => {
            let parts: Option<String> = reader
                .children(node)
                .into_iter()
                .map(|part| string(reader, part))
                .collect();
            parts.map_or(Kind::Other, Kind::Text)
        }
        "integer" => reader.integer(node),
        "true" => Kind::Flag(true),
        "false" => Kind::Flag(false),
        "none" => Kind::Nothing,
        "list" | "tuple" | "set" => Kind::List(reader.values(node, depth)),
        "parenthesized_expression" => match node.named_child(0) {
            Some(inner) => reader.value(inner, depth + 1).kind,
            None => Kind::Other,
        },
        "binary_operator" => reader.arithmetic(node, depth),
        "identifier" => reader.named(node, depth),
        "attribute" => Kind::Name(reader.text(node).to_owned()),
        "call" => call(reader, node, depth),
        _ => Kind::Other,
    }
}

/// A literal without `f`, `b` or `t`. In a raw literal, a backslash is a backslash.
fn string<'t>(reader: &Reader<'t>, node: Node<'t>) -> Option<String> {
    let start = node.child(0).map_or("", |start| reader.text(start));
    let prefix = start.trim_end_matches(['"', '\'']);
    match prefix {
        "" | "u" | "U" => reader.literal(node),
        "r" | "R" => {
            let text = reader.text(node);
            text.get(start.len()..text.len().checked_sub(start.len() - 1)?)
                .map(str::to_owned)
        }
        _ => None,
    }
}

fn call<'t>(reader: &mut Reader<'t>, node: Node<'t>, depth: usize) -> Kind {
    let function = node.child_by_field_name("function");
    let callee = match function.map(|function| function.kind()) {
        Some("identifier" | "attribute") => {
            Callee::Function(reader.field_text(node, "function").to_owned())
        }
        _ => Callee::Other,
    };
    let list = node.child_by_field_name("arguments");
    let mut arguments = Vec::new();
    for argument in list.map_or_else(Vec::new, |list| reader.children(list)) {
        let is_named = argument.kind() == "keyword_argument";
        let name = is_named.then(|| reader.field_text(argument, "name").to_owned());
        let value = if is_named {
            argument.child_by_field_name("value")
        } else {
            Some(argument)
        };
        if let Some(value) = value {
            arguments.push(Argument {
                line: line_of(argument),
                name,
                value: reader.value(value, depth + 1),
            });
        }
    }
    Kind::Call(Call { callee, arguments })
}
