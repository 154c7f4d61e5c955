//! The framework that an option names.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use conformance_tests::subject::{FRAMEWORKS, Framework};

/// Parses the name of a framework that has an adapter.
pub fn framework() -> impl TypedValueParser<Value = Framework> {
    let named = |name: String| {
        let mut frameworks = FRAMEWORKS.into_iter();
        frameworks.find(|framework| framework.name == name)
    };
    PossibleValuesParser::new(FRAMEWORKS.map(|framework| framework.name))
        .try_map(move |name| named(name).ok_or("unknown framework"))
}
