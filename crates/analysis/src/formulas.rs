//! From sums and counts per day to figures: value, interval, numerator and denominator.
//!
//! Owns which formula and which interval an indicator gets, in every gebied and category. Leaves the formulas to
//! [`crate::statistics`] and the comparison with Nederland to [`crate::run`].

use std::collections::HashMap;

use schema::cijfer::Status;

use crate::AnalysisError;
use crate::area_tree::{AreaTree, GebiedNode};
use crate::cube::{Codelijsten, Cube, Series};
use crate::pipeline::{ClassBound, Computation, Computed, DenominatorTable, QueueResult};
use crate::statistics::interval::{poisson, wilson};
use crate::statistics::queue::Queue;
use crate::statistics::survival::survival_curve;
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
    /// Days in the year.
    pub days_in_jaar: u32,
    /// The norm for waiting, in days.
    pub norm_dagen: u32,
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
    /// What came out.
    pub number: FormulaResult,
}

/// What a formula gives.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FormulaResult {
    /// The value; `None` = cannot be computed.
    pub waarde: Option<f64>,
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
    /// Too few at risk to rest a curve on.
    pub too_few: bool,
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
            for (m, name) in cube.measures().iter().enumerate() {
                if place.insert(name.clone(), (k, m)).is_some() {
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

    /// The sum of a measure in a cell; 0 where the statement does not know that breakdown.
    pub fn sum(&self, measure: &str, gebied: u32, uitsplitsing: &str, code: &str) -> i64 {
        let Some(&(k, m)) = self.plek.get(measure) else {
            return 0;
        };
        let cube = &self.cubes[k];
        cube.categorie(uitsplitsing, code)
            .map_or(0, |categorie| cube.sum(m, gebied, categorie))
    }

    fn reeks(&self, measure: &str, gebied: u32, uitsplitsing: &str, code: &str) -> Option<&Series> {
        let &(k, m) = self.plek.get(measure)?;
        let cube = &self.cubes[k];
        cube.reeks(m, gebied, cube.categorie(uitsplitsing, code)?)
    }

    /// Whether any statement counts anything in this gebied.
    pub fn counts_in(&self, gebied: u32) -> bool {
        self.cubes
            .iter()
            .any(|cube| (0..cube.measures().len()).any(|measure| cube.sum(measure, gebied, 0) != 0))
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
    let mut cells = cells(computed, context.codelijsten);
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
            let number = match silent.get(gebied as usize) {
                Some(true) => FormulaResult::default(),
                _ => cell.compute(
                    &computed.computation,
                    &context.areas.gebieden[gebied as usize],
                    context,
                ),
            };
            if number.waarde.is_some() || met_codes || uitsplitsing == "totaal" {
                results.push(Figure {
                    gebied,
                    uitsplitsing: uitsplitsing.clone(),
                    categorie: code.clone(),
                    number,
                });
            }
        }
    }
    results
}

/// The breakdowns and codes in which an indicator exists.
fn cells(computed: &Computed, codelijsten: &Codelijsten) -> Vec<(String, String)> {
    let codes = |veld: &String| {
        let list = codelijsten.get(veld).map_or(&[][..], Vec::as_slice);
        list.iter()
            .map(|code| (veld.clone(), code.clone()))
            .collect::<Vec<_>>()
    };
    if let Computation::AandeelCode { veld, .. } = &computed.computation {
        return codes(veld);
    }
    let total = [("totaal".to_owned(), "totaal".to_owned())];
    total
        .into_iter()
        .chain(computed.indicator.uitsplitsingen.iter().flat_map(codes))
        .collect()
}

/// The status of a figure that is known to be provisional or not.
pub fn status(number: &FormulaResult, provisional: bool) -> Status {
    match (number.waarde, number.too_few, provisional) {
        (None, _, _) => Status::M,
        (Some(_), true, _) => Status::L,
        (Some(_), false, true) => Status::P,
        (Some(_), false, false) => Status::A,
    }
}

