//! The words of a command as bash reads them, if it is one command without variables and the like.
//!
//! `shlex` reads the words. It does not know `$'...'`, which browsers write, and it takes for text what bash does
//! not: variables, pipes and further commands. So this goes first.

use std::iter::Peekable;
use std::slice::Iter;

/// Reads the words. The error says what is not supported.
pub(super) fn words(command: &str) -> Result<Vec<String>, String> {
    if command.contains("^\"") && !command.contains('\'') {
        return Err("this is the form for Windows; use \"Copy as cURL (bash)\"".to_owned());
    }
    let text = rewritten(command.as_bytes())?;
    let words = shlex::bytes::split(&text).ok_or(OPEN)?;
    let text =
        |word| String::from_utf8(word).map_err(|_| "it has bytes that are not UTF-8".to_owned());
    words.into_iter().map(text).collect()
}

/// The same command without `$'...'` and without line continuations.
fn rewritten(command: &[u8]) -> Result<Vec<u8>, String> {
    let mut text = Vec::with_capacity(command.len());
    let mut rest = command.iter().peekable();
    while let Some(&byte) = rest.next() {
        match byte {
            b'\\' => match rest.next() {
                Some(b'\n') => {}
                Some(b'\r') if rest.next_if(|next| **next == b'\n').is_some() => {}
                Some(&escaped) => text.extend([byte, escaped]),
                None => return Err("it ends with a `\\`".to_owned()),
            },
            b'\'' => single_quoted(&mut rest, &mut text)?,
            b'"' => double_quoted(&mut rest, &mut text)?,
            b'$' if rest.next_if(|next| **next == b'\'').is_some() => {
                let value = ansi_c_quoted(&mut rest)?;
                let quoted = shlex::bytes::try_quote(&value).map_err(|_| NUL)?;
                text.extend_from_slice(&quoted);
            }
            b'$' => {
                plain_dollar(&mut rest)?;
                text.push(byte);
            }
            b'`' => return Err(SUBSTITUTION.to_owned()),
            b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')' => {
                return Err(format!(
                    "`{}` is not in quotes; write a single curl command without pipes and redirections",
                    char::from(byte)
                ));
            }
            b'#' if text.last().is_none_or(u8::is_ascii_whitespace) => {
                return Err(
                    "it has a comment after `#`; leave it out, or put it in quotes".to_owned(),
                );
            }
            b'\r' => text.push(b' '),
            b'\n' => {
                text.push(b' ');
                let is_last = rest.clone().all(u8::is_ascii_whitespace);
                if !text.trim_ascii().is_empty() && !is_last {
                    return Err(LINES.to_owned());
                }
            }
            _ => text.push(byte),
        }
    }
    Ok(text)
}

const SUBSTITUTION: &str = "it has a command substitution, which is not run; write its value";
const VARIABLE: &str =
    "it has a variable of the shell after `$`; write its value, or put it in '...'";
const OPEN: &str = "a quote is not closed";
const NUL: &str = "it has a NUL byte, which no argument of a program can have";
const LINES: &str = "it has several lines; write `\\` at the end of each but the last";

type Rest<'a> = Peekable<Iter<'a, u8>>;

fn single_quoted(rest: &mut Rest<'_>, text: &mut Vec<u8>) -> Result<(), String> {
    text.push(b'\'');
    for &byte in rest {
        text.push(byte);
        if byte == b'\'' {
            return Ok(());
        }
    }
    Err(OPEN.to_owned())
}

fn double_quoted(rest: &mut Rest<'_>, text: &mut Vec<u8>) -> Result<(), String> {
    text.push(b'"');
    while let Some(&byte) = rest.next() {
        text.push(byte);
        match byte {
            b'"' => return Ok(()),
            b'\\' => text.extend(rest.next()),
            b'$' => plain_dollar(rest)?,
            b'`' => return Err(SUBSTITUTION.to_owned()),
            _ => {}
        }
    }
    Err(OPEN.to_owned())
}

/// Refuses a `$` that is more than a character, also if it is at the end of a line that the next one continues.
fn plain_dollar(rest: &mut Rest<'_>) -> Result<(), String> {
    let mut ahead = rest.clone();
    match (ahead.next(), ahead.next()) {
        (Some(b'('), _) => Err(SUBSTITUTION.to_owned()),
        (Some(b'\\'), Some(b'\n' | b'\r')) => Err(VARIABLE.to_owned()),
        (Some(next), _) if next.is_ascii_alphanumeric() || b"_{[@*#?$!-".contains(next) => {
            Err(VARIABLE.to_owned())
        }
        _ => Ok(()),
    }
}

/// The value of the rest of `$'...'`. Manual of bash, "ANSI-C Quoting".
fn ansi_c_quoted(rest: &mut Rest<'_>) -> Result<Vec<u8>, String> {
    let mut value = Vec::new();
    while let Some(&byte) = rest.next() {
        match byte {
            b'\'' => return Ok(value),
            b'\\' => escape(rest, &mut value)?,
            _ => value.push(byte),
        }
    }
    Err(OPEN.to_owned())
}

fn escape(rest: &mut Rest<'_>, value: &mut Vec<u8>) -> Result<(), String> {
    let &byte = rest.next().ok_or(OPEN)?;
    let plain = match byte {
        b'a' => 0x07,
        b'b' => 0x08,
        b'e' | b'E' => 0x1b,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'\'' | b'"' | b'?' => byte,
        b'0'..=b'7' => octal(u32::from(byte - b'0'), rest),
        b'x' => match digits(rest, 2) {
            Some(code) => u8::try_from(code).unwrap_or_default(),
            None => {
                value.extend(b"\\x");
                return Ok(());
            }
        },
        b'u' | b'U' => return unicode(byte, rest, value),
        b'c' => {
            let problem = "it has the escape `\\c` of a control character; write it as `\\x`";
            return Err(problem.to_owned());
        }
        _ => {
            value.extend([b'\\', byte]);
            return Ok(());
        }
    };
    value.push(plain);
    Ok(())
}

