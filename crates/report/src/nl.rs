//! Numbers and dates as a Dutch reader writes them.
//!
//! Owns separators, percentages that are no more precise than their counts allow, euros, units and dates. Knows no
//! indicator: a [`Maat`] says how one is written.

use crate::Opzet;

/// Hard space: keeps number and unit together.
const VAST: char = '\u{a0}';

/// How the values of one indicator are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Maat {
    soort: Soort,
    decimalen: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Soort {
    /// A share from 0 to 1.
    Aandeel,
    Euro,
    /// A class that stands for a number.
    Klasse(Vec<(f64, String)>),
    /// A number with its unit, plural and singular.
    Getal {
        meervoud: String,
        enkelvoud: String,
    },
}

impl Maat {
    /// From the unit in the metadata (`aandeel`, `euro`, or words) and what the page plan says of it.
    pub fn van(eenheid: &str, decimalen: u8, opzet: &Opzet) -> Self {
        let soort = match (eenheid, opzet.klasse.get(eenheid)) {
            (_, Some(klassen)) => Soort::Klasse(klassen.clone()),
            ("aandeel", None) => Soort::Aandeel,
            ("euro", None) => Soort::Euro,
            (_, None) => {
                let meervoud = opzet.eenheid.get(eenheid).map_or(eenheid, String::as_str);
                let enkelvoud = opzet
                    .enkelvoud
                    .get(meervoud)
                    .map_or(meervoud, String::as_str);
                Soort::Getal {
                    meervoud: meervoud.to_owned(),
                    enkelvoud: enkelvoud.to_owned(),
                }
            }
        };
        Self {
            soort,
            decimalen: usize::from(decimalen),
        }
    }

    /// The unit in words; empty where the sign or the class says it.
    pub fn eenheid(&self) -> &str {
        match &self.soort {
            Soort::Getal { meervoud, .. } => meervoud,
            Soort::Aandeel | Soort::Euro | Soort::Klasse(_) => "",
        }
    }

    /// Whether it is a share.
    pub fn is_aandeel(&self) -> bool {
        self.soort == Soort::Aandeel
    }

    /// The bare number, with % or € where that belongs to it. `noemer` is what a share was taken of.
    pub fn kort(&self, waarde: f64, noemer: Option<f64>) -> String {
        match &self.soort {
            Soort::Aandeel => procent(waarde, noemer),
            Soort::Euro => format!("€{VAST}{}", getal(waarde, self.decimalen)),
            Soort::Getal { .. } => getal(waarde, self.decimalen),
            Soort::Klasse(klassen) => klassen
                .iter()
                .find(|(deze, _)| (deze - waarde).abs() < 1e-9)
                .map_or_else(
                    || getal(waarde, self.decimalen),
                    |(_, woorden)| woorden.clone(),
                ),
        }
    }

    /// The number with its unit.
    pub fn lang(&self, waarde: f64, noemer: Option<f64>) -> String {
        let kort = self.kort(waarde, noemer);
        match &self.soort {
            Soort::Getal {
                meervoud,
                enkelvoud,
            } => {
                let eenheid = if kort == "1" { enkelvoud } else { meervoud };
                if eenheid.is_empty() {
                    kort
                } else {
                    format!("{kort}{VAST}{eenheid}")
                }
            }
            Soort::Aandeel | Soort::Euro | Soort::Klasse(_) => kort,
        }
    }

    /// `8,1 tot 11,4`.
    pub fn interval(&self, (onder, boven): (f64, f64), noemer: Option<f64>) -> String {
        format!(
            "{} tot {}",
            self.kort(onder, noemer),
            self.kort(boven, noemer)
        )
    }

    /// A value on an axis whose ticks lie `stap` apart.
    pub fn tik(&self, waarde: f64, stap: f64) -> String {
        match self.soort {
            Soort::Aandeel => format!("{}%", getal(waarde * 100.0, decimalen_van(stap * 100.0))),
            Soort::Euro => format!("€{VAST}{}", getal(waarde, decimalen_van(stap))),
            Soort::Getal { .. } | Soort::Klasse(_) => getal(waarde, decimalen_van(stap)),
        }
    }
}

fn decimalen_van(stap: f64) -> usize {
    (0..3)
        .find(|&cijfers| ((stap * 10f64.powi(cijfers)).fract()).abs() < 1e-9)
        .map_or(3, |cijfers| cijfers as usize)
}

