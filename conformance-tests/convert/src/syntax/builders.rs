//! Where the chains of a builder in Rust go.
//!
//! A chain is the whole configuration only if nothing else in the text extends it. So each value is followed, through
//! variables and functions, until it is passed to a method that takes it as it is. Anything else is a problem.

use std::collections::{BTreeSet, HashMap, HashSet};

use tree_sitter::Node;

use super::rust::path;
use super::{Place, line_of, walk};
use crate::problem::Problem;

/// Methods of applications that take a finished configuration.
const TAKES: [&str; 6] = ["attach", "layer", "manage", "route_layer", "with", "wrap"];

/// Methods that return the same configuration.
const KEEPS: [&str; 5] = ["build", "clone", "expect", "to_cors", "unwrap"];

/// Values that are wrapped more often are not followed.
const MOST_STEPS: usize = 100;

const CHANGED: &str =
    "the configuration may be changed here: pass only the chain of calls that builds it";
const BRANCH: &str = "one of several branches: a policy file has one policy, so pass the chain of calls of each alone";
const UNREAD: &str = "this is not read: pass only the chain of calls that builds the configuration";

/// The problems of `chains`, whose first path is `wanted`.
pub(super) fn problems<'t>(
    root: Node<'t>,
    text: &'t str,
    chains: impl Iterator<Item = Node<'t>>,
    wanted: impl Fn(&str) -> bool,
) -> Vec<Problem> {
    let mut following = Following {
        text,
        places: HashMap::new(),
        names: HashMap::new(),
        pending: chains.collect(),
        seen: HashSet::new(),
        bound: HashSet::new(),
        problems: BTreeSet::new(),
    };
    walk(root, |node, place| following.add(node, place, &wanted));
    while let Some(value) = following.pending.pop() {
        match following.end(value) {
            End::Taken => {}
            End::Variable(declaration, name) => {
                following.bound.insert(declaration.id());
                following.follow(name, false, &wanted);
            }
            End::Function(name) => following.follow(name, true, &wanted),
            End::Branch => following.report(value, BRANCH),
            End::Other => following.report(value, CHANGED),
        }
    }
    following.report_rebound();
    let problems = following.problems.into_iter();
    problems
        .map(|(line, message)| Problem::at(line, message))
        .collect()
}

