//! Reads source text with tree-sitter, whose parsers do not recurse.

mod builders;
mod javascript;
mod names;
mod python;
mod rust;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tree_sitter::{ParseOptions, Parser, Tree};

pub(crate) use tree_sitter::Node;

use crate::problem::Problem;
use crate::value::{Kind, Value};
use names::Names;

/// Expressions that are nested deeper are not read. A builder chain has two levels for each call.
const DEEPEST: usize = 120;

/// How many expressions are read. Names can stand for lists of names, so that a short text has many.
const MOST_VALUES: usize = 50_000;

/// How often a parser may report progress before it is stopped. It reports after 100 steps, and a valid text needs fewer
/// than two for a byte. Recovery from errors can need far more.
const fn most_progress(length: usize) -> usize {
    length / 50 + 100
}

/// How long a parser may take. A valid text takes a fraction of a second, but some errors take a long time for each step.
const LONGEST: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    Python,
    JavaScript,
}

impl Language {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
        }
    }

    fn invalid(self, line: usize) -> Problem {
        Problem::at(line, format!("not valid {}", self.name()))
    }

    fn grammar(self) -> tree_sitter::Language {
        match self {
            Self::Rust => tree_sitter_rust::LANGUAGE.into(),
            Self::Python => tree_sitter_python::LANGUAGE.into(),
            Self::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
        }
    }
}

/// A text that is valid in its language.
pub(crate) struct Source {
    language: Language,
    text: String,
    tree: Tree,
}

impl Source {
    pub(crate) fn parse(language: Language, text: &str) -> Result<Self, Vec<Problem>> {
        let mut text = text.to_owned();
        let mut tree = parse(language, &text)?;
        if language == Language::Rust && rust::blank_vec_macros(&mut text, &tree) {
            tree = parse(language, &text)?;
        }
        let source = Self {
            language,
            text,
            tree,
        };
        match source.first_error() {
            None => Ok(source),
            Some(line) => Err(vec![language.invalid(line)]),
        }
    }

    fn first_error(&self) -> Option<usize> {
        let root = self.tree.root_node();
        if !root.has_error() {
            return None;
        }
        let mut first = None;
        walk(root, |node, _| {
            if first.is_none() && (node.is_error() || node.is_missing()) {
                first = Some(line_of(node));
            }
        });
        Some(first.unwrap_or(1))
    }

    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader {
            language: self.language,
            text: &self.text,
            root: self.tree.root_node(),
            names: Names::of(self.language, self.tree.root_node(), &self.text),
            used: HashSet::new(),
            values_left: MOST_VALUES,
        }
    }
}

/// Parses until the first error, because finding more of the tree after one takes more than linear time.
fn parse(language: Language, text: &str) -> Result<Tree, Vec<Problem>> {
    let mut parser = Parser::new();
    parser
        .set_language(&language.grammar())
        .map_err(|error| vec![Problem::of_file(error.to_string())])?;
    let begun = Instant::now();
    let mut progress = 0_usize;
    let mut stopped_at = None;
    let mut stop = |state: &tree_sitter::ParseState| {
        progress += 1;
        if state.has_error() {
            stopped_at = Some(state.current_byte_offset());
        }
        stopped_at.is_some() || progress > most_progress(text.len()) || begun.elapsed() > LONGEST
    };
    let options = ParseOptions::new().progress_callback(&mut stop);
    let bytes = text.as_bytes();
    let mut input = |start: usize, _| bytes.get(start..).unwrap_or_default();
    let tree = parser.parse_with_options(&mut input, None, Some(options));
    match (tree, stopped_at) {
        (Some(tree), _) => Ok(tree),
        (None, Some(byte)) => {
            let before = bytes.get(..byte).unwrap_or(bytes);
            let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
            Err(vec![language.invalid(line)])
        }
        (None, None) => Err(vec![Problem::of_file(
            "too complex: pass only the part that configures CORS",
        )]),
    }
}

