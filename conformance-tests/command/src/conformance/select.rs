//! The cases for `--command`: the vectors, grouped by policy.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use conformance_tests::vector::Suite;
use cors_core::{Config, Policy};
use toml::Table;

use super::case::{Case, Group};

/// The vectors that can be sent to a server with one policy. Vectors with equal policies share a group.
pub(crate) fn all(suite: Suite, only: &[String], skip_paths: &[String]) -> Result<Vec<Group>> {
    let mut policies: Vec<Policy> = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    let skipped: BTreeSet<_> = skip_paths.iter().map(String::as_str).collect();
    for vector in suite.vectors {
        // Policies by host and by path have no file format.
        let Some(written) = vector.only_policy() else {
            continue;
        };
        if !vector.wire || !is_selected(&vector.name, only) {
            continue;
        }
        let policy = policy(written).with_context(|| vector.name.clone())?;
        let case = Case::new(vector, &policy)?;
        if skipped.contains(case.path()) {
            continue;
        }
        match policies.iter().position(|known| *known == policy) {
            Some(place) => groups.get_mut(place).context("a group")?.cases.push(case),
            None => {
                groups.push(Group {
                    policy: file(&policy)?,
                    cases: vec![case],
                });
                policies.push(policy);
            }
        }
    }
    Ok(groups)
}

/// Whether the name contains one of the texts, if there are any.
pub(crate) fn is_selected(name: &str, only: &[String]) -> bool {
    only.is_empty() || only.iter().any(|text| name.contains(text))
}

/// Whether a vector in this file can have a name that is selected.
pub(crate) fn may_contain(file: &str, only: &[String]) -> bool {
    let ends = |text: &String| {
        text.split_once('/')
            .is_none_or(|(end, _)| file.ends_with(end))
    };
    only.is_empty() || only.iter().any(ends)
}

fn policy(written: &Table) -> Result<Policy> {
    Ok(written.clone().try_into::<Config>()?.build()?)
}

/// The policy in its normal form: lists are lists, and methods are in the case that browsers send.
pub(crate) fn file(policy: &Policy) -> Result<String> {
    Ok(serde_json::to_string_pretty(&policy.to_config())?)
}
