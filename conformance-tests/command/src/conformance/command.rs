//! The command that starts a server.

use std::path::Path;
use std::process::Command;

/// A command with `{policy}` and `{port}` in place of their values.
#[derive(Clone)]
pub(crate) struct Template {
    words: Vec<String>,
}

impl Template {
    /// Splits the command into words as a POSIX shell does. No shell runs it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let words = shlex::split(text).ok_or("a quote is not closed")?;
        if words.is_empty() {
            return Err("the command is empty".to_owned());
        }
        for hole in ["{policy}", "{port}"] {
            if !words.iter().any(|word| word.contains(hole)) {
                return Err(format!(
                    "the command must contain {hole}: './server --policy {{policy}} --port {{port}}'"
                ));
            }
        }
        Ok(Self { words })
    }

    pub(crate) fn command(&self, policy: &Path, port: u16) -> Command {
        let (policy, port) = (policy.to_string_lossy(), port.to_string());
        let fill = |word: &String| word.replace("{policy}", &policy).replace("{port}", &port);
        let mut words = self.words.iter().map(fill);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command
    }
}
