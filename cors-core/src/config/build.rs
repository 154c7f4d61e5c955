//! Checks a configuration and makes the policy. Every rule is checked here, once.
//!
//! Each part returns what it could build, and reports issues. The parts are used only if there is no
//! error.

mod change;
mod origins;
mod own_origins;
mod regex;
mod report;
mod token_corrections;
mod tokens;

use super::Config;
use super::error::ConfigError;
use crate::issue::{Correction, Issue, Key, Rule};
use crate::policy::Policy;
use report::Report;

impl Config {
    /// Checks the configuration and makes the policy.
    ///
    /// # Errors
    ///
    /// Returns all errors and warnings, not only the first. If anything is an error, no policy is built.
    pub fn build(self) -> Result<Policy, ConfigError> {
        // Without `..`, a new key does not compile until it is checked and used here.
        let Self {
            allow_origins,
            allow_origin_regex,
            allow_methods,
            allow_headers,
            allow_credentials,
            expose_headers,
            max_age,
            preflight_status,
            diagnostics,
            block_refused_origins,
            own_origins,
            timing_allow_origin,
            dangerously_allow_credentials_on_public_suffixes,
            dangerously_allow_credentials_with_any_app,
            dangerously_allow_credentials_with_broad_regex,
            reading,
        } = self;
        let mut report = Report::new(reading);
        let origins = origins::Origins {
            entries: &allow_origins,
            regex: allow_origin_regex.as_deref(),
            credentials: allow_credentials,
            on_public_suffixes: dangerously_allow_credentials_on_public_suffixes,
            with_any_app: dangerously_allow_credentials_with_any_app,
            with_broad_regex: dangerously_allow_credentials_with_broad_regex,
            has_own_origins: !own_origins.is_empty(),
        };
        let access = origins.build(&mut report);
        let own_origins = own_origins::own_origins(&own_origins, &mut report);
        let methods = tokens::methods(&allow_methods, &mut report);
        let headers = tokens::allowed_headers(&allow_headers, &mut report);
        let exposed = tokens::exposed_headers(&expose_headers, allow_credentials, &mut report);
        check_max_age(max_age, &mut report);
        check_preflight_status(preflight_status, &mut report);
        let warnings = report.finish()?;
        Ok(Policy {
            access,
            methods,
            headers,
            exposed,
            max_age,
            bare_success: preflight_status == 204,
            diagnostics,
            block_refused_origins,
            ambiguity: None,
            own_origins: own_origins.map(Box::new),
            timing_allow_origin,
            on_public_suffixes: dangerously_allow_credentials_on_public_suffixes,
            with_any_app: dangerously_allow_credentials_with_any_app,
            with_broad_regex: dangerously_allow_credentials_with_broad_regex,
            warnings,
        })
    }

    /// Like [`build`](Self::build), but every warning is an error.
    ///
    /// # Errors
    ///
    /// Returns all errors and warnings.
    pub fn build_strict(self) -> Result<Policy, ConfigError> {
        let policy = self.build()?;
        if policy.warnings().is_empty() {
            Ok(policy)
        } else {
            Err(ConfigError::new(policy.warnings))
        }
    }
}

fn check_max_age(seconds: u64, report: &mut Report) {
    // The default is the lowest cap, that of WebKit.
    if seconds > 600 {
        let issue = Issue::new(Key::MaxAge, seconds.to_string(), Rule::MaxAgeCapped);
        report.add(issue.detail("WebKit at 600 seconds, Chromium at 7200, Firefox at 86400"));
    }
}

fn check_preflight_status(status: u16, report: &mut Report) {
    if !matches!(status, 200 | 204) {
        let rule = Rule::PreflightStatus;
        let issue = Issue::new(Key::PreflightStatus, status.to_string(), rule);
        report.add(issue.corrected(Correction::Replace("200".to_owned())));
    }
}
