//! What browsers write to their consoles.

mod chromium;
mod firefox;
mod safari;

use crate::diagnose::{Mixed, mixed};
use crate::observation::Observation;

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Chrome, Edge, Opera and others.
    Chromium,
    /// Firefox.
    Firefox,
    /// Safari, and all browsers on iOS.
    Safari,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Safari];

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::Safari => "Safari",
        }
    }
}

/// The message in the console of a browser that blocks the fetch. If there are several lines, this is the one with the reason.
/// If the console has no message, this is the error that the script gets. `None` if the browser does not block the fetch.
///
/// The texts are those of Chromium 156, Firefox 153 and WebKitGTK 2.50, and a test compares them with the output of these
/// browsers. Two things are not compared. Safari has the code of WebKit, but macOS words its network failures. The messages for
/// mixed content were read once in these versions.
pub fn console(seen: &Observation<'_>, engine: Engine) -> Option<String> {
    let message = match (engine, mixed(seen)) {
        (Engine::Safari, Some((url, _))) => safari::mixed_content(seen, url),
        (Engine::Chromium, Some((url, mixed))) if mixed != Mixed::BlockedBySafari => {
            chromium::mixed_content(seen, url, mixed)
        }
        (Engine::Firefox, Some((url, mixed))) if mixed != Mixed::BlockedBySafari => {
            firefox::mixed_content(url)
        }
        _ => {
            let blocked = seen.blocked()?;
            match engine {
                Engine::Firefox if seen.engines_differ() => firefox::authorization(seen),
                _ if seen.engines_differ() => return None,
                Engine::Chromium => chromium::message(seen, blocked),
                Engine::Firefox => firefox::message(seen, blocked),
                Engine::Safari => safari::message(seen, blocked),
            }
        }
    };
    Some(message)
}
