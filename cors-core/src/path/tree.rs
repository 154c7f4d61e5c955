//! Which rule applies to a path.
//!
//! The prefixes are a tree of decoded names. A look-up follows the path from the root and stops at the
//! first name that no prefix has, so it takes the same time for ten prefixes and for a million.
//!
//! Servers read some paths in different ways: how often they decode, what separates segments, what ends
//! a name, and whether `..` is resolved. A path is *ambiguous* if two readings may have different rules.
//! Not every reading is tried. Once a name is unclear, only two questions are asked: whether it may be a
//! name of the tree, and whether there may be a `..` in the path. If neither is true, all readings leave
//! the tree at the same place.
//!
//! Some routers do not decode, or do not ignore empty segments. They leave the tree at the first name
//! that is not written as a prefix is. Their rule is the one that applies there.

use super::climb::may_climb;
use super::name::{End, Name, is_boundary, is_canonical};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// The longest path that is read.
const LONGEST_PATH: usize = 4096;

/// The longest run of slashes that is read.
const LONGEST_RUN: usize = 64;

/// The rules by prefix. The root stands for the path `/`.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// The length of the longest name.
    longest: usize,
}

/// A prefix of a prefix.
#[derive(Clone, Debug, Default)]
struct Node {
    children: HashMap<Box<[u8]>, usize, RandomState>,
    parent: usize,
    rule: Option<usize>,
}

/// Whose rule applies to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The rule with this number, or the default.
    Rule(Option<usize>),
    /// It may be any rule that applies at or below this node.
    Ambiguous(usize),
}

const ROOT: usize = 0;

impl Tree {
    /// Without rules, it has no nodes, because most applications have no prefixes.
    pub(crate) fn new() -> Self {
        Self {
            nodes: Vec::new(),
            longest: 0,
        }
    }

    /// Adds a rule for a prefix. Returns `false` if the prefix has a rule.
    pub(crate) fn insert(&mut self, prefix: &[Vec<u8>], rule: usize) -> bool {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let mut at = ROOT;
        for name in prefix {
            at = self.child(at, name).unwrap_or_else(|| self.add(at, name));
        }
        match self.nodes.get_mut(at) {
            Some(Node {
                rule: own @ None, ..
            }) => {
                *own = Some(rule);
                true
            }
            _ => false,
        }
    }

