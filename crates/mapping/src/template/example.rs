//! The example of the sjabloon, told from what somebody typed.
//!
//! Owns which rows are the example as it was handed out, and refusing what would be lost: rows that are partly the
//! example, data above the headers. Leaves passing over the example to `convert::by_headers`.

use std::collections::BTreeMap;

use rows::Weigering;
use rows::characters::trimmed;
use schema::artefacten::VOORBEELD;
use schema::{Definitie, Gebieden, Tabel, Veld, Veldtype};
use sheets::grid::Raster;

use crate::dates::{Datumvorm, read_plain};
use crate::normalise::normal;

/// Filled cells from which a row above the headers is data, as a share of the required ones.
const DEEL_VERPLICHT: f64 = 0.5;

/// Tells the example of a sheet from data.
pub(crate) struct Voorbeeld<'a> {
    definitie: &'a Definitie,
    tabel: &'a Tabel,
    /// Fields with their columns.
    velden: Vec<(u32, &'a Veld)>,
    /// The example may have been another: it is told by its marks alone.
    op_merk: bool,
}

/// What a row has of the example.
enum Rij {
    /// Nothing that says so.
    Eigen,
    /// Nothing else.
    Voorbeeld,
    /// Something, and something of one's own beside it; here is the first cell that says so.
    Deels(u32),
}

impl<'a> Voorbeeld<'a> {
    /// `kolommen` are fields of `tabel` with their columns.
    pub(crate) fn new(
        definitie: &'a Definitie,
        tabel: &'a Tabel,
        kolommen: &BTreeMap<String, usize>,
        op_merk: bool,
    ) -> Self {
        let kolom = |veld: &Veld| u32::try_from(*kolommen.get(&veld.naam)?).ok();
        let velden = tabel
            .velden
            .iter()
            .filter_map(|veld| Some((kolom(veld)?, veld)))
            .collect();
        Self {
            definitie,
            tabel,
            velden,
            op_merk,
        }
    }

