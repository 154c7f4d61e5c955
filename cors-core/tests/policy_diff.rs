//! The comparison of policies: every key, its limits, and how differences are written.
//!
//! `conformance-tests/tests/policy_diff` compares it with the browser model.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use cors_core::issue::Key;
use cors_core::{
    Change, Config, Difference, Permission, Policies, Policy, PolicyTable, RequestHead,
    RequestHeader, TooComplex,
};

fn base() -> Config {
    Config::new()
        .allow_origins(["https://a.com"])
        .allow_methods(["GET", "PUT"])
}

fn built(config: Config) -> Policy {
    config.build().unwrap()
}

/// The ids of what `new` widens and narrows.
fn changes(old: Config, new: Config) -> (Vec<&'static str>, Vec<&'static str>) {
    let diff = built(old).diff(&built(new)).unwrap();
    let all = |change| {
        let all = diff.differences().iter();
        let all = all.filter(|difference| difference.change() == change);
        all.map(|difference| difference.permission().id()).collect()
    };
    (all(Change::Widened), all(Change::Narrowed))
}

/// What each key lets pages do. `None` is nothing.
#[test]
fn every_key() {
    type Set = fn(Config) -> Config;
    let expected: &[(Key, Set, Option<&str>)] = &[
        (
            Key::AllowOrigins,
            |c| c.allow_origins(["https://a.com", "https://b.com"]),
            Some("read"),
        ),
        (
            Key::AllowOriginRegex,
            |c| c.allow_origin_regex(r"https://b\.com"),
            Some("read"),
        ),
        (
            Key::AllowMethods,
            |c| c.allow_methods(["GET", "PUT", "POST"]),
            Some("send-method"),
        ),
        (
            Key::AllowHeaders,
            |c| c.allow_headers(["X-A"]),
            Some("send-header"),
        ),
        (
            Key::AllowCredentials,
            |c| c.allow_credentials(true),
            Some("use-credentials"),
        ),
        (
            Key::ExposeHeaders,
            |c| c.expose_headers(["ETag"]),
            Some("read-header"),
        ),
        (Key::MaxAge, |c| c.max_age(60), None),
        (Key::PreflightStatus, |c| c.preflight_status(204), None),
        (Key::Diagnostics, |c| c.diagnostics(true), None),
        (
            Key::TimingAllowOrigin,
            |c| c.timing_allow_origin(true),
            Some("read-timing"),
        ),
        (
            Key::DangerouslyAllowCredentialsOnPublicSuffixes,
            |c| c.dangerously_allow_credentials_on_public_suffixes(true),
            None,
        ),
        (
            Key::DangerouslyAllowCredentialsWithAnyApp,
            |c| c.dangerously_allow_credentials_with_any_app(true),
            None,
        ),
        (
            Key::DangerouslyAllowCredentialsWithBroadRegex,
            |c| c.dangerously_allow_credentials_with_broad_regex(true),
            None,
        ),
    ];
    // The others narrow what pages can do.
    let narrowing: &[(Key, Set, &str)] = &[
        (
            Key::BlockRefusedOrigins,
            |c| c.block_refused_origins(true),
            "reach",
        ),
        (
            Key::OwnOrigins,
            |c| c.own_origins(["https://s.com"]),
            "reach-host",
        ),
    ];
    for key in Key::ALL {
        let widens = expected.iter().find(|(of, ..)| of == key);
        let narrows = narrowing.iter().find(|(of, ..)| of == key);
        let (set, widened, narrowed) = match (widens, narrows) {
            (Some((_, set, id)), None) => (set, id.as_slice(), &[][..]),
            (None, Some((_, set, id))) => (set, &[][..], std::slice::from_ref(id)),
            _ => panic!("{key} is not compared"),
        };
        let there = changes(base(), set(base()));
        assert_eq!(there, (widened.to_vec(), narrowed.to_vec()), "{key}");
        let back = changes(set(base()), base());
        assert_eq!(back, (narrowed.to_vec(), widened.to_vec()), "{key}");
    }
}

