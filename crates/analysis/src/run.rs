//! A run: every statement of the pipeline over one momentopname, and the long table that comes of it.
//!
//! Owns the order of things and what every row carries besides its number: respons, the comparison with Nederland,
//! status. Leaves counting to SQL, formulas to [`crate::results`], protection to `disclosure`.

use std::collections::{BTreeMap, HashMap};

use datafusion::prelude::SessionContext;
use schema::cijfer::Confidential;
use schema::{Cijfer, Comparison, Definitie, VeldType};

use crate::area_tree::{AreaTree, NEDERLAND};
use crate::cube::{Codelijsten, Cube};
use crate::formulas::{CellMeasures, Figure, FormulaContext, figures, status};
use crate::pipeline::{Computation, Computed};
use crate::statistics::Bounds;
use crate::{AnalysisError, Inputs, Pipeline, session};

/// What a run gives.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutput {
    /// The figures, unprotected, sorted by indicator, niveau, gebied, uitsplitsing and categorie.
    pub cijfers: Vec<Cijfer>,
    /// Per indicator that needs an optional field: the number of records that lacked it, for the country.
    pub weggelaten: BTreeMap<String, i64>,
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
    let areas = AreaTree::new(
        inputs.definitie.jaar,
        inputs.configuration.jeugdigen.as_ref(),
    )?;
    let codelijsten = code_lists(inputs.definitie, pipeline);
    let ctx = session::open(inputs, pipeline, &areas).await?;
    let respons = response(inputs, &areas);
    let context = FormulaContext {
        areas: &areas,
        codelijsten: &codelijsten,
        days_in_jaar: if chrono::NaiveDate::from_ymd_opt(inputs.definitie.jaar, 2, 29).is_some() {
            366
        } else {
            365
        },
        norm_dagen: inputs.configuration.norm_dagen,
    };
    let mut groups = Vec::new();
    for (group_name, statements) in &pipeline.groups {
        let mut indicators: Vec<&Computed> = pipeline
            .indicatoren
            .iter()
            .filter(|b| &b.indicator.groep == group_name)
            .collect();
        indicators.sort_by(|a, b| a.indicator.id.cmp(&b.indicator.id));
        let measures = group(&ctx, group_name, statements, context).await?;
        verify(group_name, &measures, &indicators)?;
        groups.push((indicators, measures));
    }
    let is_silent = silent(&groups, &respons);
    let mut cijfers = Vec::new();
    let mut omitted = BTreeMap::new();
    for (indicators, measures) in &groups {
        for computed in indicators {
            if let Some(measure) = &computed.weggelaten {
                omitted.insert(
                    computed.indicator.id.clone(),
                    measures.sum(measure, NEDERLAND, "totaal", "totaal"),
                );
            }
            let without: &[bool] = if of_response(computed) {
                &[]
            } else {
                &is_silent
            };
            let results = figures(computed, measures, context, without);
            cijfers.extend(rows(inputs, computed, &results, &areas, &respons));
        }
    }
    crate::cijfers::sort(&mut cijfers);
    Ok(RunOutput {
        cijfers,
        weggelaten: omitted,
    })
}

