//! A search for a shortest origin that a browser could send and that given automata accept or reject.
//!
//! It visits the combinations of states breadth first. So the first origin that it finds is a shortest
//! one, and if it finds none, there is none.

use super::compile::TooComplex;
use super::sendable::{HostKind, Lengths, Part, Place, Scheme};
use crate::origin::automaton::{Automaton, State};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// How many steps an answer may still take. A step is a combination of states that a search visits, or as much time
/// spent on compiling. This bounds time and memory.
#[derive(Debug)]
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MAX_NODES)
    }
}

impl Budget {
    /// For the comparison of two policies, which consists of many searches. No build waits for it.
    pub(crate) fn of_comparison() -> Self {
        Self(MAX_COMPARISON)
    }

    /// Asks about all entries together. If there is an answer, it asks about the first ones one by one, as long as
    /// half of the steps that are left is enough, and then about all others together.
    pub(crate) fn one_by_one<T>(
        &mut self,
        entries: &[&str],
        ask: impl Fn(&[&str], &mut Self) -> Result<Option<T>, TooComplex>,
    ) -> Result<Vec<T>, TooComplex> {
        if entries.is_empty() || ask(entries, self)?.is_none() {
            return Ok(Vec::new());
        }
        let half = self.0 / 2;
        let mut steps = Self(half);
        self.0 -= half;
        let (mut found, mut rest) = (Vec::new(), entries);
        for (number, entry) in entries.chunks(1).take(LISTED).enumerate() {
            let Ok(answer) = ask(entry, &mut steps) else {
                break;
            };
            found.extend(answer);
            rest = entries.get(number + 1..).unwrap_or_default();
        }
        self.0 += steps.0;
        if !rest.is_empty() {
            found.extend(ask(rest, self)?);
        }
        Ok(found)
    }

    /// Before `patterns` are compiled to one automaton.
    pub(super) fn spend_on_compiling(&mut self, patterns: usize) -> Result<(), TooComplex> {
        self.spend(COMPILED.saturating_add(COMPILED_PATTERN.saturating_mul(patterns)))
    }

    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), TooComplex> {
        self.0 = self.0.checked_sub(steps).ok_or(TooComplex::Search)?;
        Ok(())
    }
}

/// How many exact entries, and how many patterns at most, are listed one by one.
pub(super) const LISTED: usize = 100;

/// With more, an answer would take longer than 50 ms on a common machine.
const MAX_NODES: usize = 20_000;

/// With more, a comparison would take longer than half a second on a common machine.
const MAX_COMPARISON: usize = 400_000;

/// Compiling any automaton takes about as long as this many steps of a search.
const COMPILED: usize = 50;

/// In addition, each of its patterns takes this many steps.
const COMPILED_PATTERN: usize = 15;

/// The bytes of origins. If several lead to the same state, the first is used.
const ALPHABET: &[u8; 44] = b"abcdefghijklmnopqrstuvwxyz0123456789-_.:/[]+";

/// The most conditions of a search. With the number as a parameter, all of this would be compiled once for each number.
const MOST: usize = 4;

/// What to search for.
#[derive(Clone, Debug)]
pub(crate) struct Search<'a> {
    automata: Vec<Condition<'a>>,
    /// Texts that are not searched for, sorted.
    except: &'a [&'a str],
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Condition<'a> {
    Accepts(&'a Automaton),
    Rejects(&'a Automaton),
}

impl<'a> Condition<'a> {
    fn automaton(self) -> &'a Automaton {
        match self {
            Self::Accepts(automaton) | Self::Rejects(automaton) => automaton,
        }
    }

    /// `None` if no text that continues this way is searched for.
    fn follow(self, state: Option<State>) -> Option<Option<State>> {
        match self {
            Self::Accepts(_) => state.map(Some),
            Self::Rejects(_) => Some(state),
        }
    }

    fn is_final(self, state: Option<State>) -> bool {
        match self {
            Self::Accepts(automaton) => state.is_some_and(|state| automaton.is_final(state)),
            Self::Rejects(automaton) => !state.is_some_and(|state| automaton.is_final(state)),
        }
    }
}

impl<'a> Search<'a> {
    pub(crate) fn new<const N: usize>(automata: [Condition<'a>; N]) -> Self {
        const { assert!(N <= MOST) };
        Self {
            automata: automata.into(),
            except: &[],
        }
    }

    /// Leaves out these texts, which must be sorted.
    pub(crate) fn except(self, texts: &'a [&'a str]) -> Self {
        Self {
            except: texts,
            ..self
        }
    }

