//! Writes SVG. The colours follow the scheme that the reader prefers, and all text is text.

use std::fmt::{Display, Write as _};

/// Blue and orange differ for all kinds of colour blindness. Shapes differ, too.
const STYLE: &str = "
  :root { --back: #fff; --text: #1f2328; --muted: #59636e; --grid: #d8dee4; --ours: #0072b2; --theirs: #b8480a }
  @media (prefers-color-scheme: dark) {
    :root { --back: #0d1117; --text: #f0f6fc; --muted: #9aa4ae; --grid: #30363d; --ours: #56b4e9; --theirs: #f0a03c }
  }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif; fill: var(--text) }
  .back { fill: var(--back) }
  .strong { font-weight: 600; font-size: 13px }
  .muted { fill: var(--muted) }
  .figure { stroke: var(--back); stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; font-variant-numeric: tabular-nums }
  .end { text-anchor: end }
  .middle { text-anchor: middle }
  .grid { stroke: var(--grid); fill: none }
  .zone { fill: var(--grid); opacity: .35 }
  .link { stroke: var(--muted); stroke-width: 1.5px; opacity: .55; fill: none }
  text.ours { fill: var(--ours) }
  text.theirs { fill: var(--theirs) }
  .mark.ours { fill: var(--ours); stroke: var(--back) }
  .mark.theirs { fill: var(--back); stroke: var(--theirs); stroke-width: 2px }
  .line { fill: none; stroke-width: 2px; stroke-linejoin: round }
  .line.ours { stroke: var(--ours) }
  .line.theirs { stroke: var(--theirs); stroke-dasharray: 6 3 }
";

/// A picture of a given size.
pub(super) struct Svg {
    width: f64,
    height: f64,
    title: String,
    description: String,
    body: String,
}

impl Svg {
    pub(super) fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        Self {
            width,
            height,
            title: escape(title),
            description: escape(description),
            body: String::new(),
        }
    }

    pub(super) fn finish(self) -> String {
        let Self {
            width,
            height,
            title,
            description,
            body,
        } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" aria-labelledby=\"title description\">\n\
             <title id=\"title\">{title}</title>\n<desc id=\"description\">{description}</desc>\n\
             <style>{STYLE}</style>\n\
             <rect class=\"back\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>\n{body}</svg>\n"
        )
    }

    pub(super) fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{}</text>",
            escape(text)
        ));
    }

    pub(super) fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        self.add(format_args!(
            "<path class=\"{class}\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>"
        ));
    }

    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1} {y:.1}"))
            .collect();
        self.add(format_args!(
            "<path class=\"{class}\" d=\"M{}\"/>",
            points.join("L")
        ));
    }

    /// A part of the picture for figures that the scale does not have.
    pub(super) fn zone(&mut self, (left, right): (f64, f64), (top, bottom): (f64, f64)) {
        let (width, height) = (right - left, bottom - top);
        self.add(format_args!(
            "<rect class=\"zone\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"3\"/>"
        ));
    }

    /// Adds an element.
    pub(super) fn add(&mut self, element: impl Display) {
        let _ = writeln!(self.body, "{element}");
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('`', "")
}
