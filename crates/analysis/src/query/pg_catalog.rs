//! `pg_catalog`, as far as the programs that speak PostgreSQL ask for it when they connect or list tables.
//!
//! Owns those tables and functions, made from the relations that are there. Leaves `information_schema`, which says the
//! same in standard words, to the engine.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use datafusion::catalog::{MemorySchemaProvider, SchemaProvider};
use datafusion::common::ScalarValue;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{ColumnarValue, Volatility, create_udf};
use datafusion::prelude::SessionContext;

use super::names::{CATALOG, PG_TABLES, RELATIONS};
use crate::AnalysisError;

/// A type as PostgreSQL numbers and names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PgType {
    /// Its number.
    pub oid: i32,
    /// Its name.
    pub name: &'static str,
    /// Bytes of a value; -1 where that differs.
    pub length: i16,
    /// The functions that read and write it are called `<io>recv` and `<io>send`.
    io: &'static str,
}

/// The types an answer can have, and `unknown`, which a parameter has of which nothing is said.
const TYPES: [PgType; 12] = [
    pg_type(16, "bool", 1, "bool"),
    pg_type(17, "bytea", -1, "bytea"),
    pg_type(20, "int8", 8, "int8"),
    pg_type(21, "int2", 2, "int2"),
    pg_type(23, "int4", 4, "int4"),
    pg_type(25, "text", -1, "text"),
    pg_type(700, "float4", 4, "float4"),
    pg_type(701, "float8", 8, "float8"),
    pg_type(1043, "varchar", -1, "varchar"),
    pg_type(1082, "date", 4, "date_"),
    pg_type(1114, "timestamp", 8, "timestamp_"),
    pg_type(705, "unknown", -2, "unknown"),
];

const fn pg_type(oid: i32, name: &'static str, length: i16, io: &'static str) -> PgType {
    PgType {
        oid,
        name,
        length,
        io,
    }
}

impl PgType {
    /// The type that a column of an answer travels as; what PostgreSQL has no like of travels as text.
    pub fn of(data_type: &DataType) -> Self {
        let name = match data_type {
            DataType::Boolean => "bool",
            DataType::Int8 | DataType::Int16 | DataType::UInt8 => "int2",
            DataType::Int32 | DataType::UInt16 => "int4",
            DataType::Int64 | DataType::UInt32 | DataType::UInt64 => "int8",
            DataType::Float16 | DataType::Float32 => "float4",
            DataType::Float64 => "float8",
            DataType::Date32 => "date",
            DataType::Timestamp(_, None) => "timestamp",
            _ => "text",
        };
        let found = TYPES.into_iter().find(|pg_type| pg_type.name == name);
        found.expect("every name stands in the table")
    }
}

/// Number of the schema of the relations.
const PUBLIC: i32 = 2200;
/// Number of `pg_catalog`.
const PG_CATALOG: i32 = 11;
/// Number of the first relation; no catalogue of PostgreSQL's own has one as high.
const FIRST: i32 = 16_384;

/// Adds `pg_catalog` to a session that has the relations.
pub(super) async fn register(ctx: &SessionContext) -> Result<(), AnalysisError> {
    let error = || AnalysisError::engine("pg_catalog can't be registered");
    let mut columns = Vec::new();
    for (number, name) in (FIRST..).zip(RELATIONS) {
        let table = ctx.table(name).await.map_err(error())?;
        for (place, field) in (1..).zip(table.schema().fields()) {
            columns.push((
                number,
                place,
                field.name().clone(),
                PgType::of(field.data_type()),
            ));
        }
    }
    let schema = MemorySchemaProvider::new();
    let tables = [
        types(),
        schemas(),
        classes(),
        attributes(&columns),
        databases(),
        descriptions(),
        access_methods(),
    ];
    for (name, batch) in PG_TABLES.into_iter().zip(tables) {
        let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).map_err(error())?;
        schema
            .register_table(name.to_owned(), Arc::new(table))
            .map_err(error())?;
    }
    let catalog = ctx.catalog(CATALOG).expect("the session was made with it");
    catalog
        .register_schema("pg_catalog", Arc::new(schema))
        .map_err(error())?;
    functions(ctx);
    Ok(())
}

fn text(values: impl IntoIterator<Item = impl Into<String>>) -> ArrayRef {
    let values = values.into_iter().map(|value| Some(value.into()));
    Arc::new(values.collect::<StringArray>())
}

fn numbers(values: impl IntoIterator<Item = i32>) -> ArrayRef {
    Arc::new(values.into_iter().map(Some).collect::<Int32Array>())
}

fn same(number: i32, rows: usize) -> ArrayRef {
    numbers(std::iter::repeat_n(number, rows))
}

fn truth(value: bool, rows: usize) -> ArrayRef {
    Arc::new(BooleanArray::from(vec![value; rows]))
}

