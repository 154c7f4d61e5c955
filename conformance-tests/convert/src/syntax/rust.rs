//! Expressions of Rust.

use std::collections::HashSet;

use tree_sitter::{Node, Tree};

use super::names::Definition;
use super::{Reader, walk};
use crate::value::{Argument, Call, Callee, Kind, Record};

/// Blanks the name of each `vec![...]`, so that it is parsed as an array. Every other byte keeps its place.
pub(super) fn blank_vec_macros(text: &mut String, tree: &Tree) -> bool {
    let mut names = Vec::new();
    walk(tree.root_node(), |node, _| {
        let parts = (node.child_by_field_name("macro"), node.child(2));
        if let ("macro_invocation", (Some(name), Some(tokens))) = (node.kind(), parts) {
            names.push((name.start_byte()..tokens.start_byte(), tokens.start_byte()));
        }
    });
    let mut changed = false;
    for (name, tokens) in names {
        let is_vec = text
            .get(name.clone())
            .is_some_and(|name| name.trim_end() == "vec!");
        if is_vec && text.get(tokens..).is_some_and(|rest| rest.starts_with('[')) {
            let blank = " ".repeat(name.len());
            text.replace_range(name, &blank);
            changed = true;
        }
    }
    changed
}

/// The outermost chains whose first receiver has a path that is `wanted`.
pub(super) fn chains<'t>(
    root: Node<'t>,
    text: &str,
    wanted: impl Fn(&str) -> bool,
) -> Vec<Node<'t>> {
    let mut seen = HashSet::new();
    let mut end = 0;
    let mut chains = Vec::new();
    walk(root, |node, _| {
        let is_start = matches!(node.kind(), "call_expression" | "struct_expression");
        if !is_start || node.start_byte() < end || seen.contains(&node.id()) {
            return;
        }
        let first = first_receiver(node, &mut seen);
        let path = first
            .child_by_field_name("function")
            .or_else(|| first.child_by_field_name("name"))
            .filter(|path| path.kind() != "field_expression")
            .and_then(|node| text.get(node.byte_range()))
            .map(path);
        if path.is_some_and(|path| wanted(&path)) {
            end = node.end_byte();
            chains.push(node);
        }
    });
    chains
}

/// `a()` of `a().b().c()`. The calls on the way are added to `seen`, so that each is visited once.
fn first_receiver<'t>(node: Node<'t>, seen: &mut HashSet<usize>) -> Node<'t> {
    let mut node = node;
    loop {
        seen.insert(node.id());
        let function = node.child_by_field_name("function");
        let function = match function {
            Some(generic) if generic.kind() == "generic_function" => {
                generic.child_by_field_name("function")
            }
            function => function,
        };
        let receiver = function
            .filter(|function| function.kind() == "field_expression")
            .and_then(|field| field.child_by_field_name("value"));
        match receiver {
            Some(receiver) => node = receiver,
            None => return node,
        }
    }
}

pub(super) fn definition(node: Node<'_>) -> Option<Definition<'_>> {
    let name = match node.kind() {
        "let_declaration" => node.child_by_field_name("pattern")?,
        "const_item" | "static_item" => node.child_by_field_name("name")?,
        _ => return None,
    };
    let mut cursor = node.walk();
    let is_mutable = node
        .named_children(&mut cursor)
        .any(|child| child.kind() == "mutable_specifier");
    let value = node.child_by_field_name("value")?;
    (name.kind() == "identifier" && !is_mutable).then_some(Definition { name, value })
}

pub(super) fn kind<'t>(reader: &mut Reader<'t>, node: Node<'t>, depth: usize) -> Kind {
    let text = reader.text(node);
    match node.kind() {
        "string_literal" | "raw_string_literal" if !text.starts_with('c') => {
            reader.literal(node).map_or(Kind::Other, Kind::Text)
        }
        "integer_literal" => reader.integer(node),
        "boolean_literal" => Kind::Flag(text == "true"),
        "array_expression" if node.child_by_field_name("length").is_none() => {
            Kind::List(reader.values(node, depth))
        }
        "reference_expression" => inner(reader, node.child_by_field_name("value"), depth),
        "parenthesized_expression" | "try_expression" => inner(reader, node.named_child(0), depth),
        "binary_expression" => reader.arithmetic(node, depth),
        "identifier" if text == "None" => Kind::Nothing,
        "identifier" => reader.named(node, depth),
        "scoped_identifier" => Kind::Name(path(text)),
        "call_expression" => Kind::Call(Call {
            callee: callee(reader, node.child_by_field_name("function"), depth),
            arguments: arguments(reader, node.child_by_field_name("arguments"), depth),
        }),
        "struct_expression" => record(reader, node, depth),
        "closure_expression" => closure(reader, node, depth),
        _ => Kind::Other,
    }
}

