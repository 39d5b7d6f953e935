//! The steps in the life of a levering: each one transaction, compare and set, written in the log.
//!
//! Owns that only the steps of [`Toestand::may_become`] are ever taken and that signing replaces in the same breath.
//! Leaves whether a step may be taken now to `rules`, the opening to `openen`, the bytes to `upload` and `tabel`,
//! erasing to `wissen`.

use std::path::{Path, PathBuf};

use schema::bevinding::Verdict;
use schema::definitie::Klok;
use schema::pakket::Toelichting;
use schema::{Oordeel, Toestand};
use sqlx::SqliteConnection;

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, Tijd, ms, tijd};
use crate::levering::{
    Levering, LeveringId, Signing, i64_van, levering_id, naar_json, open_signalen,
};
use crate::lezen::{eis, in_kracht};
use crate::refusal::Refusal;
use crate::rules::{may_sign, may_withdraw};
use crate::tabel::TabelBestand;

impl Lake {
    /// `ontvangen → afgekeurd | te_bevestigen | akkoord` by the judgement, naming the Parquet files in the same
    /// transaction. Answers that travelled with the pakket count: with every signaal answered it becomes akkoord.
    /// After a verdict of afgekeurd the files are removed.
    pub async fn beoordeeld(
        &self,
        id: LeveringId,
        oordeel: &Oordeel,
        tabellen: Vec<TabelBestand>,
        regelhash: &str,
        stempel: &Stempel,
    ) -> Result<Levering, LakeFout> {
        let gedaan = self
            .leg_oordeel_vast(id, oordeel, &tabellen, regelhash, stempel)
            .await;
        if oordeel.verdict == Verdict::Afgekeurd || gedaan.is_err() {
            let paden = tabellen.into_iter().map(|t| t.pad).collect();
            if let Err(fout) = self.verwijder_ongenoemd(id, paden).await {
                // The verdict stands whatever becomes of the files: start-up removes what nobody names.
                tracing::warn!(levering = %id, %fout, "left for start-up");
            }
        }
        gedaan
    }

