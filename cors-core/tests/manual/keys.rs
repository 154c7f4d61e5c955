//! The page about keys, from the table of keys and from the entries.

use crate::entries::{Entry, entries};
use crate::folder;
use cors_core::issue::{Issue, Key, ValueKind};
use cors_core::{Config, Policy};
use std::fs;

/// The rest of the page after this line is generated.
const GENERATED: &str = "<!-- The rest is generated. To write it: UPDATE_MANUAL=1 cargo test -p cors-decision --all-features \
                         --test manual -->\n";

#[test]
fn the_page_about_keys_is_generated() {
    let path = folder().join("keys.md");
    let page = fs::read_to_string(&path).unwrap();
    let (by_hand, rest) = page.split_once(GENERATED).unwrap();
    let generated = page_of_keys();
    if std::env::var_os("UPDATE_MANUAL").is_some() {
        fs::write(path, [by_hand, GENERATED, &generated].concat()).unwrap();
    } else {
        assert!(
            rest == generated,
            "cors-core/manual/keys.md is not up to date: see the comment in it"
        );
    }
}

/// A value of each key, as in a policy file.
fn example(key: Key) -> &'static str {
    match key {
        Key::AllowOrigins => r#"["https://app.example.com", "https://*.example.org"]"#,
        Key::AllowOriginRegex => r#""https://pr-[0-9]+\\.example\\.dev""#,
        Key::AllowMethods => r#"["GET", "POST", "PUT"]"#,
        Key::AllowHeaders => r#"["Authorization", "X-Trace"]"#,
        Key::ExposeHeaders => r#"["X-Total"]"#,
        Key::OwnOrigins => r#"["https://api.example.com"]"#,
        Key::MaxAge => "300",
        Key::PreflightStatus => "204",
        _ => "true",
    }
}

/// The value in an environment variable.
fn variable(key: Key) -> String {
    let name = key.as_str().to_uppercase();
    let value = example(key).replace("\\\\", "\\");
    // No regex of an example ends with `]`.
    let value = value
        .trim_matches(['[', ']'])
        .replace("\", \"", ",")
        .replace('"', "");
    format!("CORS_{name}={value}")
}

fn method(key: Key) -> String {
    let value = example(key);
    let value = match key.kind() {
        ValueKind::Text => format!("r{}", value.replace("\\\\", "\\")),
        _ => value.to_owned(),
    };
    format!(".{key}({value})")
}

fn page_of_keys() -> String {
    let mut page = String::from("\n## Side by side\n\n");
    page += "| key | in code | in a file (TOML) | in the environment | default |\n|---|---|---|---|---|\n";
    for &key in Key::ALL {
        let default = key.default_json();
        let file = format!("{key} = {}", example(key));
        let cells = [
            format!("[`{key}`](#{key})"),
            code(&method(key)),
            code(&file),
            code(&variable(key)),
            code(if default == "null" { "none" } else { default }),
        ];
        page += &row(&cells);
    }
    page += "\nThe three are the same policy:\n\n```rust\nuse cors_core::Config;\n\nlet in_code = Config::new()\n";
    for &key in Key::ALL {
        page += &format!("    {}\n", method(key));
    }
    page += "    .build()\n    .unwrap();\n\nlet variables = [\n";
    for &key in Key::ALL {
        let (name, value) = variable(key)
            .split_once('=')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        page += &format!("    ({name:?}, r\"{value}\"),\n");
    }
    page += "];\nlet variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));\n\
             assert_eq!(Config::from_vars(\"CORS_\", variables).build().unwrap(), in_code);\n```\n";
    for &key in Key::ALL {
        page += &section(key);
    }
    page + &names()
}

/// The documentation of a key, and what may be written for it.
fn section(key: Key) -> String {
    let documentation = key.documentation().lines();
    let documentation: Vec<_> = documentation
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let mut section = format!("\n## {key}\n\n{}\n", documentation.join("\n").trim());
    let entries: Vec<_> = entries()
        .into_iter()
        .filter(|entry| entry.key == key)
        .collect();
    let (with, plain): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.has_credentials);
    section += &table("permitted", &plain);
    section += &table("permitted with `allow_credentials`", &with);
    section
}

