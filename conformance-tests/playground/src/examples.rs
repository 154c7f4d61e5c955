//! Policies that the page can load. In them, `{page}` stands for the origin of the page.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize, Serialize)]
struct Example {
    name: String,
    about: String,
    /// The origin of a page that the policy is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(default)]
    kind: Kind,
    policy: Value,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Works,
    Broken,
}

const WORKS: &str = include_str!("../assets/examples.json");

/// The name, what is wrong, and a policy with which the fuzzer starts.
const BROKEN: [(&str, &str, &str); 3] = [
    (
        "Origins that no browser sends",
        "Each entry is wrong in another way.",
        include_str!("../../../cors-core/fuzz/seeds/config/origins-that-no-browser-sends.json"),
    ),
    (
        "Methods and headers with slips",
        "Lists with duplicates, typos and values that mean nothing.",
        include_str!("../../../cors-core/fuzz/seeds/config/lists.json"),
    ),
    (
        "A regex that is too broad",
        "With cookies, the regex would let other people's pages act as your users.",
        include_str!("../../../cors-core/fuzz/seeds/config/broad-regex.json"),
    ),
];

/// Returns all examples.
pub(crate) async fn examples() -> Response {
    match all() {
        Ok(examples) => Json(examples).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn all() -> serde_json::Result<Vec<Example>> {
    let mut examples: Vec<Example> = serde_json::from_str(WORKS)?;
    for (name, about, policy) in BROKEN {
        examples.push(Example {
            name: name.to_owned(),
            about: about.to_owned(),
            origin: None,
            kind: Kind::Broken,
            policy: serde_json::from_str(policy)?,
        });
    }
    Ok(examples)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use cors_core::Config;

    use super::*;

    #[test]
    fn examples_work_without_a_warning_and_broken_ones_have_errors() {
        let examples = all().unwrap();
        assert_eq!(examples.len(), 5 + BROKEN.len());
        for example in examples {
            let text = example.policy.to_string();
            let text = text.replace("{page}", "http://127.0.0.1:3000");
            let built = serde_json::from_str::<Config>(&text).unwrap().build();
            if example.kind == Kind::Broken {
                assert!(built.is_err(), "{}", example.name);
                continue;
            }
            let policy = built.unwrap();
            assert!(policy.warnings().is_empty(), "{:?}", policy.warnings());
            let origin = example.origin.unwrap();
            assert!(policy.is_origin_allowed(origin.as_bytes()), "{origin}");
        }
    }
}
