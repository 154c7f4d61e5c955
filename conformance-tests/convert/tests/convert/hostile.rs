//! Hostile texts end with an error, in bounded time and on a small stack.

use std::thread;

use cors_convert::{Library, MAX_LENGTH, convert};

/// Texts that nest or repeat something as often as the length allows.
fn texts() -> Vec<String> {
    let repeated = [
        "(",
        "[",
        "{a: ",
        "!",
        "&",
        "\"",
        "'",
        "a.b().",
        "<",
        "- ",
        "f(x => ",
        "\u{0}",
        "cors({a:",
        "CorsLayer::new().a(",
        "vec![",
        "server { ",
    ];
    let length = MAX_LENGTH / 32;
    repeated
        .into_iter()
        .map(|part| part.repeat(length / part.len()))
        .collect()
}

/// Converts on a stack of half a megabyte.
fn fails(from: Library, text: String) {
    let start: String = text.chars().take(20).collect();
    let thread = thread::Builder::new().stack_size(512 * 1024);
    let converting = thread.spawn(move || convert(from, &text).err()).unwrap();
    let problems = converting.join().unwrap();
    let problems = problems.unwrap_or_else(|| panic!("{} reads {start:?}", from.as_str()));
    assert!((1..=101).contains(&problems.len()));
    for problem in problems {
        let shown = problem.to_string();
        assert!(
            shown.len() < 400 && !shown.contains(char::is_control),
            "{shown}"
        );
    }
}

#[test]
fn nested_and_repeated() {
    for from in [
        Library::TowerHttp,
        Library::Starlette,
        Library::Express,
        Library::Spring,
        Library::Nginx,
    ] {
        for text in texts() {
            fails(from, text);
        }
    }
}

#[test]
fn too_long() {
    for from in Library::ALL {
        fails(from, " ".repeat(MAX_LENGTH + 1));
    }
}

#[test]
fn valid_but_deep() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(2_000), close.repeat(2_000));
    fails(
        Library::TowerHttp,
        format!(
            "fn f() {{ CorsLayer::new().allow_origin({}) }}",
            deep("[", "]")
        ),
    );
    fails(
        Library::TowerHttp,
        format!(
            "fn f() {{ CorsLayer::new(){} }}",
            ".allow_origin(Any)".repeat(2_000)
        ),
    );
    fails(
        Library::Starlette,
        format!("CORSMiddleware(app, allow_origins={})", deep("[", "]")),
    );
    fails(Library::Express, format!("cors({})", deep("[", "]")));
    fails(Library::Express, format!("cors({})", deep("{a:", "}")));
    fails(Library::Spring, deep("[", "]"));
    fails(Library::Nginx, deep("a {", "}"));
}

#[test]
fn names_that_stand_for_many_names() {
    let mut text = String::new();
    for i in 0..100 {
        text += &format!("const a{i} = [a{0}, a{0}, a{0}];\n", i + 1);
    }
    fails(Library::Express, text + "cors({ origin: a0 })");
}

#[test]
fn builders_that_occur_often_and_deep() {
    let occurrences = "cors, ".repeat(3_000);
    let (open, close) = ("(".repeat(10_000), ")".repeat(10_000));
    fails(
        Library::TowerHttp,
        format!("fn f() {{ let cors = CorsLayer::new(); {open}{occurrences}{close}; }}"),
    );
    let functions: String = (0..1_000)
        .map(|i| format!("fn f{i}() {{ f{}() }}\n", i + 1))
        .collect();
    fails(
        Library::TowerHttp,
        functions + "fn f1000() { CorsLayer::new() } fn g() { f0().allow_origin(Any) }",
    );
}

#[test]
fn variables_of_nginx_that_depend_on_many() {
    let chain: String = (0..2_500)
        .map(|i| format!("set $a{i} $a{};\n", i + 1))
        .collect();
    fails(
        Library::Nginx,
        chain + "set $a2500 $http_origin; if ($a0) { return 403; }",
    );
    let sets = "set $a '';".repeat(3_000);
    let blocks = "a { add_header Access-Control-Allow-Origin $a; }".repeat(200);
    fails(
        Library::Nginx,
        format!("{sets} {blocks} b {{ set $a ''; }}"),
    );
}
