//! A configuration while it is read: what it means, in the terms of this library.

pub(crate) mod read;

use std::collections::BTreeSet;

use cors_core::Config;

use crate::problem::{Note, Problem};
use crate::{Converted, Library};

/// Who compares the method and the headers of a preflight with the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checks {
    /// The library refuses the preflight, as this one does.
    Server,
    /// The library only sends the lists.
    Browser,
}

pub(crate) struct Draft {
    /// Where the configuration is.
    pub(crate) line: usize,
    checks: Checks,
    pub(crate) meaning: Meaning,
    notes: Vec<Note>,
    pub(crate) problems: Vec<Problem>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) any_origin: bool,
    pub(crate) origins: Vec<String>,
    pub(crate) regexes: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) headers: Vec<String>,
    /// Whether every header is allowed, also with credentials.
    pub(crate) any_header: bool,
    pub(crate) exposed: Vec<String>,
    pub(crate) credentials: bool,
    pub(crate) max_age: Option<u64>,
    pub(crate) bare_success: bool,
    pub(crate) blocks_refused_origins: bool,
}

impl Draft {
    pub(crate) fn new(line: usize, checks: Checks) -> Self {
        Self {
            line,
            checks,
            meaning: Meaning::default(),
            notes: Vec::new(),
            problems: Vec::new(),
        }
    }

    pub(crate) fn note(&mut self, line: usize, message: impl Into<String>) {
        self.notes.push(Note::at(line, message));
    }

    pub(crate) fn problem(&mut self, line: usize, message: impl Into<String>) {
        self.problems.push(Problem::at(line, message));
    }

    /// Allows any origin, and drops the list.
    pub(crate) fn allow_any_origin(&mut self) {
        self.meaning.any_origin = true;
        self.meaning.origins.clear();
        self.meaning.regexes.clear();
    }

    fn finish(mut self, from: Library) -> Result<(Meaning, Vec<Note>), Vec<Problem>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        self.finish_methods();
        self.finish_headers();
        self.finish_exposed_headers();
        self.finish_max_age(from);
        self.finish_origins();
        let general = crate::peer::differences(from).iter();
        self.notes
            .extend(general.map(|message| Note::of_file(*message)));
        Ok((self.meaning, self.notes))
    }

    /// Allows every header, and drops the list.
    pub(crate) fn allow_any_header(&mut self) {
        self.meaning.any_header = true;
        self.meaning.headers.clear();
    }

    /// Replaces the list of headers.
    pub(crate) fn allow_headers(&mut self, headers: Vec<String>) {
        self.meaning.any_header = false;
        self.meaning.headers = headers;
    }

    fn finish_origins(&mut self) {
        if self.meaning.any_origin && self.meaning.credentials {
            self.note(self.line, "any page can act as your users: with credentials, any origin is an error here; list the origins in allow_origins, or set allow_credentials = false");
        }
        // Where any origin is allowed, none is refused, so nothing is blocked.
        self.meaning.blocks_refused_origins &= !self.meaning.any_origin;
    }

    fn finish_methods(&mut self) {
        let line = self.line;
        let unsendable = |method: &String| {
            ["CONNECT", "TRACE", "TRACK"].contains(&method.to_ascii_uppercase().as_str())
        };
        if self.meaning.methods.iter().any(unsendable) {
            self.meaning.methods.retain(|method| !unsendable(method));
            self.note(
                line,
                "CONNECT, TRACE and TRACK are left out: no browser sends them",
            );
        }
        let normalized = |method: &String| {
            ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]
                .contains(&method.to_ascii_uppercase().as_str())
                && method.chars().any(|c| c.is_ascii_lowercase())
        };
        if let Some(method) = self
            .meaning
            .methods
            .iter()
            .find(|method| normalized(method))
        {
            let message = format!(
                "`{method}` is in lower case, so it allowed no request; here it is upper-cased"
            );
            self.note(line, message);
        }
        let has_star = self.meaning.methods.iter().any(|method| method == "*");
        if self.checks == Checks::Browser {
            if has_star && self.meaning.credentials {
                self.meaning.methods.retain(|method| method != "*");
                self.note(line, "with credentials, browsers read the method `*` literally, so it is left out: list the methods");
            } else if has_star {
                self.note(line, "`*` in allow_methods is DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and QUERY: list other methods as well");
                return;
            }
            self.add_safelisted_methods();
        }
    }

    /// In a preflight, browsers allow these methods whatever the list says.
    fn add_safelisted_methods(&mut self) {
        let mut added = Vec::new();
        for method in ["GET", "HEAD", "POST"] {
            if !self.meaning.methods.iter().any(|listed| listed == method) {
                self.meaning.methods.push(method.to_owned());
                added.push(method);
            }
        }
        if !added.is_empty() {
            let message = format!(
                "allow_methods also has {}: browsers allow GET, HEAD and POST without the list, and here the preflight is refused without them",
                added.join(", ")
            );
            self.note(self.line, message);
        }
    }

    fn finish_headers(&mut self) {
        let line = self.line;
        let has_star = self.lists_header("*");
        self.meaning.headers.retain(|header| header != "*");
        match self.checks {
            _ if self.meaning.any_header || !has_star => {}
            Checks::Server => self.meaning.any_header = true,
            Checks::Browser if self.meaning.credentials => self.note(line, "with credentials, browsers read the header `*` literally, so it is left out: list the headers"),
            Checks::Browser => {
                if !self.lists_header("authorization") {
                    self.note(line, "`*` in allow_headers includes Authorization here; browsers do not count it as part of the header `*`");
                }
                self.meaning.any_header = true;
            }
        }
        if self.meaning.any_header {
            self.meaning.headers = vec!["*".to_owned()];
        } else if !self.lists_header("content-type") {
            self.note(line, "Content-Type is always allowed here, so pages can send JSON; without it in the list, they could not");
        }
    }

    fn lists_header(&self, name: &str) -> bool {
        self.meaning
            .headers
            .iter()
            .any(|header| header.eq_ignore_ascii_case(name))
    }

    fn finish_exposed_headers(&mut self) {
        if self.meaning.credentials && self.meaning.exposed.iter().any(|name| name == "*") {
            self.meaning.exposed.retain(|name| name != "*");
            self.note(self.line, "with credentials, browsers read `*` in the exposed headers literally, so it is left out: list the headers in expose_headers");
        }
    }

    fn finish_max_age(&mut self, from: Library) {
        if self.meaning.max_age.is_none() {
            self.meaning.max_age = Some(5);
            let message = format!(
                "{} sends no Access-Control-Max-Age, and browsers then cache a preflight for 5 seconds; the default here is 600",
                from.as_str()
            );
            self.note(self.line, message);
        }
    }
}

