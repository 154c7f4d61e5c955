//! The page of the manual about messages. Each message in it is one that `consoles.rs` compares with those of the browsers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use cors_diagnosis::{Culprit, Engine, Finding, Stack, console, diagnose};

use crate::case::Case;
use crate::culprits::table;
use crate::situations::CASES;

const PAGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../cors-core/manual/troubleshooting.md"
);

/// The rest of the page after this line is generated.
const GENERATED: &str = "<!-- The rest is generated. To write it: UPDATE_MANUAL=1 cargo test -p cors-diagnosis manual -->\n";

/// What Chromium and Firefox write before the reason, and where it ends.
const BEGINNINGS: [(&str, &str); 2] = [
    ("Access to fetch at ", "has been blocked by CORS policy: "),
    ("Cross-Origin Request Blocked: ", " (Reason"),
];

#[test]
fn the_page_about_messages_is_generated() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (by_hand, rest) = page.split_once(GENERATED).unwrap();
    let generated = Causes::new().page();
    if env::var_os("UPDATE_MANUAL").is_some() {
        fs::write(PAGE, [by_hand, GENERATED, &generated].concat()).unwrap();
    } else {
        let name = Path::new(PAGE).file_name().unwrap();
        assert!(
            rest == generated,
            "cors-core/manual/{} is not up to date: see the comment in it",
            name.display()
        );
    }
}

/// The situations in which browsers print messages, and one with each other culprit.
struct Causes {
    printed: Vec<Case>,
    others: Vec<(Case, &'static str)>,
}

impl Causes {
    fn new() -> Self {
        let at = |row: &crate::situations::Row| {
            row.at("https://app.example.com", "https://api.example.com/items")
        };
        Self {
            printed: CASES.iter().map(at).collect(),
            others: table(),
        }
    }

    fn page(&self) -> String {
        let mut page = String::new();
        for engine in Engine::ALL {
            page += &self.messages(engine);
        }
        let mut configurations = BTreeMap::new();
        let all = Culprit::ALL.iter().copied();
        let (printed, others): (Vec<_>, Vec<_>) =
            all.partition(|culprit| first(&self.printed, *culprit).is_some());
        page += "\n## Causes\n";
        for culprit in printed {
            let (case, finding) = first(&self.printed, culprit).unwrap();
            page += &section(case, &finding, &mut configurations);
        }
        let of_others = |culprit: Culprit| {
            let mut cases = self.others.iter();
            let (case, _) = cases
                .find(|(_, ids)| ids.starts_with(culprit.id()))
                .unwrap();
            (case, finding(case, culprit).unwrap())
        };
        // Chromium has a message for the local network, which depends on what the user allows.
        let (silent, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|culprit| {
            *culprit != Culprit::LocalNetwork && is_silent(of_others(*culprit).0)
        });
        page += "\n## Nothing in the console\n\nThe browser blocks nothing, but the script or the user misses something, or \
                 others can read too much.\n";
        for culprit in silent {
            let (case, finding) = of_others(culprit);
            page += &section(case, &finding, &mut configurations);
        }
        page += "\n## Other causes\n\nThe messages for these causes are among those above, or of another kind, and are not \
                 tested.\n";
        for culprit in others {
            let (case, finding) = of_others(culprit);
            page += &section(case, &finding, &mut configurations);
        }
        page
    }

