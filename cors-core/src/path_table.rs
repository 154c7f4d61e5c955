//! The policies of all paths of a host, rendered, and which one applies to a path.

use crate::path::tree::{Found, Tree};
use crate::policies::Policies;
use crate::policy::{Ambiguity, Policy};
use std::sync::Arc;

/// The policies of all paths of a host, each rendered as a `T`.
#[derive(Clone, Debug)]
pub(crate) struct PathTable<T> {
    tree: Tree,
    rules: Vec<Option<Arc<T>>>,
    default: Option<Arc<T>>,
    ambiguous: Ambiguous<T>,
}

/// What applies to a path that may have one of several policies.
#[derive(Clone, Debug)]
struct Ambiguous<T> {
    /// For every node of the tree, what may apply there or below.
    candidates: Vec<Candidates>,
    refusing: Option<Arc<T>>,
    blocking: Option<Arc<T>>,
}

/// What some policies have in common. The order is from lax to strict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Candidates {
    /// None of the paths has CORS.
    NoCors,
    NoneBlocks,
    OneBlocks,
}

impl Candidates {
    pub(crate) fn of(policy: Option<&Policy>) -> Self {
        match policy {
            None => Self::NoCors,
            Some(policy) if policy.blocks_refused_origins() => Self::OneBlocks,
            Some(_) => Self::NoneBlocks,
        }
    }
}

impl<T> Ambiguous<T> {
    fn new<E>(
        policies: &Policies,
        render: &mut impl FnMut(Arc<Policy>) -> Result<T, E>,
    ) -> Result<Self, E> {
        let of_rule = |rule: Option<usize>| {
            let own = rule.and_then(|rule| policies.rules.get(rule));
            let policy = own.map_or(&policies.default, |(_, policy)| policy);
            Candidates::of(policy.as_deref())
        };
        let candidates = policies.tree.sums(of_rule, Candidates::max);
        let strictest = candidates.iter().max();
        let mut render_for = |kind: Candidates| {
            let is_needed = !policies.rules.is_empty() && strictest >= Some(&kind);
            let all = policies.of_paths().flatten();
            let blocks = kind == Candidates::OneBlocks;
            let policy = || Policy::for_ambiguous(Ambiguity::Path, blocks, all);
            is_needed
                .then(|| render(Arc::new(policy())).map(Arc::new))
                .transpose()
        };
        Ok(Self {
            refusing: render_for(Candidates::NoneBlocks)?,
            blocking: render_for(Candidates::OneBlocks)?,
            candidates,
        })
    }

    fn at(&self, node: usize) -> Option<&Arc<T>> {
        match self.candidates.get(node)? {
            Candidates::NoCors => None,
            Candidates::NoneBlocks => self.refusing.as_ref(),
            Candidates::OneBlocks => self.blocking.as_ref(),
        }
    }
}

impl<T> PathTable<T> {
    /// The policies of hosts are left out.
    pub(crate) fn new<E>(
        policies: Policies,
        render: &mut impl FnMut(Arc<Policy>) -> Result<T, E>,
    ) -> Result<Self, E> {
        let ambiguous = Ambiguous::new(&policies, render)?;
        let Policies {
            rules,
            tree,
            default,
            hosts: _,
        } = policies;
        let mut render = |policy: Option<Arc<Policy>>| {
            policy
                .map(|policy| render(policy).map(Arc::new))
                .transpose()
        };
        let default = render(default)?;
        let rules = rules.into_iter().map(|(_, policy)| render(policy));
        Ok(Self {
            rules: rules.collect::<Result<_, E>>()?,
            tree,
            default,
            ambiguous,
        })
    }

    #[inline]
    pub(crate) fn find<'p>(&self, path: impl FnOnce() -> &'p str) -> Option<&Arc<T>> {
        if self.rules.is_empty() {
            return self.default.as_ref();
        }
        self.find_rule(path())
    }

    fn find_rule(&self, path: &str) -> Option<&Arc<T>> {
        match self.tree.find(path) {
            Found::Rule(None) => self.default.as_ref(),
            Found::Rule(Some(rule)) => self.rules.get(rule)?.as_ref(),
            Found::Ambiguous(node) => self.ambiguous.at(node),
        }
    }
}
