//! Differences as data, for tools.

use super::difference::{Change, Difference, PolicyDiff};
use super::permission::Permission;
use serde::ser::{Serialize, SerializeMap, Serializer};

impl Serialize for PolicyDiff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.differences())
    }
}

/// One flat object: what it is, the case of it, and the sentence.
impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("change", &self.change())?;
        if let Some(host) = self.host() {
            out.serialize_entry("host", host)?;
        }
        if let Some(prefix) = self.prefix() {
            out.serialize_entry("prefix", prefix)?;
        }
        out.serialize_entry("permission", self.permission().id())?;
        serialize_fields(self.permission(), &mut out)?;
        out.serialize_entry("message", &self.to_string())?;
        out.end()
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

macro_rules! serialize_fields {
    ($($variant:ident { $($field:ident),+ })*) => {
        fn serialize_fields<M: SerializeMap>(permission: &Permission, out: &mut M) -> Result<(), M::Error> {
            match permission {
                $(Permission::$variant { $($field),+ } => {
                    $(out.serialize_entry(stringify!($field), $field)?;)+
                })*
            }
            Ok(())
        }
    };
}

serialize_fields! {
    Read { origin, entry, more }
    UseCredentials { origin }
    SendMethod { origin, method }
    SendHeader { origin, method, header, entry }
    SendHeadersAtOnce { origin, method, headers }
    SendAfterPreflight { origin, method, preflight_method }
    ReadHeader { origin, header, entry }
    ReadTiming { origin }
    Reach { origin }
    ReachAsOwn { origin, url }
    ReachHost { url }
}
