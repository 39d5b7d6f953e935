//! One step in the life of a levering: compare and set, written in the log.
//!
//! Owns that only the steps of [`Toestand::may_become`] are ever taken. Leaves the acts that take them to a file each
//! (`open_levering`, `record_oordeel`, `toelichtingen`, `sign`, `withdraw`, `expire`, `erase`), and whether one may be
//! taken now to `rules`.

use schema::Toestand;
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::levering::Levering;
use crate::log::log;
use crate::refusal::Refusal;
use crate::register_columns::ms;
use crate::stamp::Stamp;

/// Takes one step, if the life of a levering has it and the levering still is what was read.
pub(crate) async fn step(
    tx: &mut SqliteConnection,
    levering: &Levering,
    to: Toestand,
    stamp: &Stamp,
) -> Result<(), LakeError> {
    let van = levering.toestand;
    let refusal = Refusal::State { from: van, to };
    if !van.may_become(to) {
        return Err(refusal.into());
    }
    let set = sqlx::query(
        "UPDATE levering SET toestand = $1, gewijzigd = $2 WHERE id = $3 AND toestand = $4",
    )
    .bind(to.name())
    .bind(ms(stamp.nu))
    .bind(levering.id.to_string())
    .bind(van.name())
    .execute(&mut *tx)
    .await?;
    if set.rows_affected() != 1 {
        return Err(refusal.into());
    }
    log(tx, Some(levering.id), Some(van), Some(to), "", stamp).await
}
