//! Policy files that are followed (feature `watch`). No test depends on how long anything takes: each waits for the
//! callback, with a limit that is only for failures.

#![cfg(feature = "watch")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

#[cfg(all(feature = "metrics", feature = "tracing"))]
mod recording;

use cors_core::watch::{PolicyFile, Problem, Replace, WatchError, Watcher};
use cors_core::{Config, ConfigError, InForce, LivePolicies, Policies, Policy, PolicyTable};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(120);
const NEVER: Duration = Duration::from_secs(3600);
const DEBOUNCE: Duration = Duration::from_millis(20);

const A: &str = "CORS_ALLOW_ORIGINS=https://a.example\n";
const B: &str = "CORS_ALLOW_ORIGINS=https://b.example\n";
const A_AND_B: &str = "CORS_ALLOW_ORIGINS=https://a.example,https://b.example\n";

type Live = LivePolicies<Arc<Policy>>;

/// A format for these tests: environment variables, one on each line.
fn parse(text: &str) -> Result<Policy, Box<dyn Error + Send + Sync>> {
    let lines = text.lines().map(|line| line.split_once('=').ok_or(line));
    let lines: Result<Vec<_>, _> = lines.collect();
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let vars = lines.map_err(|line| format!("no value: {line}"))?;
    Ok(Config::from_vars("CORS_", vars.into_iter().map(owned)).build()?)
}

fn policies(text: &str) -> Policies {
    parse(text).unwrap().into()
}

/// As an adapter implements it.
struct Middleware(Arc<Live>);

impl Replace for Middleware {
    fn in_force(&self) -> InForce {
        self.0.in_force()
    }

    fn replace(&self, policies: Policies) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.0.replace(policies);
        Ok(())
    }
}

/// Only reports wake the thread, so that a missing report is a failure.
fn policy_file(path: &Path) -> PolicyFile {
    let file = PolicyFile::new(path, parse);
    file.debounce(DEBOUNCE).poll_interval(NEVER)
}

fn live(policies: Policies) -> Arc<Live> {
    let render = |policies| PolicyTable::new(policies, Ok::<_, ()>).unwrap();
    Arc::new(LivePolicies::new(policies, render))
}

fn middleware(live: &Arc<Live>) -> Middleware {
    Middleware(Arc::clone(live))
}

/// A file that is followed.
struct Following {
    cors: Arc<Live>,
    results: Receiver<Result<InForce, WatchError>>,
    watcher: Watcher,
}

impl Following {
    fn of(path: &Path) -> Self {
        Self::with(policy_file(path))
    }

    fn with(mut file: PolicyFile) -> Self {
        let cors = live(file.read().unwrap());
        let (send, results) = channel();
        let callback = move |result| drop(send.send(result));
        let watcher = file.watch(middleware(&cors), callback).unwrap();
        assert_eq!(cors.in_force().revision(), 1);
        Self {
            cors,
            results,
            watcher,
        }
    }

    /// The next call of the callback.
    fn next(&self) -> Result<InForce, WatchError> {
        self.results.recv_timeout(LIMIT).unwrap()
    }

    /// Waits until the file has been applied. Errors before that are those of a file in between.
    fn expect(&self, text: &str) -> Vec<WatchError> {
        let mut errors = Vec::new();
        loop {
            match self.next() {
                Ok(now) => {
                    assert_eq!(**now.policies(), policies(text));
                    assert_eq!(**self.cors.in_force().policies(), policies(text));
                    return errors;
                }
                Err(error) => errors.push(error),
            }
        }
    }

    /// Waits for an error, which must leave the policies in force.
    fn expect_error(&self) -> Problem {
        let before = self.cors.in_force();
        let error = self.next().unwrap_err();
        assert_eq!(before.revision(), self.cors.in_force().revision());
        let source = error.source().map(ToString::to_string);
        assert!(source.is_none_or(|source| !error.to_string().contains(&source)));
        take(error)
    }
}

