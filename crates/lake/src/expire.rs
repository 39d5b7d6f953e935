//! Leveringen that were not finished when their year was over.
//!
//! Owns which states count as unfinished.

use schema::Toestand;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering_id::LeveringId;
use crate::read_levering::require;
use crate::register_columns::levering_id;
use crate::stamp::Stamp;
use crate::transitions::step;

impl Lake {
    /// Sets every unfinished levering of this uitvraag and year to verlopen; returns them.
    pub async fn expire(
        &self,
        uitvraag: &str,
        jaar: i32,
        stamp: &Stamp,
    ) -> Result<Vec<LeveringId>, LakeError> {
        let mut tx = self.transaction().await?;
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM levering WHERE uitvraag = $1 AND jaar = $2
             AND toestand IN ('geopend', 'ontvangen', 'afgekeurd', 'te_bevestigen', 'akkoord') ORDER BY volgnummer",
        )
        .bind(uitvraag)
        .bind(jaar)
        .fetch_all(&mut *tx)
        .await?;
        let mut expire = Vec::with_capacity(ids.len());
        for id in &ids {
            let levering = require(&mut tx, levering_id(id)?).await?;
            step(&mut tx, &levering, Toestand::Verlopen, stamp).await?;
            expire.push(levering.id);
        }
        tx.commit().await?;
        Ok(expire)
    }
}
