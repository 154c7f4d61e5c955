//! The pages about coming from another library: what `cors convert` makes of their configuration is ours beside it.

use cors_convert::{Library, convert};
use cors_core::{Config, Policy};
use readmes::{Block, Page};
use regex::Regex;

/// The pages, and how many pairs of configurations each has.
const PAGES: [(&str, &str, Library, usize); 6] = [
    (
        "cors-axum/COMING_FROM_TOWER_HTTP.md",
        "rust",
        Library::TowerHttp,
        2,
    ),
    (
        "cors-actix/COMING_FROM_ACTIX_CORS.md",
        "rust",
        Library::ActixCors,
        2,
    ),
    (
        "cors-rocket/COMING_FROM_ROCKET_CORS.md",
        "rust",
        Library::RocketCors,
        2,
    ),
    (
        "cors-warp/COMING_FROM_WARP_CORS.md",
        "rust",
        Library::Warp,
        2,
    ),
    ("cors-core/COMING_FROM.md", "python", Library::Starlette, 1),
    ("cors-core/COMING_FROM.md", "js", Library::Express, 1),
];

#[test]
fn the_two_sides_mean_the_same() {
    for (path, language, library, expected) in PAGES {
        let page = Page::read(path).unwrap();
        let pairs = pairs(&page, language);
        // The other examples have a function on one side, or only ours.
        let mut converted = 0;
        for (theirs, ours) in pairs {
            let Ok(theirs) = convert(library, &theirs.code) else {
                continue;
            };
            converted += 1;
            let theirs = theirs.config.build().unwrap();
            assert_eq!(
                listed(&theirs),
                listed(&policy(&ours.code)),
                "{path}: {}",
                ours.code
            );
        }
        assert_eq!(converted, expected, "{path}");
    }
}

/// A block in this language, and the one in Rust that follows it.
fn pairs<'a>(page: &'a Page, language: &str) -> Vec<(&'a Block, &'a Block)> {
    let pairs = page.blocks.windows(2).map(|pair| (&pair[0], &pair[1]));
    pairs
        .filter(|(theirs, ours)| {
            theirs.is(language) && ours.is("rust") && ours.code.contains("Config::new()")
        })
        .filter(|(theirs, _)| !theirs.code.contains("Config::new()"))
        .collect()
}

/// The policy of an example of ours: each call of the builder is a key of a policy file.
pub(crate) fn policy(code: &str) -> Policy {
    let (_, builder) = code.split_once("Config::new()").unwrap();
    let (builder, _) = builder.split_once(".build()").unwrap();
    let call = Regex::new(r"\.(\w+)\((.*)\)").unwrap();
    let constant = Regex::new(r"Method::(\w+)|header::(\w+)").unwrap();
    let mut file = String::new();
    for line in builder.lines().filter(|line| !line.trim().is_empty()) {
        let call = call.captures(line).unwrap_or_else(|| panic!("{line}"));
        let value = call[2].replace("Duration::from_secs(3600)", "3600");
        let value = value.replace("r\"", "'").replace("\\.com\"", "\\.com'");
        let value = constant.replace_all(&value, |constant: &regex::Captures<'_>| {
            let header = constant
                .get(2)
                .map(|it| it.as_str().to_lowercase().replace('_', "-"));
            format!("\"{}\"", header.unwrap_or_else(|| constant[1].to_owned()))
        });
        let value = match (&call[1], &*value) {
            ("allow_origins" | "allow_methods" | "allow_headers" | "expose_headers", text)
                if text.starts_with('"') =>
            {
                format!("[{text}]")
            }
            _ => value.into_owned(),
        };
        file += &format!("{} = {value}\n", &call[1]);
    }
    let config: Config = toml::from_str(&file).unwrap_or_else(|error| panic!("{file}\n{error}"));
    config.build().unwrap()
}

/// The keys of a policy, with sorted lists and header names in lower case, because neither matters.
fn listed(policy: &Policy) -> Vec<String> {
    let config = policy.to_config();
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    let lower =
        |list: &[String]| sorted(&list.iter().map(|it| it.to_lowercase()).collect::<Vec<_>>());
    vec![
        format!("{:?}", sorted(config.get_allow_origins())),
        format!("{:?}", config.get_allow_origin_regex()),
        format!("{:?}", sorted(config.get_allow_methods())),
        format!("{:?}", lower(config.get_allow_headers())),
        format!("{:?}", lower(config.get_expose_headers())),
        format!("{}", config.get_allow_credentials()),
        format!("{}", config.get_max_age()),
        format!("{}", config.get_preflight_status()),
        format!("{}", config.get_block_refused_origins()),
    ]
}
