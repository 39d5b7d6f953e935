//! From sums and counts per day to figures: value, interval, numerator and denominator.
//!
//! Owns which formula an indicator gets, in every gebied and category, from exact counts or, by the same formulas, from
//! rounded ones ([`View`]). Leaves what a formula makes of its numbers to [`crate::formula_results`], the comparison with
//! Nederland to [`crate::run`] and what of a figure may leave to `disclosure`.

use disclosure::rules::Contributions;
use disclosure::{FigureBasis, PointToShow, RecordSet, is_published};
use rayon::prelude::*;
use schema::cijfer::SmolStr;
use schema::{Cijfer, Niveau, OwnFigure};

use crate::cell_measures::{CellMeasures, View};
use crate::cube::{Codelijsten, Series};
use crate::formula_results::{
    FormulaResult, READ, YearAndNorm, half_day, longest_class, quantile, queue, ratio, share,
    share_on,
};
use crate::gebied_tree::{AreaTree, GebiedNode, NEDERLAND};
use crate::pipeline::{Computation, Computed, CurveReading, DenominatorTable};
use crate::statistics::interval::{count_bounds, in_fives};
use crate::statistics::standardise::{CaseMix, Stratum, expected};
use crate::statistics::survival::{Curve, survival_curve};
use crate::statistics::{Confidence, DayCount};

/// What the formulas need beside the sums.
#[derive(Debug, Clone, Copy)]
pub struct FormulaContext<'a> {
    /// The gebieden.
    pub areas: &'a AreaTree,
    /// Codes per breakdown.
    pub codelijsten: &'a Codelijsten,
    /// Of those, the codes by which figures are broken down: the answers.
    pub answers: &'a Codelijsten,
    /// Days in the year.
    pub days_in_jaar: u32,
    /// The norm for waiting, in days.
    pub norm_dagen: u32,
    /// Niveaus at which no figure of children that may leave is broken down.
    pub totals_only: &'a [Niveau],
    /// How much wider limits are because the records of the indicator hang together, 1 or more.
    pub design_effect: f64,
    /// Which counts the formulas see.
    pub view: View<'a>,
}

/// A figure before it has its keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Number of the gebied.
    pub gebied: u32,
    /// `totaal` or the field.
    pub uitsplitsing: SmolStr,
    /// `totaal` or the code.
    pub categorie: SmolStr,
    /// Whether nobody spoke of the gebied, so that nothing counted there means unknown and not none.
    pub silent: bool,
    /// What came out.
    pub number: FormulaResult,
}

/// One cell of one group.
#[derive(Clone, Copy)]
struct FormulaCell<'a> {
    measures: &'a CellMeasures,
    gebied: u32,
    uitsplitsing: &'a str,
    code: &'a str,
}

/// All figures of one indicator, by niveau, gebied, uitsplitsing and categorie. Counts and shares of codes exist in every
/// cell, also where nothing is; what cannot be computed exists as a row in the totals alone. In a gebied that is
/// `silent` (by number) nothing can be. What `disclosure` would leave out of what may leave is not computed.
pub fn figures(
    computed: &Computed,
    measures: &CellMeasures,
    context: FormulaContext<'_>,
    silent: &[bool],
) -> Vec<Figure> {
    let mut cells = cells(computed, context);
    cells.sort_unstable();
    let met_codes = matches!(computed.computation, Computation::AandeelCode { .. });
    let is_protected = matches!(context.view, View::Protected(_));
    let in_gebied = |&gebied: &u32| {
        let niveau = context.areas.gebieden[gebied as usize].niveau;
        let mut results = Vec::new();
        for (uitsplitsing, code) in &cells {
            let may_leave = is_published(
                &computed.indicator,
                context.totals_only,
                niveau,
                uitsplitsing,
            );
            if is_protected && !may_leave {
                continue;
            }
            let cell = FormulaCell {
                measures,
                gebied,
                uitsplitsing,
                code,
            };
            let is_silent = silent.get(gebied as usize).is_some_and(|silent| *silent);
            let number = if is_silent {
                FormulaResult::default()
            } else {
                cell.compute(&computed.computation, context)
            };
            // Of what may leave every cell has a row: one that is not there would tell that nothing was counted.
            if is_protected || number.waarde.is_some() || met_codes || uitsplitsing == Cijfer::TOTAL
            {
                results.push(Figure {
                    gebied,
                    uitsplitsing: uitsplitsing.clone(),
                    categorie: code.clone(),
                    silent: is_silent,
                    number,
                });
            }
        }
        results
    };
    let of_each: Vec<Vec<Figure>> = context.areas.ordered().par_iter().map(in_gebied).collect();
    of_each.into_iter().flatten().collect()
}

