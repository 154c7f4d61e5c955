//! Reads the data files: resolves names, expands lists and rejects unknown keys and names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use toml::{Table, Value};

use super::line::{self, Line};
use super::policies::{PathPolicies, resolve, take_hosts};
use super::{
    ConfigVector, Difference, Expect, ExpectedIssues, Request, Section, Source, Suite, Vector, text,
};

/// The file with policies and responses that every file can use.
pub(super) const SHARED: &str = "shared";

/// The `Host` line of requests without one.
const HOST: &str = "Host: api.example.com";

pub(super) fn load(folder: &Path) -> Result<Suite> {
    let mut paths = toml_files(&folder.join("vectors"))?;
    paths.sort();
    let mut files = Vec::new();
    for path in &paths {
        let group = path.file_stem().and_then(|stem| stem.to_str());
        files.push((group.unwrap_or_default(), read(path)?));
    }
    let mut suite = assemble(files.iter().map(|(group, text)| (*group, text.as_str())))?;
    suite.differences =
        differences(&read(&folder.join("differences.toml"))?).context("differences.toml")?;
    for name in suite
        .differences
        .iter()
        .flat_map(|difference| &difference.vectors)
    {
        let group = format!("{name}/");
        let named = |vector: &Vector| vector.name == *name || vector.name.starts_with(&group);
        ensure!(
            suite.vectors.iter().any(named),
            "differences.toml: no vector is named `{name}`"
        );
    }
    Ok(suite)
}

/// Parses the files with these names and texts.
pub(super) fn assemble<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Suite> {
    let mut suite = Suite {
        vectors: Vec::new(),
        configs: Vec::new(),
        differences: Vec::new(),
    };
    let context = |group| format!("vectors/{group}.toml");
    let (mut shared, mut others) = (File::default(), Vec::new());
    for (group, text) in files {
        let file = toml::from_str::<File>(text).with_context(|| context(group))?;
        match group {
            SHARED => shared = file,
            _ => others.push((group, file)),
        }
    }
    for (group, file) in others {
        add(&mut suite, group, file, &shared).with_context(|| context(group))?;
    }
    Ok(suite)
}

