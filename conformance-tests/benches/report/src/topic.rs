//! What the goals are about, in words for people.

/// What a group of goals is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    NoMore,
    Shares,
    Warp,
    OwnHeaders,
    Growth,
    BeyondBounds,
    WithinBounds,
    SameNames,
    Rules,
    Names,
    Minimum,
    Decision,
    Building,
    Clones,
    Compiling,
}

/// In the order of the page.
pub(crate) const ALL: [Topic; 15] = [
    Topic::NoMore,
    Topic::Shares,
    Topic::Warp,
    Topic::OwnHeaders,
    Topic::Growth,
    Topic::BeyondBounds,
    Topic::WithinBounds,
    Topic::SameNames,
    Topic::Rules,
    Topic::Names,
    Topic::Minimum,
    Topic::Decision,
    Topic::Building,
    Topic::Clones,
    Topic::Compiling,
];

impl Topic {
    /// The goal in a few words.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::NoMore => "No more than with the other middleware",
            Self::Shares => "A set share of the other middleware's cost",
            Self::Warp => "Allowed requests with warp",
            Self::OwnHeaders => "Applications with many headers",
            Self::Growth => "Large policies",
            Self::BeyondBounds => "Requests beyond the limits",
            Self::WithinBounds => "The most expensive requests within the limits",
            Self::SameNames => "Requested headers in unusual forms",
            Self::Rules => "Many rules by path or host",
            Self::Names => "Many requested headers",
            Self::Minimum => "Close to a hand-written minimum",
            Self::Decision => "The decision alone",
            Self::Building => "Building a large policy",
            Self::Clones => "Clones for workers",
            Self::Compiling => "Compiling the core",
        }
    }

    /// The goal.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NoMore => {
                "No request costs more than with the other middleware. With warp, only preflights are compared. \
                 Not compared here are responses with 10 headers of the application or more and, on tower and \
                 axum, preflights with 50 listed headers or more"
            }
            Self::Shares => {
                "A request costs at most a quarter to three quarters of what it costs with the other middleware; \
                 the limit depends on the framework and the kind of request"
            }
            Self::Warp => {
                "warp: an allowed request costs at most 1.1 times as much as with `warp::cors`, and one without \
                 `Origin` at most 300 instructions more"
            }
            Self::OwnHeaders => {
                "If the application sends 10 to 100 headers of its own, a response costs no more than with the other \
                 middleware"
            }
            Self::Growth => {
                "A request costs at most 1.1 times as much with a million origins as with ten, and with 10,000 \
                 patterns as with one"
            }
            Self::BeyondBounds => {
                "A request beyond the limits costs at most 1.5 times as much as an ordinary refusal (1,000 empty \
                 lines: twice), whatever its size"
            }
            Self::WithinBounds => {
                "No request within the limits costs more than three times as much as an ordinary one"
            }
            Self::SameNames => {
                "Requested headers in another order, case or spacing cost at most 1.5 times as much"
            }
            Self::Rules => {
                "A request costs at most 1.3 times as much with 100,000 rules by path as with ten. The same \
                 holds for policies by host"
            }
            Self::Names => {
                "tower and axum: a preflight with 50 or more headers costs at most 60 instructions for each header"
            }
            Self::Minimum => {
                "Common requests cost at most 1.25 times as much as a hand-written minimum"
            }
            Self::Decision => {
                "The decision alone does not allocate. It costs at most 300 instructions for one origin, and 450 for \
                 any list or patterns"
            }
            Self::Building => {
                "A policy of 100,000 origins is built in 30 ms and occupies at most 8 MB; one of a million \
                 occupies at most 80 MB"
            }
            Self::Clones => "A clone of the middleware for another worker allocates nothing",
            Self::Compiling => "The core compiles in at most 15 s",
        }
    }

    /// Why the goals are missed, where it is known. `place` is the worst miss.
    pub(crate) fn why(self, place: &str) -> Option<&'static str> {
        match self {
            Self::NoMore if place.starts_with("any headers, credentials") => Some(
                "Where a policy allows any header with credentials, the other middleware copies the requested \
                 list into its response without a check. Ours first checks that each entry is a header name.",
            ),
            Self::Warp => Some(
                "`warp::cors` sends no `Vary`, and no CORS headers on rejections. The `Filter` trait of warp is \
                 sealed, so \
                 ours has to combine filters of warp.",
            ),
            Self::OwnHeaders => Some(
                "Ours looks through the headers of the response, to merge `Vary` and to replace CORS headers that the \
                 application set.",
            ),
            Self::WithinBounds => Some(
                "Each is the most expensive request or response of its kind that we know, beside an ordinary one for \
                 the same policy.",
            ),
            Self::SameNames => Some(
                "Browsers send the names sorted, in lower case and without spaces. Only this form takes the fast \
                 path.",
            ),
            Self::Building => Some(
                "The time includes the check of each origin. It is spent once, when the policy is built.",
            ),
            Self::Compiling => {
                Some("The time depends on the machine, and on what else runs there.")
            }
            _ => None,
        }
    }
}
