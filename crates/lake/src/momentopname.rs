//! The momentopname: which leveringen count, frozen.
//!
//! Owns the frozen list with its files and the response of that moment, and taking it back. Leaves what frozen means
//! to `rules` and computing to `analysis`.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use schema::Toestand;
use schema::definitie::Klok;
use schema::pakket::Toelichting;
use sqlx::SqliteConnection;

use crate::fout::LakeFout;
use crate::herstel::{Grondigheid, parquet_schade};
use crate::lake::{Lake, Stempel, Tijd, blokkerend, ms, tijd};
use crate::levering::{LeveringId, levering_id, naar_json, toestand, uit_json};
use crate::lezen::lees_toelichtingen;
use crate::pad::Map;
use crate::respons::{Respons, respons};
use crate::rules::{may_freeze, may_unfreeze, may_unfreeze_year};
use crate::stap::noteer;
use crate::tabel::{TabelBestand, TabelRij};

/// A frozen state of one uitvraag and year. Never changes, but for leveringen erased since.
#[derive(Debug, Clone, PartialEq)]
pub struct Momentopname {
    /// Identity, as in `omgang-2020-1`.
    pub id: String,
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// When it was made.
    pub gemaakt: Tijd,
    /// The leveringen in force then, nulopgaven included, by KvK number.
    pub leveringen: Vec<MomentLevering>,
    /// Leveringen that counted but were in quarantine, and so are not in.
    pub uitgesloten: Vec<LeveringId>,
    /// The response then, but for leveringen that are not in: what counts is what figures are made of.
    pub respons: Respons,
}

/// One levering in a momentopname.
#[derive(Debug, Clone, PartialEq)]
pub struct MomentLevering {
    /// The levering.
    pub id: LeveringId,
    /// KvK number of the aanbieder.
    pub kvk: String,
    /// Whether it says that there is nothing to report.
    pub nulopgave: bool,
    /// `Definitie::regelhash` by which it was judged.
    pub regelhash: String,
    /// Label of the pseudonyms.
    pub pseudoniem: String,
    /// Rows per table.
    pub rijen: BTreeMap<String, u64>,
    /// Its Parquet files; empty for a nulopgave and after erasure.
    pub bestanden: Vec<TabelBestand>,
    /// The answers, for the footnotes (publish the codes only).
    pub toelichtingen: Vec<Toelichting>,
    /// Whether its data were erased since.
    pub gewist: bool,
}

impl Momentopname {
    /// The Parquet files of one table, in the order of the leveringen.
    pub fn bestanden(&self, tabel: &str) -> Vec<PathBuf> {
        let alle = self.leveringen.iter().flat_map(|l| &l.bestanden);
        alle.filter(|b| b.tabel == tabel)
            .map(|b| b.pad.clone())
            .collect()
    }

    /// The leveringen erased since.
    pub fn gewist(&self) -> Vec<LeveringId> {
        self.leveringen
            .iter()
            .filter(|l| l.gewist)
            .map(|l| l.id)
            .collect()
    }
}

#[derive(sqlx::FromRow)]
struct Rij {
    id: String,
    kvk: String,
    nulopgave: i64,
    toestand: String,
    regelhash: String,
    pseudoniem: String,
    rijen: String,
    uitgesloten: i64,
}

impl Lake {
    /// Freezes what is in force now, unless it is too soon for it: before the freeze day, with unfinished leveringen,
    /// or with none signed.
    pub async fn freeze_in_time(
        &self,
        uitvraag: &str,
        jaar: i32,
        klok: &Klok,
        stempel: &Stempel,
    ) -> Result<Momentopname, LakeFout> {
        self.freeze(uitvraag, jaar, Some(klok), stempel).await
    }

    /// Freezes what is in force now, also when it is too soon. Verifies the files first; a damaged levering goes into
    /// quarantine and stays out.
    pub async fn bevries(
        &self,
        uitvraag: &str,
        jaar: i32,
        stempel: &Stempel,
    ) -> Result<Momentopname, LakeFout> {
        self.freeze(uitvraag, jaar, None, stempel).await
    }

