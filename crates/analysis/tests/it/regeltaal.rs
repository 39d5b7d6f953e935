//! The rule language of `check` is SQL: the same text over the same rows gives the same verdict in DataFusion.
//!
//! The sentences and the rows are those of `check`'s own tests, where a judge of one row at a time agrees with `check`.
//! Two things are told to the engine: fractions are decimals, and whole numbers are wide enough to add up.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use check::Controle;
use check::expr::Expressie;
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use proptest::prelude::*;
use schema::{Definitie, Soort};

#[path = "../../../check/tests/it/hulp.rs"]
#[expect(dead_code, reason = "check's own tests use more of it")]
mod hulp;
#[path = "../../../check/tests/it/zinnen.rs"]
mod zinnen;

fn session() -> SessionContext {
    let config = SessionConfig::new()
        .set_bool("datafusion.sql_parser.parse_float_as_decimal", true)
        .with_target_partitions(1);
    SessionContext::new_with_config(config)
}

/// Whole numbers as the widest integer, for `check` adds in 64 bits.
fn widened(batch: &RecordBatch) -> RecordBatch {
    let schema = batch.schema();
    let (mut velden, mut kolommen): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for (veld, kolom) in schema.fields().iter().zip(batch.columns()) {
        let breed = if veld.data_type() == &DataType::Int32 {
            cast(kolom, &DataType::Int64).unwrap()
        } else {
            Arc::clone(kolom)
        };
        velden.push(Field::new(veld.name(), breed.data_type().clone(), true));
        kolommen.push(breed);
    }
    RecordBatch::try_new(Arc::new(Schema::new(velden)), kolommen).unwrap()
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
    let mut uitkomst = Vec::new();
    for antwoord in ctx
        .sql(&format!(
            "SELECT CAST({sql} AS BOOLEAN) AS uitkomst FROM {tabel}"
        ))
        .await?
        .collect()
        .await?
    {
        let kolom = antwoord.column(0).as_boolean();
        uitkomst.extend((0..kolom.len()).map(|i| kolom.is_valid(i).then(|| kolom.value(i))));
    }
    Ok(uitkomst)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn check_and_datafusion_agree_on_random_rows(zin in zinnen::zinnen(), rijen in zinnen::rijen()) {
        let definitie = hulp::proef("");
        let tabel = definitie.tabel("rij").unwrap();
        let teksten: Vec<hulp::Rij> =
            rijen.iter().map(|r| r.canonical().into_iter().map(|(k, v)| (k.to_owned(), v)).collect()).collect();
        let mut controle = Controle::new(&definitie, hulp::opties(&definitie)).unwrap();
        let getypt = controle.partij("rij", &hulp::batch(tabel, &teksten)).unwrap();
        let sql = zin.sql();
        let ons = Expressie::parse(&definitie, tabel, &sql).map_err(|e| TestCaseError::fail(format!("{sql}: {e}")))?.evaluate(&getypt);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let hun = runtime.block_on(engine("rij", &getypt, &sql)).map_err(|e| TestCaseError::fail(format!("{sql}: {e}")))?;
        prop_assert_eq!(&ons, &hun, "{}", sql);
        // The third judge, of one row at a time.
        let rij_voor_rij: Vec<Option<bool>> = rijen.iter().map(|rij| zin.over(rij)).collect();
        prop_assert_eq!(ons, rij_voor_rij, "{}", sql);
    }
}

/// The rules that are really asked, over the rows that should and should not break them.
#[tokio::test]
async fn every_record_rule_of_every_definition_reads_alike_in_datafusion() {
    let mut gelezen = 0;
    for naam in Definitie::names() {
        let definitie = Definitie::load(&naam).unwrap();
        for regel in &definitie.regels {
            let (Soort::Record { .. } | Soort::Aandeel { .. }, Some(tabel)) =
                (&regel.soort, &regel.tabel)
            else {
                continue;
            };
            let tabel = definitie.tabel(tabel).unwrap();
            let rijen: Vec<hulp::Rij> = regel
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
            let getypt = Controle::new(&definitie, hulp::opties(&definitie))
                .unwrap()
                .partij(&tabel.naam, &hulp::batch(tabel, &rijen))
                .unwrap();
            let teksten: Vec<&str> = match &regel.soort {
                Soort::Record { assert, when } => [Some(assert), when.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(String::as_str)
                    .collect(),
                Soort::Aandeel { expr, .. } => vec![expr],
                _ => Vec::new(),
            };
            for tekst in teksten {
                let ons = Expressie::parse(&definitie, tabel, tekst)
                    .unwrap()
                    .evaluate(&getypt);
                let hun = engine(&tabel.naam, &getypt, tekst)
                    .await
                    .unwrap_or_else(|e| panic!("{naam} {}: {e}", regel.code));
                assert_eq!(ons, hun, "{naam} {}: {tekst}", regel.code);
                gelezen += 1;
            }
        }
    }
    assert!(gelezen > 20, "{gelezen} texts");
}
