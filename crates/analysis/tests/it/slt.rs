//! Runs `pipelines/*/*.slt`: ten-row tables, one command `RUN <uitvraag>/<jaar>` that runs the group the file is named
//! after, and questions about the table `cijfers` that comes of it. The answers in those files are counted by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use sqllogictest::{DBOutput, DefaultColumnType, Runner};

use crate::hulp;

struct Adapter {
    groep: String,
    ctx: SessionContext,
    runtime: Arc<tokio::runtime::Runtime>,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Fout(String);

impl sqllogictest::DB for Adapter {
    type Error = Fout;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, Fout> {
        let runtime = Arc::clone(&self.runtime);
        runtime
            .block_on(self.answer(sql))
            .map_err(|e| Fout(e.to_string()))
    }
}

impl Adapter {
    async fn answer(&self, sql: &str) -> datafusion::error::Result<DBOutput<DefaultColumnType>> {
        if let Some(naam) = sql.trim().strip_prefix("RUN ") {
            let uitkomst = hulp::run(&self.ctx, naam.trim(), Some(&self.groep)).await;
            let batch = analysis::cijfers::to_batch(&uitkomst.cijfers);
            self.ctx.register_table(
                "cijfers",
                Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?),
            )?;
            let weggelaten = RecordBatch::try_from_iter([
                (
                    "indicator",
                    Arc::new(
                        uitkomst
                            .weggelaten
                            .keys()
                            .map(|k| Some(k.as_str()))
                            .collect::<arrow::array::StringArray>(),
                    ) as _,
                ),
                (
                    "aantal",
                    Arc::new(
                        uitkomst
                            .weggelaten
                            .values()
                            .map(|v| Some(*v))
                            .collect::<arrow::array::Int64Array>(),
                    ) as _,
                ),
            ])?;
            self.ctx.register_table(
                "weggelaten",
                Arc::new(MemTable::try_new(
                    weggelaten.schema(),
                    vec![vec![weggelaten]],
                )?),
            )?;
            return Ok(DBOutput::StatementComplete(0));
        }
        let batches = self.ctx.sql(sql).await?.collect().await?;
        let Some(eerste) = batches.first() else {
            return Ok(DBOutput::StatementComplete(0));
        };
        let types = vec![DefaultColumnType::Any; eerste.num_columns()];
        let opties = FormatOptions::default().with_null("NULL");
        let mut rows = Vec::new();
        for batch in &batches {
            let kolommen = batch
                .columns()
                .iter()
                .map(|k| ArrayFormatter::try_new(k, &opties))
                .collect::<Result<Vec<_>, _>>()?;
            rows.extend(
                (0..batch.num_rows())
                    .map(|rij| kolommen.iter().map(|k| k.value(rij).to_string()).collect()),
            );
        }
        Ok(DBOutput::Rows { types, rows })
    }
}

fn files() -> Vec<PathBuf> {
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    let mut bestanden: Vec<PathBuf> = std::fs::read_dir(map)
        .expect("the pipelines are in the repository")
        .map(|ingang| ingang.expect("readable").path())
        .filter(|ingang| ingang.is_dir())
        .flat_map(|uitvraag| std::fs::read_dir(uitvraag).expect("a folder"))
        .map(|bestand| bestand.expect("readable").path())
        .filter(|pad| pad.extension().is_some_and(|e| e == "slt"))
        .collect();
    bestanden.sort();
    bestanden
}

#[test]
fn every_slt_file_holds() {
    let runtime = Arc::new(tokio::runtime::Runtime::new().expect("a runtime"));
    let bestanden = files();
    assert!(!bestanden.is_empty());
    for bestand in bestanden {
        let groep = bestand
            .file_stem()
            .and_then(|naam| naam.to_str())
            .expect("a name")
            .to_owned();
        let make = || Adapter {
            groep: groep.clone(),
            ctx: SessionContext::new(),
            runtime: Arc::clone(&runtime),
        };
        let mut runner = Runner::new(|| async { Ok(make()) });
        runner
            .run_file(&bestand)
            .unwrap_or_else(|e| panic!("{}: {e}", bestand.display()));
    }
}

#[test]
fn every_group_has_an_slt_file() {
    let namen: Vec<PathBuf> = files().iter().map(|b| b.with_extension("sql")).collect();
    for sql in namen {
        assert!(sql.exists(), "{} belongs to no SQL", sql.display());
    }
    let pijplijn = analysis::Pijplijn::load("omgang").expect("the pipeline is compiled in");
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/omgang");
    for groep in pijplijn.groepen.keys() {
        assert!(
            map.join(format!("{groep}.slt")).exists(),
            "group `{groep}` has no slt file"
        );
    }
}
