//! A run: every statement of the pipeline over one momentopname, and the long table that comes of it.
//!
//! Owns the order of things. Leaves counting to SQL, formulas to [`crate::formulas`], what a row carries besides its
//! number to [`crate::indicator_rows`], who delivered and what is known to [`crate::respons`], and what may leave to
//! `disclosure`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use datafusion::common::runtime::SpawnedTask;
use datafusion::error::DataFusionError;
use datafusion::prelude::{DataFrame, SessionContext};
use disclosure::{Release, Released};
use futures::stream::StreamExt;
use rayon::prelude::*;
use schema::indicator::Kind;
use schema::{Cijfer, Definitie, OwnFigures, VeldType};

use crate::cell_counts::CellCounts;
use crate::cell_measures::{CellMeasures, View};
use crate::cube::{Codelijsten, Cube, CubeSums};
use crate::design_effect::design_effects;
use crate::formulas::{FormulaContext, figures, own_figures};
use crate::gebied_tree::{AreaTree, NEDERLAND};
use crate::indicator_rows::{IndicatorRows, MadeRows, of_response};
use crate::pipeline::{Computation, Computed};
use crate::respons::{KnownRecordsOf, ResponseFacts, silent, tables_of};
use crate::{AnalysisError, Inputs, Pipeline, run_session};

/// What a run gives.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutput {
    /// The exact figures, never served, sorted by indicator, niveau, gebied, uitsplitsing and categorie.
    pub cijfers: Vec<Cijfer>,
    /// What of them may leave, computed from rounded counts.
    pub released: Released,
    /// Per indicator that needs an optional field: the number of records that lacked it, for the country.
    pub weggelaten: BTreeMap<String, i64>,
    /// The same, rounded.
    pub rounded_omitted: BTreeMap<String, i64>,
    /// Per indicator of which the records hang together its design effect, above 1.
    pub design_effects: BTreeMap<String, f64>,
    /// Every exact count of records, for the proof alone.
    pub counts: CellCounts,
    /// Per aanbieder, by KvK number, its own exact figures, for it alone.
    pub own_figures: BTreeMap<String, OwnFigures>,
}

/// Computes all figures.
///
/// # Errors
/// When a file cannot be read, or the pipeline and the data do not fit each other.
pub async fn run(inputs: &Inputs<'_>) -> Result<RunOutput, AnalysisError> {
    let pipeline = Pipeline::load(&inputs.definitie.uitvraag)?;
    run_with(inputs, &pipeline).await
}

/// Computes all figures of a given pipeline, which may be a part of one.
///
/// # Errors
/// As [`run`].
pub async fn run_with(
    inputs: &Inputs<'_>,
    pipeline: &Pipeline,
) -> Result<RunOutput, AnalysisError> {
    let mut areas = AreaTree::new(
        inputs.definitie.jaar,
        inputs.configuration.jeugdigen.as_ref(),
    )?;
    let codelijsten = code_lists(inputs.definitie, pipeline)?;
    let mut answers = codelijsten.clone();
    for (_, codes) in answers
        .iter_mut()
        .filter(|(name, _)| !pipeline.klassen.contains_key(*name))
    {
        codes.retain(|code| !pipeline.no_answer.contains(code));
    }
    let ctx = run_session::open(inputs, pipeline, &areas, run_session::Unit::Aanbieder).await?;
    areas.add_aanbieders(run_session::aanbieders(&ctx, inputs.definitie).await?);
    let areas = Arc::new(areas);
    let exact = FormulaContext {
        areas: &areas,
        codelijsten: &codelijsten,
        answers: &answers,
        days_in_jaar: if chrono::NaiveDate::from_ymd_opt(inputs.definitie.jaar, 2, 29).is_some() {
            366
        } else {
            365
        },
        norm_dagen: inputs.configuration.norm_dagen,
        totals_only: &pipeline.totals_only,
        design_effect: 1.0,
        view: View::Exact,
    };
    let measures_of_groups = measures_of_groups(&ctx, pipeline, &codelijsten, &areas).await?;
    let mut groups = Vec::new();
    for ((group_name, _), measures) in pipeline.groups.iter().zip(measures_of_groups) {
        let mut indicators: Vec<&Computed> = pipeline
            .indicatoren
            .iter()
            .filter(|b| &b.indicator.groep == group_name)
            .collect();
        indicators.sort_by(|a, b| a.indicator.id.cmp(&b.indicator.id));
        verify(group_name, &measures, &indicators)?;
        groups.push((indicators, measures));
    }
    let design_effects = design_effects(&ctx, inputs, pipeline, &areas).await?;
    let tables = tables_of(&ctx, inputs.definitie).await?;
    // Nothing asks the records again: what was held of them makes room for the figures.
    drop(ctx);
    let counted = CountedYear {
        inputs,
        pipeline,
        exact,
        base: groups
            .iter()
            .map(|(_, measures)| measures)
            .find(|measures| measures.names().any(|name| name == pipeline.base)),
        groups: &groups,
        response: ResponseFacts::new(inputs, &areas),
        tables,
        design_effects: &design_effects,
    };
    let mut cijfers = Vec::new();
    for (_, made) in counted.rows(View::Exact) {
        cijfers.extend(made.rows.into_iter().map(|(row, _)| row));
    }
    let mut release = Release::new(&pipeline.totals_only);
    for (computed, made) in counted.rows(View::Protected(inputs.key)) {
        let indicator = &computed.indicator;
        for (row, basis) in made.rows {
            release.add(indicator, row, &basis)?;
        }
        for (gebied, points) in made.curves {
            let node = &areas.gebieden[gebied as usize];
            release.add_curve(indicator, node.niveau, &node.code, &points)?;
        }
    }
    crate::cijfers::sort(&mut cijfers);
    Ok(RunOutput {
        cijfers,
        released: release.finish(),
        weggelaten: omitted(&groups, View::Exact),
        rounded_omitted: omitted(&groups, View::Protected(inputs.key)),
        design_effects,
        counts: CellCounts::of(groups.iter().map(|(_, measures)| measures), &areas),
        own_figures: own_figures_of_all(inputs, pipeline, &groups, exact),
    })
}

