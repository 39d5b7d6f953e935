//! Uitstel: one aanbieder may deliver after the freeze, until a moment and for a reason that is logged.
//!
//! Leaves when it may be given to `rules`, and what it lifts to `frozen`.

use crate::aanbieder::require_aanbieder;
use crate::error::LakeError;
use crate::lake::Lake;
use crate::log::note;
use crate::register_columns::{ms, time};
use crate::rules::may_extend;
use crate::stamp::{Stamp, Time};

impl Lake {
    /// Lets one aanbieder deliver after the clock, until `tot`; logged with the reason.
    pub async fn grant_uitstel(
        &self,
        kvk: &str,
        uitvraag: &str,
        jaar: i32,
        tot: Time,
        reason: &str,
        stamp: &Stamp,
    ) -> Result<(), LakeError> {
        may_extend(tot, reason, stamp.nu)?;
        let mut tx = self.transaction().await?;
        require_aanbieder(&mut tx, kvk).await?;
        sqlx::query(
            "INSERT INTO uitstel (kvk, uitvraag, jaar, tot, reden) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (kvk, uitvraag, jaar) DO UPDATE SET tot = excluded.tot, reden = excluded.reden",
        )
        .bind(kvk)
        .bind(uitvraag)
        .bind(jaar)
        .bind(ms(tot))
        .bind(reason)
        .execute(&mut *tx)
        .await?;
        let what = format!(
            "uitstel {kvk} {uitvraag}/{jaar} tot {}: {reason}",
            tot.format("%Y-%m-%d %H:%M")
        );
        note(&mut tx, None, &what, stamp).await?;
        Ok(tx.commit().await?)
    }

    /// Until when this aanbieder may deliver by exception.
    pub async fn uitstel(
        &self,
        kvk: &str,
        uitvraag: &str,
        jaar: i32,
    ) -> Result<Option<Time>, LakeError> {
        let query = sqlx::query_scalar(
            "SELECT tot FROM uitstel WHERE kvk = $1 AND uitvraag = $2 AND jaar = $3",
        );
        let tot: Option<i64> = query
            .bind(kvk)
            .bind(uitvraag)
            .bind(jaar)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        tot.map(time).transpose()
    }
}