fn take(error: WatchError) -> Problem {
    // `Problem` has no `Clone`, because the errors of the system have none.
    match error.problem() {
        Problem::Read(error) => Problem::Read(error.kind().into()),
        Problem::Invalid(error) => Problem::Invalid(error.to_string().into()),
        Problem::Widens(diff) => Problem::Widens(diff.clone()),
        Problem::TooLong(max) => Problem::TooLong(*max),
        Problem::NotUtf8(valid) => Problem::NotUtf8(*valid),
        Problem::NotAFile => Problem::NotAFile,
        Problem::Empty => Problem::Empty,
        Problem::Panicked => Problem::Panicked,
        Problem::TooComplex(error) => Problem::TooComplex(*error),
        Problem::Replace(error) => Problem::Replace(error.to_string().into()),
        other => panic!("{other}"),
    }
}

fn folder(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cors.env");
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// Writes a new file, and renames it over the old one.
fn replace_file(path: &Path, text: impl AsRef<[u8]>) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

#[test]
fn a_file_is_written_in_place() {
    let (_folder, path) = folder(A);
    let file = Following::of(&path);
    for text in [B, A_AND_B, A] {
        fs::write(&path, text).unwrap();
        file.expect(text);
    }
    assert_eq!(file.cors.in_force().revision(), 4);
}

#[test]
fn a_file_is_renamed_over_the_old_one() {
    let (_folder, path) = folder(A);
    let file = Following::of(&path);
    for (number, text) in [B, A, B, A_AND_B].into_iter().enumerate() {
        replace_file(&path, text);
        let now = file.next().unwrap();
        assert_eq!(**now.policies(), policies(text));
        assert_eq!(now.revision(), 2 + number as u64);
    }
}

#[test]
fn a_file_is_deleted_and_comes_back() {
    let (_folder, path) = folder(A);
    let file = Following::of(&path);
    for text in [B, A, B] {
        fs::remove_file(&path).unwrap();
        assert!(matches!(file.expect_error(), Problem::Read(_)));
        replace_file(&path, text);
        assert!(file.expect(text).is_empty());
    }
}

#[test]
fn a_half_is_never_applied() {
    let (_folder, path) = folder(A);
    let file = Following::of(&path);
    let half = "CORS_ALLOW_ORIGINS=https://b.example\nCORS_ALLOW";
    fs::write(&path, half).unwrap();
    // At first, the file is empty for a moment.
    while !matches!(file.expect_error(), Problem::Invalid(_)) {}
    let whole = format!("{half}_METHODS=GET,PUT\n");
    fs::write(&path, &whole).unwrap();
    file.expect(&whole);
    assert_eq!(file.cors.in_force().revision(), 2);
}

/// The layout of a mounted ConfigMap: `cors.env -> ..data/cors.env`, `..data -> ..1`. An update makes a new
/// directory, and renames a new link over `..data`.
#[cfg(unix)]
#[test]
fn a_config_map_is_swapped() {
    use std::os::unix::fs::symlink;

    let mount = tempfile::tempdir().unwrap();
    let at = |name: &str| mount.path().join(name);
    let version = |number: usize, text| {
        let name = format!("..{number}");
        fs::create_dir(at(&name)).unwrap();
        fs::write(at(&name).join("cors.env"), text).unwrap();
        symlink(&name, at("..data_tmp")).unwrap();
        fs::rename(at("..data_tmp"), at("..data")).unwrap();
    };
    version(0, A);
    symlink("..data/cors.env", at("cors.env")).unwrap();
    // Another link, in a directory where nothing changes.
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link");
    symlink(at("cors.env"), &link).unwrap();

    let files = [
        Following::of(&at("cors.env")),
        Following::of(&link),
        Following::of(&at("..data/cors.env")),
    ];
    for (number, text) in [B, A_AND_B, A].into_iter().enumerate() {
        version(number + 1, text);
        files.iter().for_each(|file| drop(file.expect(text)));
        // Sooner, this would be reported as well as the swap.
        fs::remove_dir_all(at(&format!("..{number}"))).unwrap();
    }
    // In the last directory, which did not exist when the watch began.
    fs::write(at("..3/cors.env"), B).unwrap();
    files.iter().for_each(|file| drop(file.expect(B)));
}

/// Nothing is reported from a directory that was made again, so the poll finds the change.
#[test]
fn a_directory_is_deleted_and_comes_back() {
    let outer = tempfile::tempdir().unwrap();
    let directory = outer.path().join("app");
    let path = directory.join("cors.env");
    fs::create_dir(&directory).unwrap();
    fs::write(&path, A).unwrap();
    let file = policy_file(&path).poll_interval(DEBOUNCE);
    let file = Following::with(file);
    for text in [B, A] {
        fs::remove_dir_all(&directory).unwrap();
        assert!(matches!(file.expect_error(), Problem::Read(_)));
        fs::create_dir(&directory).unwrap();
        replace_file(&path, text);
        file.expect(text);
    }
}

#[test]
fn a_policy_with_errors_is_reported_once() {
    let (_folder, path) = folder(A);
    let file = Following::of(&path);
    replace_file(&path, "CORS_ALLOW_ORIGINS=https://b.example/\n");
    let error = file.next().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: invalid CORS policy, 1 error:\nCORS_ALLOW_ORIGINS, entry 1: `https://b.example/`: an \
             origin ends with the host or the port, without a slash; use `https://b.example`",
            path.display()
        )
    );
    let Problem::Invalid(cause) = error.problem() else {
        panic!("{error}");
    };
    let cause = cause.downcast_ref::<ConfigError>().unwrap();
    assert_eq!(cause.errors().len(), 1);
    assert!(error.source().is_none(), "its text is printed already");
    assert_eq!(error.path(), path);
    assert_eq!(format!("{error:?}"), error.to_string());

    // The same text again changes nothing, so the next call is for `B`.
    replace_file(&path, "CORS_ALLOW_ORIGINS=https://b.example/\n");
    replace_file(&path, B);
    assert!(file.expect(B).is_empty());
    // The same policies with other text replace nothing.
    replace_file(&path, format!("{B}CORS_MAX_AGE=600\n"));
    assert_eq!(file.next().unwrap().revision(), 2);
    // A byte order mark does not matter.
    replace_file(&path, format!("\u{feff}{A}"));
    assert!(file.expect(A).is_empty());
}

