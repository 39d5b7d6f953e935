//! The table `cijfers` as Arrow and Parquet, written and read.
//!
//! Owns the Arrow type of each kind of column and the order of the rows. The same figures give the same bytes: nothing of
//! time, machine or order of computing gets in. Leaves which columns there are
//! to `schema::Cijfer`, and CSV to `schema::safe_csv`.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::compute_leaves;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{DEFAULT_MAX_ROW_GROUP_ROW_COUNT, WriterProperties};
use rayon::prelude::*;
use schema::Cijfer;
use schema::cijfer::{Column, ColumnKind, Value};

use crate::AnalysisError;

/// Sorts by what identifies a row.
pub fn sort(cijfers: &mut [Cijfer]) {
    fn key(c: &Cijfer) -> (&str, i32, &str, &str, &str, &str, &str) {
        (
            &c.uitvraag,
            c.jaar,
            &c.indicator,
            c.niveau.name(),
            &c.gebied,
            &c.uitsplitsing,
            &c.categorie,
        )
    }
    cijfers.par_sort_by(|a, b| key(a).cmp(&key(b)));
}

/// The figures as one Arrow batch.
pub fn to_batch(cijfers: &[Cijfer]) -> RecordBatch {
    let arrays = Cijfer::COLUMNS.iter().map(|column| array(column, cijfers));
    RecordBatch::try_new(schema(), arrays.collect()).expect("every column has a value per figure")
}

fn schema() -> SchemaRef {
    let fields = Cijfer::COLUMNS
        .iter()
        .map(|column| Field::new(column.name, data_type(column.kind), column.nullable));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Text => DataType::Utf8,
        ColumnKind::Small => DataType::Int32,
        ColumnKind::Whole => DataType::Int64,
        ColumnKind::Decimal => DataType::Float64,
    }
}

fn array(column: &Column, cijfers: &[Cijfer]) -> ArrayRef {
    let cells = cijfers.iter().map(column.get);
    match column.kind {
        ColumnKind::Text => Arc::new(cells.map(text).collect::<StringArray>()),
        ColumnKind::Small => Arc::new(
            cells
                .map(|cell| whole(cell).and_then(|number| i32::try_from(number).ok()))
                .collect::<Int32Array>(),
        ),
        ColumnKind::Whole => Arc::new(cells.map(whole).collect::<Int64Array>()),
        ColumnKind::Decimal => Arc::new(cells.map(decimal).collect::<Float64Array>()),
    }
}

fn text(cell: Value<'_>) -> Option<&str> {
    match cell {
        Value::Text(text) => Some(text),
        Value::Empty | Value::Whole(_) | Value::Decimal(_) => None,
    }
}

fn whole(cell: Value<'_>) -> Option<i64> {
    match cell {
        Value::Whole(number) => Some(number),
        Value::Empty | Value::Text(_) | Value::Decimal(_) => None,
    }
}

fn decimal(cell: Value<'_>) -> Option<f64> {
    match cell {
        Value::Decimal(number) => Some(number),
        Value::Empty | Value::Text(_) | Value::Whole(_) => None,
    }
}

/// The figures as the bytes of a Parquet file. Every core has a column of its own, which is made when it is written.
///
/// # Errors
/// When Parquet refuses, which it has no reason to.
pub fn to_parquet(cijfers: &[Cijfer]) -> Result<Vec<u8>, AnalysisError> {
    let schema = schema();
    let mut bytes = Vec::new();
    let writer = ArrowWriter::try_new(&mut bytes, Arc::clone(&schema), Some(properties()?))?;
    let (mut file, factory) = writer.into_serialized_writer()?;
    for (number, rows) in cijfers.chunks(DEFAULT_MAX_ROW_GROUP_ROW_COUNT).enumerate() {
        let writers = factory.create_column_writers(number)?.into_par_iter();
        let written = writers.zip(Cijfer::COLUMNS).zip(schema.fields().as_ref());
        let written = written.map(|((mut writer, column), field)| {
            for leaf in compute_leaves(field, &array(column, rows))? {
                writer.write(&leaf)?;
            }
            writer.close()
        });
        let chunks: Vec<_> = written.collect::<Result<_, ParquetError>>()?;
        let mut group = file.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
    }
    file.close()?;
    Ok(bytes)
}

