//! Mozilla's Public Suffix List, as a text that is searched where it lies.
//!
//! A line of `list.txt` is a domain with public suffixes below it, and then the labels that make them. `*` stands for
//! any label, and `!city` is an exception from it. Lines and labels are sorted, so that a search halves them. A domain
//! without labels has public suffixes further down, as `amazonaws.com` has.
//!
//! Two kinds of rules are left out, because no look-up needs them: single labels, each of which is a public suffix, and
//! names in Unicode. Browsers send the hosts of origins in Punycode.
//!
//! The crate `psl`, which the tests compare this with, is the same list as code. It made programs larger by 0.8 MB.

use std::cmp::Ordering;

static LIST: &str = include_str!("list.txt");

/// Whether a domain of several labels is a public suffix, or has one below it.
pub(super) fn is_listed(domain: &str) -> bool {
    labels_below(domain).is_some() || is_suffix(domain)
}

fn is_suffix(domain: &str) -> bool {
    let Some((label, parent)) = domain.split_once('.') else {
        return false;
    };
    labels_below(parent).is_some_and(|labels| {
        let has = |label: &str| find(labels, ' ', label).is_some();
        has(label) || has("*") && !has(&format!("!{label}"))
    })
}

fn labels_below(domain: &str) -> Option<&'static str> {
    let line = find(LIST, '\n', domain)?;
    Some(line.split_once(' ').map_or("", |(_, labels)| labels))
}

/// The item that starts with the word `wanted`. The items end with `end`, and are sorted by their first words.
fn find<'a>(mut items: &'a str, end: char, wanted: &str) -> Option<&'a str> {
    while !items.is_empty() {
        let (before, _) = items.split_at_checked(items.len() / 2)?;
        let (before, rest) = items.split_at_checked(before.rfind(end).map_or(0, |at| at + 1))?;
        let (item, after) = rest.split_once(end).unwrap_or((rest, ""));
        let word = item.split(' ').next().unwrap_or(item);
        match wanted.cmp(word) {
            Ordering::Less => items = before,
            Ordering::Greater => items = after,
            Ordering::Equal => return Some(item),
        }
    }
    None
}

#[cfg(test)]
mod tests;
