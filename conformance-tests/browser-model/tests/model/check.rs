//! "CORS check": `cors/origin.htm`, `cors/credentials-flag.htm`, `cors/status.htm`.

use browser_model::{Blocked, CorsFailure, Fetch, Quirks};

use super::{API, PAGE, blocked, get, including, requests, response, url, with};

#[test]
fn allow_origin() {
    let passing = [
        "*",
        "  *",
        "*\t ",
        PAGE,
        " https://app.example.com",
        "https://app.example.com \t",
        "\thttps://app.example.com",
    ];
    for value in passing {
        let response = response(200, &[("Access-Control-Allow-Origin", value)]);
        assert_eq!(blocked(&get(), &[response]), None, "{value:?}");
    }

    let failing = [
        "",
        " ",
        "null",
        "true",
        "any",
        "self",
        "same-origin",
        "undefined",
        "**",
        "* *",
        "*,",
        ",*",
        "*;",
        "'*'",
        "\"*\"",
        "\0*",
        "*\0",
        "\u{b}*",
        "*\u{c}",
        "\u{ff0a}",
        "*://*",
        "https://*",
        "https://*.example.com",
        "*.example.com",
        "app.example.com",
        "//app.example.com",
        "https:app.example.com",
        "https:///app.example.com",
        "https//app.example.com",
        "https://",
        "https://example.com",
        "https://api.example.com",
        "https://app.example.co",
        "https://app.example.comm",
        "https://app.example.com.",
        "https://www.app.example.com",
        "https://pp.example.com",
        "https://app.example.com/",
        "https://app.example.com/items",
        "https://app.example.com?",
        "https://app.example.com#",
        "https://app.example.com:",
        "https://app.example.com:443",
        "https://app.example.com:8443",
        "http://app.example.com",
        "HTTPS://app.example.com",
        "https://APP.example.com",
        "https://user@app.example.com",
        "https://app.example.com\\",
        "https://app.example.com%00",
        "https://app.example.com\0",
        "https://app.example.com;",
        "https://app.example.com,",
        ",https://app.example.com",
        "https://app.example.com, https://app.example.com",
        "https://app.example.com https://app.example.com",
        "https://app.example.com, https://b.example.com",
        "https://b.example.com, https://app.example.com",
        "https://app.example.com, null",
        "https://app.example.com, *",
        "<https://app.example.com>",
        "'https://app.example.com'",
        "\"https://app.example.com\"",
        "origin=https://app.example.com",
        "\u{b}https://app.example.com",
        "https://app.\u{301}example.com",
    ];
    for value in failing {
        let response = response(200, &[("Access-Control-Allow-Origin", value)]);
        let failure = CorsFailure::AllowOrigin(value.trim_matches([' ', '\t']).into());
        let expected = Some(Blocked::Cors(failure));
        assert_eq!(blocked(&get(), &[response]), expected, "{value:?}");
    }
    println!("{} pass, {} fail", passing.len(), failing.len());
}

#[test]
fn allow_origin_missing_or_repeated() {
    let absent = Some(Blocked::Cors(CorsFailure::NoAllowOrigin));
    assert_eq!(blocked(&get(), &[response(200, &[])]), absent);
    let other = [("Allow-Origin", "*"), ("Access-Control-Allow-Origins", "*")];
    assert_eq!(blocked(&get(), &[response(200, &other)]), absent);

    let name = "access-control-allow-origin";
    for values in [
        ["*", "*"],
        ["*", PAGE],
        [PAGE, "*"],
        [PAGE, PAGE],
        ["", PAGE],
        [PAGE, ""],
        ["", "*"],
        ["*", ""],
        [PAGE, "https://b.example.com"],
    ] {
        let response = response(200, &values.map(|value| (name, value)));
        let failure = CorsFailure::AllowOrigin(values.join(", ").into());
        assert_eq!(blocked(&get(), &[response]), Some(Blocked::Cors(failure)));
    }
}

