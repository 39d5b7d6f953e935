//! Which statements may be asked: an allow-list over the parsed statement, and how large one may be.
//!
//! Owns looking at the statement before the engine does: what is not named here does not get to it. The engine's
//! session knows no files, no writers and no settings either; each would be enough.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{
    Expr, ObjectName, Query, Select, SetExpr, Statement as SqlStatement, TableFactor, Visit,
    Visitor,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;

use super::adapt::adapt;
use super::names::{CATALOG, PG_TABLES, RELATIONS};
use super::refusal::QueryRefusal;

/// Bytes of the longest statement.
pub const LONGEST: usize = 64 * 1024;
/// How deep terms may nest: `1+1+1` nests three deep.
pub const NESTING: usize = 400;
/// Most times that one statement may select.
pub const SELECTS: usize = 100;
/// Most tables in one statement, each as often as it is named.
pub const TABLES: usize = 100;

/// Parses one statement that may be asked.
///
/// # Errors
/// When it is no SQL, more than one statement, too large, or not on the list.
pub(super) fn parse(sql: &str) -> Result<Statement, QueryRefusal> {
    if sql.len() > LONGEST {
        return Err(QueryRefusal::limit(format!(
            "the statement is {} bytes long, and may be {LONGEST}",
            sql.len()
        )));
    }
    // The dialect that people and programs write who come by the PostgreSQL protocol: one for every way in.
    let mut statements = DFParserBuilder::new(sql)
        .with_dialect(&PostgreSqlDialect {})
        .build()?
        .parse_statements()
        .map_err(|error| match QueryRefusal::from(error) {
            refusal if refusal.message.contains("recursion limit") => QueryRefusal::limit(
                "stopped at the limit on nesting: too many brackets in one another",
            ),
            refusal => refusal,
        })?;
    let (Some(mut statement), None) = (statements.pop_front(), statements.pop_front()) else {
        return Err(QueryRefusal::not_allowed(
            "one statement at a time: this is none, or more than one",
        ));
    };
    allow(&statement)?;
    if let Statement::Statement(statement) = &mut statement {
        adapt(statement);
    }
    Ok(statement)
}

fn allow(statement: &Statement) -> Result<(), QueryRefusal> {
    let refused = || {
        QueryRefusal::not_allowed(
            "only SELECT, WITH, VALUES, EXPLAIN, SHOW and DESCRIBE may be asked: this service changes and writes nothing",
        )
    };
    match statement {
        Statement::Explain(explain) => match explain.statement.as_ref() {
            inner @ Statement::Statement(query) if matches!(**query, SqlStatement::Query(_)) => {
                allow(inner)
            }
            _ => Err(refused()),
        },
        Statement::Statement(statement) => match statement.as_ref() {
            SqlStatement::Query(_) => walk(statement),
            SqlStatement::ShowTables { .. }
            | SqlStatement::ShowColumns { .. }
            | SqlStatement::ShowVariable { .. }
            | SqlStatement::ShowFunctions { .. }
            | SqlStatement::ExplainTable { .. } => walk(statement),
            _ => Err(refused()),
        },
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => {
            Err(refused())
        }
    }
}

fn walk(statement: &SqlStatement) -> Result<(), QueryRefusal> {
    let mut walk = Walk::default();
    if let ControlFlow::Break(refusal) = statement.visit(&mut walk) {
        return Err(refusal);
    }
    // A name that WITH gives may stand before it: which there are is known at the end only.
    match walk.named.difference(&walk.given).next() {
        Some(name) => Err(QueryRefusal::not_allowed(format!(
            "there is no table `{name}`; there are {}",
            RELATIONS.join(", ")
        ))),
        None => Ok(()),
    }
}

/// What is met on the way through a statement.
#[derive(Default)]
struct Walk {
    depth: usize,
    selects: usize,
    tables: usize,
    /// Tables that were named and are none of ours.
    named: BTreeSet<String>,
    /// Names that a WITH gives.
    given: BTreeSet<String>,
}