fn inner<'t>(reader: &mut Reader<'t>, node: Option<Node<'t>>, depth: usize) -> Kind {
    node.map_or(Kind::Other, |node| reader.value(node, depth + 1).kind)
}

/// A path without white space and generics: `Vec::<u8>::new` is `Vec::new`.
pub(super) fn path(text: &str) -> String {
    let mut depth = 0_usize;
    let mut path = String::new();
    for c in text.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            c if depth == 0 && !c.is_whitespace() => path.push(c),
            _ => {}
        }
    }
    path.replace("::::", "::").trim_end_matches(':').to_owned()
}

fn callee<'t>(reader: &mut Reader<'t>, node: Option<Node<'t>>, depth: usize) -> Callee {
    let Some(mut node) = node else {
        return Callee::Other;
    };
    if node.kind() == "generic_function" {
        let Some(function) = node.child_by_field_name("function") else {
            return Callee::Other;
        };
        node = function;
    }
    match (node.kind(), node.child_by_field_name("value")) {
        ("field_expression", Some(receiver)) => Callee::Method(
            Box::new(reader.value(receiver, depth + 1)),
            reader.field_text(node, "field").to_owned(),
        ),
        ("identifier" | "scoped_identifier", _) => Callee::Function(path(reader.text(node))),
        _ => Callee::Other,
    }
}

fn arguments<'t>(reader: &mut Reader<'t>, node: Option<Node<'t>>, depth: usize) -> Vec<Argument> {
    let values = node.map_or_else(Vec::new, |node| reader.values(node, depth));
    let argument = |value: crate::value::Value| Argument {
        line: value.line,
        name: None,
        value,
    };
    values.into_iter().map(argument).collect()
}

fn record<'t>(reader: &mut Reader<'t>, node: Node<'t>, depth: usize) -> Kind {
    let mut record = Record {
        fields: Vec::new(),
        base: None,
        is_open: false,
    };
    let body = node.child_by_field_name("body");
    for field in body.map_or_else(Vec::new, |body| reader.children(body)) {
        let line = super::line_of(field);
        match (field.kind(), field.child_by_field_name("value")) {
            ("field_initializer", Some(value)) => record.fields.push(Argument {
                line,
                name: Some(reader.field_text(field, "field").to_owned()),
                value: reader.value(value, depth + 1),
            }),
            ("shorthand_field_initializer", _) => record.fields.push(Argument {
                line,
                name: Some(reader.text(field).to_owned()),
                value: match field.named_child(0) {
                    Some(name) => reader.value(name, depth + 1),
                    None => continue,
                },
            }),
            ("base_field_initializer", _) => {
                let base = field
                    .named_child(0)
                    .map(|base| reader.value(base, depth + 1));
                record.base = base.map(Box::new);
            }
            _ => record.is_open = true,
        }
    }
    Kind::Record(record)
}

fn closure<'t>(reader: &mut Reader<'t>, node: Node<'t>, depth: usize) -> Kind {
    let parameters = node.child_by_field_name("parameters");
    let parameters = parameters.map_or_else(Vec::new, |node| reader.children(node));
    match (parameters.as_slice(), node.child_by_field_name("body")) {
        ([parameter], Some(body)) if parameter.kind() == "identifier" => Kind::Closure {
            parameter: reader.text(*parameter).to_owned(),
            body: Box::new(reader.value(body, depth + 1)),
        },
        _ => Kind::Other,
    }
}
