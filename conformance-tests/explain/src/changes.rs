//! What to change in the policy so that the script can read the response.

use std::collections::HashSet;
use std::fmt;

use browser_model::{Credentials, Fetch, Quirks, Request};
use cors_core::issue::Key;
use cors_core::{Config, Decision, HeadersRefusal, HostRefusal, MethodRefusal, OriginRefusal};
use cors_core::{Policy, PreflightRefusal};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::engines::Run;
use crate::lines::{list, value};
use crate::server::Server;
use crate::steps::requested_names;

/// The changes that were tried. Without `rest`, the response is readable with them.
#[derive(Default, Serialize)]
pub(crate) struct Changes {
    pub(crate) edits: Vec<Edit>,
    /// Why the response is still not readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rest: Option<String>,
}

/// A change of one key.
#[derive(Deserialize, Serialize)]
pub struct Edit {
    #[serde(deserialize_with = "key")]
    key: Key,
    #[serde(flatten)]
    action: Action,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    /// Add these entries to the list.
    Add(Vec<String>),
    /// Replace the value.
    Set(Value),
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Value {
    List(Vec<String>),
    Flag(bool),
}

/// Changes the policy until the response is readable, or nothing else helps.
pub(crate) fn changes(fetch: &Fetch, policy: &Policy) -> Changes {
    /// No request needs more: one each for the host, the preflight and credentials, and the last finds it readable.
    const ROUNDS: usize = 4;
    let mut changes = Changes::default();
    let mut policy = policy.clone();
    for _ in 0..ROUNDS {
        let edits = match next_edits(fetch, &Server::new(&policy)) {
            Ok(edits) if edits.is_empty() => return changes,
            Ok(edits) => edits,
            Err(rest) => {
                changes.rest = Some(rest);
                return changes;
            }
        };
        let config = edits
            .iter()
            .fold(policy.to_config(), |config, edit| edit.apply(config));
        changes.edits.extend(edits);
        match config.build() {
            Ok(changed) => policy = changed,
            Err(error) => {
                changes.rest = Some(format!(
                    "with these changes, the policy is not valid: {error}"
                ));
                return changes;
            }
        }
    }
    changes.rest = Some("these changes are not enough".to_owned());
    changes
}

/// What lets the request get one step further. Nothing if the response is readable.
fn next_edits(fetch: &Fetch, server: &Server<'_>) -> Result<Vec<Edit>, String> {
    let run = Run::of(Quirks::NONE, fetch, server);
    if run.outcome.result.is_ok() {
        return Ok(Vec::new());
    }
    let last = run.outcome.exchanges.last();
    let explained = last.and_then(|(request, _)| Some((request, server.explain(request)?)));
    let Some((request, (decision, explanation))) = explained else {
        return Err("nothing in the policy: the browser does not send this request".to_owned());
    };
    match decision {
        Decision::Misdirected(HostRefusal::NotOwn) => {
            let own = fetch.url.origin().ascii_serialization();
            Ok(vec![Edit::add(Key::OwnOrigins, [own])])
        }
        Decision::Actual(Err(OriginRefusal::NotAllowed))
        | Decision::Blocked(OriginRefusal::NotAllowed) => Ok(vec![allow_origin(fetch)?]),
        Decision::Preflight(Err(refusal)) => {
            for_preflight(fetch, request, refusal, server)?.ok_or(explanation)
        }
        Decision::Preflight(Ok(())) | Decision::Actual(Ok(()))
            if fetch.credentials == Credentials::Include =>
        {
            Ok(with_credentials(fetch, &server.policy.to_config()))
        }
        _ => Err(explanation),
    }
}

fn allow_origin(fetch: &Fetch) -> Result<Edit, String> {
    match fetch.origin.as_str() {
        "null" => Err(
            "load the page from a server: every website can have the origin `null` in a sandboxed frame, so a \
             policy that allows it trusts all of them"
                .to_owned(),
        ),
        origin => Ok(Edit::add(Key::AllowOrigins, [origin.to_owned()])),
    }
}

/// `None` if no list of the policy is the reason.
fn for_preflight(
    fetch: &Fetch,
    request: &Request,
    refusal: PreflightRefusal,
    server: &Server<'_>,
) -> Result<Option<Vec<Edit>>, String> {
    let mut edits = Vec::new();
    match refusal.origin() {
        None => {}
        Some(OriginRefusal::NotAllowed) => edits.push(allow_origin(fetch)?),
        Some(_) => return Ok(None),
    }
    match refusal.method() {
        None => {}
        Some(MethodRefusal::NotAllowed) => edits.push(allow_method(request, server)?),
        Some(_) => return Ok(None),
    }
    match refusal.headers() {
        None => {}
        Some(HeadersRefusal::NotAllowed) => {
            let is_refused = |name: &String| is_header_refused(name, request, server);
            let names = requested_names(request).into_iter().filter(is_refused);
            edits.push(Edit::add(Key::AllowHeaders, names));
        }
        Some(_) => return Ok(None),
    }
    Ok(Some(edits))
}

fn allow_method(request: &Request, server: &Server<'_>) -> Result<Edit, String> {
    let method = value(&request.headers, "access-control-request-method").unwrap_or_default();
    let config = server.policy.to_config();
    let upper = method.to_ascii_uppercase();
    let is_listed = |listed: &String| *listed == upper || listed == "*";
    let add = match config.get_allow_methods().iter().any(is_listed) {
        true => "",
        false => ", and add it to allow_methods",
    };
    // The other methods that scripts write in lower case, browsers write in upper case.
    match upper != method && (add.is_empty() || upper == "PATCH") {
        true => Err(format!(
            "write `{upper}` in the script instead of `{method}`{add}: methods are case-sensitive"
        )),
        false => Ok(Edit::add(Key::AllowMethods, [method])),
    }
}

/// Whether a preflight for this name alone is refused.
fn is_header_refused(name: &str, request: &Request, server: &Server<'_>) -> bool {
    let mut alone = request.clone();
    for (line, value) in &mut alone.headers {
        if line == "access-control-request-headers" {
            *value = name.into();
        }
    }
    let decision = server.explain(&alone).map(|(decision, _)| decision);
    matches!(decision, Some(Decision::Preflight(Err(refusal))) if refusal.headers().is_some())
}

fn with_credentials(fetch: &Fetch, config: &Config) -> Vec<Edit> {
    let is_any = config.get_allow_origins().iter().any(|entry| entry == "*");
    let origins =
        is_any.then(|| Edit::set(Key::AllowOrigins, Value::List(vec![fetch.origin.clone()])));
    let credentials = Edit::set(Key::AllowCredentials, Value::Flag(true));
    origins.into_iter().chain([credentials]).collect()
}

impl Edit {
    /// Adds entries to a list.
    pub fn add(key: Key, entries: impl IntoIterator<Item = String>) -> Self {
        let entries: Vec<_> = entries.into_iter().collect();
        Self {
            key,
            message: format!("{key}: add {}", list(&entries)),
            action: Action::Add(entries),
        }
    }

