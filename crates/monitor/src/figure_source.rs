//! The published figures, as the service's `/v1/cijfers` asks for them.
//!
//! Owns reading the publications, each once for as long as it is asked for. Only protected figures pass here: it reads
//! nothing but what `publish` wrote.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use ingest::{FigureAnswer, FigureError, FigureSource, FigureTable, FigureWriter};
use lake::Lake;
use report::figure_format::FigureFormat;
use schema::indicator::Indicator;
use tokio::sync::Mutex;

use crate::page_plan::page_plan;

/// Older versions that are kept in memory: the two that someone compares.
const OLDER: usize = 2;

/// The publications, kept in memory: the newest until there is a newer one, older ones until others are asked for.
pub struct Published {
    lake: Lake,
    cache: Mutex<Cache>,
    indicators: std::sync::Mutex<HashMap<String, Vec<Indicator>>>,
}

/// The tables in memory.
#[derive(Default)]
struct Cache {
    newest: Vec<Arc<FigureTable>>,
    /// Others, the last one asked for at the end.
    older: Vec<Arc<FigureTable>>,
}

impl Cache {
    fn find(&self, key: Key<'_>) -> Option<Arc<FigureTable>> {
        let mut all = self.newest.iter().chain(&self.older);
        all.find(|table| key_of(table) == key).cloned()
    }
}

/// Uitvraag, year and version. A publication never changes, so what is in memory under its key is what it is.
type Key<'a> = (&'a str, i32, u32);

fn key_of(table: &FigureTable) -> Key<'_> {
    (&table.uitvraag, table.jaar, table.versie)
}

fn unreadable(error: impl std::fmt::Display) -> FigureError {
    FigureError::Unreadable(error.to_string())
}

impl Published {
    /// The publications of this lake.
    pub fn new(lake: Lake) -> Self {
        Self {
            lake,
            cache: Mutex::default(),
            indicators: std::sync::Mutex::default(),
        }
    }

    async fn all_newest(&self) -> Result<Vec<Arc<FigureTable>>, FigureError> {
        let last = self.lake.last_versions().await.map_err(unreadable)?;
        let mut cache = self.cache.lock().await;
        let mut newest = Vec::new();
        for (uitvraag, jaar, version) in &last {
            let key = (uitvraag.as_str(), *jaar, *version);
            newest.extend(match cache.find(key) {
                Some(table) => Some(table),
                None => self.read(key).await?,
            });
        }
        cache.newest.clone_from(&newest);
        Ok(newest)
    }

    async fn one(&self, key: Key<'_>) -> Result<Option<Arc<FigureTable>>, FigureError> {
        // One at a time: two that ask for the same table read it once, and many that ask for many fill no memory.
        let mut cache = self.cache.lock().await;
        let table = match cache.find(key) {
            Some(table) => table,
            None => match self.read(key).await? {
                Some(table) => table,
                None => return Ok(None),
            },
        };
        if !cache.newest.iter().any(|known| key_of(known) == key) {
            cache.older.retain(|known| key_of(known) != key);
            cache.older.push(Arc::clone(&table));
            let surplus = cache.older.len().saturating_sub(OLDER);
            cache.older.drain(..surplus);
        }
        Ok(Some(table))
    }

    /// Reads a publication; `None` where there is none.
    async fn read(
        &self,
        (uitvraag, jaar, version): Key<'_>,
    ) -> Result<Option<Arc<FigureTable>>, FigureError> {
        let publicatie = self.lake.publicatie(uitvraag, jaar, version).await;
        let Some(publicatie) = publicatie.map_err(unreadable)? else {
            return Ok(None);
        };
        let bytes = self
            .lake
            .lees_publicatie(uitvraag, jaar, version, "cijfers.parquet")
            .await
            .map_err(unreadable)?
            .ok_or_else(|| unreadable("a publication has no cijfers.parquet"))?;
        let rule = self.lake.protection_rule(uitvraag, jaar, version).await;
        let rule = rule.map_err(unreadable)?;
        let table = tokio::task::spawn_blocking(move || {
            let cijfers = analysis::older_publicatie::published_figures(bytes)?;
            anyhow::Ok(FigureTable::new(&publicatie, rule, cijfers))
        });
        let table = table.await.map_err(unreadable)?.map_err(unreadable)?;
        Ok(Some(Arc::new(table)))
    }
}

impl FigureSource for Published {
    fn newest(&self) -> FigureAnswer<'_, Vec<Arc<FigureTable>>> {
        Box::pin(self.all_newest())
    }

    fn version(
        &self,
        uitvraag: String,
        jaar: i32,
        version: u32,
    ) -> FigureAnswer<'_, Option<Arc<FigureTable>>> {
        Box::pin(async move { self.one((&uitvraag, jaar, version)).await })
    }

    /// Read once: pipelines do not change while the service runs.
    fn indicators(&self, uitvraag: &str) -> Result<Vec<Indicator>, FigureError> {
        let mut all = self
            .indicators
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(uitvraag) {
            return Ok(known.clone());
        }
        let pipeline = analysis::Pipeline::load(uitvraag).map_err(unreadable)?;
        let indicators = pipeline.metadata();
        all.insert(uitvraag.to_owned(), indicators.clone());
        Ok(indicators)
    }

    fn writer(&self, uitvraag: &str) -> Result<FigureWriter, FigureError> {
        let page_plan = page_plan(uitvraag).map_err(unreadable)?;
        Ok(Arc::new(move |indicator, unit, value| {
            let Indicator {
                decimalen, kind, ..
            } = indicator;
            FigureFormat::of(unit, *decimalen, *kind, &page_plan).long(value)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The service says `kinderen` where the pages do, whatever word the metadata has.
    #[tokio::test]
    async fn a_value_is_written_as_on_a_page() {
        let dir = tempfile::tempdir().unwrap();
        let lake = Lake::open(dir.path(), lake::Access::Task).await.unwrap();
        let published = Published::new(lake);
        let indicators = published.indicators("omgang").unwrap();
        let writer = published.writer("omgang").unwrap();
        let written = |id: &str, unit: Option<&str>, value| {
            let indicator = indicators.iter().find(|one| one.id == id).unwrap();
            writer(indicator, unit.unwrap_or(&indicator.eenheid), value)
        };
        for (id, unit, value, words) in [
            ("gebruik_jeugdigen", None, 1234.0, "1.234\u{a0}kinderen"),
            ("gebruik_jeugdigen", None, 1.0, "1\u{a0}kind"),
            ("wachten_op_31_december", None, 10.0, "10\u{a0}kinderen"),
            ("wachten_langste", None, 26.0, "13 tot 26 weken"),
            ("wachten_langste", Some("dagen"), 26.0, "26\u{a0}dagen"),
            ("uitkomst_volgens_plan", None, 0.63, "63%"),
        ] {
            assert_eq!(written(id, unit, value), words, "{id}");
        }
    }
}