/// Visits every node, parents first, with the name of its field in its parent. The nodes are visited in a loop.
fn walk<'t>(root: Node<'t>, mut visit: impl FnMut(Node<'t>, Place<'t>)) {
    let mut cursor = root.walk();
    let mut parents: Vec<Node<'t>> = Vec::new();
    loop {
        let node = cursor.node();
        visit(
            node,
            Place {
                parent: parents.last().copied(),
                field: cursor.field_name(),
            },
        );
        if cursor.goto_first_child() {
            parents.push(node);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
            parents.pop();
        }
    }
}

/// Where a node is in its parent.
#[derive(Clone, Copy)]
struct Place<'t> {
    parent: Option<Node<'t>>,
    field: Option<&'static str>,
}

impl Place<'_> {
    fn is(&self, parent: &str, field: &str) -> bool {
        self.field == Some(field) && self.parent.is_some_and(|node| node.kind() == parent)
    }
}

fn line_of(node: Node<'_>) -> usize {
    node.start_position().row + 1
}

/// Builder chains, and the problems of the text around them and of the names in them.
pub(crate) struct Chains {
    pub(crate) values: Vec<Value>,
    pub(crate) problems: Vec<Problem>,
}

/// Converts expressions to values.
pub(crate) struct Reader<'t> {
    language: Language,
    text: &'t str,
    root: Node<'t>,
    names: Names<'t>,
    /// Where names were replaced with their values.
    used: HashSet<usize>,
    values_left: usize,
}

