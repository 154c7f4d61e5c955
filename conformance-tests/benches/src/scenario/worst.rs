//! Requests within all bounds that are as expensive as possible, each with an ordinary request for the
//! same policy.

use super::Policy::{
    AnyHeaders, AnyHeadersCredentials, AnyPort, Headers, Hosts, Labels, One, Patterns,
    RegexOfAnything, Rules,
};
use super::Right::{Allowed, Denied, PreflightAllowed, PreflightDenied};
use super::table::{PREFLIGHT, Table};
use super::{ORIGIN, Policy, Request, Right, Role, nth_header, nth_host, nth_prefix};
use benchmark_report::markdown::thousands;

/// The factor for the same names in another order, case or spacing.
const SAME_NAMES: f64 = 1.5;
/// The factor for everything else.
const ANYTHING: f64 = 3.0;
const REFUSED: Right = PreflightDenied { origin: false };

/// How many bytes of requested names one line may have.
fn byte_bound(policy: Policy) -> usize {
    let names = policy.header_names();
    match names.as_slice() {
        [any] if any == "*" => 2_048 - 16,
        names => 256 - 16 + 2 * all_names(names).map(|name| name.len() + 2).sum::<usize>(),
    }
}

/// How many names one line may have, with the empty ones.
fn element_bound(policy: Policy) -> usize {
    let names = policy.header_names();
    match names.as_slice() {
        [any] if any == "*" => 64,
        names => 16 + 2 * all_names(names).count(),
    }
}

fn all_names(names: &[String]) -> impl Iterator<Item = &str> {
    let safelisted = [
        "accept",
        "accept-language",
        "content-language",
        "content-type",
    ];
    let listed = names.iter().map(String::as_str);
    let others = safelisted.into_iter();
    listed
        .clone()
        .chain(others.filter(move |one| !listed.clone().any(|name| name == *one)))
}

/// `text` as often as it fits into this many bytes.
fn filled(text: &str, bytes: usize) -> String {
    text.repeat(bytes / text.len())
}

/// An order without a pattern, the same in every run.
fn shuffled(mut names: Vec<String>) -> Vec<String> {
    let mut state = 1_u64;
    for last in (1..names.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        names.swap(last, (state >> 33) as usize % (last + 1));
    }
    names
}

impl Table {
    pub(super) fn worst(&mut self) {
        self.listed(One, PREFLIGHT);
        self.listed(Headers(50), "preflight, 50 headers");
        self.listed(Headers(500), "preflight, 500 headers");
        self.any_headers(AnyHeaders, "any headers");
        self.any_headers(AnyHeadersCredentials, "any headers, credentials");
        self.origins();
        self.responses();
        self.rules();
        self.hosts();
    }

    fn twin(
        &mut self,
        name: String,
        policy: Policy,
        request: Request,
        right: Right,
        benign: &str,
        factor: f64,
    ) {
        self.row(&name, policy, request, right).role = Role::Twin {
            benign: benign.to_owned(),
            factor,
        };
    }