/// The exact figures of one indicator for the aanbieder with this place: the total, and what there is in breakdowns and
/// codes. Nothing per inwoner, for an aanbieder has none; nothing of the response.
pub(crate) fn own_figures(
    computed: &Computed,
    measures: &CellMeasures,
    context: FormulaContext<'_>,
    place: u32,
) -> Vec<OwnFigure> {
    let indicator = &computed.indicator;
    let compute = |(uitsplitsing, code): (SmolStr, SmolStr)| {
        let cell = FormulaCell {
            measures,
            gebied: place,
            uitsplitsing: &uitsplitsing,
            code: &code,
        };
        let (number, unit) = match &computed.computation {
            Computation::Per { .. } | Computation::AandeelMetCodes { .. } => return None,
            Computation::Klasse { maat, .. } => (cell.longest(maat), DAYS),
            computation => (
                cell.compute(computation, context),
                indicator.eenheid.as_str(),
            ),
        };
        let something = number.teller.unwrap_or(0.0) != 0.0 || number.n.unwrap_or(0) != 0;
        (uitsplitsing == Cijfer::TOTAL || something).then(|| OwnFigure {
            indicator: indicator.id.clone(),
            eenheid: unit.to_owned(),
            waarde: number.waarde,
            teller: number.teller,
            noemer: number.noemer,
            n: number.n,
            uitsplitsing: uitsplitsing.to_string(),
            categorie: code.to_string(),
        })
    };
    cells(computed, context)
        .into_iter()
        .filter_map(compute)
        .collect()
}

/// The unit of a longest wait.
const DAYS: &str = "dagen";

/// The breakdowns and codes in which an indicator exists.
fn cells(computed: &Computed, context: FormulaContext<'_>) -> Vec<(SmolStr, SmolStr)> {
    let codes = |veld: &String| {
        let list = context.answers.get(veld).map_or(&[][..], Vec::as_slice);
        list.iter()
            .map(|code| (veld.into(), code.into()))
            .collect::<Vec<_>>()
    };
    if let Computation::AandeelCode { veld, .. } = &computed.computation {
        return codes(veld);
    }
    let total = [(Cijfer::TOTAL.into(), Cijfer::TOTAL.into())];
    total
        .into_iter()
        .chain(computed.indicator.uitsplitsingen.iter().flat_map(codes))
        .collect()
}

impl<'a> FormulaCell<'a> {
    fn compute(self, computation: &Computation, context: FormulaContext<'_>) -> FormulaResult {
        let view = context.view;
        match computation {
            Computation::Aantal {
                maat: measure,
                aantal: count,
            } => self.count(measure, count.as_deref(), context),
            Computation::Per {
                maat: measure,
                tabel,
                per,
            } => {
                let gebied = &context.areas.gebieden[self.gebied as usize];
                self.rate(measure, reference(gebied, *tabel), *per, context)
            }
            Computation::Aandeel {
                teller: numerator,
                noemer: denominator,
            } => {
                let (x, n) = (self.sum(numerator, view), self.sum(denominator, view));
                share(x, n, self.slack(numerator, view), context.design_effect)
            }
            Computation::CaseMix {
                teller: numerator,
                noemer: denominator,
                strata,
            } => self.case_mix(numerator, denominator, strata, context),
            Computation::AandeelCode {
                maat: measure,
                veld,
            } => self.code_share(measure, veld, context),
            Computation::Verhouding {
                teller: numerator,
                noemer: denominator,
                teller_deler,
                noemer_deler,
                aantal: count,
            } => {
                let n = count
                    .as_ref()
                    .map_or_else(|| self.sum(denominator, view), |c| self.sum(c, view));
                // What people have together, such as their contacten, is divided by how many they are exactly; so are
                // places by who has one.
                let of_people = [numerator, denominator].map(|m| self.measures.is_count(m));
                let of = if of_people == [true, true] {
                    view
                } else {
                    View::Exact
                };
                FormulaResult {
                    basis: FigureBasis {
                        contributions: self.contributions(numerator),
                        ..FigureBasis::default()
                    },
                    ..ratio(
                        self.sum(numerator, of) as f64 / teller_deler,
                        self.sum(denominator, of) as f64 / noemer_deler,
                        n,
                    )
                }
            }
            Computation::Kwantiel { maat: measure, p } => self
                .days(measure)
                .map_or_else(FormulaResult::default, |days| {
                    quantile(days, *p, self.sum(measure, view), context.design_effect)
                }),
            Computation::Incidentie { lees: reading, .. } => {
                self.incidence(&computation.measures(), *reading, context)
            }
            Computation::Klasse {
                maat: measure,
                grenzen: bounds,
            } => self
                .days(measure)
                .map_or_else(FormulaResult::default, |days| longest_class(days, bounds)),
            Computation::Wachtrij {
                instroom: inflow,
                uitstroom: outflow,
                wachtend: waiting,
                uitkomst: outcome,
            } => {
                let out = outflow.iter().map(|measure| self.sum(measure, view)).sum();
                let (inflow, waiting) = (self.sum(inflow, view), self.sum(waiting, view));
                let days = YearAndNorm {
                    year: context.days_in_jaar,
                    norm: context.norm_dagen,
                };
                queue(inflow, out, waiting, *outcome, days)
            }
            Computation::AandeelMetCodes {
                teller: numerator,
                noemer: denominator,
                ..
            } => {
                let whole = self.measures.number(
                    view,
                    denominator,
                    self.gebied,
                    Cijfer::TOTAL,
                    Cijfer::TOTAL,
                );
                let part = if self.uitsplitsing == Cijfer::TOTAL {
                    numerator
                } else {
                    denominator
                };
                // These count aanbieders, which are never rounded.
                share(self.sum(part, view), whole, 0, 1.0)
            }
        }
    }

