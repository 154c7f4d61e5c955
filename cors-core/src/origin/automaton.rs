//! Complete automata: matching takes one look-up in a table for each byte, and never allocates.

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Hir, Look};
use std::fmt;
use std::sync::Arc;

/// An automaton that matches whole texts.
#[derive(Clone)]
pub(crate) struct Automaton(Arc<dense::DFA<Vec<u32>>>);

impl Automaton {
    /// Compiles `hir`, which must match a whole text. `None` if the automaton is larger than `max_size`
    /// bytes, or if compiling it takes more than `max_compiling` bytes in addition. The time is in proportion to
    /// the latter.
    pub(crate) fn compile(hir: Hir, max_size: usize, max_compiling: usize) -> Option<Self> {
        // The tree is anchored, not the text: no bracket, flag or comment in the source can undo it.
        let whole = Hir::concat(vec![Hir::look(Look::Start), hir, Hir::look(Look::End)]);
        let nfa = thompson::Config::new()
            .utf8(false)
            .nfa_size_limit(Some(max_size));
        let nfa = thompson::Compiler::new()
            .configure(nfa)
            .build_from_hir(&whole)
            .ok()?;
        let dfa = dense::Config::new()
            .start_kind(StartKind::Anchored)
            // An origin is short: searching for the next interesting byte costs more than reading all.
            .accelerate(false)
            .dfa_size_limit(Some(max_size))
            .determinize_size_limit(Some(max_compiling));
        let dfa = dense::Builder::new()
            .configure(dfa)
            .build_from_nfa(&nfa)
            .ok()?;
        Some(Self(Arc::new(dfa)))
    }

    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        let input = Input::new(text).anchored(Anchored::Yes).earliest(true);
        matches!(self.0.try_search_fwd(&input), Ok(Some(_)))
    }

    /// The state before the first byte. `None` if nothing matches.
    pub(crate) fn start(&self) -> Option<State> {
        let input = Input::new(b"").anchored(Anchored::Yes);
        self.alive(self.0.start_state_forward(&input).ok()?)
    }

    /// The state after one more byte. `None` if no text that continues this way matches.
    pub(crate) fn next(&self, state: State, byte: u8) -> Option<State> {
        self.alive(self.0.next_state(state.0, byte))
    }

    fn alive(&self, state: StateID) -> Option<State> {
        (!self.0.is_dead_state(state)).then_some(State(state))
    }

    /// Whether the text that ends here matches.
    pub(crate) fn is_final(&self, state: State) -> bool {
        self.0.is_match_state(self.0.next_eoi_state(state.0))
    }

    /// Two bytes with the same class lead from every state to the same state.
    pub(crate) fn class(&self, byte: u8) -> u8 {
        self.0.byte_classes().get(byte)
    }
}

/// Without the table, which is long.
impl fmt::Debug for Automaton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Automaton").finish_non_exhaustive()
    }
}

/// A state of an automaton in which a match is still possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State(StateID);
