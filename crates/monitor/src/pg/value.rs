//! Values of an answer in PostgreSQL's text and binary forms, and its rows as `COPY … TO STDOUT` writes them.
//!
//! Leaves which type a column travels as to [`PgType`].

use analysis::query::PgType;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, SchemaRef,
    TimeUnit, TimestampMicrosecondType,
};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// Days and microseconds from 1970 to 2000, where PostgreSQL counts from.
const DAYS: i32 = 10_957;
const MICROS: i64 = 10_957 * 86_400 * 1_000_000;

/// Text or binary, as a message numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Binary,
}

impl Form {
    pub(super) fn of(code: i16) -> Option<Self> {
        match code {
            0 => Some(Self::Text),
            1 => Some(Self::Binary),
            _ => None,
        }
    }

    pub(super) fn code(self) -> i16 {
        match self {
            Self::Text => 0,
            Self::Binary => 1,
        }
    }
}

/// The types of an answer's columns.
pub(super) fn types(schema: &SchemaRef) -> Vec<PgType> {
    let fields = schema.fields().iter();
    fields.map(|field| PgType::of(field.data_type())).collect()
}

/// A batch of which every column is what its type in PostgreSQL is made of.
pub(super) fn narrowed(batch: &RecordBatch) -> Result<Vec<ArrayRef>, ArrowError> {
    let columns = batch.columns().iter();
    columns
        .map(|column| {
            let to = match PgType::of(column.data_type()).name {
                "bool" => DataType::Boolean,
                "int2" => DataType::Int16,
                "int4" => DataType::Int32,
                "int8" => DataType::Int64,
                "float4" => DataType::Float32,
                "float8" => DataType::Float64,
                "date" => DataType::Date32,
                "timestamp" => DataType::Timestamp(TimeUnit::Microsecond, None),
                _ => return text_of(column),
            };
            cast(column, &to)
        })
        .collect()
}

/// A column as text; what PostgreSQL has no like of (lists, structs, plans) as it is shown.
fn text_of(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    if let DataType::Utf8 = column.data_type() {
        return Ok(column.clone());
    }
    if let DataType::Null | DataType::Utf8View | DataType::LargeUtf8 | DataType::Dictionary(_, _) =
        column.data_type()
    {
        return cast(column, &DataType::Utf8);
    }
    let shown = ArrayFormatter::try_new(column, &FormatOptions::default())?;
    let texts =
        (0..column.len()).map(|row| column.is_valid(row).then(|| shown.value(row).to_string()));
    Ok(std::sync::Arc::new(
        texts.collect::<arrow::array::StringArray>(),
    ))
}

/// A value in binary form; none where it is empty.
pub(super) fn binary(column: &ArrayRef, row: usize) -> Option<Vec<u8>> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Boolean => vec![u8::from(column.as_boolean().value(row))],
        DataType::Int16 => column
            .as_primitive::<Int16Type>()
            .value(row)
            .to_be_bytes()
            .to_vec(),
        DataType::Int32 => column
            .as_primitive::<Int32Type>()
            .value(row)
            .to_be_bytes()
            .to_vec(),
        DataType::Int64 => column
            .as_primitive::<Int64Type>()
            .value(row)
            .to_be_bytes()
            .to_vec(),
        DataType::Float32 => column
            .as_primitive::<Float32Type>()
            .value(row)
            .to_be_bytes()
            .to_vec(),
        DataType::Float64 => column
            .as_primitive::<Float64Type>()
            .value(row)
            .to_be_bytes()
            .to_vec(),
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(row);
            days.saturating_sub(DAYS).to_be_bytes().to_vec()
        }
        DataType::Timestamp(_, _) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            micros.saturating_sub(MICROS).to_be_bytes().to_vec()
        }
        _ => column.as_string::<i32>().value(row).as_bytes().to_vec(),
    })
}

/// A value in text form; none where it is empty.
pub(super) fn text(column: &ArrayRef, row: usize) -> Result<Option<String>, ArrowError> {
    if column.is_null(row) {
        return Ok(None);
    }
    Ok(Some(match column.data_type() {
        DataType::Boolean if column.as_boolean().value(row) => "t".to_owned(),
        DataType::Boolean => "f".to_owned(),
        DataType::Float32 => number(f64::from(column.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => number(column.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        _ => {
            let options =
                FormatOptions::default().with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.6f"));
            let shown = ArrayFormatter::try_new(column, &options)?;
            shown.value(row).to_string()
        }
    }))
}

fn number(value: f64) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        value => value.to_string(),
    }
}

/// How `COPY … TO STDOUT` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CopyForm {
    Text,
    Csv { header: bool },
    Binary,
}

