//! Drawings as SVG inside the page.
//!
//! Owns geometry: a dot plot with intervals, a stroom of four bars, a bar in a table cell. Positions along the width
//! are percentages, so that a drawing fills 320 px as well as a page, with text that keeps its size. Colours live in
//! the style sheet, and shape says the same as colour. Whoever calls gives the words; every number drawn also stands
//! in a table beside it.

pub mod balk;
pub mod puntgrafiek;
pub mod stroom;

use std::fmt::Write;

/// Writes text with the five signs of XML escaped.
pub(crate) fn tekst(uit: &mut String, ruw: &str) {
    uit.push_str(&quick_xml::escape::escape(ruw));
}

/// Writes a position with at most two decimals, without trailing zeros.
pub(crate) fn plek(uit: &mut String, waarde: f64) {
    let begin = uit.len();
    write!(uit, "{waarde:.2}").expect("writing to a String cannot fail");
    let zonder_nullen = uit[begin..]
        .trim_end_matches('0')
        .trim_end_matches('.')
        .len();
    uit.truncate(begin + zonder_nullen);
    if &uit[begin..] == "-0" {
        uit.replace_range(begin.., "0");
    }
}

/// Opens an `<svg>` with its title and description, by which it is announced.
pub(crate) fn open(
    uit: &mut String,
    id: &str,
    klasse: &str,
    hoogte: f64,
    titel: &str,
    beschrijving: &str,
) {
    write!(
        uit,
        r#"<svg class="{klasse}" role="img" aria-labelledby="{id}-t {id}-d" width="100%" height=""#
    )
    .expect("writing to a String cannot fail");
    plek(uit, hoogte);
    write!(uit, r#"" overflow="visible"><title id="{id}-t">"#)
        .expect("writing to a String cannot fail");
    tekst(uit, titel);
    write!(uit, r#"</title><desc id="{id}-d">"#).expect("writing to a String cannot fail");
    tekst(uit, beschrijving);
    uit.push_str("</desc>");
}

/// Ticks from 0 or below the lowest to above the highest, about `doel` of them, at 1, 2 or 5 times a power of ten.
pub(crate) fn tikken(laag: f64, hoog: f64, doel: f64) -> (Vec<f64>, f64) {
    let bereik = (hoog - laag).max(1e-9);
    let ruw = bereik / doel;
    let macht = 10f64.powf(ruw.log10().floor());
    let stap = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|keer| keer * macht)
        .find(|stap| *stap >= ruw)
        .unwrap_or(10.0 * macht);
    let eerste = (laag / stap).floor() as i64;
    let laatste = (hoog / stap - 1e-9).ceil() as i64;
    (
        (eerste..=laatste.max(eerste + 1))
            .map(|keer| keer as f64 * stap)
            .collect(),
        stap,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_span_the_values() {
        assert_eq!(tikken(0.0, 93.0, 4.0), (vec![0.0, 50.0, 100.0], 50.0));
        assert_eq!(tikken(0.0, 20.0, 4.0).0, [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(tikken(0.0, 0.0, 4.0).0.len(), 2);
    }

    #[test]
    fn text_cannot_break_out_and_positions_are_short() {
        let mut uit = String::new();
        tekst(&mut uit, "<a b='c'>&\"");
        assert_eq!(uit, "&lt;a b=&apos;c&apos;&gt;&amp;&quot;");
        let mut plekken = String::new();
        for waarde in [12.5, 3.0, -0.001, 100.0] {
            plek(&mut plekken, waarde);
            plekken.push(' ');
        }
        assert_eq!(plekken, "12.5 3 0 100 ");
    }
}
