//! The log: who did what, and when.
//!
//! Owns writing it, always in the transaction of what it tells of. Leaves reading it to `read_levering`.

use schema::Toestand;
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::levering_id::LeveringId;
use crate::register_columns::ms;
use crate::stamp::Stamp;

/// Writes in the log what is no change of state.
pub(crate) async fn note(
    tx: &mut SqliteConnection,
    id: Option<LeveringId>,
    what: &str,
    stamp: &Stamp,
) -> Result<(), LakeError> {
    log(tx, id, None, None, what, stamp).await
}

/// Writes one line of the log.
pub(crate) async fn log(
    tx: &mut SqliteConnection,
    id: Option<LeveringId>,
    van: Option<Toestand>,
    to: Option<Toestand>,
    what: &str,
    stamp: &Stamp,
) -> Result<(), LakeError> {
    sqlx::query(
        "INSERT INTO gebeurtenis (volgnummer, levering, van, naar, wat, wie, wanneer)
         SELECT coalesce(max(volgnummer), 0) + 1, $1, $2, $3, $4, $5, $6 FROM gebeurtenis",
    )
    .bind(id.map(|id| id.to_string()))
    .bind(van.map(Toestand::name))
    .bind(to.map(Toestand::name))
    .bind(what)
    .bind(&stamp.wie)
    .bind(ms(stamp.nu))
    .execute(&mut *tx)
    .await?;
    Ok(())
}