impl<'a> FormulaCell<'a> {
    fn compute(
        self,
        computation: &Computation,
        gebied: &GebiedNode,
        context: FormulaContext<'_>,
    ) -> FormulaResult {
        match computation {
            Computation::Aantal {
                maat: measure,
                aantal: count,
            } => self.count(measure, count.as_deref()),
            Computation::Per {
                maat: measure,
                tabel,
                per,
            } => self.rate(measure, reference(gebied, *tabel), *per),
            Computation::Aandeel {
                teller: numerator,
                noemer: denominator,
            } => share(self.sum(numerator), self.sum(denominator)),
            Computation::AandeelCode {
                maat: measure,
                veld,
            } => self.code_share(measure, veld, context.codelijsten),
            Computation::Verhouding {
                teller: numerator,
                noemer: denominator,
                teller_deler,
                noemer_deler,
                aantal: count,
            } => {
                let n = count
                    .as_ref()
                    .map_or_else(|| self.sum(denominator), |count| self.sum(count));
                ratio(
                    self.sum(numerator) as f64 / teller_deler,
                    self.sum(denominator) as f64 / noemer_deler,
                    n,
                )
            }
            Computation::Kwantiel { maat: measure, p } => self
                .days(measure)
                .map_or_else(FormulaResult::default, |days| quantile(days, *p)),
            Computation::KaplanMeier {
                gebeurtenissen: events,
                gecensureerd: censored,
            } => self.survival(events, censored),
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
                let out = outflow.iter().map(|measure| self.sum(measure)).sum();
                queue(self.sum(inflow), out, self.sum(waiting), *outcome, context)
            }
            Computation::AandeelMetCodes {
                teller: numerator,
                noemer: denominator,
                ..
            } => {
                let whole = self
                    .measures
                    .sum(denominator, self.gebied, "totaal", "totaal");
                let part = if self.uitsplitsing == "totaal" {
                    numerator
                } else {
                    denominator
                };
                share(self.sum(part), whole)
            }
        }
    }

    fn sum(self, measure: &str) -> i64 {
        self.measures
            .sum(measure, self.gebied, self.uitsplitsing, self.code)
    }

    fn reeks(self, measure: &str) -> Option<&'a Series> {
        self.measures
            .reeks(measure, self.gebied, self.uitsplitsing, self.code)
    }

    fn days(self, measure: &str) -> Option<&'a DayCount> {
        self.reeks(measure).map(|reeks| &reeks.days)
    }

    fn count(self, measure: &str, count: Option<&str>) -> FormulaResult {
        let x = self.sum(measure);
        let n = count.map_or(x, |count| self.sum(count));
        let bounds = poisson(x.unsigned_abs(), Confidence::P95);
        FormulaResult {
            waarde: Some(x as f64),
            grenzen: bounds,
            teller: Some(x as f64),
            n: Some(n),
            ..FormulaResult::default()
        }
    }

    fn rate(self, measure: &str, denominator: Option<u64>, per: f64) -> FormulaResult {
        let x = self.sum(measure);
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
        let bounds = |confidence| poisson(x.unsigned_abs(), confidence).scaled(factor);
        FormulaResult {
            waarde: Some(x as f64 * factor),
            grenzen: bounds(Confidence::P95),
            comparison: Some(bounds(Confidence::P998)),
            ..empty
        }
    }

    /// Among the records where the field is filled.
    fn code_share(self, measure: &str, veld: &str, codelijsten: &Codelijsten) -> FormulaResult {
        let codes = codelijsten.get(veld).map_or(&[][..], Vec::as_slice);
        let denominator = codes
            .iter()
            .map(|code| self.measures.sum(measure, self.gebied, veld, code))
            .sum();
        share(self.sum(measure), denominator)
    }

    fn survival(self, events: &[String], censored: &str) -> FormulaResult {
        let empty = DayCount::default();
        let mut entries = DayCount::default();
        for measure in events.iter().map(String::as_str).chain([censored]) {
            if let Some(reeks) = self.reeks(measure) {
                entries.add_all(&reeks.entry);
            }
        }
        entries.merge();
        let exits: Vec<&DayCount> = events
            .iter()
            .map(|measure| self.days(measure).unwrap_or(&empty))
            .collect();
        let survival_curve =
            survival_curve(&entries, &exits, self.days(censored).unwrap_or(&empty));
        let median = survival_curve.median();
        let too_few = median.is_some_and(|day| {
            survival_curve
                .fewest_at_risk(day)
                .is_some_and(|n| n < MIN_AT_RISK)
        });
        FormulaResult {
            waarde: median.map(f64::from),
            grenzen: survival_curve.median_bounds(Confidence::P95),
            comparison: Some(survival_curve.median_bounds(Confidence::P998)),
            n: Some(entries.n()),
            too_few,
            ..FormulaResult::default()
        }
    }
}

/// With fewer at risk a curve says nothing.
const MIN_AT_RISK: i64 = 10;

fn reference(gebied: &GebiedNode, tabel: DenominatorTable) -> Option<u64> {
    match tabel {
        DenominatorTable::Inwoners => gebied.denominators.inwoners,
        DenominatorTable::Eenouderhuishoudens => gebied.denominators.eenouderhuishoudens,
        DenominatorTable::Jeugdigen => gebied.denominators.jeugdigen,
    }
}

fn share(numerator: i64, denominator: i64) -> FormulaResult {
    let (x, n) = (numerator as f64, denominator as f64);
    FormulaResult {
        waarde: (denominator > 0).then(|| x / n),
        grenzen: wilson(x, n, Confidence::P95).unwrap_or_default(),
        comparison: wilson(x, n, Confidence::P998),
        teller: Some(x),
        noemer: Some(n),
        n: Some(denominator),
        too_few: false,
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

fn quantile(days: &DayCount, p: f64) -> FormulaResult {
    let n = days.n();
    if n == 0 {
        return FormulaResult {
            n: Some(0),
            ..FormulaResult::default()
        };
    }
    FormulaResult {
        waarde: days.quantile_of(p),
        grenzen: days.quantile_bounds(p, Confidence::P95),
        comparison: Some(days.quantile_bounds(p, Confidence::P998)),
        n: Some(n),
        ..FormulaResult::default()
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
