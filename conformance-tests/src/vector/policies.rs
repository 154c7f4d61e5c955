//! The policies of a vector: of each host that has its own, and of each path.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use toml::{Table, Value};

/// The configurations of a host, as written. `None` stands for no CORS.
#[derive(Clone, Debug, PartialEq)]
pub struct PathPolicies {
    /// The configuration of the paths that have no other.
    pub default: Option<Table>,
    /// The configurations by path prefix.
    pub paths: BTreeMap<String, Option<Table>>,
}

impl PathPolicies {
    /// Takes `policy` and `paths` out of a table.
    pub(super) fn take(table: &mut Table, named: &Table) -> Result<Self> {
        let policy = table.remove("policy").context("no policy")?;
        let paths = take_table(table, "paths")?.into_iter();
        let paths = paths.map(|(prefix, written)| {
            let policy = resolve_policy(written, named).with_context(|| prefix.clone())?;
            Ok((prefix, policy))
        });
        Ok(Self {
            default: resolve_policy(policy, named)?,
            paths: paths.collect::<Result<_>>()?,
        })
    }
}

/// Takes `hosts` out of a table.
pub(super) fn take_hosts(
    table: &mut Table,
    named: &Table,
) -> Result<BTreeMap<String, PathPolicies>> {
    let hosts = take_table(table, "hosts")?.into_iter();
    let hosts = hosts.map(|(host, written)| {
        let policies = of_host(written, named).with_context(|| host.clone())?;
        Ok((host, policies))
    });
    hosts.collect()
}

fn of_host(written: Value, named: &Table) -> Result<PathPolicies> {
    let mut table = match written {
        Value::Table(table) if table.contains_key("policy") => table,
        policy => Table::from_iter([("policy".to_owned(), policy)]),
    };
    let policies = PathPolicies::take(&mut table, named)?;
    ensure!(
        table.is_empty(),
        "a host with a `policy` has only `paths` beside it"
    );
    Ok(policies)
}

fn take_table(table: &mut Table, key: &str) -> Result<Table> {
    match table.remove(key) {
        None => Ok(Table::new()),
        Some(Value::Table(value)) => Ok(value),
        Some(_) => bail!("{key} must be a table"),
    }
}

/// A policy, or `None` for `false`: no CORS.
fn resolve_policy(written: Value, named: &Table) -> Result<Option<Table>> {
    match written {
        Value::Boolean(false) => Ok(None),
        policy => resolve(policy, "policy", named).map(Some),
    }
}

/// Resolves a name, or a table with a name under `like`, to the named table plus the changes.
pub(super) fn resolve(written: Value, what: &str, named: &Table) -> Result<Table> {
    let (name, changes) = match written {
        Value::String(name) => (name, Table::new()),
        Value::Table(mut changes) => match changes.remove("like") {
            Some(Value::String(name)) => (name, changes),
            Some(_) => bail!("{what}.like must be a name"),
            None => return Ok(changes),
        },
        other => bail!("{what}: {other} is neither a name nor a table"),
    };
    let mut full = match named.get(&name) {
        Some(Value::Table(full)) => full.clone(),
        _ => bail!("{what}: nothing is named `{name}`"),
    };
    full.extend(changes);
    Ok(full)
}