    /// The messages of a browser in alphabetical order, each with its causes.
    fn messages(&self, engine: Engine) -> String {
        let mut messages = BTreeMap::<String, BTreeSet<&str>>::new();
        for case in &self.printed {
            let message = case.observe(|seen| console(seen, engine)).unwrap();
            let cause = case.observe(diagnose).remove(0).culprit.id();
            messages.entry(reason(&message)).or_default().insert(cause);
        }
        let mut rows: Vec<_> = messages.into_iter().collect();
        rows.sort_by_key(|(message, _)| message.to_lowercase());
        let mut page = format!("\n## {}\n\n| message | cause |\n|---|---|\n", engine.name());
        for (message, causes) in rows {
            assert!(!message.contains(['`', '|']), "{message}");
            let causes: Vec<_> = causes.iter().map(|id| format!("[{id}](#{id})")).collect();
            page += &format!("| `{message}` | {} |\n", causes.join(", "));
        }
        page
    }
}

/// The message without its beginning, which names the URL.
fn reason(message: &str) -> String {
    for (beginning, end) in BEGINNINGS {
        if message.starts_with(beginning)
            && let Some((_, reason)) = message.split_once(end)
        {
            return match end.trim_start().strip_prefix('(') {
                Some(start) => format!("({start}{reason}"),
                None => reason.to_owned(),
            };
        }
    }
    message.to_owned()
}

fn finding(case: &Case, culprit: Culprit) -> Option<Finding> {
    let mut findings = case.observe(diagnose).into_iter();
    findings.find(|finding| finding.culprit == culprit)
}

/// The first situation of which this is the cause.
fn first(cases: &[Case], culprit: Culprit) -> Option<(&Case, Finding)> {
    let mut cases = cases.iter();
    let of = |case| Some((case, case_cause(case).filter(|it| it.culprit == culprit)?));
    cases.find_map(of)
}

fn case_cause(case: &Case) -> Option<Finding> {
    case.observe(diagnose).into_iter().next()
}

fn is_silent(case: &Case) -> bool {
    Engine::ALL
        .iter()
        .all(|engine| case.observe(|seen| console(seen, *engine)).is_none())
}

/// A cause with its fix. A configuration is written once.
fn section(
    case: &Case,
    finding: &Finding,
    configurations: &mut BTreeMap<String, &'static str>,
) -> String {
    let id = finding.culprit.id();
    let mut section = format!("\n### {id}\n\n{}.\n\n", sentence(&finding.what));
    section += &format!("**Fix**: {}.", finding.fix);
    if let Some(page) = page_about(id) {
        section += &format!(" See [{page}].");
    }
    section += &format!(" By {}.\n", linked(&finding.standard));
    let lines = case.observe(|seen| finding.culprit.fix_for(Stack::ThisLibrary, seen));
    let Some(lines) = lines else {
        return section;
    };
    match configurations.get(&lines) {
        Some(first) => section += &format!("\nThe policy is that of [{first}](#{first}).\n"),
        None => section += &block(&lines),
    }
    configurations.entry(lines).or_insert(id);
    section
}

/// The lines as code that compiles, or as text.
fn block(lines: &str) -> String {
    if lines.contains("Config::new()") {
        let lines = lines.replace("    .build()?;", "    .build()\n    .unwrap();");
        format!("\n```rust\nuse cors_core::Config;\n\n{lines}\n```\n")
    } else if let Some(script) = lines.strip_prefix("// in the script\n") {
        format!("\nIn the script:\n\n```js\n{script}\n```\n")
    } else {
        format!("\n```text\n{lines}\n```\n")
    }
}

/// The page of the manual with more about a cause.
fn page_about(id: &str) -> Option<&'static str> {
    let pages = [
        ("preflight", "preflights"),
        ("method", "preflights"),
        ("header-not-allowed", "preflights"),
        ("wildcard", "credentials"),
        ("credentials", "credentials"),
        ("cookie", "credentials"),
        ("any-origin", "credentials"),
        ("error", "errors"),
        ("response-without", "errors"),
        ("redirect-without", "errors"),
        ("vary", "caches"),
        ("origin", "origins"),
        ("no-cors-headers", "ten-minutes"),
        ("local-network", "local-networks"),
        ("mixed-content", "local-networks"),
        ("opaque-origin", "apps"),
    ];
    let page = pages.iter().find(|(start, _)| id.starts_with(start));
    page.map(|(_, page)| *page)
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().unwrap().to_uppercase();
    first.chain(chars).collect()
}

/// `name (address)` as links.
fn linked(standard: &str) -> String {
    let steps = standard.split("): ");
    let steps = steps.map(|step| {
        let (name, address) = step.trim_end_matches(')').rsplit_once(" (").unwrap();
        format!("[{name}]({address})")
    });
    steps.collect::<Vec<_>>().join(": ")
}
