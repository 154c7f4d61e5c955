//! Mistakes in a test. They end it at the line of the caller.

#[track_caller]
#[expect(clippy::panic, reason = "a test fails by a panic")]
pub(crate) fn valid<T>(result: Result<T, String>) -> T {
    match result {
        Ok(value) => value,
        Err(problem) => panic!("{problem}"),
    }
}
