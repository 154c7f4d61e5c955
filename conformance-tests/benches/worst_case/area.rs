//! The requests for one policy that are compared with one ordinary request.

use crate::change::{Field, Parts};
use crate::meter::Meter;
use crate::show;
use cors_benchmarks::scenario::{Policy, Request, Role, Scenario};
use cors_benchmarks::subject::{App, DECISION, Variant};

/// How many of the most expensive requests are changed further.
const KEPT: usize = 12;

/// Where a search takes place.
pub(crate) struct Area<'s> {
    benign: &'s Scenario,
    known: Vec<&'s Scenario>,
}

/// A request and its cost.
#[derive(Clone)]
struct Candidate {
    request: Request,
    cost: f64,
}

impl<'s> Area<'s> {
    /// One for each policy and ordinary request.
    pub(crate) fn all(scenarios: &'s [Scenario], filter: Option<&str>) -> Vec<Self> {
        let mut areas: Vec<Self> = Vec::new();
        let filter = filter.unwrap_or_default();
        for scenario in scenarios
            .iter()
            .filter(|scenario| scenario.name.contains(filter))
        {
            let Role::Twin { benign, .. } = &scenario.role else {
                continue;
            };
            let benign = scenarios
                .iter()
                .find(|other| other.name == *benign)
                .unwrap();
            let is_same = |area: &&mut Self| {
                area.benign.name == benign.name && area.policy() == scenario.policy
            };
            match areas.iter_mut().find(is_same) {
                Some(area) => area.known.push(scenario),
                None => areas.push(Self {
                    benign,
                    known: vec![scenario],
                }),
            }
        }
        areas
    }

    fn policy(&self) -> Policy {
        self.known[0].policy
    }

    /// Changes the most expensive requests again and again, and prints the most expensive one.
    pub(crate) fn search(&self, meter: &mut Meter<'_>, tries: usize) {
        let mut app = DECISION.app(Variant::Ours, self.policy()).unwrap();
        let fields: Vec<Field> = Field::ALL
            .into_iter()
            .filter(|field| self.known.iter().any(|one| self.differs_in(*field, one)))
            .collect();
        if fields.is_empty() {
            return; // only the policy is larger
        }
        // The ordinary request may be for a smaller policy of the same kind.
        let mut benign_app = DECISION.app(Variant::Ours, self.benign.policy).unwrap();
        let benign = meter.measure(&mut *benign_app, &self.benign.request);
        let mut measure = |app: &mut dyn App, request: Request| Candidate {
            cost: meter.measure(app, &request),
            request,
        };
        let mut best: Vec<Candidate> = self
            .known
            .iter()
            .map(|scenario| measure(&mut *app, scenario.request.clone()))
            .collect();
        keep_most_expensive(&mut best);
        let known = best[0].cost;
        let parts = Parts::of(self.known.iter().map(|scenario| &scenario.request), &fields);
        for _ in 0..tries {
            let old = &best[fastrand::usize(..best.len())];
            let field = fields[fastrand::usize(..fields.len())];
            if let Some(request) = parts.change(&old.request, field) {
                best.push(measure(&mut *app, request));
                keep_most_expensive(&mut best);
            }
        }
        let found = &best[0];
        println!(
            "{} ({benign:.0}): known {known:.0} = {:.2} x, found {:.0} = {:.2} x",
            self.benign.name,
            known / benign,
            found.cost,
            found.cost / benign
        );
        if found.cost > known {
            for field in fields {
                println!(
                    "    {}: {}",
                    field.name(),
                    show::lines(&field.lines(&found.request))
                );
            }
        }
    }

    fn differs_in(&self, field: Field, scenario: &Scenario) -> bool {
        field.lines(&scenario.request) != field.lines(&self.benign.request)
    }
}

fn keep_most_expensive(candidates: &mut Vec<Candidate>) {
    candidates.sort_by(|one, other| other.cost.total_cmp(&one.cost));
    candidates.truncate(KEPT);
}
