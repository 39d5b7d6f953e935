//! Judging a levering, as attempts that are counted before they begin.
//!
//! Owns the count and its limit: a judgement that panics, or that takes the service down with it, is not tried for
//! ever. A disk error is no attempt, so it can be taken back. Leaves judging, and what is a disk error, to `ingest`.

use schema::Toestand;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering::Levering;
use crate::levering_id::LeveringId;
use crate::log::note;
use crate::read_levering::require;
use crate::register_columns::{levering_id, ms};
use crate::stamp::Stamp;

/// After so many attempts that failed a levering waits for a beheerder.
pub const ATTEMPTS: u32 = 3;

impl Levering {
    /// Whether it is in, and judging it was given up until a beheerder says otherwise.
    pub fn judging_is_stuck(&self) -> bool {
        self.toestand == Toestand::Ontvangen && self.attempts >= ATTEMPTS
    }
}

impl Lake {
    /// The leveringen that are in and wait for the judge, oldest first; those of which an attempt failed come last, and
    /// those that had their attempts not at all.
    pub async fn to_judge(&self) -> Result<Vec<LeveringId>, LakeError> {
        let ids: Vec<String> =
            sqlx::query_scalar(
                "SELECT l.id FROM levering l LEFT JOIN oordeelpoging p ON p.levering = l.id
                 WHERE l.toestand = 'ontvangen' AND l.quarantaine IS NULL AND coalesce(p.aantal, 0) < $1
                 ORDER BY coalesce(p.aantal, 0), l.volgnummer",
            )
            .bind(i64::from(ATTEMPTS))
            .fetch_all(&mut *self.reader().await?)
            .await?;
        ids.iter().map(|id| levering_id(id)).collect()
    }

    /// Counts an attempt to judge a levering, before it begins. `None` when it is not to be judged now: it is no
    /// longer *ontvangen*, it is in quarantine, or it had its attempts.
    pub async fn begin_judging(
        &self,
        id: LeveringId,
        stamp: &Stamp,
    ) -> Result<Option<Levering>, LakeError> {
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        let waits = levering.toestand == Toestand::Ontvangen && levering.quarantaine.is_none();
        if !waits || levering.attempts >= ATTEMPTS {
            tx.rollback().await?;
            return Ok(None);
        }
        sqlx::query(
            "INSERT INTO oordeelpoging (levering, aantal, laatst) VALUES ($1, 1, $2)
             ON CONFLICT (levering) DO UPDATE SET aantal = oordeelpoging.aantal + 1, laatst = excluded.laatst",
        )
        .bind(id.to_string())
        .bind(ms(stamp.nu))
        .execute(&mut *tx)
        .await?;
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Some(levering))
    }

    /// Takes the last attempt back: the disk failed, and that says nothing of the levering.
    pub async fn undo_attempt(&self, id: LeveringId) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        sqlx::query(
            "UPDATE oordeelpoging SET aantal = aantal - 1 WHERE levering = $1 AND aantal > 0",
        )
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// The leveringen whose judging was given up, oldest first.
    pub async fn stuck_judgements(&self) -> Result<Vec<Levering>, LakeError> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT l.id FROM levering l JOIN oordeelpoging p ON p.levering = l.id
             WHERE l.toestand = 'ontvangen' AND p.aantal >= $1 ORDER BY l.volgnummer",
        )
        .bind(i64::from(ATTEMPTS))
        .fetch_all(&mut *self.reader().await?)
        .await?;
        let mut stuck = Vec::with_capacity(ids.len());
        for id in &ids {
            stuck.push(require(&mut *self.reader().await?, levering_id(id)?).await?);
        }
        Ok(stuck)
    }

    /// Lets a levering whose judging was given up be judged again; the running service takes it up by itself.
    pub async fn retry_judging(
        &self,
        id: LeveringId,
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        if !levering.judging_is_stuck() {
            return Err(LakeError::NotStuck(id));
        }
        sqlx::query("DELETE FROM oordeelpoging WHERE levering = $1")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        note(&mut tx, Some(id), "opnieuw te beoordelen", stamp).await?;
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }
}
