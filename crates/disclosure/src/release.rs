//! The table that may leave: a type that only this module makes, row by row, under the rule of each row's kind.
//!
//! Owns what of a figure is shown: its steps, its floors, the one sign for hidden, and which breakdowns stand at which
//! niveau. Takes counts that were rounded already ([`crate::RoundingKey`]) and refuses a table in which one was not.
//! Leaves the formulas to `analysis` and the numbers of the rule to [`crate::rules`].

use std::collections::{BTreeMap, BTreeSet};

use schema::cijfer::{Confidential, Reason, SmolStr, Status};
use schema::indicator::Kind;
use schema::{Cijfer, Comparison, Indicator, Niveau};

use crate::audit::Group;
use crate::curves::{CurveRow, PointToShow, is_rounded, shown};
use crate::rounding::BASE;
use crate::rules::{
    CURVE_FLOOR, CURVE_WHOLE_DAYS, Contributions, FIVE_POINTS, MEAN_FLOOR, SHARE_FLOOR, WEEK,
    WHOLE_DAYS, WHOLE_POINTS, quantile_floors, three_figures,
};

/// The unit of a number of days.
const DAYS: &str = "dagen";
/// The unit of a value from 0 to 1.
const SHARE_UNIT: &str = "aandeel";

/// A protected table of figures: what `publish` takes, and nothing else makes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Released {
    rows: Vec<Cijfer>,
    curves: Vec<CurveRow>,
}

impl Released {
    /// Its rows.
    pub fn rows(&self) -> &[Cijfer] {
        &self.rows
    }

    /// The curves behind those that are read from one, by indicator, niveau, gebied and day.
    pub fn curves(&self) -> &[CurveRow] {
        &self.curves
    }

    /// The table with these breakdowns hidden, each of an indicator at a niveau, for all gebieden alike: what is hidden in
    /// one gebied alone would tell. What says nothing of counts stays: that nobody delivered, or not this table.
    pub fn without(&self, groups: &BTreeSet<Group>) -> Self {
        let is_out = |indicator: &str, niveau: Niveau, uitsplitsing: &str| {
            groups.iter().any(|group| {
                group.indicator == indicator
                    && group.niveau == niveau
                    && group.uitsplitsing == uitsplitsing
            })
        };
        let tells_no_count = |row: &Cijfer| {
            matches!(
                row.reden,
                Some(Reason::NobodyDelivered | Reason::TableMissing)
            )
        };
        let mut left = self.clone();
        for row in &mut left.rows {
            if is_out(&row.indicator, row.niveau, &row.uitsplitsing) && !tells_no_count(row) {
                hide(row, Reason::LeftOut);
            }
        }
        left.curves
            .retain(|row| !is_out(&row.indicator, row.niveau, Cijfer::TOTAL));
        left
    }

    /// A table that was released before and kept in `intern/`: its counts are checked again.
    ///
    /// # Errors
    /// When a row was not made by [`Release`].
    pub fn kept(
        rows: Vec<Cijfer>,
        curves: Vec<CurveRow>,
        indicators: &[Indicator],
    ) -> Result<Self, ReleaseError> {
        for row in &rows {
            let indicator = indicators.iter().find(|i| i.id == row.indicator);
            let indicator = indicator.ok_or_else(|| ReleaseError::new(row))?;
            counts_are_rounded(indicator.kind, row)?;
        }
        if let Some(row) = curves.iter().find(|row| !is_rounded(row)) {
            return Err(ReleaseError::of_curve(row));
        }
        Ok(Self { rows, curves })
    }
}

/// What is behind a figure, as far as the rule of its kind needs it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FigureBasis {
    /// Which quantile, 0 to 1.
    pub p: Option<f64>,
    /// Fewest at risk on the way to what is read from a curve.
    pub at_risk: Option<i64>,
    /// What the aanbieders brought, where the figure is a sum of theirs.
    pub contributions: Option<Contributions>,
    /// Whether `onder`, `boven`, `onder_998` and `boven_998` stand on one of the five outermost values.
    pub outermost: [bool; 4],
}

