//! A bar in a table cell: the own value, and a tick where Nederland stands.
//!
//! Decoration beside numbers in the same row, so hidden from who has the page read aloud.

use super::coordinate;

/// The bar; `part` and `land` are 0 to 1 of the full width.
pub fn svg(part: f64, land: Option<f64>) -> String {
    let mut out = String::with_capacity(180);
    out.push_str(r#"<svg class="balk" aria-hidden="true" width="100%" height="12"><rect class="goot" width="100%" height="8" y="2"/><rect class="deel" height="8" y="2" width=""#);
    coordinate(&mut out, part.clamp(0.0, 1.0) * 100.0);
    out.push_str(r#"%"/>"#);
    if let Some(land) = land {
        // Twice: a light edge, so that the tick stands out on the bar too.
        for class in ["rand", "streep"] {
            out.push_str(r#"<line class=""#);
            out.push_str(class);
            for side in [r#"" y1="0" y2="12" x1=""#, r#"%" x2=""#] {
                out.push_str(side);
                coordinate(&mut out, land.clamp(0.0, 1.0) * 100.0);
            }
            out.push_str(r#"%"/>"#);
        }
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_bar_is_as_long_as_its_share() {
        let svg = super::svg(0.34, Some(0.5));
        assert!(
            svg.contains(r#"width="34%""#) && svg.contains(r#"x1="50%" x2="50%""#),
            "{svg}"
        );
        assert!(!super::svg(0.34, None).contains("streep"));
    }
}
