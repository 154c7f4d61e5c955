//! Compiles the regexes of this module, within limits.

use crate::origin::automaton::Automaton;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;
use std::fmt;

/// Why an exact question about origins has no answer: it takes too much time or memory.
///
/// The limits depend only on the policy, not on the machine or its load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TooComplex {
    /// The patterns and the regex together need an automaton of more than 16 MiB, or more than 4 MiB of memory to
    /// compile it.
    Automaton,
    /// The answer takes too many steps: more than 400,000 for [`Policy::diff`](crate::Policy::diff),
    /// [`is_at_most`](crate::Policy::is_at_most), [`trusted_sites`](crate::Policy::trusted_sites) and
    /// [`allowed_origins`](crate::Policy::allowed_origins), and more than 20,000 otherwise. A step is a combination
    /// of states that a search visits, or as much time spent on compiling patterns.
    Search,
    /// The regex spells out more than 256 sites or more than 10,000 texts, or takes more than 100,000 steps to
    /// spell out.
    Sites,
}

impl fmt::Display for TooComplex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Automaton => "the patterns and the regex are too many or too large to be compiled",
            Self::Search => "the answer takes too many steps",
            Self::Sites => "the regex spells out more than 256 sites or 10,000 texts, or takes more than 100,000 steps to spell out",
        })
    }
}

impl std::error::Error for TooComplex {}

/// The largest automaton, in bytes.
const MAX_AUTOMATON_SIZE: usize = 16 << 20;

/// The most memory for compiling an automaton, in bytes. The time is in proportion to it.
const MAX_COMPILING: usize = 4 << 20;

/// A regex that matches no text.
pub(super) const NOTHING: &str = "[a&&b]";

/// Compiles a regex that this module has written.
pub(super) fn compile(regex: &str) -> Result<Automaton, TooComplex> {
    compile_tree(parse(regex)?)
}

pub(super) fn compile_tree(tree: Hir) -> Result<Automaton, TooComplex> {
    Automaton::compile(tree, MAX_AUTOMATON_SIZE, MAX_COMPILING).ok_or(TooComplex::Automaton)
}

pub(super) fn parse(regex: &str) -> Result<Hir, TooComplex> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    parser.parse(regex).map_err(|_| TooComplex::Automaton)
}
