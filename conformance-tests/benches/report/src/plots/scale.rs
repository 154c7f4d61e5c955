//! Logarithmic scales.

use super::WIDTH;
use super::svg::Svg;

/// Figures from `low` to `high` on a line from `start` to `end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) start: f64,
    pub(super) end: f64,
}

impl Scale {
    pub(super) fn at(self, figure: f64) -> f64 {
        let share = (figure / self.low).log10() / (self.high / self.low).log10();
        self.start + share * (self.end - self.start)
    }

    /// The powers of ten on the scale.
    pub(super) fn ticks(self) -> impl Iterator<Item = f64> {
        let first = self.low.log10().ceil() as i32;
        let last = (self.high.log10() + 1e-9).floor() as i32;
        (first..=last).map(|power| 10_f64.powi(power))
    }
}

/// Draws the lines and labels of a scale of costs, from `top` to `bottom`. `below` is the middle of the zone of figures below
/// zero.
pub(super) fn axis(svg: &mut Svg, scale: Scale, below: f64, (top, bottom): (f64, f64)) {
    svg.text(below, bottom + 18.0, "muted middle", "below 0");
    for tick in scale.ticks() {
        let x = scale.at(tick);
        svg.line("grid", (x, top), (x, bottom));
        svg.text(x, bottom + 18.0, "muted middle", &short(tick));
    }
    svg.text(
        WIDTH - 16.0,
        bottom + 40.0,
        "muted end",
        "instructions more than without CORS, on a logarithmic scale",
    );
}

/// `100`, `10,000`, `1 million`
pub(super) fn short(figure: f64) -> String {
    match figure {
        _ if figure >= 1e6 => format!("{} million", figure / 1e6),
        _ => crate::markdown::whole(figure),
    }
}

/// `1,234`, `12.3k`, `1.3M`
pub(super) fn label(figure: f64) -> String {
    let with = |figure: f64, unit: &str| match figure {
        _ if figure >= 99.95 => format!("{figure:.0}{unit}"),
        _ => format!("{figure:.1}{unit}"),
    };
    match figure.abs() {
        size if size >= 999_500.0 => with(figure / 1e6, "M"),
        size if size >= 9_999.5 => with(figure / 1e3, "k"),
        _ => crate::markdown::whole(figure).replace('-', "−"),
    }
}
