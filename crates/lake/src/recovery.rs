//! Start-up: register and files are brought into agreement.
//!
//! Owns the order, and receipts that a crash interrupted. Leaves whether the service may start at all to `start_check`,
//! leveringen whose files are gone or damaged to `quarantine`, files nobody names to `sweep`, and judging what is still to
//! be judged to the caller.

use std::collections::BTreeMap;
use std::io;

use schema::Toestand;

use crate::damage::Thoroughness;
use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering::{Levering, LeveringFilter};
use crate::levering_id::LeveringId;
use crate::register_facts::Facts;
use crate::stamp::Stamp;
use crate::start_check::{refuse_many_misfits, refuse_missing_folders};
use crate::sweep::Sweep;

/// What was found and done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecoverySummary {
    /// Leveringen that are in and wait for the judge.
    pub to_judge: Vec<LeveringId>,
    /// Leveringen put into quarantine now.
    pub in_quarantine: Vec<LeveringId>,
    /// Number of leveringen that were in quarantine already and still are.
    pub already_in_quarantine: usize,
    /// Files and directories nobody names, moved to `quarantaine/`; relative paths of where they were.
    pub moved: Vec<String>,
    /// Leftovers removed: temporary files, unnamed derived files, data of erased leveringen; relative paths.
    pub removed: Vec<String>,
    /// Publications (relative paths) whose files are not as the register says.
    pub damaged_publicaties: Vec<String>,
}

impl RecoverySummary {
    fn meld(&self) {
        let (to_judge, in_quarantine) = (self.to_judge.len(), self.in_quarantine.len());
        let (moved, removed) = (self.moved.len(), self.removed.len());
        let already_in_quarantine = self.already_in_quarantine;
        if in_quarantine + already_in_quarantine + self.damaged_publicaties.len() == 0 {
            tracing::info!(to_judge, moved, removed, "register and files agree");
        } else {
            let damaged_publicaties = self.damaged_publicaties.len();
            tracing::warn!(
                to_judge,
                in_quarantine,
                already_in_quarantine,
                damaged_publicaties,
                moved,
                removed,
                "register and files do not agree: what is damaged does not count"
            );
        }
    }
}

impl Lake {
    /// Reconciles register and files; for the service, before it takes requests. Refuses, before anything is moved or
    /// put into quarantine, when the damage is more than single leveringen ([`crate::StartRefusal`]).
    pub async fn recover(
        &self,
        thoroughness: Thoroughness,
        stamp: &Stamp,
    ) -> Result<RecoverySummary, LakeError> {
        self.require_service()?;
        let facts = self.facts().await?;
        refuse_missing_folders(&self.core.map, &facts)?;
        let (misfits, all) = self.misfits(&facts, thoroughness).await?;
        refuse_many_misfits(&misfits, all)?;
        let root = self.core.map.clone();
        let swept = blocking(move || {
            Sweep::new(&root, &facts)
                .walk(thoroughness)
                .map_err(LakeError::io("reconciling register and files"))
        })
        .await?;
        let mut report = RecoverySummary {
            moved: swept.moved,
            removed: swept.removed,
            damaged_publicaties: swept.damaged_publicaties,
            ..RecoverySummary::default()
        };
        for levering in self
            .leveringen(LeveringFilter::default())
            .await?
            .into_iter()
            .rev()
        {
            report.already_in_quarantine += usize::from(levering.quarantaine.is_some());
            if levering.toestand == Toestand::Geopend {
                self.recover_receipt(&levering, stamp).await?;
            } else if let Some(wrong) = misfits.get(&levering.id)
                && !self.put_into_quarantine(levering.id, wrong, stamp).await?
            {
                report.in_quarantine.push(levering.id);
            }
        }
        report.to_judge = self.to_judge().await?;
        report.meld();
        Ok(report)
    }

    /// The leveringen that do not fit their files, with what is wrong, and how many have files at all. What is in
    /// quarantine was found out before.
    async fn misfits(
        &self,
        facts: &Facts,
        thoroughness: Thoroughness,
    ) -> Result<(BTreeMap<LeveringId, String>, usize), LakeError> {
        let mut misfits = BTreeMap::new();
        let mut all = 0;
        for levering in facts.leveringen.values() {
            if levering.nulopgave || levering.toestand == Toestand::Gewist {
                continue;
            }
            all += 1;
            if levering.quarantaine.is_some() {
                continue;
            }
            if let Some(wrong) = self.damage_found(levering, thoroughness).await? {
                misfits.insert(levering.id, wrong);
            } else if !self.lost_bytes(levering).await?.is_empty() {
                misfits.insert(levering.id, "bytes that were received are gone".to_owned());
            }
        }
        Ok((misfits, all))
    }

    /// The tables of a levering that is being received of which the disk has fewer bytes than were acknowledged.
    pub(crate) async fn lost_bytes(&self, levering: &Levering) -> Result<Vec<String>, LakeError> {
        let mut lost = Vec::new();
        if levering.toestand != Toestand::Geopend {
            return Ok(lost);
        }
        for file in &levering.bestanden {
            if self.received_length(levering.id, &file.tabel).await? < file.offset {
                lost.push(file.tabel.clone());
            }
        }
        Ok(lost)
    }

    /// Bytes of a file that is being received, as the disk has it.
    async fn received_length(&self, id: LeveringId, tabel: &str) -> Result<u64, LakeError> {
        let path = self.core.map.raw_file(id, tabel);
        blocking(move || match std::fs::metadata(path) {
            Ok(data) => Ok(data.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(LakeError::io("looking at a received file")(error)),
        })
        .await
    }

    /// A levering that was being received: bytes that are gone are asked for again, and one that was complete but
    /// not yet answered is received after all.
    async fn recover_receipt(&self, levering: &Levering, stamp: &Stamp) -> Result<(), LakeError> {
        let lost = self.lost_bytes(levering).await?;
        for tabel in &lost {
            self.begin_again(levering.id, tabel, stamp).await?;
        }
        if !lost.is_empty() || levering.bestanden.iter().any(|b| b.offset < b.bytes) {
            return Ok(());
        }
        match self.received(levering.id, stamp).await {
            // A difference makes the client send that file again.
            Ok(_) | Err(LakeError::HashDiffers { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
