//! What the register says there should be on the disk.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering::{Levering, LeveringFilter};
use crate::levering_id::LeveringId;
use crate::publicatie::Publicatie;

/// What the register says there should be.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) leveringen: HashMap<LeveringId, Levering>,
    /// The Parquet files that count.
    pub(crate) parquet: HashSet<PathBuf>,
    /// Those of leveringen that are not in quarantine.
    pub(crate) counted: Vec<PathBuf>,
    /// The publications by where they lie.
    pub(crate) publicaties: HashMap<PathBuf, Publicatie>,
}

impl Lake {
    /// What the register says there should be.
    pub(crate) async fn facts(&self) -> Result<Facts, LakeError> {
        let mut facts = Facts::default();
        for levering in self.leveringen(LeveringFilter::default()).await? {
            for tabel in self.tabellen(levering.id).await? {
                if levering.quarantaine.is_none() {
                    facts.counted.push(tabel.pad.clone());
                }
                facts.parquet.insert(tabel.pad);
            }
            facts.leveringen.insert(levering.id, levering);
        }
        for publicatie in self.publicaties().await? {
            let path =
                self.core
                    .map
                    .publicatie(&publicatie.uitvraag, publicatie.jaar, publicatie.versie);
            facts.publicaties.insert(path, publicatie);
        }
        Ok(facts)
    }
}
