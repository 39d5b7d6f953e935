//! SQL for whoever asks the service, over HTTP or the PostgreSQL protocol.
//!
//! Owns how many questions are answered at once, and that one nobody waits for any more is stopped.

use std::fs::File;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use analysis::query::{AnswerFormat, QueryRefusal, RefusalCause, SqlAsked};
use ingest::{SqlError, SqlFormat, SqlQuestion, SqlSource};
use lake::Lake;
use tokio::sync::Semaphore;

use crate::config::{Config, Data, SqlConfig};
use crate::sql_process::{SqlQuestioner, SqlTask, answer, published};

/// Answers questions over every publication of a lake.
pub(crate) struct SqlService {
    lake: Lake,
    data: Data,
    settings: SqlConfig,
    places: Arc<Semaphore>,
}

/// How long a question waits for a place.
const WAIT: Duration = Duration::from_secs(10);

/// Stops what it was made for when nobody waits for it any more.
struct StopAtDrop(Arc<AtomicBool>);

impl Drop for StopAtDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl SqlService {
    /// The publications of this lake, within these settings.
    pub(crate) fn new(lake: Lake, config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            lake,
            data: config.data.absolute()?,
            settings: config.sql.clone(),
            places: Arc::new(Semaphore::new(config.sql.at_once)),
        })
    }

    /// Answers one statement: the file with the answer, at its begin.
    pub(crate) async fn ask(
        &self,
        asked: SqlAsked,
        format: AnswerFormat,
        questioner: SqlQuestioner,
    ) -> Result<File, SqlError> {
        let failed = |what: &dyn std::fmt::Display| SqlError::Failed(what.to_string());
        let place = Arc::clone(&self.places).acquire_owned();
        let Ok(place) = tokio::time::timeout(WAIT, place).await else {
            tracing::info!(
                who = questioner.who,
                way = questioner.way,
                "SQL: too many questions at once"
            );
            return Err(SqlError::Busy);
        };
        let place = place.map_err(|e| failed(&e))?;
        let published = published(&self.lake, |_| true)
            .await
            .map_err(|e| failed(&format!("{e:#}")))?;
        let task = SqlTask {
            asked,
            format,
            limits: self.settings.limits(),
            data: self.data.clone(),
            published,
            unprotected: false,
        };
        let stop = Arc::new(AtomicBool::new(false));
        let guard = StopAtDrop(Arc::clone(&stop));
        let answered = tokio::task::spawn_blocking(move || {
            let answered = answer(&task, &questioner, &stop);
            // Until here it takes memory and a processor, also when nobody waits any more.
            drop(place);
            answered
        });
        let answered = answered.await.map_err(|e| failed(&e))?;
        drop(guard);
        answered.map_err(of_refusal)
    }
}

fn of_refusal(refusal: QueryRefusal) -> SqlError {
    let QueryRefusal { cause, message } = refusal;
    match cause {
        RefusalCause::Statement => SqlError::Statement(message),
        RefusalCause::NotAllowed => SqlError::NotAllowed(message),
        RefusalCause::Limit => SqlError::Limit(message),
        RefusalCause::Internal => SqlError::Failed(message),
    }
}

impl SqlSource for SqlService {
    fn answer(
        &self,
        question: SqlQuestion,
    ) -> Pin<Box<dyn Future<Output = Result<File, SqlError>> + Send + '_>> {
        let SqlQuestion { sql, format, who } = question;
        let format = match format {
            SqlFormat::Json => AnswerFormat::Json,
            SqlFormat::Csv => AnswerFormat::Csv,
            SqlFormat::Arrow => AnswerFormat::Arrow,
            SqlFormat::Parquet => AnswerFormat::Parquet,
        };
        let questioner = SqlQuestioner { who, way: "http" };
        Box::pin(self.ask(SqlAsked::of(sql), format, questioner))
    }
}
