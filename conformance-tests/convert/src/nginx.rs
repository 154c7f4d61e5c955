//! `add_header` of nginx.
//!
//! A level is a block with its own `add_header`: these replace all that are inherited. A response to `OPTIONS` can come from an
//! `if` in it.

mod hidden;
mod origins;
mod tokens;

use std::rc::Rc;

use crate::draft::{Checks, Draft};
use crate::problem::Problem;
use origins::Variables;
use tokens::Directive;

const ORIGIN: &str = "access-control-allow-origin";

pub(crate) fn read(text: &str) -> Result<Vec<Draft>, Vec<Problem>> {
    let directives = tokens::parse(text).map_err(|problem| vec![problem])?;
    let mut reading = Reading {
        variables: Variables::of(&directives),
        drafts: Vec::new(),
        problems: hidden::problems(&directives),
        lost: Vec::new(),
    };
    reading.level(&directives, &Around::default());
    if let Some(draft) = reading.drafts.first_mut() {
        for line in reading.lost {
            draft.note(line, "add_header here replaces those of the block around it, so there are no CORS headers in nginx; the policy has them everywhere");
        }
    }
    if reading.problems.is_empty() {
        Ok(reading.drafts)
    } else {
        Err(reading.problems)
    }
}

struct Reading<'d> {
    variables: Variables<'d>,
    drafts: Vec<Draft>,
    problems: Vec<Problem>,
    /// Where `add_header` replaces the CORS headers of the block around it.
    lost: Vec<usize>,
}

/// What the blocks around a block give it.
#[derive(Default)]
struct Around<'d> {
    headers: Rc<[Header<'d>]>,
    has_cors: bool,
    /// Outermost first.
    blocks: Vec<&'d [Directive]>,
    /// Where a block around responds to `OPTIONS`, before this one is reached.
    responds: Option<usize>,
}

/// `add_header` of one level, and of the `if` blocks in it.
struct Level<'d> {
    line: usize,
    headers: Rc<[Header<'d>]>,
    /// Whether they are those of the block itself.
    is_own: bool,
    /// The block and those around it, outermost first.
    blocks: Vec<&'d [Directive]>,
    /// By the method that they are for.
    by_method: Vec<(String, Vec<Header<'d>>)>,
    /// The status of `return` for `OPTIONS`.
    preflight_status: Option<&'d str>,
}

#[derive(Clone)]
struct Header<'d> {
    line: usize,
    name: String,
    value: &'d str,
}