/// A row as `COPY` writes it.
pub(super) fn copied(
    columns: &[ArrayRef],
    row: usize,
    form: CopyForm,
) -> Result<Vec<u8>, ArrowError> {
    let mut out = Vec::new();
    if form == CopyForm::Binary {
        out.extend((columns.len() as i16).to_be_bytes());
        for column in columns {
            field(&mut out, binary(column, row).as_deref());
        }
        return Ok(out);
    }
    for (place, column) in columns.iter().enumerate() {
        let value = text(column, row)?;
        match form {
            CopyForm::Csv { .. } => {
                out.extend((place > 0).then_some(b','));
                out.extend(
                    value
                        .map(|value| quoted(&value))
                        .unwrap_or_default()
                        .bytes(),
                );
            }
            CopyForm::Text | CopyForm::Binary => {
                out.extend((place > 0).then_some(b'\t'));
                let value = value.map_or_else(|| "\\N".to_owned(), |value| escaped(&value));
                out.extend(value.bytes());
            }
        }
    }
    out.push(b'\n');
    Ok(out)
}

/// A value of CSV; an empty text is quoted, so that it is no empty value.
pub(super) fn quoted(value: &str) -> String {
    if value.is_empty() || value.contains(['"', ',', '\n', '\r']) || value == "\\." {
        return format!("\"{}\"", value.replace('"', "\"\""));
    }
    value.to_owned()
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('\t', "\\t")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

/// A value with its length before it, -1 for an empty one.
pub(super) fn field(out: &mut Vec<u8>, value: Option<&[u8]>) {
    match value {
        None => out.extend((-1_i32).to_be_bytes()),
        Some(value) => {
            out.extend((value.len() as i32).to_be_bytes());
            out.extend(value);
        }
    }
}

/// A parameter as text, from the form and type in which a client sends it; none when that type is not known here.
pub(super) fn parameter(form: Form, oid: i32, bytes: &[u8]) -> Option<String> {
    if form == Form::Text {
        return String::from_utf8(bytes.to_vec()).ok();
    }
    Some(match oid {
        16 => (bytes == [1]).to_string(),
        20 => i64::from_be_bytes(bytes.try_into().ok()?).to_string(),
        21 => i16::from_be_bytes(bytes.try_into().ok()?).to_string(),
        23 | 26 => i32::from_be_bytes(bytes.try_into().ok()?).to_string(),
        700 => f32::from_be_bytes(bytes.try_into().ok()?).to_string(),
        701 => f64::from_be_bytes(bytes.try_into().ok()?).to_string(),
        0 | 19 | 25 | 705 | 1042 | 1043 => String::from_utf8(bytes.to_vec()).ok()?,
        1082 => {
            let days = i32::from_be_bytes(bytes.try_into().ok()?).checked_add(DAYS)?;
            chrono::NaiveDate::from_epoch_days(days)?.to_string()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Date32Array, Float64Array, Int64Array, StringArray};

    use super::*;

    fn batch() -> RecordBatch {
        let columns: [(&str, ArrayRef); 4] = [
            (
                "t",
                Arc::new(StringArray::from(vec![Some("a\tb\"\\"), None])),
            ),
            ("n", Arc::new(Int64Array::from(vec![Some(5), None]))),
            ("x", Arc::new(Float64Array::from(vec![Some(0.5), None]))),
            ("d", Arc::new(Date32Array::from(vec![Some(10_958), None]))),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(n, a)| (n, a, true))).unwrap()
    }

    #[test]
    fn a_row_is_copied_as_text_csv_and_binary() {
        let columns = narrowed(&batch()).unwrap();
        let row = |row, form| copied(&columns, row, form).unwrap();
        assert_eq!(row(0, CopyForm::Text), b"a\\tb\"\\\\\t5\t0.5\t2000-01-02\n");
        assert_eq!(row(1, CopyForm::Text), b"\\N\t\\N\t\\N\t\\N\n");
        let csv = CopyForm::Csv { header: false };
        assert_eq!(row(0, csv), b"\"a\tb\"\"\\\",5,0.5,2000-01-02\n");
        assert_eq!(row(1, csv), b",,,\n");
        let binary = row(0, CopyForm::Binary);
        assert_eq!(binary[..6], [0, 4, 0, 0, 0, 5]);
        assert_eq!(binary[binary.len() - 8..], [0, 0, 0, 4, 0, 0, 0, 1]);
    }

    #[test]
    fn a_parameter_is_read_by_its_type() {
        for (oid, bytes, text) in [
            (20, &7_i64.to_be_bytes()[..], Some("7")),
            (21, &7_i16.to_be_bytes(), Some("7")),
            (1082, &1_i32.to_be_bytes(), Some("2000-01-02")),
            (16, &[1], Some("true")),
            (25, b"NL00", Some("NL00")),
            (20, &[1], None),
            (1700, &[0, 0], None),
        ] {
            let read = parameter(Form::Binary, oid, bytes);
            assert_eq!(read.as_deref(), text, "{oid}");
        }
        assert_eq!(parameter(Form::Text, 1700, b"1.5").as_deref(), Some("1.5"));
    }
}
