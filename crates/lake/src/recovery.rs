//! Start-up: register and files are brought into agreement.
//!
//! Owns what happens to leveringen whose files are gone or damaged (that one goes into quarantine, the service
//! starts), that a beheerder can release them, and receipts that a crash interrupted. Leaves whether the service may
//! start at all to `agreement`, files nobody names to `sweep`, and judging what is still to be judged to the caller.

use std::collections::BTreeMap;
use std::io;

use schema::Toestand;

use crate::agreement::{refuse_many_misfits, refuse_missing_folders};
use crate::damage::{Thoroughness, expected_files};
use crate::error::LakeError;
use crate::facts::Facts;
use crate::lake::{Lake, blocking};
use crate::levering::{Levering, LeveringFilter};
use crate::levering_id::LeveringId;
use crate::log::note;
use crate::queries::require;
use crate::refusal::Refusal;
use crate::stamp::Stamp;
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
    async fn lost_bytes(&self, levering: &Levering) -> Result<Vec<String>, LakeError> {
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

    /// Looks whether the files of a levering are as they should be, and puts it into quarantine if not. True for one
    /// that is well, or that was in quarantine before. With a whole folder gone (a disk that is not mounted) nothing is
    /// put into quarantine: that is refused.
    pub async fn check_files(
        &self,
        id: LeveringId,
        thoroughness: Thoroughness,
        stamp: &Stamp,
    ) -> Result<bool, LakeError> {
        let levering = self
            .levering(id)
            .await?
            .ok_or(LakeError::UnknownLevering(id))?;
        if levering.quarantaine.is_some() {
            return Ok(true);
        }
        let Some(reason) = self.damage_found(&levering, thoroughness).await? else {
            return Ok(true);
        };
        refuse_missing_folders(&self.core.map, &self.facts().await?)?;
        self.put_into_quarantine(id, &reason, stamp).await
    }

    /// True when it was erased in the meantime: then its files went on purpose.
    async fn put_into_quarantine(
        &self,
        id: LeveringId,
        reason: &str,
        stamp: &Stamp,
    ) -> Result<bool, LakeError> {
        tracing::error!(levering = %id, reason, "levering in quarantine");
        let mut tx = self.transaction().await?;
        if require(&mut tx, id).await?.toestand == Toestand::Gewist {
            return Ok(true);
        }
        sqlx::query("UPDATE levering SET quarantaine = $1 WHERE id = $2")
            .bind(reason)
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        note(
            &mut tx,
            Some(id),
            &format!("in quarantaine: {reason}"),
            stamp,
        )
        .await?;
        tx.commit().await?;
        Ok(false)
    }

    /// Takes a levering out of quarantine, after a beheerder put its files right (they are verified).
    pub async fn release(&self, id: LeveringId, stamp: &Stamp) -> Result<Levering, LakeError> {
        let levering = self
            .levering(id)
            .await?
            .ok_or(LakeError::UnknownLevering(id))?;
        if self
            .damage_found(&levering, Thoroughness::Hash)
            .await?
            .is_some()
        {
            return Err(Refusal::Quarantined(id).into());
        }
        let mut tx = self.transaction().await?;
        let free = sqlx::query(
            "UPDATE levering SET quarantaine = NULL WHERE id = $1 AND quarantaine IS NOT NULL",
        )
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        if free.rows_affected() == 1 {
            note(&mut tx, Some(id), "uit quarantaine", stamp).await?;
        }
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// The leveringen in quarantine, oldest first.
    pub async fn quarantined(&self) -> Result<Vec<Levering>, LakeError> {
        let mut leveringen = self.leveringen(LeveringFilter::default()).await?;
        leveringen.retain(|levering| levering.quarantaine.is_some());
        leveringen.reverse();
        Ok(leveringen)
    }

    /// What is wrong with the files of a levering now, read whole; `None` when they fit.
    pub async fn damage(&self, id: LeveringId) -> Result<Option<String>, LakeError> {
        let levering = self
            .levering(id)
            .await?
            .ok_or(LakeError::UnknownLevering(id))?;
        self.damage_found(&levering, Thoroughness::Hash).await
    }

    /// Puts every levering whose files do not fit into quarantine, on the word of a beheerder: after a loss for good
    /// the service starts again, and those stop counting. Lost bytes of one that is being received are asked for again.
    pub async fn quarantine_damaged(&self, stamp: &Stamp) -> Result<Vec<LeveringId>, LakeError> {
        let mut damaged = Vec::new();
        for levering in self
            .leveringen(LeveringFilter::default())
            .await?
            .into_iter()
            .rev()
        {
            for tabel in self.lost_bytes(&levering).await? {
                self.begin_again(levering.id, &tabel, stamp).await?;
                let root = self.core.map.clone();
                let again = "making a place for bytes that come again";
                let id = levering.id;
                blocking(move || root.make(&root.raw(id)).map_err(LakeError::io(again))).await?;
            }
            if levering.quarantaine.is_some() {
                continue;
            }
            if let Some(wrong) = self.damage_found(&levering, Thoroughness::Hash).await?
                && !self.put_into_quarantine(levering.id, &wrong, stamp).await?
            {
                damaged.push(levering.id);
            }
        }
        Ok(damaged)
    }

    /// What is wrong with the files of a levering, in words for the coördinator.
    async fn damage_found(
        &self,
        levering: &Levering,
        thoroughness: Thoroughness,
    ) -> Result<Option<String>, LakeError> {
        // Before receipt nothing was promised, after erasure nothing is left, and a nulopgave never had files.
        if levering.nulopgave
            || levering.ontvangen.is_none()
            || levering.toestand == Toestand::Gewist
        {
            return Ok(None);
        }
        let content: Option<String> =
            sqlx::query_scalar("SELECT inhoud FROM levering WHERE id = $1")
                .bind(levering.id.to_string())
                .fetch_one(&mut *self.reader().await?)
                .await?;
        let tabellen = self.tabellen(levering.id).await?;
        let root = self.core.map.clone();
        let levering = levering.clone();
        blocking(move || {
            let expected = expected_files(&root, &levering, content, &tabellen);
            Ok(expected
                .iter()
                .find_map(|expected| expected.damage_found(thoroughness)))
        })
        .await
    }
}