/// Up to three octal digits, of which only the lower eight bits count.
fn octal(first: u32, rest: &mut Rest<'_>) -> u8 {
    let mut code = first;
    for _ in 0..2 {
        let Some(digit) = rest.next_if(|next| (b'0'..=b'7').contains(*next)) else {
            break;
        };
        code = code * 8 + u32::from(digit - b'0');
    }
    u8::try_from(code & 0xff).unwrap_or_default()
}

/// `\uHHHH` or `\UHHHHHHHH`. Firefox writes a character beyond U+FFFF as two surrogates, which bash does not
/// combine.
fn unicode(kind: u8, rest: &mut Rest<'_>, value: &mut Vec<u8>) -> Result<(), String> {
    let length = if kind == b'u' { 4 } else { 8 };
    let Some(mut code) = digits(rest, length) else {
        value.extend([b'\\', kind]);
        return Ok(());
    };
    if (0xd800..0xdc00).contains(&code) {
        let mut ahead = rest.clone();
        if ahead.next() == Some(&b'\\')
            && ahead.next() == Some(&b'u')
            && let Some(low @ 0xdc00..0xe000) = digits(&mut ahead, 4)
        {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            *rest = ahead;
        }
    }
    let char = char::from_u32(code).ok_or_else(|| format!("`\\u{code:x}` is not a character"))?;
    value.extend(char.encode_utf8(&mut [0; 4]).bytes());
    Ok(())
}

/// Up to `length` hexadecimal digits.
fn digits(rest: &mut Rest<'_>, length: usize) -> Option<u32> {
    let mut code = None;
    for _ in 0..length {
        let next = rest.peek().and_then(|next| char::from(**next).to_digit(16));
        let Some(digit) = next else {
            break;
        };
        rest.next();
        code = Some(code.unwrap_or(0) << 4 | digit);
    }
    code
}

#[cfg(all(test, unix))]
#[allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::words;

    /// What bash makes of commands: their words. A word `=` ends each command.
    fn words_of_bash(commands: &[String]) -> Vec<Vec<String>> {
        let lines = commands.iter().map(|command| format!("p {command}\np =\n"));
        let script = format!(
            "p() {{ printf '%s\\0' \"$@\"; }}\n{}",
            lines.collect::<String>()
        );
        let mut bash = Command::new("bash");
        let bash = bash.arg("-fs").env("LC_ALL", "C.UTF-8");
        let mut bash = bash
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = bash.stdin.take().unwrap();
        let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()).unwrap());
        let output = bash.wait_with_output().unwrap();
        writer.join().unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        let all: Vec<_> = output.split_terminator('\0').map(str::to_owned).collect();
        let mut of_commands: Vec<_> = all.split(|word| word == "=").map(<[_]>::to_vec).collect();
        of_commands.pop();
        of_commands
    }

    /// Commands of these parts, which are valid alone. The same in every run.
    fn commands() -> Vec<String> {
        const PARTS: [&str; 31] = [
            "a",
            "b c",
            " ",
            " ",
            "'a b'",
            "'\\'",
            "''",
            "\"a 'b'\"",
            "\"\\\"\\\\\\$\\`\\x\"",
            "\"a\\\nb\"",
            "\\'",
            "\\ ",
            "\\a",
            "\\\n",
            " \\\n ",
            "$'a'",
            "$'it\\'s\\n\\t\\\\'",
            "$'\\x41\\x4g\\xzz'",
            "$'\\101\\60\\7'",
            "$'\\u00e9\\u20acx\\u0021'",
            "$'\\U0001f600'",
            "$'\\q\\u\\\"\\?'",
            "$'\\a\\b\\e\\E\\f\\r\\v'",
            "$",
            "$ ",
            "#",
            "\u{e9}",
            "--a=b",
            "=b",
            "{\"a\":1}",
            "!",
        ];
        let mut state = 1_u64;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % below
        };
        let count = 5_000;
        let mut commands: Vec<_> = PARTS.iter().map(|part| format!("x{part}")).collect();
        commands.extend((0..count).map(|_| {
            let parts = (0..=next(6)).map(|_| PARTS[next(PARTS.len())]);
            format!("x{}", parts.collect::<String>())
        }));
        commands
    }

    #[test]
    fn as_bash_reads_them() {
        let mut commands = commands();
        // A `$` before a quote or a name is more than a character, and `\` before a line break continues the line of `p =`.
        commands.retain(|command| {
            words(command).is_ok() && !command.contains("$\"") && !command.contains("{")
        });
        assert!(commands.len() > 3_000, "{}", commands.len());
        let expected = words_of_bash(&commands);
        assert_eq!(expected.len(), commands.len());
        for (command, expected) in commands.iter().zip(expected) {
            assert_eq!(words(command).unwrap(), expected, "{command:?}");
        }
    }

    #[test]
    fn surrogates_of_firefox() {
        assert_eq!(words(r"$'\ud83d\ude00'").unwrap(), ["\u{1f600}"]);
        for alone in [
            r"$'\ud83d'",
            r"$'\ud83dx'",
            r"$'\ud83d\u0041'",
            r"$'\ude00'",
        ] {
            assert!(words(alone).is_err(), "{alone}");
        }
    }

    #[test]
    fn lines_of_windows() {
        assert_eq!(words("curl a \\\r\n  b\r\n").unwrap(), ["curl", "a", "b"]);
    }
}
