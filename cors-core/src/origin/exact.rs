//! Entries without a wildcard.

use super::table::{Table, hash};
use foldhash::fast::RandomState;
use std::sync::Arc;

/// The exact entries of a policy.
#[derive(Clone, Debug, Default)]
pub(super) enum Exact {
    #[default]
    None,
    One(Box<str>),
    /// Shared, because the policies that are made by changing this one have the same.
    Many(Arc<Table>),
}

impl From<Table> for Exact {
    fn from(table: Table) -> Self {
        match table.single() {
            Some(single) => Self::One(single.into()),
            None if table.is_empty() => Self::None,
            None => Self::Many(Arc::new(table)),
        }
    }
}

impl Exact {
    /// Whether `origin`, which may have any length, is an entry.
    #[inline]
    pub(super) fn contains(&self, hasher: &RandomState, origin: &[u8]) -> bool {
        match self {
            Self::None => false,
            Self::One(single) => single.as_bytes() == origin,
            Self::Many(table) => is_listed(table, hasher, origin),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(_) => 1,
            Self::Many(table) => table.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    pub(super) fn to_table(&self, hasher: &RandomState) -> Arc<Table> {
        if let Self::Many(table) = self {
            return Arc::clone(table);
        }
        let hash_of = |text: &str| hash(hasher, text.as_bytes());
        let mut table = Table::default();
        for text in self.iter() {
            table.insert(hash_of(text), text, hash_of);
        }
        Arc::new(table)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::None => (None, None),
            Self::One(single) => (Some(&**single), None),
            Self::Many(table) => (None, Some(table)),
        };
        let many = many.into_iter().flat_map(|table| table.iter());
        one.into_iter().chain(many)
    }
}

#[inline(never)] // So that it does not slow down the comparison with a single entry.
fn is_listed(table: &Table, hasher: &RandomState, origin: &[u8]) -> bool {
    let find = |hash| table.find(hash, |text| text == origin);
    origin.len() <= super::MAX_LEN && find(hash(hasher, origin)).is_some()
}
