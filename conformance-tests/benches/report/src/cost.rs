//! What the benchmark `cost` measured.

use crate::records;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The name of our middleware among the variants.
pub(crate) const OURS: &str = "ours";
/// The name of the framework without CORS among the variants.
pub(crate) const BARE: &str = "bare";

/// The results of one run of `cost`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// The machine and the versions.
    pub machine: String,
    /// The frameworks, and the ways to add the middleware.
    pub subjects: Vec<Subject>,
    /// The requests with their costs.
    pub scenarios: Vec<Scenario>,
    /// The cost of large policies.
    pub buildings: Vec<Building>,
    /// The bytes that cloning all of our middleware for another worker allocates.
    pub bytes_of_clones: Option<f64>,
    /// The seconds in which the core compiles, with default features and the development profile.
    pub core_compiles_in: Option<f64>,
    /// The crates that each middleware adds.
    pub crates: Vec<Crates>,
}

/// A framework, and how the middleware is attached to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name in the tables.
    pub name: String,
    /// The middleware that it is compared with; empty if there is none.
    pub peer: String,
    /// What is measured besides the framework without CORS, in the order of the tables.
    pub variants: Vec<String>,
}

/// A request under a policy, and what it costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Its name in the tables.
    pub name: String,
    /// The policy, such as `Origins(10)`.
    pub policy: String,
    /// The correct response.
    pub outcome: Outcome,
    /// What else it is compared with.
    pub role: Role,
    /// The costs, by the name of the subject.
    pub costs: BTreeMap<String, Costs>,
}

/// The costs of a request in one framework.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// The whole cost without CORS.
    pub bare: Figures,
    /// The additional costs with each variant.
    pub above: BTreeMap<String, Figures>,
    /// Differences of a response from the correct one, by variant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub differences: BTreeMap<String, Vec<String>>,
}

/// The figures of one request, in the order of [`Unit`]: instructions, allocations, bytes, nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures(pub [Option<i64>; 4]);

/// What is measured for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Instructions of the processor.
    Instructions,
    /// Allocations on the heap.
    Allocations,
    /// Bytes of these allocations.
    Bytes,
    /// Time.
    Nanoseconds,
}

impl Figures {
    /// The figure in this unit.
    pub fn get(self, unit: Unit) -> Option<i64> {
        let [instructions, allocations, bytes, nanoseconds] = self.0;
        match unit {
            Unit::Instructions => instructions,
            Unit::Allocations => allocations,
            Unit::Bytes => bytes,
            Unit::Nanoseconds => nanoseconds,
        }
    }
}

/// The correct response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The request has no `Origin`.
    NotCors,
    /// The origin is allowed.
    Allowed,
    /// The origin is not allowed.
    Denied,
    /// The preflight is granted.
    PreflightAllowed,
    /// The preflight is refused.
    PreflightDenied,
}

impl Outcome {
    /// Whether the request is a preflight.
    pub fn is_preflight(self) -> bool {
        matches!(self, Self::PreflightAllowed | Self::PreflightDenied)
    }
}

/// What a scenario is compared with, besides the same scenario with other middleware.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Nothing.
    Plain,
    /// One size in a series of growing policies.
    Growth {
        /// The series.
        series: String,
        /// The entries of the policy.
        size: usize,
    },
    /// A preflight that requests this many names, which must all be checked.
    Names(usize),
    /// A hostile value beyond the bounds, compared with an ordinary refusal.
    Attack {
        /// The name of the attack without the size.
        kind: String,
        /// The size.
        bytes: usize,
        /// The scenario with an ordinary refusal.
        benign: String,
    },
    /// A request within all bounds that costs at most `factor` times as much as an ordinary one.
    Twin {
        /// The scenario with the ordinary request.
        benign: String,
        /// The limit.
        factor: f64,
    },
    /// A response with this many headers of the application.
    OwnHeaders(usize),
}

/// The cost of a policy with many origins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Building {
    /// The name of the subject.
    pub subject: String,
    /// The middleware.
    pub variant: String,
    /// The number of origins.
    pub origins: usize,
    /// The time from a list of strings to a running application.
    pub milliseconds: Option<f64>,
    /// What the application keeps.
    pub megabytes: Option<f64>,
}