    fn set(key: Key, value: Value) -> Self {
        let message = match &value {
            Value::List(entries) => format!(
                "{key}: replace `*` by {}, because `*` does not allow credentials",
                list(entries)
            ),
            Value::Flag(flag) => format!("{key}: set `{flag}`"),
        };
        Self {
            key,
            message,
            action: Action::Set(value),
        }
    }

    /// Changes the configuration. Entries that a list has already are not added again.
    pub fn apply(&self, config: Config) -> Config {
        let entries = |old: &[String]| match &self.action {
            Action::Add(new) => {
                let known: HashSet<_> = old.iter().collect();
                let others = new.iter().filter(|entry| !known.contains(entry));
                old.iter().chain(others).cloned().collect()
            }
            Action::Set(Value::List(new)) => new.clone(),
            Action::Set(Value::Flag(_)) => old.to_vec(),
        };
        match self.key {
            Key::AllowOrigins => {
                let list = entries(config.get_allow_origins());
                config.allow_origins(list)
            }
            Key::AllowMethods => {
                let list = entries(config.get_allow_methods());
                config.allow_methods(list)
            }
            Key::AllowHeaders => {
                let list = entries(config.get_allow_headers());
                config.allow_headers(list)
            }
            Key::OwnOrigins => {
                let list = entries(config.get_own_origins());
                config.own_origins(list)
            }
            Key::ExposeHeaders => {
                let list = entries(config.get_expose_headers());
                config.expose_headers(list)
            }
            Key::AllowCredentials => match &self.action {
                Action::Set(Value::Flag(flag)) => config.allow_credentials(*flag),
                _ => config,
            },
            _ => config,
        }
    }
}

fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
    let name = String::deserialize(deserializer)?;
    let known = Key::ALL.iter().find(|key| key.as_str() == name);
    known
        .copied()
        .ok_or_else(|| de::Error::custom("not a key of a policy"))
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
