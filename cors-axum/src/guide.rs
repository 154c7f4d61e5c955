#![doc = include_str!("../GUIDE.md")]

#[doc = include_str!("../COMING_FROM_TOWER_HTTP.md")]
pub mod coming_from_tower_http {}

#[cfg(all(feature = "serde", feature = "watch"))]
#[doc = include_str!("../POLICY_FILE.md")]
pub mod policy_file {}