#[test]
fn what_makes_no_difference() {
    for (one, other) in [
        // The same origins, written in another way.
        (
            Config::new().allow_origins(["https://a.com", "https://b.com"]),
            Config::new().allow_origin_regex(r"https://[ab]\.com"),
        ),
        (
            Config::new().allow_origins(["*"]),
            Config::new()
                .allow_origins(["null", "file://"])
                .allow_origin_regex(".*"),
        ),
        // No browser loads a page from these ports.
        (
            Config::new().allow_origin_regex("https://a(:(6000|10080))?"),
            Config::new().allow_origins(["https://a"]),
        ),
        // Nothing is allowed without an origin.
        (
            Config::new(),
            Config::new()
                .allow_methods(["*"])
                .allow_headers(["*"])
                .expose_headers(["*"])
                .timing_allow_origin(true),
        ),
        // No header is allowed without a method.
        (
            base().allow_methods([""; 0]),
            base()
                .allow_methods([""; 0])
                .allow_headers(["*"])
                .max_age(0),
        ),
        // These are always allowed, or never sent.
        (base(), base().allow_headers(["accept", "Cookie", "Sec-A"])),
        (
            base(),
            base().expose_headers(["Content-Length", "Set-Cookie"]),
        ),
        // Any origin is allowed, so none is blocked.
        (
            Config::new().allow_origins(["*"]),
            Config::new()
                .allow_origins(["*"])
                .block_refused_origins(true),
        ),
        // The check of `Host` does not know the scheme.
        (
            base().own_origins(["http://localhost:3000"]),
            base().own_origins(["https://localhost:3000"]),
        ),
    ] {
        let (one, other) = (built(one), built(other));
        assert_ne!(one, other);
        assert_eq!(one.diff(&other).unwrap().to_string(), "no difference");
        assert!(one.is_at_most(&other).unwrap() && other.is_at_most(&one).unwrap());
    }
}

