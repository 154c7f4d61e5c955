//! The colours of texts. They are left out if the output is not a terminal, or with `NO_COLOR`.

use anstyle::{AnsiColor, Style};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const HEADING: Style = Style::new().bold().underline();
pub(crate) const QUIET: Style = Style::new().dimmed();
pub(crate) const COMMAND: Style = Style::new().bold();
