//! Policies that are replaced while requests read them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cors_core::{
    Config, InForce, LivePolicies, Policies, Policy, PolicyTable, RequestHead, RequestHeader,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread;

fn policy(max_age: u64) -> Policy {
    Config::new().max_age(max_age).build().unwrap()
}

/// Two policies with the same number, so that a mixture can be seen.
fn policies(number: u64) -> Policies {
    Policies::new(policy(number))
        .at("/a", policy(number))
        .unwrap()
}

fn render(policies: Policies) -> PolicyTable<Arc<Policy>> {
    PolicyTable::new(policies, Ok::<_, ()>).unwrap()
}

/// A request without headers.
struct Get;

impl RequestHead for Get {
    fn method(&self) -> &[u8] {
        b"GET"
    }

    fn lines(&self, _: RequestHeader) -> impl Iterator<Item = &[u8]> {
        std::iter::empty()
    }

    fn host_contradicts_target(&self) -> bool {
        false
    }
}

fn find(table: &PolicyTable<Arc<Policy>>, path: &str) -> Arc<Policy> {
    Arc::clone(table.find(path, &Get).unwrap().as_ref())
}

#[test]
fn what_is_in_force_can_be_read() {
    let live = LivePolicies::new(policies(1), render);
    let first = live.in_force();
    assert_eq!((&**first.policies(), first.revision()), (&policies(1), 1));
    assert_eq!(first.since(), live.in_force().since());
    assert!(!live.is_replaced() && live.later().is_none());
    let read = live.read(|table| find(table, "/a"));
    assert_eq!(*read, policy(1));
    assert_eq!(*find(live.first(), "/"), policy(1));

    for number in 2..5 {
        live.replace(policies(number));
        let now = live.in_force();
        assert_eq!(
            (&**now.policies(), now.revision()),
            (&policies(number), number)
        );
        assert_eq!(now.since(), live.in_force().since());
        let read = live.read(|table| find(table, "/a"));
        assert_eq!(*read, policy(number));
        assert_eq!(*find(&live.later().unwrap(), "/"), policy(number));
        assert_eq!(*find(live.first(), "/a"), policy(1));
        assert!(live.is_replaced());
    }
    assert_eq!((&**first.policies(), first.revision()), (&policies(1), 1));
}

/// A handler that keeps a policy checks by the old one. One that asks for the policies in force does not.
#[test]
fn the_policy_of_a_request_is_that_in_force() {
    let live = LivePolicies::new(policies(1), render);
    let find = |path| live.in_force().policies().find(path, &Get).cloned();
    let kept = find("/a");
    live.replace(policies(2));
    assert_eq!((kept, find("/a")), (Some(policy(1)), Some(policy(2))));
    assert_eq!(find("/%61"), None, "the path is ambiguous");
    live.replace(policies(3).for_host("a.example", policy(4)).unwrap());
    assert_eq!(find("/a"), None, "there is no host");
    live.replace(Policies::without_default());
    assert_eq!(find("/a"), None);
}

#[test]
fn old_policies_are_dropped() {
    let live = LivePolicies::new(policies(1), render);
    let weak = |in_force: InForce| Arc::downgrade(in_force.policies());
    let first = weak(live.in_force());
    live.replace(policies(2));
    let second = weak(live.in_force());
    let request = live.later();
    live.replace(policies(3));
    assert!(second.upgrade().is_some(), "a request uses it");
    drop(request);
    assert!(second.upgrade().is_none());
    assert!(first.upgrade().is_some(), "it is kept");
    let third = weak(live.in_force());
    drop(live);
    assert!(first.upgrade().is_none() && third.upgrade().is_none());
}

/// Several threads replace, and others read. No reading is a mixture, and none goes back.
#[test]
fn concurrent_replacements_have_different_revisions() {
    const REPLACEMENTS: u64 = 250; // of each thread
    let live = LivePolicies::new(policies(1), render);
    let is_done = AtomicBool::new(false);
    let read = || {
        let mut revision = 0;
        while !is_done.load(Ordering::Relaxed) {
            live.read(|table| assert_eq!(find(table, "/"), find(table, "/a")));
            let now = live.in_force().revision();
            assert!(now >= revision);
            revision = now;
        }
    };
    let replace = |number| {
        let policies = policies(number);
        let mut old = Vec::new();
        for _ in 0..REPLACEMENTS {
            live.replace(policies.clone());
            old.push(Arc::downgrade(live.in_force().policies()));
        }
        old
    };
    let (read, replace) = (&read, &replace);
    let old: Vec<Weak<Policies>> = thread::scope(|scope| {
        (0..2).for_each(|_| drop(scope.spawn(read)));
        let writers: Vec<_> = (0..4)
            .map(|number| scope.spawn(move || replace(number)))
            .collect();
        let old = writers.into_iter().map(|writer| writer.join());
        let old: Vec<_> = old.collect();
        is_done.store(true, Ordering::Relaxed);
        old.into_iter().flat_map(Result::unwrap).collect()
    });
    let now = live.in_force();
    assert_eq!(now.revision(), 1 + 4 * REPLACEMENTS);
    let mut alive = old.iter().filter_map(Weak::upgrade);
    assert!(alive.all(|policies| Arc::ptr_eq(&policies, now.policies())));
}
