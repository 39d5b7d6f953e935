//! Signing a levering: it counts from then on, and what counted until then is *vervangen* in the same breath, a nulopgave
//! as any other.
//!
//! Owns that order, the moment of signing and the receipt, all in one transaction. Leaves whether it may be signed now
//! to `rules`, and what a nulopgave is to `nulopgave`.

use schema::{Confirmation, Toestand};
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering::{Levering, Signing};
use crate::levering_id::LeveringId;
use crate::read_levering::{in_force, require};
use crate::register_columns::{ms, time};
use crate::rules::may_sign;
use crate::stamp::{Stamp, Time};
use crate::transitions::step;

impl Lake {
    /// `akkoord → ingediend`: keeps signer and receipt, and sets the levering that counted until now to vervangen.
    /// `confirmed` says what of it may be lost by that.
    pub async fn submit(
        &self,
        id: LeveringId,
        signing: &Signing<'_>,
        confirmed: &[Confirmation],
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        let (calendar, now) = (signing.klok, stamp.nu);
        may_sign(&mut tx, &levering, calendar, confirmed, now).await??;
        let levering = sign(&mut tx, &levering, signing, stamp).await?;
        tx.commit().await?;
        Ok(levering)
    }
}

/// Signs: replaces what counted, then counts itself. In this order, for the register allows only one at a time. The
/// caller asked the rule in this transaction.
pub(crate) async fn sign(
    tx: &mut SqliteConnection,
    levering: &Levering,
    signing: &Signing<'_>,
    stamp: &Stamp,
) -> Result<Levering, LakeError> {
    let nu = after_momentopname(&mut *tx, levering, stamp.nu).await?;
    let stamp = &Stamp::new(stamp.wie.as_str(), nu);
    if let Some(old) = in_force(tx, &levering.kvk, &levering.uitvraag, levering.jaar).await? {
        let old = require(tx, old).await?;
        step(tx, &old, Toestand::Vervangen, stamp).await?;
        // Its content may come back: a key that stayed with it would lead there for ever.
        sqlx::query("UPDATE levering SET sleutel = NULL WHERE id = $1")
            .bind(old.id.to_string())
            .execute(&mut *tx)
            .await?;
    }
    step(tx, levering, Toestand::Ingediend, stamp).await?;
    let id = levering.id;
    sqlx::query("UPDATE levering SET naam = $1, functie = $2, ingediend = $3 WHERE id = $4")
        .bind(&signing.signer.naam)
        .bind(&signing.signer.functie)
        .bind(ms(nu))
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    let signed = require(&mut *tx, id).await?;
    sqlx::query("UPDATE levering SET jws = $1 WHERE id = $2")
        .bind((signing.receipt)(&signed))
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    require(tx, id).await
}

/// The moment of signing: `now`, but never before a momentopname that does not hold it. Who has uitstel may have waited
/// for the freeze to end, and a receipt from before a momentopname stands in it.
async fn after_momentopname(
    tx: &mut SqliteConnection,
    levering: &Levering,
    now: Time,
) -> Result<Time, LakeError> {
    let newest: Option<i64> = sqlx::query_scalar(
        "SELECT max(gemaakt) FROM momentopname WHERE uitvraag = $1 AND jaar = $2 AND ontdooid IS NULL",
    )
    .bind(&levering.uitvraag)
    .bind(levering.jaar)
    .fetch_one(tx)
    .await?;
    match newest {
        Some(newest) => Ok(now.max(time(newest + 1)?)),
        None => Ok(now),
    }
}
