//! The data files, compiled in, so that an installed program needs no folder with them.

macro_rules! files {
    ($($name:literal,)*) => {
        [$(($name, include_str!(concat!("../../vectors/", $name, ".toml"))),)*]
    };
}

/// The name and the text of each file in `vectors/`.
pub(super) const FILES: [(&str, &str); 22] = files![
    "actual",
    "blocking",
    "classification",
    "config-origins",
    "config",
    "credentials",
    "diagnostics",
    "errors",
    "hostile",
    "hosts",
    "max-age",
    "origin-match",
    "origin-syntax",
    "own-origins",
    "paths",
    "preflight-answer",
    "preflight-headers",
    "preflight-method",
    "regression",
    "shared",
    "timing",
    "vary",
];
