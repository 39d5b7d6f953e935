//! Runs `pipelines/*/*.logic_tests`: ten-row tables, one command `RUN <uitvraag>/<jaar>` that runs the group the file is named
//! after, and questions about the table `cijfers` that comes of it. The answers in those files are counted by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use sqllogictest::{DBOutput, DefaultColumnType, Runner};

use crate::support;

struct Adapter {
    groep: String,
    ctx: SessionContext,
    runtime: Arc<tokio::runtime::Runtime>,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct LogicTestError(String);

impl sqllogictest::DB for Adapter {
    type Error = LogicTestError;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, LogicTestError> {
        let runtime = Arc::clone(&self.runtime);
        runtime
            .block_on(self.answer(sql))
            .map_err(|e| LogicTestError(e.to_string()))
    }
}

impl Adapter {
    async fn answer(&self, sql: &str) -> datafusion::error::Result<DBOutput<DefaultColumnType>> {
        if let Some(name) = sql.trim().strip_prefix("RUN ") {
            let outcome = support::run(&self.ctx, name.trim(), Some(&self.groep)).await;
            let batch = analysis::cijfers::to_batch(&outcome.cijfers);
            self.ctx.register_table(
                "cijfers",
                Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?),
            )?;
            let omitted = RecordBatch::try_from_iter([
                (
                    "indicator",
                    Arc::new(
                        outcome
                            .weggelaten
                            .keys()
                            .map(|k| Some(k.as_str()))
                            .collect::<arrow::array::StringArray>(),
                    ) as _,
                ),
                (
                    "aantal",
                    Arc::new(
                        outcome
                            .weggelaten
                            .values()
                            .map(|v| Some(*v))
                            .collect::<arrow::array::Int64Array>(),
                    ) as _,
                ),
            ])?;
            self.ctx.register_table(
                "weggelaten",
                Arc::new(MemTable::try_new(omitted.schema(), vec![vec![omitted]])?),
            )?;
            return Ok(DBOutput::StatementComplete(0));
        }
        let batches = self.ctx.sql(sql).await?.collect().await?;
        let Some(first) = batches.first() else {
            return Ok(DBOutput::StatementComplete(0));
        };
        let types = vec![DefaultColumnType::Any; first.num_columns()];
        let options = FormatOptions::default().with_null("NULL");
        let mut rows = Vec::new();
        for batch in &batches {
            let columns = batch
                .columns()
                .iter()
                .map(|k| ArrayFormatter::try_new(k, &options))
                .collect::<Result<Vec<_>, _>>()?;
            rows.extend(
                (0..batch.num_rows())
                    .map(|row| columns.iter().map(|k| k.value(row).to_string()).collect()),
            );
        }
        Ok(DBOutput::Rows { types, rows })
    }
}

fn files() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("the pipelines are in the repository")
        .map(|entry| entry.expect("readable").path())
        .filter(|entry| entry.is_dir())
        .flat_map(|uitvraag| std::fs::read_dir(uitvraag).expect("a folder"))
        .map(|file| file.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|e| e == "slt"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_test_file_holds() {
    let runtime = Arc::new(tokio::runtime::Runtime::new().expect("a runtime"));
    let paths = files();
    assert!(!paths.is_empty());
    for file in paths {
        let group = file
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name")
            .to_owned();
        let make = || Adapter {
            groep: group.clone(),
            ctx: SessionContext::new(),
            runtime: Arc::clone(&runtime),
        };
        let mut runner = Runner::new(|| async { Ok(make()) });
        runner
            .run_file(&file)
            .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    }
}

#[test]
fn every_group_has_a_test_file() {
    let names: Vec<PathBuf> = files().iter().map(|b| b.with_extension("sql")).collect();
    for sql in names {
        assert!(sql.exists(), "{} belongs to no SQL", sql.display());
    }
    let pipeline = analysis::Pipeline::load("omgang").expect("the pipeline is compiled in");
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/omgang");
    for group in pipeline.groups.keys() {
        assert!(
            dir.join(format!("{group}.slt")).exists(),
            "group `{group}` has no slt file"
        );
    }
}