    fn add(&mut self, parent: usize, name: &[u8]) -> usize {
        let added = self.nodes.len();
        self.longest = self.longest.max(name.len());
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.insert(name.into(), added);
        }
        self.nodes.push(Node {
            parent,
            ..Node::default()
        });
        added
    }

    fn child(&self, at: usize, name: &[u8]) -> Option<usize> {
        self.nodes.get(at)?.children.get(name).copied()
    }

    /// The rule for exactly this prefix.
    pub(crate) fn get(&self, prefix: &[Vec<u8>]) -> Option<usize> {
        let mut names = prefix.iter();
        let at = names.try_fold(ROOT, |at, name| self.child(at, name))?;
        self.nodes.get(at)?.rule
    }

    /// For every node, the sum of a property over the rules that may apply there or below.
    pub(crate) fn sums<S: Copy>(
        &self,
        of_rule: impl Fn(Option<usize>) -> S,
        add: impl Fn(S, S) -> S,
    ) -> Vec<S> {
        // A parent comes before its children.
        let mut applied: Vec<Option<usize>> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let inherited = applied.get(node.parent).copied().flatten();
            applied.push(node.rule.or(inherited));
        }
        let mut sums: Vec<S> = applied.into_iter().map(of_rule).collect();
        for (at, node) in self.nodes.iter().enumerate().rev() {
            if let Some(own) = sums.get(at).copied()
                && let Some(sum) = sums.get_mut(node.parent)
            {
                *sum = add(*sum, own);
            }
        }
        sums
    }

    /// The rule for a path, as it was received.
    pub(crate) fn find(&self, path: &str) -> Found {
        let mut rest = path.as_bytes();
        if rest.len() > LONGEST_PATH {
            return Found::Ambiguous(ROOT);
        }
        let (mut at, mut rule) = (ROOT, None);
        let mut as_written = None;
        while let Some(node) = self.nodes.get(at) {
            rule = node.rule.or(rule);
            if node.children.is_empty() {
                break;
            }
            let mut slashes = 0;
            while let [b'/', after @ ..] = rest
                && slashes < LONGEST_RUN
            {
                rest = after;
                slashes += 1;
            }
            match self.step(node, rest) {
                Step::Child {
                    child,
                    len,
                    is_canonical,
                } => {
                    if slashes > 1 || !is_canonical {
                        as_written.get_or_insert((at, rule));
                    }
                    at = child;
                    rest = rest.get(len..).unwrap_or_default();
                }
                Step::Outside => break,
                Step::End => {
                    rest = b"";
                    break;
                }
                Step::Unclear if may_climb(rest) => return Found::Ambiguous(ROOT),
                Step::Unclear => {
                    let left = as_written.map_or(at, |(left, _)| left);
                    return Found::Ambiguous(left);
                }
            }
        }
        match as_written {
            _ if may_climb(rest) => Found::Ambiguous(ROOT),
            Some((left, other)) if other != rule => Found::Ambiguous(left),
            _ => Found::Rule(rule),
        }
    }

    /// Reads the first name of `rest`.
    #[inline]
    fn step(&self, node: &Node, rest: &[u8]) -> Step {
        let head = rest.get(..=self.longest).unwrap_or(rest);
        let len = match head.iter().position(|byte| is_boundary(*byte)) {
            Some(len) => len,
            None if head.len() > self.longest => return Step::Outside,
            None => head.len(),
        };
        match rest.get(len) {
            None | Some(b'?' | b'#') if len == 0 => Step::End,
            // A run of slashes that is too long.
            Some(b'/') if len == 0 => Step::Unclear,
            None | Some(b'/' | b'?' | b'#') => node.step(rest.get(..len).unwrap_or_default(), len),
            Some(_) => node.step_decoded(rest, self.longest),
        }
    }
}

impl Node {
    /// Steps to `name`, which has this length in the path.
    #[inline]
    fn step(&self, name: &[u8], len: usize) -> Step {
        match self.children.get(name) {
            Some(child) => Step::Child {
                child: *child,
                len,
                is_canonical: true,
            },
            None if matches!(name, b"." | b"..") => Step::Unclear,
            None => Step::Outside,
        }
    }

    #[inline(never)]
    fn step_decoded(&self, rest: &[u8], longest: usize) -> Step {
        let (name, end) = Name::read(rest, longest);
        let name = name.as_bytes();
        let is_known = || matches!(name, b"" | b"." | b"..") || self.children.contains_key(name);
        match end {
            End::Clear(len) => match self.step(name, len) {
                Step::Child { child, .. } => Step::Child {
                    child,
                    len,
                    is_canonical: is_canonical(rest.get(..len).unwrap_or_default()),
                },
                other => other,
            },
            End::Unclear if is_known() => Step::Unclear,
            End::TooDeep => Step::Unclear,
            End::Unclear | End::TooLong => Step::Outside,
        }
    }
}

enum Step {
    /// To a child.
    Child {
        child: usize,
        /// The length of the name in the path.
        len: usize,
        /// Whether the name is written as browsers write it. Otherwise, a router that does not decode
        /// reads another name.
        is_canonical: bool,
    },
    /// No reading of the name is in the tree.
    Outside,
    /// The path ends here.
    End,
    /// Some readings may go to a child, and others leave the tree.
    Unclear,
}

#[cfg(test)]
#[path = "../../tests/naive/paths.rs"]
mod naive;

