use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A Markdown page.
#[derive(Debug)]
pub struct Page {
    /// Its path from the root of the repository.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
    /// Blocks of code, in order.
    pub blocks: Vec<Block>,
    /// Code within a line, in order.
    pub code: Vec<String>,
    /// Links, in order.
    pub links: Vec<Link>,
    /// Links such as `` [`Policy`] `` that only rustdoc resolves.
    pub unresolved: Vec<String>,
    /// The anchors of the headings, as code hosts make them.
    pub anchors: Vec<String>,
}

/// A block of code.
#[derive(Clone, Debug)]
pub struct Block {
    /// What follows the fence, such as `rust,no_run`.
    pub info: String,
    /// The code.
    pub code: String,
    /// The last heading before it.
    pub heading: String,
}

impl Block {
    /// Whether the language is `language`.
    pub fn is(&self, language: &str) -> bool {
        self.info.split(',').next() == Some(language)
    }
}

/// A link.
#[derive(Clone, Debug)]
pub struct Link {
    /// Where it leads.
    pub to: String,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All pages of the repository.
///
/// # Errors
///
/// If a folder or a page cannot be read.
pub fn pages() -> std::io::Result<Vec<Page>> {
    let root = root();
    let mut pages = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name();
            let path = folder.join(&name);
            let name = name.to_string_lossy();
            let is_built = matches!(&*name, "target" | "node_modules") || name.starts_with('.');
            if entry.file_type()?.is_dir() && !is_built {
                folders.push(path);
            } else if name.ends_with(".md") {
                let text = fs::read_to_string(root.join(&path))?;
                pages.push(Page::new(path, text));
            }
        }
    }
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(pages)
}

impl Page {
    /// Reads the page at a path from the root.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn read(path: &str) -> std::io::Result<Self> {
        let text = fs::read_to_string(root().join(path))?;
        Ok(Self::new(PathBuf::from(path), text))
    }

    /// Reads a text as if it were the page at `path`.
    pub fn new(path: PathBuf, text: String) -> Self {
        let mut unresolved = Vec::new();
        // Without a definition of the link, code hosts show the brackets.
        let mut broken = |link: BrokenLink<'_>| {
            unresolved.extend(text.get(link.span).map(str::to_owned));
            None
        };
        let parser =
            Parser::new_with_broken_link_callback(&text, Options::ENABLE_TABLES, Some(&mut broken));
        let mut blocks: Vec<Block> = Vec::new();
        let (mut code, mut links, mut anchors) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = HashMap::new();
        let mut heading = String::new();
        let (mut in_heading, mut in_block) = (false, false);
        for event in parser {
            match event {
                Event::Start(Tag::Heading { .. }) => {
                    heading.clear();
                    in_heading = true;
                }
                Event::End(TagEnd::Heading(_)) => {
                    anchors.push(anchor(&heading, &mut seen));
                    in_heading = false;
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let info = match kind {
                        CodeBlockKind::Fenced(info) => info.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    blocks.push(Block {
                        info,
                        code: String::new(),
                        heading: heading.clone(),
                    });
                    in_block = true;
                }
                Event::End(TagEnd::CodeBlock) => in_block = false,
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    links.push(Link {
                        to: dest_url.to_string(),
                    });
                }
                Event::Text(text) if in_block => {
                    if let Some(block) = blocks.last_mut() {
                        block.code.push_str(&text);
                    }
                }
                Event::Text(text) | Event::Code(text) if in_heading => heading.push_str(&text),
                Event::Code(text) => code.push(text.to_string()),
                _ => {}
            }
        }
        unresolved.retain(|link| names_an_item(link));
        Self {
            path,
            blocks,
            code,
            links,
            unresolved,
            anchors,
            text,
        }
    }
}

/// Whether this is a link such as `` [`Policy::build`] ``, and not a list of one text.
fn names_an_item(link: &str) -> bool {
    let name = link.strip_prefix("[`").and_then(|it| it.strip_suffix("`]"));
    let is_path = |it: &str| {
        it.chars()
            .all(|it| it.is_alphanumeric() || "_:()!".contains(it))
    };
    name.is_some_and(is_path)
}

/// The anchor of a heading. A heading that occurs again gets a number.
fn anchor(heading: &str, seen: &mut HashMap<String, usize>) -> String {
    let kept = heading.chars().filter_map(|it| match it {
        ' ' => Some('-'),
        '-' | '_' => Some(it),
        _ => it.is_alphanumeric().then_some(it),
    });
    let anchor: String = kept.flat_map(char::to_lowercase).collect();
    let times = seen.entry(anchor.clone()).or_default();
    *times += 1;
    match *times {
        1 => anchor,
        again => format!("{anchor}-{}", again - 1),
    }
}