fn table(title: &str, entries: &[Entry]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut table = format!("\n| {title} | prohibited | |\n|---|---|---|\n");
    for entry in entries {
        let issue = entry.issue();
        let cells = [
            code(entry.permitted),
            code(entry.prohibited),
            cell(&format!("{}: {}", name(&issue), reason(&issue))),
        ];
        table += &row(&cells);
    }
    table
}

/// The severity and the rule.
fn name(issue: &Issue) -> String {
    format!("{} `{}`", issue.severity(), issue.rule().id())
}

/// Why the value is prohibited, without the key and the value.
fn reason(issue: &Issue) -> String {
    let text = issue.to_string();
    let (_, reason) = text.split_once(": ").unwrap();
    match reason.strip_prefix('`') {
        Some(quoted) => quoted.split_once("`: ").unwrap().1.to_owned(),
        None => reason.to_owned(),
    }
}

/// Variables, and the issues with their names.
const NAMES: [(&str, &str, &str); 6] = [
    (
        "CORS_ALLOW_ORIGINS=https://example.com",
        "CORS_ALLOW_ORIGIN=https://example.com",
        "unknown-key",
    ),
    (
        "CORS_ALLOW_HEADERS=[\"X-A\", \"X-B\"]",
        "CORS_ALLOW_HEADERS=[\"X-A\", \"X-B",
        "json-array",
    ),
    (
        "CORS_ALLOW_HEADERS=X-A, X-B",
        "CORS_ALLOW_HEADERS=X-A,,X-B",
        "empty-item",
    ),
    ("CORS_MAX_AGE=600", "CORS_MAX_AGE=", "variable-empty"),
    (
        "CORS_ALLOW_ORIGINS=[]",
        "CORS_ALLOW_ORIGINS=",
        "variable-not-set",
    ),
    ("CORS_MAX_AGE=600", "CORS_PORT=8000", "unknown-variable"),
];

fn names() -> String {
    let mut table = String::from(
        "\n## Names and variables\n\nIn a file, an unknown key is an error as well. `$schema` is ignored.\n\n\
         | permitted | prohibited | |\n|---|---|---|\n",
    );
    for (permitted, prohibited, rule) in NAMES {
        let is_it = |issue: &Issue| issue.rule().id() == rule;
        let issues = issues_of_variable(prohibited, rule);
        let issue = issues.iter().find(|issue| is_it(issue)).unwrap();
        let text = format!("{}: {issue}", name(issue));
        table += &row(&[code(permitted), code(prohibited), cell(&text)]);
        let issues = issues_of_variable(permitted, rule);
        assert!(!issues.iter().any(is_it), "{permitted}: {issues:?}");
    }
    table
}

/// What is wrong with a variable. Only for one rule, no code allows an origin.
fn issues_of_variable(line: &str, rule: &str) -> Vec<Issue> {
    let (name, value) = line.split_once('=').unwrap();
    let mut config = Config::from_vars("CORS_", [(name.to_owned(), value.to_owned())]);
    if rule != "variable-not-set" {
        config = config.allow_origins(["https://example.com"]);
    }
    match config.build() {
        Ok(policy) => policy.warnings().to_vec(),
        Err(error) => [error.errors(), error.warnings()].concat(),
    }
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn code(text: &str) -> String {
    match text.contains('`') {
        true => panic!("{text}"),
        false => format!("`{}`", cell(text)),
    }
}

/// A pipe ends a cell, also in code.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The value in a file and in a variable is the same, and not the default.
#[test]
fn the_examples_of_each_key_agree() {
    let base = || Config::new().allow_origins(["https://base.example"]);
    let policy = |config: Config| -> Policy { config.build().unwrap() };
    for &key in Key::ALL {
        let (name, value) = variable(key)
            .split_once('=')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        let from_variable = policy(base().with_vars("CORS", [(name, value)]));
        let mut text = format!("{key} = {}\n", example(key));
        if key != Key::AllowOrigins {
            text += "allow_origins = [\"https://base.example\"]\n";
        }
        let from_file = policy(toml::from_str(&text).unwrap());
        assert_eq!(from_variable, from_file, "{key}");
        assert_ne!(from_variable, policy(base()), "{key}");
    }
}