fn batch<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter(columns).expect("the columns are equally long")
}

fn types() -> RecordBatch {
    let rows = TYPES.len();
    batch([
        ("oid", numbers(TYPES.map(|t| t.oid))),
        ("typname", text(TYPES.map(|t| t.name))),
        ("typnamespace", same(PG_CATALOG, rows)),
        ("typlen", numbers(TYPES.map(|t| i32::from(t.length)))),
        ("typtype", text(vec!["b"; rows])),
        ("typrelid", same(0, rows)),
        ("typelem", same(0, rows)),
        ("typarray", same(0, rows)),
        ("typbasetype", same(0, rows)),
        ("typdelim", text(vec![","; rows])),
        ("typreceive", text(TYPES.map(|t| format!("{}recv", t.io)))),
        ("typsend", text(TYPES.map(|t| format!("{}send", t.io)))),
    ])
}

fn schemas() -> RecordBatch {
    batch([
        ("oid", numbers([PG_CATALOG, PUBLIC])),
        ("nspname", text(["pg_catalog", "public"])),
        ("nspowner", same(10, 2)),
    ])
}

fn classes() -> RecordBatch {
    let rows = RELATIONS.len();
    batch([
        ("oid", numbers((FIRST..).take(rows))),
        ("relname", text(RELATIONS)),
        ("relnamespace", same(PUBLIC, rows)),
        ("reltype", same(0, rows)),
        ("relowner", same(10, rows)),
        ("relam", same(0, rows)),
        ("relkind", text(vec!["r"; rows])),
        ("relpersistence", text(vec!["p"; rows])),
        ("relispartition", truth(false, rows)),
    ])
}

fn attributes(columns: &[(i32, i32, String, PgType)]) -> RecordBatch {
    let rows = columns.len();
    batch([
        ("attrelid", numbers(columns.iter().map(|c| c.0))),
        ("attname", text(columns.iter().map(|c| c.2.as_str()))),
        ("atttypid", numbers(columns.iter().map(|c| c.3.oid))),
        (
            "attlen",
            numbers(columns.iter().map(|c| i32::from(c.3.length))),
        ),
        ("attnum", numbers(columns.iter().map(|c| c.1))),
        ("atttypmod", same(-1, rows)),
        ("attnotnull", truth(false, rows)),
        ("atthasdef", truth(false, rows)),
        ("attisdropped", truth(false, rows)),
    ])
}

fn databases() -> RecordBatch {
    batch([
        ("oid", numbers([1])),
        ("datname", text([CATALOG])),
        ("datallowconn", truth(true, 1)),
        ("datistemplate", truth(false, 1)),
    ])
}

fn descriptions() -> RecordBatch {
    let none = batch([
        ("objoid", numbers([0])),
        ("classoid", numbers([0])),
        ("objsubid", numbers([0])),
        ("description", text([""])),
    ]);
    none.slice(0, 0)
}

/// How a table is kept: here in no way that has a name.
fn access_methods() -> RecordBatch {
    let none = batch([("oid", numbers([0])), ("amname", text([""]))]);
    none.slice(0, 0)
}

/// The functions that programs ask on connecting, each with its one answer. The one setting that is asked is the zone.
fn functions(ctx: &SessionContext) {
    // What SQLAlchemy and psql read is the number behind the name.
    let version = concat!(
        "PostgreSQL 16.0 (omgangsmonitor ",
        env!("CARGO_PKG_VERSION"),
        ")"
    );
    let text = |value: &str| ScalarValue::Utf8(Some(value.to_owned()));
    let number = || vec![DataType::Int32];
    for (name, arguments, value) in [
        (
            "pg_table_is_visible",
            number(),
            ScalarValue::Boolean(Some(true)),
        ),
        ("pg_get_userbyid", number(), text(CATALOG)),
        (
            "pg_is_in_recovery",
            vec![],
            ScalarValue::Boolean(Some(false)),
        ),
        ("to_regtype", vec![DataType::Utf8], ScalarValue::Int32(None)),
        (
            "col_description",
            [number(), number()].concat(),
            ScalarValue::Utf8(None),
        ),
        (
            "current_setting",
            vec![DataType::Utf8],
            ScalarValue::Utf8(Some("UTC".to_owned())),
        ),
        ("version", vec![], text(version)),
        ("current_schema", vec![], text("public")),
        ("current_database", vec![], text(CATALOG)),
    ] {
        let data_type = value.data_type();
        let fixed = move |_: &[ColumnarValue]| Ok(ColumnarValue::Scalar(value.clone()));
        ctx.register_udf(create_udf(
            name,
            arguments,
            data_type,
            Volatility::Stable,
            Arc::new(fixed),
        ));
    }
}
