//! Stands in for `events.rs` without the feature `tracing`: there are no events.

use super::seen::{Outcome, Seen};
use super::shadow::Difference;
use crate::decision::Decision;

#[derive(Debug)]
pub(super) struct Events;

impl Events {
    pub(super) fn new() -> Self {
        Self
    }

    #[inline(always)]
    pub(super) fn refused<R>(&self, _: &Seen<'_, R>, _: Decision) {}

    #[inline(always)]
    pub(super) fn differs<R>(&self, _: &Seen<'_, R>, _: &Difference<'_>) {}
}

pub(super) fn replaced(_: u64) {}

#[cfg(feature = "watch")]
pub(super) fn file_error(_: &crate::watch::WatchError) {}

#[inline(always)]
pub(super) fn are_refusals_enabled(_: Outcome) -> bool {
    false
}

#[inline(always)]
pub(super) fn record_on_span(_: Outcome) {}

#[inline(always)]
pub(super) fn allowed<R>(_: &Seen<'_, R>, _: Outcome) {}
