//! An analyst's SQL over the published tables, and the answer as table, CSV, JSON or Parquet.
//!
//! Owns what may be asked: one SELECT over tables in memory; no file, no change, no setting. Leaves limits on time and
//! memory to the process it runs in.

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::{SessionConfig, SessionContext};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use schema::safe_csv::CsvCell;
use schema::{Cijfer, Indicator, SafeCsv};

use crate::area_tree::AreaTree;
use crate::{AnalysisError, cijfers, session};

/// The tables an analyst may read, by name.
#[derive(Debug, Clone, Default)]
pub struct Tabellen {
    tabellen: Vec<(String, RecordBatch)>,
}

impl Tabellen {
    /// `cijfers`, `indicatoren` and `gebieden` of a publication of `jaar`.
    ///
    /// # Errors
    /// When there are no reference tables for that year.
    pub fn published(
        cijfers: &[Cijfer],
        indicators: &[Indicator],
        jaar: i32,
    ) -> Result<Self, AnalysisError> {
        let areas = AreaTree::new(jaar, None)?;
        let tabellen = vec![
            ("cijfers".to_owned(), cijfers::to_batch(cijfers)),
            ("indicatoren".to_owned(), indicator_batch(indicators)),
            ("gebieden".to_owned(), session::gebied(&areas)),
        ];
        Ok(Self { tabellen })
    }

    /// With one more table, from the bytes of its Parquet file.
    ///
    /// # Errors
    /// When they are no Parquet file.
    pub fn with(mut self, name: &str, parquet: Vec<u8>) -> Result<Self, AnalysisError> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet))?;
        let schema = reader.schema().clone();
        let batches: Vec<RecordBatch> = reader.build()?.collect::<Result<_, _>>()?;
        let batch = arrow::compute::concat_batches(&schema, &batches)?;
        self.tabellen.push((name.to_owned(), batch));
        Ok(self)
    }
}

fn indicator_batch(indicators: &[Indicator]) -> RecordBatch {
    let column = |value: fn(&Indicator) -> &str| -> arrow::array::ArrayRef {
        std::sync::Arc::new(
            indicators
                .iter()
                .map(|i| Some(value(i)))
                .collect::<arrow::array::StringArray>(),
        )
    };
    RecordBatch::try_from_iter([
        ("id", column(|i| &i.id)),
        ("groep", column(|i| &i.groep)),
        ("titel", column(|i| &i.titel)),
        ("definitie", column(|i| &i.definitie)),
        ("eenheid", column(|i| &i.eenheid)),
        ("teller", column(|i| &i.teller)),
        ("noemer", column(|i| &i.noemer)),
        ("kanttekening", column(|i| &i.kanttekening)),
    ])
    .expect("the columns are equally long")
}

/// Answers one SELECT.
///
/// # Errors
/// [`AnalysisError::Geweigerd`] when the question is not allowed or not understood; its cause says why.
pub async fn query(sql: &str, tabellen: &Tabellen) -> Result<Vec<RecordBatch>, AnalysisError> {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_information_schema(true));
    for (name, batch) in &tabellen.tabellen {
        session::register(&ctx, name, batch.clone())?;
    }
    let options = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    let refuse = |e| AnalysisError::Geweigerd(Box::new(e));
    let tabel = ctx.sql_with_options(sql, options).await.map_err(refuse)?;
    let schema = std::sync::Arc::new(tabel.schema().as_arrow().clone());
    let mut batches = tabel.collect().await.map_err(refuse)?;
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFormat {
    /// Aligned columns for a terminal.
    Tabel,
    /// Comma-separated with header.
    Csv,
    /// An array of objects.
    Json,
    /// A Parquet file.
    Parquet,
}

impl AnswerFormat {
    /// The form of this name: `table`, `csv`, `json` or `parquet`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "table" => Some(Self::Tabel),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
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
        AnswerFormat::Parquet => {
            let Some(first) = batches.first() else {
                return Ok(Vec::new());
            };
            cijfers::batch_to_parquet(&arrow::compute::concat_batches(&first.schema(), batches)?)
        }
    }
}

fn to_csv(batches: &[RecordBatch]) -> Result<Vec<u8>, AnalysisError> {
    let schema = batches.first().map(RecordBatch::schema);
    let names = schema.iter().flat_map(|schema| schema.fields());
    let mut csv = SafeCsv::new(names.map(|field| field.name().as_str()));
    let options = FormatOptions::default();
    for batch in batches {
        let columns = batch
            .columns()
            .iter()
            .map(|k| ArrayFormatter::try_new(k, &options))
            .collect::<Result<Vec<_>, _>>()?;
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
        let columns = batch
            .columns()
            .iter()
            .map(|k| ArrayFormatter::try_new(k, &options))
            .collect::<Result<Vec<_>, _>>()?;
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
