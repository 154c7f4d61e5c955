//! Stands in for `observability.rs` without the features `tracing` and `metrics`: nothing is reported.

use crate::policies::Policies;
use crate::policy::Policy;
use std::marker::PhantomData;

#[cfg(feature = "watch")]
pub(crate) fn file_error(_: &crate::watch::WatchError) {}

#[derive(Debug)]
pub(crate) struct Observer;

/// A request that is not reported.
pub(crate) struct Request<'a, R>(PhantomData<&'a R>);

impl<'a, R> Request<'a, R> {
    #[inline(always)]
    pub(crate) fn new(_: &'a Policies, _: Option<&'a Policy>, _: &'a str, _: &'a R) -> Self {
        Self(PhantomData)
    }
}

impl Observer {
    pub(crate) fn new() -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn replaced(&self, _: u64) {}

    #[inline(always)]
    pub(crate) fn has_shadow(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn observe<'a, R: 'a>(&self, _: impl FnOnce() -> Request<'a, R>) {}
}
