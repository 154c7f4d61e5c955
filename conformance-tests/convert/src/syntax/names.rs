//! The names that a text defines once and never changes.

use std::collections::{BTreeSet, HashMap, HashSet};

use tree_sitter::Node;

use super::{Language, Place, javascript, line_of, python, rust, walk};
use crate::problem::Problem;

pub(super) struct Names<'t> {
    names: HashMap<&'t str, Name<'t>>,
}

#[derive(Default)]
struct Name<'t> {
    /// Where the name occurs: the byte and the line.
    occurrences: Vec<(usize, usize)>,
    definitions: Vec<Definition<'t>>,
}

/// `let name = value`.
pub(super) struct Definition<'t> {
    pub(super) name: Node<'t>,
    pub(super) value: Node<'t>,
}

impl<'t> Names<'t> {
    pub(super) fn of(language: Language, root: Node<'t>, text: &'t str) -> Self {
        let mut names: HashMap<&str, Name<'t>> = HashMap::new();
        walk(root, |node, place| {
            let definition = match language {
                Language::Rust => rust::definition(node),
                Language::Python => python::definition(node),
                Language::JavaScript => javascript::definition(node),
            };
            if let Some(definition) = definition
                && let Some(name) = text.get(definition.name.byte_range())
            {
                names.entry(name).or_default().definitions.push(definition);
            }
            if is_identifier(node, place)
                && let Some(name) = text.get(node.byte_range())
            {
                let occurrence = (node.start_byte(), line_of(node));
                names.entry(name).or_default().occurrences.push(occurrence);
            }
        });
        Self { names }
    }

    /// The value of a name that is defined exactly once.
    pub(super) fn definition(&self, name: &str) -> Option<Node<'t>> {
        match self.names.get(name)?.definitions.as_slice() {
            [only] => Some(only.value),
            _ => None,
        }
    }

    /// A name must occur only where it is defined and where its value was `used`. Anywhere else, its value may be
    /// changed, or another name may be meant.
    pub(super) fn changed(&self, used: &HashSet<usize>) -> Vec<Problem> {
        let mut problems = BTreeSet::new();
        for (text, name) in &self.names {
            if !name.occurrences.iter().any(|(byte, _)| used.contains(byte)) {
                continue;
            }
            let defined = |byte| {
                name.definitions
                    .iter()
                    .any(|one| one.name.start_byte() == byte)
            };
            let other = name
                .occurrences
                .iter()
                .find(|(byte, _)| !used.contains(byte) && !defined(*byte));
            if let Some((_, line)) = other {
                problems.insert((*line, *text));
            }
        }
        let message = |name| {
            format!(
                "`{name}` occurs here, too, so its value may change: write the value in the configuration"
            )
        };
        problems
            .into_iter()
            .map(|(line, name)| Problem::at(line, message(name)))
            .collect()
    }
}

fn is_identifier(node: Node<'_>, place: Place<'_>) -> bool {
    match node.kind() {
        // In Python, these are no variables.
        "identifier" => {
            !place.is("keyword_argument", "name") && !place.is("attribute", "attribute")
        }
        "shorthand_property_identifier" | "shorthand_property_identifier_pattern" => true,
        _ => false,
    }
}
