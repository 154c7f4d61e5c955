//! Runners of random cases.

use proptest::test_runner::{Config, TestRng, TestRunner};

/// A runner that generates the same cases in every run. Only on such cases may a test assert how
/// often something occurs: on others, it would fail by chance.
pub fn fixed(config: Config) -> TestRunner {
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    TestRunner::new_with_rng(config, rng)
}
