//! Parquet files: the two leading columns, the same bytes each time, nothing left behind.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt8Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use lake::{HERKOMST_KOLOMMEN, LakeFout};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::hulp::{
    KVK, akkoord, bestanden, ontvangen, paden_van, proef, rijen, schrijf_tabellen, sha,
};

/// The lake's file has aanbieder and levering before the table's own columns.
#[tokio::test]
async fn a_table_carries_where_it_came_from() {
    let proef = proef().await;
    let levering = akkoord(&proef.lake, KVK, "a").await;
    let tabellen = proef.lake.tabellen(levering.id).await.unwrap();
    assert_eq!(
        tabellen
            .iter()
            .map(|t| (t.tabel.as_str(), t.rijen))
            .collect::<Vec<_>>(),
        [("traject", 3), ("wachtlijst", 3)]
    );
    let bytes = std::fs::read(&tabellen[0].pad).unwrap();
    assert_eq!(
        (bytes.len() as u64, sha(&bytes)),
        (tabellen[0].bytes, tabellen[0].hash.clone())
    );
    let bestand = std::fs::File::open(&tabellen[0].pad).unwrap();
    let lezer = ParquetRecordBatchReaderBuilder::try_new(bestand).unwrap();
    assert_eq!(
        *lezer.schema().as_ref(),
        *lake::lake_schema(&rijen(0).schema())
    );
    let batch = lezer.build().unwrap().next().unwrap().unwrap();
    for (kolom, waarde) in HERKOMST_KOLOMMEN
        .iter()
        .zip([KVK.to_owned(), levering.id.to_string()])
    {
        let kolom = batch
            .column_by_name(kolom)
            .unwrap()
            .as_dictionary::<Int32Type>();
        let tekst = kolom.downcast_dict::<arrow_array::StringArray>().unwrap();
        assert!((0..3).all(|rij| arrow_array::ArrayAccessor::value(&tekst, rij) == waarde));
    }
}

/// What goes in comes out, dictionaries and empties included, without the two leading columns.
#[tokio::test]
async fn typed_rows_survive() {
    let proef = proef().await;
    let levering = ontvangen(&proef.lake, KVK, "a").await;
    let code: DictionaryArray<UInt8Type> = [Some("gedwongen"), None, Some("vrijwillig")]
        .into_iter()
        .collect();
    let veld = Field::new("kader", code.data_type().clone(), true);
    let kolom: ArrayRef = Arc::new(code);
    let batch = RecordBatch::try_new(Arc::new(Schema::new(vec![veld])), vec![kolom]).unwrap();
    let mut schrijver = proef
        .lake
        .tabel_schrijver(&levering, "traject", &batch.schema())
        .unwrap();
    schrijver.schrijf(&batch).unwrap();
    let bestand = schrijver.sluit().unwrap();
    let terug: Vec<RecordBatch> = proef
        .lake
        .lees_tabel(&bestand)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(terug.len(), 1);
    assert_eq!(terug[0].schema(), batch.schema());
    let teksten = arrow_array::cast::AsArray::as_dictionary::<UInt8Type>(terug[0].column(0));
    let teksten = teksten.downcast_dict::<arrow_array::StringArray>().unwrap();
    assert_eq!(
        teksten.into_iter().collect::<Vec<_>>(),
        [Some("gedwongen"), None, Some("vrijwillig")]
    );
}

/// The same rows are the same bytes, however they are cut into batches is up to the writer's own groups.
#[tokio::test]
async fn the_same_rows_are_the_same_bytes() {
    let proef = proef().await;
    let levering = ontvangen(&proef.lake, KVK, "a").await;
    let batch = rijen(200_000);
    let mut hashes = Vec::new();
    for _ in 0..2 {
        let mut schrijver = proef
            .lake
            .tabel_schrijver(&levering, "traject", &batch.schema())
            .unwrap();
        schrijver.schrijf(&batch).unwrap();
        let bestand = schrijver.sluit().unwrap();
        assert_eq!(bestand.rijen, 200_000);
        let lezer =
            ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&bestand.pad).unwrap())
                .unwrap();
        assert_eq!(lezer.metadata().num_row_groups(), 2);
        hashes.push(bestand.hash);
    }
    assert_eq!(hashes[0], hashes[1]);
}

/// A writer that is given up leaves nothing, and a table without rows is a table.
#[tokio::test]
async fn a_writer_given_up_leaves_nothing() {
    let proef = proef().await;
    let levering = ontvangen(&proef.lake, KVK, "a").await;
    let schema = rijen(0).schema();
    let mut schrijver = proef
        .lake
        .tabel_schrijver(&levering, "traject", &schema)
        .unwrap();
    schrijver.schrijf(&rijen(10)).unwrap();
    drop(schrijver);
    assert_eq!(bestanden(proef.lake.dir()), paden_van(levering.id, false));
    let leeg = proef
        .lake
        .tabel_schrijver(&levering, "traject", &schema)
        .unwrap()
        .sluit()
        .unwrap();
    assert_eq!(
        (leeg.rijen, proef.lake.lees_tabel(&leeg).unwrap().count()),
        (0, 0)
    );
    assert!(matches!(
        proef.lake.tabel_schrijver(&levering, "../x", &schema),
        Err(LakeFout::PadOngeldig)
    ));
}

/// Columns that are not those of the schema are refused.
#[tokio::test]
async fn other_columns_are_refused() {
    let proef = proef().await;
    let levering = ontvangen(&proef.lake, KVK, "a").await;
    let ander = Arc::new(Schema::new(vec![Field::new("x", DataType::Int32, true)]));
    let mut schrijver = proef
        .lake
        .tabel_schrijver(&levering, "traject", &ander)
        .unwrap();
    assert!(matches!(
        schrijver.schrijf(&rijen(1)),
        Err(LakeFout::Arrow(_))
    ));
}

/// A verdict that cannot be recorded leaves no files, one that rejects neither.
#[tokio::test]
async fn a_rejection_leaves_no_parquet() {
    let proef = proef().await;
    let levering = ontvangen(&proef.lake, KVK, "a").await;
    crate::hulp::beoordeel(&proef.lake, &levering, schema::Verdict::Afgekeurd)
        .await
        .unwrap();
    assert!(proef.lake.tabellen(levering.id).await.unwrap().is_empty());
    assert_eq!(bestanden(proef.lake.dir()), paden_van(levering.id, false));
    let ander = ontvangen(&proef.lake, KVK, "b").await;
    let tabellen = schrijf_tabellen(&proef.lake, &ander);
    proef
        .lake
        .intrekken(ander.id, &crate::hulp::klok(), &crate::hulp::op(3))
        .await
        .unwrap();
    let oordeel = crate::hulp::oordeel(schema::Verdict::Akkoord);
    proef
        .lake
        .beoordeeld(ander.id, &oordeel, tabellen, "r", &crate::hulp::op(4))
        .await
        .unwrap_err();
    let verwacht = paden_van(levering.id, false)
        .into_iter()
        .chain(paden_van(ander.id, false))
        .collect();
    assert_eq!(bestanden(proef.lake.dir()), verwacht);
}
