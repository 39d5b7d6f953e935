//! The stroom: stock, what came, what went, stock after, as four bars that add up.
//!
//! Owns the bars. Draws only when all four are known and begin + in - uit = eind holds; else there is a table.

use std::fmt::Write;

use super::{open, plek, tekst};
use crate::nl;

const BOVEN: f64 = 24.0;
const VLAK: f64 = 170.0;
const HOOGTE: f64 = BOVEN + VLAK + 30.0;

/// What the drawing shows.
#[derive(Debug, Clone)]
pub struct Stroom<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What is shown.
    pub titel: &'a str,
    /// The same in words.
    pub beschrijving: &'a str,
    /// Stock, in, out, stock.
    pub waarden: [f64; 4],
    /// Words under the bars.
    pub namen: [&'a str; 4],
}

/// Whether begin + in - uit = eind.
pub fn klopt([begin, bij, af, eind]: [f64; 4]) -> bool {
    (begin + bij - af - eind).abs() < 0.5
}

impl Stroom<'_> {
    /// The drawing.
    pub fn svg(&self) -> String {
        let [begin, bij, af, eind] = self.waarden;
        let hoogste = (begin + bij).max(eind).max(1.0);
        let y = |waarde: f64| BOVEN + VLAK * (1.0 - waarde / hoogste);
        let staven = [
            ("stand", 0.0, begin, nl::getal(begin, 0)),
            (
                "bij",
                begin,
                begin + bij,
                format!("+ {}", nl::getal(bij, 0)),
            ),
            (
                "af",
                begin + bij - af,
                begin + bij,
                format!("\u{2212} {}", nl::getal(af, 0)),
            ),
            ("stand", 0.0, eind, nl::getal(eind, 0)),
        ];
        let mut uit = String::with_capacity(2_000);
        open(
            &mut uit,
            self.id,
            "stroom",
            HOOGTE,
            self.titel,
            self.beschrijving,
        );
        for (plaats, ((klasse, laag, hoog, getal), naam)) in
            staven.iter().zip(self.namen).enumerate()
        {
            let links = plaats as f64 * 25.0;
            write!(uit, r#"<g class="{klasse}"><rect width="17%" x=""#)
                .expect("writing to a String cannot fail");
            plek(&mut uit, links + 4.0);
            uit.push_str(r#"%" y=""#);
            plek(&mut uit, y(*hoog));
            uit.push_str(r#"" height=""#);
            plek(&mut uit, (y(*laag) - y(*hoog)).max(1.0));
            uit.push_str(r#""/>"#);
            for (soort, hoogte, woord) in [
                ("getal", y(*hoog) - 7.0, getal.as_str()),
                ("naam", BOVEN + VLAK + 20.0, naam),
            ] {
                write!(uit, r#"<text class="{soort}" text-anchor="middle" x=""#)
                    .expect("writing to a String cannot fail");
                plek(&mut uit, links + 12.5);
                uit.push_str(r#"%" y=""#);
                plek(&mut uit, hoogte);
                uit.push_str(r#"">"#);
                tekst(&mut uit, woord);
                uit.push_str("</text>");
            }
            uit.push_str("</g>");
        }
        for (plaats, waarde) in [begin, begin + bij, eind].into_iter().enumerate() {
            let links = plaats as f64 * 25.0 + 21.0;
            uit.push_str(r#"<line class="schakel" x1=""#);
            plek(&mut uit, links);
            uit.push_str(r#"%" x2=""#);
            plek(&mut uit, links + 8.0);
            uit.push_str(r#"%" y1=""#);
            plek(&mut uit, y(waarde));
            uit.push_str(r#"" y2=""#);
            plek(&mut uit, y(waarde));
            uit.push_str(r#""/>"#);
        }
        uit.push_str(r#"<line class="nul" x1="0" x2="100%" y1=""#);
        plek(&mut uit, BOVEN + VLAK);
        uit.push_str(r#"" y2=""#);
        plek(&mut uit, BOVEN + VLAK);
        uit.push_str(r#""/></svg>"#);
        uit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_decides_whether_it_may_be_drawn() {
        assert!(klopt([41.0, 63.0, 58.0, 46.0]));
        assert!(!klopt([41.0, 63.0, 58.0, 47.0]));
    }

    #[test]
    fn four_bars_three_links() {
        let svg = Stroom {
            id: "s",
            titel: "Stroom",
            beschrijving: "Woorden",
            waarden: [41.0, 63.0, 58.0, 46.0],
            namen: ["Eind 2019", "Gestart", "Geëindigd", "Eind 2020"],
        }
        .svg();
        assert_eq!(svg.matches("<rect").count(), 4);
        assert_eq!(svg.matches(r#"class="schakel""#).count(), 3);
        assert!(svg.contains("+ 63") && svg.contains("\u{2212} 58"));
    }
}
