//! A column of canonical text, whichever way it comes in.
//!
//! Owns reading a row of it. Codes may come as keys into their texts: then each text is read once. Leaves types to `typing`.

use arrow_array::cast::AsArray;
use arrow_array::types::UInt16Type;
use arrow_array::{Array, ArrayRef, StringArray, UInt16Array};
use arrow_schema::DataType;

/// A column of text.
#[derive(Debug, Clone, Copy)]
pub enum TextColumn<'a> {
    /// A text per row.
    Plain(&'a StringArray),
    /// A key per row, and the texts.
    Keyed(&'a UInt16Array, &'a StringArray),
}

impl<'a> TextColumn<'a> {
    /// The column as text, if that is what it is.
    pub fn of(column: &'a ArrayRef) -> Option<Self> {
        if let Some(plain) = column.as_string_opt::<i32>() {
            return Some(Self::Plain(plain));
        }
        let keyed = column.as_dictionary_opt::<UInt16Type>()?;
        Some(Self::Keyed(
            keyed.keys(),
            keyed.values().as_string_opt::<i32>()?,
        ))
    }

    /// Whether columns of this type are text.
    pub(crate) fn fits(data_type: &DataType) -> bool {
        match data_type {
            DataType::Utf8 => true,
            DataType::Dictionary(keys, values) => {
                **keys == DataType::UInt16 && **values == DataType::Utf8
            }
            _ => false,
        }
    }

    /// What stands in a row; empty where nothing does.
    pub fn value(&self, row: usize) -> &'a str {
        match self {
            Self::Plain(texts) if texts.is_valid(row) => texts.value(row),
            Self::Keyed(keys, texts) if keys.is_valid(row) => {
                texts.value(usize::from(keys.value(row)))
            }
            _ => "",
        }
    }
}
