//! Tables from SQL text as the lake would have them on disk, and a run over them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use analysis::{Configuration, ExpectedAanbieder, Inputs, MomentopnameInput, Pipeline, RunOutput};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, new_null_array};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::prelude::SessionContext;
use parquet::arrow::ArrowWriter;
use schema::{Definitie, Tabel};

/// The columns of a table as `lake` writes them.
pub(crate) fn lake_schema(definitie: &Definitie, tabel: &Tabel) -> SchemaRef {
    let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let leading =
        ["aanbieder", "levering"].map(|name| Arc::new(Field::new(name, text.clone(), true)));
    let typed = check::schema(definitie, tabel);
    let fields = leading.into_iter().chain(typed.fields().iter().cloned());
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// A table of the session in the lake's columns; those it does not have are empty.
async fn typed(ctx: &SessionContext, definitie: &Definitie, tabel: &Tabel) -> Option<RecordBatch> {
    let frame = ctx.table(tabel.naam.as_str()).await.ok()?;
    let batches = frame.collect().await.expect("the table can be read");
    let first = batches.first()?;
    let everything = concat_batches(&first.schema(), &batches).expect("one schema");
    let target = lake_schema(definitie, tabel);
    let columns: Vec<ArrayRef> = target
        .fields()
        .iter()
        .map(|veld| match everything.column_by_name(veld.name()) {
            Some(column) => cast(column, veld.data_type()).expect("the column fits its field"),
            None => new_null_array(veld.data_type(), everything.num_rows()),
        })
        .collect();
    Some(RecordBatch::try_new(target, columns).expect("one length"))
}

fn write(path: &Path, batch: &RecordBatch) {
    let file = std::fs::File::create(path).expect("the folder is ours");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a plain schema");
    writer.write(batch).expect("a plain batch");
    writer.close().expect("disk");
}

/// The expected aanbieders from table `verwacht_invoer` (aanbieder, werkgebied split by spaces, uitkomst,
/// omvang_vorig_jaar), where the session has one.
async fn expected(ctx: &SessionContext) -> Vec<ExpectedAanbieder> {
    let Ok(frame) = ctx.table("verwacht_invoer").await else {
        return Vec::new();
    };
    let mut expected = Vec::new();
    for batch in frame.collect().await.expect("the table can be read") {
        let column = |name: &str| {
            cast(
                batch
                    .column_by_name(name)
                    .expect("a column of verwacht_invoer"),
                &DataType::Utf8,
            )
            .expect("text")
        };
        let [aanbieder, werkgebied, outcome, previous] =
            ["aanbieder", "werkgebied", "uitkomst", "omvang_vorig_jaar"].map(column);
        let text = |array: &ArrayRef, row: usize| -> String {
            let array: &StringArray = array.as_string();
            array.value(row).to_owned()
        };
        for row in 0..batch.num_rows() {
            expected.push(ExpectedAanbieder {
                aanbieder: text(&aanbieder, row),
                werkgebied: text(&werkgebied, row)
                    .split(' ')
                    .map(str::to_owned)
                    .collect(),
                uitkomst: schema::Outcome::parse(&text(&outcome, row)).expect("an outcome"),
                volume_last_year: previous
                    .is_valid(row)
                    .then(|| text(&previous, row).parse().expect("a number")),
            });
        }
    }
    expected
}

/// The rounding key of every test.
pub(crate) fn key() -> disclosure::RoundingKey {
    disclosure::RoundingKey::new(&[7; 32])
}

/// Runs the pipeline, or one group of it, over the tables of a session. Each table is split over two files, as two leveringen would be.
pub(crate) async fn run(ctx: &SessionContext, name: &str, group: Option<&str>) -> RunOutput {
    let definitie = Definitie::load(name).expect("the definition is compiled in");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut files = BTreeMap::new();
    for tabel in &definitie.tabellen {
        let Some(batch) = typed(ctx, &definitie, tabel).await else {
            continue;
        };
        let midden = batch.num_rows() / 2;
        let parts = [
            batch.slice(0, midden),
            batch.slice(midden, batch.num_rows() - midden),
        ];
        let mut paths = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let path = dir.path().join(format!("{}-{index}.parquet", tabel.naam));
            write(&path, part);
            paths.push(path);
        }
        files.insert(tabel.naam.clone(), paths);
    }
    let inputs = Inputs {
        definitie: &definitie,
        momentopname: MomentopnameInput {
            id: "m1".to_owned(),
            bestanden: files,
        },
        verwacht: expected(ctx).await,
        configuration: Configuration::default(),
        key: &key(),
    };
    let mut pipeline = Pipeline::load(&definitie.uitvraag).expect("the pipeline is compiled in");
    if let Some(group) = group {
        pipeline.groups.retain(|name, _| name == group);
        pipeline
            .indicatoren
            .retain(|computed| computed.indicator.groep == group);
    }
    analysis::run_with(&inputs, &pipeline)
        .await
        .expect("the pipeline runs")
}
