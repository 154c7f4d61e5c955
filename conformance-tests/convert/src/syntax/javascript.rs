//! Expressions of JavaScript.

use tree_sitter::Node;

use super::names::Definition;
use super::{Reader, line_of};
use crate::value::{Argument, Call, Callee, Kind, Record, Value};

pub(super) fn definition(node: Node<'_>) -> Option<Definition<'_>> {
    if node.kind() != "variable_declarator" {
        return None;
    }
    let name = node.child_by_field_name("name")?;
    let value = node.child_by_field_name("value")?;
    (name.kind() == "identifier").then_some(Definition { name, value })
}

pub(super) fn kind<'t>(reader: &mut Reader<'t>, node: Node<'t>, depth: usize) -> Kind {
    match node.kind() {
        "string" => reader.literal(node).map_or(Kind::Other, Kind::Text),
        "template_string" => reader.literal(node).map_or(Kind::Other, Kind::Text),
        "number" => reader.integer(node),
        "true" => Kind::Flag(true),
        "false" => Kind::Flag(false),
        "null" | "undefined" => Kind::Nothing,
        "array" => Kind::List(reader.values(node, depth)),
        "object" => record(reader, node, depth),
        "regex" => Kind::Regex {
            pattern: reader.field_text(node, "pattern").to_owned(),
            flags: reader.field_text(node, "flags").to_owned(),
        },
        "parenthesized_expression" => match node.named_child(0) {
            Some(inner) => reader.value(inner, depth + 1).kind,
            None => Kind::Other,
        },
        "binary_expression" => reader.arithmetic(node, depth),
        "identifier" | "shorthand_property_identifier" => reader.named(node, depth),
        "member_expression" => Kind::Name(reader.text(node).to_owned()),
        "call_expression" => call(reader, node, depth),
        _ => Kind::Other,
    }
}

fn call<'t>(reader: &mut Reader<'t>, node: Node<'t>, depth: usize) -> Kind {
    let function = node.child_by_field_name("function");
    let callee = match function.map(|function| function.kind()) {
        Some("identifier" | "member_expression") => {
            Callee::Function(reader.field_text(node, "function").to_owned())
        }
        _ => Callee::Other,
    };
    let list = node.child_by_field_name("arguments");
    let values = list.map_or_else(Vec::new, |list| reader.values(list, depth));
    let argument = |value: Value| Argument {
        line: value.line,
        name: None,
        value,
    };
    Kind::Call(Call {
        callee,
        arguments: values.into_iter().map(argument).collect(),
    })
}

fn record<'t>(reader: &mut Reader<'t>, node: Node<'t>, depth: usize) -> Kind {
    let mut record = Record {
        fields: Vec::new(),
        base: None,
        is_open: false,
    };
    for field in reader.children(node) {
        let (name, value) = match field.kind() {
            "pair" => (key(reader, field), field.child_by_field_name("value")),
            "shorthand_property_identifier" => (Some(reader.text(field).to_owned()), Some(field)),
            // A method: its value is a function.
            "method_definition" => (
                Some(reader.field_text(field, "name").to_owned()),
                Some(field),
            ),
            _ => (None, None),
        };
        match (name, value) {
            (Some(name), Some(value)) => record.fields.push(Argument {
                line: line_of(field),
                name: Some(name),
                value: reader.value(value, depth + 1),
            }),
            _ => record.is_open = true,
        }
    }
    Kind::Record(record)
}

fn key<'t>(reader: &Reader<'t>, pair: Node<'t>) -> Option<String> {
    let key = pair.child_by_field_name("key")?;
    match key.kind() {
        "property_identifier" => Some(reader.text(key).to_owned()),
        "string" => reader.literal(key),
        _ => None,
    }
}