/// Any batch as the bytes of a Parquet file, the same for the same batch.
pub(crate) fn batch_to_parquet(batch: &RecordBatch) -> Result<Vec<u8>, AnalysisError> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties()?))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(bytes)
}

fn properties() -> Result<WriterProperties, AnalysisError> {
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by("omgangsmonitor".to_owned())
        .build())
}

/// Reads the bytes of a Parquet file that [`to_parquet`] wrote.
///
/// # Errors
/// When it is no such file.
pub fn from_parquet(bytes: Vec<u8>) -> Result<Vec<Cijfer>, AnalysisError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))?.build()?;
    let mut cijfers = Vec::new();
    for batch in reader {
        cijfers.extend(from_batch(&batch?)?);
    }
    Ok(cijfers)
}

pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Cijfer>, AnalysisError> {
    let error = || AnalysisError::Columns("cijfers".to_owned());
    let arrays: Vec<ArrayRef> = Cijfer::COLUMNS
        .iter()
        .map(|column| {
            let array = batch.column_by_name(column.name).ok_or_else(error)?;
            // A small whole number is read as a large one; another type than the column's is no figure of ours.
            let wide = match column.kind {
                ColumnKind::Small => DataType::Int64,
                kind @ (ColumnKind::Text | ColumnKind::Whole | ColumnKind::Decimal) => {
                    data_type(kind)
                }
            };
            Ok(cast(array, &wide)?)
        })
        .collect::<Result<_, AnalysisError>>()?;
    (0..batch.num_rows())
        .map(|row| {
            let cells = arrays.iter().map(|array| cell(array, row));
            Cijfer::from_cells(cells).ok_or_else(error)
        })
        .collect()
}

fn cell(array: &ArrayRef, row: usize) -> Value<'_> {
    if array.is_null(row) {
        return Value::Empty;
    }
    match array.data_type() {
        DataType::Int64 => Value::Whole(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::Decimal(array.as_primitive::<Float64Type>().value(row)),
        _ => Value::Text(array.as_string::<i32>().value(row)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is no table of figures is refused, whatever is wrong with it.
    #[test]
    fn a_file_without_a_column_or_with_a_strange_cell_is_refused() {
        let row = |status: &str, niveau: &str| {
            let columns = Cijfer::COLUMNS.iter().map(|column| {
                let array: ArrayRef = match (column.name, column.kind) {
                    ("status", _) => Arc::new(StringArray::from(vec![status])),
                    ("niveau", _) => Arc::new(StringArray::from(vec![niveau])),
                    ("vertrouwelijk", _) => Arc::new(StringArray::from(vec!["F"])),
                    ("oordeel" | "reden", _) => Arc::new(StringArray::from(vec![None::<&str>])),
                    (_, ColumnKind::Text) => Arc::new(StringArray::from(vec!["x"])),
                    (_, ColumnKind::Small) => Arc::new(Int32Array::from(vec![2020])),
                    (_, ColumnKind::Whole) => Arc::new(Int64Array::from(vec![None])),
                    (_, ColumnKind::Decimal) => Arc::new(Float64Array::from(vec![None])),
                };
                (column.name, array)
            });
            RecordBatch::try_from_iter_with_nullable(
                columns.map(|(name, array)| (name, array, true)),
            )
            .expect("one row each")
        };
        let good = row("A", "gemeente");
        assert_eq!(from_batch(&good).expect("a figure")[0].jaar, 2020);
        assert!(from_batch(&row("X", "gemeente")).is_err());
        assert!(from_batch(&row("A", "wijk")).is_err());
        for name in Cijfer::COLUMN_NAMES {
            let mut without = good.clone();
            without.remove_column(good.schema().index_of(name).expect("a column"));
            assert!(from_batch(&without).is_err(), "{name}");
        }
    }
}