#[test]
fn in_words() {
    let old = base()
        .allow_headers(["X-A"])
        .max_age(0)
        .own_origins(["http://localhost:3000"])
        .block_refused_origins(true);
    let new = Config::new()
        .allow_origins(["https://a.com", "https://*.b.com", "null"])
        .allow_origin_regex("(?x) https://c\\.com # the\n shop")
        .allow_methods(["PUT", "POST"])
        .allow_headers(["*"])
        .expose_headers(["*"])
        .timing_allow_origin(true);
    let diff = built(old).diff(&built(new)).unwrap();
    let text = diff.to_string();
    let expected = [
        "widened: pages of `null` can now read responses",
        "widened: pages that `https://*.b.com` allows, such as `https://a.b.com`, can now read responses",
        "widened: pages that `(?x) https://c\\.com # the\\n shop` allows, such as `https://c.comshop`, can now \
         read responses",
        "widened: pages of allowed origins, such as `https://a.com`, can now send `POST` with headers that \
         need a preflight, such as `Content-Type: application/json`",
        "widened: pages of allowed origins, such as `https://a.com`, can now send `HEAD` with headers that \
         need a preflight, after a preflight for `PUT`",
        "widened: pages of allowed origins, such as `https://a.com`, can now send any header, such as \
         `authorization`",
        "widened: pages of allowed origins, such as `https://a.com`, can now read any response header, such as \
         `location`",
        "widened: pages of allowed origins, such as `https://a.com`, can now read how long the phases of a \
         request took",
        "widened: pages of refused origins, such as `https://a`, can now reach the application with requests \
         that need no preflight",
        "widened: browsers can now reach the application as `https://a`",
        "narrowed: pages of allowed origins, such as `https://a.com`, can no longer send `GET` with headers \
         that need a preflight, such as `Content-Type: application/json`",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

/// Entries that both policies have are not compared, so their number and their complexity do not matter.
#[test]
fn large_lists_and_complex_regexes() {
    let patterns = |count| (0..count).map(|number| format!("https://*.tenant-{number}.example"));
    let exact = |count| (0..count).map(|number| format!("https://tenant-{number}.example"));
    let complex = r"https://(a|b)*a(a|b){9}\.com|https://(a|b|c)*b(a|b|c){6}\.com";
    let large = |exacts, pattern_count| {
        let config = Config::new().allow_origins(exact(exacts).chain(patterns(pattern_count)));
        built(config.allow_origin_regex(complex))
    };
    let old = large(20_000, 5_000);
    let new = large(20_150, 5_000);
    assert!(old.is_at_most(&new).unwrap());
    let diff = old.diff(&new).unwrap();
    assert_eq!(diff.differences().len(), 100);
    let last = diff.differences()[99].permission();
    assert!(
        matches!(last, Permission::Read { more: 50, .. }),
        "{last:?}"
    );
    let last = diff.to_string();
    assert!(
        last.ends_with("can now read responses, and 50 more origins"),
        "{last}"
    );
}

/// After the first 100 patterns, the others share a difference.
#[test]
fn many_patterns() {
    let pattern = |number: usize| format!("https://*.tenant-{number:03}.example");
    let new = built(Config::new().allow_origins((0..120).map(pattern)));
    let old = built(Config::new().allow_origins((0..5).chain([105]).map(pattern)));
    let diff = old.diff(&new).unwrap();
    let entries = diff.differences().iter();
    let entries = entries.map(|difference| match difference.permission() {
        Permission::Read { entry, .. } => entry.clone(),
        other => panic!("{other:?}"),
    });
    let expected = (5..105).chain([106]).map(pattern);
    assert_eq!(entries.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

/// No pattern and no regex allows these origins, but `*` does.
#[test]
fn origins_that_only_their_names_allow() {
    let any = built(Config::new().allow_origins(["*"]));
    for (others, example) in [(&[][..], "file://"), (&["file://"], "null")] {
        let regex = Config::new().allow_origins(others).allow_origin_regex(".*");
        assert_eq!(
            built(regex).diff(&any).unwrap().to_string(),
            format!("widened: pages that `*` allows, such as `{example}`, can now read responses")
        );
    }
}

#[test]
fn names_of_headers_in_words() {
    let new = base().allow_headers(["X-A"]).expose_headers(["X-B"]);
    let pages = "widened: pages of allowed origins, such as `https://a.com`, can now";
    assert_eq!(
        built(base()).diff(&built(new)).unwrap().to_string(),
        format!("{pages} send the header `x-a`\n{pages} read the response header `x-b`")
    );
}

/// A preflight for all of them is too long for `*`.
#[test]
fn many_headers_at_once() {
    let headers = |count| (0..count).map(|number| format!("x-{number}"));
    let listed = |count| base().allow_headers(headers(count));
    let any = || base().allow_headers(["*"]);
    let (at_once, other) = (vec!["send-headers-at-once"], vec!["send-header"]);
    assert_eq!(changes(any(), listed(50)), (vec![], other.clone()));
    assert_eq!(changes(any(), listed(100)), (at_once, other));
}

#[test]
fn own_pages_of_several_hosts() {
    let config = |own: &[&str]| {
        let config = base().block_refused_origins(true);
        config.own_origins(own.iter().copied())
    };
    let (one, two) = (
        &["https://s.com"][..],
        &["https://s.com", "https://t.com"][..],
    );
    let both = vec!["reach-as-own", "reach-host"];
    assert_eq!(changes(config(one), config(two)), (both, vec![]));
    let own_pages = vec!["reach-as-own"];
    let hosts = vec!["reach-host"];
    assert_eq!(
        changes(config(&[]), config(two)),
        (own_pages, hosts.clone())
    );
    assert_eq!(changes(config(&[]), config(one)), (vec![], hosts));
}

/// The other policy allows the one own page that could use another host.
#[test]
fn own_pages_of_one_host() {
    let old = || {
        let config = Config::new().allow_origins(["https://s.com:80"]);
        config.block_refused_origins(true)
    };
    let new = old().own_origins(["http://s.com", "https://s.com:80"]);
    assert_eq!(changes(old(), new), (vec![], vec!["reach-host"]));
}

/// What is too complex is neither more nor less.
#[test]
fn too_complex() {
    let config = |regex| built(Config::new().allow_origin_regex(regex));
    let one = config(r"https://[abcd]*[ab][abcd]{9}\.com");
    let other = config(r"https://[abcd]*[ac][abcd]{9}\.com");
    assert_eq!(one.is_at_most(&other), Err(TooComplex::Search));
    assert_eq!(one.diff(&other), Err(TooComplex::Search));
    // The entries that both have are known to be the same.
    let more = Config::new().allow_origin_regex(r"https://[abcd]*[ab][abcd]{9}\.com");
    let more = built(more.allow_origins(["https://d.com"]));
    assert!(one.is_at_most(&more).unwrap() && !more.is_at_most(&one).unwrap());
}

/// Each new pattern is found, whether it is listed or shares an entry. Under the narrower policy, there is none.
#[test]
fn many_new_patterns() {
    const COUNT: usize = 500;
    let list = |before: &str| {
        let entry = |number| format!("https://*.{before}example{number}.com:*");
        built(Config::new().allow_origins((0..COUNT).map(entry)))
    };
    let (wide, narrow) = (list(""), list("b."));
    assert!(narrow.is_at_most(&wide).unwrap());
    let diff = narrow.diff(&wide).unwrap();
    assert!((2..=101).contains(&diff.differences().len()));
    for difference in diff.differences() {
        let Permission::Read { origin, entry, .. } = difference.permission() else {
            panic!("{difference}");
        };
        let entry = built(Config::new().allow_origins([entry]));
        let allows = |policy: &Policy| policy.is_origin_allowed(origin.as_bytes());
        assert!(difference.change() == Change::Widened && allows(&entry) && !allows(&narrow));
    }
}

#[cfg(feature = "serde")]
#[test]
fn as_json() {
    let new = base()
        .allow_origins(["https://a.com", "https://b.com"])
        .allow_methods(["GET"]);
    let diff = built(base()).diff(&built(new)).unwrap();
    assert_eq!(
        serde_json::to_value(&diff).unwrap(),
        serde_json::json!([
            {
                "change": "widened",
                "permission": "read",
                "origin": "https://b.com",
                "entry": "https://b.com",
                "more": 0,
                "message": "widened: pages of `https://b.com` can now read responses",
            },
            {
                "change": "narrowed",
                "permission": "send-method",
                "origin": "https://a.com",
                "method": "PUT",
                "message": "narrowed: pages of allowed origins, such as `https://a.com`, can no longer send `PUT`",
            },
        ])
    );
}

/// The first is never listed.
const HOSTS: [&str; 3] = ["other.example", "a.example", "b.example"];

/// A request for this host.
struct For(&'static str);

impl RequestHead for For {
    fn method(&self) -> &[u8] {
        b"GET"
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        (header == RequestHeader::Host)
            .then_some(self.0.as_bytes())
            .into_iter()
    }

    fn host_contradicts_target(&self) -> bool {
        false
    }
}

/// Every path has the policies of one of the prefixes.
#[test]
fn paths_agree_with_a_naive_comparison() {
    let policies = [
        base(),
        base().allow_credentials(true),
        base().block_refused_origins(true),
        base().allow_methods(["GET"]),
    ];
    let policies = policies.map(built);
    let prefixes = ["", "/a", "/a/b", "/caf%C3%A9"];
    let paths = [
        "/",
        "/a",
        "/a/x",
        "/a/b",
        "/a/b/c",
        "/ab",
        "/caf%C3%A9/x",
        "/x/a",
    ];
    // The digits of a number in base 6: no rule, no CORS, or one of the policies.
    let all = |number: usize| {
        let digit = |place: usize| number / 6_usize.pow(u32::try_from(place).unwrap()) % 6;
        let mut all = match digit(0) {
            0 | 1 => Policies::without_default(),
            digit => Policies::new(policies[digit - 2].clone()),
        };
        for (place, prefix) in prefixes.iter().enumerate().skip(1) {
            all = match digit(place) {
                0 => all,
                1 => all.without_cors(prefix).unwrap(),
                digit => all.at(prefix, policies[digit - 2].clone()).unwrap(),
            };
        }
        all
    };
    let is_at_most = |one: Option<&Policy>, other: Option<&Policy>| match (one, other) {
        (Some(one), Some(other)) => one.is_at_most(other).unwrap(),
        (None, Some(other)) => !other.refuses_requests(),
        (Some(_), None) => false, // Each of them allows an origin.
        (None, None) => true,
    };
    let mut widened = 0;
    let on_hosts = |number: usize| {
        let of_paths = all(number % 1_296);
        match number % 3 {
            0 => of_paths,
            number => of_paths
                .for_host(HOSTS[number], all(number * 31 % 1_296))
                .unwrap(),
        }
    };
    for number in 0..300 {
        let (one, other) = (on_hosts(number * 7), on_hosts(number * 101));
        let find = |policies: &Policies, host: &'static str, path| {
            let table = PolicyTable::new(policies.clone(), Ok::<_, ()>).unwrap();
            let policy = table.find(path, &For(host))?;
            Some(Policy::clone(policy))
        };
        let wider = |one, other| {
            HOSTS.iter().any(|host| {
                let find = |policies, path| find(policies, host, path);
                let mut paths = paths.iter();
                paths.any(|path| !is_at_most(find(one, path).as_ref(), find(other, path).as_ref()))
            })
        };
        assert_eq!(
            one.is_at_most(&other).unwrap(),
            !wider(&one, &other),
            "{one:?} {other:?}"
        );
        let diff = other.diff(&one).unwrap();
        assert_eq!(diff.widens(), wider(&one, &other));
        let changes: Vec<_> = diff.differences().iter().map(Difference::change).collect();
        assert!(changes.is_sorted_by_key(|change| *change == Change::Narrowed));
        for difference in diff.differences() {
            let path = match difference.prefix().unwrap() {
                "/café" => "/caf%C3%A9",
                prefix => prefix,
            };
            let is_it = |host: &&&str| Some(**host) == difference.host();
            let host = HOSTS.iter().find(is_it).unwrap_or(&HOSTS[0]);
            let (old, new) = (find(&other, host, path), find(&one, host, path));
            let (one, other) = match difference.change() {
                Change::Widened => (new, old),
                _ => (old, new),
            };
            assert!(!is_at_most(one.as_ref(), other.as_ref()), "{difference}");
        }
        widened += u32::from(diff.widens());
    }
    assert!((100..290).contains(&widened), "{widened}");
}
