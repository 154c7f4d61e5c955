//! Policy files: `Config` in JSON, TOML, YAML and other formats of serde.

use super::Config;
use super::nearest::nearest;
use super::value::Value;
use crate::issue::{Correction, Issue, Key, Rule};
use crate::key::keys;
use serde::de::{
    self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use std::fmt;

macro_rules! is_written {
    (always $config:ident $default:ident $name:ident) => {
        true
    };
    (if_changed $config:ident $default:ident $name:ident) => {
        $config.$name != $default.$name
    };
}

macro_rules! define_serialize {
    ($(
        $(#[$doc:meta])*
        $key:ident $name:ident $getter:ident $kind:ident $default:tt $written:ident;
    )*) => {
        /// Writes all keys of Starlette except `allow_origin_regex`. Writes that key, and the others, only
        /// if they differ from their default.
        impl Serialize for Config {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let default = Config::default();
                let mut map = serializer.serialize_map(None)?;
                $(if is_written!($written self default $name) {
                    map.serialize_entry(Key::$key.as_str(), &self.$name)?;
                })*
                map.end()
            }
        }
    };
}

keys!(define_serialize);

/// A text is also read as what the key expects: `"true"`, `"300"`, a comma-separated list or a JSON array in a text. So
/// loaders that know only texts, such as those of environment variables, can be used. The key `$schema` is ignored.
///
/// Fails only if the value is not a map, or if the file is not valid in its format. [`Config::build`]
/// reports all unknown keys and wrong values.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ConfigVisitor)
    }
}

struct ConfigVisitor;

impl<'de> Visitor<'de> for ConfigVisitor {
    type Value = Config;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CORS policy: an object with keys such as `allow_origins`")
    }

    /// The text may contain a password, so the error does not quote it.
    fn visit_str<E: de::Error>(self, _: &str) -> Result<Config, E> {
        Err(E::invalid_type(Unexpected::Other("text"), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
        let mut config = Config::default();
        let mut seen = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == "$schema" {
                map.next_value::<IgnoredAny>()?; // It tells editors where the JSON Schema is.
                continue;
            }
            let Some(key) = Key::ALL.iter().copied().find(|key| key.as_str() == name) else {
                let meant = nearest_name(&name).map(|key| key.as_str().to_owned());
                let issue = Issue::unknown(&name, Rule::UnknownKey);
                let issue = issue.corrected(meant.map(Correction::RenameKey));
                config.reading.push(issue);
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if seen.contains(&key) {
                config.reading.push(Issue::new(key, "", Rule::KeyTwice));
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            seen.push(key);
            // Some writers use `null` for a regex that is not set.
            match map.next_value::<Value>()? {
                Value::Other("null") if key == Key::AllowOriginRegex => {}
                value => config.read(key, value),
            }
        }
        Ok(config)
    }
}

/// Like [`nearest`], for a name that may have the prefix of an environment variable.
fn nearest_name(name: &str) -> Option<Key> {
    let lower = name.to_ascii_lowercase();
    nearest(lower.strip_prefix("cors_").unwrap_or(&lower))
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Whole(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Whole(value.into()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Whole(value))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        Ok(Value::whole(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Other("null"))
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Other("null"))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other("an object"))
    }
}
