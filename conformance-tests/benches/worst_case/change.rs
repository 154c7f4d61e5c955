//! Random changes of one field of a request.

use cors_benchmarks::scenario::Request;

/// The longest value. Every bound of the library is below.
const LONGEST: usize = 16 * 1024;

/// The most lines of a header.
const MOST_LINES: usize = 600;

/// A part of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Path,
    Header(&'static str),
}

impl Field {
    pub(crate) const ALL: [Self; 4] = [
        Self::Path,
        Self::Header("host"),
        Self::Header("origin"),
        Self::Header("access-control-request-headers"),
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Header(name) => name,
        }
    }

    pub(crate) fn lines(self, request: &Request) -> Vec<String> {
        match self {
            Self::Path => vec![request.path.clone()],
            Self::Header(name) => {
                let lines = request.headers.iter();
                let lines = lines.filter(|(other, _)| *other == name);
                lines.map(|(_, value)| value.clone()).collect()
            }
        }
    }

    /// `None` if no client can send it.
    fn with_lines(self, request: &Request, lines: Vec<String>) -> Option<Request> {
        let is_sent = lines.len() <= MOST_LINES && lines.iter().all(|line| line.len() <= LONGEST);
        if !is_sent {
            return None;
        }
        let mut changed = request.clone();
        match self {
            Self::Path => {
                let [path] = <[String; 1]>::try_from(lines).ok()?;
                path.starts_with('/').then_some(())?;
                path.parse::<http::Uri>().ok()?;
                changed.path = path;
            }
            Self::Header(name) => {
                let are_valid = lines
                    .iter()
                    .all(|line| http::HeaderValue::from_str(line).is_ok());
                are_valid.then_some(())?;
                changed.headers.retain(|(other, _)| *other != name);
                changed
                    .headers
                    .extend(lines.into_iter().map(|line| (name, line)));
            }
        }
        Some(changed)
    }
}

/// Texts that may be expensive at some place.
pub(crate) struct Parts(Vec<String>);

impl Parts {
    /// The parts of known requests, and single characters.
    pub(crate) fn of<'r>(known: impl Iterator<Item = &'r Request>, fields: &[Field]) -> Self {
        const SEPARATORS: [char; 8] = [',', ' ', '\t', '.', '/', '%', ':', ';'];
        let singles = [
            ",", " ", "\t", ", ", ".", "/", "//", "..", "%2F", "%2e", "%25", "%", ";", ":", "-",
            "~", "a", "Z", "0", "\\",
        ];
        let mut parts: Vec<String> = singles.map(str::to_owned).into();
        for request in known {
            for line in fields.iter().flat_map(|field| field.lines(request)) {
                parts.extend(line.split(SEPARATORS).take(600).map(str::to_owned));
            }
        }
        parts.sort_unstable();
        parts.dedup();
        Self(parts)
    }

    /// `None` if the change is not possible.
    pub(crate) fn change(&self, request: &Request, field: Field) -> Option<Request> {
        let mut lines = field.lines(request);
        for _ in 0..fastrand::usize(1..4) {
            self.change_lines(&mut lines, field);
        }
        field.with_lines(request, lines)
    }

    fn change_lines(&self, lines: &mut Vec<String>, field: Field) {
        let Some(at) = (!lines.is_empty()).then(|| fastrand::usize(..lines.len())) else {
            lines.push(self.part().to_owned());
            return;
        };
        let has_several = field == Field::Header("access-control-request-headers");
        match fastrand::u8(..10) {
            0 if has_several => lines.insert(at, lines[at].clone()),
            1 if has_several => {
                let split = place(&lines[at]);
                let rest = lines[at].split_off(split);
                lines.insert(at + 1, rest);
            }
            2 if lines.len() > 1 => drop(lines.remove(at)),
            _ => self.change_text(&mut lines[at]),
        }
    }

    fn change_text(&self, text: &mut String) {
        let (one, other) = (place(text), place(text));
        let range = one.min(other)..one.max(other);
        match fastrand::u8(..7) {
            0 => text.insert_str(one, self.part()),
            1 => text.insert_str(one, &self.part().repeat(fastrand::usize(1..200))),
            2 => text.replace_range(range, ""),
            3 => {
                let copy = text[range].to_owned();
                text.insert_str(one, &copy);
            }
            4 => {
                let changed = text[range.clone()].to_uppercase();
                text.replace_range(range, &changed);
            }
            5 => {
                let end = (one + 1).min(text.len());
                text.replace_range(one..end, self.part());
            }
            _ => text.truncate(one),
        }
    }

    fn part(&self) -> &str {
        &self.0[fastrand::usize(..self.0.len())]
    }
}

/// All texts are ASCII, so each place is the start of a character.
fn place(text: &str) -> usize {
    fastrand::usize(..=text.len())
}
