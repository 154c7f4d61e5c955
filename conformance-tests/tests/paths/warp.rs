//! warp: `fs::dir`, `path::tail`, `path::param`. Parameters are not decoded, so the handlers do that.

use std::path::Path as Folder;

use cors_warp::Cors;
use percent_encoding::percent_decode_str;
use warp::filters::BoxedFilter;
use warp::{Filter as _, Reply as _};

use crate::area::{Area, Setup, body_for, body_in};
use crate::{Answer, Case, service};

type Routes = BoxedFilter<(warp::reply::Response,)>;

fn below(path: &str) -> warp::reply::Response {
    body_for(&percent_decode_str(path).decode_utf8_lossy()).into_response()
}

fn below_route(area: Area, rest: &str) -> warp::reply::Response {
    let rest = percent_decode_str(rest).decode_utf8_lossy();
    body_in(area, &format!("{}/{rest}", area.folder())).into_response()
}

pub(crate) fn files(setup: &Setup, root: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    let files = warp::fs::dir(root.to_owned());
    send(
        setup,
        files
            .map(|file: warp::fs::File| file.into_response())
            .boxed(),
        cases,
    )
}

pub(crate) fn tail(setup: &Setup, _: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    let below_area = |area: Area| {
        let tail = warp::path::tail();
        tail.map(move |tail: warp::path::Tail| below_route(area, tail.as_str()))
    };
    let open = warp::path!("admin" / "open" / ..).and(below_area(Area::Open));
    let admin = warp::path("admin").and(below_area(Area::Admin));
    let tail = warp::path::tail().map(|tail: warp::path::Tail| below(tail.as_str()));
    send(
        setup,
        open.or(admin).unify().or(tail).unify().boxed(),
        cases,
    )
}

pub(crate) fn parameters(setup: &Setup, _: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    let one = warp::path!(String).map(|name: String| below(&name));
    let two = warp::path!(String / String).map(|one, two| below(&format!("{one}/{two}")));
    let admin = warp::path!("admin" / String).map(|name| below(&format!("admin/{name}")));
    send(setup, admin.or(one).unify().or(two).unify().boxed(), cases)
}

fn send(setup: &Setup, routes: Routes, cases: &[Case]) -> Vec<Option<Answer>> {
    let app = warp::service(Cors::new(setup.policies()).wrap(routes));
    service::send::<_, String, _>(&app, cases)
}
