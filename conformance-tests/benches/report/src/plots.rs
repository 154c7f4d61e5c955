//! The plots of the page.

mod attack;
mod growth;
mod mark;
mod request;
mod scale;
mod svg;

use crate::cost::Cost;

/// A plot and the section of the page that shows it.
pub(crate) struct Plot {
    /// Where it is stored, from `conformance-tests`.
    pub(crate) path: &'static str,
    /// The heading.
    pub(crate) title: &'static str,
    /// The text above it.
    pub(crate) text: &'static str,
    /// What it shows, for those who do not see it.
    pub(crate) alt: String,
    /// The plot.
    pub(crate) svg: String,
}

/// The plots for which there are figures.
pub(crate) fn all(cost: &Cost) -> Vec<Plot> {
    let plots = [request::plot(cost), growth::plot(cost), attack::plot(cost)];
    plots.into_iter().flatten().collect()
}

/// The frameworks of the plots: the name of the subject, and the one for people.
const FRAMEWORKS: [(&str, &str); 4] = [
    ("axum, `Router::layer`", "axum"),
    ("actix", "actix-web"),
    ("Rocket", "Rocket"),
    ("warp", "warp"),
];

/// The width of each plot, as narrow as a page.
const WIDTH: f64 = 700.0;

/// What the figures of a plot are, and its parts.
fn description(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<_> = parts.collect();
    format!(
        "Instructions per request in addition to the application without CORS. {}.",
        parts.join(". ")
    )
}
