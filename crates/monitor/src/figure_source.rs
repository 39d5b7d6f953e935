//! The published figures, as the service's `/v1/cijfers` asks for them.
//!
//! Owns reading the newest publication of each uitvraag and year, once per publication. Only protected figures pass
//! here: it reads nothing but what `publish` wrote.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use ingest::{FigureError, FigureFilter, FigureSource, FilterValues};
use lake::Lake;
use schema::Cijfer;
use tokio::sync::Mutex;

/// The newest publications, kept in memory until there is a newer one.
pub struct Published {
    lake: Lake,
    cache: Mutex<Cache>,
}

/// The figures of a set of publications, and which set that is.
#[derive(Default)]
struct Cache {
    hashes: Vec<String>,
    cijfers: Arc<Vec<Cijfer>>,
    waarden: Arc<FilterValues>,
}

impl Published {
    /// The publications of this lake.
    pub fn new(lake: Lake) -> Self {
        Self {
            lake,
            cache: Mutex::default(),
        }
    }

    async fn newest(&self) -> Result<(Arc<Vec<Cijfer>>, Arc<FilterValues>), FigureError> {
        let unreadable = |e: &dyn std::fmt::Display| FigureError::Unreadable(e.to_string());
        let mut latest = std::collections::BTreeMap::new();
        for publicatie in self.lake.publicaties().await.map_err(|e| unreadable(&e))? {
            // Oldest first: the last one of a year stays.
            latest.insert((publicatie.uitvraag.clone(), publicatie.jaar), publicatie);
        }
        let hashes: Vec<String> = latest.values().map(|p| p.hash.clone()).collect();
        let mut cache = self.cache.lock().await;
        if cache.hashes != hashes {
            let mut cijfers = Vec::new();
            for p in latest.values() {
                let bytes = self
                    .lake
                    .lees_publicatie(&p.uitvraag, p.jaar, p.versie, "cijfers.parquet")
                    .await
                    .map_err(|e| unreadable(&e))?;
                let bytes = bytes.ok_or_else(|| {
                    FigureError::Unreadable("a publication has no cijfers.parquet".to_owned())
                })?;
                cijfers.extend(analysis::cijfers::from_parquet(bytes).map_err(|e| unreadable(&e))?);
            }
            *cache = Cache {
                hashes,
                waarden: Arc::new(FilterValues::of(&cijfers)),
                cijfers: Arc::new(cijfers),
            };
        }
        Ok((Arc::clone(&cache.cijfers), Arc::clone(&cache.waarden)))
    }
}

impl FigureSource for Published {
    fn cijfers(
        &self,
        filter: FigureFilter,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Cijfer>, FigureError>> + Send + '_>> {
        Box::pin(async move {
            let (cijfers, _) = self.newest().await?;
            Ok(cijfers
                .iter()
                .filter(|c| filter.fits(c))
                .skip(filter.vanaf)
                .take(filter.at_most)
                .cloned()
                .collect())
        })
    }

    fn values(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<FilterValues>, FigureError>> + Send + '_>> {
        Box::pin(async move { self.newest().await.map(|(_, values)| values) })
    }
}
