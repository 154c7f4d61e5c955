//! The colours of texts. They are left out if the output is not a terminal, or with `NO_COLOR`.

use anstyle::{AnsiColor, Style};

/// What is right.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What is wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// A heading.
pub const HEADING: Style = Style::new().bold().underline();
/// What matters less.
pub const QUIET: Style = Style::new().dimmed();
/// A command to enter.
pub const COMMAND: Style = Style::new().bold();
