//! [the manual]: https://docs.rs/cors-decision/latest/cors_core/manual/
//! [observability]: https://docs.rs/cors-decision/latest/cors_core/observability/
//! [policy-file]: https://docs.rs/cors-warp/latest/cors_warp/guide/policy_file/
//! [recipes]: https://docs.rs/cors-decision/latest/cors_core/manual/#in-the-repository
//! [cors-testing]: https://docs.rs/cors-decision/latest/cors_core/manual/#in-the-repository
#![doc = include_str!("../GUIDE.md")]

#[doc = include_str!("../COMING_FROM_WARP_CORS.md")]
pub mod coming_from_warp_cors {}

#[cfg(all(feature = "serde", feature = "watch"))]
#[doc = include_str!("../POLICY_FILE.md")]
pub mod policy_file {}