    async fn freeze(
        &self,
        uitvraag: &str,
        jaar: i32,
        in_time: Option<&Klok>,
        stempel: &Stempel,
    ) -> Result<Momentopname, LakeFout> {
        let mut verified = HashSet::new();
        let mut tx = loop {
            let mut lezer = self.lezer().await?;
            if let Some(klok) = in_time {
                may_freeze(&mut lezer, uitvraag, jaar, klok, stempel.nu).await??;
            }
            let in_force = geldende(&mut lezer, uitvraag, jaar).await?;
            drop(lezer);
            for id in in_force.into_iter().filter(|id| verified.insert(*id)) {
                self.controleer_bestanden(id, Grondigheid::Hash, stempel)
                    .await?;
            }
            let mut tx = self.transactie().await?;
            let in_force = geldende(&mut tx, uitvraag, jaar).await?;
            if in_force.iter().all(|id| verified.contains(id)) {
                break tx;
            }
            // Signed while files were read: those first.
            tx.rollback().await?;
        };
        if let Some(klok) = in_time {
            may_freeze(&mut tx, uitvraag, jaar, klok, stempel.nu).await??;
        }
        // No receipt in it is from after it, also one that was signed while the files were read.
        let last_signed: Option<i64> = sqlx::query_scalar(
            "SELECT max(ingediend) FROM levering WHERE uitvraag = $1 AND jaar = $2
             AND toestand IN ('ingediend', 'gepubliceerd')",
        )
        .bind(uitvraag)
        .bind(jaar)
        .fetch_one(&mut *tx)
        .await?;
        let made = last_signed.map_or(ms(stempel.nu), |signed| signed.max(ms(stempel.nu)));
        let volgnummer: i64 =
            sqlx::query_scalar("SELECT coalesce(max(volgnummer), 0) + 1 FROM momentopname WHERE uitvraag = $1 AND jaar = $2")
                .bind(uitvraag)
                .bind(jaar)
                .fetch_one(&mut *tx)
                .await?;
        let id = format!("{uitvraag}-{jaar}-{volgnummer}");
        let respons = respons(&mut tx, uitvraag, jaar).await?;
        sqlx::query("INSERT INTO momentopname (id, uitvraag, jaar, volgnummer, gemaakt, respons) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&id)
            .bind(uitvraag)
            .bind(jaar)
            .bind(volgnummer)
            .bind(made)
            .bind(naar_json(&respons))
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO momentopname_levering (momentopname, levering, uitgesloten)
             SELECT $1, id, CASE WHEN quarantaine IS NULL THEN 0 ELSE 1 END FROM levering
             WHERE uitvraag = $2 AND jaar = $3 AND toestand IN ('ingediend', 'gepubliceerd')",
        )
        .bind(&id)
        .bind(uitvraag)
        .bind(jaar)
        .execute(&mut *tx)
        .await?;
        noteer(
            &mut tx,
            None,
            &format!("momentopname {id} bevroren"),
            stempel,
        )
        .await?;
        let momentopname = lees(&mut tx, &self.kern.map, &id)
            .await?
            .ok_or(LakeFout::OnbekendeMomentopname)?;
        tx.commit().await?;
        Ok(momentopname)
    }

    /// Takes one momentopname back, while nothing was published from it. Its id is never used again. Where no other one
    /// stands, the year is open until the next freeze, also past its freeze day.
    pub async fn ontdooi(&self, id: &str, stempel: &Stempel) -> Result<(), LakeFout> {
        let mut tx = self.transactie().await?;
        may_unfreeze(&mut tx, id).await??;
        take_back(&mut tx, id, stempel).await?;
        let (uitvraag, jaar): (String, i32) =
            sqlx::query_as("SELECT uitvraag, jaar FROM momentopname WHERE id = $1")
                .bind(id)
                .fetch_one(&mut *tx)
                .await?;
        lift(&mut tx, &uitvraag, jaar, stempel).await?;
        Ok(tx.commit().await?)
    }

