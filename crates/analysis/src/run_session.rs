//! A DataFusion session with the tables of one run.
//!
//! Owns registering: the leveringen as Parquet file lists, reference tables and parameters in memory. Leaves what is
//! asked of them to the pipeline, and the keys of records to [`crate::record_key`].

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::{Days, NaiveDate};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::cast;
use datafusion::prelude::{
    DataFrame, ParquetReadOptions, SessionConfig, SessionContext, ident, lit,
};
use datafusion::scalar::ScalarValue;
use schema::{Definitie, Tabel, VeldType};

use crate::gebied_tree::AreaTree;
use crate::{AnalysisError, Inputs, Pipeline, record_key};

/// What stands in the column `aanbieder`.
#[derive(Clone, Copy)]
pub(crate) enum Unit<'a> {
    /// The aanbieder.
    Aanbieder,
    /// The number of the cluster of a record, in tables that have one, and nothing in others: a statement brings per cluster
    /// what it brings per aanbieder. Of the clusters one in so many is there, with all its records.
    Cluster {
        one_in: u64,
        /// A session by aanbieder, whose records these are.
        of: &'a SessionContext,
    },
}

/// A session with everything the pipeline may read: the tables of the uitvraag, `periode`, `gebied` and `verwacht`,
/// and the views of `basis.sql`.
pub(crate) async fn open(
    inputs: &Inputs<'_>,
    pipeline: &Pipeline,
    areas: &AreaTree,
    unit: Unit<'_>,
) -> Result<SessionContext, AnalysisError> {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_information_schema(false));
    for tabel in &inputs.definitie.tabellen {
        let name = tabel.naam.as_str();
        let mut rows = match unit {
            Unit::Aanbieder => {
                let files = inputs.momentopname.bestanden.get(name);
                let files = files.map_or(&[][..], Vec::as_slice);
                read_parquet(&ctx, inputs.definitie, tabel, files).await?
            }
            Unit::Cluster { one_in, of } => {
                let error = || AnalysisError::engine(format!("table `{name}` has no clusters"));
                let rows = of.table(name).await.map_err(error())?;
                by_cluster(rows, tabel, &pipeline.cluster, one_in).map_err(error())?
            }
        };
        if records(&rows).await? <= HELD {
            rows = held(rows, tabel)
                .await
                .map_err(AnalysisError::engine("a table cannot be held"))?;
        }
        ctx.register_table(name, rows.into_view())
            .map_err(AnalysisError::engine("a table cannot be registered"))?;
    }
    register(
        &ctx,
        "periode",
        period(inputs.definitie, inputs.configuration.norm_dagen),
    )?;
    register(&ctx, "gebied", gebied(areas))?;
    register(&ctx, "verwacht", expected(inputs, areas))?;
    for statement in &pipeline.basis {
        ctx.sql(statement)
            .await
            .map_err(AnalysisError::engine("basis.sql does not run"))?;
    }
    Ok(ctx)
}

/// Reads a table once and holds it, its text as small as it gets: where there are few values, the place among those of
/// its batch. It is text as the engine wants it again when it is read.
async fn held(rows: DataFrame, tabel: &Tabel) -> Result<DataFrame, DataFusionError> {
    let listed = tabel
        .velden
        .iter()
        .filter(|veld| matches!(veld.veldtype, VeldType::Code { .. } | VeldType::Gemeente))
        .map(|veld| veld.naam.as_str());
    let of_few: BTreeSet<&str> = listed.chain(["aanbieder", "levering"]).collect();
    // A batch has fewer rows than there are numbers of 16 bits.
    let place = DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8));
    let schema = Arc::clone(rows.schema().inner());
    let columns = |text: &dyn Fn(&str) -> DataType| {
        let columns = schema.fields().iter().map(|field| {
            let name = field.name();
            if *field.data_type() == DataType::Utf8View {
                cast(ident(name), text(name)).alias(name)
            } else {
                ident(name)
            }
        });
        columns.collect::<Vec<_>>()
    };
    let small = |name: &str| {
        if of_few.contains(name) {
            place.clone()
        } else {
            DataType::Utf8
        }
    };
    let rows = rows.select(columns(&small))?.cache().await?;
    rows.select(columns(&|_| DataType::Utf8View))
}

