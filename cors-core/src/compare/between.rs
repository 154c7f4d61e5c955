//! The comparison of two policies, either of which can be no CORS.

use super::difference::{Change, Difference, Place};
use super::grants::Grants;
use super::permission::Permission;
use crate::language::TooComplex;
use crate::language::search::Budget;
use crate::policy::Policy;

/// Whether the first lets no page do anything that the second does not let it do.
pub(super) fn is_at_most(one: Option<&Policy>, other: Option<&Policy>) -> Result<bool, TooComplex> {
    if one == other {
        return Ok(true);
    }
    let mut budget = Budget::of_comparison();
    let beyond = grants(one).beyond(&grants(other), &mut budget)?;
    Ok(beyond.is_empty())
}

/// What changes at a place.
pub(super) fn between(
    old: Option<&Policy>,
    new: Option<&Policy>,
    place: Option<&Place>,
) -> Result<Vec<Difference>, TooComplex> {
    if old == new {
        return Ok(Vec::new());
    }
    let of = |change, permissions: Vec<Permission>| {
        permissions.into_iter().map(move |permission| Difference {
            change,
            place: place.cloned(),
            permission,
        })
    };
    let (old, new) = (grants(old), grants(new));
    // For both directions, but not for all places: a list of many small policies can be compared.
    let mut budget = Budget::of_comparison();
    let widened = of(Change::Widened, new.beyond(&old, &mut budget)?);
    let narrowed = of(Change::Narrowed, old.beyond(&new, &mut budget)?);
    Ok(widened.chain(narrowed).collect())
}

fn grants(policy: Option<&Policy>) -> Grants<'_> {
    policy.map_or_else(Grants::no_cors, Grants::of)
}
