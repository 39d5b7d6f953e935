//! From sums and counts per day to figures: value, interval, numerator and denominator.
//!
//! Owns which formula and which interval an indicator gets, in every gebied and category, from exact counts or, by the
//! same formulas, from rounded ones ([`View`]). Leaves the formulas to [`crate::statistics`], the comparison with
//! Nederland to [`crate::run`] and what of a figure may leave to `disclosure`.

use std::collections::HashMap;

use disclosure::rules::{CURVE_FLOOR, Contributions};
use disclosure::{FigureBasis, RecordSet, RoundingKey, SLACK};
use schema::Cijfer;
use schema::cijfer::Reason;

use crate::AnalysisError;
use crate::area_tree::{AreaTree, GebiedNode};
use crate::cube::{Codelijsten, Cube, Series};
use crate::pipeline::{
    ClassBound, Computation, Computed, CurveReading, DenominatorTable, QueueResult,
};
use crate::statistics::incidence::Crossing;
use crate::statistics::quantiles;
use crate::statistics::queue::Queue;
use crate::statistics::rounded::{count_bounds, share_bounds};
use crate::statistics::survival::{Curve, survival_curve};
use crate::statistics::{Bounds, Confidence, DayCount};

/// The sums of all statements of one group, by name of the measure.
#[derive(Debug, Default)]
pub struct CellMeasures {
    cubes: Vec<Cube>,
    plek: HashMap<String, (usize, usize)>,
}

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
    /// How much wider limits are because the records of the indicator hang together, 1 or more.
    pub design_effect: f64,
    /// Which counts the formulas see.
    pub view: View<'a>,
}

/// Which counts the formulas see.
#[derive(Debug, Clone, Copy)]
pub enum View<'a> {
    /// The exact ones, for `intern/` alone.
    Exact,
    /// Those rounded by this key. Days, sums and who brought them stay exact, under rules of their own.
    Protected(&'a RoundingKey),
}

impl View<'_> {
    /// A count of records, as this view has it.
    pub fn count(self, set: RecordSet) -> i64 {
        match self {
            Self::Exact => set.count,
            Self::Protected(key) => key.round(set),
        }
    }

    /// How far a true count may be from the one in view.
    pub(crate) fn slack(self) -> i64 {
        match self {
            Self::Exact => 0,
            Self::Protected(_) => SLACK,
        }
    }

    /// How many must be at risk where a curve is read.
    fn curve_floor(self) -> i64 {
        match self {
            Self::Exact => READABLE_CURVE,
            Self::Protected(_) => CURVE_FLOOR,
        }
    }
}

/// A figure before it has its keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Number of the gebied.
    pub gebied: u32,
    /// `totaal` or the field.
    pub uitsplitsing: String,
    /// `totaal` or the code.
    pub categorie: String,
    /// Whether nobody spoke of the gebied, so that nothing counted there means unknown and not none.
    pub silent: bool,
    /// What came out.
    pub number: FormulaResult,
}

/// What a formula gives.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FormulaResult {
    /// The value; `None` = cannot be computed.
    pub waarde: Option<f64>,
    /// Why there is none, where that can be said.
    pub reason: Option<Reason>,
    /// The interval that is shown.
    pub grenzen: Bounds,
    /// The wider interval by which it is compared with Nederland; `None` where it is not compared.
    pub comparison: Option<Bounds>,
    /// Numerator.
    pub teller: Option<f64>,
    /// Denominator.
    pub noemer: Option<f64>,
    /// Number of records it rests on.
    pub n: Option<i64>,
    /// What is behind it, for the rule of its kind.
    pub basis: FigureBasis,
}

/// One cell of one group.
#[derive(Clone, Copy)]
struct FormulaCell<'a> {
    measures: &'a CellMeasures,
    gebied: u32,
    uitsplitsing: &'a str,
    code: &'a str,
}

impl CellMeasures {
    /// Brings the statements of a group together.
    ///
    /// # Errors
    /// When two statements give a measure of the same name.
    pub fn new(group: &str, cubes: Vec<Cube>) -> Result<Self, AnalysisError> {
        let mut place = HashMap::new();
        for (k, cube) in cubes.iter().enumerate() {
            for (m, name) in cube.measures().enumerate() {
                if place.insert(name.to_owned(), (k, m)).is_some() {
                    return Err(AnalysisError::Pipeline(
                        group.to_owned(),
                        format!("measure `{name}` is given twice"),
                    ));
                }
            }
        }
        Ok(Self { cubes, plek: place })
    }

