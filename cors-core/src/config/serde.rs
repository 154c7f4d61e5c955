//! `Config` in JSON, TOML, YAML: the same keys, lists as lists.

use super::Config;
use super::read::Value;
use crate::issue::{Issue, Key, Rule};
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use std::fmt;

/// All keys of Starlette, and of the others those that are not at their defaults.
impl Serialize for Config {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(Key::AllowOrigins.as_str(), &self.allow_origins)?;
        if let Some(regex) = &self.allow_origin_regex {
            map.serialize_entry(Key::AllowOriginRegex.as_str(), regex)?;
        }
        map.serialize_entry(Key::AllowMethods.as_str(), &self.allow_methods)?;
        map.serialize_entry(Key::AllowHeaders.as_str(), &self.allow_headers)?;
        map.serialize_entry(Key::AllowCredentials.as_str(), &self.allow_credentials)?;
        map.serialize_entry(Key::ExposeHeaders.as_str(), &self.expose_headers)?;
        map.serialize_entry(Key::MaxAge.as_str(), &self.max_age)?;
        if self.preflight_status != 200 {
            map.serialize_entry(Key::PreflightStatus.as_str(), &self.preflight_status)?;
        }
        for (key, flag) in [
            (Key::Diagnostics, self.diagnostics),
            (Key::BlockRefusedOrigins, self.block_refused_origins),
            (
                Key::DangerouslyAllowCredentialsOnPublicSuffixes,
                self.dangerously_allow_credentials_on_public_suffixes,
            ),
            (
                Key::DangerouslyAllowCredentialsWithBroadRegex,
                self.dangerously_allow_credentials_with_broad_regex,
            ),
        ] {
            if flag {
                map.serialize_entry(key.as_str(), &true)?;
            }
        }
        map.end()
    }
}

/// Fails only if there is no map, or the format itself is broken. Unknown keys and wrong values are
/// reported by [`Config::build`], all of them, not the first.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ConfigVisitor)
    }
}

struct ConfigVisitor;

impl<'de> Visitor<'de> for ConfigVisitor {
    type Value = Config;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CORS policy, an object of keys such as `allow_origins`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
        let mut config = Config::default();
        let mut seen = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let Some(key) = Key::ALL.iter().copied().find(|key| key.as_str() == name) else {
                config.read_unknown(&name, Rule::UnknownKey, |key| key.as_str().to_owned());
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if seen.contains(&key) {
                config.unreadable.push(Issue::new(key, "", Rule::KeyTwice));
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            seen.push(key);
            // `null` is how some writers say that there is no regex.
            match map.next_value::<Value>()? {
                Value::Other("null") if key == Key::AllowOriginRegex => {}
                value => config.read(key, value),
            }
        }
        Ok(config)
    }
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
        Ok(Value::Whole(i128::try_from(value).unwrap_or(i128::MAX)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
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