/// `1234.56` → `1.234,6`.
pub fn getal(waarde: f64, decimalen: usize) -> String {
    // A half goes up, as people round; `format!` alone would take it to the even side.
    let factor = 10f64.powi(i32::try_from(decimalen).unwrap_or(0));
    let kaal = format!("{:.decimalen$}", (waarde.abs() * factor).round() / factor);
    let (heel, rest) = kaal.split_once('.').unwrap_or((&kaal, ""));
    let is_nul = kaal.bytes().all(|teken| matches!(teken, b'0' | b'.'));
    let mut uit = String::with_capacity(kaal.len() + 4);
    if waarde < 0.0 && !is_nul {
        uit.push('\u{2212}');
    }
    for (plaats, teken) in heel.chars().enumerate() {
        if plaats > 0 && (heel.len() - plaats) % 3 == 0 {
            uit.push('.');
        }
        uit.push(teken);
    }
    if !rest.is_empty() {
        uit.push(',');
        uit.push_str(rest);
    }
    uit
}

/// A whole number.
pub fn aantal(n: i64) -> String {
    let tekst = getal(n.unsigned_abs() as f64, 0);
    if n < 0 {
        format!("\u{2212}{tekst}")
    } else {
        tekst
    }
}

/// A share as a percentage. One decimal only where the denominator is known and at least 1,000: below that, one
/// record more or less moves the whole percentages.
pub fn procent(aandeel: f64, noemer: Option<f64>) -> String {
    let decimalen = usize::from(noemer.is_some_and(|noemer| noemer >= 1000.0));
    format!("{}%", getal(aandeel * 100.0, decimalen))
}

/// `48 kB`.
pub fn omvang(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes}{VAST}bytes"),
        1_000..1_000_000 => format!("{}{VAST}kB", bytes.div_ceil(1_000)),
        _ => format!("{}{VAST}MB", getal(bytes as f64 / 1e6, 1)),
    }
}

/// First letter as a capital.
pub fn hoofdletter(tekst: &str) -> String {
    let mut letters = tekst.chars();
    letters
        .next()
        .map(|eerste| eerste.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_dutch_separators() {
        assert_eq!(getal(1234.56, 1), "1.234,6");
        assert_eq!(getal(1_234_567.0, 0), "1.234.567");
        assert_eq!(getal(-12.0, 0), "\u{2212}12");
        assert_eq!(getal(-0.04, 1), "0,0");
        assert_eq!(aantal(-1200), "\u{2212}1.200");
        // Every half the same way, also on the pages where 180,5 stood as 180 beside 252 for 251,5.
        assert_eq!(
            [180.5, 251.5, -0.5].map(|halve| getal(halve, 0)),
            ["181", "252", "\u{2212}1"]
        );
        assert_eq!(
            [0.25, 0.35, 2.45].map(|halve| getal(halve, 1)),
            ["0,3", "0,4", "2,5"]
        );
    }

    #[test]
    fn a_percentage_is_no_more_precise_than_its_counts() {
        assert_eq!(procent(3.0 / 7.0, Some(7.0)), "43%");
        assert_eq!(procent(0.42857, None), "43%");
        assert_eq!(procent(0.42857, Some(1000.0)), "42,9%");
    }

    #[test]
    fn a_value_carries_its_unit() {
        let opzet =
            Opzet::lees("enkelvoud = { dagen = 'dag' }\neenheid = { verhouding = '' }\nklasse = { wekenklasse = [[13, 'tot 13 weken']] }")
                .unwrap();
        let dagen = Maat::van("dagen", 0, &opzet);
        assert_eq!(dagen.lang(84.0, None), "84\u{a0}dagen");
        assert_eq!(dagen.lang(1.0, None), "1\u{a0}dag");
        assert_eq!(dagen.interval((78.0, 91.0), None), "78 tot 91");
        assert_eq!(
            Maat::van("euro", 2, &opzet).lang(1180.5, None),
            "€\u{a0}1.180,50"
        );
        assert_eq!(Maat::van("aandeel", 0, &opzet).tik(0.25, 0.25), "25%");
        assert_eq!(dagen.tik(2.5, 2.5), "2,5");
        assert_eq!(Maat::van("verhouding", 2, &opzet).lang(0.8, None), "0,80");
        assert_eq!(
            Maat::van("wekenklasse", 0, &opzet).lang(13.0, None),
            "tot 13 weken"
        );
    }

    #[test]
    fn dates_and_sizes_read_as_dutch() {
        assert_eq!(
            schema::levering::datum_nl(chrono::NaiveDate::from_ymd_opt(2021, 5, 1).unwrap()),
            "1 mei 2021"
        );
        assert_eq!(omvang(47_210), "48\u{a0}kB");
        assert_eq!(hoofdletter("jeugdregio"), "Jeugdregio");
    }
}