#[test]
fn what_is_no_policy_is_refused() {
    let (_folder, path) = folder(A);
    let file = Following::with(policy_file(&path).max_bytes(1000));
    replace_file(&path, [b'x'; 1001]);
    assert!(matches!(file.expect_error(), Problem::TooLong(1000)));
    replace_file(&path, b"CORS_ALLOW_ORIGINS=\xff\n");
    assert!(matches!(file.expect_error(), Problem::NotUtf8(19)));
    replace_file(&path, "\n");
    assert!(matches!(file.expect_error(), Problem::Empty));
    assert_eq!(file.cors.in_force().revision(), 1);
    replace_file(&path, B);
    assert!(file.expect(B).is_empty());
}

/// A file that is missing for a moment would be another error, so links are renamed over the file.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused() {
    use std::os::unix::fs::symlink;

    let (folder, path) = folder(A);
    let directory = tempfile::tempdir().unwrap();
    let fifo = directory.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let file = Following::of(&path);
    let link_to = |target: &Path| {
        let new = folder.path().join("new");
        symlink(target, &new).unwrap();
        fs::rename(new, &path).unwrap();
    };
    for target in [directory.path(), &fifo, Path::new("/dev/zero")] {
        link_to(target);
        assert!(matches!(file.expect_error(), Problem::NotAFile));
        replace_file(&path, A);
        assert_eq!(file.next().unwrap().revision(), 1);
    }
    link_to(&path); // to itself
    assert!(matches!(file.expect_error(), Problem::Read(_)));
    replace_file(&path, B);
    assert!(file.expect(B).is_empty());
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let (_folder, path) = folder(A);
    let file = Following::of(&path);
    let new = path.with_extension("new");
    fs::write(&new, B).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o000)).unwrap();
    let is_root = fs::read(&new).is_ok();
    fs::rename(new, &path).unwrap();
    if !is_root {
        assert!(matches!(file.expect_error(), Problem::Read(_)));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    file.expect(B);
}

