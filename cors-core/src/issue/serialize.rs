//! Issues as data, for tools.

use super::{Correction, Issue, Key, Rule, Severity};
use serde::ser::{Serialize, SerializeMap as _, SerializeStruct as _, Serializer};

impl Serialize for Issue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = 7 + usize::from(self.variable.is_some());
        let mut out = serializer.serialize_struct("Issue", fields)?;
        out.serialize_field("severity", &self.severity())?;
        out.serialize_field("key", &self.key)?;
        out.serialize_field("index", &self.index)?;
        match &self.variable {
            Some(name) => out.serialize_field("variable", name)?,
            None => out.skip_field("variable")?,
        }
        out.serialize_field("text", &self.text)?;
        out.serialize_field("rule", &self.rule)?;
        out.serialize_field("message", &self.message())?;
        out.serialize_field("correction", &self.correction)?;
        out.end()
    }
}

impl Serialize for Correction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let one = |serializer: S, key, value: &str| {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(key, value)?;
            map.end()
        };
        match self {
            Self::Replace(text) => one(serializer, "replace", text),
            Self::Entry(entry) => one(serializer, "entry", entry),
            Self::RenameKey(key) => one(serializer, "rename_key", key),
            Self::Remove => serializer.serialize_str("remove"),
            Self::Split(entries) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("split", entries)?;
                map.end()
            }
        }
    }
}

macro_rules! as_text {
    ($($type:ty: $text:ident,)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.$text())
            }
        }
    )*};
}
as_text! { Key: as_str, Severity: as_str, Rule: id, }
