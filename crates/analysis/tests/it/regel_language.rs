//! The rule language of `check` is SQL: the same text over the same rows gives the same verdict in DataFusion.
//!
//! The sentences and the rows are those of `check`'s own tests, where a judge of one row at a time agrees with `check`.
//! Two things are told to the engine: fractions are decimals, and whole numbers are wide enough to add up.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use check::Judge;
use check::rule_language::Expression;
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use proptest::prelude::*;
use schema::{Definitie, RegelKind};

#[path = "../../../check/tests/it/sentences.rs"]
mod sentences;
#[path = "../../../check/tests/it/support.rs"]
#[expect(dead_code, reason = "check's own tests use more of it")]
mod support;

fn session() -> SessionContext {
    let config = SessionConfig::new()
        .set_bool("datafusion.sql_parser.parse_float_as_decimal", true)
        .with_target_partitions(1);
    SessionContext::new_with_config(config)
}

/// Whole numbers as the widest integer, for `check` adds in 64 bits.
fn widened(batch: &RecordBatch) -> RecordBatch {
    let schema = batch.schema();
    let (mut velden, mut columns): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for (veld, column) in schema.fields().iter().zip(batch.columns()) {
        let breed = if veld.data_type() == &DataType::Int32 {
            cast(column, &DataType::Int64).unwrap()
        } else {
            Arc::clone(column)
        };
        velden.push(Field::new(veld.name(), breed.data_type().clone(), true));
        columns.push(breed);
    }
    RecordBatch::try_new(Arc::new(Schema::new(velden)), columns).unwrap()
}

/// What DataFusion makes of a condition, per row.
async fn engine(
    tabel: &str,
    batch: &RecordBatch,
    sql: &str,
) -> datafusion::error::Result<Vec<Option<bool>>> {
    let ctx = session();
    let batch = widened(batch);
    ctx.register_table(
        tabel,
        Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?),
    )?;
    let mut outcome = Vec::new();
    for answer in ctx
        .sql(&format!(
            "SELECT CAST({sql} AS BOOLEAN) AS uitkomst FROM {tabel}"
        ))
        .await?
        .collect()
        .await?
    {
        let column = answer.column(0).as_boolean();
        outcome.extend((0..column.len()).map(|i| column.is_valid(i).then(|| column.value(i))));
    }
    Ok(outcome)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn check_and_datafusion_agree_on_random_rows(sentence in sentences::sentences(), rows in sentences::rows()) {
        let definitie = support::sample_definitie("");
        let tabel = definitie.tabel("rij").unwrap();
        let texts: Vec<support::TextRow> =
            rows.iter().map(|r| r.canonical().into_iter().map(|(k, v)| (k.to_owned(), v)).collect()).collect();
        let mut judge = Judge::new(&definitie, support::options(&definitie)).unwrap();
        let typed = judge.batch("rij", &support::batch(tabel, &texts)).unwrap();
        let sql = sentence.sql();
        let ours = Expression::parse(&definitie, tabel, &sql).map_err(|e| TestCaseError::fail(format!("{sql}: {e}")))?.evaluate(&typed);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let theirs = runtime.block_on(engine("rij", &typed, &sql)).map_err(|e| TestCaseError::fail(format!("{sql}: {e}")))?;
        prop_assert_eq!(&ours, &theirs, "{}", sql);
        // The third judge, of one row at a time.
        let rij_voor_rij: Vec<Option<bool>> = rows.iter().map(|row| sentence.over(row)).collect();
        prop_assert_eq!(ours, rij_voor_rij, "{}", sql);
    }
}

/// The rules that are really asked, over the rows that should and should not break them.
#[tokio::test]
async fn every_record_rule_of_every_definition_reads_alike_in_datafusion() {
    let mut loaded = 0;
    for name in Definitie::names() {
        let definitie = Definitie::load(&name).unwrap();
        for regel in &definitie.regels {
            let (RegelKind::Record { .. } | RegelKind::Aandeel { .. }, Some(tabel)) =
                (&regel.soort, &regel.tabel)
            else {
                continue;
            };
            let tabel = definitie.tabel(tabel).unwrap();
            let rows: Vec<support::TextRow> = regel
                .goed
                .iter()
                .chain(&regel.fout)
                .map(|over| {
                    tabel
                        .voorbeeld
                        .iter()
                        .chain(over)
                        .map(|(k, v)| (k.clone(), v.clone()))
                        .collect()
                })
                .collect();
            let typed = Judge::new(&definitie, support::options(&definitie))
                .unwrap()
                .batch(&tabel.naam, &support::batch(tabel, &rows))
                .unwrap();
            let texts: Vec<&str> = match &regel.soort {
                RegelKind::Record { assert, when } => [Some(assert), when.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(String::as_str)
                    .collect(),
                RegelKind::Aandeel { expr, .. } => vec![expr],
                _ => Vec::new(),
            };
            for text in texts {
                let ours = Expression::parse(&definitie, tabel, text)
                    .unwrap()
                    .evaluate(&typed);
                let theirs = engine(&tabel.naam, &typed, text)
                    .await
                    .unwrap_or_else(|e| panic!("{name} {}: {e}", regel.code));
                assert_eq!(ours, theirs, "{name} {}: {text}", regel.code);
                loaded += 1;
            }
        }
    }
    assert!(loaded > 20, "{loaded} texts");
}