/// KvK numbers of the aanbieders that have a row in any table.
pub(crate) async fn aanbieders(
    ctx: &SessionContext,
    definitie: &Definitie,
) -> Result<BTreeSet<String>, AnalysisError> {
    let error = || AnalysisError::engine("the aanbieders cannot be listed".to_owned());
    let mut found = BTreeSet::new();
    for tabel in &definitie.tabellen {
        let rows = ctx.table(&tabel.naam).await.map_err(error())?;
        let rows = rows.select_columns(&["aanbieder"]).map_err(error())?;
        let batches = rows.distinct().map_err(error())?.collect().await;
        for batch in batches.map_err(error())? {
            let numbers = arrow::compute::cast(batch.column(0), &DataType::Utf8)?;
            let numbers: &StringArray = numbers.as_string();
            found.extend(numbers.iter().flatten().map(str::to_owned));
        }
    }
    Ok(found)
}

/// A table with at most so many records is read once and held, with its keys: every statement reads it. A larger one is
/// read again each time.
const HELD: usize = 1 << 21;

async fn records(rows: &DataFrame) -> Result<usize, AnalysisError> {
    let count = rows.clone().count().await;
    count.map_err(AnalysisError::engine("the records cannot be counted"))
}

/// The records of the largest table that has all of these fields.
pub(crate) async fn most_records(
    ctx: &SessionContext,
    definitie: &Definitie,
    velden: &[String],
) -> Result<usize, AnalysisError> {
    let mut most = 0;
    for tabel in definitie.tabellen.iter().filter(|t| has_all(t, velden)) {
        let rows = ctx.table(&tabel.naam).await;
        let rows = rows.map_err(AnalysisError::engine("a table is not there"))?;
        most = most.max(records(&rows).await?);
    }
    Ok(most)
}

/// Registers a table that lives in memory.
pub(crate) fn register(
    ctx: &SessionContext,
    name: &str,
    batch: RecordBatch,
) -> Result<(), AnalysisError> {
    let error = || AnalysisError::engine(format!("table `{name}` cannot be registered"));
    let tabel = MemTable::try_new(batch.schema(), vec![vec![batch]]).map_err(error())?;
    ctx.register_table(name, Arc::new(tabel)).map_err(error())?;
    Ok(())
}

/// Whether a table has all of these fields.
pub(crate) fn has_all(tabel: &Tabel, velden: &[String]) -> bool {
    let names: Vec<&String> = tabel.velden.iter().map(|veld| &veld.naam).collect();
    velden.iter().all(|veld| names.contains(&veld))
}

/// The rows with their cluster by these fields in the place of their aanbieder: one in so many of the clusters.
fn by_cluster(
    rows: DataFrame,
    tabel: &Tabel,
    cluster: &[String],
    one_in: u64,
) -> Result<DataFrame, DataFusionError> {
    if !has_all(tabel, cluster) {
        return rows.with_column("aanbieder", lit(ScalarValue::Int64(None)));
    }
    let rows = rows.with_column("aanbieder", record_key::first_filled(cluster))?;
    if one_in == 1 {
        return Ok(rows);
    }
    let chosen = (ident("aanbieder") % lit(i64::try_from(one_in).unwrap_or(i64::MAX))).eq(lit(0));
    rows.filter(chosen)
}

