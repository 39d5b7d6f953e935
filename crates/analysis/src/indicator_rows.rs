//! The rows of one indicator: each figure with what a row carries besides its number.
//!
//! Owns the comparison with Nederland, the bounds for the missing and the status. Leaves the number to
//! [`crate::formulas`] and the order of a run to [`crate::run`].

use std::collections::HashMap;

use disclosure::{FigureBasis, PointToShow};
use schema::cijfer::{Confidential, Reason, SmolStr, Status};
use schema::{Cijfer, Comparison};

use crate::Inputs;
use crate::cell_measures::{CellMeasures, View};
use crate::formula_results::FormulaResult;
use crate::formulas::{Figure, FormulaContext, curve_points, reference};
use crate::gebied_tree::{AreaTree, NEDERLAND};
use crate::pipeline::{Computation, Computed};
use crate::respons::{KnownRecords, ResponseFacts};
use crate::statistics::Bounds;
use crate::statistics::missing::missing_bounds;
use crate::statistics::verdict::{ComparedRate, verdict};

/// Whether an indicator is about the response itself: it takes no field of any table.
pub(crate) fn of_response(computed: &Computed) -> bool {
    computed.indicator.velden.is_empty()
}

/// What comes of one indicator.
pub(crate) struct MadeRows {
    pub(crate) rows: Vec<(Cijfer, FigureBasis)>,
    /// By number of the gebied.
    pub(crate) curves: Vec<(u32, Vec<PointToShow>)>,
}

/// What the rows of one indicator are made with.
pub(crate) struct IndicatorRows<'a> {
    pub(crate) inputs: &'a Inputs<'a>,
    pub(crate) computed: &'a Computed,
    /// Its id, and the momentopname: in every row.
    pub(crate) indicator: SmolStr,
    pub(crate) momentopname: SmolStr,
    pub(crate) areas: &'a AreaTree,
    pub(crate) response: &'a ResponseFacts,
    /// Per gebied what is known of the records there.
    pub(crate) known: &'a [KnownRecords],
    /// Per gebied what those that did not deliver could have brought to the count of a rate or count.
    pub(crate) could_bring: Option<Vec<f64>>,
    pub(crate) context: FormulaContext<'a>,
}