/// The figures of every aanbieder that delivered, for it alone.
fn own_figures_of_all(
    inputs: &Inputs<'_>,
    pipeline: &Pipeline,
    groups: &[(Vec<&Computed>, CellMeasures)],
    exact: FormulaContext<'_>,
) -> BTreeMap<String, OwnFigures> {
    // In the order of the pipeline, each with the sums of its group.
    let of_group: HashMap<&str, &CellMeasures> = groups
        .iter()
        .flat_map(|(indicators, measures)| {
            let ids = indicators.iter().map(|one| one.indicator.id.as_str());
            ids.map(move |id| (id, measures))
        })
        .collect();
    let of_one = |place: u32| {
        let mut indicators = Vec::new();
        let mut cijfers = Vec::new();
        for computed in &pipeline.indicatoren {
            let Some(measures) = of_group.get(computed.indicator.id.as_str()) else {
                continue;
            };
            let own = own_figures(computed, measures, exact, place);
            if !own.is_empty() {
                indicators.push(computed.indicator.clone());
                cijfers.extend(own);
            }
        }
        OwnFigures {
            uitvraag: inputs.definitie.uitvraag.clone(),
            jaar: inputs.definitie.jaar,
            momentopname: inputs.momentopname.id.clone(),
            voorlopig: inputs.configuration.voorlopig,
            indicatoren: indicators,
            cijfers,
        }
    };
    let aanbieders = exact.areas.aanbieders().par_iter();
    aanbieders
        .map(|(kvk, &place)| (kvk.clone(), of_one(place)))
        .collect()
}

/// Per indicator the records of the country that lacked a field it needs.
fn omitted(groups: &[(Vec<&Computed>, CellMeasures)], view: View<'_>) -> BTreeMap<String, i64> {
    let all = groups.iter().flat_map(|(indicators, measures)| {
        indicators.iter().map(move |computed| (computed, measures))
    });
    all.filter_map(|(computed, measures)| {
        let measure = computed.weggelaten.as_ref()?;
        let count = measures.number(view, measure, NEDERLAND, Cijfer::TOTAL, Cijfer::TOTAL);
        Some((computed.indicator.id.clone(), count))
    })
    .collect()
}

/// Indicators whose rows are made at once: enough for every core, few enough to hold.
const INDICATORS_AT_ONCE: usize = 8;

/// Runs the statements of every group, each group's sums in its place. One after the other: a statement has every core,
/// and all that it counts is held until it is added up.
async fn measures_of_groups(
    ctx: &SessionContext,
    pipeline: &Pipeline,
    codelijsten: &Codelijsten,
    areas: &Arc<AreaTree>,
) -> Result<Vec<CellMeasures>, AnalysisError> {
    let mut measures = Vec::new();
    for (group, statements) in &pipeline.groups {
        let mut cubes = Vec::new();
        for (statement, number) in statements.iter().zip(1..) {
            let what = format!("statement {number} of {group}.sql does not run");
            let rows = ctx.sql(statement).await;
            let rows = rows.map_err(AnalysisError::engine(what.as_str()))?;
            let columns = rows.schema().as_arrow();
            let sums = CubeSums::new(group, columns, codelijsten, areas)?;
            let cube = cube_of(rows, sums, what).await?;
            if cube.not_placed > 0 {
                tracing::warn!(
                    group,
                    count = cube.not_placed,
                    "records of a gemeente that is in no indeling of the year were left out"
                );
            }
            cubes.push(cube);
        }
        measures.push(CellMeasures::new(group, cubes)?);
    }
    Ok(measures)
}