struct Following<'t> {
    text: &'t str,
    /// By the id of the node.
    places: HashMap<usize, Place<'t>>,
    /// Where each name occurs.
    names: HashMap<&'t str, Vec<Node<'t>>>,
    /// The values that are still to be followed.
    pending: Vec<Node<'t>>,
    /// The names that are followed, and whether as those of functions.
    seen: HashSet<(&'t str, bool)>,
    /// The ids of `let` declarations whose value is followed.
    bound: HashSet<usize>,
    problems: BTreeSet<(usize, &'static str)>,
}

/// Where a value goes.
enum End<'t> {
    /// To a method that takes it, or nowhere.
    Taken,
    /// To the variable of a `let` declaration.
    Variable(Node<'t>, &'t str),
    /// To the callers of a function.
    Function(&'t str),
    /// It is one of several values.
    Branch,
    Other,
}

impl<'t> Following<'t> {
    fn add(&mut self, node: Node<'t>, place: Place<'t>, wanted: &impl Fn(&str) -> bool) {
        self.places.insert(node.id(), place);
        let is_unread = match node.kind() {
            "identifier" | "field_identifier" => {
                self.names.entry(self.text(node)).or_default().push(node);
                false
            }
            "token_tree" => self.tokens_have(node, wanted),
            "scoped_identifier" => {
                let is_called = matches!(place.field, Some("function" | "path"));
                !is_called && !is_import(place) && wanted(&path(self.text(node)))
            }
            "use_as_clause" => self.is_renamed(node, "path", wanted),
            "type_item" => self.is_renamed(node, "type", wanted),
            _ => false,
        };
        if is_unread {
            self.report(node, UNREAD);
        }
    }

    /// Whether the tokens of a macro have a path that is `wanted`. Macros are not parsed.
    fn tokens_have(&self, tokens: Node<'t>, wanted: &impl Fn(&str) -> bool) -> bool {
        let mut cursor = tokens.walk();
        let mut path = String::new();
        for token in tokens.children(&mut cursor) {
            let text = self.text(token);
            match token.kind() {
                "::" => path.push_str(text),
                "identifier" if path.ends_with("::") => path.push_str(text),
                "identifier" => {
                    if wanted(&path) {
                        return true;
                    }
                    text.clone_into(&mut path);
                }
                _ if wanted(&path) => return true,
                _ => path.clear(),
            }
        }
        wanted(&path)
    }

    /// Whether the type or the function in `field` gets another name.
    fn is_renamed(&self, node: Node<'t>, field: &str, wanted: &impl Fn(&str) -> bool) -> bool {
        let original = self.field_text(node, field);
        wanted(&path(original)) || wanted(&path(&format!("{original}::default")))
    }

    fn end(&self, value: Node<'t>) -> End<'t> {
        let mut node = value;
        for _ in 0..MOST_STEPS {
            let Some((parent, field)) = self.parent(node) else {
                return End::Taken;
            };
            node = match (parent.kind(), field) {
                (
                    "await_expression"
                    | "block"
                    | "parenthesized_expression"
                    | "try_expression"
                    | "tuple_expression",
                    _,
                ) => parent,
                ("reference_expression", _) if !is_mutable(parent) => parent,
                ("field_expression", Some("value")) => match self.method_call(parent) {
                    Some(call) if KEEPS.contains(&self.field_text(parent, "field")) => call,
                    _ => return End::Other,
                },
                ("arguments", _) => match self.parent(parent) {
                    Some((call, _)) if self.takes(call) => return End::Taken,
                    Some((call, _)) if self.field_text(call, "function") == "Ok" => call,
                    _ => return End::Other,
                },
                ("expression_statement", _) if self.text(parent).ends_with(';') => {
                    return End::Taken;
                }
                ("expression_statement", _) => parent,
                ("source_file", _) => return End::Taken,
                ("let_declaration", Some("value")) => return self.variable(parent),
                ("return_expression", _) => return self.returned(parent),
                ("function_item", Some("body")) => return self.function(parent),
                ("if_expression" | "else_clause" | "match_arm", _) => return End::Branch,
                _ => return End::Other,
            };
        }
        End::Other
    }

    /// The call whose function is this field expression.
    fn method_call(&self, field_expression: Node<'t>) -> Option<Node<'t>> {
        let (parent, field) = self.parent(field_expression)?;
        (parent.kind() == "call_expression" && field == Some("function")).then_some(parent)
    }

    fn takes(&self, call: Node<'t>) -> bool {
        call.child_by_field_name("function").is_some_and(|method| {
            method.kind() == "field_expression" && TAKES.contains(&self.field_text(method, "field"))
        })
    }

    fn variable(&self, declaration: Node<'t>) -> End<'t> {
        match declaration.child_by_field_name("pattern") {
            Some(name) if name.kind() == "identifier" => {
                End::Variable(declaration, self.text(name))
            }
            _ => End::Other,
        }
    }

    /// `return value`, in the function around it.
    fn returned(&self, expression: Node<'t>) -> End<'t> {
        let mut node = expression;
        for _ in 0..MOST_STEPS {
            match self.parent(node) {
                Some((parent, _)) if parent.kind() == "function_item" => {
                    return self.function(parent);
                }
                Some((parent, _))
                    if !matches!(parent.kind(), "closure_expression" | "async_block") =>
                {
                    node = parent;
                }
                _ => return End::Other,
            }
        }
        End::Other
    }

    /// A function of a trait can be called without its name, such as `from` by `into`.
    fn function(&self, item: Node<'t>) -> End<'t> {
        let list = self.parent(item).map(|(parent, _)| parent);
        let owner = list.and_then(|list| self.parent(list));
        let is_of_trait = owner.is_some_and(|(owner, _)| {
            owner.kind() == "trait_item" || owner.child_by_field_name("trait").is_some()
        });
        match item.child_by_field_name("name") {
            Some(name) if !is_of_trait => End::Function(self.text(name)),
            _ => End::Other,
        }
    }

    /// Follows the value of a name wherever the name occurs.
    fn follow(&mut self, name: &'t str, is_function: bool, wanted: &impl Fn(&str) -> bool) {
        if !self.seen.insert((name, is_function)) {
            return;
        }
        let occurrences = self.names.get(name).cloned().unwrap_or_default();
        for node in occurrences {
            let value = if node.kind() == "field_identifier" {
                let method = self.parent(node).map(|(parent, _)| parent);
                method
                    .filter(|_| is_function)
                    .and_then(|method| self.method_call(method))
            } else {
                self.value_of(node, wanted)
            };
            self.pending.extend(value);
        }
    }

    /// The call of a function, or the name itself. `None` if it is part of a definition, an import, or another path.
    fn value_of(&self, name: Node<'t>, wanted: &impl Fn(&str) -> bool) -> Option<Node<'t>> {
        let mut node = name;
        for _ in 0..MOST_STEPS {
            let Some(place) = self.places.get(&node.id()) else {
                break;
            };
            let parent = place.parent?;
            match (parent.kind(), place.field) {
                ("function_item" | "mod_item", Some("name"))
                | ("let_declaration", Some("pattern")) => {
                    return None;
                }
                (_, Some("path")) if parent.kind() != "use_as_clause" => return None,
                _ if is_import(*place) => return None,
                ("scoped_identifier", _) => node = parent,
                ("generic_function", Some("function")) => node = parent,
                ("call_expression", Some("function")) => {
                    let is_chain = wanted(&path(self.text(node)));
                    return (!is_chain).then_some(parent);
                }
                _ => return Some(node),
            }
        }
        Some(name)
    }

    /// Reports `let` declarations that give another value to the name of a variable that is followed.
    fn report_rebound(&mut self) {
        let names: Vec<_> = self.seen.iter().map(|(name, _)| *name).collect();
        for name in names {
            for node in self.names.get(name).cloned().unwrap_or_default() {
                if let Some((parent, Some("pattern"))) = self.parent(node)
                    && parent.kind() == "let_declaration"
                    && !self.bound.contains(&parent.id())
                {
                    self.report(node, CHANGED);
                }
            }
        }
    }

    fn report(&mut self, node: Node<'t>, message: &'static str) {
        self.problems.insert((line_of(node), message));
    }

    fn parent(&self, node: Node<'t>) -> Option<(Node<'t>, Option<&'static str>)> {
        let place = self.places.get(&node.id())?;
        Some((place.parent?, place.field))
    }

    fn text(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn field_text(&self, node: Node<'t>, field: &str) -> &'t str {
        node.child_by_field_name(field)
            .map_or("", |child| self.text(child))
    }
}

/// Whether a name is imported as it is.
fn is_import(place: Place<'_>) -> bool {
    place.parent.is_some_and(|parent| {
        matches!(
            parent.kind(),
            "use_declaration" | "use_list" | "scoped_use_list" | "use_wildcard"
        )
    })
}

fn is_mutable(node: Node<'_>) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .any(|child| child.kind() == "mutable_specifier")
}