impl Meaning {
    fn config(&self) -> Config {
        let origins = if self.any_origin {
            vec!["*".to_owned()]
        } else {
            unique(&self.origins)
        };
        let mut config = Config::new()
            .allow_origins(origins)
            .allow_methods(unique(&self.methods))
            .allow_headers(unique(&self.headers))
            .expose_headers(unique(&self.exposed))
            .allow_credentials(self.credentials)
            .block_refused_origins(self.blocks_refused_origins)
            .preflight_status(if self.bare_success { 204 } else { 200 });
        if let Some(seconds) = self.max_age {
            config = config.max_age(seconds);
        }
        match self.regexes.as_slice() {
            [] => config,
            [only] => config.allow_origin_regex(only),
            several => {
                let several: Vec<_> = several.iter().map(|regex| format!("(?:{regex})")).collect();
                config.allow_origin_regex(several.join("|"))
            }
        }
    }
}

fn unique(texts: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut unique = texts.to_vec();
    unique.retain(|text| seen.insert(text.clone()));
    unique
}

/// A policy file has one policy, so there must be one configuration, or several that mean the same.
pub(crate) fn only(drafts: Vec<Draft>, from: Library) -> Result<Converted, Vec<Problem>> {
    let lines: Vec<usize> = drafts.iter().map(|draft| draft.line).collect();
    let mut problems = Vec::new();
    let mut read = Vec::new();
    for draft in drafts {
        match draft.finish(from) {
            Ok(finished) => read.push(finished),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut read = read.into_iter();
    let Some((meaning, notes)) = read.next() else {
        let message = format!(
            "no CORS configuration of {}: {} was not found",
            from.as_str(),
            crate::peer::searched(from)
        );
        return Err(vec![Problem::of_file(message)]);
    };
    if read.any(|(other, _)| other != meaning) {
        let message = "one of several configurations that differ: a policy file has one policy, so pass each alone";
        return Err(lines
            .into_iter()
            .map(|line| Problem::at(line, message))
            .collect());
    }
    Ok(Converted {
        config: meaning.config(),
        notes,
    })
}
