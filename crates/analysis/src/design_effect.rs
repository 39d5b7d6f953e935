//! What records that hang together cost in certainty: the design effect of each indicator, over the country.
//!
//! Owns counting per cluster: the statements of the pipeline run once more with the cluster in the place of the aanbieder
//! (see [`crate::run_session::Unit`]), so that they bring per cluster what they bring per aanbieder; of a large country over one
//! in so many clusters, whole ones, chosen by their key. Leaves the formulas to [`crate::statistics::cluster`] and the
//! intervals to [`crate::formulas`].

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, sum};
use datafusion::prelude::{Expr, SessionContext, ident, lit, when};
use schema::Definitie;
use schema::indicator::Kind;

use crate::gebied_tree::AreaTree;
use crate::pipeline::{Computation, Computed};
use crate::run_session::Unit;
use crate::statistics::cluster::{ClusterCount, count_effect, share_effect};
use crate::{AnalysisError, Inputs, Pipeline, run_session};

/// Per indicator its design effect, where it is above 1. `exact`: a session with every record.
pub(crate) async fn design_effects(
    exact: &SessionContext,
    inputs: &Inputs<'_>,
    pipeline: &Pipeline,
    areas: &AreaTree,
) -> Result<BTreeMap<String, f64>, AnalysisError> {
    let mut effects = BTreeMap::new();
    if pipeline.cluster.is_empty() {
        return Ok(effects);
    }
    let one_in =
        one_in(run_session::most_records(exact, inputs.definitie, &pipeline.cluster).await?);
    let unit = Unit::Cluster { one_in, of: exact };
    let ctx = run_session::open(inputs, pipeline, areas, unit).await?;
    let with_clusters = tables_with_clusters(inputs.definitie, pipeline);
    for (group, statements) in &pipeline.groups {
        let mut tables = Vec::new();
        for statement in statements.iter().filter(|sql| is_over(sql, &with_clusters)) {
            tables.extend(ClusterTable::of(&ctx, group, statement).await?);
        }
        let of_group = pipeline.indicatoren.iter();
        for computed in of_group.filter(|computed| &computed.indicator.groep == group) {
            let effect = design_effect(computed, &tables);
            if effect > 1.0 {
                effects.insert(computed.indicator.id.clone(), effect);
            }
        }
    }
    Ok(effects)
}

/// The counts of one statement per cluster: each row stands for so many clusters that count alike.
struct ClusterTable {
    measures: Vec<String>,
    rows: Vec<(Vec<u32>, u64)>,
}

impl ClusterTable {
    /// Of a statement, in a session whose rows are by cluster; `None` where it counts no records.
    async fn of(
        ctx: &SessionContext,
        group: &str,
        statement: &str,
    ) -> Result<Option<Self>, AnalysisError> {
        let error = || AnalysisError::engine(format!("clusters of {group}.sql can't be counted"));
        let counted = ctx.sql(statement).await.map_err(error())?;
        let fields = counted.schema().fields();
        let measures: Vec<String> = fields
            .iter()
            .filter(|field| *field.data_type() == DataType::Boolean)
            .map(|field| field.name().clone())
            .collect();
        if measures.is_empty() {
            return Ok(None);
        }
        let once = fields.iter().any(|field| field.name() == "kind");
        let sums = measures.iter().map(|name| records_of(name, once));
        let sums = sums.collect::<Result<_, _>>().map_err(error())?;
        let alike = measures.iter().map(ident).collect();
        let batches = counted
            .aggregate(vec![ident("aanbieder")], sums)
            .and_then(|of_each| of_each.aggregate(alike, vec![count(lit(1))]))
            .map_err(error())?
            .collect()
            .await
            .map_err(error())?;
        let mut rows = Vec::new();
        for batch in &batches {
            let columns: Vec<Int64Array> = batch
                .columns()
                .iter()
                .map(|column| {
                    let whole = cast(column, &DataType::Int64)?;
                    Ok(whole.as_primitive::<Int64Type>().clone())
                })
                .collect::<Result<_, AnalysisError>>()?;
            for row in 0..batch.num_rows() {
                let counts = columns[..measures.len()].iter();
                let counts = counts.map(|column| u32::try_from(column.value(row)).unwrap_or(0));
                let clusters = columns[measures.len()].value(row);
                rows.push((counts.collect(), u64::try_from(clusters).unwrap_or(0)));
            }
        }
        Ok(Some(Self { measures, rows }))
    }

    fn place(&self, measure: &str) -> Option<usize> {
        self.measures.iter().position(|name| name == measure)
    }

    fn of_count(&self, measure: &str) -> Option<f64> {
        let place = self.place(measure)?;
        Some(count_effect(
            self.rows
                .iter()
                .map(|(counts, times)| (counts[place], *times)),
        ))
    }

    fn of_share(&self, numerator: &str, denominator: &str) -> Option<f64> {
        let (x, n) = (self.place(numerator)?, self.place(denominator)?);
        Some(share_effect(self.rows.iter().map(|(counts, times)| {
            ClusterCount {
                size: counts[n],
                numerator: counts[x].min(counts[n]),
                clusters: *times,
            }
        })))
    }
}