/// A count in the table was not rounded: the table was not made from protected counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a count of `{indicator}` in {gebied} ({uitsplitsing} {categorie}) was not rounded, so nothing is published"
)]
pub struct ReleaseError {
    indicator: String,
    gebied: String,
    uitsplitsing: String,
    categorie: String,
}

impl ReleaseError {
    fn new(row: &Cijfer) -> Self {
        Self {
            indicator: row.indicator.to_string(),
            gebied: row.gebied.to_string(),
            uitsplitsing: row.uitsplitsing.to_string(),
            categorie: row.categorie.to_string(),
        }
    }

    fn of_curve(row: &CurveRow) -> Self {
        Self {
            indicator: row.indicator.clone(),
            gebied: row.gebied.clone(),
            uitsplitsing: Cijfer::TOTAL.to_owned(),
            categorie: Cijfer::TOTAL.to_owned(),
        }
    }
}

/// A table in the making.
#[derive(Debug)]
pub struct Release<'a> {
    /// Niveaus at which only totals stand.
    totals_only: &'a [Niveau],
    rows: Vec<Cijfer>,
    curves: Vec<CurveRow>,
}

impl<'a> Release<'a> {
    /// An empty table; at these niveaus no figure of children is broken down.
    pub fn new(totals_only: &'a [Niveau]) -> Self {
        Self {
            totals_only,
            rows: Vec::new(),
            curves: Vec::new(),
        }
    }

    /// Takes a figure in, as much of it as may be shown; or not at all, where its kind, niveau or breakdown is not
    /// published.
    ///
    /// # Errors
    /// When a count of it was not rounded.
    pub fn add(
        &mut self,
        indicator: &Indicator,
        mut row: Cijfer,
        basis: &FigureBasis,
    ) -> Result<(), ReleaseError> {
        if !is_published(indicator, self.totals_only, row.niveau, &row.uitsplitsing) {
            return Ok(());
        }
        counts_are_rounded(indicator.kind, &row)?;
        if matches!(row.status, Status::O | Status::L) {
            // Nothing is known there; what was counted says nothing, and might tell.
            row.blank();
        } else if !show(indicator, &mut row, basis) {
            // One sign, whatever was counted: a noemer of 0 too, or its row would tell that it is not 1 to 4.
            hide(&mut row, Reason::Privacy);
        }
        if row.waarde.is_none() {
            row.blank();
        }
        limits(
            &mut row,
            |low| in_figures(low, false),
            |up| in_figures(up, true),
        );
        self.rows.push(row);
        Ok(())
    }

    /// Takes in the curve that an indicator is read from in a gebied, as far as it may be shown; not where only totals
    /// stand, for the gebieden are small there.
    ///
    /// # Errors
    /// When the numbers at risk were not rounded.
    pub fn add_curve(
        &mut self,
        indicator: &Indicator,
        niveau: Niveau,
        gebied: &str,
        points: &[PointToShow],
    ) -> Result<(), ReleaseError> {
        if self.totals_only.contains(&niveau) || indicator.absent_at.contains(&niveau) {
            return Ok(());
        }
        let rows = shown(&indicator.id, niveau, gebied, points);
        if let Some(row) = rows.iter().find(|row| !is_rounded(row)) {
            return Err(ReleaseError::of_curve(row));
        }
        self.curves.extend(rows);
        Ok(())
    }

    /// The table, sorted by its keys. What is clearly different stays so only where the limits that are shown leave the
    /// country's value that is shown out.
    pub fn finish(mut self) -> Released {
        let national: BTreeMap<[SmolStr; 3], f64> = self
            .rows
            .iter()
            .filter(|row| row.niveau == Niveau::Nederland)
            .filter_map(|row| Some((figure_of(row), row.waarde?)))
            .collect();
        for row in &mut self.rows {
            let land = national.get(&figure_of(row));
            row.oordeel = row.oordeel.zip(land).map(|(oordeel, &land)| {
                let stands = match oordeel {
                    Comparison::Higher => row.onder_998.is_some_and(|lower| lower > land),
                    Comparison::Lower => row.boven_998.is_some_and(|upper| upper < land),
                    Comparison::Undecided | Comparison::DependsOnResponse => true,
                };
                if stands {
                    oordeel
                } else {
                    Comparison::Undecided
                }
            });
            // Of what has no whole interval it is not said that it can't be said.
            let is_open = row.onder_998.is_none() || row.boven_998.is_none();
            if is_open && row.oordeel == Some(Comparison::Undecided) {
                row.oordeel = None;
            }
        }
        self.rows.sort_by(|a, b| key_of(a).cmp(&key_of(b)));
        self.curves.sort_by(|a, b| {
            let key = |row: &CurveRow| {
                (
                    row.indicator.clone(),
                    row.niveau.name(),
                    row.gebied.clone(),
                    row.dag,
                )
            };
            key(a).cmp(&key(b))
        });
        Released {
            rows: self.rows,
            curves: self.curves,
        }
    }
}