    fn listed(&mut self, policy: Policy, benign: &str) {
        let preflight = |lines| Request::preflight(ORIGIN, "PUT", lines);
        let names = policy.header_names();
        let reversed: Vec<String> = names.iter().rev().cloned().collect();
        let upper: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
        let shuffled_upper = shuffled(upper.clone());
        let count = names.len();
        for (what, names) in [
            ("in reverse order", reversed.join(",")),
            ("shuffled", shuffled(names.clone()).join(",")),
            ("in upper case", upper.join(",")),
            ("with a blank after each comma", names.join(", ")),
            ("with a blank on both sides", names.join(" , ")),
            (
                "shuffled, in upper case, with blanks",
                shuffled_upper.join(", "),
            ),
        ] {
            let (name, request) = (format!("{count} names {what}"), preflight(vec![names]));
            self.twin(name, policy, request, PreflightAllowed, benign, SAME_NAMES);
        }

        let (bytes, elements) = (byte_bound(policy), element_bound(policy));
        let (first, last) = (&names[0], &names[count - 1]);
        let twice = |names: &[String]| [names, names].concat();
        let evens: Vec<String> = names.iter().step_by(2).cloned().collect();
        let evens = vec![evens; 4].concat();
        let blanks = |blank: &str| {
            let room = bytes - first.len() - last.len() - 1;
            format!("{first}{},{last}", filled(blank, room))
        };
        let one_off = format!("{},{}~", names.join(","), &last[..last.len() - 1]);
        let fits = |name: &str| (bytes / (name.len() + 1)).min(elements);
        for (what, lines, right) in [
            (
                "commas, all elements",
                vec![",".repeat(elements - 1)],
                PreflightAllowed,
            ),
            ("commas, all bytes", vec![",".repeat(bytes)], REFUSED),
            ("blanks, all bytes", vec![blanks(" ")], PreflightAllowed),
            (
                "blanks and tabs, all bytes",
                vec![blanks("\t ")],
                PreflightAllowed,
            ),
            (
                "first name repeated",
                vec![vec![first.as_str(); fits(first)].join(",")],
                PreflightAllowed,
            ),
            (
                "last name repeated",
                vec![vec![last.as_str(); fits(last)].join(",")],
                PreflightAllowed,
            ),
            (
                "every second name, four times",
                vec![evens.join(",")],
                PreflightAllowed,
            ),
            (
                "all names twice, shuffled",
                vec![shuffled(twice(&names)).join(",")],
                PreflightAllowed,
            ),
            (
                "all names twice, shuffled, in upper case",
                vec![shuffled(twice(&upper)).join(",")],
                PreflightAllowed,
            ),
            (
                "all names, and one that differs at its end",
                vec![one_off],
                REFUSED,
            ),
            ("a line for each name", names.clone(), PreflightAllowed),
            (
                "empty lines, all bytes",
                vec![String::new(); (bytes + 16) / 16],
                if (bytes + 16) / 16 <= elements {
                    PreflightAllowed
                } else {
                    REFUSED
                },
            ),
        ] {
            let (name, request) = (format!("{count} allowed, {what}"), preflight(lines));
            self.twin(name, policy, request, right, benign, ANYTHING);
        }
    }

    fn any_headers(&mut self, policy: Policy, kind: &str) {
        let preflight = |lines| Request::preflight(ORIGIN, "PUT", lines);
        let names = || (0..50).map(|n| nth_header(n).to_ascii_lowercase());
        let ordinary = |separator: &str| names().collect::<Vec<_>>().join(separator);
        let benign = format!("{kind}, 50 names");
        self.row(
            &benign,
            policy,
            preflight(vec![ordinary(",")]),
            PreflightAllowed,
        );
        let (bytes, elements) = (byte_bound(policy), element_bound(policy));
        let long = |letter: &str| letter.repeat(bytes / elements - 1);
        let all_long = |letter: &str, separator: &str| vec![long(letter); elements].join(separator);
        for (what, lines, right) in [
            (
                "a blank after each comma",
                vec![ordinary(", ")],
                PreflightAllowed,
            ),
            (
                "in upper case",
                vec![ordinary(",").to_uppercase()],
                PreflightAllowed,
            ),
            (
                "one name, all bytes",
                vec!["x".repeat(bytes)],
                PreflightAllowed,
            ),
            (
                "one name of symbols, all bytes",
                vec!["~".repeat(bytes)],
                PreflightAllowed,
            ),
            (
                "one-letter names, all elements",
                vec![vec!["x"; elements].join(",")],
                PreflightAllowed,
            ),
            (
                "one-letter names, all bytes",
                vec![filled("x,", bytes)],
                REFUSED,
            ),
            (
                "long names, all bytes",
                vec![all_long("x", ",")],
                PreflightAllowed,
            ),
            (
                "long names, blanks, all bytes",
                vec![vec![&long("X")[1..]; elements].join(", ")],
                PreflightAllowed,
            ),
            (
                "commas, all elements",
                vec![",".repeat(elements - 1)],
                PreflightAllowed,
            ),
            ("commas, all bytes", vec![",".repeat(bytes)], REFUSED),
            (
                "white space, all bytes",
                vec![format!("x{},x", " ".repeat(bytes - 3))],
                REFUSED,
            ),
            (
                "as much white space as allowed",
                vec![format!("{},{}x", "x".repeat(bytes - 130), "\t ".repeat(64))],
                PreflightAllowed,
            ),
            (
                "a blank in a name at the end, all bytes",
                vec![format!("{} x", "x".repeat(bytes - 2))],
                REFUSED,
            ),
            (
                "malformed at the end, all bytes",
                vec![format!("{}(", "x".repeat(bytes - 1))],
                REFUSED,
            ),
            (
                "a line for each name",
                vec!["x".to_owned(); elements],
                PreflightAllowed,
            ),
            (
                "empty lines, all elements",
                vec![String::new(); elements],
                PreflightAllowed,
            ),
        ] {
            let (name, request) = (format!("{kind}, {what}"), preflight(lines));
            self.twin(name, policy, request, right, &benign, ANYTHING);
        }
    }

