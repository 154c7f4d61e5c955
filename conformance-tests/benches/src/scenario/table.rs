//! The table of scenarios.

use super::Policy::{
    Any, AnyHeaders, Credentials, Headers, Labels, One, Origins, Patterns, Regex, Schemes,
};
use super::Right::{Allowed, Denied, NotCors, PreflightAllowed, PreflightDenied};
use super::{ORIGIN, Policy, Request, Right, Role, Scenario, nth_header, nth_origin, nth_scheme};
use benchmark_report::markdown::thousands;

/// The name of an ordinary preflight.
pub const PREFLIGHT: &str = "preflight, 1 method + 3 headers";
/// The name of an ordinary refusal.
pub const HEADER_DENIED: &str = "preflight, header denied";

/// The name of the attack with many header lines instead of one long value.
pub const EMPTY_LINES: &str = "1,000 empty lines";

const OTHER_ORIGIN: &str = "https://evil.example";
const ORIGIN_DENIED: Right = PreflightDenied { origin: true };
const REFUSED: Right = PreflightDenied { origin: false };

pub(super) fn all() -> Vec<Scenario> {
    let mut table = Table::default();
    table.plain();
    table.growth();
    table.attacks();
    table.worst();
    // Scenarios with the same policy must be adjacent.
    table.0.sort_by_key(|scenario| scenario.policy);
    table.0
}

#[derive(Default)]
pub(super) struct Table(Vec<Scenario>);

impl Table {
    pub(super) fn row(
        &mut self,
        name: &str,
        policy: Policy,
        request: Request,
        right: Right,
    ) -> &mut Scenario {
        self.0.push(Scenario {
            name: name.to_owned(),
            policy,
            request,
            right,
            role: Role::Plain,
        });
        self.0.last_mut().unwrap()
    }

    fn plain(&mut self) {
        let get = Request::get;
        self.row("not CORS", One, Request::new("GET", []), NotCors);
        self.row("one origin, allowed", One, get(ORIGIN), Allowed);
        self.row("one origin, denied", One, get(OTHER_ORIGIN), Denied);
        self.row("any origin", Any, get(ORIGIN), Allowed);
        // If any origin is allowed, the response does not depend on the Origin header.
        self.row(
            "any origin, malformed",
            Any,
            get("https://evil.example/"),
            Allowed,
        );
        self.row("credentials, 3 exposed", Credentials, get(ORIGIN), Allowed);
        self.row(
            "regex, allowed",
            Regex,
            get("https://app.example.org"),
            Allowed,
        );
        self.row("regex, denied", Regex, get(OTHER_ORIGIN), Denied);

        let preflight = |origin, method, third| {
            let names = format!("authorization,content-type,{third}");
            Request::preflight(origin, method, vec![names])
        };
        let (third, other) = ("x-requested-with", "x-requested-wish");
        self.row(
            PREFLIGHT,
            One,
            preflight(ORIGIN, "PUT", third),
            PreflightAllowed,
        );
        let origin = preflight(OTHER_ORIGIN, "PUT", third);
        self.row("preflight, origin denied", One, origin, ORIGIN_DENIED);
        let method = preflight(ORIGIN, "PATCH", third);
        self.row("preflight, method denied", One, method, REFUSED);
        self.row(HEADER_DENIED, One, preflight(ORIGIN, "PUT", other), REFUSED);
        let any = preflight(ORIGIN, "PUT", third);
        self.row("preflight, any headers", AnyHeaders, any, PreflightAllowed);
        let malformed = preflight(ORIGIN, "PUT", "x(y)");
        self.row(
            "preflight, any headers, malformed",
            AnyHeaders,
            malformed,
            REFUSED,
        );
        for count in [50, 500] {
            let names = (0..count).map(|n| nth_header(n).to_ascii_lowercase());
            let names = names.collect::<Vec<_>>().join(",");
            let request = Request::preflight(ORIGIN, "PUT", vec![names]);
            let name = format!("preflight, {count} headers");
            let row = self.row(&name, Headers(count), request, PreflightAllowed);
            row.role = Role::Names(count);
        }
    }