/// The crates that a middleware adds to an application of its framework.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crates {
    /// The framework.
    pub framework: String,
    /// The middleware.
    pub middleware: String,
    /// How many it adds, including itself.
    pub added: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Record {
    Machine(String),
    Subject(Subject),
    Scenario(Scenario),
    Building(Building),
    BytesOfClones(f64),
    CoreCompilesIn(f64),
    Crates(Crates),
}

impl Cost {
    pub(crate) fn write(&self) -> io::Result<String> {
        let Self {
            machine,
            subjects,
            scenarios,
            buildings,
            bytes_of_clones,
            core_compiles_in,
            crates,
        } = self.clone();
        let mut records = vec![Record::Machine(machine)];
        records.extend(subjects.into_iter().map(Record::Subject));
        records.extend(scenarios.into_iter().map(Record::Scenario));
        records.extend(buildings.into_iter().map(Record::Building));
        records.extend(bytes_of_clones.map(Record::BytesOfClones));
        records.extend(core_compiles_in.map(Record::CoreCompilesIn));
        records.extend(crates.into_iter().map(Record::Crates));
        records::write(&records)
    }

    pub(crate) fn read(text: &str, path: &Path) -> io::Result<Self> {
        let mut cost = Self::default();
        for record in records::read(text, path)? {
            match record {
                Record::Machine(machine) => cost.machine = machine,
                Record::Subject(subject) => cost.subjects.push(subject),
                Record::Scenario(scenario) => cost.scenarios.push(scenario),
                Record::Building(building) => cost.buildings.push(building),
                Record::BytesOfClones(bytes) => cost.bytes_of_clones = Some(bytes),
                Record::CoreCompilesIn(seconds) => cost.core_compiles_in = Some(seconds),
                Record::Crates(crates) => cost.crates.push(crates),
            }
        }
        Ok(cost)
    }

    /// The subject of this name.
    pub fn subject(&self, name: &str) -> Option<&Subject> {
        self.subjects.iter().find(|subject| subject.name == name)
    }

    /// The scenario of this name.
    pub fn scenario(&self, name: &str) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| scenario.name == name)
    }

    /// The figure of a variant above the framework without CORS; see [`Scenario::above`].
    pub fn above(&self, unit: Unit, subject: &str, variant: &str, scenario: &str) -> Option<f64> {
        self.scenario(scenario)?.above(unit, subject, variant)
    }

    /// Whether any figure has this unit.
    pub fn has(&self, unit: Unit) -> bool {
        let mut costs = self.scenarios.iter().flat_map(|it| it.costs.values());
        costs.any(|costs| costs.above.values().any(|it| it.get(unit).is_some()))
    }
}

impl Scenario {
    /// The figure of a variant above the framework without CORS. `None` if it was not measured, or if the middleware
    /// refuses a request that the policy allows, because then it does not do the same work.
    pub fn above(&self, unit: Unit, subject: &str, variant: &str) -> Option<f64> {
        let costs = self.costs.get(subject)?;
        if costs.refuses_wrongly(variant) {
            return None;
        }
        Some(costs.above.get(variant)?.get(unit)? as f64)
    }

    /// The whole figure of the framework without CORS.
    pub fn bare(&self, unit: Unit, subject: &str) -> Option<f64> {
        Some(self.costs.get(subject)?.bare.get(unit)? as f64)
    }

    /// The differences of a response from the correct one.
    pub fn differences(&self, subject: &str, variant: &str) -> &[String] {
        let costs = self.costs.get(subject);
        let differences = costs.and_then(|costs| costs.differences.get(variant));
        differences.map_or(&[], Vec::as_slice)
    }
}

/// The difference of a response that refuses what the policy allows.
const REFUSES: &str = "refuses";

impl Costs {
    fn refuses_wrongly(&self, variant: &str) -> bool {
        let differences = self.differences.get(variant);
        differences.is_some_and(|all| all.iter().any(|difference| difference == REFUSES))
    }
}
