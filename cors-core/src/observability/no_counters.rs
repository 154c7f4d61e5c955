//! Stands in for `counters.rs` without the feature `metrics`: nothing is counted.

use super::shadow::Difference;
use crate::decision::Decision;

pub(super) const ARE_ON: bool = false;

pub(super) fn describe() {}

pub(super) fn in_force(_: u64) {}

pub(super) fn replaced() {}

#[cfg(feature = "watch")]
pub(super) fn file_error() {}

#[inline(always)]
pub(super) fn request(_: &'static str) {}

#[inline(always)]
pub(super) fn refusal(_: Decision) {}

#[inline(always)]
pub(super) fn compared() {}

#[inline(always)]
pub(super) fn difference(_: &Difference<'_>) {}
