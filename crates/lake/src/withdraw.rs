//! Taking a levering back.
//!
//! Leaves until when that may be done to `rules`.

use schema::Toestand;
use schema::definitie::Calendar;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering::Levering;
use crate::levering_id::LeveringId;
use crate::read_levering::require;
use crate::rules::may_withdraw;
use crate::stamp::Stamp;
use crate::transitions::step;

impl Lake {
    /// Takes a levering back; a signed one only until the freeze.
    pub async fn withdraw(
        &self,
        id: LeveringId,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        may_withdraw(&mut tx, &levering, calendar, stamp.nu).await??;
        step(&mut tx, &levering, Toestand::Ingetrokken, stamp).await?;
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }
}