    /// A shortest origin with `https`. If there is none, one with `http`, or else with another scheme.
    pub(crate) fn first(&self, budget: &mut Budget) -> Result<Option<String>, TooComplex> {
        for scheme in Scheme::ALL {
            let found = self.first_with(scheme, budget)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// A shortest origin with this kind of scheme. A host name is preferred to an address of the same
    /// length.
    pub(crate) fn first_with(
        &self,
        scheme: Scheme,
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        let mut shortest: Option<String> = None;
        for host in HostKind::ALL {
            if let Some(found) = self.first_of(Part { scheme, host }, budget)?
                && shortest
                    .as_ref()
                    .is_none_or(|text| found.len() < text.len())
            {
                shortest = Some(found);
            }
        }
        Ok(shortest)
    }

    fn first_of(&self, part: Part, budget: &mut Budget) -> Result<Option<String>, TooComplex> {
        let mut visited = Visited::default();
        let Some(start) = self.start(part) else {
            return Ok(None);
        };
        visited.add(start, Lengths::default(), None, budget)?;
        let alphabet = self.alphabet();
        let mut next = 0;
        while let Some(node) = visited.nodes.get(next).copied() {
            if part.is_final(node.key.place) && self.is_final(&node.key) {
                return Ok(Some(visited.text(part, next)));
            }
            for &byte in &alphabet {
                let Some((place, lengths)) = part.next(node.key.place, node.lengths, byte) else {
                    continue;
                };
                let Some(key) = self.step(&node.key, place, byte) else {
                    continue;
                };
                visited.add(key, lengths, Some((next, byte)), budget)?;
            }
            next += 1;
        }
        Ok(None)
    }

    /// After the prefix of the part.
    fn start(&self, part: Part) -> Option<Key> {
        let mut states = [None; MOST];
        for (state, condition) in states.iter_mut().zip(&self.automata) {
            *state = condition.follow(condition.automaton().start())?;
        }
        let mut key = Key {
            place: part.start()?,
            states,
            remaining: (0, self.except.len()),
            len: 0,
        };
        for byte in part.scheme.prefix().bytes() {
            key = self.step(&key, key.place, byte)?;
        }
        Some(key)
    }

    /// `None` if nothing that continues this way is searched for.
    fn step(&self, key: &Key, place: Place, byte: u8) -> Option<Key> {
        let mut states = key.states;
        for (state, condition) in states.iter_mut().zip(&self.automata) {
            let next = state.and_then(|state| condition.automaton().next(state, byte));
            *state = condition.follow(next)?;
        }
        let (remaining, len) = self.step_in_texts(key, byte);
        Some(Key {
            place,
            states,
            remaining,
            len,
        })
    }

    /// The texts of `except` that start with what was read.
    fn step_in_texts(&self, key: &Key, byte: u8) -> ((usize, usize), usize) {
        let (start, end) = key.remaining;
        let Some(texts) = self
            .except
            .get(start..end)
            .filter(|texts| !texts.is_empty())
        else {
            return ((0, 0), 0);
        };
        let at = |text: &&str| text.as_bytes().get(key.len).copied();
        let before = texts.partition_point(|text| at(text) < Some(byte));
        let until = texts.partition_point(|text| at(text) <= Some(byte));
        if before == until {
            ((0, 0), 0)
        } else {
            ((start + before, start + until), key.len + 1)
        }
    }

    fn is_final(&self, key: &Key) -> bool {
        let mut states = key.states.iter().zip(&self.automata);
        let fits = states.all(|(state, condition)| condition.is_final(*state));
        let (start, end) = key.remaining;
        // A text that is a prefix of others is the first of them.
        let first = self.except.get(start..end).and_then(<[_]>::first);
        let is_exception = first.is_some_and(|text| text.len() == key.len);
        fits && !is_exception
    }

    /// One byte of each class. Fewer bytes make the search faster.
    fn alphabet(&self) -> Vec<u8> {
        if !self.except.is_empty() {
            return ALPHABET.to_vec();
        }
        let class = |byte: u8| {
            let mut classes = [0; MOST];
            for (class, condition) in classes.iter_mut().zip(&self.automata) {
                *class = condition.automaton().class(byte);
            }
            (own_class(byte), classes)
        };
        let mut seen = Vec::new();
        let mut bytes = Vec::new();
        for &byte in ALPHABET {
            let class = class(byte);
            if !seen.contains(&class) {
                seen.push(class);
                bytes.push(byte);
            }
        }
        bytes
    }
}

/// For [`Part::next`], two bytes with the same class are the same.
fn own_class(byte: u8) -> u8 {
    match byte {
        // Hexadecimal digits, apart from those that occur in special schemes.
        b'a'..=b'd' => b'a',
        b'g' | b'j' | b'k' | b'm'..=b'o' | b'q' | b'r' | b'u' | b'v' | b'y' | b'z' => b'z',
        _ => byte,
    }
}

/// What was read, as far as it matters for what can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    place: Place,
    /// `None` if the automaton rejects every text that continues this way.
    states: [Option<State>; MOST],
    /// Where the texts of `except` are that can still be meant.
    remaining: (usize, usize),
    /// How much was read, if there are such texts.
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    key: Key,
    lengths: Lengths,
    /// The node before it, and the byte that leads from there to here.
    previous: Option<(usize, u8)>,
}

#[derive(Debug, Default)]
struct Visited {
    nodes: Vec<Node>,
    lengths: HashMap<Key, Lengths, RandomState>,
}

impl Visited {
    /// Adds the node, unless there is one from which at least the same texts can follow.
    fn add(
        &mut self,
        key: Key,
        lengths: Lengths,
        previous: Option<(usize, u8)>,
        budget: &mut Budget,
    ) -> Result<(), TooComplex> {
        if let Some(known) = self.lengths.get(&key)
            && known.is_within(lengths)
        {
            return Ok(());
        }
        budget.spend(1)?;
        self.lengths.insert(key, lengths);
        self.nodes.push(Node {
            key,
            lengths,
            previous,
        });
        Ok(())
    }

    /// What was read on the way to a node.
    fn text(&self, part: Part, node: usize) -> String {
        let mut bytes = Vec::new();
        let mut at = self.nodes.get(node);
        while let Some((previous, byte)) = at.and_then(|node| node.previous) {
            bytes.push(char::from(byte));
            at = self.nodes.get(previous);
        }
        let prefix = part.scheme.prefix().chars();
        prefix.chain(bytes.into_iter().rev()).collect()
    }
}
