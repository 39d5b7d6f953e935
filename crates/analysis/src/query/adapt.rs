//! What programs that speak PostgreSQL write and the engine does not know, in words that it does.
//!
//! Owns those few forms: they stand in what psycopg, SQLAlchemy, ADBC and psql ask of `pg_catalog` by themselves.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, DataType, Expr, Ident, ObjectNamePart, Statement, Value, ValueWithSpan,
    visit_expressions_mut, visit_relations_mut,
};

use super::names::PG_TABLES;

/// Changes the statement in place.
pub(super) fn adapt(statement: &mut Statement) {
    let _: ControlFlow<()> = visit_expressions_mut(statement, |expr| {
        one(expr);
        ControlFlow::Continue(())
    });
    // `pg_type` is `pg_catalog.pg_type`.
    let _: ControlFlow<()> = visit_relations_mut(statement, |name| {
        let alone = name.0.first().and_then(|part| part.as_ident());
        let is_of_pg = alone.is_some_and(|name| PG_TABLES.contains(&name.value.as_str()));
        if is_of_pg && name.0.len() == 1 {
            name.0
                .insert(0, ObjectNamePart::Identifier(Ident::new("pg_catalog")));
        }
        ControlFlow::Continue(())
    });
}

fn one(expr: &mut Expr) {
    match expr {
        // `pg_catalog.version()` is `version()`.
        Expr::Function(function) if function.name.0.len() == 2 => {
            let schema = function.name.0[0]
                .as_ident()
                .map(|name| name.value.as_str());
            if schema == Some("pg_catalog") {
                function.name.0.remove(0);
            }
        }
        // A number of a type or table is a number, and its name a text.
        Expr::Cast {
            expr: inner,
            data_type,
            ..
        } => match data_type.to_string().to_lowercase().as_str() {
            "oid" => *data_type = DataType::Integer(None),
            "regtype" | "regclass" | "regproc" => {
                let inner = std::mem::replace(inner.as_mut(), Expr::value(Value::Null));
                *expr = inner;
            }
            _ => {}
        },
        // The operators of `pg_catalog` are those of the language, and there is one order of letters.
        Expr::BinaryOp { op: operator, .. } if is_regular_expression(operator) => {
            *operator = BinaryOperator::PGRegexMatch;
        }
        Expr::Collate {
            expr: inner,
            collation,
        } if collation.to_string() == "pg_catalog.default" => {
            let inner = std::mem::replace(inner.as_mut(), Expr::value(Value::Null));
            *expr = inner;
        }
        // The functions of a type are names here, and 0 is none.
        Expr::BinaryOp {
            left,
            op: BinaryOperator::NotEq,
            right,
        } if is_function_of_a_type(left) => {
            if let Expr::Value(ValueWithSpan {
                value: Value::Number(number, _),
                ..
            }) = right.as_ref()
            {
                **right = Expr::value(Value::SingleQuotedString(number.clone()));
            }
        }
        _ => {}
    }
}

fn is_regular_expression(operator: &BinaryOperator) -> bool {
    matches!(operator, BinaryOperator::PGCustomBinaryOperator(name) if *name == ["pg_catalog", "~"])
}

fn is_function_of_a_type(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(name) if matches!(name.value.as_str(), "typreceive" | "typsend"))
}