#[test]
fn widening_is_refused_and_narrowing_accepted() {
    let (_folder, path) = folder(A);
    let file = Following::with(policy_file(&path).refuse_widening(true));
    replace_file(&path, A_AND_B);
    let error = file.next().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: the policies widen access, which `refuse_widening` refuses; restart to apply them; widened \
             at `/`: pages of `https://b.example` can now read responses",
            path.display()
        )
    );
    assert!(matches!(error.problem(), Problem::Widens(diff) if diff.widens()));
    assert_eq!(file.cors.in_force().revision(), 1);

    let none = "CORS_ALLOW_ORIGINS=[]\n";
    replace_file(&path, none);
    file.expect(none);
    // The first policies are wider than those in force.
    replace_file(&path, A);
    assert!(matches!(file.expect_error(), Problem::Widens(_)));
    // What is in force counts, and not what the file had.
    file.cors.replace(policies(A_AND_B));
    replace_file(&path, B);
    file.expect(B);
}

#[test]
fn policies_that_are_too_complex_to_compare_are_refused() {
    let regex = |regex: &str| format!("CORS_ALLOW_ORIGINS=[]\nCORS_ALLOW_ORIGIN_REGEX={regex}\n");
    let (_folder, path) = folder(&regex(r"https://[abcd]*[ab][abcd]{9}\.com"));
    let file = Following::with(policy_file(&path).refuse_widening(true));
    replace_file(&path, regex(r"https://[abcd]*[ac][abcd]{9}\.com"));
    let problem = file.expect_error();
    assert!(matches!(problem, Problem::TooComplex(_)), "{problem:?}");
}

/// Each replacement of the file is whole, so the policies are always one of these.
#[test]
fn ten_thousand_changes_are_coalesced() {
    let (folder, path) = folder(A);
    let at = |name| folder.path().join(name);
    fs::write(at("a"), A).unwrap();
    fs::write(at("b"), B).unwrap();
    let start = Instant::now();
    let file = Following::of(&path);
    for number in 0..10_000 {
        fs::hard_link(at(if number % 2 == 0 { "b" } else { "a" }), at("new")).unwrap();
        fs::rename(at("new"), &path).unwrap();
    }
    replace_file(&path, A_AND_B);
    let mut calls = 0;
    loop {
        calls += 1;
        match file.next() {
            Ok(now) if **now.policies() == policies(A_AND_B) => break,
            Ok(now) => assert!([A, B].map(policies).contains(now.policies())),
            Err(error) => assert!(matches!(error.problem(), Problem::KeepsChanging)),
        }
    }
    // Between two calls, there is at least one pause.
    let pauses = start.elapsed().as_nanos() / DEBOUNCE.as_nanos();
    assert!(calls <= 1 + pauses, "{calls} calls");
}

#[test]
fn dropping_the_watcher_stops_the_thread() {
    let (_folder, path) = folder(A);
    for text in [B, A] {
        let file = Following::of(&path);
        drop(file.watcher);
        replace_file(&path, text);
        // The thread has the only sender.
        let end = file.results.recv_timeout(LIMIT);
        assert!(matches!(end, Err(RecvTimeoutError::Disconnected)));
        assert_eq!(file.cors.in_force().revision(), 1);
        assert_eq!(Arc::strong_count(&file.cors), 1);
    }
}

#[test]
fn the_callback_can_drop_the_watcher() {
    let (_folder, path) = folder(A);
    let mut file = policy_file(&path);
    let cors = live(file.read().unwrap());
    let slot = Arc::new(Mutex::new(None));
    let (send, results) = channel();
    let watcher = Arc::clone(&slot);
    let callback = move |result: Result<InForce, _>| {
        drop(watcher.lock().unwrap().take());
        send.send(result.is_ok()).unwrap();
    };
    let mut guard = slot.lock().unwrap();
    *guard = Some(file.watch(middleware(&cors), callback).unwrap());
    drop(guard);
    replace_file(&path, B);
    assert_eq!(results.recv_timeout(LIMIT), Ok(true));
    assert_eq!(
        results.recv_timeout(LIMIT),
        Err(RecvTimeoutError::Disconnected)
    );
}

