//! The stroom: stock, what came, what went, stock after, as four bars that add up.
//!
//! Owns the bars. Draws only when all four are known and begin + in - uit = eind holds; else there is a table.

use std::fmt::Write;

use super::{coordinate, open, text};
use crate::nl;

const TOP: f64 = 24.0;
const PLOT_HEIGHT: f64 = 170.0;
const HEIGHT: f64 = TOP + PLOT_HEIGHT + 30.0;

/// What the drawing shows.
#[derive(Debug, Clone)]
pub struct FlowDrawing<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What is shown.
    pub titel: &'a str,
    /// The same in words.
    pub description: &'a str,
    /// Stock, in, out, stock.
    pub waarden: [f64; 4],
    /// Words under the bars.
    pub names: [&'a str; 4],
}

/// Whether begin + in - uit = eind.
pub fn adds_up([begin, arriving, leaving, end]: [f64; 4]) -> bool {
    (begin + arriving - leaving - end).abs() < 0.5
}

impl FlowDrawing<'_> {
    /// The drawing.
    pub fn svg(&self) -> String {
        let [begin, arriving, leaving, end] = self.waarden;
        let highest = (begin + arriving).max(end).max(1.0);
        let y = |value: f64| TOP + PLOT_HEIGHT * (1.0 - value / highest);
        let bars = [
            ("stand", 0.0, begin, nl::number(begin, 0)),
            (
                "bij",
                begin,
                begin + arriving,
                format!("+ {}", nl::number(arriving, 0)),
            ),
            (
                "af",
                begin + arriving - leaving,
                begin + arriving,
                format!("\u{2212} {}", nl::number(leaving, 0)),
            ),
            ("stand", 0.0, end, nl::number(end, 0)),
        ];
        let mut out = String::with_capacity(2_000);
        open(
            &mut out,
            self.id,
            "stroom",
            HEIGHT,
            self.titel,
            self.description,
        );
        for (place, ((class, low, high, number), name)) in bars.iter().zip(self.names).enumerate() {
            let links = place as f64 * 25.0;
            write!(out, r#"<g class="{class}"><rect width="17%" x=""#)
                .expect("writing to a String cannot fail");
            coordinate(&mut out, links + 4.0);
            out.push_str(r#"%" y=""#);
            coordinate(&mut out, y(*high));
            out.push_str(r#"" height=""#);
            coordinate(&mut out, (y(*low) - y(*high)).max(1.0));
            out.push_str(r#""/>"#);
            for (kind, height, word) in [
                ("getal", y(*high) - 7.0, number.as_str()),
                ("naam", TOP + PLOT_HEIGHT + 20.0, name),
            ] {
                write!(out, r#"<text class="{kind}" text-anchor="middle" x=""#)
                    .expect("writing to a String cannot fail");
                coordinate(&mut out, links + 12.5);
                out.push_str(r#"%" y=""#);
                coordinate(&mut out, height);
                out.push_str(r#"">"#);
                text(&mut out, word);
                out.push_str("</text>");
            }
            out.push_str("</g>");
        }
        for (place, value) in [begin, begin + arriving, end].into_iter().enumerate() {
            let links = place as f64 * 25.0 + 21.0;
            out.push_str(r#"<line class="schakel" x1=""#);
            coordinate(&mut out, links);
            out.push_str(r#"%" x2=""#);
            coordinate(&mut out, links + 8.0);
            out.push_str(r#"%" y1=""#);
            coordinate(&mut out, y(value));
            out.push_str(r#"" y2=""#);
            coordinate(&mut out, y(value));
            out.push_str(r#""/>"#);
        }
        out.push_str(r#"<line class="nul" x1="0" x2="100%" y1=""#);
        coordinate(&mut out, TOP + PLOT_HEIGHT);
        out.push_str(r#"" y2=""#);
        coordinate(&mut out, TOP + PLOT_HEIGHT);
        out.push_str(r#""/></svg>"#);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_decides_whether_it_may_be_drawn() {
        assert!(adds_up([41.0, 63.0, 58.0, 46.0]));
        assert!(!adds_up([41.0, 63.0, 58.0, 47.0]));
    }

    #[test]
    fn four_bars_three_links() {
        let svg = FlowDrawing {
            id: "s",
            titel: "Stroom",
            description: "Woorden",
            waarden: [41.0, 63.0, 58.0, 46.0],
            names: ["Eind 2019", "Gestart", "Geëindigd", "Eind 2020"],
        }
        .svg();
        assert_eq!(svg.matches("<rect").count(), 4);
        assert_eq!(svg.matches(r#"class="schakel""#).count(), 3);
        assert!(svg.contains("+ 63") && svg.contains("\u{2212} 58"));
    }
}
