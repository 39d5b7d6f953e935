//! Freezing a year, and taking that back.
//!
//! Owns that what is frozen was verified, and what stands in the log of it. Leaves when a year is frozen, and for whom it
//! is not, to `frozen`, when freezing may be done to `rules`, and the frozen list to `momentopname`.

use std::collections::HashSet;

use schema::definitie::Calendar;
use sqlx::SqliteConnection;

use crate::damage::Thoroughness;
use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering_id::LeveringId;
use crate::log::note;
use crate::momentopname::{Momentopname, lees, standing};
use crate::register_columns::{counts, levering_id, ms, to_json};
use crate::respons::respons;
use crate::rules::{may_freeze, may_unfreeze, may_unfreeze_year};
use crate::stamp::Stamp;

impl Lake {
    /// Freezes what is in force now, unless it is too soon for it: before the freeze day, with unfinished leveringen,
    /// or with none signed.
    pub async fn freeze_in_time(
        &self,
        uitvraag: &str,
        jaar: i32,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Momentopname, LakeError> {
        self.freeze_verified(uitvraag, jaar, Some(calendar), stamp)
            .await
    }

    /// Freezes what is in force now, also when it is too soon. Verifies the files first; a damaged levering goes into
    /// quarantine and stays out.
    pub async fn freeze(
        &self,
        uitvraag: &str,
        jaar: i32,
        stamp: &Stamp,
    ) -> Result<Momentopname, LakeError> {
        self.freeze_verified(uitvraag, jaar, None, stamp).await
    }

    async fn freeze_verified(
        &self,
        uitvraag: &str,
        jaar: i32,
        in_time: Option<&Calendar>,
        stamp: &Stamp,
    ) -> Result<Momentopname, LakeError> {
        let mut verified = HashSet::new();
        let mut tx = loop {
            let mut reader = self.reader().await?;
            if let Some(calendar) = in_time {
                may_freeze(&mut reader, uitvraag, jaar, calendar, stamp.nu).await??;
            }
            let in_force = counting(&mut reader, uitvraag, jaar).await?;
            drop(reader);
            for id in in_force.into_iter().filter(|id| verified.insert(*id)) {
                self.check_files(id, Thoroughness::Hash, stamp).await?;
            }
            let mut tx = self.transaction().await?;
            let in_force = counting(&mut tx, uitvraag, jaar).await?;
            if in_force.iter().all(|id| verified.contains(id)) {
                break tx;
            }
            // Signed while files were read: those first.
            tx.rollback().await?;
        };
        if let Some(calendar) = in_time {
            may_freeze(&mut tx, uitvraag, jaar, calendar, stamp.nu).await??;
        }
        // No receipt in it is from after it, also one that was signed while the files were read.
        let last_signed: Option<i64> = sqlx::query_scalar(concat!(
            "SELECT max(ingediend) FROM levering WHERE uitvraag = $1 AND jaar = $2
             AND ",
            counts!()
        ))
        .bind(uitvraag)
        .bind(jaar)
        .fetch_one(&mut *tx)
        .await?;
        let made = last_signed.map_or(ms(stamp.nu), |signed| signed.max(ms(stamp.nu)));
        let sequence: i64 =
            sqlx::query_scalar("SELECT coalesce(max(volgnummer), 0) + 1 FROM momentopname WHERE uitvraag = $1 AND jaar = $2")
                .bind(uitvraag)
                .bind(jaar)
                .fetch_one(&mut *tx)
                .await?;
        let id = format!("{uitvraag}-{jaar}-{sequence}");
        let respons = respons(&mut tx, uitvraag, jaar).await?;
        sqlx::query("INSERT INTO momentopname (id, uitvraag, jaar, volgnummer, gemaakt, respons) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&id)
            .bind(uitvraag)
            .bind(jaar)
            .bind(sequence)
            .bind(made)
            .bind(to_json(&respons))
            .execute(&mut *tx)
            .await?;
        sqlx::query(concat!(
            "INSERT INTO momentopname_levering (momentopname, levering, uitgesloten)
             SELECT $1, id, CASE WHEN quarantaine IS NULL THEN 0 ELSE 1 END FROM levering
             WHERE uitvraag = $2 AND jaar = $3 AND ",
            counts!()
        ))
        .bind(&id)
        .bind(uitvraag)
        .bind(jaar)
        .execute(&mut *tx)
        .await?;
        note(&mut tx, None, &format!("momentopname {id} bevroren"), stamp).await?;
        let momentopname = lees(&mut tx, &self.core.map, &id)
            .await?
            .ok_or(LakeError::UnknownMomentopname)?;
        tx.commit().await?;
        Ok(momentopname)
    }

    /// Takes one momentopname back, while nothing was published from it. Its id is never used again. Where no other one
    /// stands, the year is open until the next freeze, also past its freeze day.
    pub async fn unfreeze(&self, id: &str, stamp: &Stamp) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        may_unfreeze(&mut tx, id).await??;
        take_back(&mut tx, id, stamp).await?;
        let (uitvraag, jaar): (String, i32) =
            sqlx::query_as("SELECT uitvraag, jaar FROM momentopname WHERE id = $1")
                .bind(id)
                .fetch_one(&mut *tx)
                .await?;
        lift(&mut tx, &uitvraag, jaar, stamp).await?;
        Ok(tx.commit().await?)
    }

    /// Opens a whole year again until the next freeze, while nothing of it was published: takes back every momentopname
    /// that stands, and the freeze day if that is past. Gives the ids that were taken back.
    pub async fn unfreeze_year(
        &self,
        uitvraag: &str,
        jaar: i32,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Vec<String>, LakeError> {
        let mut tx = self.transaction().await?;
        may_unfreeze_year(&mut tx, uitvraag, jaar, calendar, stamp.nu).await??;
        let ids = standing(&mut tx, uitvraag, jaar).await?;
        for id in &ids {
            take_back(&mut tx, id, stamp).await?;
        }
        lift(&mut tx, uitvraag, jaar, stamp).await?;
        let what = format!("{uitvraag}/{jaar} ontdooid");
        note(&mut tx, None, &what, stamp).await?;
        tx.commit().await?;
        Ok(ids)
    }
}

/// Marks one momentopname as taken back.
async fn take_back(tx: &mut SqliteConnection, id: &str, stamp: &Stamp) -> Result<(), LakeError> {
    sqlx::query("UPDATE momentopname SET ontdooid = $1 WHERE id = $2")
        .bind(ms(stamp.nu))
        .bind(id)
        .execute(&mut *tx)
        .await?;
    note(tx, None, &format!("momentopname {id} ontdooid"), stamp).await
}

/// Keeps that the year was unfrozen now.
async fn lift(
    tx: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
    stamp: &Stamp,
) -> Result<(), LakeError> {
    sqlx::query(
        "INSERT INTO ontdooiing (uitvraag, jaar, wanneer) VALUES ($1, $2, $3)
         ON CONFLICT (uitvraag, jaar) DO UPDATE SET wanneer = excluded.wanneer",
    )
    .bind(uitvraag)
    .bind(jaar)
    .bind(ms(stamp.nu))
    .execute(tx)
    .await?;
    Ok(())
}

/// The leveringen that count, but for those in quarantine.
async fn counting(
    connection: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<Vec<LeveringId>, LakeError> {
    let ids: Vec<String> = sqlx::query_scalar(concat!(
        "SELECT id FROM levering WHERE uitvraag = $1 AND jaar = $2 AND ",
        counts!(),
        "
         AND quarantaine IS NULL ORDER BY volgnummer"
    ))
    .bind(uitvraag)
    .bind(jaar)
    .fetch_all(connection)
    .await?;
    ids.iter().map(|id| levering_id(id)).collect()
}
