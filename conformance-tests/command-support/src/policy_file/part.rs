//! A policy that is a table in a larger file.

use std::fmt;

use cors_core::Config;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

/// Reads the object at `key`, such as `server.cors`. The other parts of the file may be anything. `None` if
/// there is no such object.
///
/// The object is read directly, not by way of a `serde_json::Value`, which has lost keys that are
/// written twice.
pub(super) fn from_json(text: &str, key: &str) -> Result<Option<Config>, serde_json::Error> {
    let names: Vec<&str> = key.split('.').collect();
    let mut json = serde_json::Deserializer::from_str(text);
    let part = Part { key, names: &names };
    let found = part.deserialize(&mut json)?;
    json.end()?;
    Ok(found)
}

/// The rest of the way to the table.
#[derive(Clone, Copy)]
struct Part<'a> {
    key: &'a str,
    names: &'a [&'a str],
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Option<Config>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.names.is_empty() {
            return serde::Deserialize::deserialize(deserializer).map(Some);
        }
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Option<Config>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object on the way to `{}`", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<String>()? {
            match self.names.split_first() {
                Some((first, names)) if *first == name => {
                    let inner = map.next_value_seed(Self { names, ..self })?;
                    if found.is_some() && inner.is_some() {
                        let key = self.key;
                        return Err(A::Error::custom(format_args!("`{key}` is written twice")));
                    }
                    found = found.or(inner);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}
