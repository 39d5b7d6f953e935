//! The steps in the life of a levering: each one transaction, compare and set, written in the log.
//!
//! Owns that only the steps of [`Toestand::may_become`] are ever taken and that signing replaces in the same breath.
//! Leaves whether a step may be taken now to `rules`, the opening to `open`, the bytes to `upload` and `tabel`,
//! erasing to `erase`.

use std::path::{Path, PathBuf};

use schema::bevinding::Verdict;
use schema::definitie::Calendar;
use schema::pakket::Toelichting;
use schema::{Confirmation, Oordeel, Toestand};
use sqlx::SqliteConnection;

use crate::columns::{i64_van, levering_id, ms, time, to_json};
use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering::{Levering, Signing, open_signalen};
use crate::levering_id::LeveringId;
use crate::log::{log, note};
use crate::queries::{in_force, require};
use crate::refusal::Refusal;
use crate::rules::{may_sign, may_withdraw};
use crate::stamp::{Stamp, Time};
use crate::tabel::TabelFile;

impl Lake {
    /// `ontvangen → afgekeurd | te_bevestigen | akkoord` by the judgement, naming the Parquet files in the same
    /// transaction. Answers that travelled with the pakket count: with every signaal answered it becomes akkoord.
    /// After a verdict of afgekeurd the files are removed.
    pub async fn judged(
        &self,
        id: LeveringId,
        oordeel: &Oordeel,
        tabellen: Vec<TabelFile>,
        regel_hash: &str,
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let done = self
            .record_oordeel(id, oordeel, &tabellen, regel_hash, stamp)
            .await;
        if oordeel.verdict == Verdict::Afgekeurd || done.is_err() {
            let paths = tabellen.into_iter().map(|t| t.pad).collect();
            if let Err(error) = self.remove_unnamed(id, paths).await {
                // The verdict stands whatever becomes of the files: start-up removes what nobody names.
                tracing::warn!(levering = %id, %error, "left for start-up");
            }
        }
        done
    }

    async fn record_oordeel(
        &self,
        id: LeveringId,
        oordeel: &Oordeel,
        tabellen: &[TabelFile],
        regel_hash: &str,
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let json = to_json(oordeel);
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        let to = to_toestand(oordeel.verdict);
        levering.may_be_judged(to)?;
        step(&mut tx, &levering, to, stamp).await?;
        if to == Toestand::TeBevestigen
            && open_signalen(&oordeel.regels, &levering.toelichtingen).is_empty()
        {
            let judged = Levering {
                toestand: to,
                ..levering
            };
            step(&mut tx, &judged, Toestand::Akkoord, stamp).await?;
        }
        if oordeel.verdict != Verdict::Afgekeurd {
            for tabel in tabellen {
                name_file(&mut tx, self.dir(), id, tabel).await?;
            }
        }
        sqlx::query("INSERT INTO oordeel (levering, oordeel) VALUES ($1, $2)")
            .bind(id.to_string())
            .bind(json)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE levering SET rijen = $1, regels = $2, regelhash = $3, beoordeeld = $4 WHERE id = $5")
            .bind(to_json(&oordeel.rijen))
            .bind(to_json(&oordeel.regels))
            .bind(regel_hash)
            .bind(ms(stamp.nu))
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// Removes Parquet files that the register does not name (a verdict that could not be recorded, or a rejection).
    async fn remove_unnamed(&self, id: LeveringId, paths: Vec<PathBuf>) -> Result<(), LakeError> {
        // A judgement that lost a race must not remove what the winner named: those files are the same ones.
        if self.tabellen(id).await?.is_empty() {
            self.remove_files(paths).await?;
        }
        Ok(())
    }

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
        set_toelichtingen(&mut tx, id, toelichtingen).await?;
        note(
            &mut tx,
            Some(id),
            &format!("{} toelichtingen", toelichtingen.len()),
            stamp,
        )
        .await?;
        let answered = require(&mut tx, id).await?;
        if answered.toestand == Toestand::TeBevestigen && answered.open_signalen().is_empty() {
            step(&mut tx, &answered, Toestand::Akkoord, stamp).await?;
        }
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

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

/// The state that follows from a verdict, answers aside.
fn to_toestand(verdict: Verdict) -> Toestand {
    match verdict {
        Verdict::Akkoord => Toestand::Akkoord,
        Verdict::TeBevestigen => Toestand::TeBevestigen,
        Verdict::Afgekeurd => Toestand::Afgekeurd,
    }
}

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

/// Names one Parquet file: from this transaction on it counts.
async fn name_file(
    tx: &mut SqliteConnection,
    dir: &Path,
    id: LeveringId,
    tabel: &TabelFile,
) -> Result<(), LakeError> {
    let path = tabel
        .pad
        .strip_prefix(dir)
        .ok()
        .and_then(Path::to_str)
        .ok_or(LakeError::InvalidPath)?;
    if tabel.levering != id {
        return Err(LakeError::Invalid("a table of another levering".to_owned()));
    }
    sqlx::query("INSERT INTO tabel (levering, tabel, pad, rijen, bytes, hash) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id.to_string())
        .bind(&tabel.tabel)
        .bind(path)
        .bind(i64_van(tabel.rijen)?)
        .bind(i64_van(tabel.bytes)?)
        .bind(&tabel.hash)
        .execute(&mut *tx)
        .await?;
    Ok(())
}
