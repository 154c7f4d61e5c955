//! The options of curl that say what to send.
//!
//! Not with `clap`: for an unknown option, it looks for a similar one, which takes minutes if the word has megabytes.

use lexopt::{Arg, Parser, ValueExt as _};

/// The arguments of a curl command.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) urls: Vec<String>,
    pub(super) method: Option<String>,
    /// As they are written.
    pub(super) headers: Vec<String>,
    pub(super) data: Vec<(Data, String)>,
    pub(super) cookie: Option<String>,
    /// User name and password.
    pub(super) user: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) referer: Option<String>,
    pub(super) is_head: bool,
    pub(super) is_insecure: bool,
}

/// What a value is as a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Data {
    /// The value itself.
    Raw,
    /// The value itself, or `@` and a file.
    Form,
    /// The same, as JSON.
    Json,
}

/// Reads the words after `curl`.
pub(super) fn parse(words: Vec<String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut parser = Parser::from_args(words);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let name = match argument {
            Arg::Short(letter) => letter.to_string(),
            Arg::Long(name) => name.to_owned(),
            Arg::Value(url) => {
                let url = url.string().map_err(|error| error.to_string())?;
                arguments.urls.push(url);
                continue;
            }
        };
        arguments.read(&name, &mut parser)?;
    }
    Ok(arguments)
}

impl Arguments {
    /// Reads an option, which is a letter or a name.
    fn read(&mut self, name: &str, parser: &mut Parser) -> Result<(), String> {
        let mut value = || {
            let value = parser.value().and_then(|value| value.string());
            value.map_err(|error| error.to_string())
        };
        match name {
            "url" => self.urls.push(value()?),
            "X" | "request" => self.method = Some(value()?),
            "H" | "header" => self.headers.push(value()?),
            "d" | "data" | "data-ascii" | "data-binary" => self.data.push((Data::Form, value()?)),
            "data-raw" => self.data.push((Data::Raw, value()?)),
            "json" => self.data.push((Data::Json, value()?)),
            "b" | "cookie" => self.cookie = Some(value()?),
            "u" | "user" => self.user = Some(value()?),
            "A" | "user-agent" => self.user_agent = Some(value()?),
            "e" | "referer" => self.referer = Some(value()?),
            "I" | "head" => self.is_head = true,
            "k" | "insecure" => self.is_insecure = true,
            // What curl prints, and how long it waits.
            "o" | "output" | "w" | "write-out" | "D" | "dump-header" | "m" | "max-time"
            | "connect-timeout" | "max-redirs" => drop(value()?),
            "f" | "fail" | "fail-with-body" | "i" | "include" | "N" | "no-buffer" | "#"
            | "progress-bar" | "S" | "show-error" | "s" | "silent" | "v" | "verbose" => {}
            // What this client or a browser decides.
            "compressed" | "g" | "globoff" | "http1.1" | "http2" | "L" | "location" => {}
            unknown => return Err(unsupported(unknown)),
        }
        Ok(())
    }
}

fn unsupported(name: &str) -> String {
    let start: String = name.chars().take(40).collect();
    let dashes = if name.chars().count() == 1 { "-" } else { "--" };
    format!(
        "the option `{dashes}{}` of curl is not supported; leave it out, or say the same with the options of this command",
        start.escape_debug()
    )
}
