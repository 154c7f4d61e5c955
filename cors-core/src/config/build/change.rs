//! Changes the exact origins of a policy, without building it anew.

use super::origins::{Origins, add_flaws, check_typos};
use super::report::{Report, add_redundant, redundant};
use crate::config::entry;
use crate::config::error::ConfigError;
use crate::config::reading::Reading;
use crate::issue::{Correction, Issue, Key, Rule};
use crate::origin::change::Change;
use crate::origin::pattern::{Entry, Pattern};
use crate::origin::set::OriginSet;
use crate::policy::{Access, Policy};
use std::collections::HashSet;

const KEY: Key = Key::AllowOrigins;

impl Policy {
    /// The policy with some exact origins more and some fewer: what [`build`](crate::Config::build) makes
    /// of the changed list, in a small part of its time. For lists of many origins, such as one for each
    /// customer.
    ///
    /// An origin that is in both lists is removed. To add an origin that the list has, or to remove one
    /// that it does not have, changes nothing.
    ///
    /// ```
    /// let config = cors_core::Config::new().allow_origins(["https://a.example", "https://b.example"]);
    /// let policy = config.build()?;
    /// let changed = policy.with_changed_origins(["https://c.example"], ["https://a.example"])?;
    /// assert_eq!(changed.to_config().get_allow_origins(), ["https://b.example", "https://c.example"]);
    /// # Ok::<(), cors_core::ConfigError>(())
    /// ```
    ///
    /// # Cost
    ///
    /// The new policy shares the list of this one, and has what has changed beside it. Each change copies
    /// the changes before it. As soon as these copies have taken about as long as copying the list, a change
    /// makes a new list. With 1,000,000 origins, one more origin takes 0.01 ms, and about every 3,000th
    /// 0.06 s, where a build takes more than 1 s. When the list has outgrown its hash table, one change takes
    /// up to half as long as a build. So call this on a thread that may take so long. A thousand changes in one
    /// call take much less time than in a thousand calls.
    ///
    /// Requests pay nothing for a policy that was not changed, and one or two more look-ups by hash for one
    /// that was. They never allocate. The other lists of the policy are copied, so a policy with many
    /// patterns takes longer to change.
    ///
    /// # Errors
    ///
    /// Each origin is checked like an entry of [`allow_origins`](crate::Config::allow_origins). If any is
    /// wrong, nothing changes. It must be exact: to change `*`, `null`, a pattern or anything else,
    /// build the policy anew. The position of an issue counts the added origins, then the removed ones.
    ///
    /// # Warnings
    ///
    /// [`warnings`](Self::warnings) has those of this change only. To remove an origin that a pattern or
    /// the regex also allows is such a warning, because the origin is still allowed. A regex is not
    /// compared with the whole list again.
    pub fn with_changed_origins<'a>(
        &self,
        added: impl IntoIterator<Item = &'a str>,
        removed: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ConfigError> {
        let mut report = Report::new(Reading::default());
        let mut policy = self.clone();
        let rules = policy.rules_for_origins();
        match &mut policy.access {
            Access::Listed(listed) if self.ambiguity.is_none() => {
                let origins = std::mem::take(&mut listed.origins);
                listed.origins = change(origins, added, removed, &rules, &mut report);
                if listed.origins.is_empty() && !rules.has_own_origins && !report.has_errors() {
                    report.add(Issue::new(KEY, "", Rule::NothingAllowed));
                }
            }
            Access::AnyOrigin => report.add(
                Issue::new(KEY, "*", Rule::OriginNotExact)
                    .detail("this policy allows every origin, so there is no list to change"),
            ),
            Access::Listed(_) => report.add(
                Issue::new(KEY, "", Rule::OriginNotExact)
                    .detail("this is the policy for ambiguous paths, which allows nothing"),
            ),
        }
        policy.warnings = report.finish()?;
        Ok(policy)
    }

    /// The keys that decide which entries are valid.
    fn rules_for_origins(&self) -> Origins<'static> {
        Origins {
            entries: &[],
            regex: None,
            credentials: self.allows_credentials(),
            on_public_suffixes: self.on_public_suffixes,
            with_any_app: self.with_any_app,
            with_broad_regex: self.with_broad_regex,
            has_own_origins: self.own_origins.is_some(),
        }
    }
}

/// `origins` with the valid entries of `added`, without those of `removed`.
fn change<'a>(
    origins: OriginSet,
    added: impl IntoIterator<Item = &'a str>,
    removed: impl IntoIterator<Item = &'a str>,
    rules: &Origins<'_>,
    report: &mut Report,
) -> OriginSet {
    let mut change = Change::new(origins);
    let mut index = 0..;
    let mut add = Vec::new();
    for (text, index) in added.into_iter().zip(&mut index) {
        if let Some(pattern) = exact(index, text, report) {
            rules.check_pattern(index, text, &pattern, report);
            check_typos(KEY, index, text, &pattern, report);
            change.add(index, text);
            add.push((index, text));
        }
    }
    let mut remove = Vec::new();
    for (text, index) in removed.into_iter().zip(&mut index) {
        if exact(index, text, report).is_some() {
            change.remove(text);
            remove.push((index, text));
        }
    }
    let (origins, redundant_entries) = change.finish();
    let is_redundant: HashSet<usize> = redundant_entries.iter().map(|entry| entry.index).collect();
    add_redundant(KEY, redundant_entries, report);
    add.retain(|(index, _)| !is_redundant.contains(index));
    compare_with_others(&origins, &add, &remove, report);
    origins
}

/// Parses an entry. Reports one that is wrong or not exact.
fn exact<'a>(index: usize, text: &'a str, report: &mut Report) -> Option<Pattern<'a>> {
    if text.is_empty() {
        let issue = Issue::new(KEY, "", Rule::EmptyItem).at(index);
        report.add(issue.corrected(Correction::Remove));
        return None;
    }
    match entry::parse(text) {
        Ok(Entry::Pattern(pattern)) if pattern.is_exact() => return Some(pattern),
        Ok(_) => report.add(Issue::new(KEY, text, Rule::OriginNotExact).at(index)),
        Err(flaws) => add_flaws(KEY, index, text, flaws, report),
    }
    None
}

/// Reports origins that the regex allows without the entry that was added, and origins that are still
/// allowed without the entry that was removed.
fn compare_with_others(
    origins: &OriginSet,
    added: &[(usize, &str)],
    removed: &[(usize, &str)],
    report: &mut Report,
) {
    let is_matched = |text: &str| {
        let regex = origins.regex();
        regex.is_some_and(|regex| regex.allows(text.as_bytes()))
    };
    for &(index, text) in added.iter().filter(|(_, text)| is_matched(text)) {
        let why = "covered by allow_origin_regex";
        report.add(redundant(KEY, index, text, why));
    }
    for &(index, text) in removed {
        let why = match origins.covering_pattern(text) {
            Some(pattern) => format!("`{pattern}`"),
            None if is_matched(text) => "allow_origin_regex".to_owned(),
            None => continue,
        };
        let issue = Issue::new(KEY, text, Rule::OriginStillAllowed);
        report.add(issue.at(index).detail(why));
    }
}