    async fn leg_oordeel_vast(
        &self,
        id: LeveringId,
        oordeel: &Oordeel,
        tabellen: &[TabelBestand],
        regelhash: &str,
        stempel: &Stempel,
    ) -> Result<Levering, LakeFout> {
        let json = naar_json(oordeel);
        let mut tx = self.transactie().await?;
        let levering = eis(&mut tx, id).await?;
        let naar = naar_toestand(oordeel.verdict);
        levering.may_be_judged(naar)?;
        stap(&mut tx, &levering, naar, stempel).await?;
        if naar == Toestand::TeBevestigen
            && open_signalen(&oordeel.regels, &levering.toelichtingen).is_empty()
        {
            let beoordeeld = Levering {
                toestand: naar,
                ..levering
            };
            stap(&mut tx, &beoordeeld, Toestand::Akkoord, stempel).await?;
        }
        if oordeel.verdict != Verdict::Afgekeurd {
            for tabel in tabellen {
                noem(&mut tx, self.dir(), id, tabel).await?;
            }
        }
        sqlx::query("INSERT INTO oordeel (levering, oordeel) VALUES ($1, $2)")
            .bind(id.to_string())
            .bind(json)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE levering SET rijen = $1, regels = $2, regelhash = $3, beoordeeld = $4 WHERE id = $5")
            .bind(naar_json(&oordeel.rijen))
            .bind(naar_json(&oordeel.regels))
            .bind(regelhash)
            .bind(ms(stempel.nu))
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        let levering = eis(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// Removes Parquet files that the register does not name (a verdict that could not be recorded, or a rejection).
    async fn verwijder_ongenoemd(
        &self,
        id: LeveringId,
        paden: Vec<PathBuf>,
    ) -> Result<(), LakeFout> {
        // A judgement that lost a race must not remove what the winner named: those files are the same ones.
        if self.tabellen(id).await?.is_empty() {
            self.verwijder_bestanden(paden).await?;
        }
        Ok(())
    }

    /// Adds or replaces answers, by code; `te_bevestigen → akkoord` when none is missing any more.
    pub async fn toelichten(
        &self,
        id: LeveringId,
        toelichtingen: &[Toelichting],
        stempel: &Stempel,
    ) -> Result<Levering, LakeFout> {
        let mut tx = self.transactie().await?;
        let levering = eis(&mut tx, id).await?;
        levering.may_be_answered()?;
        zet_toelichtingen(&mut tx, id, toelichtingen).await?;
        noteer(
            &mut tx,
            Some(id),
            &format!("{} toelichtingen", toelichtingen.len()),
            stempel,
        )
        .await?;
        let beantwoord = eis(&mut tx, id).await?;
        if beantwoord.toestand == Toestand::TeBevestigen && beantwoord.open_signalen().is_empty() {
            stap(&mut tx, &beantwoord, Toestand::Akkoord, stempel).await?;
        }
        let levering = eis(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// `akkoord → ingediend`: keeps signer and receipt, and sets the levering that counted until now to vervangen.
    /// `other_key_meant` says that one made with another key than that levering is meant to take its place.
    pub async fn indienen(
        &self,
        id: LeveringId,
        signing: &Signing<'_>,
        other_key_meant: bool,
        stempel: &Stempel,
    ) -> Result<Levering, LakeFout> {
        let mut tx = self.transactie().await?;
        let levering = eis(&mut tx, id).await?;
        let (klok, now) = (signing.klok, stempel.nu);
        may_sign(&mut tx, &levering, klok, other_key_meant, now).await??;
        let levering = onderteken(&mut tx, &levering, signing, stempel).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// Takes a levering back; a signed one only until the freeze.
    pub async fn intrekken(
        &self,
        id: LeveringId,
        klok: &Klok,
        stempel: &Stempel,
    ) -> Result<Levering, LakeFout> {
        let mut tx = self.transactie().await?;
        let levering = eis(&mut tx, id).await?;
        may_withdraw(&mut tx, &levering, klok, stempel.nu).await??;
        stap(&mut tx, &levering, Toestand::Ingetrokken, stempel).await?;
        let levering = eis(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// Sets every unfinished levering of this uitvraag and year to verlopen; returns them.
    pub async fn verlopen(
        &self,
        uitvraag: &str,
        jaar: i32,
        stempel: &Stempel,
    ) -> Result<Vec<LeveringId>, LakeFout> {
        let mut tx = self.transactie().await?;
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM levering WHERE uitvraag = $1 AND jaar = $2
             AND toestand IN ('geopend', 'ontvangen', 'afgekeurd', 'te_bevestigen', 'akkoord') ORDER BY volgnummer",
        )
        .bind(uitvraag)
        .bind(jaar)
        .fetch_all(&mut *tx)
        .await?;
        let mut verlopen = Vec::with_capacity(ids.len());
        for id in &ids {
            let levering = eis(&mut tx, levering_id(id)?).await?;
            stap(&mut tx, &levering, Toestand::Verlopen, stempel).await?;
            verlopen.push(levering.id);
        }
        tx.commit().await?;
        Ok(verlopen)
    }
}

/// The state that follows from a verdict, answers aside.
fn naar_toestand(verdict: Verdict) -> Toestand {
    match verdict {
        Verdict::Akkoord => Toestand::Akkoord,
        Verdict::TeBevestigen => Toestand::TeBevestigen,
        Verdict::Afgekeurd => Toestand::Afgekeurd,
    }
}

/// Takes one step, if the life of a levering has it and the levering still is what was read.
pub(crate) async fn stap(
    tx: &mut SqliteConnection,
    levering: &Levering,
    naar: Toestand,
    stempel: &Stempel,
) -> Result<(), LakeFout> {
    let van = levering.toestand;
    let refusal = Refusal::State {
        from: van,
        to: naar,
    };
    if !van.may_become(naar) {
        return Err(refusal.into());
    }
    let gezet = sqlx::query(
        "UPDATE levering SET toestand = $1, gewijzigd = $2 WHERE id = $3 AND toestand = $4",
    )
    .bind(naar.naam())
    .bind(ms(stempel.nu))
    .bind(levering.id.to_string())
    .bind(van.naam())
    .execute(&mut *tx)
    .await?;
    if gezet.rows_affected() != 1 {
        return Err(refusal.into());
    }
    log(tx, Some(levering.id), Some(van), Some(naar), "", stempel).await
}

/// Signs: replaces what counted, then counts itself. In this order, for the register allows only one at a time. The
/// caller asked the rule in this transaction.
pub(crate) async fn onderteken(
    tx: &mut SqliteConnection,
    levering: &Levering,
    signing: &Signing<'_>,
    stempel: &Stempel,
) -> Result<Levering, LakeFout> {
    let nu = after_momentopname(&mut *tx, levering, stempel.nu).await?;
    let stempel = &Stempel::new(stempel.wie.as_str(), nu);
    if let Some(oud) = in_kracht(tx, &levering.kvk, &levering.uitvraag, levering.jaar).await? {
        let oud = eis(tx, oud).await?;
        stap(tx, &oud, Toestand::Vervangen, stempel).await?;
        // Its content may come back: a key that stayed with it would lead there for ever.
        sqlx::query("UPDATE levering SET sleutel = NULL WHERE id = $1")
            .bind(oud.id.to_string())
            .execute(&mut *tx)
            .await?;
    }
    stap(tx, levering, Toestand::Ingediend, stempel).await?;
    let id = levering.id;
    sqlx::query("UPDATE levering SET naam = $1, functie = $2, ingediend = $3 WHERE id = $4")
        .bind(&signing.signer.naam)
        .bind(&signing.signer.functie)
        .bind(ms(nu))
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    let signed = eis(&mut *tx, id).await?;
    sqlx::query("UPDATE levering SET jws = $1 WHERE id = $2")
        .bind((signing.receipt)(&signed))
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    eis(tx, id).await
}

/// The moment of signing: `now`, but never before a momentopname that does not hold it. Who has uitstel may have waited
/// for the freeze to end, and a receipt from before a momentopname stands in it.
async fn after_momentopname(
    tx: &mut SqliteConnection,
    levering: &Levering,
    now: Tijd,
) -> Result<Tijd, LakeFout> {
    let newest: Option<i64> = sqlx::query_scalar(
        "SELECT max(gemaakt) FROM momentopname WHERE uitvraag = $1 AND jaar = $2 AND ontdooid IS NULL",
    )
    .bind(&levering.uitvraag)
    .bind(levering.jaar)
    .fetch_one(tx)
    .await?;
    match newest {
        Some(newest) => Ok(now.max(tijd(newest + 1)?)),
        None => Ok(now),
    }
}

/// Adds or replaces answers.
pub(crate) async fn zet_toelichtingen(
    tx: &mut SqliteConnection,
    id: LeveringId,
    toelichtingen: &[Toelichting],
) -> Result<(), LakeFout> {
    for toelichting in toelichtingen {
        sqlx::query(
            "INSERT INTO toelichting (levering, code, antwoord, woorden) VALUES ($1, $2, $3, $4)
             ON CONFLICT (levering, code) DO UPDATE SET antwoord = excluded.antwoord, woorden = excluded.woorden",
        )
        .bind(id.to_string())
        .bind(&toelichting.code)
        .bind(naar_json(&toelichting.antwoord))
        .bind(&toelichting.woorden)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Names one Parquet file: from this transaction on it counts.
async fn noem(
    tx: &mut SqliteConnection,
    dir: &Path,
    id: LeveringId,
    tabel: &TabelBestand,
) -> Result<(), LakeFout> {
    let pad = tabel
        .pad
        .strip_prefix(dir)
        .ok()
        .and_then(Path::to_str)
        .ok_or(LakeFout::PadOngeldig)?;
    if tabel.levering != id {
        return Err(LakeFout::Ongeldig("a table of another levering".to_owned()));
    }
    sqlx::query("INSERT INTO tabel (levering, tabel, pad, rijen, bytes, hash) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id.to_string())
        .bind(&tabel.tabel)
        .bind(pad)
        .bind(i64_van(tabel.rijen)?)
        .bind(i64_van(tabel.bytes)?)
        .bind(&tabel.hash)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Writes in the log what is no change of state.
pub(crate) async fn noteer(
    tx: &mut SqliteConnection,
    id: Option<LeveringId>,
    wat: &str,
    stempel: &Stempel,
) -> Result<(), LakeFout> {
    log(tx, id, None, None, wat, stempel).await
}

/// Writes one line of the log.
pub(crate) async fn log(
    tx: &mut SqliteConnection,
    id: Option<LeveringId>,
    van: Option<Toestand>,
    naar: Option<Toestand>,
    wat: &str,
    stempel: &Stempel,
) -> Result<(), LakeFout> {
    sqlx::query(
        "INSERT INTO gebeurtenis (volgnummer, levering, van, naar, wat, wie, wanneer)
         SELECT coalesce(max(volgnummer), 0) + 1, $1, $2, $3, $4, $5, $6 FROM gebeurtenis",
    )
    .bind(id.map(|id| id.to_string()))
    .bind(van.map(Toestand::naam))
    .bind(naar.map(Toestand::naam))
    .bind(wat)
    .bind(&stempel.wie)
    .bind(ms(stempel.nu))
    .execute(&mut *tx)
    .await?;
    Ok(())
}