impl IndicatorRows<'_> {
    /// The rows of these figures, each with what is behind it.
    pub(crate) fn make(&self, results: &[Figure]) -> Vec<(Cijfer, FigureBasis)> {
        let national: HashMap<(&str, &str), &FormulaResult> = results
            .iter()
            .filter(|f| f.gebied == NEDERLAND)
            .map(|f| ((f.uitsplitsing.as_str(), f.categorie.as_str()), &f.number))
            .collect();
        results
            .iter()
            .map(|figure| {
                let key = (figure.uitsplitsing.as_str(), figure.categorie.as_str());
                let land = national.get(&key).copied();
                (self.row(figure, land), figure.number.basis)
            })
            .collect()
    }

    /// The curve behind the indicator, in every gebied where something is known: for what may leave alone.
    pub(crate) fn curves(
        &self,
        measures: &CellMeasures,
        results: &[Figure],
        rows: &[(Cijfer, FigureBasis)],
    ) -> Vec<(u32, Vec<PointToShow>)> {
        let leaves = matches!(self.context.view, View::Protected(_));
        if !leaves || !self.computed.computation.draws_a_curve() {
            return Vec::new();
        }
        let known = results.iter().zip(rows).filter(|(_, (row, _))| {
            row.uitsplitsing == Cijfer::TOTAL && !matches!(row.status, Status::O | Status::L)
        });
        known
            .map(|(figure, _)| {
                let points = curve_points(self.computed, measures, figure.gebied, self.context);
                (figure.gebied, points)
            })
            .collect()
    }

    fn row(&self, figure: &Figure, land: Option<&FormulaResult>) -> Cijfer {
        let gebied = &self.areas.gebieden[figure.gebied as usize];
        let number = &figure.number;
        let with_interval = self.computed.indicator.interval != schema::indicator::Interval::Geen
            && number.waarde.is_some();
        let shown = |bounds: Bounds| {
            if with_interval {
                bounds
            } else {
                Bounds::default()
            }
        };
        let limits = shown(number.grenzen);
        let wide = shown(number.comparison.unwrap_or_default());
        let possible = self.bounds_for_the_missing(figure);
        let known = &self.known[figure.gebied as usize];
        let (status, reason) = self.status(figure);
        Cijfer {
            uitvraag: self.inputs.definitie.uitvraag.as_str().into(),
            jaar: self.inputs.definitie.jaar,
            indicator: self.indicator.clone(),
            niveau: gebied.niveau,
            gebied: gebied.code.as_str().into(),
            uitsplitsing: figure.uitsplitsing.clone(),
            categorie: figure.categorie.clone(),
            waarde: number.waarde,
            onder: limits.onder,
            boven: limits.boven,
            onder_998: wide.onder,
            boven_998: wide.boven,
            oordeel: self.compare(figure, land).filter(|_| with_interval),
            teller: number.teller,
            noemer: number.noemer,
            n: number.n,
            minstens: possible.onder,
            hoogstens: possible.boven,
            status,
            vertrouwelijk: Confidential::F,
            reden: reason,
            respons: self.response.shares[figure.gebied as usize].map(told_share),
            dekking_records: known.share,
            dekking_aanbieders: known.aanbieders.clone(),
            momentopname: self.momentopname.clone(),
        }
    }

    /// Why there is no figure, where there is none. What too little is known of is left out of what is protected alone:
    /// `intern/` has every figure.
    fn status(&self, figure: &Figure) -> (Status, Option<Reason>) {
        let known = &self.known[figure.gebied as usize];
        let protected = matches!(self.context.view, View::Protected(_));
        // Of Nederland a figure is given as of what is known; of the response it would say that all delivered.
        let may_be_partial = figure.gebied == NEDERLAND && !of_response(self.computed);
        if figure.silent {
            (Status::O, Some(Reason::NobodyDelivered))
        } else if known.is_absent && figure.number.n.unwrap_or(0) == 0 {
            (Status::L, Some(Reason::TableMissing))
        } else if protected && known.is_too_little && !may_be_partial {
            (Status::L, Some(Reason::TooLittleKnown))
        } else if figure.number.waarde.is_none() {
            let reason = figure.number.reason.unwrap_or(Reason::NotComputable);
            (Status::M, Some(reason))
        } else if self.inputs.configuration.voorlopig {
            (Status::P, None)
        } else {
            (Status::A, None)
        }
    }

    /// Beside Nederland. Who did not deliver makes a rate too low, here or in the country, so a rate is higher or lower
    /// only where that holds whatever they had brought; a share or a duration they hardly move. A figure for which another
    /// speaks has no verdict.
    fn compare(&self, figure: &Figure, land: Option<&FormulaResult>) -> Option<Comparison> {
        self.computed.indicator.smallest_difference()?;
        let own = figure.number.comparison?;
        let national = land?.waarde?;
        if figure.gebied == NEDERLAND || figure.number.waarde.is_none() {
            return None;
        }
        let of_rate = self
            .could_bring
            .as_ref()
            .zip(figure.number.teller)
            .zip(self.factor(figure.gebied))
            .zip(self.factor(NEDERLAND));
        let Some((((could_bring, count), factor), national_factor)) = of_rate else {
            return Some(verdict(own, national));
        };
        let rate = ComparedRate {
            count,
            slack: self.context.view.slack() as f64,
            design_effect: self.context.design_effect,
            factor,
        };
        let missing = could_bring[figure.gebied as usize];
        let more = could_bring[NEDERLAND as usize] * national_factor;
        let beside = |national| rate.verdict(missing, national);
        let (lowest, highest) = (beside(national), beside(national + more));
        Some(if lowest == highest {
            lowest
        } else {
            Comparison::DependsOnResponse
        })
    }

    /// What one person more makes of a rate.
    fn factor(&self, gebied: u32) -> Option<f64> {
        let Computation::Per { tabel, per, .. } = &self.computed.computation else {
            return None;
        };
        let people = reference(&self.areas.gebieden[gebied as usize], *tabel)?;
        (people > 0).then(|| per / people as f64)
    }

    /// At least and at most, had those that did not deliver brought what they could. Without the missing there is nothing
    /// to say.
    fn bounds_for_the_missing(&self, figure: &Figure) -> Bounds {
        let is_total = figure.uitsplitsing == Cijfer::TOTAL && !figure.silent;
        let factor = match self.computed.computation {
            Computation::Per { .. } => self.factor(figure.gebied),
            _ => Some(1.0),
        };
        let count = figure.number.teller.filter(|_| is_total);
        let could_bring = self.could_bring.as_ref();
        let Some(((could_bring, count), factor)) = could_bring.zip(count).zip(factor) else {
            return Bounds::default();
        };
        let missing = could_bring[figure.gebied as usize];
        if missing > 0.0 {
            missing_bounds(count, self.context.view.slack() as f64, missing).scaled(factor)
        } else {
            Bounds::default()
        }
    }
}

/// A share of aanbieders to the hundredth of a percent: it stands in every row, and nobody reads more of it.
fn told_share(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}
