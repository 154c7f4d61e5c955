//! Removes conversions that do not change a text, such as `.parse().unwrap()`.

use crate::value::{Call, Callee, Kind, Value, last_part};

/// Methods that keep what they are called on.
const METHODS: [&str; 17] = [
    "as_ref",
    "as_slice",
    "as_str",
    "clone",
    "cloned",
    "collect",
    "copied",
    "expect",
    "into",
    "into_iter",
    "iter",
    "parse",
    "to_owned",
    "to_string",
    "to_vec",
    "try_into",
    "unwrap",
];

/// Functions that keep their only argument.
const FUNCTIONS: [&str; 19] = [
    "From::from",
    "FromStr::from_str",
    "HashSet::from",
    "HashSet::from_iter",
    "HeaderFieldName::from",
    "HeaderName::from_bytes",
    "HeaderName::from_lowercase",
    "HeaderName::from_static",
    "HeaderName::from_str",
    "HeaderValue::from_bytes",
    "HeaderValue::from_static",
    "HeaderValue::from_str",
    "Into::into",
    "Method::from",
    "Method::from_bytes",
    "Method::from_str",
    "Some",
    "String::from",
    "Vec::from",
];

/// Functions that are passed to `map` by their name.
const MAPPERS: [&str; 3] = ["ToOwned::to_owned", "ToString::to_string", "str::to_string"];

/// The value without conversions, in lists too.
pub(super) fn plain(value: &Value) -> Value {
    let mut value = value;
    loop {
        match &value.kind {
            Kind::Call(Call { callee, arguments }) => match (callee, arguments.as_slice()) {
                (Callee::Method(receiver, name), []) if is_kept(name) => value = receiver,
                (Callee::Method(receiver, name), [_]) if name == "expect" => value = receiver,
                (Callee::Method(receiver, name), [mapper])
                    if name == "map" && is_identity(&mapper.value) =>
                {
                    value = receiver;
                }
                (Callee::Function(name), [only]) if keeps_argument(name) => value = &only.value,
                _ => return value.clone(),
            },
            Kind::List(entries) => {
                return Value {
                    kind: Kind::List(entries.iter().map(plain).collect()),
                    ..value.clone()
                };
            }
            _ => return value.clone(),
        }
    }
}

fn is_kept(method: &str) -> bool {
    METHODS.contains(&method) && method != "expect"
}

fn keeps_argument(function: &str) -> bool {
    let mut parts = function.rsplit("::");
    let last = parts.next().unwrap_or_default();
    let short = match parts.next() {
        Some(path) => format!("{path}::{last}"),
        None => last.to_owned(),
    };
    FUNCTIONS.contains(&short.as_str())
}

/// Whether a function returns its parameter, apart from conversions.
fn is_identity(mapper: &Value) -> bool {
    match &mapper.kind {
        Kind::Closure { parameter, body } => {
            matches!(&plain(body).kind, Kind::Name(name) if name == parameter)
        }
        Kind::Name(name) => keeps_argument(name) || MAPPERS.contains(&name.as_str()),
        _ => false,
    }
}

/// Whole seconds: a number, or `Duration::from_secs(60)`, also in an option.
pub(super) fn seconds(value: &Value) -> Option<u64> {
    let value = plain(value);
    match &value.kind {
        Kind::Integer(seconds) => Some(*seconds),
        _ => duration(&value),
    }
}

/// `Duration::from_secs(60)`, `from_mins` or `from_hours`, also multiplied by a number.
pub(super) fn duration(value: &Value) -> Option<u64> {
    let value = plain(value);
    if let Kind::Product(factors) = &value.kind {
        return match (&factors.0, &factors.1) {
            (
                duration,
                Value {
                    kind: Kind::Integer(number),
                    ..
                },
            )
            | (
                Value {
                    kind: Kind::Integer(number),
                    ..
                },
                duration,
            ) => self::duration(duration)?.checked_mul(*number),
            _ => None,
        };
    }
    let Kind::Call(Call {
        callee: Callee::Function(name),
        arguments,
    }) = &value.kind
    else {
        return None;
    };
    let [only] = arguments.as_slice() else {
        return None;
    };
    let (path, constructor) = name.rsplit_once("::")?;
    let unit = match constructor {
        "from_secs" => 1,
        "from_mins" => 60,
        "from_hours" => 3600,
        _ => return None,
    };
    match only.value.kind {
        Kind::Integer(number) if last_part(path) == Some("Duration") => number.checked_mul(unit),
        _ => None,
    }
}
