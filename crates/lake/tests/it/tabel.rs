//! Parquet files: the two leading columns, the same bytes each time, nothing left behind.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt8Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use lake::{JudgedLevering, LakeError, PROVENANCE_COLUMNS};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::{
    KVK, approved, files, paths_of, read_tabel, received, rows, sha, test_lake, write_tabellen,
};

/// The lake's file has aanbieder and levering before the table's own columns.
#[tokio::test]
async fn a_table_carries_where_it_came_from() {
    let test_lake = test_lake().await;
    let levering = approved(&test_lake.lake, KVK, "a").await;
    let tabellen = test_lake.lake.tabellen(levering.id).await.unwrap();
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
    let file = std::fs::File::open(&tabellen[0].pad).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(
        *reader.schema().as_ref(),
        *lake::lake_schema(&rows(0).schema())
    );
    let batch = reader.build().unwrap().next().unwrap().unwrap();
    for (column, value) in PROVENANCE_COLUMNS
        .iter()
        .zip([KVK.to_owned(), levering.id.to_string()])
    {
        let column = batch
            .column_by_name(column)
            .unwrap()
            .as_dictionary::<Int32Type>();
        let text = column.downcast_dict::<arrow_array::StringArray>().unwrap();
        assert!((0..3).all(|row| arrow_array::ArrayAccessor::value(&text, row) == value));
    }
}

/// What goes in comes out, dictionaries and empties included, without the two leading columns.
#[tokio::test]
async fn typed_rows_survive() {
    let test_lake = test_lake().await;
    let levering = received(&test_lake.lake, KVK, "a").await;
    let code: DictionaryArray<UInt8Type> = [Some("gedwongen"), None, Some("vrijwillig")]
        .into_iter()
        .collect();
    let veld = Field::new("kader", code.data_type().clone(), true);
    let column: ArrayRef = Arc::new(code);
    let batch = RecordBatch::try_new(Arc::new(Schema::new(vec![veld])), vec![column]).unwrap();
    let mut writer = test_lake
        .lake
        .tabel_writer(&levering, "traject", &batch.schema())
        .unwrap();
    writer.write(&batch).unwrap();
    let file = writer.close().unwrap();
    let back: Vec<RecordBatch> = read_tabel(&file).collect();
    assert_eq!(back.len(), 1);
    assert_eq!(back[0].schema(), batch.schema());
    let texts = arrow_array::cast::AsArray::as_dictionary::<UInt8Type>(back[0].column(0));
    let texts = texts.downcast_dict::<arrow_array::StringArray>().unwrap();
    assert_eq!(
        texts.into_iter().collect::<Vec<_>>(),
        [Some("gedwongen"), None, Some("vrijwillig")]
    );
}

/// The same rows are the same bytes, however they are cut into batches is up to the writer's own groups.
#[tokio::test]
async fn the_same_rows_are_the_same_bytes() {
    let test_lake = test_lake().await;
    let levering = received(&test_lake.lake, KVK, "a").await;
    let batch = rows(200_000);
    let mut hashes = Vec::new();
    for _ in 0..2 {
        let mut writer = test_lake
            .lake
            .tabel_writer(&levering, "traject", &batch.schema())
            .unwrap();
        writer.write(&batch).unwrap();
        let file = writer.close().unwrap();
        assert_eq!(file.rijen, 200_000);
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&file.pad).unwrap())
                .unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 2);
        hashes.push(file.hash);
    }
    assert_eq!(hashes[0], hashes[1]);
}

/// A writer that is given up leaves nothing, and a table without rows is a table.
#[tokio::test]
async fn a_writer_given_up_leaves_nothing() {
    let test_lake = test_lake().await;
    let levering = received(&test_lake.lake, KVK, "a").await;
    let schema = rows(0).schema();
    let mut writer = test_lake
        .lake
        .tabel_writer(&levering, "traject", &schema)
        .unwrap();
    writer.write(&rows(10)).unwrap();
    drop(writer);
    assert_eq!(files(test_lake.lake.dir()), paths_of(levering.id, false));
    let empty = test_lake
        .lake
        .tabel_writer(&levering, "traject", &schema)
        .unwrap()
        .close()
        .unwrap();
    assert_eq!((empty.rijen, read_tabel(&empty).count()), (0, 0));
    assert!(matches!(
        test_lake.lake.tabel_writer(&levering, "../x", &schema),
        Err(LakeError::InvalidPath)
    ));
}

/// Columns that are not those of the schema are refused.
#[tokio::test]
async fn other_columns_are_refused() {
    let test_lake = test_lake().await;
    let levering = received(&test_lake.lake, KVK, "a").await;
    let other = Arc::new(Schema::new(vec![Field::new("x", DataType::Int32, true)]));
    let mut writer = test_lake
        .lake
        .tabel_writer(&levering, "traject", &other)
        .unwrap();
    assert!(matches!(writer.write(&rows(1)), Err(LakeError::Arrow(_))));
}

/// A verdict that cannot be recorded leaves no files, one that rejects neither.
#[tokio::test]
async fn a_rejection_leaves_no_parquet() {
    let test_lake = test_lake().await;
    let levering = received(&test_lake.lake, KVK, "a").await;
    crate::support::judge(&test_lake.lake, &levering, schema::Verdict::Afgekeurd)
        .await
        .unwrap();
    assert!(
        test_lake
            .lake
            .tabellen(levering.id)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(files(test_lake.lake.dir()), paths_of(levering.id, false));
    let other = received(&test_lake.lake, KVK, "b").await;
    let tabellen = write_tabellen(&test_lake.lake, &other);
    test_lake
        .lake
        .withdraw(
            other.id,
            &crate::support::calendar(),
            &crate::support::on(3),
        )
        .await
        .unwrap();
    let oordeel = crate::support::oordeel(schema::Verdict::Akkoord);
    test_lake
        .lake
        .judged(
            other.id,
            JudgedLevering::new(&oordeel, tabellen, "r"),
            &crate::support::on(4),
        )
        .await
        .unwrap_err();
    let expected = paths_of(levering.id, false)
        .into_iter()
        .chain(paths_of(other.id, false))
        .collect();
    assert_eq!(files(test_lake.lake.dir()), expected);
}