/// What one statement counts: its rows are added up as they come, a part of them on every core.
async fn cube_of(rows: DataFrame, empty: CubeSums, what: String) -> Result<Cube, AnalysisError> {
    let streams = rows.execute_stream_partitioned().await;
    let mut parts = Vec::new();
    for mut batches in streams.map_err(AnalysisError::engine(what.as_str()))? {
        let (mut sums, what) = (empty.clone(), what.clone());
        parts.push(SpawnedTask::spawn(async move {
            while let Some(batch) = batches.next().await {
                sums.add(&batch.map_err(AnalysisError::engine(what.as_str()))?)?;
            }
            Ok::<_, AnalysisError>(sums)
        }));
    }
    let mut whole: Option<CubeSums> = None;
    for part in parts {
        let stopped =
            |e| AnalysisError::engine(what.as_str())(DataFusionError::ExecutionJoin(Box::new(e)));
        let sums = part.join().await.map_err(stopped)??;
        whole = Some(match whole {
            None => sums,
            Some(whole) => whole.merge(sums),
        });
    }
    Ok(whole.unwrap_or(empty).finish())
}

/// Every column an indicator takes must exist, with the breakdowns it promises.
fn verify(
    group_name: &str,
    measures: &CellMeasures,
    indicators: &[&Computed],
) -> Result<(), AnalysisError> {
    let names: Vec<&str> = measures.names().collect();
    for computed in indicators {
        let id = &computed.indicator.id;
        let error = |what: String| {
            AnalysisError::Pipeline(group_name.to_owned(), format!("indicator `{id}`: {what}"))
        };
        for measure in computed
            .computation
            .measures()
            .into_iter()
            .chain(computed.weggelaten.as_deref())
        {
            if !names.contains(&measure) {
                return Err(error(format!(
                    "{group_name}.sql gives no column `{measure}`"
                )));
            }
        }
        for measure in computed.computation.measures() {
            if let Some(missing) = computed
                .dimensions(measure)
                .find(|dimension| !measures.has_dimension(measure, dimension))
            {
                return Err(error(format!(
                    "column `{measure}` is not broken down by `{missing}`"
                )));
            }
        }
    }
    if let Some(unused) = names
        .iter()
        .find(|name| !indicators.iter().any(|b| b.takes(name)))
    {
        return Err(AnalysisError::Pipeline(
            group_name.to_owned(),
            format!("no indicator takes column `{unused}` of {group_name}.sql"),
        ));
    }
    Ok(())
}

impl Computed {
    /// The column by which the people of a count or rate are counted: what who did not deliver would add to.
    fn volume_measure(&self) -> Option<&str> {
        match (&self.computation, self.indicator.kind) {
            (Computation::Aantal { maat, .. }, Kind::Count)
            | (Computation::Per { maat, .. }, _) => Some(maat),
            _ => None,
        }
    }

    /// The breakdowns this column must have: those of the indicator, and the field whose codes it shares out or is made
    /// up of.
    fn dimensions<'a>(&'a self, measure: &str) -> impl Iterator<Item = &'a String> {
        let veld = match &self.computation {
            Computation::AandeelCode { veld, .. } => Some(veld),
            Computation::CaseMix { strata, .. } => Some(strata),
            Computation::AandeelMetCodes {
                veld,
                noemer: denominator,
                ..
            } if denominator == measure => Some(veld),
            _ => None,
        };
        self.indicator.uitsplitsingen.iter().chain(veld)
    }

    fn takes(&self, measure: &str) -> bool {
        self.computation.measures().contains(&measure)
            || self.weggelaten.as_deref() == Some(measure)
    }
}

