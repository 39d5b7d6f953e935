//! Drawings as SVG inside the page.
//!
//! Owns geometry: a dot plot with intervals, a stroom of four bars, a bar in a table cell. Positions along the width
//! are percentages, so that a drawing fills 320 px as well as a page, with text that keeps its size. Colours live in
//! the style sheet, and shape says the same as colour. Whoever calls gives the words; every number drawn also stands
//! in a table beside it.

pub mod balk;
pub mod dot_chart;
pub mod flow;

use std::fmt::Write;

/// Writes text with the five signs of XML escaped.
pub(crate) fn text(out: &mut String, raw: &str) {
    out.push_str(&quick_xml::escape::escape(raw));
}

/// Writes a position to a tenth, without trailing zeros: nobody sees less.
pub(crate) fn coordinate(out: &mut String, value: f64) {
    let begin = out.len();
    write!(out, "{value:.1}").expect("writing to a String cannot fail");
    let without_zeros = out[begin..]
        .trim_end_matches('0')
        .trim_end_matches('.')
        .len();
    out.truncate(begin + without_zeros);
    if &out[begin..] == "-0" {
        out.replace_range(begin.., "0");
    }
}

/// Opens an `<svg>` with its title and description, by which it is announced.
pub(crate) fn open(
    out: &mut String,
    id: &str,
    class: &str,
    height: f64,
    title: &str,
    description: &str,
) {
    write!(
        out,
        r#"<svg class="{class}" role="img" aria-labelledby="{id}-t {id}-d" width="100%" height=""#
    )
    .expect("writing to a String cannot fail");
    coordinate(out, height);
    write!(out, r#"" overflow="visible"><title id="{id}-t">"#)
        .expect("writing to a String cannot fail");
    text(out, title);
    write!(out, r#"</title><desc id="{id}-d">"#).expect("writing to a String cannot fail");
    text(out, description);
    out.push_str("</desc>");
}

/// Ticks from 0 or below the lowest to above the highest, about `target` of them, at 1, 2 or 5 times a power of ten.
pub(crate) fn ticks(low: f64, high: f64, target: f64) -> (Vec<f64>, f64) {
    let range = (high - low).max(1e-9);
    let raw = range / target;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|step| *step >= raw)
        .unwrap_or(10.0 * power);
    let first = (low / step).floor() as i64;
    let last = (high / step - 1e-9).ceil() as i64;
    (
        (first..=last.max(first + 1))
            .map(|times| times as f64 * step)
            .collect(),
        step,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_span_the_values() {
        assert_eq!(ticks(0.0, 93.0, 4.0), (vec![0.0, 50.0, 100.0], 50.0));
        assert_eq!(ticks(0.0, 20.0, 4.0).0, [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(ticks(0.0, 0.0, 4.0).0.len(), 2);
    }

    #[test]
    fn text_cannot_break_out_and_positions_are_short() {
        let mut out = String::new();
        text(&mut out, "<a b='c'>&\"");
        assert_eq!(out, "&lt;a b=&apos;c&apos;&gt;&amp;&quot;");
        let mut places = String::new();
        for value in [12.54, 3.0, -0.001, 100.0] {
            coordinate(&mut places, value);
            places.push(' ');
        }
        assert_eq!(places, "12.5 3 0 100 ");
    }
}
