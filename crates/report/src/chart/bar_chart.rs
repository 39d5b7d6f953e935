//! A bar in a table cell: the own value, and a tick where Nederland stands.
//!
//! Decoration beside numbers in the same row, so hidden from who has the page read aloud.

use std::fmt;

use serde::Serialize;

use super::coordinate;

/// A bar, in thousandths of its full width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// The own value.
    part: u16,
    /// Where the country stands.
    land: Option<u16>,
}

impl Bar {
    /// Of values of 0 to 1 of the full width.
    pub fn new(part: f64, land: Option<f64>) -> Self {
        let thousandths = |part: f64| (part.clamp(0.0, 1.0) * 1000.0).round() as u16;
        Self {
            part: thousandths(part),
            land: land.map(thousandths),
        }
    }
}

/// As SVG.
impl fmt::Display for Bar {
    fn fmt(&self, target: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |thousandths: u16| f64::from(thousandths) / 10.0;
        let mut out = String::with_capacity(90);
        // What every bar has in common stands in the style sheet.
        out.push_str(r#"<svg class="balk" aria-hidden="true"><rect/><rect width=""#);
        coordinate(&mut out, percent(self.part));
        out.push_str(r#"%"/>"#);
        if let Some(land) = self.land {
            out.push_str(r#"<rect x=""#);
            coordinate(&mut out, percent(land));
            out.push_str(r#"%"/>"#);
        }
        out.push_str("</svg>");
        target.write_str(&out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_as_long_as_its_share() {
        let svg = Bar::new(0.34, Some(0.5)).to_string();
        assert!(
            svg.contains(r#"<rect width="34%"/><rect x="50%"/>"#),
            "{svg}"
        );
        assert!(!Bar::new(0.34, None).to_string().contains("<rect x="));
    }
}