    fn growth(&mut self) {
        for size in [1, 10, 1_000, 100_000, 1_000_000] {
            // It is as long as the listed origins, so its length alone does not rule it out.
            let miss = nth_origin(0).replace("example.com", "example.org");
            for (series, origin, right) in [
                ("origins, first", nth_origin(0), Allowed),
                ("origins, last", nth_origin(size - 1), Allowed),
                ("origins, miss", miss, Denied),
            ] {
                let name = format!("{} {series}", thousands(size));
                let row = self.row(&name, Origins(size), Request::get(&origin), right);
                row.role = Role::Growth { series, size };
            }
        }
        let below = |n| nth_origin(n).replacen("://", "://app.", 1);
        for size in [1, 10, 1_000, 10_000] {
            for (series, origin, right) in [
                ("patterns, last", below(size - 1), Allowed),
                ("patterns, miss", below(9_999_999), Denied),
            ] {
                let name = format!("{} {series}", thousands(size));
                let row = self.row(&name, Patterns(size), Request::get(&origin), right);
                row.role = Role::Growth { series, size };
            }
            let label = |n| nth_origin(n).replacen('.', "-a.", 1);
            let scheme = |n| nth_scheme(n) + "://host";
            for (series, policy, origin, right) in [
                (
                    "label patterns, last",
                    Labels(size),
                    label(size - 1),
                    Allowed,
                ),
                (
                    "label patterns, miss",
                    Labels(size),
                    label(9_999_999),
                    Denied,
                ),
                ("schemes, last", Schemes(size), scheme(size - 1), Allowed),
                ("schemes, miss", Schemes(size), scheme(9_999_999), Denied),
            ] {
                let name = format!("{} {series}", thousands(size));
                let row = self.row(&name, policy, Request::get(&origin), right);
                row.role = Role::Growth { series, size };
            }
        }
    }

    fn attacks(&mut self) {
        for bytes in [16 * 1024, 64 * 1024] {
            let letters = || Request::get(&"a".repeat(bytes));
            let labels = || Request::get(&format!("https://{}example.org", "a.".repeat(bytes / 2)));
            for (kind, policy, request, right, benign) in [
                (
                    "origin of one letter",
                    One,
                    letters(),
                    Denied,
                    "one origin, denied",
                ),
                (
                    "origin of labels",
                    One,
                    labels(),
                    Denied,
                    "one origin, denied",
                ),
                (
                    "labels, a list",
                    Origins(10),
                    labels(),
                    Denied,
                    "10 origins, miss",
                ),
                (
                    "labels, label patterns",
                    Labels(10),
                    labels(),
                    Denied,
                    "10 label patterns, miss",
                ),
                (
                    "labels, patterns",
                    Patterns(10),
                    labels(),
                    Denied,
                    "10 patterns, miss",
                ),
                ("labels, a regex", Regex, labels(), Denied, "regex, denied"),
                (
                    "labels, any origin",
                    Any,
                    labels(),
                    Allowed,
                    "any origin, malformed",
                ),
            ] {
                self.attack(kind, bytes, policy, request, right, benign);
            }
            let method = Request::preflight(ORIGIN, &"P".repeat(bytes), Vec::new());
            self.attack(
                "request-method",
                bytes,
                One,
                method,
                REFUSED,
                "preflight, method denied",
            );

            let distinct = (0..bytes / 8).map(|n| format!("x{n:06}"));
            let distinct = distinct.collect::<Vec<_>>().join(",");
            let malformed = "preflight, any headers, malformed";
            for (kind, policy, names, benign) in [
                ("commas", One, ",".repeat(bytes), HEADER_DENIED),
                ("blanks", One, ", ".repeat(bytes / 2), HEADER_DENIED),
                ("one junk name", One, "x".repeat(bytes), HEADER_DENIED),
                (
                    "a name repeated",
                    One,
                    "content-type,".repeat(bytes / 13),
                    HEADER_DENIED,
                ),
                ("distinct names", One, distinct, HEADER_DENIED),
                (
                    "commas, any header",
                    AnyHeaders,
                    ",".repeat(bytes),
                    malformed,
                ),
                (
                    "one junk name, any header",
                    AnyHeaders,
                    "x".repeat(bytes),
                    malformed,
                ),
            ] {
                let request = Request::preflight(ORIGIN, "PUT", vec![names]);
                self.attack(kind, bytes, policy, request, REFUSED, benign);
            }
        }
        let lines = Request::preflight(ORIGIN, "PUT", vec![String::new(); 1_000]);
        self.row(EMPTY_LINES, One, lines, REFUSED).role = Role::Attack {
            kind: EMPTY_LINES,
            bytes: 0,
            benign: HEADER_DENIED,
        };
    }

    fn attack(
        &mut self,
        kind: &'static str,
        bytes: usize,
        policy: Policy,
        request: Request,
        right: Right,
        benign: &'static str,
    ) {
        let name = format!("{kind}, {} KiB", bytes / 1024);
        self.row(&name, policy, request, right).role = Role::Attack {
            kind,
            bytes,
            benign,
        };
    }
}