/// The codes of every column a statement may be broken down by: the classes of the pipeline, then the fields and the
/// code lists of the definition.
///
/// # Errors
/// When a crossing names a column without codes.
fn code_lists(definitie: &Definitie, pipeline: &Pipeline) -> Result<Codelijsten, AnalysisError> {
    let mut lists: Codelijsten = HashMap::new();
    let codes = |list: &schema::Codelijst| {
        list.codes
            .iter()
            .map(|c| c.code.clone())
            .collect::<Vec<_>>()
    };
    for veld in definitie.tabellen.iter().flat_map(|tabel| &tabel.velden) {
        if let VeldType::Code { list } = &veld.veldtype
            && let Some(codelijst) = definitie.codelijsten.get(list)
        {
            lists
                .entry(veld.naam.clone())
                .or_insert_with(|| codes(codelijst));
        }
    }
    for (name, codelijst) in &definitie.codelijsten {
        lists
            .entry(name.clone())
            .or_insert_with(|| codes(codelijst));
    }
    lists.extend(pipeline.klassen.clone());
    for (name, columns) in &pipeline.crossings {
        let of_column = |column: &String| {
            lists.get(column).cloned().ok_or_else(|| {
                let reason = format!("`{column}` of kruising `{name}` has no list of codes");
                AnalysisError::Pipeline(definitie.uitvraag.clone(), reason)
            })
        };
        let cross = |before: Vec<String>, codes: Vec<String>| {
            let before = before.iter();
            before
                .flat_map(|one| codes.iter().map(move |code| format!("{one}:{code}")))
                .collect()
        };
        let codes = columns
            .iter()
            .map(of_column)
            .collect::<Result<Vec<_>, _>>()?;
        let crossed = codes.into_iter().reduce(cross).unwrap_or_default();
        lists.insert(name.clone(), crossed);
    }
    Ok(lists)
}

/// All that was counted in a year, and who it is from.
struct CountedYear<'a> {
    inputs: &'a Inputs<'a>,
    pipeline: &'a Pipeline,
    exact: FormulaContext<'a>,
    groups: &'a [(Vec<&'a Computed>, CellMeasures)],
    /// The sums among which all records of the year are counted.
    base: Option<&'a CellMeasures>,
    response: ResponseFacts,
    /// Per table, who delivered it.
    tables: HashMap<String, BTreeSet<String>>,
    design_effects: &'a BTreeMap<String, f64>,
}

impl CountedYear<'_> {
    /// The rows of every indicator in one view: those of some indicators at once, on every core.
    fn rows<'b>(&'b self, view: View<'b>) -> impl Iterator<Item = (&'b Computed, MadeRows)> {
        let silent = silent(self.groups, &self.pipeline.base, &self.response, view);
        let all: Vec<(&Computed, &CellMeasures)> = self
            .groups
            .iter()
            .flat_map(|(indicators, measures)| indicators.iter().map(move |one| (*one, measures)))
            .collect();
        (0..all.len())
            .step_by(INDICATORS_AT_ONCE)
            .flat_map(move |from| {
                let some = &all[from..all.len().min(from + INDICATORS_AT_ONCE)];
                let make = |&(computed, measures): &(&'b Computed, &'b CellMeasures)| {
                    let without: &[bool] = if of_response(computed) { &[] } else { &silent };
                    (computed, self.rows_of(computed, measures, view, without))
                };
                some.par_iter().map(make).collect::<Vec<_>>()
            })
    }

    fn rows_of(
        &self,
        computed: &Computed,
        measures: &CellMeasures,
        view: View<'_>,
        silent: &[bool],
    ) -> MadeRows {
        let areas = self.exact.areas;
        let effect = self.design_effects.get(&computed.indicator.id);
        let context = FormulaContext {
            view,
            design_effect: effect.copied().unwrap_or(1.0),
            ..self.exact
        };
        let base_measure = &self.pipeline.base;
        let known = KnownRecordsOf {
            computed,
            measures,
            base: self.base,
            base_measure,
            tables: &self.tables,
            view,
        }
        .in_every_gebied(areas);
        let of_all = self.base.map_or(0, |measures| {
            let total = Cijfer::TOTAL;
            measures.number(View::Exact, base_measure, NEDERLAND, total, total)
        });
        let maker = IndicatorRows {
            inputs: self.inputs,
            computed,
            indicator: computed.indicator.id.as_str().into(),
            momentopname: self.inputs.momentopname.id.as_str().into(),
            areas,
            response: &self.response,
            known: &known,
            could_bring: computed.volume_measure().map(|measure| {
                let brought = measures.parts(measure, NEDERLAND);
                let gebieden = areas.gebieden.len();
                self.response.could_bring(gebieden, &brought, of_all)
            }),
            context,
        };
        let found = figures(computed, measures, context, silent);
        let rows = maker.make(&found);
        let curves = maker.curves(measures, &found, &rows);
        MadeRows { rows, curves }
    }
}
