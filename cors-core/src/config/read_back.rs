//! Converts a policy back to a configuration.

use super::Config;
use super::reading::Reading;
use crate::method;
use crate::policy::{Access, Exposed, Policy};
use crate::requested_headers::AllowedHeaders;

impl Policy {
    /// The configuration in its normal form. Origins are sorted, without duplicates and without
    /// entries that another one covers. Methods are spelled out. Safelisted headers are omitted.
    ///
    /// Building this configuration gives an equal policy.
    pub fn to_config(&self) -> Config {
        let (allow_origins, allow_origin_regex) = match &self.access {
            Access::AnyOrigin => (vec!["*".to_owned()], None),
            Access::Listed(listed) => (
                listed.origins.to_list(),
                listed.origins.regex_source().map(str::to_owned),
            ),
        };
        let allow_methods = if self.methods == method::STANDARD {
            vec!["*".to_owned()]
        } else {
            self.methods.clone()
        };
        let allow_headers = match &self.headers {
            AllowedHeaders::Any => vec!["*".to_owned()],
            AllowedHeaders::Listed(listed) => listed.configured().map(str::to_owned).collect(),
        };
        let expose_headers = match &self.exposed {
            Exposed::Any => vec!["*".to_owned()],
            Exposed::Listed(names) => names.clone(),
        };
        Config {
            allow_origins,
            allow_origin_regex,
            allow_methods,
            allow_headers,
            allow_credentials: self.allows_credentials(),
            expose_headers,
            max_age: self.max_age,
            preflight_status: if self.bare_success { 204 } else { 200 },
            diagnostics: self.diagnostics,
            block_refused_origins: self.block_refused_origins,
            own_origins: self
                .own_origins
                .as_ref()
                .map_or_else(Vec::new, |own| own.set().to_list()),
            timing_allow_origin: self.timing_allow_origin,
            dangerously_allow_credentials_on_public_suffixes: self.on_public_suffixes,
            dangerously_allow_credentials_with_any_app: self.with_any_app,
            dangerously_allow_credentials_with_broad_regex: self.with_broad_regex,
            reading: Reading::default(),
        }
    }
}
