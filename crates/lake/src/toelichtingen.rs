//! Answers to signalen, kept by code; with the last one a levering becomes *akkoord*.
//!
//! Owns keeping them. Leaves what an answer may be to `pakket::toelichting`, whether one may be given now to `rules`,
//! which signalen are open to `levering`, and reading them back to `read_levering`.

use schema::Toestand;
use schema::pakket::Toelichting;
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering::Levering;
use crate::levering_id::LeveringId;
use crate::log::note;
use crate::read_levering::require;
use crate::register_columns::to_json;
use crate::stamp::Stamp;
use crate::transitions::step;

impl Lake {
    /// Adds or replaces answers, by code; `te_bevestigen → akkoord` when none is missing any more.
    pub async fn explain(
        &self,
        id: LeveringId,
        toelichtingen: &[Toelichting],
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        levering.may_be_answered()?;
        keep_toelichtingen(&mut tx, id, toelichtingen, stamp).await?;
        let answered = require(&mut tx, id).await?;
        if answered.toestand == Toestand::TeBevestigen && answered.open_signalen().is_empty() {
            step(&mut tx, &answered, Toestand::Akkoord, stamp).await?;
        }
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }
}

/// Adds or replaces answers, and says so in the log.
pub(crate) async fn keep_toelichtingen(
    tx: &mut SqliteConnection,
    id: LeveringId,
    toelichtingen: &[Toelichting],
    stamp: &Stamp,
) -> Result<(), LakeError> {
    set_toelichtingen(tx, id, toelichtingen).await?;
    let what = format!("{} toelichtingen", toelichtingen.len());
    note(tx, Some(id), &what, stamp).await
}

/// Adds or replaces answers.
pub(crate) async fn set_toelichtingen(
    tx: &mut SqliteConnection,
    id: LeveringId,
    toelichtingen: &[Toelichting],
) -> Result<(), LakeError> {
    for toelichting in toelichtingen {
        sqlx::query(
            "INSERT INTO toelichting (levering, code, antwoord, woorden) VALUES ($1, $2, $3, $4)
             ON CONFLICT (levering, code) DO UPDATE SET antwoord = excluded.antwoord, woorden = excluded.woorden",
        )
        .bind(id.to_string())
        .bind(&toelichting.code)
        .bind(to_json(&toelichting.antwoord))
        .bind(&toelichting.woorden)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