/// Whether a figure of an indicator stands in what is published: by its kind, and by niveau and breakdown. At `totals_only`
/// no figure of children is broken down.
pub fn is_published(
    indicator: &Indicator,
    totals_only: &[Niveau],
    niveau: Niveau,
    uitsplitsing: &str,
) -> bool {
    match indicator.kind {
        // The value of one child.
        Kind::Extreme => false,
        Kind::Public => true,
        _ => {
            let is_total = uitsplitsing == Cijfer::TOTAL;
            (is_total || !totals_only.contains(&niveau)) && !indicator.absent_at.contains(&niveau)
        }
    }
}

/// Which figure it is, wherever it stands.
fn figure_of(row: &Cijfer) -> [SmolStr; 3] {
    [&row.indicator, &row.uitsplitsing, &row.categorie].map(Clone::clone)
}

fn key_of(row: &Cijfer) -> [&str; 5] {
    [
        &row.indicator,
        row.niveau.name(),
        &row.gebied,
        &row.uitsplitsing,
        &row.categorie,
    ]
}

/// Takes every number out of a row.
fn hide(row: &mut Cijfer, reason: Reason) {
    row.status = Status::Q;
    row.vertrouwelijk = Confidential::C;
    row.reden = Some(reason);
    row.dekking_records = None;
    row.dekking_aanbieders = None;
    row.blank();
}

/// The counts of people in a row are multiples of five.
fn counts_are_rounded(kind: Kind, row: &Cijfer) -> Result<(), ReleaseError> {
    let n = row.n.map(|n| n as f64);
    let counts: &[Option<f64>] = match kind {
        Kind::Count | Kind::Rate => &[row.teller, n],
        Kind::Share | Kind::Distribution | Kind::Ratio => &[row.teller, row.noemer, n],
        Kind::Quantile | Kind::Curve | Kind::Mean | Kind::Minutes | Kind::Money => &[n],
        Kind::Extreme | Kind::Places | Kind::Public => &[],
    };
    let rounded = |count: &f64| count.rem_euclid(BASE as f64) == 0.0;
    if counts.iter().flatten().all(rounded) {
        Ok(())
    } else {
        Err(ReleaseError::new(row))
    }
}

/// Brings the numbers of a row to what may be shown; false where none of them may.
fn show(indicator: &Indicator, row: &mut Cijfer, basis: &FigureBasis) -> bool {
    let kind = indicator.kind;
    match kind {
        Kind::Count | Kind::Rate | Kind::Public => true,
        Kind::Share | Kind::Distribution => show_share(row),
        Kind::Ratio => smallest(row) >= SHARE_FLOOR as f64,
        Kind::Quantile => show_quantile(row, basis),
        Kind::Curve => show_curve(indicator.eenheid == SHARE_UNIT, row, basis),
        Kind::Mean => show_mean(indicator.eenheid == DAYS, row),
        Kind::Minutes | Kind::Money | Kind::Places => show_amount(kind, row, basis),
        Kind::Extreme => false,
    }
}

/// The count a ratio rests on: the smaller of noemer and n, whichever it has.
fn smallest(row: &Cijfer) -> f64 {
    let n = row.n.map(|n| n as f64);
    [row.noemer, n]
        .into_iter()
        .flatten()
        .fold(f64::INFINITY, f64::min)
}

fn show_share(row: &mut Cijfer) -> bool {
    in_parts(row, WHOLE_POINTS);
    row.noemer.is_some_and(|whole| whole >= SHARE_FLOOR as f64)
}

