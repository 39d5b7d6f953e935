//! A DataFusion session with the tables of one run.
//!
//! Owns registering: the leveringen as Parquet file lists, reference tables and parameters in memory. Leaves what is
//! asked of them to the pipeline.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::{Days, NaiveDate};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use schema::{Definitie, Tabel};

use crate::ligging::Ligging;
use crate::{AnalyseFout, Invoer, Pijplijn};

/// A session with everything the pipeline may read: the tables of the uitvraag, `periode`, `gebied` and `verwacht`,
/// and the views of `basis.sql`.
pub(crate) async fn open(
    invoer: &Invoer<'_>,
    pijplijn: &Pijplijn,
    ligging: &Ligging,
) -> Result<SessionContext, AnalyseFout> {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_information_schema(false));
    for tabel in &invoer.definitie.tabellen {
        let bestanden = invoer
            .momentopname
            .bestanden
            .get(&tabel.naam)
            .map_or(&[][..], Vec::as_slice);
        register_parquet(
            &ctx,
            &tabel.naam,
            bestanden,
            &table_schema(invoer.definitie, tabel),
        )
        .await?;
    }
    register(
        &ctx,
        "periode",
        periode(invoer.definitie, invoer.configuratie.norm_dagen),
    )?;
    register(&ctx, "gebied", gebied(ligging))?;
    register(&ctx, "verwacht", verwacht(invoer, ligging))?;
    for statement in &pijplijn.basis {
        ctx.sql(statement)
            .await
            .map_err(AnalyseFout::engine("basis.sql does not run"))?;
    }
    Ok(ctx)
}

/// Registers a table that lives in memory.
pub(crate) fn register(
    ctx: &SessionContext,
    naam: &str,
    batch: RecordBatch,
) -> Result<(), AnalyseFout> {
    let fout = || AnalyseFout::engine(format!("table `{naam}` cannot be registered"));
    let tabel = MemTable::try_new(batch.schema(), vec![vec![batch]]).map_err(fout())?;
    ctx.register_table(naam, Arc::new(tabel)).map_err(fout())?;
    Ok(())
}

async fn register_parquet(
    ctx: &SessionContext,
    naam: &str,
    bestanden: &[PathBuf],
    schema: &SchemaRef,
) -> Result<(), AnalyseFout> {
    if bestanden.is_empty() {
        return register(ctx, naam, RecordBatch::new_empty(Arc::clone(schema)));
    }
    let fout = || AnalyseFout::engine(format!("the files of table `{naam}` cannot be opened"));
    let paden: Vec<String> = bestanden
        .iter()
        .map(|pad| {
            pad.to_str()
                .map(str::to_owned)
                .ok_or_else(|| DataFusionError::External("a path is not UTF-8".into()))
        })
        .collect::<Result<_, _>>()
        .map_err(fout())?;
    let opties = ParquetReadOptions::default()
        .schema(schema)
        .parquet_pruning(true);
    let tabel = ctx.read_parquet(paden, opties).await.map_err(fout())?;
    ctx.register_table(naam, tabel.into_view())
        .map_err(fout())?;
    Ok(())
}

/// The columns of a table as the engine reads them: two leading ones, then those that `check` types. Text is read as
/// views, which the engine groups by without copying.
pub(crate) fn table_schema(definitie: &Definitie, tabel: &Tabel) -> SchemaRef {
    let leading = ["aanbieder", "levering"].map(|naam| Field::new(naam, DataType::Utf8View, true));
    let typed = check::schema(definitie, tabel);
    let read = typed.fields().iter().map(|field| {
        let data_type = match field.data_type() {
            DataType::Utf8 | DataType::Dictionary(_, _) => DataType::Utf8View,
            other => other.clone(),
        };
        Field::new(field.name(), data_type, true)
    });
    Arc::new(Schema::new(
        leading.into_iter().chain(read).collect::<Vec<_>>(),
    ))
}

/// The one row of parameters.
fn periode(definitie: &Definitie, norm_dagen: u32) -> RecordBatch {
    let jaar = definitie.jaar;
    let [eind_maart, eind_juni, eind_september, eind] = definitie.peildata();
    let begin = NaiveDate::from_ymd_opt(jaar, 1, 1).expect("every year has a first day");
    let days = [
        ("begin", begin),
        ("eind_maart", eind_maart),
        ("eind_juni", eind_juni),
        ("eind_september", eind_september),
        ("eind", eind),
        ("vorig_eind", begin - Days::new(1)),
    ];
    let numbers = [("jaar", i64::from(jaar)), ("norm_dagen", norm_dagen.into())];
    let numbers = numbers.map(|(name, number)| {
        let array: ArrayRef = Arc::new(Int64Array::from(vec![number]));
        (name, array)
    });
    let days = days.map(|(name, day)| {
        let array: ArrayRef = Arc::new(Date32Array::from(vec![day.to_epoch_days()]));
        (name, array)
    });
    RecordBatch::try_from_iter(numbers.into_iter().chain(days)).expect("every column has one row")
}

/// Every gebied of the year.
pub(crate) fn gebied(ligging: &Ligging) -> RecordBatch {
    let tekst = |waarde: fn(&crate::ligging::Gebied) -> &str| -> ArrayRef {
        Arc::new(
            ligging
                .gebieden
                .iter()
                .map(|g| Some(waarde(g)))
                .collect::<StringArray>(),
        )
    };
    RecordBatch::try_from_iter([
        ("niveau", tekst(|g| g.niveau.naam())),
        ("gebied", tekst(|g| &g.code)),
        ("naam", tekst(|g| &g.naam)),
    ])
    .expect("the columns are equally long")
}

/// The expected aanbieders, one row per gebied their werkgebied touches.
fn verwacht(invoer: &Invoer<'_>, ligging: &Ligging) -> RecordBatch {
    let rijen: Vec<(&crate::Verwacht, &crate::ligging::Gebied)> = invoer
        .verwacht
        .iter()
        .flat_map(|v| {
            ligging
                .touching(&v.werkgebied)
                .into_iter()
                .map(move |nummer| (v, &ligging.gebieden[nummer as usize]))
        })
        .collect();
    type Rij<'a> = (&'a crate::Verwacht, &'a crate::ligging::Gebied);
    let tekst = |waarde: fn(Rij<'_>) -> String| -> ArrayRef {
        Arc::new(
            rijen
                .iter()
                .map(|&r| Some(waarde(r)))
                .collect::<StringArray>(),
        )
    };
    let vorig_jaar = rijen
        .iter()
        .map(|(v, _)| v.volume_last_year.and_then(|n| i64::try_from(n).ok()))
        .collect::<Int64Array>();
    RecordBatch::try_from_iter_with_nullable([
        ("aanbieder", tekst(|(v, _)| v.aanbieder.clone()), false),
        (
            "uitkomst",
            tekst(|(v, _)| v.uitkomst.naam().to_owned()),
            false,
        ),
        ("niveau", tekst(|(_, g)| g.niveau.naam().to_owned()), false),
        ("gebied", tekst(|(_, g)| g.code.clone()), false),
        ("omvang_vorig_jaar", Arc::new(vorig_jaar), true),
    ])
    .expect("the columns are equally long")
}
