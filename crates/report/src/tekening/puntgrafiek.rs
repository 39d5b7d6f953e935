//! The dot plot: every gebied a dot with its interval, the own one a diamond, Nederland a line.
//!
//! Owns scale and marks. The order is the caller's (by code, never by value: no league table). A hidden gebied has
//! its own strip under the axis, "niet getoond (privacy)", and is never drawn as 0.

use std::fmt::Write;

use crate::cijferindex::Toestand;
use crate::duiding::{GEEN_CIJFER, PRIVACY};
use crate::nl::Maat;

use super::{open, plek, tekst, tikken};

const VLAK: f64 = 190.0;
const STROOK: f64 = 40.0;
const LETTER: f64 = 5.6;
/// So many names fit under a drawing of 320 px.
const WEINIG: usize = 12;

/// One gebied.
#[derive(Debug, Clone, PartialEq)]
pub struct Punt {
    /// Its name.
    pub naam: String,
    /// Whether the page is about it.
    pub eigen: bool,
    /// Whether it has a value.
    pub toestand: Toestand,
    /// The value.
    pub waarde: Option<f64>,
    /// Its 95 % interval.
    pub grenzen: Option<(f64, f64)>,
    /// Value and interval in words.
    pub woorden: String,
}

/// A line across, to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct Lijn {
    /// Whose value it is.
    pub naam: String,
    /// The value.
    pub waarde: f64,
    /// The value in words.
    pub woorden: String,
    /// Whether it is the country.
    pub land: bool,
}

/// All a dot plot shows.
#[derive(Debug, Clone)]
pub struct Puntgrafiek<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What is shown.
    pub titel: &'a str,
    /// The same in words, for who doesn't see it.
    pub beschrijving: &'a str,
    /// How values are written.
    pub maat: &'a Maat,
    /// The gebieden, in the order in which they stand.
    pub punten: &'a [Punt],
    /// The lines.
    pub lijnen: &'a [Lijn],
}

/// From value to height.
struct Schaal {
    boven: f64,
    tikken: Vec<f64>,
    stap: f64,
    laag: f64,
    hoog: f64,
}

impl Schaal {
    fn van(grafiek: &Puntgrafiek<'_>) -> Self {
        let waarden = grafiek.punten.iter().filter_map(|punt| punt.waarde);
        let lijnen = grafiek.lijnen.iter().map(|lijn| lijn.waarde);
        let eigen = grafiek
            .punten
            .iter()
            .filter(|punt| punt.eigen)
            .filter_map(|punt| punt.grenzen);
        let midden: Vec<f64> = waarden.chain(lijnen).collect();
        let hoogste = eigen
            .clone()
            .map(|(_, boven)| boven)
            .chain(midden.iter().copied())
            .fold(0.0, f64::max);
        let boven = grafiek
            .punten
            .iter()
            .filter_map(|punt| punt.grenzen)
            .map(|(_, boven)| boven)
            .fold(hoogste, f64::max);
        let onder = grafiek
            .punten
            .iter()
            .filter_map(|punt| punt.grenzen)
            .map(|(onder, _)| onder);
        let laagste = onder.chain(midden.iter().copied()).fold(0.0, f64::min);
        // A few very wide intervals would press everything else flat: those run off the top.
        let mut top = boven.min(hoogste * 1.5);
        if grafiek.maat.is_aandeel() {
            top = top.min(1.0);
        }
        let (tikken, stap) = tikken(laagste, if top > 0.0 { top } else { 1.0 }, 6.0);
        let (laag, hoog) = (
            tikken.first().copied().unwrap_or(0.0),
            tikken.last().copied().unwrap_or(1.0),
        );
        Self {
            boven: 16.0 + 18.0 * grafiek.lijnen.len() as f64,
            tikken,
            stap,
            laag,
            hoog,
        }
    }

    fn y(&self, waarde: f64) -> f64 {
        let deel = (waarde.clamp(self.laag, self.hoog) - self.laag) / (self.hoog - self.laag);
        self.boven + VLAK * (1.0 - deel)
    }
}