    fn sum(self, measure: &str, view: View<'_>) -> i64 {
        self.measures
            .number(view, measure, self.gebied, self.uitsplitsing, self.code)
    }

    /// How far the true number may be from that of a measure.
    fn slack(self, measure: &str, view: View<'_>) -> i64 {
        if self.measures.is_count(measure) {
            view.slack()
        } else {
            0
        }
    }

    fn contributions(self, measure: &str) -> Option<Contributions> {
        self.measures
            .contributions(measure, self.gebied, self.uitsplitsing, self.code)
    }

    fn reeks(self, measure: &str) -> Option<&'a Series> {
        self.measures
            .reeks(measure, self.gebied, self.uitsplitsing, self.code)
    }

    /// The longest of a series in days.
    fn longest(self, measure: &str) -> FormulaResult {
        self.days(measure)
            .map_or_else(FormulaResult::default, |days| FormulaResult {
                waarde: days.longest().map(f64::from),
                n: Some(days.n()),
                ..FormulaResult::default()
            })
    }

    fn days(self, measure: &str) -> Option<&'a DayCount> {
        self.reeks(measure).map(|reeks| &reeks.days)
    }

    fn count(
        self,
        measure: &str,
        count: Option<&str>,
        context: FormulaContext<'_>,
    ) -> FormulaResult {
        let view = context.view;
        let x = self.sum(measure, view);
        let n = count.map_or(x, |count| self.sum(count, view));
        FormulaResult {
            waarde: Some(x as f64),
            grenzen: count_bounds(
                x as f64,
                view.slack() as f64,
                Confidence::P95,
                context.design_effect,
            ),
            teller: Some(x as f64),
            n: Some(n),
            basis: FigureBasis {
                contributions: self.contributions(measure),
                ..FigureBasis::default()
            },
            ..FormulaResult::default()
        }
    }

    fn rate(
        self,
        measure: &str,
        denominator: Option<u64>,
        per: f64,
        context: FormulaContext<'_>,
    ) -> FormulaResult {
        let view = context.view;
        let x = self.sum(measure, view);
        let empty = FormulaResult {
            teller: Some(x as f64),
            noemer: denominator.map(|n| n as f64),
            n: Some(x),
            ..FormulaResult::default()
        };
        let Some(denominator) = denominator.filter(|n| *n > 0) else {
            return empty;
        };
        let factor = per / denominator as f64;
        let slack = view.slack() as f64;
        let bounds = |confidence| {
            count_bounds(x as f64, slack, confidence, context.design_effect).scaled(factor)
        };
        FormulaResult {
            waarde: Some(x as f64 * factor),
            grenzen: bounds(Confidence::P95),
            comparison: Some(bounds(Confidence::P998)),
            ..empty
        }
    }

    /// Observed beside expected. What is expected is of exact strata; in what may leave it stands in fives.
    fn case_mix(
        self,
        numerator: &str,
        denominator: &str,
        strata: &str,
        context: FormulaContext<'_>,
    ) -> FormulaResult {
        let view = context.view;
        let by_stratum = |measure, gebied| {
            let sets = self.measures.by_code(measure, gebied, strata);
            sets.map(|set| set.count as f64)
        };
        let national = by_stratum(numerator, NEDERLAND).zip(by_stratum(denominator, NEDERLAND));
        let national = national.map(|(events, size)| Stratum { events, size });
        let expected = expected(by_stratum(denominator, self.gebied), national);
        let (expected, expected_slack) = match view {
            View::Exact => (expected, 0.0),
            View::Protected(_) => in_fives(expected),
        };
        let case_mix = CaseMix {
            observed: self.sum(numerator, view) as f64,
            expected,
            observed_slack: self.slack(numerator, view) as f64,
            expected_slack,
        };
        let bounds = |confidence| case_mix.bounds(confidence, context.design_effect);
        FormulaResult {
            waarde: case_mix.ratio(),
            grenzen: bounds(Confidence::P95).unwrap_or_default(),
            comparison: bounds(Confidence::P998),
            teller: Some(case_mix.observed),
            noemer: Some(case_mix.expected),
            n: Some(self.sum(denominator, view)),
            ..FormulaResult::default()
        }
    }

    /// Among the records where the field is filled.
    fn code_share(self, measure: &str, veld: &str, context: FormulaContext<'_>) -> FormulaResult {
        let codes = context.codelijsten.get(veld).map_or(&[][..], Vec::as_slice);
        let parts = codes
            .iter()
            .map(|code| self.measures.records(measure, self.gebied, veld, code));
        let whole = RecordSet::together(parts);
        let (x, n) = if self.measures.is_count(measure) {
            (self.sum(measure, context.view), context.view.count(whole))
        } else {
            (self.sum(measure, View::Exact), whole.count)
        };
        let slack = self.slack(measure, context.view);
        share(x, n, slack, context.design_effect)
    }

    /// What is read from the curve of `columns`.
    fn incidence(
        self,
        columns: &[&str],
        reading: CurveReading,
        context: FormulaContext<'_>,
    ) -> FormulaResult {
        let (curve, all) = self.curve(columns, context);
        let read = match reading {
            CurveReading::Helft => half_day(&curve, context.view),
            CurveReading::Norm => share_on(&curve, context.norm_dagen),
            CurveReading::Dag(day) => share_on(&curve, u32::from(day)),
        };
        FormulaResult {
            n: Some(context.view.count(all)),
            ..read
        }
    }

    /// The curve, and the records it is made of. `columns`: those that went out the way that is read, those that went out
    /// otherwise, and last those still in.
    fn curve(self, columns: &[&str], context: FormulaContext<'_>) -> (Curve, RecordSet) {
        let empty = DayCount::default();
        let mut entries = DayCount::default();
        let mut all = RecordSet::default();
        for measure in columns {
            if let Some(reeks) = self.reeks(measure) {
                entries.add_all(&reeks.entry);
            }
            all.add(
                self.measures
                    .records(measure, self.gebied, self.uitsplitsing, self.code),
            );
        }
        entries.merge();
        let days: Vec<&DayCount> = columns
            .iter()
            .map(|measure| self.days(measure).unwrap_or(&empty))
            .collect();
        let (censored, exits) = days
            .split_last()
            .expect("a curve has a column of those still in");
        let curve = survival_curve(&entries, exits, censored).widened(context.design_effect);
        (curve, all)
    }
}

