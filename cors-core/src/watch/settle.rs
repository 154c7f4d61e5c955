//! Whether a file has changed and is complete.

use super::error::Problem;
use super::signal::Stopped;

/// What a file has: its text, or the reason why there is none.
pub(super) type Content = Result<String, Problem>;

/// Enough of a content to compare others with: its text, or that of the error. Errors of the system cannot
/// be compared in another way.
pub(super) type Known = Result<String, String>;

pub(super) fn known(content: &Content) -> Known {
    match content {
        Ok(text) => Ok(text.clone()),
        Err(problem) => Err(problem.to_string()),
    }
}

/// How often a file that keeps changing is read.
const READINGS: usize = 20;

/// What the file has, if that differs from `known`. It counts when two readings in a row are the same, with a
/// pause between them.
pub(super) fn changed(
    known: &Known,
    mut read: impl FnMut() -> Content,
    mut pause: impl FnMut() -> Result<(), Stopped>,
) -> Result<Option<Content>, Stopped> {
    let mut content = read();
    if is(&content, known) {
        return Ok(None);
    }
    for _ in 1..READINGS {
        pause()?;
        let next = read();
        if is_same(&content, &next) {
            return Ok(Some(next).filter(|next| !is(next, known)));
        }
        content = next;
    }
    let content = Err(Problem::KeepsChanging);
    Ok(Some(content).filter(|content| !is(content, known)))
}

fn is(content: &Content, known: &Known) -> bool {
    match (content, known) {
        (Ok(text), Ok(known)) => text == known,
        (Err(problem), Err(known)) => problem.to_string() == *known,
        _ => false,
    }
}

fn is_same(one: &Content, other: &Content) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => one == other,
        (Err(one), Err(other)) => one.to_string() == other.to_string(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The content after these readings, and how many of them there were. `!` is a file that is not there,
    /// `~` one that keeps changing, and `=` one that has not changed.
    fn after(known: &str, readings: &[&str]) -> (String, usize) {
        let content = |text: &str| match text {
            "!" => Err(Problem::Empty),
            "~" => Err(Problem::KeepsChanging),
            text => Ok(text.to_owned()),
        };
        let mut number = 0;
        let read = || {
            let text = readings[number];
            number += 1;
            content(text)
        };
        let Ok(changed) = changed(&super::known(&content(known)), read, || Ok(())) else {
            panic!("nothing stops it");
        };
        let text = match changed {
            None => "=".to_owned(),
            Some(Ok(text)) => text,
            Some(Err(Problem::KeepsChanging)) => "~".to_owned(),
            Some(Err(_)) => "!".to_owned(),
        };
        (text, number)
    }

    #[test]
    fn a_file_is_complete_when_it_is_read_twice() {
        let cases: [(&str, &[&str], &str); 9] = [
            ("old", &["old"], "="),
            ("old", &["new", "new"], "new"),
            ("old", &["ne", "new", "new"], "new"),
            ("old", &["!", "n", "ne", "new", "new"], "new"),
            ("old", &["!", "!"], "!"),
            ("old", &["!", "old", "old"], "="),
            ("!", &["!"], "="),
            ("!", &["old", "old"], "old"),
            ("~", &["old", "old"], "old"),
        ];
        for (known, readings, expected) in cases {
            let expected = (expected.to_owned(), readings.len());
            assert_eq!(after(known, readings), expected, "{known} {readings:?}");
        }
    }

    #[test]
    fn a_file_that_keeps_changing_is_not_read_for_ever() {
        let texts: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(after("old", &texts), ("~".to_owned(), READINGS));
        assert_eq!(after("~", &texts), ("=".to_owned(), READINGS));
    }

    #[test]
    fn it_can_be_stopped() {
        let read = || Ok("new".to_owned());
        let stopped = changed(&Ok("old".to_owned()), read, || Err(Stopped));
        assert!(stopped.is_err());
    }
}