    /// Names of all measures.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.plek.keys().map(String::as_str)
    }

    /// A measure in a cell as a view has it; 0 where the statement does not know that breakdown.
    pub fn number(
        &self,
        view: View<'_>,
        measure: &str,
        gebied: u32,
        uitsplitsing: &str,
        code: &str,
    ) -> i64 {
        let Some(&(k, m)) = self.plek.get(measure) else {
            return 0;
        };
        let cube = &self.cubes[k];
        let Some(categorie) = cube.categorie(uitsplitsing, code) else {
            return 0;
        };
        let set = cube.records(m, gebied, categorie);
        if cube.counts_records(m) {
            view.count(set)
        } else {
            set.count
        }
    }

    /// What the aanbieders brought to a sum, or to the count of a whole gebied.
    pub fn contributions(
        &self,
        measure: &str,
        gebied: u32,
        uitsplitsing: &str,
        code: &str,
    ) -> Option<Contributions> {
        let &(k, m) = self.plek.get(measure)?;
        let cube = &self.cubes[k];
        Some(cube.contributions(m, gebied, cube.categorie(uitsplitsing, code)?))
    }

    /// The records of a measure in a whole gebied, per aanbieder.
    pub fn parts(&self, measure: &str, gebied: u32) -> Vec<(&str, RecordSet)> {
        let Some(&(k, m)) = self.plek.get(measure) else {
            return Vec::new();
        };
        self.cubes[k].parts(m, gebied)
    }

    /// The records that a measure counts in a cell.
    fn records(&self, measure: &str, gebied: u32, uitsplitsing: &str, code: &str) -> RecordSet {
        let Some(&(k, m)) = self.plek.get(measure) else {
            return RecordSet::default();
        };
        let cube = &self.cubes[k];
        cube.categorie(uitsplitsing, code)
            .map_or_else(RecordSet::default, |categorie| {
                cube.records(m, gebied, categorie)
            })
    }

    /// Whether a measure counts records of people, so that it is rounded before it leaves.
    fn is_count(&self, measure: &str) -> bool {
        self.plek
            .get(measure)
            .is_some_and(|&(k, m)| self.cubes[k].counts_records(m))
    }

    fn reeks(&self, measure: &str, gebied: u32, uitsplitsing: &str, code: &str) -> Option<&Series> {
        let &(k, m) = self.plek.get(measure)?;
        let cube = &self.cubes[k];
        cube.reeks(m, gebied, cube.categorie(uitsplitsing, code)?)
    }

    /// Whether any statement counts anything in this gebied.
    pub fn counts_in(&self, gebied: u32) -> bool {
        self.cubes.iter().any(|cube| {
            (0..cube.measures().len()).any(|measure| cube.records(measure, gebied, 0).count != 0)
        })
    }

    /// Whether every measure of the formula has this breakdown.
    pub fn has_dimension(&self, measure: &str, uitsplitsing: &str) -> bool {
        self.plek
            .get(measure)
            .is_some_and(|&(k, _)| self.cubes[k].dimensions().any(|d| d == uitsplitsing))
    }
}

/// All figures of one indicator, by niveau, gebied, uitsplitsing and categorie. Counts and shares of codes exist in every
/// cell, also where nothing is; what cannot be computed exists as a row in the totals alone. In a gebied that is
/// `silent` (by number) nothing can be.
pub fn figures(
    computed: &Computed,
    measures: &CellMeasures,
    context: FormulaContext<'_>,
    silent: &[bool],
) -> Vec<Figure> {
    let mut cells = cells(computed, context);
    cells.sort_unstable();
    let met_codes = matches!(computed.computation, Computation::AandeelCode { .. });
    let mut results = Vec::with_capacity(cells.len() * context.areas.gebieden.len());
    for &gebied in context.areas.ordered() {
        for (uitsplitsing, code) in &cells {
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
                let node = &context.areas.gebieden[gebied as usize];
                cell.compute(&computed.computation, node, context)
            };
            // Of what may leave every cell has a row: one that is not there would tell that nothing was counted.
            let has_row = matches!(context.view, View::Protected(_));
            if has_row || number.waarde.is_some() || met_codes || uitsplitsing == Cijfer::TOTAL {
                results.push(Figure {
                    gebied,
                    uitsplitsing: uitsplitsing.clone(),
                    categorie: code.clone(),
                    silent: is_silent,
                    number,
                });
            }
        }
    }
    results
}