    /// The filled cells of a row that belong to a field.
    fn cellen<'b>(
        &'b self,
        rij: &'b [(u32, &'b str)],
    ) -> impl Iterator<Item = (u32, &'b Veld, &'b str)> + Clone {
        let veld = |kolom: u32| {
            self.velden
                .iter()
                .find(|(k, _)| *k == kolom)
                .map(|(_, veld)| *veld)
        };
        let cellen = rij
            .iter()
            .filter_map(move |&(kolom, tekst)| Some((kolom, veld(kolom)?, trimmed(tekst))));
        cellen.filter(|(_, _, tekst)| !tekst.is_empty())
    }

    fn judge(&self, rij: &[(u32, &str)]) -> Rij {
        let cellen = self.cellen(rij);
        let Some((merk, ..)) = cellen
            .clone()
            .find(|(_, veld, tekst)| self.is_mark(veld, tekst))
        else {
            return Rij::Eigen;
        };
        let draagt_merk = |veld: &Veld| matches!(veld.veldtype, Veldtype::Pseudoniem);
        let onveranderd = if self.op_merk {
            cellen
                .clone()
                .all(|(_, veld, tekst)| !draagt_merk(veld) || self.is_mark(veld, tekst))
        } else {
            cellen
                .clone()
                .all(|(_, veld, tekst)| self.is_as_given(veld, tekst))
        };
        if onveranderd {
            Rij::Voorbeeld
        } else {
            Rij::Deels(merk)
        }
    }

    /// Whether a cell calls itself the example.
    fn is_mark(&self, veld: &Veld, tekst: &str) -> bool {
        match &veld.veldtype {
            // `Voorbeeld: 123` is somebody's help text.
            Veldtype::Pseudoniem => after_mark(tekst).is_some_and(|rest| !rest.starts_with(':')),
            Veldtype::Tekst { .. } => {
                after_mark(tekst).and_then(|rest| rest.strip_prefix('-')) == Some(self.given(veld))
            }
            _ => false,
        }
    }

    fn given(&self, veld: &Veld) -> &str {
        self.tabel
            .voorbeeld
            .get(&veld.naam)
            .map_or("", String::as_str)
    }

    /// Whether a cell holds what the example has there, however a program wrote it back.
    fn is_as_given(&self, veld: &Veld, tekst: &str) -> bool {
        let gegeven = self.given(veld);
        if tekst == gegeven || self.is_mark(veld, tekst) {
            return true;
        }
        let jaar = self.definitie.jaar;
        let zelfde_naam = |naam: &str| normal(naam) == normal(tekst);
        match &veld.veldtype {
            Veldtype::Datum => {
                let dag =
                    read_plain(tekst, jaar).or_else(|| Datumvorm::DagMaandJaar.lees(tekst, jaar));
                dag.is_some() && dag == read_plain(gegeven, jaar)
            }
            Veldtype::Geheel | Veldtype::Decimaal => match (
                tekst.replace(',', ".").parse::<f64>(),
                gegeven.parse::<f64>(),
            ) {
                (Ok(getal), Ok(gegeven)) => (getal - gegeven).abs() < 1e-9,
                _ => false,
            },
            Veldtype::Code { lijst } => self.definitie.codelijsten[lijst]
                .code(gegeven)
                .is_some_and(|code| zelfde_naam(&code.label)),
            Veldtype::Gemeente => Gebieden::get()
                .gemeente(jaar, gegeven)
                .is_some_and(|g| zelfde_naam(&g.gemeentenaam)),
            Veldtype::JaNee => zelfde_naam(gegeven),
            Veldtype::Pseudoniem | Veldtype::Tekst { .. } => false,
        }
    }

    /// The rows below the headers that are the example.
    pub(crate) fn rows(&self, raster: &Raster, kopregel: u64) -> Result<Vec<u32>, Weigering> {
        let mut uit = Vec::new();
        for (nummer, rij) in raster
            .rijen()
            .filter(|(nummer, _)| u64::from(*nummer) > kopregel)
        {
            match self.judge(&rij) {
                Rij::Eigen => {}
                Rij::Voorbeeld => uit.push(nummer),
                Rij::Deels(kolom) => return Err(changed(u64::from(nummer), kolom)),
            }
        }
        Ok(uit)
    }

    /// Refuses data above the headers, which would be lost; gives what is to be said of other rows there. In a
    /// sjabloon (`streng`) a row of enough words is data, elsewhere it may be a second row of headers.
    pub(crate) fn judge_above(
        &self,
        erboven: &[(u64, Vec<String>)],
        streng: bool,
    ) -> Result<Vec<String>, Weigering> {
        let mut zinnen = Vec::new();
        for (nummer, rij) in erboven {
            let rij: Vec<(u32, &str)> = (0..).zip(rij.iter().map(String::as_str)).collect();
            match self.judge(&rij) {
                Rij::Voorbeeld => {}
                Rij::Deels(kolom) => return Err(changed(*nummer, kolom)),
                Rij::Eigen if self.is_data(&rij) && (streng || self.has_number(&rij)) => {
                    let bericht = "Deze rij staat boven de kolomnamen en is niet het voorbeeld. Zet hem onder de kolomnamen, of maak hem leeg.";
                    return Err(Weigering::new("DATA_ABOVE_HEADER", bericht).op_rij(*nummer));
                }
                Rij::Eigen if streng && self.cellen(&rij).nth(1).is_some() => {
                    zinnen.push(format!(
                        "rij {nummer} staat boven de kolomnamen. Die telt niet mee."
                    ));
                }
                Rij::Eigen => {}
            }
        }
        Ok(zinnen)
    }

    fn is_data(&self, rij: &[(u32, &str)]) -> bool {
        let verplicht = self
            .velden
            .iter()
            .filter(|(_, veld)| veld.verplicht)
            .count();
        let gevuld = self
            .cellen(rij)
            .filter(|(_, veld, _)| veld.verplicht)
            .count();
        gevuld as f64 >= DEEL_VERPLICHT * verplicht.max(2) as f64
    }

    /// Whether a date or a number stands where one is asked: a header has none.
    fn has_number(&self, rij: &[(u32, &str)]) -> bool {
        let gevraagd = |veld: &Veld| {
            matches!(
                veld.veldtype,
                Veldtype::Datum | Veldtype::Geheel | Veldtype::Decimaal
            )
        };
        self.cellen(rij).any(|(_, veld, tekst)| {
            gevraagd(veld) && tekst.starts_with(|c: char| c.is_ascii_digit())
        })
    }
}

/// What stands behind the mark, as in `VOORBEELD-V1`: `-V1`.
fn after_mark(tekst: &str) -> Option<&str> {
    let begin = tekst
        .get(..VOORBEELD.len())
        .filter(|begin| begin.eq_ignore_ascii_case(VOORBEELD))?;
    Some(&tekst[begin.len()..])
}

fn changed(rij: u64, kolom: u32) -> Weigering {
    let bericht = "In deze rij staan eigen gegevens naast een stuk van het voorbeeld (VOORBEELD). \
                   Telt de rij mee? Vervang dan elke cel met VOORBEELD en zet de rij onder de kolomnamen. Telt hij niet mee? Maak hem dan leeg.";
    Weigering::new("EXAMPLE_CHANGED", bericht).in_cel(rij, kolom as usize)
}
