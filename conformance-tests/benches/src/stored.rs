//! Scenarios and subjects in the form in which results are stored.

use crate::scenario::{self, Right};
use crate::subject::{self, Variant};
use benchmark_report::{Outcome, Role, Scenario, Subject};
use std::collections::BTreeMap;

/// A scenario without costs.
pub fn scenario(scenario: &scenario::Scenario) -> Scenario {
    Scenario {
        name: scenario.name.clone(),
        policy: format!("{:?}", scenario.policy),
        outcome: outcome(scenario.right),
        role: role(&scenario.role),
        costs: BTreeMap::new(),
    }
}

/// A subject.
pub fn subject(subject: &subject::Subject) -> Subject {
    let variants = subject.variants.iter();
    let variants = variants.filter(|variant| **variant != Variant::Bare);
    Subject {
        name: subject.name.to_owned(),
        peer: subject.peer.to_owned(),
        variants: variants
            .map(|variant| subject.label(*variant).to_owned())
            .collect(),
    }
}

fn outcome(right: Right) -> Outcome {
    match right {
        Right::NotCors => Outcome::NotCors,
        Right::Allowed => Outcome::Allowed,
        Right::Denied => Outcome::Denied,
        Right::PreflightAllowed => Outcome::PreflightAllowed,
        Right::PreflightDenied { .. } => Outcome::PreflightDenied,
    }
}

fn role(role: &scenario::Role) -> Role {
    match role {
        scenario::Role::Plain => Role::Plain,
        scenario::Role::Growth { series, size } => Role::Growth {
            series: (*series).to_owned(),
            size: *size,
        },
        scenario::Role::Names(count) => Role::Names(*count),
        scenario::Role::Attack {
            kind,
            bytes,
            benign,
        } => Role::Attack {
            kind: (*kind).to_owned(),
            bytes: *bytes,
            benign: (*benign).to_owned(),
        },
        scenario::Role::Twin { benign, factor } => Role::Twin {
            benign: benign.clone(),
            factor: *factor,
        },
        scenario::Role::OwnHeaders(count) => Role::OwnHeaders(*count),
    }
}