/// Parses a file like `differences.toml`.
pub(super) fn differences(text: &str) -> Result<Vec<Difference>> {
    Ok(toml::from_str::<Differences>(text)?.difference)
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The section of the vectors that name no other.
    section: Option<Section>,
    #[serde(default)]
    policies: Table,
    #[serde(default)]
    responses: Table,
    #[serde(default)]
    vector: Vec<Table>,
    #[serde(default)]
    config: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differences {
    #[serde(default)]
    difference: Vec<Difference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVector {
    why: String,
    #[serde(default)]
    see: Option<String>,
    section: Option<Section>,
    #[serde(default = "yes")]
    wire: bool,
    request: WrittenRequest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRequest {
    method: String,
    #[serde(default = "root")]
    target: text::Written,
    #[serde(default)]
    headers: Vec<line::Written>,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConfig {
    why: String,
    #[serde(default)]
    see: Option<String>,
    policy: Option<Table>,
    env: Option<BTreeMap<String, String>>,
    prefixes: Option<Vec<text::Written>>,
    expect: ExpectedIssues,
}

fn yes() -> bool {
    true
}

fn root() -> text::Written {
    text::Written::Plain("/".to_owned())
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths = entries.map(|entry| Ok(entry?.path()));
    paths
        .filter(|path| {
            path.as_ref()
                .map_or(true, |path| path.extension().is_some_and(|e| e == "toml"))
        })
        .collect()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn add(suite: &mut Suite, group: &str, file: File, shared: &File) -> Result<()> {
    let policies = join("policy", &shared.policies, &file.policies)?;
    let responses = join("response", &shared.responses, &file.responses)?;
    let section = file.section.as_ref();
    let mut names = BTreeSet::new();
    for mut written in file.vector {
        let name = take_name(&mut written, &mut names)?;
        for (name, table) in expand(name, written)? {
            let full_name = format!("{group}/{name}");
            let vector = vector(full_name, table, &policies, &responses, section);
            suite.vectors.push(vector.context(name)?);
        }
    }
    for mut written in file.config {
        let name = take_name(&mut written, &mut names)?;
        for (name, table) in expand(name, written)? {
            let config = config(format!("{group}/{name}"), table);
            suite.configs.push(config.context(name)?);
        }
    }
    Ok(())
}

fn join(what: &str, shared: &Table, own: &Table) -> Result<Table> {
    let mut all = shared.clone();
    for (name, value) in own {
        ensure!(
            all.insert(name.clone(), value.clone()).is_none(),
            "{what} `{name}` is already defined in shared.toml"
        );
    }
    Ok(all)
}

fn take_name(written: &mut Table, names: &mut BTreeSet<String>) -> Result<String> {
    let Some(Value::String(name)) = written.remove("name") else {
        bail!("a vector without a name")
    };
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    ensure!(
        name.chars().all(is_plain),
        "`{name}`: a name consists of lower-case letters, digits and `-`"
    );
    ensure!(names.insert(name.clone()), "duplicate name `{name}`");
    Ok(name)
}

/// Returns one table for every item of `for_each`, with `{}` replaced by the item.
fn expand(name: String, mut written: Table) -> Result<Vec<(String, Table)>> {
    let items = match written.remove("for_each") {
        None => return Ok(vec![(name, written)]),
        Some(Value::Array(items)) if items.len() > 1 => items,
        Some(_) => bail!("`{name}`: for_each must be a list of at least two items"),
    };
    let mut seen = Vec::new();
    let mut tables = Vec::new();
    for (i, item) in items.into_iter().enumerate() {
        ensure!(
            !seen.contains(&item),
            "`{name}`: duplicate item {item} in for_each"
        );
        let mut table = Value::Table(written.clone());
        match &item {
            Value::Array(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    fill(&mut table, &format!("{{{i}}}"), part);
                }
            }
            single => fill(&mut table, "{}", single),
        }
        if let Value::Table(table) = table {
            ensure!(
                table != written,
                "`{name}`: for_each without a `{{}}` or `{{0}}`"
            );
            tables.push((format!("{name}/{}", i + 1), table));
        }
        seen.push(item);
    }
    Ok(tables)
}

/// Replaces `hole` with `item`, in strings and keys at any depth. A string that consists only of
/// the hole becomes the item itself, whatever its type.
fn fill(value: &mut Value, hole: &str, item: &Value) {
    let text = item
        .as_str()
        .map_or_else(|| item.to_string(), str::to_owned);
    match value {
        Value::String(whole) if whole == hole => *value = item.clone(),
        Value::String(part) => *part = part.replace(hole, &text),
        Value::Array(values) => values.iter_mut().for_each(|value| fill(value, hole, item)),
        Value::Table(table) => {
            for (key, mut value) in std::mem::take(table) {
                fill(&mut value, hole, item);
                table.insert(key.replace(hole, &text), value);
            }
        }
        _ => {}
    }
}

fn vector(
    name: String,
    mut table: Table,
    policies: &Table,
    responses: &Table,
    section: Option<&Section>,
) -> Result<Vector> {
    let hosts = take_hosts(&mut table, policies)?;
    let policies = PathPolicies::take(&mut table, policies)?;
    let expect = table.remove("expect").context("no expect")?;
    let expect: Expect = resolve(expect, "expect", responses)?.try_into()?;
    let written: WrittenVector = table.try_into()?;
    let mut lines = Vec::new();
    for line in &written.request.headers {
        lines.extend(line.lines()?);
    }
    let has_line_end = lines
        .iter()
        .any(|line| line.as_bytes().iter().any(|b| matches!(b, b'\r' | b'\n')));
    ensure!(
        !(written.wire && has_line_end),
        "a line break inside a line requires `wire = false`"
    );
    if !lines.iter().any(|line| line.is("host")) {
        lines.insert(0, Line::new(HOST)?);
    }
    ensure!(expect.decision.is_some(), "expect has no decision");
    let section = written.section.or_else(|| section.cloned());
    let WrittenRequest {
        method,
        target,
        body,
        ..
    } = written.request;
    Ok(Vector {
        name,
        why: why(written.why, written.see)?,
        section: section.context("neither the vector nor its file has a section")?,
        policies,
        hosts,
        wire: written.wire,
        request: Request {
            method,
            target: target.text(),
            lines,
            body,
        },
        expect,
    })
}

fn config(name: String, table: Table) -> Result<ConfigVector> {
    let written: WrittenConfig = table.try_into()?;
    let source = match (written.policy, written.env, written.prefixes) {
        (Some(policy), None, None) => Source::Policy(policy),
        (None, Some(variables), None) => Source::Env(variables),
        (None, None, Some(prefixes)) => {
            Source::Prefixes(prefixes.into_iter().map(text::Written::text).collect())
        }
        _ => bail!("give one of policy, env and prefixes"),
    };
    Ok(ConfigVector {
        name,
        why: why(written.why, written.see)?,
        source,
        expect: written.expect,
    })
}

fn why(why: String, see: Option<String>) -> Result<String> {
    ensure!(!why.is_empty(), "why is empty");
    Ok(match see {
        Some(see) => format!("{why} (see {see})"),
        None => why,
    })
}

/// Parses a suite from the text of one file.
#[cfg(test)]
pub(crate) fn parse(text: &str) -> Result<Suite> {
    let mut suite = Suite {
        vectors: Vec::new(),
        configs: Vec::new(),
        differences: Vec::new(),
    };
    add(&mut suite, "file", toml::from_str(text)?, &File::default())?;
    Ok(suite)
}

#[cfg(test)]
mod tests {
    use super::{PathPolicies, Source, parse};

    const GOOD: &str = r#"
        section = "Fetch, CORS check"
        [policies.app]
        allow_origins = ["https://a.example"]
        [responses.none]
        decision = "not-cors"
        status = 200
        cors = {}
        vary = ["origin"]
        [[vector]]
        name = "one"
        why = "because"
        policy = { like = "app", max_age = 0 }
        request = { method = "GET", headers = ["X-A: 1"] }
        expect = { like = "none", status = 404 }
    "#;

    #[test]
    fn names_are_resolved() {
        let suite = parse(GOOD).unwrap();
        let [vector] = &suite.vectors[..] else {
            panic!("{suite:?}")
        };
        assert_eq!(vector.name, "file/one");
        assert_eq!(vector.only_policy().unwrap().len(), 2);
        assert_eq!(
            (vector.expect.status, &vector.expect.vary[..]),
            (404, &["origin".to_owned()][..])
        );
        let lines: Vec<_> = vector
            .request
            .lines
            .iter()
            .map(|line| line.as_bytes())
            .collect();
        assert_eq!(lines, [&b"Host: api.example.com"[..], b"X-A: 1"]);
    }

    #[test]
    fn a_section_of_the_vector_replaces_that_of_the_file() {
        let section = |text| parse(text).unwrap().vectors[0].section.clone();
        assert_eq!(
            section(GOOD).url,
            "https://fetch.spec.whatwg.org/#concept-cors-check"
        );
        let own = GOOD.replace("why =", "section = \"RFC 9110, section 12.5.5\"\nwhy =");
        let expected = "https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5";
        assert_eq!(section(&own).url, expected);
    }

    #[test]
    fn the_built_in_files_are_those_of_the_folder() {
        let folder = super::Path::new(env!("CARGO_MANIFEST_DIR"));
        let names = |suite: super::Suite| {
            let vectors = suite.vectors.into_iter().map(|vector| vector.name);
            let configs = suite.configs.into_iter().map(|config| config.name);
            vectors.chain(configs).collect::<Vec<_>>()
        };
        let built_in = names(super::Suite::built_in(|_| true).unwrap());
        assert!(
            built_in == names(super::load(folder).unwrap()),
            "src/vector/built_in.rs"
        );
    }

    #[test]
    fn lists_are_expanded() {
        let text = GOOD
            .replace("why =", "for_each = [[1, \"a\"], [2, 'b\\xff']]\nwhy =")
            .replace("max_age = 0", "max_age = \"{0}\"")
            .replace("X-A: 1", "X-{0}: {1}");
        let suite = parse(&text).unwrap();
        let [one, two] = &suite.vectors[..] else {
            panic!("{suite:?}")
        };
        assert_eq!(
            (one.name.as_str(), two.name.as_str()),
            ("file/one/1", "file/one/2")
        );
        assert_eq!(one.only_policy().unwrap()["max_age"].as_integer(), Some(1));
        assert_eq!(one.request.values("x-1").next(), Some(&b"a"[..]));
        assert_eq!(two.request.values("X-2").next(), Some(&b"b\xff"[..]));
    }

    #[test]
    fn policies_by_host_and_path() {
        let policies = r#"policy = false
            paths = { "/a" = "app", "/a/b" = false }
            hosts = { x = "app", y = false, z = { policy = "app", paths = { "/c" = { like = "app", max_age = 1 } } } }"#;
        let text = GOOD.replace("policy = { like = \"app\", max_age = 0 }", policies);
        let suite = parse(&text).unwrap();
        let [vector] = &suite.vectors[..] else {
            panic!("{suite:?}")
        };
        let app = toml::toml! { allow_origins = ["https://a.example"] };
        let changed = toml::toml! { allow_origins = ["https://a.example"] max_age = 1 };
        let of = |default: Option<&toml::Table>, paths: &[(&str, Option<&toml::Table>)]| {
            let paths = paths.iter();
            let paths = paths.map(|(prefix, policy)| ((*prefix).to_owned(), policy.cloned()));
            PathPolicies {
                default: default.cloned(),
                paths: paths.collect(),
            }
        };
        let by_path = of(None, &[("/a", Some(&app)), ("/a/b", None)]);
        assert_eq!(vector.policies, by_path);
        let hosts = [
            ("x", of(Some(&app), &[])),
            ("y", of(None, &[])),
            ("z", of(Some(&app), &[("/c", Some(&changed))])),
        ];
        let hosts = hosts.map(|(host, policies)| (host.to_owned(), policies));
        assert_eq!(vector.hosts, hosts.into());
        assert_eq!(vector.only_policy(), None);
    }

    #[test]
    fn targets_and_prefixes_are_repeated() {
        let built = r#"{ start = "/", repeat = "ab", times = 2, end = "c" }"#;
        let target = format!("method = \"GET\", target = {built}");
        let config = format!(
            "[[config]]\nname = 'two'\nwhy = 'because'\nprefixes = ['/x', {built}]\n\
             expect = {{ errors = [], warnings = [] }}"
        );
        let suite = parse(&(GOOD.replace("method = \"GET\"", &target) + &config)).unwrap();
        assert_eq!(suite.vectors[0].request.target, "/ababc");
        let Source::Prefixes(prefixes) = &suite.configs[0].source else {
            panic!("{suite:?}")
        };
        assert_eq!(prefixes, &["/x", "/ababc"]);
    }

    #[test]
    fn lines_are_repeated() {
        let built = r#"{ start = "X-A: ", repeat = 'a\x00', times = 2, end = "b", lines = 3 }"#;
        let suite = parse(&GOOD.replace("\"X-A: 1\"", built)).unwrap();
        let values: Vec<_> = suite.vectors[0].request.values("x-a").collect();
        assert_eq!(values, [b"a\0a\0b"; 3]);
    }

    #[test]
    fn mistakes_are_rejected() {
        for (good, mistake, complaint) in [
            (
                "[policies.app]",
                "polices = {}\n[policies.app]",
                "unknown field `polices`",
            ),
            ("why =", "wy = \"x\"\nwhy =", "unknown field `wy`"),
            ("why = \"because\"", "", "missing field `why`"),
            ("section = \"Fetch, CORS check\"", "", "has a section"),
            ("Fetch, CORS check", "Fetch, CORS", "no section of Fetch"),
            ("Fetch, CORS check", "RFC 9110, section x", "not the number"),
            ("Fetch, CORS check", "RFC 9112", "a section starts with"),
            ("why = \"because\"", "why = \"\"", "why is empty"),
            ("status = 404", "stats = 404", "unknown field `stats`"),
            (
                "method = \"GET\"",
                "method = \"GET\", path = \"/\"",
                "unknown field `path`",
            ),
            ("like = \"app\"", "like = \"ap\"", "nothing is named `ap`"),
            (
                "policy = {",
                "paths = { \"/a\" = \"ap\" }\npolicy = {",
                "nothing is named `ap`",
            ),
            (
                "policy = {",
                "paths = { \"/a\" = true }\npolicy = {",
                "true is neither a name nor a table",
            ),
            (
                "policy = {",
                "paths = \"/a\"\npolicy = {",
                "paths must be a table",
            ),
            (
                "policy = {",
                "hosts = { a = { policy = \"app\", path = {} } }\npolicy = {",
                "has only `paths` beside it",
            ),
            ("decision = \"not-cors\"", "", "expect has no decision"),
            (
                "name = \"one\"",
                "name = \"One\"",
                "a name consists of lower-case",
            ),
            ("name = \"one\"", "", "a vector without a name"),
            (
                "404 }",
                "404 }\n[[vector]]\nname = \"one\"",
                "duplicate name `one`",
            ),
            (
                "why =",
                "for_each = [\"a\", \"b\"]\nwhy =",
                "for_each without a `{}`",
            ),
            ("why =", "for_each = [\"a\"]\nwhy =", "at least two items"),
            ("X-A: 1", "X-A", "not a header line"),
            ("X-A: 1", "X-A: 1\\\\r", "requires `wire = false`"),
        ] {
            let text = GOOD.replacen(good, mistake, 1);
            let error = parse(&text).unwrap_err();
            assert!(
                format!("{error:#}").contains(complaint),
                "{mistake}: {error:#}"
            );
        }
    }
}