/// The tables of the definition whose records have a cluster, and the views over them.
fn tables_with_clusters<'a>(definitie: &'a Definitie, pipeline: &'a Pipeline) -> BTreeSet<&'a str> {
    let mut names: BTreeSet<&str> = definitie
        .tabellen
        .iter()
        .filter(|tabel| run_session::has_all(tabel, &pipeline.cluster))
        .map(|tabel| tabel.naam.as_str())
        .collect();
    for view in &pipeline.basis {
        let mut after = words(view).skip_while(|word| !word.eq_ignore_ascii_case("view"));
        if let Some(name) = after.nth(1).filter(|_| is_over(view, &names)) {
            names.insert(name);
        }
    }
    names
}

/// Whether a statement reads one of these tables.
fn is_over(statement: &str, tables: &BTreeSet<&str>) -> bool {
    words(statement).any(|word| tables.contains(word))
}

fn words(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// How many records a measure counts in a cluster; who counts once per cell, however many rows say so, counts once.
fn records_of(measure: &str, once: bool) -> Result<Expr, DataFusionError> {
    let counted = ident(measure);
    let records = |of: Expr| when(of, ident("aantal")).otherwise(lit(0)).map(sum);
    let all = if once {
        let numbered = when(counted.clone().and(ident("kind").gt(lit(0))), ident("kind")).end()?;
        records(counted.and(ident("kind").eq(lit(0))))? + count_distinct(numbered)
    } else {
        records(counted)?
    };
    Ok(all.alias(measure))
}

/// Clusters are chosen where there are more records than this: the effect is in one decimal, and hardly moves any more.
const ENOUGH_RECORDS: usize = 200_000;

/// One in how many clusters is counted, where a table has so many records.
fn one_in(records: usize) -> u64 {
    u64::try_from(records.div_ceil(ENOUGH_RECORDS).max(1)).unwrap_or(u64::MAX)
}

/// The design effect of an indicator, in one decimal, 1 where its records do not hang together. Shares of codes, quantiles
/// and curves take that of their count: as if all of a cluster went the same way, which is the most it can be.
fn design_effect(computed: &Computed, tables: &[ClusterTable]) -> f64 {
    if matches!(
        computed.indicator.kind,
        Kind::Public | Kind::Places | Kind::Extreme
    ) {
        return 1.0;
    }
    let share = |x: &str, n: &str| tables.iter().find_map(|table| table.of_share(x, n));
    let count = |measure: &str| tables.iter().find_map(|table| table.of_count(measure));
    let effect = match &computed.computation {
        Computation::Aandeel { teller, noemer } => share(teller, noemer).or_else(|| count(noemer)),
        Computation::Aantal { maat, .. }
        | Computation::Per { maat, .. }
        | Computation::AandeelCode { maat, .. }
        | Computation::Kwantiel { maat, .. } => count(maat),
        Computation::CaseMix { teller, .. } => count(teller),
        Computation::Incidentie { uitgang, .. } => count(uitgang),
        Computation::Verhouding { .. }
        | Computation::Klasse { .. }
        | Computation::Wachtrij { .. }
        | Computation::AandeelMetCodes { .. } => None,
    };
    effect.unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> ClusterTable {
        // Of five clusters: two of one record, two of two that go the same way, one of two that does not.
        ClusterTable {
            measures: vec!["alle".to_owned(), "goed".to_owned()],
            rows: vec![
                (vec![1, 0], 1),
                (vec![1, 1], 1),
                (vec![2, 2], 1),
                (vec![2, 0], 1),
                (vec![2, 1], 1),
            ],
        }
    }

    #[test]
    fn only_trajecten_and_what_is_made_of_them_have_clusters() {
        let pipeline = Pipeline::load("omgang").expect("it is compiled in");
        let definitie = Definitie::load("omgang/2020").expect("it is compiled in");
        let tables = tables_with_clusters(&definitie, &pipeline);
        assert_eq!(Vec::from_iter(tables), ["traject", "traject_jaar"]);
    }

    #[test]
    fn clusters_are_chosen_only_where_there_are_many_records() {
        assert_eq!([0, 1, ENOUGH_RECORDS].map(one_in), [1, 1, 1]);
        assert_eq!(one_in(ENOUGH_RECORDS + 1), 2);
        assert_eq!(one_in(1_000_000), 5);
    }

    #[test]
    fn a_count_and_a_share_have_their_own_effect() {
        // Σ f² / Σ f = (1 + 1 + 4 + 4 + 4) / 8 = 1.75; Σ (y - p m)² / (n p (1 - p)) with p = 1/2: (2 × 1/4 + 2 × 1) / 2 = 1.25.
        let table = table();
        assert!((table.of_count("alle").expect("it is there") - 1.8).abs() < 1e-9);
        let share = table.of_share("goed", "alle").expect("they are there");
        assert!((share - 1.3).abs() < 1e-9, "{share}");
        assert_eq!(table.of_count("anders"), None);
    }
}
