//! Canonical text into typed columns.
//!
//! Owns the Arrow type of every field type and the loops that fill it. A value that breaks its type becomes NULL
//! and is handed on as a finding.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use schema::{Definitie, Tabel, Veldtype};

/// The Arrow schema of a typed table: all fields in canonical order, all nullable.
pub fn schema(_definitie: &Definitie, tabel: &Tabel) -> SchemaRef {
    let velden: Vec<Field> = tabel.velden.iter().map(|veld| Field::new(&veld.naam, data_type(&veld.veldtype), true)).collect();
    Arc::new(Schema::new(velden))
}

/// The Arrow type of a field type.
pub(crate) fn data_type(veldtype: &Veldtype) -> DataType {
    match veldtype {
        Veldtype::Pseudoniem | Veldtype::Tekst { .. } => DataType::Utf8,
        Veldtype::Geheel => DataType::Int32,
        Veldtype::Decimaal => DataType::Decimal128(12, 2),
        Veldtype::Datum => DataType::Date32,
        Veldtype::Code { .. } => DataType::Dictionary(Box::new(DataType::UInt8), Box::new(DataType::Utf8)),
        Veldtype::Gemeente => DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8)),
        Veldtype::JaNee => DataType::Boolean,
    }
}
