//! The published figures, as the service's `/v1/cijfers` asks for them.
//!
//! Owns reading the newest publication of each uitvraag and year, once per publication. Only protected figures pass
//! here: it reads nothing but what `publish` wrote.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use ingest::{CijferFout, Cijferbron, Filter, Waarden};
use lake::Lake;
use schema::Cijfer;
use tokio::sync::Mutex;

/// The newest publications, kept in memory until there is a newer one.
pub struct Gepubliceerd {
    lake: Lake,
    geheugen: Mutex<Geheugen>,
}

/// The figures of a set of publications, and which set that is.
#[derive(Default)]
struct Geheugen {
    hashes: Vec<String>,
    cijfers: Arc<Vec<Cijfer>>,
    waarden: Arc<Waarden>,
}

impl Gepubliceerd {
    /// The publications of this lake.
    pub fn new(lake: Lake) -> Self {
        Self {
            lake,
            geheugen: Mutex::default(),
        }
    }

    async fn newest(&self) -> Result<(Arc<Vec<Cijfer>>, Arc<Waarden>), CijferFout> {
        let onleesbaar = |e: &dyn std::fmt::Display| CijferFout::Onleesbaar(e.to_string());
        let mut nieuwste = std::collections::BTreeMap::new();
        for publicatie in self.lake.publicaties().await.map_err(|e| onleesbaar(&e))? {
            // Oldest first: the last one of a year stays.
            nieuwste.insert((publicatie.uitvraag.clone(), publicatie.jaar), publicatie);
        }
        let hashes: Vec<String> = nieuwste.values().map(|p| p.hash.clone()).collect();
        let mut geheugen = self.geheugen.lock().await;
        if geheugen.hashes != hashes {
            let mut cijfers = Vec::new();
            for p in nieuwste.values() {
                let bytes = self
                    .lake
                    .lees_publicatie(&p.uitvraag, p.jaar, p.versie, "cijfers.parquet")
                    .await
                    .map_err(|e| onleesbaar(&e))?;
                let bytes = bytes.ok_or_else(|| {
                    CijferFout::Onleesbaar("a publication has no cijfers.parquet".to_owned())
                })?;
                cijfers.extend(analysis::cijfers::from_parquet(bytes).map_err(|e| onleesbaar(&e))?);
            }
            *geheugen = Geheugen {
                hashes,
                waarden: Arc::new(Waarden::of(&cijfers)),
                cijfers: Arc::new(cijfers),
            };
        }
        Ok((Arc::clone(&geheugen.cijfers), Arc::clone(&geheugen.waarden)))
    }
}

impl Cijferbron for Gepubliceerd {
    fn cijfers(
        &self,
        filter: Filter,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Cijfer>, CijferFout>> + Send + '_>> {
        Box::pin(async move {
            let (cijfers, _) = self.newest().await?;
            Ok(cijfers
                .iter()
                .filter(|c| filter.fits(c))
                .skip(filter.vanaf)
                .take(filter.hoogstens)
                .cloned()
                .collect())
        })
    }

    fn waarden(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<Waarden>, CijferFout>> + Send + '_>> {
        Box::pin(async move { self.newest().await.map(|(_, waarden)| waarden) })
    }
}
