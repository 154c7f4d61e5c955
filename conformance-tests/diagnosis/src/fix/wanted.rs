//! What a policy must allow, so that the script can read the response.

use crate::observation::{Observation, is_token, list};

pub(super) struct Wanted {
    pub(super) origin: String,
    /// The method of the fetch, and those that the server allows already. Empty if GET or HEAD without a preflight needs
    /// no list.
    pub(super) methods: Vec<String>,
    /// The request headers of the fetch, and those that the server allows already.
    pub(super) headers: Vec<String>,
    /// The response headers that the script wants to read, and those that the server exposes already.
    pub(super) exposed: Vec<String>,
    pub(super) has_credentials: bool,
    pub(super) has_preflight: bool,
}

impl Wanted {
    /// `None` if no policy should allow the origin, or a value cannot be written in every language.
    pub(super) fn of(seen: &Observation<'_>) -> Option<Self> {
        let origin = seen.fetch.origin.clone();
        let is_written = |char: char| char.is_ascii_alphanumeric() || "-_.~:/[]".contains(char);
        if origin == "null" || !origin.chars().all(is_written) {
            return None;
        }
        let exchanges = seen.outcome.exchanges.iter();
        let preflight = exchanges.clone().rfind(|(request, _)| request.is_preflight);
        let value = |name: &str| {
            let mut lines = preflight?.0.headers.iter();
            let line = lines.find(|line| line.0 == name)?;
            String::from_utf8(line.1.clone()).ok()
        };
        let allowed = |name: &str| {
            let response = preflight.and_then(|(_, response)| response.as_ref());
            response.map_or_else(Vec::new, |response| list(response, name))
        };
        let method = value("access-control-request-method");
        let method = method.or_else(|| {
            let method = &exchanges.clone().next()?.0.method;
            (!["GET", "HEAD"].contains(&method.as_str())).then(|| method.clone())
        });
        let names = value("access-control-request-headers").unwrap_or_default();
        let names = names.split(',').filter(|name| !name.is_empty());
        let reads = seen.reads.iter().map(|name| name.to_ascii_lowercase());
        let reads = reads.filter(|name| !["set-cookie", "set-cookie2"].contains(&name.as_str()));
        Some(Self {
            origin,
            methods: merged(allowed("access-control-allow-methods"), method, str::eq),
            headers: merged(
                allowed("access-control-allow-headers"),
                names.map(str::to_owned),
                str::eq_ignore_ascii_case,
            ),
            exposed: merged(
                seen.list("access-control-expose-headers"),
                reads,
                str::eq_ignore_ascii_case,
            ),
            has_credentials: seen.has_credentials(),
            has_preflight: preflight.is_some(),
        })
    }
}

/// The items that are there, without `*` and without those that are not tokens, and the new ones. Each item is there once.
fn merged(
    known: Vec<String>,
    new: impl IntoIterator<Item = String>,
    is_same: impl Fn(&str, &str) -> bool,
) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for item in known.into_iter().chain(new) {
        let is_written = is_token(&item) && !item.contains(['*', '$', '\'', '`']);
        if is_written && !items.iter().any(|known| is_same(known, &item)) {
            items.push(item);
        }
    }
    items
}

/// The items in double quotes, separated by commas.
pub(super) fn quoted(items: &[String]) -> String {
    let items: Vec<_> = items.iter().map(|item| format!("\"{item}\"")).collect();
    items.join(", ")
}
