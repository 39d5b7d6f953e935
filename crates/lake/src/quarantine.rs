//! Quarantine: a levering whose files are gone or damaged does not count until a beheerder put them right.
//!
//! Owns putting in and releasing, and when a levering belongs there. Leaves comparing files with the register to `damage`,
//! what a start does with it to `recovery`, and loose files that were set aside to `sweep` and `quarantine_put_back`.

use schema::Toestand;

use crate::damage::{Thoroughness, expected_files};
use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering::{Levering, LeveringFilter};
use crate::levering_id::LeveringId;
use crate::log::note;
use crate::read_levering::require;
use crate::refusal::Refusal;
use crate::stamp::Stamp;
use crate::start_check::refuse_missing_folders;

impl Lake {
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
    pub(crate) async fn put_into_quarantine(
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
    pub(crate) async fn damage_found(
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
