#![doc = include_str!("../GUIDE.md")]

#[doc = include_str!("../COMING_FROM_ROCKET_CORS.md")]
pub mod coming_from_rocket_cors {}

#[cfg(all(feature = "serde", feature = "watch"))]
#[doc = include_str!("../POLICY_FILE.md")]
pub mod policy_file {}
