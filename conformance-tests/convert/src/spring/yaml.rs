//! YAML as a tree with lines, read from events so that its depth does not need the stack.

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::problem::Problem;

/// Collections that are nested deeper are not read.
const DEEPEST: usize = 64;

#[derive(Debug)]
pub(super) struct Yaml {
    pub(super) line: usize,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Text {
        text: String,
        /// Whether it is written without quotes, so that it can be a number, a flag or nothing.
        is_plain: bool,
    },
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

/// A collection that has not ended.
struct Open {
    line: usize,
    is_map: bool,
    /// Of a map, keys and values in turn.
    items: Vec<Yaml>,
}

/// The documents of a text.
pub(super) fn parse(text: &str) -> Result<Vec<Yaml>, Problem> {
    let mut parser = Parser::new_from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut documents = Vec::new();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            Problem::at(
                error.marker().line().max(1),
                format!("not valid YAML: {}", error.info()),
            )
        })?;
        let line = span.start.line().max(1);
        let finished = match event {
            Event::Scalar(text, style, ..) => Some(Yaml {
                line,
                kind: Kind::Text {
                    text: text.into_owned(),
                    is_plain: style == ScalarStyle::Plain,
                },
            }),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() >= DEEPEST {
                    return Err(Problem::at(line, "nested too deep"));
                }
                open.push(Open {
                    line,
                    is_map: matches!(event, Event::MappingStart(..)),
                    items: Vec::new(),
                });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Open::close).transpose()?,
            Event::Alias(_) => {
                return Err(Problem::at(
                    line,
                    "aliases (`*name`) are not read: write the value",
                ));
            }
            _ => None,
        };
        if let Some(value) = finished {
            match open.last_mut() {
                Some(collection) => collection.items.push(value),
                None => documents.push(value),
            }
        }
    }
    Ok(documents)
}

impl Open {
    fn close(self) -> Result<Yaml, Problem> {
        let line = self.line;
        if !self.is_map {
            let kind = Kind::List(self.items);
            return Ok(Yaml { line, kind });
        }
        let mut entries: Vec<(String, Yaml)> = Vec::new();
        let mut items = self.items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            match key.kind {
                Kind::Text { text, .. } if text == "<<" => {
                    return Err(Problem::at(
                        key.line,
                        "merged maps (`<<`) are not read: write the entries",
                    ));
                }
                Kind::Text { text, .. } if entries.iter().any(|(key, _)| *key == text) => {
                    return Err(Problem::at(key.line, "a key occurs twice"));
                }
                Kind::Text { text, .. } => entries.push((text, value)),
                _ => return Err(Problem::at(key.line, "a key that is no text is not read")),
            }
        }
        let kind = Kind::Map(entries);
        Ok(Yaml { line, kind })
    }
}
