//! An analyst's SQL over the published tables, and the answer as table, CSV, JSON or Parquet.
//!
//! Owns what may be asked: one SELECT over tables in memory; no file, no change, no setting. Leaves limits on time and
//! memory to the process it runs in.

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::{SessionConfig, SessionContext};
use schema::safe_csv::Cell;
use schema::{Cijfer, Indicator, SafeCsv};

use crate::ligging::Ligging;
use crate::{AnalyseFout, cijfers, sessie};

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
        indicatoren: &[Indicator],
        jaar: i32,
    ) -> Result<Self, AnalyseFout> {
        let ligging = Ligging::new(jaar, None)?;
        let tabellen = vec![
            ("cijfers".to_owned(), cijfers::to_batch(cijfers)),
            ("indicatoren".to_owned(), indicators(indicatoren)),
            ("gebieden".to_owned(), sessie::gebied(&ligging)),
        ];
        Ok(Self { tabellen })
    }
}

fn indicators(indicatoren: &[Indicator]) -> RecordBatch {
    let kolom = |waarde: fn(&Indicator) -> &str| -> arrow::array::ArrayRef {
        std::sync::Arc::new(
            indicatoren
                .iter()
                .map(|i| Some(waarde(i)))
                .collect::<arrow::array::StringArray>(),
        )
    };
    RecordBatch::try_from_iter([
        ("id", kolom(|i| &i.id)),
        ("groep", kolom(|i| &i.groep)),
        ("titel", kolom(|i| &i.titel)),
        ("definitie", kolom(|i| &i.definitie)),
        ("eenheid", kolom(|i| &i.eenheid)),
        ("teller", kolom(|i| &i.teller)),
        ("noemer", kolom(|i| &i.noemer)),
        ("kanttekening", kolom(|i| &i.kanttekening)),
    ])
    .expect("the columns are equally long")
}

/// Answers one SELECT.
///
/// # Errors
/// [`AnalyseFout::Geweigerd`] when the question is not allowed or not understood; its cause says why.
pub async fn query(sql: &str, tabellen: &Tabellen) -> Result<Vec<RecordBatch>, AnalyseFout> {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_information_schema(true));
    for (naam, batch) in &tabellen.tabellen {
        sessie::register(&ctx, naam, batch.clone())?;
    }
    let opties = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    let weiger = |e| AnalyseFout::Geweigerd(Box::new(e));
    let tabel = ctx.sql_with_options(sql, opties).await.map_err(weiger)?;
    let schema = std::sync::Arc::new(tabel.schema().as_arrow().clone());
    let mut batches = tabel.collect().await.map_err(weiger)?;
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vorm {
    /// Aligned columns for a terminal.
    Tabel,
    /// Comma-separated with header.
    Csv,
    /// An array of objects.
    Json,
    /// A Parquet file.
    Parquet,
}

impl Vorm {
    /// The form of this name: `table`, `csv`, `json` or `parquet`.
    pub fn parse(naam: &str) -> Option<Self> {
        match naam {
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
pub fn format(batches: &[RecordBatch], vorm: Vorm) -> Result<Vec<u8>, AnalyseFout> {
    match vorm {
        Vorm::Tabel => {
            Ok(format!("{}\n", arrow::util::pretty::pretty_format_batches(batches)?).into_bytes())
        }
        Vorm::Csv => to_csv(batches),
        Vorm::Json => to_json(batches),
        Vorm::Parquet => {
            let Some(eerste) = batches.first() else {
                return Ok(Vec::new());
            };
            cijfers::batch_to_parquet(&arrow::compute::concat_batches(&eerste.schema(), batches)?)
        }
    }
}

fn to_csv(batches: &[RecordBatch]) -> Result<Vec<u8>, AnalyseFout> {
    let schema = batches.first().map(RecordBatch::schema);
    let names = schema.iter().flat_map(|schema| schema.fields());
    let mut csv = SafeCsv::new(names.map(|field| field.name().as_str()));
    let opties = FormatOptions::default();
    for batch in batches {
        let kolommen = batch
            .columns()
            .iter()
            .map(|k| ArrayFormatter::try_new(k, &opties))
            .collect::<Result<Vec<_>, _>>()?;
        for rij in 0..batch.num_rows() {
            csv.row(batch.columns().iter().zip(&kolommen).map(|(array, kolom)| {
                let tekst = kolom.value(rij).to_string().into();
                if array.data_type().is_numeric() {
                    Cell::Number(tekst)
                } else {
                    Cell::Text(tekst)
                }
            }));
        }
    }
    Ok(csv.finish())
}

fn to_json(batches: &[RecordBatch]) -> Result<Vec<u8>, AnalyseFout> {
    let opties = FormatOptions::default();
    let mut rijen = Vec::new();
    for batch in batches {
        let kolommen = batch
            .columns()
            .iter()
            .map(|k| ArrayFormatter::try_new(k, &opties))
            .collect::<Result<Vec<_>, _>>()?;
        let schema = batch.schema();
        for rij in 0..batch.num_rows() {
            let mut object = serde_json::Map::new();
            for ((veld, array), kolom) in schema.fields().iter().zip(batch.columns()).zip(&kolommen)
            {
                object.insert(
                    veld.name().clone(),
                    value(array, rij, &kolom.value(rij).to_string()),
                );
            }
            rijen.push(serde_json::Value::Object(object));
        }
    }
    let mut bytes = serde_json::to_vec_pretty(&rijen)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Numbers and booleans stay what they are; the rest is text.
fn value(array: &dyn arrow::array::Array, rij: usize, tekst: &str) -> serde_json::Value {
    if array.is_null(rij) {
        return serde_json::Value::Null;
    }
    let soort = array.data_type();
    if soort.is_numeric() || soort == &arrow::datatypes::DataType::Boolean {
        return serde_json::from_str(tekst)
            .unwrap_or_else(|_| serde_json::Value::String(tekst.to_owned()));
    }
    serde_json::Value::String(tekst.to_owned())
}