    /// Opens a whole year again until the next freeze, while nothing of it was published: takes back every momentopname
    /// that stands, and the freeze day if that is past. Gives the ids that were taken back.
    pub async fn unfreeze_year(
        &self,
        uitvraag: &str,
        jaar: i32,
        klok: &Klok,
        stempel: &Stempel,
    ) -> Result<Vec<String>, LakeFout> {
        let mut tx = self.transactie().await?;
        may_unfreeze_year(&mut tx, uitvraag, jaar, klok, stempel.nu).await??;
        let ids = standing(&mut tx, uitvraag, jaar).await?;
        for id in &ids {
            take_back(&mut tx, id, stempel).await?;
        }
        lift(&mut tx, uitvraag, jaar, stempel).await?;
        let what = format!("{uitvraag}/{jaar} ontdooid");
        noteer(&mut tx, None, &what, stempel).await?;
        tx.commit().await?;
        Ok(ids)
    }

    /// One momentopname.
    pub async fn momentopname(&self, id: &str) -> Result<Option<Momentopname>, LakeFout> {
        // In a transaction of its own, so that an erasure halfway is seen whole or not at all.
        let mut tx = self.kern.lezers.begin().await?;
        lees(&mut tx, &self.kern.map, id).await
    }

    /// The leveringen of a momentopname whose Parquet files are gone or no longer hold what was judged, with what is
    /// wrong, for the caller that is about to compute from them.
    pub async fn beschadigd(
        &self,
        momentopname: &Momentopname,
    ) -> Result<Vec<(LeveringId, String)>, LakeFout> {
        let mut beschadigd = Vec::new();
        for levering in momentopname.leveringen.iter().filter(|l| !l.gewist) {
            let bestanden = levering.bestanden.clone();
            let schade = blokkerend(move || Ok(bestanden.iter().find_map(parquet_schade))).await?;
            beschadigd.extend(schade.map(|schade| (levering.id, schade)));
        }
        Ok(beschadigd)
    }

    /// Ids of all momentopnamen of this uitvraag and year, oldest first.
    pub async fn momentopnamen(&self, uitvraag: &str, jaar: i32) -> Result<Vec<String>, LakeFout> {
        standing(&mut *self.lezer().await?, uitvraag, jaar).await
    }
}

/// Ids of the momentopnamen that were not taken back, oldest first.
async fn standing(
    verbinding: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<Vec<String>, LakeFout> {
    let vraag = sqlx::query_scalar(
        "SELECT id FROM momentopname WHERE uitvraag = $1 AND jaar = $2 AND ontdooid IS NULL ORDER BY volgnummer",
    );
    Ok(vraag
        .bind(uitvraag)
        .bind(jaar)
        .fetch_all(verbinding)
        .await?)
}

/// Marks one momentopname as taken back.
async fn take_back(tx: &mut SqliteConnection, id: &str, stempel: &Stempel) -> Result<(), LakeFout> {
    sqlx::query("UPDATE momentopname SET ontdooid = $1 WHERE id = $2")
        .bind(ms(stempel.nu))
        .bind(id)
        .execute(&mut *tx)
        .await?;
    noteer(tx, None, &format!("momentopname {id} ontdooid"), stempel).await
}

/// Keeps that the year was unfrozen now.
async fn lift(
    tx: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
    stempel: &Stempel,
) -> Result<(), LakeFout> {
    sqlx::query(
        "INSERT INTO ontdooiing (uitvraag, jaar, wanneer) VALUES ($1, $2, $3)
         ON CONFLICT (uitvraag, jaar) DO UPDATE SET wanneer = excluded.wanneer",
    )
    .bind(uitvraag)
    .bind(jaar)
    .bind(ms(stempel.nu))
    .execute(tx)
    .await?;
    Ok(())
}

/// The leveringen that count, but for those in quarantine.
async fn geldende(
    verbinding: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<Vec<LeveringId>, LakeFout> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM levering WHERE uitvraag = $1 AND jaar = $2 AND toestand IN ('ingediend', 'gepubliceerd')
         AND quarantaine IS NULL ORDER BY volgnummer",
    )
    .bind(uitvraag)
    .bind(jaar)
    .fetch_all(verbinding)
    .await?;
    ids.iter().map(|id| levering_id(id)).collect()
}