impl<'d> Reading<'d> {
    /// Reads a block and those in it, which are at most as deep as the parser allows. Returns the status for
    /// `OPTIONS` if the block has the headers of the one around it.
    fn level(&mut self, directives: &'d [Directive], around: &Around<'d>) -> Option<&'d str> {
        let own = self.headers(directives);
        let is_own = !own.is_empty();
        let mut blocks = around.blocks.clone();
        blocks.push(directives);
        let mut level = Level {
            line: own.first().map_or(1, |header| header.line),
            headers: if is_own {
                own.into()
            } else {
                Rc::clone(&around.headers)
            },
            is_own,
            blocks: blocks.clone(),
            by_method: Vec::new(),
            preflight_status: None,
        };
        let mut inner = Around {
            headers: Rc::clone(&level.headers),
            has_cors: if is_own {
                level.has_cors()
            } else {
                around.has_cors
            },
            blocks,
            responds: around.responds,
        };
        for directive in directives {
            if let ("if", Some(block)) = (directive.name.as_str(), &directive.block) {
                self.condition(&mut level, directive, block, inner.has_cors);
                if level.preflight_status.is_some() {
                    inner.responds = inner.responds.or(Some(directive.line));
                }
            }
        }
        for directive in directives {
            if let (true, Some(block)) = (directive.name != "if", &directive.block) {
                let status = self.level(block, &inner);
                level.preflight_status = level.preflight_status.or(status);
            }
        }
        self.level_drafts(&level, around);
        level.preflight_status.filter(|_| !level.has_cors())
    }

    fn level_drafts(&mut self, level: &Level<'d>, around: &Around<'d>) {
        if level.has_cors() {
            self.draft(level);
            if let (Some(line), Some(draft)) = (around.responds, self.drafts.last_mut()) {
                draft.problem(line, "the response to OPTIONS here does not have the CORS headers of the blocks inside");
            }
        } else if level.is_own && around.has_cors {
            self.lost.push(level.line);
        }
    }

    /// The `add_header` of a block.
    fn headers(&mut self, directives: &'d [Directive]) -> Vec<Header<'d>> {
        let mut headers = Vec::new();
        for directive in directives {
            let line = directive.line;
            let mentions_cors = directive
                .words
                .iter()
                .any(|word| word.to_ascii_lowercase().contains("access-control-"));
            match (directive.name.as_str(), directive.words.as_slice()) {
                ("add_header", [name, value]) => headers.push(header(line, name, value)),
                ("add_header", [name, value, always]) if always == "always" => {
                    headers.push(header(line, name, value))
                }
                (
                    "proxy_hide_header"
                    | "fastcgi_hide_header"
                    | "uwsgi_hide_header"
                    | "grpc_hide_header",
                    _,
                ) => {}
                ("add_header_inherit", _) => self
                    .problems
                    .push(Problem::at(line, "`add_header_inherit` is not read")),
                (name, _) if mentions_cors && directive.block.is_none() => {
                    self.problems.push(Problem::at(
                        line,
                        format!("`{name}` with a CORS header is not read: only `add_header` is"),
                    ));
                }
                _ => {}
            }
        }
        headers
    }

    fn condition(
        &mut self,
        level: &mut Level<'d>,
        directive: &'d Directive,
        block: &'d [Directive],
        has_cors: bool,
    ) {
        let headers = self.headers(block);
        let condition = directive.condition();
        let method = condition.strip_prefix("$request_method = ");
        match method {
            Some(method) => {
                if method == "OPTIONS" {
                    level.preflight_status = block
                        .iter()
                        .find(|directive| directive.name == "return")
                        .and_then(|directive| directive.words.first())
                        .map(String::as_str);
                }
                if !headers.is_empty() {
                    level.by_method.push((method.to_owned(), headers));
                }
            }
            None if headers.iter().any(is_cors) => {
                let message = format!(
                    "CORS headers in `if ({condition})` are not read: use a `map` of `$http_origin`"
                );
                self.problems.push(Problem::at(directive.line, message));
            }
            None if has_cors && !headers.is_empty() => self.lost.push(directive.line),
            None => {}
        }
    }

    fn draft(&mut self, level: &Level<'d>) {
        let mut draft = Draft::new(level.line, Checks::Browser);
        let preflight = level.preflight();
        let other = level.other(&mut draft);
        if draft.problems.is_empty() {
            same(&mut draft, preflight, other, ORIGIN);
            same(
                &mut draft,
                preflight,
                other,
                "access-control-allow-credentials",
            );
            self.origin(&mut draft, other, &level.blocks);
            lists(&mut draft, preflight, other);
            level.status(&mut draft);
        }
        self.drafts.push(draft);
    }

    fn origin(&self, draft: &mut Draft, headers: &[Header<'d>], blocks: &[&'d [Directive]]) {
        let Some(origin) = only(draft, headers, ORIGIN) else {
            return;
        };
        match origin.value {
            "*" | "$http_origin" | "${http_origin}" => draft.allow_any_origin(),
            "" => {}
            value if value.starts_with('$') => {
                self.variables
                    .add_origins(draft, origin.line, value, blocks)
            }
            value if value.contains('$') => draft.problem(
                origin.line,
                format!("`{value}`: an origin that is made of variables is not read"),
            ),
            value => draft.add_exact_origins(vec![(origin.line, value.to_owned())]),
        }
    }
}

impl<'d> Level<'d> {
    fn has_cors(&self) -> bool {
        let by_method = self.by_method.iter().flat_map(|(_, headers)| headers);
        let own = self.headers.iter().filter(|_| self.is_own);
        own.chain(by_method).any(is_cors)
    }

    fn of(&self, method: &str) -> Option<&[Header<'d>]> {
        let found = self.by_method.iter().find(|(name, _)| name == method);
        found.map(|(_, headers)| headers.as_slice())
    }

    fn preflight(&self) -> &[Header<'d>] {
        self.of("OPTIONS").unwrap_or(&self.headers)
    }