/// The breakdowns and codes in which an indicator exists.
fn cells(computed: &Computed, context: FormulaContext<'_>) -> Vec<(String, String)> {
    let codes = |veld: &String| {
        let list = context.answers.get(veld).map_or(&[][..], Vec::as_slice);
        list.iter()
            .map(|code| (veld.clone(), code.clone()))
            .collect::<Vec<_>>()
    };
    if let Computation::AandeelCode { veld, .. } = &computed.computation {
        return codes(veld);
    }
    let total = [(Cijfer::TOTAL.to_owned(), Cijfer::TOTAL.to_owned())];
    total
        .into_iter()
        .chain(computed.indicator.uitsplitsingen.iter().flat_map(codes))
        .collect()
}

impl<'a> FormulaCell<'a> {
    fn compute(
        self,
        computation: &Computation,
        gebied: &GebiedNode,
        context: FormulaContext<'_>,
    ) -> FormulaResult {
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
            } => self.rate(measure, reference(gebied, *tabel), *per, context),
            Computation::Aandeel {
                teller: numerator,
                noemer: denominator,
            } => {
                let (x, n) = (self.sum(numerator, view), self.sum(denominator, view));
                share(x, n, self.slack(numerator, view), context.design_effect)
            }
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
                queue(inflow, out, waiting, *outcome, context)
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

