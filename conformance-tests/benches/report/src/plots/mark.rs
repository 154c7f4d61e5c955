//! The marks of figures. The colour says whose it is, and the shape which framework.

use super::svg::Svg;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    Diamond,
    Triangle,
}

/// The shapes of [`FRAMEWORKS`](super::FRAMEWORKS).
pub(super) const SHAPES: [Shape; 4] = [
    Shape::Circle,
    Shape::Square,
    Shape::Diamond,
    Shape::Triangle,
];

impl Svg {
    /// `class` is `ours` or `theirs`.
    pub(super) fn mark(&mut self, shape: Shape, class: &str, (x, y): (f64, f64)) {
        let d = match shape {
            Shape::Circle => {
                return self.add(format_args!(
                    "<circle class=\"mark {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>"
                ));
            }
            Shape::Square => format!("M{:.1} {:.1}h9v9h-9z", x - 4.5, y - 4.5),
            Shape::Diamond => format!("M{x:.1} {:.1}l6 6l-6 6l-6 -6z", y - 6.0),
            Shape::Triangle => format!("M{x:.1} {:.1}l6 10.5h-12z", y - 6.5),
        };
        self.add(format_args!("<path class=\"mark {class}\" d=\"{d}\"/>"));
    }
}