/// Runs the statements of one group.
async fn group(
    ctx: &SessionContext,
    group_name: &str,
    statements: &[String],
    context: FormulaContext<'_>,
) -> Result<CellMeasures, AnalysisError> {
    let mut cubes = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        let what = || {
            AnalysisError::engine(format!(
                "statement {} of {group_name}.sql does not run",
                index + 1
            ))
        };
        let tabel = ctx.sql(statement).await.map_err(what())?;
        let schema = std::sync::Arc::new(tabel.schema().as_arrow().clone());
        let mut batches = tabel.collect().await.map_err(what())?;
        if batches.is_empty() {
            batches.push(arrow::array::RecordBatch::new_empty(schema));
        }
        let cube = Cube::new(group_name, &batches, context.codelijsten, context.areas)?;
        if cube.not_placed > 0 {
            tracing::warn!(
                group_name,
                count = cube.not_placed,
                "records of a gemeente that is in no indeling of the year were left out"
            );
        }
        cubes.push(cube);
    }
    CellMeasures::new(group_name, cubes)
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
    /// The breakdowns this column must have: those of the indicator, and the field whose codes it shares out.
    fn dimensions<'a>(&'a self, measure: &str) -> impl Iterator<Item = &'a String> {
        let veld = match &self.computation {
            Computation::AandeelCode { veld, .. } => Some(veld),
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
fn code_lists(definitie: &Definitie, pipeline: &Pipeline) -> Codelijsten {
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
    lists
}

/// Per gebied the share of its expected aanbieders that delivered or signed a nulopgave; `None` where none was expected.
fn response(inputs: &Inputs<'_>, areas: &AreaTree) -> Vec<Option<f64>> {
    let mut expected = vec![0_u32; areas.gebieden.len()];
    let mut delivered = vec![0_u32; areas.gebieden.len()];
    for aanbieder in &inputs.verwacht {
        for gebied in areas.touching(&aanbieder.werkgebied) {
            expected[gebied as usize] += 1;
            if aanbieder.uitkomst.is_respons() {
                delivered[gebied as usize] += 1;
            }
        }
    }
    let share = |(&v, &g): (&u32, &u32)| (v > 0).then(|| f64::from(g) / f64::from(v));
    expected.iter().zip(&delivered).map(share).collect()
}

/// Whether an indicator is about the response itself: it takes no field of any table.
fn of_response(computed: &Computed) -> bool {
    computed.indicator.velden.is_empty()
}

/// Per gebied whether nobody spoke of it, so that nothing counted there means unknown and not none: no expected
/// aanbieder delivered, or none was expected and no record lies there. A nulopgave is response: then none is none.
fn silent(groups: &[(Vec<&Computed>, CellMeasures)], respons: &[Option<f64>]) -> Vec<bool> {
    let about_children = |group_name: &&(Vec<&Computed>, CellMeasures)| {
        !group_name.0.iter().any(|computed| of_response(computed))
    };
    let records = |gebied: u32| {
        groups
            .iter()
            .filter(about_children)
            .any(|(_, measures)| measures.counts_in(gebied))
    };
    let is_silent = |(gebied, respons): (u32, &Option<f64>)| {
        respons.map_or_else(|| !records(gebied), |share| share <= 0.0)
    };
    (0..).zip(respons).map(is_silent).collect()
}

/// The rows of one indicator.
fn rows(
    inputs: &Inputs<'_>,
    computed: &Computed,
    results: &[Figure],
    areas: &AreaTree,
    respons: &[Option<f64>],
) -> Vec<Cijfer> {
    let national: HashMap<(&str, &str), f64> = results
        .iter()
        .filter(|f| f.gebied == NEDERLAND)
        .filter_map(|f| {
            Some((
                (f.uitsplitsing.as_str(), f.categorie.as_str()),
                f.number.waarde?,
            ))
        })
        .collect();
    let met_interval = computed.indicator.interval != schema::indicator::Interval::Geen;
    // Who did not deliver makes a rate too low, here or in the country; a share or a duration it hardly moves.
    let complete = |gebied: u32| respons[gebied as usize].is_some_and(|share| share >= 1.0);
    let is_rate = matches!(computed.computation, Computation::Per { .. });
    let fair = |gebied: u32| !is_rate || (complete(gebied) && complete(NEDERLAND));
    let row = |figure: &Figure| {
        let gebied = &areas.gebieden[figure.gebied as usize];
        let number = &figure.number;
        let land = national
            .get(&(figure.uitsplitsing.as_str(), figure.categorie.as_str()))
            .copied();
        let comparable = met_interval
            && number.waarde.is_some()
            && figure.gebied != NEDERLAND
            && fair(figure.gebied);
        let comparison = number.comparison.filter(|_| comparable);
        Cijfer {
            uitvraag: inputs.definitie.uitvraag.clone(),
            jaar: inputs.definitie.jaar,
            indicator: computed.indicator.id.clone(),
            niveau: gebied.niveau,
            gebied: gebied.code.clone(),
            uitsplitsing: figure.uitsplitsing.clone(),
            categorie: figure.categorie.clone(),
            waarde: number.waarde,
            onder: number
                .grenzen
                .onder
                .filter(|_| met_interval && number.waarde.is_some()),
            boven: number
                .grenzen
                .boven
                .filter(|_| met_interval && number.waarde.is_some()),
            oordeel: comparison
                .zip(land)
                .map(|(bounds, land)| compare(bounds, land)),
            teller: number.teller,
            noemer: number.noemer,
            n: number.n,
            status: status(number, inputs.configuration.voorlopig),
            vertrouwelijk: Confidential::F,
            respons: respons[figure.gebied as usize],
            momentopname: inputs.momentopname.id.clone(),
        }
    };
    results.iter().map(row).collect()
}

/// Different only if the 99.8 % interval leaves the value of Nederland out. A limit that is not reached excludes nothing.
fn compare(bounds: Bounds, national: f64) -> Comparison {
    if bounds.onder.is_some_and(|lower| lower > national) {
        Comparison::Higher
    } else if bounds.boven.is_some_and(|above| above < national) {
        Comparison::Lower
    } else {
        Comparison::NotDifferent
    }
}

#[cfg(test)]
mod tests {
    use schema::Outcome as Response;

    use super::*;
    use crate::{Configuration, ExpectedAanbieder, MomentopnameInput};

    fn limits(lower: Option<f64>, above: Option<f64>) -> Bounds {
        Bounds {
            onder: lower,
            boven: above,
        }
    }

    /// A limit that is not reached excludes nothing, and a limit on the value itself leaves it in.
    #[test]
    fn a_figure_differs_only_where_its_limits_leave_the_country_out() {
        for (lower, above, expected) in [
            (Some(11.0), Some(20.0), Comparison::Higher),
            (Some(1.0), Some(9.0), Comparison::Lower),
            (Some(9.0), Some(11.0), Comparison::NotDifferent),
            (Some(10.0), Some(11.0), Comparison::NotDifferent),
            (Some(9.0), Some(10.0), Comparison::NotDifferent),
            (None, Some(11.0), Comparison::NotDifferent),
            (Some(11.0), None, Comparison::Higher),
            (None, None, Comparison::NotDifferent),
        ] {
            assert_eq!(compare(limits(lower, above), 10.0), expected);
        }
    }

    /// In Utrecht one of two delivered, in Rotterdam one had nothing to tell, in Groningen nobody was expected.
    #[test]
    fn response_is_counted_where_an_aanbieder_works() {
        let definitie = Definitie::load("omgang/2020").expect("it is compiled in");
        let areas = AreaTree::new(2020, None).expect("2020 has an indeling");
        let expected = |code: &str, outcome| ExpectedAanbieder {
            aanbieder: String::new(),
            werkgebied: vec![code.to_owned()],
            uitkomst: outcome,
            volume_last_year: None,
        };
        let inputs = Inputs {
            definitie: &definitie,
            momentopname: MomentopnameInput::default(),
            verwacht: vec![
                expected("GM0344", Response::Geleverd),
                expected("JZ22", Response::Geweigerd),
                expected("GM0599", Response::Nulopgave),
            ],
            configuration: Configuration::default(),
        };
        let respons = response(&inputs, &areas);
        let share = |niveau, code| {
            let number = areas.index(niveau, code).expect("a gebied");
            respons[number as usize]
        };
        use schema::Niveau::{Gemeente, Jeugdregio, Nederland};
        assert_eq!(share(Gemeente, "GM0344"), Some(0.5));
        assert_eq!(share(Jeugdregio, "JZ22"), Some(0.5));
        assert_eq!(share(Gemeente, "GM0599"), Some(1.0));
        assert_eq!(share(Nederland, "NL00"), Some(2.0 / 3.0));
        assert_eq!(share(Gemeente, "GM0014"), None);
        // Nobody spoke of Groningen; of Utrecht somebody did, and of Rotterdam a nulopgave.
        let silent = silent(&[], &respons);
        let is_silent = |code| silent[areas.index(Gemeente, code).expect("one") as usize];
        assert_eq!(
            ["GM0014", "GM0344", "GM0599"].map(is_silent),
            [true, false, false]
        );
    }
}
