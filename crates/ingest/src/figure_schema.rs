//! A figure in the description of the API, made from the columns of the published table ([`Cijfer::COLUMNS`]).

use schema::Cijfer;
use schema::cijfer::ColumnKind;
use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// Stands for a [`Cijfer`] in the description; there is none of it.
#[derive(Serialize)]
pub(crate) enum FigureRow {}

impl PartialSchema for FigureRow {
    fn schema() -> RefOr<Schema> {
        let mut row = ObjectBuilder::new().description(Some(
            "A row of the table cijfers: one figure of one indicator for one gebied and one category",
        ));
        for column in Cijfer::COLUMNS {
            let (kind, format) = match column.kind {
                ColumnKind::Text => (Type::String, None),
                ColumnKind::Small => (Type::Integer, Some(KnownFormat::Int32)),
                ColumnKind::Whole => (Type::Integer, Some(KnownFormat::Int64)),
                ColumnKind::Decimal => (Type::Number, Some(KnownFormat::Double)),
            };
            let kind = if column.nullable {
                SchemaType::from_iter([kind, Type::Null])
            } else {
                SchemaType::Type(kind)
            };
            let cell = ObjectBuilder::new()
                .schema_type(kind)
                .format(format.map(SchemaFormat::KnownFormat))
                .description(Some(column.description));
            row = row.property(column.name, cell).required(column.name);
        }
        Schema::Object(row.build()).into()
    }
}

impl ToSchema for FigureRow {
    fn name() -> std::borrow::Cow<'static, str> {
        "Cijfer".into()
    }
}
