//! The policies that Starlette accepts and this library rejects, by rule (BEHAVIOUR 1 and 6).

use crate::vocabulary::{
    ANYTHING, Policy, WRONG_HEADERS, WRONG_MAX_AGES, WRONG_METHODS, WRONG_ORIGINS, WRONG_REGEX,
};

/// The rules that depend on more than a single entry.
const COMBINATIONS: [&str; 4] = [
    "origin-any-with-credentials",
    "origin-null-with-credentials",
    "regex-broad-with-credentials",
    "expose-any-with-credentials",
];

/// Every rule by which the policies of this test can be rejected.
pub(crate) fn rules() -> Vec<&'static str> {
    let tables = [
        &WRONG_ORIGINS[..],
        &WRONG_METHODS,
        &WRONG_HEADERS,
        &[WRONG_REGEX],
    ];
    let entries = tables.into_iter().flatten().map(|(_, rule)| *rule);
    let max_ages = WRONG_MAX_AGES.map(|(_, rule)| rule);
    entries.chain(max_ages).chain(COMBINATIONS).collect()
}

/// The expected errors of the build, each as key, index and rule, sorted.
pub(crate) fn expected(policy: &Policy) -> Vec<(&'static str, Option<usize>, &'static str)> {
    let mut errors = Vec::new();
    let origins = policy.allow_origins.items();
    for (key, list, wrong) in [
        ("allow_origins", &origins, &WRONG_ORIGINS[..]),
        ("allow_methods", &policy.allow_methods, &WRONG_METHODS),
        ("allow_headers", &policy.allow_headers, &WRONG_HEADERS),
        ("expose_headers", &policy.expose_headers, &WRONG_HEADERS),
    ] {
        for (place, entry) in list.iter().enumerate() {
            let rules = wrong.iter().filter(|(text, _)| text == entry);
            errors.extend(rules.map(|(_, rule)| (key, Some(place), *rule)));
        }
    }
    let regex = policy.allow_origin_regex;
    if regex == Some(WRONG_REGEX.0) {
        errors.push(("allow_origin_regex", None, WRONG_REGEX.1));
    }
    let max_ages = WRONG_MAX_AGES
        .iter()
        .filter(|(seconds, _)| *seconds == policy.max_age);
    errors.extend(max_ages.map(|(_, rule)| ("max_age", None, *rule)));
    if policy.allow_credentials {
        let [any, null, broad, exposed] = COMBINATIONS;
        let place = |list: &[&str], wanted| list.iter().position(|entry| *entry == wanted);
        for (key, place, rule) in [
            ("allow_origins", place(&origins, "*"), any),
            ("allow_origins", place(&origins, "null"), null),
            (
                "expose_headers",
                place(&policy.expose_headers, "*"),
                exposed,
            ),
        ] {
            errors.extend(place.map(|place| (key, Some(place), rule)));
        }
        if regex == Some(ANYTHING) {
            errors.push(("allow_origin_regex", None, broad));
        }
    }
    errors.sort();
    errors
}
