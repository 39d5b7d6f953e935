//! Too large a share of the rows. Remembers two numbers per field.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt8Type;

use super::{Blik, Setregel, Slot};
use crate::expr::Expressie;
use crate::expr::bits;
use crate::expr::rekenen::{VENSTER, Venster, known_bits};
use crate::tally::Vondsten;
use crate::tekst::percentage;
use crate::vondst::{Invulling, Vondst};

/// When a share is too large.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grens {
    /// Largest share that is silent.
    pub(crate) max: f64,
    /// Fewest rows for which the rule speaks.
    pub(crate) minimaal: u64,
}

impl Grens {
    /// The share, where it is too large.
    fn exceeded(self, teller: u64, noemer: u64) -> Option<f64> {
        let aandeel = teller as f64 / noemer.max(1) as f64;
        // Shares that equal `max` but for rounding are silent.
        (noemer >= self.minimaal && aandeel > self.max + 1e-9).then_some(aandeel)
    }

    fn vondst(self, veld: Option<usize>, aandeel: f64) -> Vondst {
        let tekst = percentage(aandeel, self.max);
        let namen = vec![
            ("aandeel", Invulling::Tekst(tekst.clone())),
            ("max", Invulling::Tekst(percentage(self.max, self.max))),
            ("minimaal", Invulling::Tekst(self.minimaal.to_string())),
        ];
        Vondst {
            veld,
            gevonden: Some(tekst.into()),
            namen,
            ..Vondst::default()
        }
    }
}

/// Share of the rows for which an expression holds.
#[derive(Debug)]
pub(crate) struct Aandeel {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) veld: Option<usize>,
    pub(crate) expr: Expressie,
    pub(crate) grens: Grens,
    pub(crate) teller: u64,
    pub(crate) noemer: u64,
}

impl Setregel for Aandeel {
    fn look(&mut self, blik: &Blik<'_>, _vondsten: &mut Vondsten) {
        if blik.tabel != self.tabel {
            return;
        }
        for begin in (0..blik.rijen).step_by(VENSTER) {
            let drie = self.expr.over(&Venster::new(
                blik.kolommen,
                begin,
                VENSTER.min(blik.rijen - begin),
            ));
            self.teller += bits::count(&drie.waar);
        }
        self.noemer += blik.rijen as u64;
    }

    fn finish(&mut self, _slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        if let Some(aandeel) = self.grens.exceeded(self.teller, self.noemer) {
            vondsten.add(self.regel, self.tabel, || {
                self.grens.vondst(self.veld, aandeel)
            });
        }
        Vec::new()
    }
}

/// Share of the rows that hold one code, in each field whose list has it.
#[derive(Debug)]
pub(crate) struct AandeelCode {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) waarde: String,
    pub(crate) grens: Grens,
    /// Number of rows.
    pub(crate) noemer: u64,
    /// Field, position of the code in its list, rows with the code.
    pub(crate) velden: Vec<(usize, u8, u64)>,
}

impl Setregel for AandeelCode {
    fn look(&mut self, blik: &Blik<'_>, _vondsten: &mut Vondsten) {
        if blik.tabel != self.tabel {
            return;
        }
        self.noemer += blik.rijen as u64;
        for (veld, code, teller) in &mut self.velden {
            let keys = blik.kolommen[*veld].as_dictionary::<UInt8Type>().keys();
            let mut met_code = bits::mask(keys.len(), |i| keys.values()[i] == *code);
            // Under a NULL stands key 0, which may be the code itself.
            if let Some(nulls) = keys.nulls() {
                met_code = bits::and(met_code, &known_bits(nulls, 0, keys.len()));
            }
            *teller += bits::count(&met_code);
        }
    }

    fn finish(&mut self, _slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        for &(veld, _, teller) in &self.velden {
            if let Some(aandeel) = self.grens.exceeded(teller, self.noemer) {
                vondsten.add(self.regel, self.tabel, || {
                    let mut vondst = self.grens.vondst(Some(veld), aandeel);
                    vondst
                        .namen
                        .push(("waarde", Invulling::Tekst(self.waarde.clone())));
                    vondst
                });
            }
        }
        Vec::new()
    }
}
