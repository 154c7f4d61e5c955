//! The areas of the application, their policies, and which area a path means to a handler.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cors_core::{Config, Policies, Policy};
use percent_encoding::percent_decode_str;

use crate::{Answer, Case};

/// A part of the application with a policy of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Area {
    /// Everything else.
    Site,
    /// `/public`
    Public,
    /// `/admin`
    Admin,
    /// `/admin/open`
    Open,
}

use Area::{Admin, Open, Public, Site};

pub(crate) const ORIGINS: [&str; 4] = [
    "https://site.example",
    "https://public.example",
    "https://admin.example",
    "https://evil.example",
];

impl Area {
    const ALL: [Self; 4] = [Site, Public, Admin, Open];

    const fn name(self) -> &'static str {
        match self {
            Site => "site",
            Public => "public",
            Admin => "admin",
            Open => "open",
        }
    }

    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Site => "",
            Public => "public",
            Admin => "admin",
            Open => "admin/open",
        }
    }

    pub(crate) fn has_rule(self) -> bool {
        self != Site
    }

    /// The areas that a body names. Empty if neither a handler nor a file responded.
    pub(crate) fn list(body: &str) -> Vec<Self> {
        let names = body.strip_prefix("areas: ").unwrap_or_default();
        let named = |area: &Self| names.split(' ').any(|name| name == area.name());
        Self::ALL.into_iter().filter(named).collect()
    }

    /// The area of decoded segments.
    fn of(segments: &[&str]) -> Self {
        match segments {
            ["admin", "open", ..] => Open,
            ["admin", ..] => Admin,
            ["public", ..] => Public,
            _ => Site,
        }
    }
}

/// What a handler reads below its root if it uses `text`, which is decoded once, as a path: as it is, or
/// decoded again; with the separators of Unix or of Windows; with or without parameters.
pub(crate) fn body_for(text: &str) -> String {
    body(areas_of(text))
}

/// The same for a route that belongs to an area, whatever its parameter is.
pub(crate) fn body_in(area: Area, text: &str) -> String {
    let mut areas = areas_of(text);
    areas.insert(area);
    body(areas)
}

fn body(areas: BTreeSet<Area>) -> String {
    let names: Vec<_> = areas.into_iter().map(Area::name).collect();
    format!("areas: {}", names.join(" "))
}

fn areas_of(text: &str) -> BTreeSet<Area> {
    let again = percent_decode_str(text).decode_utf8_lossy();
    let mut areas = BTreeSet::new();
    for text in [text, &again] {
        for separators in [&['/'][..], &['/', '\\']] {
            for ends in [&['\0'][..], &[';', '\0']] {
                let mut segments = Vec::new();
                for segment in text.split(separators) {
                    match segment.split(ends).next().unwrap_or_default() {
                        "" | "." => {}
                        ".." => drop(segments.pop()),
                        name => segments.push(name),
                    }
                }
                areas.insert(Area::of(&segments));
            }
        }
    }
    areas
}

/// Every folder has the files `secret` and `index.html`, which name their area.
pub(crate) fn write_files(root: &Path) {
    for area in Area::ALL {
        let folder = root.join(area.folder());
        fs::create_dir_all(&folder).unwrap();
        for file in ["secret", "index.html"] {
            fs::write(folder.join(file), format!("areas: {}", area.name())).unwrap();
        }
    }
}

/// Policies by path.
pub(crate) struct Setup {
    site: Option<Policy>,
    public: Option<Policy>,
    admin: Option<Policy>,
    open: Option<Policy>,
}

impl Setup {
    /// One that is lax by default, and one that is strict.
    pub(crate) fn all() -> [Self; 2] {
        let only = |origin| {
            let config = Config::new().allow_origins([origin]);
            config.allow_methods(["GET", "POST"])
        };
        let policy = |config: Config| Some(config.build().unwrap());
        let blocking = || only(ORIGINS[2]).block_refused_origins(true);
        [
            Self {
                site: policy(only("*")),
                public: policy(only(ORIGINS[1])),
                admin: policy(blocking()),
                open: policy(only("*")),
            },
            Self {
                site: policy(only(ORIGINS[0])),
                public: policy(only("*")),
                admin: None,
                open: policy(blocking()),
            },
        ]
    }

    pub(crate) fn policies(&self) -> Policies {
        let mut policies = match &self.site {
            Some(policy) => Policies::new(policy.clone()),
            None => Policies::without_default(),
        };
        for area in [Public, Admin, Open] {
            let prefix = format!("/{}", area.folder());
            policies = match self.policy(area) {
                Some(policy) => policies.at(&prefix, policy.clone()),
                None => policies.without_cors(&prefix),
            }
            .unwrap();
        }
        policies
    }

    fn policy(&self, area: Area) -> Option<&Policy> {
        match area {
            Site => &self.site,
            Public => &self.public,
            Admin => &self.admin,
            Open => &self.open,
        }
        .as_ref()
    }

    fn allows(&self, area: Area, origin: &str) -> bool {
        let policy = self.policy(area);
        policy.is_some_and(|policy| policy.is_origin_allowed(origin.as_bytes()))
    }

    /// Whether a response from `area` may look like this.
    pub(crate) fn may_respond(&self, area: Area, case: &Case, answer: &Answer) -> bool {
        let is_allowed = self.allows(area, case.origin);
        let is_blocked = self
            .policy(area)
            .is_some_and(Policy::blocks_refused_origins);
        is_allowed || answer.allow_origin.is_none() && !is_blocked
    }

    /// The `Access-Control-Allow-Origin` for a plain path.
    pub(crate) fn expected(&self, case: &Case) -> Option<String> {
        let decoded = percent_decode_str(&case.path).decode_utf8().unwrap();
        let segments: Vec<_> = decoded.split('/').filter(|name| !name.is_empty()).collect();
        let area = Area::of(&segments);
        let is_any = self.allows(area, "https://any.example");
        let value = if is_any { "*" } else { case.origin };
        self.allows(area, case.origin).then(|| value.to_owned())
    }
}
