//! Tables from SQL text as the lake would have them on disk, and a run over them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use analysis::{Configuratie, Invoer, Momentopname, Pijplijn, Uitkomst, Verwacht};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, new_null_array};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::prelude::SessionContext;
use parquet::arrow::ArrowWriter;
use schema::{Definitie, Tabel};

/// The columns of a table as `lake` writes them.
pub fn lake_schema(definitie: &Definitie, tabel: &Tabel) -> SchemaRef {
    let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let leading =
        ["aanbieder", "levering"].map(|naam| Arc::new(Field::new(naam, text.clone(), true)));
    let typed = check::schema(definitie, tabel);
    let fields = leading.into_iter().chain(typed.fields().iter().cloned());
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// A table of the session in the lake's columns; those it does not have are empty.
async fn typed(ctx: &SessionContext, definitie: &Definitie, tabel: &Tabel) -> Option<RecordBatch> {
    let frame = ctx.table(tabel.naam.as_str()).await.ok()?;
    let batches = frame.collect().await.expect("the table can be read");
    let eerste = batches.first()?;
    let alles = concat_batches(&eerste.schema(), &batches).expect("one schema");
    let doel = lake_schema(definitie, tabel);
    let kolommen: Vec<ArrayRef> = doel
        .fields()
        .iter()
        .map(|veld| match alles.column_by_name(veld.name()) {
            Some(kolom) => cast(kolom, veld.data_type()).expect("the column fits its field"),
            None => new_null_array(veld.data_type(), alles.num_rows()),
        })
        .collect();
    Some(RecordBatch::try_new(doel, kolommen).expect("one length"))
}

fn write(pad: &Path, batch: &RecordBatch) {
    let bestand = std::fs::File::create(pad).expect("the folder is ours");
    let mut schrijver =
        ArrowWriter::try_new(bestand, batch.schema(), None).expect("a plain schema");
    schrijver.write(batch).expect("a plain batch");
    schrijver.close().expect("disk");
}

/// The expected aanbieders from table `verwacht_invoer` (aanbieder, werkgebied split by spaces, uitkomst,
/// omvang_vorig_jaar), where the session has one.
async fn expected(ctx: &SessionContext) -> Vec<Verwacht> {
    let Ok(frame) = ctx.table("verwacht_invoer").await else {
        return Vec::new();
    };
    let mut verwacht = Vec::new();
    for batch in frame.collect().await.expect("the table can be read") {
        let kolom = |naam: &str| {
            cast(
                batch
                    .column_by_name(naam)
                    .expect("a column of verwacht_invoer"),
                &DataType::Utf8,
            )
            .expect("text")
        };
        let [aanbieder, werkgebied, uitkomst, vorig] =
            ["aanbieder", "werkgebied", "uitkomst", "omvang_vorig_jaar"].map(kolom);
        let tekst = |array: &ArrayRef, rij: usize| -> String {
            let array: &StringArray = array.as_string();
            array.value(rij).to_owned()
        };
        for rij in 0..batch.num_rows() {
            verwacht.push(Verwacht {
                aanbieder: tekst(&aanbieder, rij),
                werkgebied: tekst(&werkgebied, rij)
                    .split(' ')
                    .map(str::to_owned)
                    .collect(),
                uitkomst: schema::Uitkomst::parse(&tekst(&uitkomst, rij)).expect("an outcome"),
                volume_last_year: vorig
                    .is_valid(rij)
                    .then(|| tekst(&vorig, rij).parse().expect("a number")),
            });
        }
    }
    verwacht
}

/// Runs the pipeline, or one group of it, over the tables of a session. Each table is split over two files, as two leveringen would be.
pub async fn run(ctx: &SessionContext, naam: &str, groep: Option<&str>) -> Uitkomst {
    let definitie = Definitie::load(naam).expect("the definition is compiled in");
    let map = tempfile::tempdir().expect("a temporary folder");
    let mut bestanden = BTreeMap::new();
    for tabel in &definitie.tabellen {
        let Some(batch) = typed(ctx, &definitie, tabel).await else {
            continue;
        };
        let midden = batch.num_rows() / 2;
        let delen = [
            batch.slice(0, midden),
            batch.slice(midden, batch.num_rows() - midden),
        ];
        let mut paden = Vec::new();
        for (nummer, deel) in delen.iter().enumerate() {
            let pad = map.path().join(format!("{}-{nummer}.parquet", tabel.naam));
            write(&pad, deel);
            paden.push(pad);
        }
        bestanden.insert(tabel.naam.clone(), paden);
    }
    let invoer = Invoer {
        definitie: &definitie,
        momentopname: Momentopname {
            id: "m1".to_owned(),
            bestanden,
        },
        verwacht: expected(ctx).await,
        configuratie: Configuratie::default(),
    };
    let mut pijplijn = Pijplijn::load(&definitie.uitvraag).expect("the pipeline is compiled in");
    if let Some(groep) = groep {
        pijplijn.groepen.retain(|naam, _| naam == groep);
        pijplijn
            .indicatoren
            .retain(|berekend| berekend.indicator.groep == groep);
    }
    analysis::run_with(&invoer, &pijplijn)
        .await
        .expect("the pipeline runs")
}
