//! How many events there may be in a second, for each reason.
//!
//! A flood of refused requests must not fill the log. There is no lock: each reason has a few atomic
//! numbers.

use crate::decision::{HeadersRefusal, HostRefusal, MethodRefusal, OriginRefusal};
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of events with the same first reason in one second.
pub(super) const EVENTS_PER_SECOND: u32 = 10;

/// The names of all reasons.
fn reasons() -> impl Iterator<Item = &'static str> {
    let host = HostRefusal::ALL.iter().map(|reason| reason.id());
    let origin = OriginRefusal::ALL.iter().map(|reason| reason.id());
    let method = MethodRefusal::ALL.iter().map(|reason| reason.id());
    let headers = HeadersRefusal::ALL.iter().map(|reason| reason.id());
    host.chain(origin).chain(method).chain(headers)
}

/// The number of reasons.
const REASONS: usize = HostRefusal::ALL.len()
    + OriginRefusal::ALL.len()
    + MethodRefusal::ALL.len()
    + HeadersRefusal::ALL.len();

/// One limit for each reason, and one for events without a reason.
#[derive(Debug, Default)]
pub(super) struct Limits {
    by_reason: [Limit; REASONS],
    without_reason: Limit,
}

impl Limits {
    pub(super) fn of(&self, reason: Option<&str>) -> &Limit {
        let mut limits = reasons().zip(&self.by_reason);
        limits
            .find(|(it, _)| Some(*it) == reason)
            .map_or(&self.without_reason, |(_, limit)| limit)
    }
}

#[derive(Debug, Default)]
pub(super) struct Limit {
    /// The last second with an event, and the number of its events, in the upper and the lower half.
    window: AtomicU64,
    /// The events that were left out since the last one that was not.
    left_out: AtomicU64,
}

impl Limit {
    /// Whether there may be an event in this second. If so, returns how many were left out before it.
    pub(super) fn admit(&self, second: u32) -> Option<u64> {
        let update = |window| next_window(window, second);
        let order = Ordering::Relaxed;
        if self.window.fetch_update(order, order, update).is_ok() {
            Some(self.left_out.swap(0, order))
        } else {
            self.left_out.fetch_add(1, order);
            None
        }
    }
}

/// The window with one more event, if it may have one.
fn next_window(window: u64, second: u32) -> Option<u64> {
    const HALF: u32 = u32::BITS;
    let (last, sent) = (window >> HALF, window & u64::from(u32::MAX));
    // Another thread may have read the clock later and come first.
    if last < u64::from(second) {
        Some(u64::from(second) << HALF | 1)
    } else if sent < u64::from(EVENTS_PER_SECOND) {
        Some(window + 1)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{EVENTS_PER_SECOND, Limit, Limits, REASONS, reasons};
    use std::collections::BTreeSet;
    use std::thread;

    const LIMIT: u64 = EVENTS_PER_SECOND as u64;

    #[test]
    fn what_is_left_out_is_counted() {
        let limit = Limit::default();
        let in_second = |second, times| {
            let admitted = (0..times).filter_map(|_| limit.admit(second));
            admitted.collect::<Vec<u64>>()
        };
        assert_eq!(in_second(0, 10_000), [0; LIMIT as usize]);
        assert_eq!(in_second(1, 3), [10_000 - LIMIT, 0, 0]);
        assert_eq!(in_second(0, 10), [0; LIMIT as usize - 3], "late threads");
        assert_eq!(in_second(7, 2), [3, 0]);
        assert_eq!(in_second(u32::MAX, 12).len() as u64, LIMIT);
    }

    /// Several threads, whose clocks differ. Each event is either admitted or counted once.
    #[test]
    fn threads_lose_no_event() {
        const EACH: u64 = 10_000;
        let limit = Limit::default();
        let admitted = thread::scope(|scope| {
            let threads = (0..4_u32).map(|start| {
                let limit = &limit;
                scope.spawn(move || {
                    let seconds = (0..EACH).map(|n| start + (n / 1000) as u32);
                    seconds.filter_map(|second| limit.admit(second)).collect()
                })
            });
            let threads: Vec<thread::ScopedJoinHandle<'_, Vec<u64>>> = threads.collect();
            threads
                .into_iter()
                .flat_map(|it| it.join().unwrap())
                .collect::<Vec<u64>>()
        });
        let last = limit.admit(u32::MAX).unwrap();
        let left_out: u64 = admitted.iter().sum();
        assert_eq!(admitted.len() as u64 + left_out + last, 4 * EACH);
        assert!(admitted.len() as u64 <= 13 * LIMIT, "there are 13 seconds");
    }

    #[test]
    fn each_reason_has_its_own_limit() {
        let limits = Limits::default();
        let all = reasons().map(Some).chain([None]);
        let addresses: BTreeSet<_> = all
            .map(|reason| std::ptr::from_ref(limits.of(reason)))
            .collect();
        assert_eq!(addresses.len(), REASONS + 1);
    }
}
