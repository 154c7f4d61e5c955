//! "HTTP-redirect fetch": `fetch/api/cors/cors-redirect*.any.js`, `fetch/api/redirect/`.

use browser_model::{
    Blocked, Browser, CorsFailure, Fetch, Quirks, Redirect, RedirectFailure, Response, ResponseKind,
};

use super::{blocked, get, outcome, response, url};

const A: &str = "https://app.example.com/a";
const B: &str = "https://b.example.com/b";

#[test]
fn targets() {
    use RedirectFailure::{Malformed, Scheme, UserInfo};
    let fine = response(200, &[("Access-Control-Allow-Origin", "*")]);
    let failed = |failure| Some(Blocked::Redirect(failure));
    let rows: [(&str, &str, Option<Blocked>); 20] = [
        // From, Location.
        (B, "/b2", None),
        (B, "", None),
        (A, "https://user:secret@app.example.com/", None),
        (A, "https://@b.example.com/", None),
        (B, "https://[", failed(Malformed)),
        (B, "https://b.example.com:99999/", failed(Malformed)),
        (B, "https://b example.com/", failed(Malformed)),
        (B, "http://", failed(Malformed)),
        (A, "https://", failed(Malformed)),
        (B, "data:,", failed(Scheme)),
        (A, "data:,", failed(Scheme)),
        (B, "file:///b", failed(Scheme)),
        (B, "blob:https://b.example.com/1", failed(Scheme)),
        (B, "javascript:1", failed(Scheme)),
        (B, "ws://b.example.com/", failed(Scheme)),
        (B, "https://user@b.example.com/", failed(UserInfo)),
        (B, "https://:secret@c.example.com/", failed(UserInfo)),
        (A, "https://user@b.example.com/", failed(UserInfo)),
        // Back at the page's own origin, after leaving it.
        (B, "https://user@app.example.com/", failed(UserInfo)),
        (B, "http://b.example.com:6667/", Some(Blocked::Unfetchable)),
    ];
    for (from, location, expected) in rows {
        let fetch = Fetch {
            url: url(from),
            ..get()
        };
        let responses = [moved(302, location), fine.clone()];
        assert_eq!(blocked(&fetch, &responses), expected, "{from} {location}");
    }
    let twice = [
        ("Location", "/1"),
        ("Location", "/1"),
        ("Access-Control-Allow-Origin", "*"),
    ];
    assert_eq!(
        blocked(&get(), &[response(302, &twice), fine]),
        failed(Malformed)
    );
}

#[test]
fn the_fragment_is_never_sent() {
    let fetch = Fetch {
        url: url("https://b.example.com/b#f"),
        ..get()
    };
    let sent = outcome(
        Quirks::NONE,
        &fetch,
        &[moved(302, "/b2#g"), moved(302, "/b3")],
    )
    .exchanges;
    let urls: Vec<_> = sent
        .iter()
        .map(|(request, _)| request.url.clone())
        .collect();
    let expected = ["b", "b2", "b3"].map(|path| url("https://b.example.com/").join(path).unwrap());
    assert_eq!(urls, expected);
}

#[test]
fn twenty_redirects_are_followed() {
    for (from, allowing) in [(A, None), (B, Some(("Access-Control-Allow-Origin", "*")))] {
        let fetch = Fetch {
            url: url(from),
            ..get()
        };
        let run = |redirects: usize| {
            let mut left = redirects;
            Browser::new(Quirks::NONE).fetch(&fetch, |_| {
                let ends = left == 0;
                left = left.saturating_sub(1);
                let location = (!ends).then_some(("Location", "?again"));
                let headers: Vec<_> = allowing.into_iter().chain(location).collect();
                Some(response(if ends { 200 } else { 302 }, &headers))
            })
        };
        let outcome = run(20);
        assert_eq!(
            (outcome.result.is_ok(), outcome.exchanges.len()),
            (true, 21)
        );
        let outcome = run(21);
        let expected = Err(Blocked::Redirect(RedirectFailure::TooMany));
        assert_eq!((outcome.result, outcome.exchanges.len()), (expected, 21));
    }
}

#[test]
fn redirect_modes() {
    let refused = Some(Blocked::Cors(CorsFailure::NoAllowOrigin));
    let not_wanted = Some(Blocked::Redirect(RedirectFailure::NotWanted));
    for status in [301, 302, 303, 307, 308] {
        for location in [
            &[("Location", "/b2")][..],
            &[("Location", "https://[")],
            &[],
        ] {
            for from in [A, B] {
                let modes = |redirect| Fetch {
                    url: url(from),
                    redirect,
                    ..get()
                };
                let allowing = [("Access-Control-Allow-Origin", "*")];
                let responses = [response(status, &[location, &allowing].concat())];
                assert_eq!(blocked(&modes(Redirect::Error), &responses), not_wanted);
                let read = outcome(Quirks::NONE, &modes(Redirect::Manual), &responses)
                    .result
                    .unwrap();
                assert_eq!(read.kind, ResponseKind::OpaqueRedirect);
                assert_eq!((read.status, read.headers), (0, Vec::new()));
            }
            // The check comes first.
            for redirect in [Redirect::Follow, Redirect::Error, Redirect::Manual] {
                let fetch = Fetch { redirect, ..get() };
                assert_eq!(blocked(&fetch, &[response(status, location)]), refused);
            }
        }
        // Without a Location, a redirect status is an ordinary response.
        let nowhere = response(status, &[("Access-Control-Allow-Origin", "*")]);
        let read = outcome(Quirks::NONE, &get(), &[nowhere]).result.unwrap();
        assert_eq!((read.kind, read.status), (ResponseKind::Cors, status));
    }
    // Other statuses are not redirects.
    for status in [200, 201, 300, 304, 305, 306, 309, 399] {
        let read = outcome(Quirks::NONE, &get(), &[moved(status, "/b2")])
            .result
            .unwrap();
        assert_eq!(read.status, status);
    }
}

/// A redirect that passes the CORS check for any origin.
fn moved(status: u16, location: &str) -> Response {
    let allowing = ("Access-Control-Allow-Origin", "*");
    response(status, &[allowing, ("Location", location)])
}