async fn lees(
    verbinding: &mut SqliteConnection,
    map: &Map,
    id: &str,
) -> Result<Option<Momentopname>, LakeFout> {
    let kop: Option<(String, i32, i64, String)> =
        sqlx::query_as("SELECT uitvraag, jaar, gemaakt, respons FROM momentopname WHERE id = $1 AND ontdooid IS NULL")
            .bind(id)
            .fetch_optional(&mut *verbinding)
            .await?;
    let Some((uitvraag, jaar, gemaakt, respons)) = kop else {
        return Ok(None);
    };
    let rijen: Vec<Rij> = sqlx::query_as(
        "SELECT l.id, l.kvk, l.nulopgave, l.toestand, l.regelhash, l.pseudoniem, l.rijen, m.uitgesloten
         FROM momentopname_levering m JOIN levering l ON l.id = m.levering
         WHERE m.momentopname = $1 ORDER BY l.kvk",
    )
    .bind(id)
    .fetch_all(&mut *verbinding)
    .await?;
    let mut bestanden = lees_bestanden(verbinding, map, id).await?;
    let mut leveringen = Vec::with_capacity(rijen.len());
    let mut uitgesloten = Vec::new();
    for rij in rijen {
        let levering = levering_id(&rij.id)?;
        if rij.uitgesloten != 0 {
            uitgesloten.push(levering);
            continue;
        }
        leveringen.push(MomentLevering {
            id: levering,
            kvk: rij.kvk,
            nulopgave: rij.nulopgave != 0,
            regelhash: rij.regelhash,
            pseudoniem: rij.pseudoniem,
            rijen: uit_json(&rij.rijen)?,
            bestanden: bestanden.remove(&levering).unwrap_or_default(),
            toelichtingen: lees_toelichtingen(verbinding, &rij.id).await?,
            gewist: toestand(&rij.toestand)? == Toestand::Gewist,
        });
    }
    let gemaakt = tijd(gemaakt)?;
    let mut respons: Respons = uit_json(&respons)?;
    let gewist = leveringen.iter().filter(|l| l.gewist).map(|l| l.id);
    for levering in uitgesloten.iter().copied().chain(gewist) {
        respons
            .regels
            .iter_mut()
            .for_each(|regel| regel.zonder(levering));
    }
    Ok(Some(Momentopname {
        id: id.to_owned(),
        uitvraag,
        jaar,
        gemaakt,
        leveringen,
        uitgesloten,
        respons,
    }))
}

async fn lees_bestanden(
    verbinding: &mut SqliteConnection,
    map: &Map,
    id: &str,
) -> Result<BTreeMap<LeveringId, Vec<TabelBestand>>, LakeFout> {
    let rijen: Vec<TabelRij> = sqlx::query_as(
        "SELECT t.levering, t.tabel, t.pad, t.rijen, t.bytes, t.hash
         FROM tabel t JOIN momentopname_levering m ON m.levering = t.levering
         WHERE m.momentopname = $1 ORDER BY t.levering, t.tabel",
    )
    .bind(id)
    .fetch_all(verbinding)
    .await?;
    let mut bestanden: BTreeMap<LeveringId, Vec<TabelBestand>> = BTreeMap::new();
    for rij in rijen {
        let bestand = rij.bestand(map)?;
        bestanden.entry(bestand.levering).or_default().push(bestand);
    }
    Ok(bestanden)
}