#[cfg(test)]
mod tests {
    use super::naive::{Segments, readings, rule_of};
    use super::{Found, Tree};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn check(rules: &[&str], path: &str) -> Found {
        let segments = |rule: &&str| rule.split('/').skip(1).map(|name| name.into()).collect();
        let rules: Vec<Segments> = rules.iter().map(segments).collect();
        let mut tree = Tree::new();
        for (number, prefix) in rules.iter().enumerate() {
            assert!(tree.insert(prefix, number));
        }
        let naive: BTreeSet<_> = readings(path)
            .iter()
            .map(|reading| rule_of(&rules, reading))
            .collect();
        let found = tree.find(path);
        match found {
            Found::Rule(rule) => assert_eq!(naive, BTreeSet::from([rule]), "{path}"),
            Found::Ambiguous(node) => {
                let bit = |rule: Option<usize>| rule.map_or(1, |rule| 2_u64 << rule);
                let candidates = tree.sums(bit, |a, b| a | b)[node];
                for rule in naive {
                    assert_ne!(candidates & bit(rule), 0, "{path}: {rule:?}");
                }
            }
        }
        found
    }

    const RULES: [&[&str]; 6] = [
        &["/a"],
        &["/a", "/a/b"],
        &["/b/a", "/ab"],
        &["/a/a/a", "/a"],
        &["/a/b", "/b", "/b/a/b", "/.a", "/a.."],
        &["/a b", "/a b\u{13}", "/a|\u{e9}"],
    ];

    proptest! {
        /// All readings have the rule that was found, or one of the candidates.
        #[test]
        fn agrees_with_a_naive_one(
            rules in prop::sample::select(RULES.to_vec()),
            path in "(/|/|/|a|a|b|ab|\\\\|;|\\.|\\.\\.|%|%2[fF]|%5[cC]|%2[eE]|%25|%3[bBfF]|%23|%00|%61|%62|%32|%65|2|5|e|f|%252[eE]|6|1|\\?|-{40}|a%20b|%20|\u{13}|\\||%C3%A9|\u{e9}){0,7}",
        ) {
            check(rules, &format!("/{path}"));
        }

        /// Escapes that browsers write, and single dots in names, are never ambiguous. Other escapes are
        /// not ambiguous outside of the tree.
        #[test]
        fn ordinary_paths_have_a_rule(
            rules in prop::sample::select(RULES.to_vec()),
            path in "(/a|/b|/ab|a|b|/x%61|/%C3%A9|%C3%A9|%20|%25|/x%2E|%|x|\\.a|-|-{40}|/a\\.\\.|/\\.\\.\\.){0,7}/{0,2}",
        ) {
            prop_assert!(matches!(check(rules, &path), Found::Rule(_)), "{}", path);
        }
    }

    /// A router that does not decode finds the rule only if the name is written as browsers write it.
    #[test]
    fn names_that_browsers_do_not_write() {
        for (path, is_ambiguous) in [
            ("/a%20b", false),
            ("/a%20b%13", false),
            ("/a%20b\u{13}", true),
            ("/a|%C3%A9", false),
            ("/a%7C%C3%A9", true),
            ("/a%7C\u{e9}", true),
            ("/a%7c%C3%A9", true),
            ("/a|\u{e9}", false),
        ] {
            let found = check(RULES[5], path);
            assert_eq!(matches!(found, Found::Ambiguous(_)), is_ambiguous, "{path}");
        }
    }

    #[test]
    fn every_server_that_decodes_more_often() {
        for (path, is_ambiguous) in [
            ("/a%2Fb", true),
            ("/%%36%31", true),
            ("/c/%%32e%%32e/a", true),
            ("/c/%2%65%2%65/a", true),
            ("/c%2F%252e%252E%2Fa", true),
            ("/%61", true),
            ("//a", true),
            ("/c/%61", false),
            ("/a/%61", false),
            ("/a//", false),
            ("/c%2Fa", false),
            ("/c%252Fa", false),
            ("/a/c;%2F", false),
        ] {
            let found = check(RULES[0], path);
            assert_eq!(matches!(found, Found::Ambiguous(_)), is_ambiguous, "{path}");
        }
    }
}
