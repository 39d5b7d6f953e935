//! The published figures, as the service's `/v1/cijfers` asks for them.
//!
//! Owns reading the publications, each once for as long as it is asked for. Only protected figures pass here: it reads
//! nothing but what `publish` wrote.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError};

use ingest::{FigureAnswer, FigureError, FigureSource, FigureTable};
use lake::{Lake, Publicatie};
use schema::indicator::Indicator;
use tokio::sync::Mutex;

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
    fn find(&self, publicatie: &Publicatie) -> Option<Arc<FigureTable>> {
        let mut all = self.newest.iter().chain(&self.older);
        all.find(|table| is_of(table, publicatie)).cloned()
    }
}

fn is_of(table: &FigureTable, publicatie: &Publicatie) -> bool {
    let of = (&publicatie.uitvraag, publicatie.jaar, publicatie.versie);
    (&table.uitvraag, table.jaar, table.versie) == of
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
        let mut latest = BTreeMap::new();
        for publicatie in self.lake.publicaties().await.map_err(unreadable)? {
            // Oldest first: the last one of a year stays.
            latest.insert((publicatie.uitvraag.clone(), publicatie.jaar), publicatie);
        }
        let mut cache = self.cache.lock().await;
        let mut newest = Vec::new();
        for publicatie in latest.values() {
            newest.push(match cache.find(publicatie) {
                Some(table) => table,
                None => self.read(publicatie).await?,
            });
        }
        cache.newest.clone_from(&newest);
        Ok(newest)
    }

    async fn one(
        &self,
        uitvraag: &str,
        jaar: i32,
        versie: u32,
    ) -> Result<Option<Arc<FigureTable>>, FigureError> {
        let publicatie = self.lake.publicatie(uitvraag, jaar, versie).await;
        let Some(publicatie) = publicatie.map_err(unreadable)? else {
            return Ok(None);
        };
        // One at a time: two that ask for the same table read it once, and many that ask for many fill no memory.
        let mut cache = self.cache.lock().await;
        let table = match cache.find(&publicatie) {
            Some(table) => table,
            None => self.read(&publicatie).await?,
        };
        if !cache.newest.iter().any(|known| is_of(known, &publicatie)) {
            cache.older.retain(|known| !is_of(known, &publicatie));
            cache.older.push(Arc::clone(&table));
            let surplus = cache.older.len().saturating_sub(OLDER);
            cache.older.drain(..surplus);
        }
        Ok(Some(table))
    }

    async fn read(&self, p: &Publicatie) -> Result<Arc<FigureTable>, FigureError> {
        let bytes = self
            .lake
            .lees_publicatie(&p.uitvraag, p.jaar, p.versie, "cijfers.parquet")
            .await
            .map_err(unreadable)?
            .ok_or_else(|| unreadable("a publication has no cijfers.parquet"))?;
        let publicatie = p.clone();
        let table = tokio::task::spawn_blocking(move || {
            let cijfers = analysis::cijfers::from_parquet(bytes)?;
            anyhow::Ok(FigureTable::new(&publicatie, cijfers))
        });
        let table = table.await.map_err(unreadable)?.map_err(unreadable)?;
        Ok(Arc::new(table))
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
        versie: u32,
    ) -> FigureAnswer<'_, Option<Arc<FigureTable>>> {
        Box::pin(async move { self.one(&uitvraag, jaar, versie).await })
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
}
