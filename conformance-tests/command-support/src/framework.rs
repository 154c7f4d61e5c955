//! The framework that an option names.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use conformance_tests::subject::{FRAMEWORKS, Framework, NAMES};

/// Parses the name of a framework that has an adapter.
pub fn framework() -> impl TypedValueParser<Value = Framework> {
    PossibleValuesParser::new(NAMES).try_map(|name| named(&name, &FRAMEWORKS))
}

fn named(name: &str, built: &[Framework]) -> Result<Framework, String> {
    let framework = built.iter().find(|framework| framework.name == name);
    framework.copied().ok_or_else(|| {
        format!("this build does not contain {name}; build it with `--features {name}`")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_framework_that_is_not_built_is_an_error_that_names_its_feature() {
        let [axum, ..] = FRAMEWORKS;
        assert_eq!(named("axum", &[axum]).unwrap().name, "axum");
        assert_eq!(
            named("rocket", &[axum]).unwrap_err(),
            "this build does not contain rocket; build it with `--features rocket`"
        );
    }
}