    fn origins(&mut self) {
        // 253 bytes, the longest host.
        let labels = |end: &str| format!("https://{}{end}", "a.".repeat((253 - end.len()) / 2));
        let any_port = |host: &str| Request::get(&format!("https://{host}:8443"));
        let benign = "10 any-port patterns, miss";
        self.row(
            benign,
            AnyPort(10),
            any_port("app.0000011.example.com"),
            Denied,
        );
        let one = Request::get("https://app.example.org");
        self.row("regex of anything, allowed", RegexOfAnything, one, Allowed);
        for (what, policy, request, right, benign) in [
            (
                "10 patterns, 119 labels",
                Patterns(10),
                Request::get(&labels("0000011.example.com")),
                Denied,
                "10 patterns, miss",
            ),
            (
                "10 patterns, 119 labels, hit",
                Patterns(10),
                Request::get(&labels("0000001.example.com")),
                Allowed,
                "10 patterns, last",
            ),
            (
                "10 patterns, one long label",
                Patterns(10),
                Request::get(&format!("https://{}.0000011.example.com", "a".repeat(63))),
                Denied,
                "10 patterns, miss",
            ),
            (
                "10 any-port patterns, 119 labels",
                AnyPort(10),
                any_port(&labels("0000011.example.com")["https://".len()..]),
                Denied,
                benign,
            ),
            (
                "10 label patterns, one long label",
                Labels(10),
                Request::get(&format!("https://0000011-{}.example.com", "a".repeat(55))),
                Denied,
                "10 label patterns, miss",
            ),
            (
                "10 label patterns, 119 labels",
                Labels(10),
                Request::get(&labels("example.com")),
                Denied,
                "10 label patterns, miss",
            ),
            (
                "10 label patterns, long labels, malformed at the end",
                Labels(10),
                Request::get(&format!(
                    "https://0000011-{}.{}.example.co%m",
                    "a".repeat(33),
                    "0".repeat(180)
                )),
                Denied,
                "10 label patterns, miss",
            ),
            (
                "regex of anything, 119 labels",
                RegexOfAnything,
                Request::get(&labels("example.org")),
                Allowed,
                "regex of anything, allowed",
            ),
            (
                "regex of anything, long labels, upper case at the end",
                RegexOfAnything,
                Request::get(&format!(
                    "https://{}{}Z.example.org",
                    format!("{}.", "a".repeat(59)).repeat(3),
                    "a".repeat(58)
                )),
                Denied,
                "regex of anything, allowed",
            ),
            (
                "regex of anything, long labels",
                RegexOfAnything,
                Request::get(&format!(
                    "https://{}example.org",
                    format!("{}.", "a".repeat(59)).repeat(4)
                )),
                Allowed,
                "regex of anything, allowed",
            ),
        ] {
            self.twin(what.to_owned(), policy, request, right, benign, ANYTHING);
        }
    }

