//! An expression of Rust, Python or JavaScript, reduced to what a configuration consists of.

/// An expression, and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) line: usize,
    /// The beginning of its text, for messages.
    pub(crate) shown: String,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Text(String),
    Integer(u64),
    Flag(bool),
    /// `None`, `null` or `undefined`.
    Nothing,
    List(Vec<Value>),
    /// An object of JavaScript, or a struct of Rust.
    Record(Record),
    Regex {
        pattern: String,
        flags: String,
    },
    /// A name that the text does not define, such as `header::ACCEPT` or `settings.origins`.
    Name(String),
    Call(Call),
    /// A product of which not both factors are numbers.
    Product(Box<(Value, Value)>),
    /// A function of one parameter that is an expression.
    Closure {
        parameter: String,
        body: Box<Value>,
    },
    /// Anything else.
    Other,
}

#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) fields: Vec<Argument>,
    /// `..base` in Rust.
    pub(crate) base: Option<Box<Value>>,
    /// Whether it has a part whose names are not known, such as `...options`.
    pub(crate) is_open: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) callee: Callee,
    pub(crate) arguments: Vec<Argument>,
}

#[derive(Clone, Debug)]
pub(crate) enum Callee {
    /// `warp::cors`, or `os.getenv`.
    Function(String),
    /// `receiver.name`.
    Method(Box<Value>, String),
    Other,
}

/// An argument or a field.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    pub(crate) line: usize,
    pub(crate) name: Option<String>,
    pub(crate) value: Value,
}

/// A method call in a chain, such as `.max_age(600)`.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) arguments: Vec<Value>,
}

impl Value {
    /// Splits a chain of method calls into its first receiver and the calls.
    pub(crate) fn into_chain(mut self) -> (Self, Vec<Step>) {
        let mut steps = Vec::new();
        loop {
            match self.kind {
                Kind::Call(Call {
                    callee: Callee::Method(receiver, name),
                    arguments,
                }) => {
                    steps.push(Step {
                        line: self.line,
                        name,
                        arguments: arguments
                            .into_iter()
                            .map(|argument| argument.value)
                            .collect(),
                    });
                    self = *receiver;
                }
                kind => {
                    steps.reverse();
                    return (Self { kind, ..self }, steps);
                }
            }
        }
    }

    /// The last part of a name: `ACCEPT` of `header::ACCEPT`.
    pub(crate) fn last_name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Name(name) => last_part(name),
            _ => None,
        }
    }
}

/// The last part of a path with `::` or dots.
pub(crate) fn last_part(name: &str) -> Option<&str> {
    name.rsplit([':', '.']).next()
}
