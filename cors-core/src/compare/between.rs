//! The comparison of two policies, either of which can be no CORS.

use super::difference::{Change, Difference, Place};
use super::grants::Grants;
use super::permission::Permission;
use crate::language::TooComplex;
use crate::policy::Policy;

/// Whether the first lets no page do anything that the second does not let it do.
pub(super) fn is_at_most(one: Option<&Policy>, other: Option<&Policy>) -> Result<bool, TooComplex> {
    Ok(one == other || beyond(one, other)?.is_empty())
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
    let widened = of(Change::Widened, beyond(new, old)?);
    let narrowed = of(Change::Narrowed, beyond(old, new)?);
    Ok(widened.chain(narrowed).collect())
}

/// What the first policy lets pages do and the second does not.
fn beyond(one: Option<&Policy>, other: Option<&Policy>) -> Result<Vec<Permission>, TooComplex> {
    let of = |policy: Option<_>| policy.map_or(Grants::NO_CORS, Grants::of);
    of(one).beyond(&of(other))
}
