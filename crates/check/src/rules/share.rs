//! Too large a share of the rows. Remembers two numbers per field.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt8Type;

use super::{BatchView, Ending, SetRegel};
use crate::finding_words::percentage;
use crate::rule_hit::{Filling, Hit};
use crate::rule_language::Expression;
use crate::rule_language::bits;
use crate::rule_language::eval::{WINDOW, Window, known_bits};
use crate::tally::Hits;

/// When a share is too large.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// Largest share that is silent.
    pub(crate) max: f64,
    /// Fewest rows for which the rule speaks.
    pub(crate) minimaal: u64,
}

impl Limit {
    /// The share, where it is too large.
    fn exceeded(self, numerator: u64, denominator: u64) -> Option<f64> {
        let share = numerator as f64 / denominator.max(1) as f64;
        // Shares that equal `max` but for rounding are silent.
        (denominator >= self.minimaal && share > self.max + 1e-9).then_some(share)
    }

    fn hit(self, veld: Option<usize>, share: f64) -> Hit {
        let text = percentage(share, self.max);
        let names = vec![
            ("aandeel", Filling::Tekst(text.clone())),
            ("max", Filling::Tekst(percentage(self.max, self.max))),
            ("minimaal", Filling::Tekst(self.minimaal.to_string())),
        ];
        Hit {
            veld,
            gevonden: Some(text.into()),
            names,
            ..Hit::default()
        }
    }
}

/// Share of the rows for which an expression holds.
#[derive(Debug)]
pub(crate) struct ShareRule {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) veld: Option<usize>,
    pub(crate) expr: Expression,
    pub(crate) limit: Limit,
    pub(crate) teller: u64,
    pub(crate) noemer: u64,
}

impl SetRegel for ShareRule {
    fn look(&mut self, view: &BatchView<'_>, _hits: &mut Hits) {
        if view.tabel != self.tabel {
            return;
        }
        for begin in (0..view.rijen).step_by(WINDOW) {
            let ternary = self.expr.over(&Window::new(
                view.kolommen,
                begin,
                WINDOW.min(view.rijen - begin),
            ));
            self.teller += bits::count(&ternary.is_true);
        }
        self.noemer += view.rijen as u64;
    }

    fn finish(&mut self, _ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        if let Some(share) = self.limit.exceeded(self.teller, self.noemer) {
            hits.add(self.regel, self.tabel, || self.limit.hit(self.veld, share));
        }
        Vec::new()
    }
}

/// Share of the rows that hold one code, in each field whose list has it.
#[derive(Debug)]
pub(crate) struct ShareCode {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) waarde: String,
    pub(crate) limit: Limit,
    /// Number of rows.
    pub(crate) noemer: u64,
    /// Field, position of the code in its list, rows with the code.
    pub(crate) velden: Vec<(usize, u8, u64)>,
}

impl SetRegel for ShareCode {
    fn look(&mut self, view: &BatchView<'_>, _hits: &mut Hits) {
        if view.tabel != self.tabel {
            return;
        }
        self.noemer += view.rijen as u64;
        for (veld, code, numerator) in &mut self.velden {
            let keys = view.kolommen[*veld].as_dictionary::<UInt8Type>().keys();
            let mut met_code = bits::mask(keys.len(), |i| keys.values()[i] == *code);
            // Under a NULL stands key 0, which may be the code itself.
            if let Some(nulls) = keys.nulls() {
                met_code = bits::and(met_code, &known_bits(nulls, 0, keys.len()));
            }
            *numerator += bits::count(&met_code);
        }
    }

    fn finish(&mut self, _ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        for &(veld, _, numerator) in &self.velden {
            if let Some(share) = self.limit.exceeded(numerator, self.noemer) {
                hits.add(self.regel, self.tabel, || {
                    let mut hit = self.limit.hit(Some(veld), share);
                    hit.names
                        .push(("waarde", Filling::Tekst(self.waarde.clone())));
                    hit
                });
            }
        }
        Vec::new()
    }
}