impl Puntgrafiek<'_> {
    /// The drawing; empty when no gebied has a value.
    pub fn svg(&self) -> String {
        if self.punten.iter().all(|punt| punt.waarde.is_none()) {
            return String::new();
        }
        let schaal = Schaal::van(self);
        let zonder = self.punten.iter().any(|punt| punt.waarde.is_none());
        let onderkant = schaal.boven + VLAK + if zonder { STROOK } else { 0.0 };
        let namen = namenhoogte(self.punten.iter());
        let mut uit = String::with_capacity(400 + self.punten.len() * 420);
        open(
            &mut uit,
            self.id,
            &self.klasse(namen),
            onderkant + namen,
            self.titel,
            self.beschrijving,
        );
        self.assen(&mut uit, &schaal);
        let breedte = 100.0 / self.punten.len() as f64;
        let midden = |plaats: usize| (plaats as f64 + 0.5) * breedte;
        for (plaats, punt) in self
            .punten
            .iter()
            .enumerate()
            .filter(|(_, punt)| !punt.eigen)
        {
            self.punt(&mut uit, &schaal, punt, midden(plaats), onderkant);
        }
        self.lijnen(&mut uit, &schaal);
        for (plaats, punt) in self
            .punten
            .iter()
            .enumerate()
            .filter(|(_, punt)| punt.eigen)
        {
            self.punt(&mut uit, &schaal, punt, midden(plaats), onderkant);
        }
        if zonder {
            self.strook(&mut uit, &schaal);
        }
        uit.push_str("</svg>");
        uit
    }

    /// On a narrow screen many names do not fit: then only the own one stays, and the drawing may be that much
    /// lower, in steps of 24 px that the style sheet knows.
    fn klasse(&self, namen: f64) -> String {
        if self.punten.len() <= WEINIG {
            return "punten".to_owned();
        }
        let eigen = namenhoogte(self.punten.iter().filter(|punt| punt.eigen));
        format!(
            "punten veel lager{}",
            ((namen - eigen) / 24.0).floor().clamp(0.0, 6.0)
        )
    }

    fn assen(&self, uit: &mut String, schaal: &Schaal) {
        for &tik in &schaal.tikken {
            let y = schaal.y(tik);
            uit.push_str(if tik == 0.0 {
                r#"<line class="nul" x2="100%" y1=""#
            } else {
                r#"<line class="raster" x2="100%" y1=""#
            });
            plek(uit, y);
            uit.push_str(r#"" y2=""#);
            plek(uit, y);
            uit.push_str(r#""/><text class="tik" x="-8" y=""#);
            plek(uit, y + 4.0);
            uit.push_str(r#"">"#);
            tekst(uit, &self.maat.tik(tik, schaal.stap));
            uit.push_str("</text>");
        }
    }

    /// Under the axis: who has no value, and why.
    fn strook(&self, uit: &mut String, schaal: &Schaal) {
        let privacy = self
            .punten
            .iter()
            .any(|punt| punt.toestand == Toestand::Privacy);
        let ontbreekt = self
            .punten
            .iter()
            .any(|punt| punt.toestand == Toestand::Ontbreekt);
        let woorden = match (privacy, ontbreekt) {
            (true, true) => format!("{PRIVACY} of × {GEEN_CIJFER}"),
            (true, false) => PRIVACY.to_owned(),
            (false, _) => format!("× {GEEN_CIJFER}"),
        };
        if privacy {
            uit.push_str(r#"<rect class="privacy" x="1" width="7" height="7" y=""#);
            plek(uit, schaal.boven + VLAK + 9.5);
            uit.push_str(r#""/>"#);
        }
        uit.push_str(r#"<text class="strook" x=""#);
        uit.push_str(if privacy { "14" } else { "0" });
        uit.push_str(r#"" y=""#);
        plek(uit, schaal.boven + VLAK + 17.0);
        uit.push_str(r#"">"#);
        tekst(uit, &woorden);
        uit.push_str("</text>");
    }

    fn punt(&self, uit: &mut String, schaal: &Schaal, punt: &Punt, x: f64, onderkant: f64) {
        let klasse = if punt.eigen { "eigen" } else { "ander" };
        uit.push_str(r#"<svg x=""#);
        plek(uit, x);
        write!(uit, r#"%"><g class="{klasse}"><title>"#).expect("writing to a String cannot fail");
        tekst(uit, &punt.naam);
        uit.push_str(": ");
        tekst(uit, &punt.woorden);
        uit.push_str("</title>");
        if punt.eigen {
            uit.push_str(r#"<line class="baan" y1=""#);
            plek(uit, schaal.boven);
            uit.push_str(r#"" y2=""#);
            plek(uit, onderkant);
            uit.push_str(r#""/>"#);
        }
        match punt.waarde {
            Some(waarde) => merk(uit, schaal, punt, waarde),
            None => leeg(uit, schaal, punt.toestand),
        }
        uit.push_str(r#"<text class="naam" transform="translate(4 "#);
        plek(uit, onderkant + 8.0);
        uit.push_str(r#") rotate(-90)">"#);
        tekst(uit, &korte_naam(&punt.naam));
        uit.push_str("</text></g></svg>");
    }

    /// The lines across, and above the drawing what they are: beside a line the words would cover marks.
    fn lijnen(&self, uit: &mut String, schaal: &Schaal) {
        for (plaats, lijn) in self.lijnen.iter().rev().enumerate() {
            let klasse = if lijn.land { "land" } else { "regio" };
            write!(uit, r#"<g class="{klasse}"><line x2="100%" y1=""#)
                .expect("writing to a String cannot fail");
            plek(uit, schaal.y(lijn.waarde));
            uit.push_str(r#"" y2=""#);
            plek(uit, schaal.y(lijn.waarde));
            let hoogte = 8.0 + 18.0 * plaats as f64;
            write!(
                uit,
                r#""/><line x2="22" y1="{hoogte}" y2="{hoogte}"/><text x="29" y="{}">"#,
                hoogte + 4.0
            )
            .expect("writing to a String cannot fail");
            tekst(uit, &lijn.naam);
            uit.push(' ');
            tekst(uit, &lijn.woorden);
            uit.push_str("</text></g>");
        }
    }
}

/// Interval and dot; the own one is a diamond with its value above.
fn merk(uit: &mut String, schaal: &Schaal, punt: &Punt, waarde: f64) {
    if let Some((onder, boven)) = punt.grenzen {
        uit.push_str(r#"<line class="staaf" y1=""#);
        plek(uit, schaal.y(onder));
        uit.push_str(r#"" y2=""#);
        plek(uit, schaal.y(boven));
        uit.push_str(r#""/>"#);
        if boven > schaal.hoog {
            // The interval goes on above the drawing.
            uit.push_str(r#"<path class="verder" d="M-3 "#);
            plek(uit, schaal.boven + 4.0);
            uit.push_str("l3 -4 l3 4\"/>");
        }
    }
    let y = schaal.y(waarde);
    if punt.eigen {
        uit.push_str(r#"<path class="merk" d="M0 "#);
        plek(uit, y - 7.0);
        uit.push_str(r#"l7 7 l-7 7 l-7 -7z"/>"#);
    } else {
        uit.push_str(r#"<circle class="merk" r="3" cy=""#);
        plek(uit, y);
        uit.push_str(r#""/>"#);
    }
}

/// The mark of a gebied without a value: an open square for privacy, a cross for no figure.
fn leeg(uit: &mut String, schaal: &Schaal, toestand: Toestand) {
    let midden = schaal.boven + VLAK + 29.0;
    if toestand == Toestand::Privacy {
        uit.push_str(r#"<rect class="privacy" x="-3.5" width="7" height="7" y=""#);
        plek(uit, midden - 3.5);
        uit.push_str(r#""/>"#);
    } else {
        uit.push_str(r#"<path class="geen" d="M-3 "#);
        plek(uit, midden - 3.0);
        uit.push_str("l6 6 m0 -6 l-6 6\"/>");
    }
}

/// Room for the longest of these names.
fn namenhoogte<'a>(punten: impl Iterator<Item = &'a Punt>) -> f64 {
    12.0 + LETTER
        * punten
            .map(|punt| korte_naam(&punt.naam).chars().count())
            .max()
            .unwrap_or(0) as f64
}

/// The name under a column: what stands between brackets is left off, and very long ones are cut.
fn korte_naam(naam: &str) -> String {
    const LANGST: usize = 24;
    let zonder = naam.split(" (").next().unwrap_or(naam);
    if zonder.chars().count() <= LANGST {
        return zonder.to_owned();
    }
    let mut kort: String = zonder.chars().take(LANGST - 1).collect();
    kort.push('…');
    kort
}

#[cfg(test)]
mod tests {
    use super::*;

    fn punt(naam: &str, waarde: Option<f64>, toestand: Toestand) -> Punt {
        Punt {
            naam: naam.into(),
            eigen: naam == "Eigen",
            toestand,
            waarde,
            grenzen: waarde.map(|waarde| (waarde * 0.8, waarde * 1.3)),
            woorden: waarde.map_or(PRIVACY.into(), |waarde| waarde.to_string()),
        }
    }

    fn teken(punten: &[Punt]) -> String {
        let maat = Maat::van("dagen", 0, &crate::Opzet::default());
        let lijnen = [Lijn {
            naam: "Nederland".into(),
            waarde: 40.0,
            woorden: "40".into(),
            land: true,
        }];
        Puntgrafiek {
            id: "p",
            titel: "Titel",
            beschrijving: "Tekst",
            maat: &maat,
            punten,
            lijnen: &lijnen,
        }
        .svg()
    }

    #[test]
    fn each_gebied_is_one_mark_and_the_own_one_has_another_shape() {
        let svg = teken(&[
            punt("Eigen", Some(50.0), Toestand::Getoond),
            punt("A", Some(30.0), Toestand::Getoond),
            punt("B", Some(35.0), Toestand::Getoond),
            punt("C", None, Toestand::Privacy),
            punt("D", None, Toestand::Ontbreekt),
        ]);
        assert_eq!(svg.matches("<circle").count(), 2);
        assert_eq!(svg.matches(r#"<path class="merk""#).count(), 1);
        assert_eq!(svg.matches(r#"<rect class="privacy" x="-3.5""#).count(), 1);
        assert_eq!(svg.matches(r#"<path class="geen""#).count(), 1);
        assert_eq!(svg.matches(r#"class="staaf""#).count(), 3);
        assert!(svg.contains("niet getoond (privacy)"));
    }

    #[test]
    fn nothing_to_show_is_no_drawing() {
        assert_eq!(teken(&[punt("A", None, Toestand::Privacy)]), "");
    }

    #[test]
    fn a_very_wide_interval_runs_off_the_top() {
        let mut wijd = punt("A", Some(10.0), Toestand::Getoond);
        wijd.grenzen = Some((1.0, 4000.0));
        assert!(
            teken(&[wijd, punt("Eigen", Some(50.0), Toestand::Getoond)])
                .contains(r#"class="verder""#)
        );
    }
}
