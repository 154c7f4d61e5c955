//! Where links lead, and what only rustdoc understands.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use readmes::{Link, Page, pages, root};
use url::Url;

/// Pages that only rustdoc shows: those among the sources, and the module `observability`.
fn is_for_rustdoc(page: &Path) -> bool {
    page.components().any(|it| it.as_os_str() == "src")
        || page.ends_with("cors-core/OBSERVABILITY.md")
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages().unwrap();
    assert!(pages.len() > 20, "only {} pages", pages.len());
    assert_eq!(mistakes(&pages), Vec::<String>::new());
}

#[test]
fn wrong_links_are_noticed() {
    let wrong = [
        ("[a](missing.md)", "a.md: missing.md: there is no such file"),
        ("[a](#missing)", "a.md: #missing: there is no such heading"),
        ("[a](b.md#c)", "a.md: b.md#c: there is no such heading"),
        ("[a](../../../x)", "a.md: ../../../x: there is no such file"),
        ("[a](https://)", "a.md: https://: is not a URL"),
        ("[a](Config::build)", "a.md: Config::build: is not a URL"),
        (
            "[a](https://docs.rs/cors-axum)",
            "a.md: https://docs.rs/cors-axum: is not published yet",
        ),
        (
            "[`Policy`]",
            "a.md: [`Policy`]: only rustdoc knows this link",
        ),
        (
            "[`Config::build()`]",
            "a.md: [`Config::build()`]: only rustdoc knows this link",
        ),
        (
            "```rust\n# hidden();\n```",
            "a.md: `# hidden();`: rustdoc hides this line, and people read it",
        ),
    ];
    let page = |path: &str, text: &str| Page::new(path.into(), text.to_owned());
    for (text, mistake) in wrong {
        let pages = [page("a.md", text), page("b.md", "# B")];
        assert_eq!(mistakes(&pages), [mistake]);
    }
    let right = "# A\n[a](#a) [b](b.md#b--c) [Fetch](https://fetch.spec.whatwg.org/#http) [`B`] [`https://a.com`]\n\n[`B`]: b.md\n\n```toml\n# a comment\n```";
    let right = [page("a.md", right), page("b.md", "# B & `C`")];
    assert_eq!(mistakes(&right), Vec::<String>::new());
}

fn mistakes(pages: &[Page]) -> Vec<String> {
    let by_path: HashMap<&Path, &Page> = pages.iter().map(|it| (&*it.path, it)).collect();
    let mut mistakes = Vec::new();
    for page in pages {
        let mut wrong = |what: &str, why: &str| {
            mistakes.push(format!("{}: {what}: {why}", page.path.display()));
        };
        if is_for_rustdoc(&page.path) {
            continue;
        }
        for link in &page.links {
            if let Some(why) = mistake(page, &link.to, &by_path) {
                wrong(&link.to, why);
            }
        }
        for link in &page.unresolved {
            wrong(link, "only rustdoc knows this link");
        }
        for block in page.blocks.iter().filter(|it| it.is("rust")) {
            let hidden = |line: &&str| line.starts_with("# ") || *line == "#";
            for line in block.code.lines().filter(hidden) {
                wrong(
                    &format!("`{line}`"),
                    "rustdoc hides this line, and people read it",
                );
            }
        }
    }
    mistakes
}

fn mistake(page: &Page, to: &str, pages: &HashMap<&Path, &Page>) -> Option<&'static str> {
    let (path, anchor) = match to.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (to, None),
    };
    if to.contains(':') {
        let url = Url::parse(to).ok().filter(Url::has_host);
        let ours = to.starts_with("https://docs.rs/cors-");
        return match url {
            None => Some("is not a URL"),
            Some(_) if ours => Some("is not published yet"),
            Some(_) => None,
        };
    }
    let target = match path {
        "" => page.path.clone(),
        _ => resolve(&page.path, path),
    };
    let known = pages.get(&*target);
    if known.is_none() && !root().join(&target).exists() {
        return Some("there is no such file");
    }
    let missing = |anchor: &str| !known.is_some_and(|it| it.anchors.iter().any(|it| it == anchor));
    anchor
        .is_some_and(missing)
        .then_some("there is no such heading")
}

/// `path` as seen from `page`. A path that leaves the repository does not exist.
fn resolve(page: &Path, path: &str) -> PathBuf {
    let mut resolved = page.parent().map(Path::to_owned).unwrap_or_default();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if resolved.pop() => {}
            other => resolved.push(other),
        }
    }
    resolved
}

/// rustdoc shows these pages at another place, where a relative link leads nowhere. It uses the first definition of a
/// label, so a module defines the label of each relative link before it includes the page.
#[test]
fn modules_redefine_relative_links_for_rustdoc() {
    let mut relative = 0;
    let guides = ["axum", "actix", "rocket", "warp"].map(|it| format!("cors-{it}/src/guide.rs"));
    for source in guides
        .into_iter()
        .chain(["cors-core/src/lib.rs".to_owned()])
    {
        let text = std::fs::read_to_string(root().join(&source)).unwrap();
        let parts: Vec<_> = text.split("include_str!(\"../").collect();
        for (before, after) in parts.iter().zip(parts.iter().skip(1)) {
            let name = after.split('"').next().unwrap();
            let package = source.split('/').next().unwrap();
            let page = Page::read(&format!("{package}/{name}")).unwrap();
            relative += check_redefined(&page, before);
        }
    }
    assert!(relative > 20, "only {relative} links");
}

/// Checks that `before` defines the label of each relative link of the page, and returns the number of these links.
fn check_redefined(page: &Page, before: &str) -> usize {
    let relative = |link: &&Link| !link.to.starts_with('#') && !link.to.starts_with("https://");
    let links: Vec<_> = page.links.iter().filter(relative).collect();
    for link in &links {
        let mut lines = page.text.lines();
        let definition = lines.find(|line| line.ends_with(&format!("]: {}", link.to)));
        let label = definition.and_then(|it| it.split(':').next());
        let label = label.unwrap_or_else(|| panic!("{}: {}", page.path.display(), link.to));
        assert!(before.contains(&format!("//! {label}: ")), "{label}");
    }
    links.len()
}
