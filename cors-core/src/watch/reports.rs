//! Reports of the file system that a file may have changed.

use super::signal::Signal;
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::{BTreeSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Wakes the thread until it is dropped.
///
/// The directories are watched, and not the file: a watch of the file would end when another file is
/// renamed over it.
#[derive(Debug)]
pub(super) struct Reports {
    _watcher: RecommendedWatcher,
}

impl Reports {
    /// `None` if the system has no resources for reports. Directories that cannot be watched are left out.
    pub(super) fn of(path: &Path, signal: &Arc<Signal>) -> Option<Self> {
        let signal = Arc::clone(signal);
        let places = places(path);
        let names: BTreeSet<OsString> = places.iter().map(|place| place.name.clone()).collect();
        let report = move |event: notify::Result<Event>| {
            if event.map_or(true, |event| is_about(&event, &names)) {
                signal.wake();
            }
        };
        let mut watcher = notify::recommended_watcher(report).ok()?;
        let directories: BTreeSet<_> = places.into_iter().map(|place| place.directory).collect();
        for directory in directories {
            // The poll finds what is not reported.
            let _ = watcher.watch(&directory, RecursiveMode::NonRecursive);
        }
        Some(Self { _watcher: watcher })
    }
}

/// Our own readings are reported, too, and must not wake the thread.
fn is_about(event: &Event, names: &BTreeSet<OsString>) -> bool {
    let is_reading = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    };
    let mut paths = event.paths.iter().filter_map(|path| path.file_name());
    !is_reading && (event.paths.is_empty() || paths.any(|name| names.contains(name)))
}

/// A name in a directory, which is the file or a link on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    directory: PathBuf,
    name: OsString,
}

/// As many links as Linux follows.
const LINKS: usize = 40;

/// The file that an absolute path leads to, and all links on the way.
fn places(path: &Path) -> Vec<Place> {
    let mut places = Vec::new();
    let mut resolved = PathBuf::new();
    let mut rest: VecDeque<OsString> = components(path).collect();
    while let Some(component) = rest.pop_front() {
        if component == OsStr::new("..") {
            resolved.pop();
            continue;
        }
        let next = resolved.join(&component); // A root replaces what is before it.
        let target = next.read_link();
        if (target.is_ok() || rest.is_empty()) && next.file_name().is_some() {
            places.push(Place {
                directory: resolved.clone(),
                name: component,
            });
        }
        match target {
            Ok(_) if places.len() > LINKS => break,
            Ok(target) => {
                let parts: Vec<_> = components(&target).collect();
                parts
                    .into_iter()
                    .rev()
                    .for_each(|part| rest.push_front(part));
            }
            Err(_) => resolved = next,
        }
    }
    places
}

fn components(path: &Path) -> impl Iterator<Item = OsString> + '_ {
    let parts = path.components();
    let parts = parts.filter(|part| *part != Component::CurDir);
    parts.map(|part| part.as_os_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, DataChange, ModifyKind};

    #[test]
    fn readings_and_other_files_do_not_wake() {
        let names = ["cors.toml", "..data"].map(OsString::from).into();
        let about = |kind, path: &str| is_about(&Event::new(kind).add_path(path.into()), &names);
        let changed = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        for kind in [changed, written, EventKind::Create(CreateKind::Any)] {
            assert!(about(kind, "/etc/app/cors.toml"));
            assert!(about(kind, "/etc/app/..data"));
            assert!(!about(kind, "/etc/app/access.log"));
            assert!(is_about(&Event::new(kind), &names));
        }
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        let read = EventKind::Access(AccessKind::Close(AccessMode::Read));
        assert!(!about(opened, "/etc/app/cors.toml"));
        assert!(!about(read, "/etc/app/cors.toml"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed() {
        use std::fs::{create_dir, write};
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let found = |path: &str| -> Vec<String> {
            let place = |place: Place| {
                let path = place.directory.join(place.name);
                path.strip_prefix(&root).unwrap().display().to_string()
            };
            places(&root.join(path)).into_iter().map(place).collect()
        };
        create_dir(root.join("..1")).unwrap();
        write(root.join("..1/cors.toml"), "").unwrap();
        symlink("..1", root.join("..data")).unwrap();
        symlink("..data/cors.toml", root.join("cors.toml")).unwrap();
        create_dir(root.join("app")).unwrap();
        symlink("../cors.toml", root.join("app/up")).unwrap();
        symlink(root.join("cors.toml"), root.join("app/absolute")).unwrap();
        symlink("loop", root.join("loop")).unwrap();

        let config_map = ["cors.toml", "..data", "..1/cors.toml"];
        assert_eq!(found("cors.toml"), config_map);
        assert_eq!(found("./app/.././cors.toml"), config_map);
        assert_eq!(found("..1/cors.toml"), ["..1/cors.toml"]);
        assert_eq!(found("missing/x"), ["missing/x"]);
        for link in ["app/up", "app/absolute"] {
            let expected: Vec<_> = [link].into_iter().chain(config_map).collect();
            assert_eq!(found(link), expected);
        }
        assert_eq!(found("loop").len(), LINKS + 1);
    }
}