/// A share in so many parts of the whole: the value to the nearest, the limits outward.
fn in_parts(row: &mut Cijfer, parts: f64) {
    row.waarde = row
        .waarde
        .map(|share| (share.min(1.0) * parts).round() / parts);
    // Outward, with room for what a float leaves over a whole part.
    let down = |value: f64| (value * parts + 1e-9).floor() / parts;
    let up = |value: f64| (value * parts - 1e-9).ceil() / parts;
    limits(row, down, up);
}

/// Days in whole days or, on few, in weeks: the value to the nearest step, the limits outward.
fn in_steps(row: &mut Cijfer, step: f64) {
    row.waarde = row.waarde.map(|days| (days / step).round() * step);
    limits(
        row,
        |days| (days / step).floor() * step,
        |days| (days / step).ceil() * step,
    );
}

fn limits(row: &mut Cijfer, down: impl Fn(f64) -> f64, up: impl Fn(f64) -> f64) {
    row.onder = row.onder.map(&down);
    row.onder_998 = row.onder_998.map(&down);
    row.boven = row.boven.map(&up);
    row.boven_998 = row.boven_998.map(&up);
}

/// A limit in seven figures, outward: more of them say nothing of a rounded count, and fill the files.
fn in_figures(limit: f64, up: bool) -> f64 {
    if limit == 0.0 || !limit.is_finite() {
        return limit;
    }
    let decimals = 6 - limit.abs().log10().floor() as i32;
    let scale = 10_f64.powi(decimals.clamp(0, 15));
    // With room for what a float leaves over a whole one.
    if up {
        (limit * scale - 1e-6).ceil() / scale
    } else {
        (limit * scale + 1e-6).floor() / scale
    }
}

fn show_quantile(row: &mut Cijfer, basis: &FigureBasis) -> bool {
    let n = row.n.unwrap_or(0);
    let (shown_from, compared_from) = basis.p.map_or((i64::MAX, i64::MAX), quantile_floors);
    if n < shown_from {
        return false;
    }
    let [lower, above, lower_998, above_998] = basis.outermost;
    row.onder = row.onder.filter(|_| !lower);
    row.boven = row.boven.filter(|_| !above);
    row.onder_998 = row.onder_998.filter(|_| !lower_998);
    row.boven_998 = row.boven_998.filter(|_| !above_998);
    if n < compared_from {
        row.onder_998 = None;
        row.boven_998 = None;
        row.oordeel = None;
    }
    in_steps(row, if n < WHOLE_DAYS { WEEK } else { 1.0 });
    true
}

fn show_curve(is_share: bool, row: &mut Cijfer, basis: &FigureBasis) -> bool {
    let at_risk = basis.at_risk.unwrap_or(0);
    if at_risk < CURVE_FLOOR {
        return false;
    }
    match (is_share, at_risk < CURVE_WHOLE_DAYS) {
        (true, true) => in_parts(row, FIVE_POINTS),
        (true, false) => in_parts(row, WHOLE_POINTS),
        (false, true) => in_steps(row, WEEK),
        (false, false) => in_steps(row, 1.0),
    }
    true
}

fn show_mean(is_days: bool, row: &mut Cijfer) -> bool {
    if is_days {
        let few = row.n.is_none_or(|n| n < WHOLE_DAYS);
        in_steps(row, if few { WEEK } else { 1.0 });
    } else {
        row.waarde = row.waarde.map(|mean| (mean * 10.0).round() / 10.0);
    }
    row.teller = None;
    row.noemer = row.n.map(|n| n as f64);
    row.n.is_some_and(|n| n >= MEAN_FLOOR)
}

/// Places are of a voorziening and not of people, so their n is no reason to hide them.
fn show_amount(kind: Kind, row: &mut Cijfer, basis: &FigureBasis) -> bool {
    row.waarde = row.waarde.map(three_figures);
    row.teller = None;
    row.noemer = None;
    let enough = kind == Kind::Places || row.n.is_some_and(|n| n >= MEAN_FLOOR);
    if kind == Kind::Places {
        row.n = None;
    }
    enough && basis.contributions.is_some_and(|parts| parts.are_safe())
}
