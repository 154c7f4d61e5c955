//! The main help page, which lists the question that each command answers. A test checks that no command is missing.

use std::fmt::Write as _;

use crate::style::COMMAND;

/// A question, and the command that answers it. A new command needs one line here.
const QUESTIONS: [(&str, &str); 14] = [
    (
        "Why does the browser block this request to my server?",
        "check",
    ),
    (
        "What do a browser and the server do with a request under my policy, and why?",
        "explain",
    ),
    ("What does my server allow attackers?", "audit"),
    (
        "Does my CORS, in any language, do what browsers need?",
        "conformance",
    ),
    (
        "Is my policy valid, and is anything in it suspicious?",
        "lint",
    ),
    ("Does this change of my policy let pages do more?", "diff"),
    ("How does my editor check a policy file?", "schema"),
    (
        "What is the CORS configuration of another library as a policy?",
        "convert",
    ),
    (
        "How do I use an API without CORS while I develop a page?",
        "proxy",
    ),
    (
        "What do real requests from my browser do? (without a command, too)",
        "playground",
    ),
    (
        "How does a test application with my policy respond?",
        "serve",
    ),
    ("How does my shell complete these commands?", "completions"),
    ("Where are the man pages?", "man"),
    ("Which options does a command have?", "help"),
];

/// One line for each question.
pub(crate) fn table() -> String {
    let width = QUESTIONS.iter().map(|(question, _)| question.len()).max();
    let width = width.unwrap_or_default();
    let mut table = String::from("Which command answers which question:\n");
    for (question, command) in QUESTIONS {
        let _ = write!(
            table,
            "\n  {question:width$}  {COMMAND}cors {command}{COMMAND:#}"
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;
    use crate::Cli;

    /// The names of all commands, as `clap` knows them.
    fn commands() -> BTreeSet<String> {
        let mut cli = Cli::command();
        cli.build();
        let commands = cli.get_subcommands();
        commands
            .map(|command| command.get_name().to_owned())
            .collect()
    }

    #[test]
    fn every_command_answers_a_question_and_is_in_the_readme() {
        let answering = QUESTIONS.map(|(_, command)| command.to_owned());
        assert_eq!(BTreeSet::from(answering), commands());
        let help = anstream::adapter::strip_str(&Cli::command().render_help().ansi().to_string())
            .to_string();
        let readme = include_str!("../README.md");
        for command in commands() {
            let is_in_help = help
                .lines()
                .any(|line| line.ends_with(&format!("  cors {command}")));
            assert!(is_in_help, "{command}: {help}");
            let name = format!("cors {command}");
            assert!(readme.contains(&name), "the README lacks `{name}`");
        }
    }

    #[test]
    fn the_help_fits_one_screen() {
        let help = anstream::adapter::strip_str(&Cli::command().render_help().ansi().to_string())
            .to_string();
        assert!((15..=30).contains(&help.lines().count()), "{help}");
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}