#[test]
fn a_bad_file_is_an_error_at_start_up() {
    let missing = tempfile::tempdir().unwrap().path().join("cors.env");
    let error = policy_file(&missing).read().unwrap_err();
    assert!(matches!(error.problem(), Problem::Read(_)));
    assert!(error.to_string().contains("cannot read the file: "));

    let (_folder, path) = folder("CORS_ALLOW_ORIGINS\n");
    let error = policy_file(&path).read().unwrap_err();
    assert!(error.to_string().ends_with("no value: CORS_ALLOW_ORIGINS"));

    // It has become bad, or wider, since it was read.
    for (text, is_expected) in [
        (
            "",
            (|it| matches!(it, Problem::Empty)) as fn(&Problem) -> bool,
        ),
        (A_AND_B, |it| matches!(it, Problem::Widens(_))),
    ] {
        fs::write(&path, A).unwrap();
        let mut file = policy_file(&path).refuse_widening(true);
        let cors = live(file.read().unwrap());
        fs::write(&path, text).unwrap();
        let error = file.watch(middleware(&cors), |_| {}).unwrap_err();
        assert!(is_expected(error.problem()), "{error}");
        assert_eq!(cors.in_force().revision(), 1);
    }
}

#[test]
fn the_file_is_in_force_when_the_watch_begins() {
    let (_folder, path) = folder(A);
    let mut file = policy_file(&path);
    let cors = live(file.read().unwrap());
    fs::write(&path, B).unwrap();
    let _watcher = file.watch(middleware(&cors), |_| {}).unwrap();
    assert_eq!(**cors.in_force().policies(), policies(B));

    // The same if the middleware was made with other policies, or the file was never read.
    let cors = live(policies(A));
    let _watcher = policy_file(&path).watch(middleware(&cors), |_| {}).unwrap();
    assert_eq!(**cors.in_force().policies(), policies(B));
}

#[test]
fn a_policy_file_can_be_shown() {
    let file = PolicyFile::new("cors.toml", parse).max_bytes(7);
    let shown = format!("{file:?}");
    assert!(shown.contains("cors.toml"), "{shown}");
    assert!(shown.contains("max_bytes: 7"), "{shown}");
}

#[test]
fn the_function_is_called_once_for_each_text() {
    let (_folder, path) = folder(A);
    let (send, texts) = channel();
    let file = PolicyFile::new(&path, move |text| {
        send.send(text.to_owned())?;
        parse(text)
    });
    let file = Following::with(file.debounce(DEBOUNCE).poll_interval(NEVER));
    replace_file(&path, B);
    file.expect(B);
    drop(file);
    let texts: Vec<String> = texts.iter().collect();
    assert_eq!(texts, [A, B]);
}

#[test]
fn a_panic_does_not_end_the_thread() {
    let (_folder, path) = folder(A);
    let file = PolicyFile::new(&path, |text| match text {
        "panic" => panic!("a function of the user"),
        text => parse(text),
    });
    let mut file = file.debounce(DEBOUNCE).poll_interval(NEVER);
    let cors = live(file.read().unwrap());
    let (send, results) = channel();
    let callback = move |result: Result<InForce, WatchError>| {
        send.send(result.map_err(take)).unwrap();
        panic!("a callback of the user");
    };
    let _watcher = file.watch(middleware(&cors), callback).unwrap();
    replace_file(&path, "panic");
    let problem = results.recv_timeout(LIMIT).unwrap().unwrap_err();
    assert!(matches!(problem, Problem::Panicked));
    replace_file(&path, B);
    let now = results.recv_timeout(LIMIT).unwrap().unwrap();
    assert_eq!(**now.policies(), policies(B));
}

/// A middleware that applies only policies with an origin.
struct Picky(Arc<Live>);

impl Replace for Picky {
    fn in_force(&self) -> InForce {
        self.0.in_force()
    }

