//! An analyst's SQL over the published tables: what may be asked, of what, within which limits, and the answer's form.
//!
//! Owns the relations, the statements that are allowed, the limits on memory, rows and nesting, and what a refusal says.
//! Leaves the limit on time, and keeping a question from bringing anything else down, to the process it runs in.

mod adapt;
mod answer;
mod limits;
mod names;
mod permit;
mod pg_catalog;
mod refusal;
mod relations;

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use serde::{Deserialize, Serialize};

use crate::AnalysisError;

pub use answer::{AnswerFormat, format};
pub use limits::QueryLimits;
pub use names::RELATIONS;
pub use permit::{LONGEST, NESTING, SELECTS, TABLES};
pub use pg_catalog::PgType;
pub use refusal::{QueryRefusal, RefusalCause};
pub use relations::{PublishedTables, session};

/// The rows that answer a question, with at least one batch.
pub type AnswerRows = Vec<RecordBatch>;

/// A question as it is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlAsked {
    /// The statement.
    pub sql: String,
    /// What stands for `$1`, `$2` and on, as text; read by the type of the place where it stands.
    pub parameters: Vec<Option<String>>,
    /// Whether only the columns of the answer are asked.
    pub only_columns: bool,
}

impl SqlAsked {
    /// A statement without parameters.
    pub fn of(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            ..Self::default()
        }
    }
}

/// Answers one statement over these relations.
///
/// # Errors
/// When the statement is not allowed, not understood, or would go beyond a limit. Needs a large stack ([`STACK`]).
pub async fn query(
    asked: &SqlAsked,
    relations: &SessionContext,
    limits: &QueryLimits,
) -> Result<AnswerRows, QueryRefusal> {
    let statement = permit::parse(&asked.sql)?;
    let plan = relations.state().statement_to_plan(statement).await?;
    if asked.only_columns {
        let schema: SchemaRef = Arc::new(plan.schema().as_arrow().clone());
        return Ok(vec![RecordBatch::new_empty(schema)]);
    }
    let plan = with_parameters(plan, &asked.parameters)?;
    let answer = relations.execute_logical_plan(plan).await?;
    let schema: SchemaRef = Arc::new(answer.schema().as_arrow().clone());
    let mut stream = answer.execute_stream().await?;
    let (mut batches, mut rows, mut bytes) = (Vec::new(), 0, 0);
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        rows += batch.num_rows();
        bytes += batch.get_array_memory_size();
        if rows > limits.rows as usize {
            return Err(QueryRefusal::too_many_rows(limits));
        }
        if bytes > limits.memory() {
            return Err(QueryRefusal::too_much_memory(limits));
        }
        batches.push(batch);
    }
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

/// The plan with the values of its parameters, each read as the type of the place where it stands.
fn with_parameters(
    plan: LogicalPlan,
    values: &[Option<String>],
) -> Result<LogicalPlan, QueryRefusal> {
    let types = plan.get_parameter_types()?;
    let missing = (1..=types.len()).find(|number| *number > values.len());
    if let Some(number) = missing {
        let message = format!("there is no value for parameter ${number}");
        return Err(QueryRefusal::new(RefusalCause::Statement, message));
    }
    if values.is_empty() {
        return Ok(plan);
    }
    let read = |(number, value): (usize, &Option<String>)| {
        let known = types.get(&format!("${number}")).cloned().flatten();
        let data_type = known.unwrap_or(DataType::Utf8);
        match value {
            Some(text) => ScalarValue::try_from_string(text.clone(), &data_type),
            None => ScalarValue::try_from(&data_type),
        }
    };
    let values: Vec<ScalarValue> = (1..).zip(values).map(read).collect::<Result<_, _>>()?;
    Ok(plan.with_param_values(values)?)
}

/// Bytes of stack that a question needs at most: what nests within the limits fits many times over.
pub const STACK: usize = 256 * 1024 * 1024;

/// The answer with a text of its own before each row.
///
/// # Errors
/// When there is no room for one more column, which there is.
pub fn marked(answer: AnswerRows, name: &str, mark: &str) -> Result<AnswerRows, QueryRefusal> {
    let mark_one = |batch: RecordBatch| {
        let mark: ArrayRef = Arc::new(StringArray::from(vec![mark; batch.num_rows()]));
        let leading = Arc::new(Field::new(name, DataType::Utf8, false));
        let schema = batch.schema();
        let fields = std::iter::once(leading).chain(schema.fields().iter().cloned());
        let columns = std::iter::once(mark).chain(batch.columns().iter().cloned());
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        RecordBatch::try_new(schema, columns.collect())
    };
    let marked = answer.into_iter().map(mark_one).collect::<Result<_, _>>();
    Ok(marked.map_err(AnalysisError::from)?)
}