    fn responses(&mut self) {
        for count in [10, 50, 100] {
            for (who, origin, right) in [
                ("", ORIGIN, Allowed),
                (", denied", "https://evil.example", Denied),
            ] {
                let request = Request::get(origin).at(format!("/own/{count}"));
                let name = format!("{count} headers of the application{who}");
                self.row(&name, One, request, right).role = Role::OwnHeaders(count);
            }
        }
        let vary = |count: usize| Request::get(ORIGIN).at(format!("/vary/{count}"));
        let benign = "1 `Vary` line of the application";
        self.row(benign, One, vary(1), Allowed);
        for count in [32, 1_000] {
            let name = format!("{} `Vary` lines of the application", thousands(count));
            self.twin(name, One, vary(count), Allowed, benign, ANYTHING);
        }
    }

    fn rules(&mut self) {
        let short = || nth_prefix(0) + "/users";
        let preflight = |path: String| {
            let names = "authorization,content-type,x-requested-with".to_owned();
            Request::preflight(ORIGIN, "PUT", vec![names]).at(path)
        };
        for count in [1, 10] {
            self.row(
                &rules_by_path(count),
                Rules(count),
                preflight(short()),
                PreflightAllowed,
            );
        }
        for count in [1_000, 100_000] {
            let request = preflight(short());
            self.twin(
                rules_by_path(count),
                Rules(count),
                request,
                PreflightAllowed,
                &rules_by_path(10),
                1.3,
            );
        }
        for count in [10, 100] {
            // A longer path is not read, and refused.
            const LONG: usize = 60 * 1024;
            for (what, part, bytes, right) in [
                (
                    "4,000 bytes of segments",
                    "/aaaaaaa",
                    4_000,
                    PreflightAllowed,
                ),
                ("700 bytes of escapes", "%E3%81%82", 700, PreflightAllowed),
                ("60 KiB of segments", "/aaaaaaa", LONG, REFUSED),
                ("60 KiB of slashes", "/", LONG, REFUSED),
                ("60 KiB of dots", "/.", LONG, REFUSED),
                ("60 KiB of escapes", "%61", LONG, REFUSED),
                ("60 KiB in one segment", "a", LONG, REFUSED),
            ] {
                let path = nth_prefix(0) + "/" + &filled(part, bytes);
                let name = rules_by_path(count) + ", " + what;
                self.twin(
                    name,
                    Rules(count),
                    preflight(path),
                    right,
                    &rules_by_path(10),
                    ANYTHING,
                );
            }
        }
    }

    fn hosts(&mut self) {
        let to = |host: &str| {
            let names = "authorization,content-type,x-requested-with".to_owned();
            Request::preflight(ORIGIN, "PUT", vec![names]).with_host(host.to_owned())
        };
        let first = nth_host(0);
        for count in [1, 10] {
            self.row(&hosts(count), Hosts(count), to(&first), PreflightAllowed);
        }
        for count in [1_000, 100_000] {
            self.twin(
                hosts(count),
                Hosts(count),
                to(&first),
                PreflightAllowed,
                &hosts(10),
                1.3,
            );
        }
        for (what, host, right) in [
            (
                "upper case and port",
                first.to_uppercase() + ":8443",
                PreflightAllowed,
            ),
            ("a dot at the end", first.clone() + ".", REFUSED),
            (
                "253 bytes in the host",
                filled("a.", 252) + "a",
                PreflightAllowed,
            ),
            ("60 KiB in the host", filled("a.", 60 * 1024), REFUSED),
        ] {
            let name = hosts(100_000) + ", " + what;
            self.twin(name, Hosts(100_000), to(&host), right, &hosts(10), ANYTHING);
        }
    }
}

fn hosts(count: usize) -> String {
    format!("{} hosts", thousands(count))
}

fn rules_by_path(count: usize) -> String {
    format!("{} rules by path", thousands(count))
}
