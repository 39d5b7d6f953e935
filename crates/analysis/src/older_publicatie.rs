//! Publications of an earlier form, read as today's table.
//!
//! Owns what was different: columns that were not there yet, and words that mean nothing now. Leaves today's form to
//! `cijfers`, and what a reader is told of the rule by which they were protected to who shows them.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use schema::Cijfer;

use crate::{AnalysisError, cijfers};

/// The sign of a figure that was hidden for the sake of another, when hiding was the rule.
const HIDDEN_FOR_ANOTHER: &str = "D";

/// Verdicts that were given by another test than today's: they say nothing beside today's.
const OTHER_VERDICTS: [&str; 1] = ["niet_anders"];

/// Reads the `cijfers.parquet` of any publication. What an older one does not have is empty.
///
/// # Errors
/// When it is no table of figures.
pub fn published_figures(bytes: Vec<u8>) -> Result<Vec<Cijfer>, AnalysisError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))?.build()?;
    let mut figures = Vec::new();
    for batch in reader {
        figures.extend(cijfers::from_batch(&as_today(&batch?)?)?);
    }
    Ok(figures)
}

/// The batch with every column that may be empty, and without the words of before.
fn as_today(batch: &RecordBatch) -> Result<RecordBatch, AnalysisError> {
    let today = cijfers::to_batch(&[]).schema();
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for field in today.fields() {
        let array = match batch.column_by_name(field.name()) {
            Some(array) => in_words_of_today(field.name(), array)?,
            None if field.is_nullable() => new_null_array(field.data_type(), batch.num_rows()),
            None => return Err(AnalysisError::Columns("cijfers".to_owned())),
        };
        fields.push(Field::new(field.name(), array.data_type().clone(), true));
        arrays.push(array);
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

fn in_words_of_today(name: &str, array: &ArrayRef) -> Result<ArrayRef, AnalysisError> {
    let today: fn(&str) -> Option<&str> = match name {
        "vertrouwelijk" => |sign| {
            Some(if sign == HIDDEN_FOR_ANOTHER {
                "C"
            } else {
                sign
            })
        },
        "oordeel" => |verdict| (!OTHER_VERDICTS.contains(&verdict)).then_some(verdict),
        _ => return Ok(Arc::clone(array)),
    };
    let texts = cast(array, &DataType::Utf8)?;
    let texts = texts.as_string::<i32>().iter();
    let words: StringArray = texts.map(|text| text.and_then(today)).collect();
    Ok(Arc::new(words))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Float64Array, Int32Array, Int64Array};
    use schema::cijfer::Confidential;

    use super::*;

    fn text(values: [Option<&str>; 3]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    /// The columns and the words of publications made before counts were rounded.
    fn older() -> RecordBatch {
        let same = |value: &'static str| text([Some(value); 3]);
        let number = |values: [Option<f64>; 3]| -> ArrayRef {
            Arc::new(Float64Array::from(values.to_vec()))
        };
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("uitvraag", same("omgang")),
            ("jaar", Arc::new(Int32Array::from(vec![2019; 3]))),
            ("indicator", same("duur_mediaan")),
            ("niveau", same("gemeente")),
            ("gebied", same("GM0344")),
            ("uitsplitsing", same("totaal")),
            ("categorie", same("totaal")),
            ("waarde", number([Some(91.0), None, None])),
            ("onder", number([Some(80.0), None, None])),
            ("boven", number([None; 3])),
            ("oordeel", text([Some("niet_anders"), None, None])),
            ("teller", number([None; 3])),
            ("noemer", number([None; 3])),
            ("n", Arc::new(Int64Array::from(vec![Some(13), None, None]))),
            ("status", same("P")),
            ("vertrouwelijk", text([Some("F"), Some("C"), Some("D")])),
            ("respons", number([Some(1.0); 3])),
            ("momentopname", same("omgang-2019-1")),
        ];
        RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        )
        .unwrap()
    }

    #[test]
    fn an_older_form_is_read_and_today_s_too() {
        let bytes = cijfers::batch_to_parquet(&older()).unwrap();
        let figures = published_figures(bytes).unwrap();
        assert_eq!(figures[0].waarde, Some(91.0));
        assert_eq!((figures[0].n, figures[0].oordeel), (Some(13), None));
        assert_eq!(figures[0].dekking_records, None);
        for hidden in &figures[1..] {
            assert_eq!(
                (hidden.vertrouwelijk, hidden.waarde),
                (Confidential::C, None)
            );
        }
        let today = cijfers::to_parquet(&figures).unwrap();
        assert_eq!(published_figures(today).unwrap(), figures);
    }

    #[test]
    fn what_names_no_figure_is_refused() {
        for name in ["gebied", "status", "momentopname"] {
            let mut without = older();
            without.remove_column(without.schema().index_of(name).unwrap());
            let bytes = cijfers::batch_to_parquet(&without).unwrap();
            assert!(published_figures(bytes).is_err(), "{name}");
        }
        assert!(published_figures(b"PAR1".to_vec()).is_err());
    }
}