/// Days between two points of a curve.
const WEEK: u16 = 7;

/// The curve behind an indicator in a whole gebied, a point a week, to be released.
pub(crate) fn curve_points(
    computed: &Computed,
    measures: &CellMeasures,
    gebied: u32,
    context: FormulaContext<'_>,
) -> Vec<PointToShow> {
    let cell = FormulaCell {
        measures,
        gebied,
        uitsplitsing: Cijfer::TOTAL,
        code: Cijfer::TOTAL,
    };
    let (curve, all) = cell.curve(&computed.computation.measures(), context);
    let points = curve.points(WEEK, context.view.curve_floor(), Confidence::P95);
    let read = points.into_iter().map(|point| {
        let (share, bounds) = point.f[READ];
        // Who is at risk is another set every week, though nobody counts by whom.
        let of_week = RecordSet {
            count: point.at_risk,
            keys: all
                .keys
                .wrapping_add(u64::from(point.day.unsigned_abs()).rotate_left(40)),
        };
        PointToShow {
            day: point.day,
            share,
            lower: bounds.onder,
            upper: bounds.boven,
            at_risk: point.at_risk,
            rounded: context.view.count(of_week),
        }
    });
    read.collect()
}

/// The reference number of a gebied.
pub(crate) fn reference(gebied: &GebiedNode, tabel: DenominatorTable) -> Option<u64> {
    match tabel {
        DenominatorTable::Inwoners => gebied.denominators.inwoners,
        DenominatorTable::Eenouderhuishoudens => gebied.denominators.eenouderhuishoudens,
        DenominatorTable::Jeugdigen => gebied.denominators.jeugdigen,
    }
}