    fn replace(&self, policies: Policies) -> Result<(), Box<dyn Error + Send + Sync>> {
        if policies == crate::policies("CORS_ALLOW_ORIGINS=[]\n") {
            return Err("no origin".into());
        }
        self.0.replace(policies);
        Ok(())
    }
}

#[test]
fn a_middleware_can_refuse_policies() {
    let (_folder, path) = folder(A);
    let mut file = policy_file(&path);
    let cors = live(file.read().unwrap());
    let (send, results) = channel();
    let callback = move |result: Result<InForce, WatchError>| {
        send.send(result.map_err(|error| error.to_string()))
            .unwrap();
    };
    let _watcher = file.watch(Picky(cors), callback).unwrap();
    replace_file(&path, "CORS_ALLOW_ORIGINS=[]\n");
    let error = results.recv_timeout(LIMIT).unwrap().unwrap_err();
    assert_eq!(error, format!("{}: no origin", path.display()));
    replace_file(&path, B);
    assert_eq!(results.recv_timeout(LIMIT).unwrap().unwrap().revision(), 2);
}

/// The recorders are global, because the file is read on a thread of its own. Other tests report to them, too.
#[cfg(all(feature = "metrics", feature = "tracing"))]
#[test]
#[allow(clippy::indexing_slicing, reason = "a test may panic")]
fn an_error_is_an_event_and_a_counter() {
    let (events, metrics) = (recording::Events::default(), recording::Metrics::default());
    tracing::subscriber::set_global_default(events.subscriber()).unwrap();
    metrics::set_global_recorder(metrics.clone()).unwrap();
    let (_folder, path) = folder(A);
    let file = Following::of(&path);
    replace_file(&path, "x");
    let error = file.next().unwrap_err();
    let shown = path.display().to_string();
    let events = events.take().into_iter();
    let of_file: Vec<_> = events.filter(|it| it.field("path") == shown).collect();
    let [event] = &of_file[..] else {
        panic!("{of_file:?}");
    };
    assert_eq!(event.level, tracing::Level::ERROR);
    assert_eq!(
        event.field("message"),
        format!("the policies in force stay: {error}")
    );
    assert!(metrics.counters()["cors_policy_file_errors_total"] >= 1);
}

/// A comparison can take long. Dropping the watcher does not wait for it.
#[test]
fn dropping_the_watcher_does_not_wait_for_the_comparison() {
    /// After the first time, `in_force` says so and waits.
    struct Slow {
        live: Middleware,
        calls: Mutex<u32>,
        compares: Sender<()>,
        go_on: Mutex<Receiver<()>>,
    }

    impl Replace for Slow {
        fn in_force(&self) -> InForce {
            *self.calls.lock().unwrap() += 1;
            if *self.calls.lock().unwrap() > 1 {
                self.compares.send(()).unwrap();
                let _ = self.go_on.lock().unwrap().recv();
            }
            self.live.in_force()
        }

        fn replace(&self, policies: Policies) -> Result<(), Box<dyn Error + Send + Sync>> {
            self.live.replace(policies)
        }
    }

    let (_folder, path) = folder(A);
    let mut file = policy_file(&path).refuse_widening(true);
    let cors = live(file.read().unwrap());
    let (compares, is_comparing) = channel();
    let (go_on, waits) = channel::<()>();
    let slow = Slow {
        live: middleware(&cors),
        calls: Mutex::new(0),
        compares,
        go_on: Mutex::new(waits),
    };
    let (send, results) = channel();
    let watcher = file.watch(slow, move |result| drop(send.send(result)));
    let watcher = watcher.unwrap();
    replace_file(&path, "CORS_ALLOW_ORIGINS=[]\n");
    is_comparing.recv_timeout(LIMIT).unwrap();
    let (send, is_dropped) = channel();
    std::thread::spawn(move || {
        drop(watcher);
        send.send(())
    });
    is_dropped.recv_timeout(LIMIT).unwrap();
    drop(go_on);
    let end = results.recv_timeout(LIMIT);
    assert!(matches!(end, Err(RecvTimeoutError::Disconnected)));
    assert_eq!(cors.in_force().revision(), 1, "nothing was replaced");
}
