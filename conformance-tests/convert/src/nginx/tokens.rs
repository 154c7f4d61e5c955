//! The syntax of nginx: directives with words, and blocks.

use crate::problem::Problem;

/// Blocks that are nested deeper are not read.
const DEEPEST: usize = 32;

/// `name words;` or `name words { ... }`.
#[derive(Debug)]
pub(super) struct Directive {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) words: Vec<String>,
    pub(super) block: Option<Vec<Directive>>,
}

impl Directive {
    /// The words of an `if` without the parentheses.
    pub(super) fn condition(&self) -> String {
        let words = self.words.join(" ");
        let inner = words
            .trim()
            .strip_prefix('(')
            .and_then(|words| words.strip_suffix(')'));
        inner.unwrap_or(&words).trim().to_owned()
    }

    /// Whether it is `add_header` of the header `name`.
    pub(super) fn adds_header(&self, name: &str) -> bool {
        let first = self.words.first();
        self.name == "add_header" && first.is_some_and(|first| first.eq_ignore_ascii_case(name))
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Open,
    Close,
    End,
}

/// Reads directives. Blocks are kept on a list, so that their depth does not need the stack.
pub(super) fn parse(text: &str) -> Result<Vec<Directive>, Problem> {
    let mut blocks = vec![Vec::new()];
    let mut openers: Vec<(usize, Vec<String>)> = Vec::new();
    let mut words = Vec::new();
    let mut first_line = 1;
    let mut tokens = Tokens {
        rest: text,
        line: 1,
    };
    while let Some((line, token)) = tokens.next()? {
        if words.is_empty() {
            first_line = line;
        }
        match token {
            Token::Word(word) => words.push(word),
            Token::End => {
                let directive = directive(first_line, std::mem::take(&mut words), None)?;
                blocks
                    .last_mut()
                    .ok_or_else(|| unexpected(line, "}"))?
                    .push(directive);
            }
            Token::Open => {
                if blocks.len() > DEEPEST {
                    return Err(Problem::at(line, "blocks are nested too deep"));
                }
                openers.push((first_line, std::mem::take(&mut words)));
                blocks.push(Vec::new());
            }
            Token::Close => {
                let opener = openers.pop().filter(|_| words.is_empty());
                let (Some((line, words)), Some(block)) = (opener, blocks.pop()) else {
                    return Err(unexpected(line, "}"));
                };
                let directive = directive(line, words, Some(block))?;
                blocks
                    .last_mut()
                    .ok_or_else(|| unexpected(line, "}"))?
                    .push(directive);
            }
        }
    }
    match (openers.last(), words.is_empty(), blocks.pop()) {
        (None, true, Some(directives)) => Ok(directives),
        (Some((line, _)), ..) => Err(Problem::at(*line, "not valid nginx: the block has no end")),
        _ => Err(Problem::at(
            first_line,
            "not valid nginx: a directive ends with `;` or a block",
        )),
    }
}

fn unexpected(line: usize, token: &str) -> Problem {
    Problem::at(line, format!("not valid nginx: unexpected `{token}`"))
}

fn directive(
    line: usize,
    words: Vec<String>,
    block: Option<Vec<Directive>>,
) -> Result<Directive, Problem> {
    let mut words = words.into_iter();
    let name = words
        .next()
        .ok_or_else(|| unexpected(line, if block.is_some() { "{" } else { ";" }))?;
    Ok(Directive {
        line,
        name,
        words: words.collect(),
        block,
    })
}

struct Tokens<'a> {
    rest: &'a str,
    line: usize,
}

impl Tokens<'_> {
    /// The next token and its line.
    fn next(&mut self) -> Result<Option<(usize, Token)>, Problem> {
        self.skip_blanks();
        let line = self.line;
        let Some(c) = self.rest.chars().next() else {
            return Ok(None);
        };
        let token = match c {
            '{' => self.single(Token::Open),
            '}' => self.single(Token::Close),
            ';' => self.single(Token::End),
            '"' | '\'' => Token::Word(self.quoted(c)?),
            _ => Token::Word(self.bare()),
        };
        Ok(Some((line, token)))
    }

    fn single(&mut self, token: Token) -> Token {
        self.take();
        token
    }

    fn take(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    /// White space, and comments up to the end of the line.
    fn skip_blanks(&mut self) {
        while let Some(c) = self.rest.chars().next() {
            if c == '#' {
                while self.rest.starts_with(|c| c != '\n') {
                    self.take();
                }
            } else if c.is_ascii_whitespace() {
                self.take();
            } else {
                return;
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, Problem> {
        let line = self.line;
        self.take();
        let mut word = String::new();
        while let Some(c) = self.take() {
            match c {
                '\\' => self.escaped(&mut word),
                c if c == quote => return Ok(word),
                c => word.push(c),
            }
        }
        Err(Problem::at(line, "not valid nginx: the quote has no end"))
    }

    /// A word without quotes. In it, `${name}` is a variable.
    fn bare(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.rest.chars().next() {
            let is_variable = c == '{' && word.ends_with('$');
            if c.is_ascii_whitespace() || c == ';' || (c == '{' && !is_variable) {
                break;
            }
            self.take();
            match c {
                '\\' => self.escaped(&mut word),
                c => word.push(c),
            }
        }
        word
    }

    /// A backslash stays, except before a quote or another backslash.
    fn escaped(&mut self, word: &mut String) {
        match self.take() {
            Some(c @ ('"' | '\'' | '\\')) => word.push(c),
            Some(c) => word.extend(['\\', c]),
            None => word.push('\\'),
        }
    }
}