    /// The headers of other responses. Those for single methods must be the same.
    fn other(&self, draft: &mut Draft) -> &[Header<'d>] {
        let mut methods = self
            .by_method
            .iter()
            .filter(|(method, _)| method != "OPTIONS");
        let Some((_, headers)) = methods.next() else {
            return &self.headers;
        };
        let cors = |headers: &[Header<'d>]| {
            let mut cors: Vec<_> = headers
                .iter()
                .filter(|header| is_cors(header))
                .map(|header| (header.name.clone(), header.value))
                .collect();
            cors.sort();
            cors
        };
        if methods.any(|(_, other)| cors(other) != cors(headers)) {
            draft.problem(
                self.line,
                "the CORS headers of several methods differ, which a policy cannot express",
            );
        }
        draft.note(self.line, "in nginx, only responses to some methods have CORS headers; here every response has them");
        headers
    }

    fn status(&self, draft: &mut Draft) {
        draft.meaning.bare_success = self.preflight_status == Some("204");
        match self.preflight_status {
            None => draft.note(self.line, "nginx does not respond to OPTIONS here; this library responds to preflights itself"),
            Some(status) if status.starts_with('2') && status.len() == 3 => {}
            Some(status) => draft.problem(self.line, format!("browsers refuse a preflight with the status {status}")),
        }
    }
}

fn header<'d>(line: usize, name: &str, value: &'d str) -> Header<'d> {
    Header {
        line,
        name: name.to_ascii_lowercase(),
        value,
    }
}

fn is_cors(header: &Header<'_>) -> bool {
    header.name == ORIGIN
}

/// The line of a header, of which there must not be two.
fn only<'h, 'd>(
    draft: &mut Draft,
    headers: &'h [Header<'d>],
    name: &str,
) -> Option<&'h Header<'d>> {
    let mut found = headers.iter().filter(|header| header.name == name);
    let first = found.next();
    if let Some(second) = found.next() {
        draft.problem(
            second.line,
            format!("`{name}` is added twice, which browsers refuse or join: add it once"),
        );
    }
    first
}

/// Browsers need the same header on a preflight and on the response after it.
fn same(draft: &mut Draft, preflight: &[Header<'_>], other: &[Header<'_>], name: &str) {
    let value = |headers: &[Header<'_>]| {
        headers
            .iter()
            .find(|header| header.name == name)
            .map(|header| header.value.to_owned())
    };
    let (preflight, other) = (value(preflight), value(other));
    if preflight != other {
        let shown = |value: &Option<String>| {
            value
                .as_ref()
                .map_or_else(|| "no value".to_owned(), |value| format!("`{value}`"))
        };
        let message = format!(
            "`{name}` is {} on preflights and {} on other responses; add_header in an `if` replaces those around it: write the same in both",
            shown(&preflight),
            shown(&other)
        );
        draft.problem(draft.line, message);
    }
}

fn lists(draft: &mut Draft, preflight: &[Header<'_>], other: &[Header<'_>]) {
    draft.meaning.methods = list(draft, preflight, "access-control-allow-methods");
    match only(draft, preflight, "access-control-allow-headers") {
        Some(header) if header.value == "$http_access_control_request_headers" => {
            draft.allow_any_header()
        }
        _ => draft.meaning.headers = list(draft, preflight, "access-control-allow-headers"),
    }
    draft.meaning.exposed = list(draft, other, "access-control-expose-headers");
    if let Some(header) = only(draft, other, "access-control-allow-credentials") {
        match header.value {
            "true" => draft.meaning.credentials = true,
            value => draft.problem(
                header.line,
                format!("`access-control-allow-credentials` can only be `true`, not `{value}`"),
            ),
        }
    }
    if let Some(header) = only(draft, preflight, "access-control-max-age") {
        match header.value.parse() {
            Ok(seconds) => draft.meaning.max_age = Some(seconds),
            Err(_) => draft.problem(
                header.line,
                format!(
                    "`access-control-max-age`: `{}` is not a number of seconds",
                    header.value
                ),
            ),
        }
    }
}

fn list(draft: &mut Draft, headers: &[Header<'_>], name: &str) -> Vec<String> {
    let Some(header) = only(draft, headers, name) else {
        return Vec::new();
    };
    if header.value.contains('$') {
        draft.problem(
            header.line,
            format!("`{name}`: the variable in `{}` is not read", header.value),
        );
        return Vec::new();
    }
    let names = header.value.split(',').map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}