/// The leveringen of one table, each row with its key (see [`record_key`]).
async fn read_parquet(
    ctx: &SessionContext,
    definitie: &Definitie,
    tabel: &Tabel,
    files: &[PathBuf],
) -> Result<DataFrame, AnalysisError> {
    let name = tabel.naam.as_str();
    let schema = table_schema(definitie, tabel);
    let error = || AnalysisError::engine(format!("the files of table `{name}` cannot be opened"));
    let mut rows = if files.is_empty() {
        ctx.read_batch(RecordBatch::new_empty(schema))
            .map_err(error())?
    } else {
        let paths: Vec<String> = files
            .iter()
            .map(|path| {
                path.to_str()
                    .map(str::to_owned)
                    .ok_or_else(|| DataFusionError::External("a path is not UTF-8".into()))
            })
            .collect::<Result<_, _>>()
            .map_err(error())?;
        let options = ParquetReadOptions::default()
            .schema(&schema)
            .parquet_pruning(true);
        ctx.read_parquet(paths, options).await.map_err(error())?
    };
    for (key, velden) in record_key::columns(tabel) {
        let key_of = record_key::expression(&velden);
        rows = rows.with_column(&key, key_of).map_err(error())?;
    }
    Ok(rows)
}

/// The columns of a table as the engine reads them: two leading ones, then those that `check` types. Text is read as
/// views, which the engine groups by without copying.
pub(crate) fn table_schema(definitie: &Definitie, tabel: &Tabel) -> SchemaRef {
    let leading = ["aanbieder", "levering"].map(|name| Field::new(name, DataType::Utf8View, true));
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
fn period(definitie: &Definitie, norm_days: u32) -> RecordBatch {
    let jaar = definitie.jaar;
    let [march_end, june_end, september_end, end] = definitie.peildata();
    let begin = NaiveDate::from_ymd_opt(jaar, 1, 1).expect("every year has a first day");
    let days = [
        ("begin", begin),
        ("eind_maart", march_end),
        ("eind_juni", june_end),
        ("eind_september", september_end),
        ("eind", end),
        ("vorig_eind", begin - Days::new(1)),
    ];
    let numbers = [("jaar", i64::from(jaar)), ("norm_dagen", norm_days.into())];
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
pub(crate) fn gebied(areas: &AreaTree) -> RecordBatch {
    let text = |value: fn(&crate::gebied_tree::GebiedNode) -> &str| -> ArrayRef {
        Arc::new(
            areas
                .gebieden
                .iter()
                .map(|g| Some(value(g)))
                .collect::<StringArray>(),
        )
    };
    RecordBatch::try_from_iter([
        ("niveau", text(|g| g.niveau.name())),
        ("gebied", text(|g| &g.code)),
        ("naam", text(|g| &g.naam)),
    ])
    .expect("the columns are equally long")
}

/// The expected aanbieders, one row per gebied their werkgebied touches.
fn expected(inputs: &Inputs<'_>, areas: &AreaTree) -> RecordBatch {
    type ExpectedRow<'a> = (
        &'a crate::ExpectedAanbieder,
        &'a crate::gebied_tree::GebiedNode,
    );
    let rows: Vec<ExpectedRow<'_>> = inputs
        .verwacht
        .iter()
        .flat_map(|v| {
            areas
                .touching(&v.werkgebied)
                .into_iter()
                .map(move |index| (v, &areas.gebieden[index as usize]))
        })
        .collect();
    let text = |value: fn(ExpectedRow<'_>) -> String| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(|&r| Some(value(r)))
                .collect::<StringArray>(),
        )
    };
    let previous_jaar = rows
        .iter()
        .map(|(v, _)| v.volume_last_year.and_then(|n| i64::try_from(n).ok()))
        .collect::<Int64Array>();
    RecordBatch::try_from_iter_with_nullable([
        ("aanbieder", text(|(v, _)| v.aanbieder.clone()), false),
        (
            "uitkomst",
            text(|(v, _)| v.uitkomst.name().to_owned()),
            false,
        ),
        ("niveau", text(|(_, g)| g.niveau.name().to_owned()), false),
        ("gebied", text(|(_, g)| g.code.clone()), false),
        ("omvang_vorig_jaar", Arc::new(previous_jaar), true),
    ])
    .expect("the columns are equally long")
}