    /// `columns`: those that went out the way that is read, those that went out otherwise, and last those still in.
    fn incidence(
        self,
        columns: &[&str],
        reading: CurveReading,
        context: FormulaContext<'_>,
    ) -> FormulaResult {
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
}

/// The reference number of a gebied.
pub(crate) fn reference(gebied: &GebiedNode, tabel: DenominatorTable) -> Option<u64> {
    match tabel {
        DenominatorTable::Inwoners => gebied.denominators.inwoners,
        DenominatorTable::Eenouderhuishoudens => gebied.denominators.eenouderhuishoudens,
        DenominatorTable::Jeugdigen => gebied.denominators.jeugdigen,
    }
}

/// A rounded numerator may exceed its rounded denominator: the share is then 1.
fn share(numerator: i64, denominator: i64, slack: i64, design_effect: f64) -> FormulaResult {
    let (x, n) = (numerator as f64, denominator as f64);
    let bounds = |confidence| share_bounds(x, n, slack as f64, confidence, design_effect);
    FormulaResult {
        waarde: (denominator > 0).then(|| (x / n).min(1.0)),
        reason: None,
        grenzen: bounds(Confidence::P95).unwrap_or_default(),
        comparison: bounds(Confidence::P998),
        teller: Some(x),
        noemer: Some(n),
        n: Some(denominator),
        basis: FigureBasis::default(),
    }
}

fn ratio(numerator: f64, denominator: f64, n: i64) -> FormulaResult {
    let value = (denominator > 0.0).then(|| numerator / denominator);
    FormulaResult {
        waarde: value,
        teller: Some(numerator),
        noemer: Some(denominator),
        n: Some(n),
        ..FormulaResult::default()
    }
}

/// `n` is the number of records as it is in view; the days are exact.
fn quantile(days: &DayCount, p: f64, n: i64, design_effect: f64) -> FormulaResult {
    if days.n() == 0 {
        return FormulaResult {
            n: Some(0),
            ..FormulaResult::default()
        };
    }
    let (bounds, comparison) = (
        days.clustered_quantile_bounds(p, Confidence::P95, design_effect),
        days.clustered_quantile_bounds(p, Confidence::P998, design_effect),
    );
    let exact = days.n();
    let edge = |confidence| quantiles::edges(exact, p, confidence, design_effect);
    let ((low, high), (low_998, high_998)) = (edge(Confidence::P95), edge(Confidence::P998));
    FormulaResult {
        waarde: days.quantile_of(p),
        grenzen: bounds,
        comparison: Some(comparison),
        n: Some(n),
        basis: FigureBasis {
            p: Some(p),
            outermost: [low, high, low_998, high_998],
            ..FigureBasis::default()
        },
        ..FormulaResult::default()
    }
}

/// The way out that is read from a curve: the first of its kinds.
const READ: usize = 0;

/// A curve says something where so many are at risk.
const READABLE_CURVE: i64 = 10;

/// The first day on which at least half were out. It is read where enough are at risk to say it at all; whether there
/// are enough to show it is decided by what is behind it.
fn half_day(curve: &Curve, view: View<'_>) -> FormulaResult {
    let fewest = view.curve_floor();
    let bounds = |confidence| curve.half_day_bounds(READ, fewest, confidence);
    match curve.half_day(READ, READABLE_CURVE) {
        Crossing::At(day) => FormulaResult {
            waarde: Some(f64::from(day)),
            grenzen: bounds(Confidence::P95),
            comparison: Some(bounds(Confidence::P998)),
            basis: at_risk_until(curve, day),
            ..FormulaResult::default()
        },
        Crossing::NotReached if curve.half_day(READ, fewest) == Crossing::NotReached => {
            FormulaResult {
                reason: Some(Reason::NotReached),
                basis: FigureBasis {
                    at_risk: Some(fewest),
                    ..FigureBasis::default()
                },
                ..FormulaResult::default()
            }
        }
        _ => FormulaResult::default(),
    }
}

/// The share that was out on a day.
fn share_on(curve: &Curve, day: u32) -> FormulaResult {
    let day = i32::try_from(day).expect("a norm is some weeks");
    let at = |confidence| curve.incidence_at(READ, day, READABLE_CURVE, confidence);
    let Some(read) = at(Confidence::P95) else {
        return FormulaResult::default();
    };
    FormulaResult {
        waarde: Some(read.share),
        grenzen: read.bounds,
        comparison: at(Confidence::P998).map(|wide| wide.bounds),
        basis: at_risk_until(curve, day),
        ..FormulaResult::default()
    }
}

/// Fewest at risk on the days from 0 to `day`.
fn at_risk_until(curve: &Curve, day: i32) -> FigureBasis {
    let later = curve
        .at_risk
        .iter()
        .filter(|(from, _)| (1..=day).contains(from))
        .map(|&(_, n)| n);
    FigureBasis {
        at_risk: later.chain([curve.risk_on(0)]).min(),
        ..FigureBasis::default()
    }
}

fn longest_class(days: &DayCount, bounds: &[ClassBound]) -> FormulaResult {
    let class = |day: i32| {
        bounds
            .iter()
            .find(|limit| limit.tot.is_none_or(|tot| day <= tot))
            .map(|limit| limit.waarde)
    };
    FormulaResult {
        waarde: days.longest().and_then(class),
        n: Some(days.n()),
        ..FormulaResult::default()
    }
}

fn queue(
    inflow: i64,
    outflow: i64,
    waiting: i64,
    outcome: QueueResult,
    context: FormulaContext<'_>,
) -> FormulaResult {
    let weeks = f64::from(context.days_in_jaar) / 7.0;
    let row = Queue {
        instroom: inflow as f64 / weeks,
        uitstroom: outflow as f64 / weeks,
        wachtend: waiting as f64,
        norm: f64::from(context.norm_dagen) / 7.0,
    };
    let (value, numerator, denominator) = match outcome {
        QueueResult::Belasting => (row.load(), inflow, outflow),
        QueueResult::Wegwerktijd => (row.clearing_time(), waiting, outflow),
        QueueResult::NormWachtrij => (Some(row.norm_queue()), inflow, 0),
        QueueResult::Inhaalcapaciteit => (row.catch_up_capacity(), inflow, waiting),
    };
    let denominator = (outcome != QueueResult::NormWachtrij).then_some(denominator as f64);
    let n = match outcome {
        QueueResult::Belasting | QueueResult::NormWachtrij => inflow,
        QueueResult::Wegwerktijd | QueueResult::Inhaalcapaciteit => waiting,
    };
    FormulaResult {
        waarde: value,
        teller: Some(numerator as f64),
        noemer: denominator,
        n: Some(n),
        ..FormulaResult::default()
    }
}