impl<'t> Reader<'t> {
    /// The value of every node for which `wanted` is true, outermost first. What is inside of one is not visited
    /// again.
    pub(crate) fn find(&mut self, wanted: impl Fn(&Self, Node<'t>) -> bool) -> Vec<Value> {
        let mut found = Vec::new();
        let mut end = 0;
        let root = self.root;
        walk(root, |node, _| {
            if node.start_byte() >= end && node.is_named() && wanted(self, node) {
                end = node.end_byte();
                found.push(node);
            }
        });
        found.into_iter().map(|node| self.value(node, 0)).collect()
    }

    /// The chains of method calls in Rust whose first receiver is a call or a struct with a path that is `wanted`.
    pub(crate) fn find_chains(&mut self, wanted: impl Fn(&str) -> bool) -> Chains {
        let found = rust::chains(self.root, self.text, &wanted);
        let chains = found.iter().copied();
        let mut problems = builders::problems(self.root, self.text, chains, &wanted);
        let values = found.into_iter().map(|chain| self.value(chain, 0));
        let values = values.collect();
        problems.extend(self.changed_names());
        Chains { values, problems }
    }

    /// Every node that is `wanted`.
    pub(crate) fn nodes(&self, wanted: impl Fn(Node<'t>) -> bool) -> Vec<Node<'t>> {
        let mut found = Vec::new();
        walk(self.root, |node, _| {
            if wanted(node) {
                found.push(node);
            }
        });
        found
    }

    /// The problems of names whose value may have changed since they were defined.
    pub(crate) fn changed_names(&self) -> Vec<Problem> {
        self.names.changed(&self.used)
    }

    pub(crate) fn text(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of the child in `field`.
    pub(crate) fn field_text(&self, node: Node<'t>, field: &str) -> &'t str {
        node.child_by_field_name(field)
            .map_or("", |child| self.text(child))
    }

    fn value(&mut self, node: Node<'t>, depth: usize) -> Value {
        self.values_left = self.values_left.saturating_sub(1);
        let kind = if depth > DEEPEST || self.values_left == 0 {
            Kind::Other
        } else {
            match self.language {
                Language::Rust => rust::kind(self, node, depth),
                Language::Python => python::kind(self, node, depth),
                Language::JavaScript => javascript::kind(self, node, depth),
            }
        };
        Value {
            line: self.line(node),
            shown: self.shown(node),
            kind,
        }
    }

    /// The line of a node. That of a method call is where the name of the method is.
    fn line(&self, node: Node<'t>) -> usize {
        let callee = node.child_by_field_name("function");
        let name = callee.and_then(|callee| {
            ["field", "attribute", "property"]
                .into_iter()
                .find_map(|field| callee.child_by_field_name(field))
        });
        line_of(name.unwrap_or(node))
    }

    /// The text of a node on one line, shortened.
    fn shown(&self, node: Node<'t>) -> String {
        const LONGEST: usize = 60;
        let mut shown = String::new();
        for word in self.text(node).split_whitespace() {
            if !shown.is_empty() {
                shown.push(' ');
            }
            if shown.len() + word.len() > LONGEST {
                shown.extend(word.chars().take(LONGEST.saturating_sub(shown.len())));
                shown.push_str("...");
                break;
            }
            shown.push_str(word);
        }
        shown.retain(|c| !c.is_control());
        shown
    }

    fn values(&mut self, node: Node<'t>, depth: usize) -> Vec<Value> {
        self.children(node)
            .into_iter()
            .map(|child| self.value(child, depth + 1))
            .collect()
    }

    /// The named children without comments.
    pub(crate) fn children(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor)
            .filter(|child| !child.is_extra())
            .collect()
    }

    /// What a name stands for: the value that the text gives it, or the name itself.
    fn named(&mut self, node: Node<'t>, depth: usize) -> Kind {
        let name = self.text(node);
        match self.names.definition(name) {
            Some(value) => {
                self.used.insert(node.start_byte());
                self.value(value, depth + 1).kind
            }
            None => Kind::Name(name.to_owned()),
        }
    }

    /// A sum of numbers, or a product.
    fn arithmetic(&mut self, node: Node<'t>, depth: usize) -> Kind {
        let mut operand = |field: &str| {
            let child = node.child_by_field_name(field)?;
            Some(self.value(child, depth + 1))
        };
        let (Some(left), Some(right)) = (operand("left"), operand("right")) else {
            return Kind::Other;
        };
        let result = match (&left.kind, self.field_text(node, "operator"), &right.kind) {
            (Kind::Integer(left), "*", Kind::Integer(right)) => left.checked_mul(*right),
            (Kind::Integer(left), "+", Kind::Integer(right)) => left.checked_add(*right),
            (_, "*", _) => return Kind::Product(Box::new((left, right))),
            _ => None,
        };
        result.map_or(Kind::Other, Kind::Integer)
    }

    fn integer(&self, node: Node<'t>) -> Kind {
        let digits: String = self.text(node).chars().filter(|&c| c != '_').collect();
        let suffixes = ["usize", "u64", "u32", "i32", "i64"];
        let suffix = suffixes
            .into_iter()
            .find_map(|suffix| digits.strip_suffix(suffix));
        match suffix.unwrap_or(&digits).parse() {
            // In JavaScript and old Python, a leading zero can mean octal.
            Ok(number) if number == 0 || !digits.starts_with('0') => Kind::Integer(number),
            _ => Kind::Other,
        }
    }

    /// The text of a literal whose children are pieces, or `None` if there is an escape that is not a quote, a
    /// slash or a backslash, or anything that is not a literal.
    fn literal(&self, node: Node<'t>) -> Option<String> {
        let mut text = String::new();
        for piece in self.children(node) {
            let raw = self.text(piece);
            match piece.kind() {
                "string_content" | "string_fragment" if piece.named_child_count() > 0 => {
                    let mut end = piece.start_byte();
                    for inner in self.children(piece) {
                        text.push_str(self.text.get(end..inner.start_byte())?);
                        text.push_str(unescaped(self.text(inner))?);
                        end = inner.end_byte();
                    }
                    text.push_str(self.text.get(end..piece.end_byte())?);
                }
                "string_content" | "string_fragment" => text.push_str(raw),
                "escape_sequence" => text.push_str(unescaped(raw)?),
                "string_start" | "string_end" => {}
                _ => return None,
            }
        }
        Some(text)
    }
}

fn unescaped(escape: &str) -> Option<&str> {
    match escape {
        r"\\" | r#"\""# | r"\'" | r"\/" => escape.get(1..),
        _ => None,
    }
}