#[test]
fn opaque_origins_are_null() {
    let opaque = Fetch::new("null", url(API));
    for (value, passes) in [
        ("*", true),
        ("null", true),
        ("Null", false),
        ("NULL", false),
        ("\"null\"", false),
        ("null, null", false),
        (PAGE, false),
        ("https://api.example.com", false),
        ("", false),
    ] {
        let response = response(200, &[("access-control-allow-origin", value)]);
        let blocked = blocked(&opaque, std::slice::from_ref(&response));
        assert_eq!(blocked.is_none(), passes, "{value:?}");
    }
}

#[test]
fn allow_credentials() {
    let name = "Access-Control-Allow-Credentials";
    let rows: [(&[&str], bool); 20] = [
        (&["true"], true),
        (&[" true"], true),
        (&["true\t"], true),
        (&[], false),
        (&[""], false),
        (&["TRUE"], false),
        (&["True"], false),
        (&["tRUE"], false),
        (&["false"], false),
        (&["1"], false),
        (&["yes"], false),
        (&["*"], false),
        (&["\"true\""], false),
        (&["true true"], false),
        (&["true,"], false),
        (&["true, true"], false),
        (&["true;"], false),
        (&["true\0"], false),
        (&["true", "true"], false),
        (&["", "true"], false),
    ];
    for (values, passes) in rows {
        let allow_origin = ("Access-Control-Allow-Origin", PAGE);
        let values = values.iter().map(|&value| (name, value));
        let headers: Vec<_> = values.chain([allow_origin]).collect();
        let responses = [response(200, &headers)];
        let expected = (!passes).then_some(Blocked::Cors(CorsFailure::AllowCredentials));
        assert_eq!(
            blocked(&including(get()), &responses),
            expected,
            "{headers:?}"
        );
        // Without credentials, the header is not checked.
        assert_eq!(blocked(&get(), &responses), None, "{headers:?}");
    }
}

#[test]
fn with_credentials_a_wildcard_origin_fails() {
    for value in ["true", "false", "*"] {
        let headers = [
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Credentials", value),
        ];
        let responses = [response(200, &headers)];
        let expected = Blocked::Cors(CorsFailure::AnyOriginWithCredentials);
        assert_eq!(blocked(&including(get()), &responses), Some(expected));
        assert_eq!(blocked(&get(), &responses), None);
    }
}

#[test]
fn the_check_ignores_the_status() {
    let statuses = (200..600).filter(|status| ![301, 302, 303, 307, 308].contains(status));
    for status in statuses {
        let passing = response(status, &[("Access-Control-Allow-Origin", PAGE)]);
        let outcome = super::outcome(Default::default(), &get(), &[passing]);
        assert_eq!(outcome.result.unwrap().status, status);
        let expected = Blocked::Cors(CorsFailure::NoAllowOrigin);
        assert_eq!(blocked(&get(), &[response(status, &[])]), Some(expected));
    }
}

#[test]
fn same_origin_requests_have_no_preflight_and_no_check() {
    let own = Fetch {
        url: url("https://app.example.com/"),
        forces_preflight: true,
        ..with("PUT", &[("X-A", "1"), ("Authorization", "1")])
    };
    let sent = requests(Quirks::NONE, &own, &response(200, &[]));
    assert_eq!(sent.len(), 1);
    assert!(!sent[0].is_preflight);
    // Other schemes and ports are other origins; `null` is never same-origin.
    for (page, api) in [
        (PAGE, "http://app.example.com/"),
        (PAGE, "https://app.example.com:8443/"),
        (PAGE, "https://app.example.com./"),
        ("null", "https://app.example.com/"),
        ("http://app.example.com", "https://app.example.com:80/"),
    ] {
        let fetch = Fetch {
            origin: page.to_owned(),
            url: url(api),
            ..get()
        };
        let expected = Some(Blocked::Cors(CorsFailure::NoAllowOrigin));
        assert_eq!(
            blocked(&fetch, &[response(200, &[])]),
            expected,
            "{page} {api}"
        );
    }
}
