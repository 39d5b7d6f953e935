//! An answer in one of its forms: table, CSV, JSON, Arrow or Parquet.

use arrow::array::RecordBatch;
use arrow::ipc::writer::StreamWriter;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use schema::SafeCsv;
use schema::safe_csv::CsvCell;
use serde::{Deserialize, Serialize};

use crate::{AnalysisError, cijfers};

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerFormat {
    /// Aligned columns for a terminal.
    Tabel,
    /// Comma-separated with header.
    Csv,
    /// An array of objects.
    Json,
    /// An Arrow IPC stream.
    Arrow,
    /// A Parquet file.
    Parquet,
}

impl AnswerFormat {
    /// The form of this name: `table`, `csv`, `json`, `arrow` or `parquet`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "table" => Some(Self::Tabel),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "arrow" => Some(Self::Arrow),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// Writes an answer.
///
/// # Errors
/// When a value cannot be written in that form.
pub fn format(batches: &[RecordBatch], vorm: AnswerFormat) -> Result<Vec<u8>, AnalysisError> {
    match vorm {
        AnswerFormat::Tabel => {
            Ok(format!("{}\n", arrow::util::pretty::pretty_format_batches(batches)?).into_bytes())
        }
        AnswerFormat::Csv => to_csv(batches),
        AnswerFormat::Json => to_json(batches),
        AnswerFormat::Arrow => to_arrow(batches),
        AnswerFormat::Parquet => {
            let Some(first) = batches.first() else {
                return Ok(Vec::new());
            };
            cijfers::batch_to_parquet(&arrow::compute::concat_batches(&first.schema(), batches)?)
        }
    }
}

fn to_arrow(batches: &[RecordBatch]) -> Result<Vec<u8>, AnalysisError> {
    let Some(first) = batches.first() else {
        return Ok(Vec::new());
    };
    let mut writer = StreamWriter::try_new(Vec::new(), &first.schema())?;
    for batch in batches {
        writer.write(batch)?;
    }
    Ok(writer.into_inner()?)
}

/// What writes the cells of each column.
fn cell_formats<'a>(
    batch: &'a RecordBatch,
    options: &'a FormatOptions<'a>,
) -> Result<Vec<ArrayFormatter<'a>>, arrow::error::ArrowError> {
    let columns = batch.columns().iter();
    columns
        .map(|column| ArrayFormatter::try_new(column, options))
        .collect()
}

fn to_csv(batches: &[RecordBatch]) -> Result<Vec<u8>, AnalysisError> {
    let schema = batches.first().map(RecordBatch::schema);
    let names = schema.iter().flat_map(|schema| schema.fields());
    let mut csv = SafeCsv::new(names.map(|field| field.name().as_str()));
    let options = FormatOptions::default();
    for batch in batches {
        let columns = cell_formats(batch, &options)?;
        for row in 0..batch.num_rows() {
            csv.row(batch.columns().iter().zip(&columns).map(|(array, column)| {
                let text = column.value(row).to_string().into();
                if array.data_type().is_numeric() {
                    CsvCell::Number(text)
                } else {
                    CsvCell::Text(text)
                }
            }));
        }
    }
    Ok(csv.finish())
}

fn to_json(batches: &[RecordBatch]) -> Result<Vec<u8>, AnalysisError> {
    let options = FormatOptions::default();
    let mut rows = Vec::new();
    for batch in batches {
        let columns = cell_formats(batch, &options)?;
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let mut object = serde_json::Map::new();
            for ((veld, array), column) in schema.fields().iter().zip(batch.columns()).zip(&columns)
            {
                object.insert(
                    veld.name().clone(),
                    value(array, row, &column.value(row).to_string()),
                );
            }
            rows.push(serde_json::Value::Object(object));
        }
    }
    let mut bytes = serde_json::to_vec_pretty(&rows)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Numbers and booleans stay what they are; the rest is text.
fn value(array: &dyn arrow::array::Array, row: usize, text: &str) -> serde_json::Value {
    if array.is_null(row) {
        return serde_json::Value::Null;
    }
    let kind = array.data_type();
    if kind.is_numeric() || kind == &arrow::datatypes::DataType::Boolean {
        return serde_json::from_str(text)
            .unwrap_or_else(|_| serde_json::Value::String(text.to_owned()));
    }
    serde_json::Value::String(text.to_owned())
}