impl Visitor for Walk {
    type Break = QueryRefusal;

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<QueryRefusal> {
        self.depth += 1;
        bound(self.depth, NESTING, "nesting: terms stand in one another")
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<QueryRefusal> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<QueryRefusal> {
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.given.insert(folded(&table.alias.name));
        }
        if reads_only(&query.body) && query.locks.is_empty() {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(QueryRefusal::not_allowed(
            "a query may only read: no INSERT, UPDATE, DELETE, MERGE or FOR UPDATE in it",
        ))
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<QueryRefusal> {
        if select.into.is_some() {
            return ControlFlow::Break(QueryRefusal::not_allowed(
                "SELECT … INTO makes a table, and this service makes none",
            ));
        }
        self.selects += 1;
        bound(self.selects, SELECTS, "size: SELECTs")
    }

    fn pre_visit_statement(&mut self, statement: &SqlStatement) -> ControlFlow<QueryRefusal> {
        // The statement itself was looked at; one that stands within it is no query.
        let known = matches!(
            statement,
            SqlStatement::Query(_)
                | SqlStatement::ShowTables { .. }
                | SqlStatement::ShowColumns { .. }
                | SqlStatement::ShowVariable { .. }
                | SqlStatement::ShowFunctions { .. }
                | SqlStatement::ExplainTable { .. }
        );
        if known {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(QueryRefusal::not_allowed("a query may only read"))
        }
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<QueryRefusal> {
        self.tables += 1;
        bound(self.tables, TABLES, "size: tables")?;
        match factor {
            TableFactor::Table {
                name, args: None, ..
            } => self.name(name),
            TableFactor::Table {
                name,
                args: Some(_),
                ..
            }
            | TableFactor::Function { name, .. }
                if is_series(name) =>
            {
                ControlFlow::Continue(())
            }
            TableFactor::Derived { .. }
            | TableFactor::UNNEST { .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            _ => ControlFlow::Break(QueryRefusal::not_allowed(
                "in FROM stand tables, subqueries, unnest, generate_series and range, and nothing else",
            )),
        }
    }
}

impl Walk {
    /// Notes a table that is none of ours.
    fn name(&mut self, name: &ObjectName) -> ControlFlow<QueryRefusal> {
        let parts: Vec<String> = name
            .0
            .iter()
            .map(|part| part.as_ident().map(folded).unwrap_or_default())
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            [table] | ["public", table] | [CATALOG, "public", table]
                if RELATIONS.contains(table) => {}
            ["information_schema" | "pg_catalog", _]
            | [CATALOG, "information_schema" | "pg_catalog", _] => {}
            [table] if PG_TABLES.contains(table) => {}
            _ => drop(self.named.insert(name.to_string().to_lowercase())),
        }
        ControlFlow::Continue(())
    }
}

fn folded(name: &datafusion::sql::sqlparser::ast::Ident) -> String {
    name.value.to_lowercase()
}

/// The two functions that make a table of numbers.
fn is_series(name: &ObjectName) -> bool {
    matches!(
        name.to_string().to_lowercase().as_str(),
        "generate_series" | "range"
    )
}

/// Whether nothing in it writes; `UNION` chains are walked without recursion on the left.
fn reads_only(body: &SetExpr) -> bool {
    let mut rest = vec![body];
    while let Some(body) = rest.pop() {
        match body {
            SetExpr::Select(_) | SetExpr::Values(_) | SetExpr::Query(_) | SetExpr::Table(_) => {}
            SetExpr::SetOperation { left, right, .. } => rest.extend([left.as_ref(), right]),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                return false;
            }
        }
    }
    true
}

fn bound(number: usize, most: usize, what: &str) -> ControlFlow<QueryRefusal> {
    if number <= most {
        return ControlFlow::Continue(());
    }
    ControlFlow::Break(QueryRefusal::limit(format!(
        "stopped at the limit on {what}, more than {most}"
    )))
}
