//! The momentopname: which leveringen count, frozen.
//!
//! Owns the frozen list with its files and the response of that moment. Leaves computing to `analysis`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schema::Toestand;
use schema::pakket::Toelichting;
use sqlx::SqliteConnection;

use crate::fout::LakeFout;
use crate::herstel::{Grondigheid, parquet_schade};
use crate::lake::{Lake, Stempel, Tijd, blokkerend, ms, tijd};
use crate::levering::{LeveringId, levering_id, naar_json, toestand, uit_json};
use crate::lezen::lees_toelichtingen;
use crate::pad::Map;
use crate::respons::{Respons, respons};
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
    /// Freezes what is in force now. Verifies the files first; a damaged levering goes into quarantine and stays out.
    pub async fn bevries(
        &self,
        uitvraag: &str,
        jaar: i32,
        stempel: &Stempel,
    ) -> Result<Momentopname, LakeFout> {
        for levering in self.geldende(uitvraag, jaar).await? {
            self.controleer_bestanden(levering, Grondigheid::Hash, stempel)
                .await?;
        }
        let mut tx = self.transactie().await?;
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
            .bind(ms(stempel.nu))
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

    /// Takes a freeze back, while nothing was published from it. Its id is never used again.
    pub async fn ontdooi(&self, id: &str, stempel: &Stempel) -> Result<(), LakeFout> {
        let mut tx = self.transactie().await?;
        let gepubliceerd: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM publicatie WHERE momentopname = $1 LIMIT 1")
                .bind(id)
                .fetch_optional(&mut *tx)
                .await?;
        if gepubliceerd.is_some() {
            return Err(LakeFout::NaPubliceren);
        }
        let ontdooid =
            sqlx::query("UPDATE momentopname SET ontdooid = $1 WHERE id = $2 AND ontdooid IS NULL")
                .bind(ms(stempel.nu))
                .bind(id)
                .execute(&mut *tx)
                .await?;
        if ontdooid.rows_affected() != 1 {
            return Err(LakeFout::OnbekendeMomentopname);
        }
        noteer(
            &mut tx,
            None,
            &format!("momentopname {id} ontdooid"),
            stempel,
        )
        .await?;
        Ok(tx.commit().await?)
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
        let vraag = sqlx::query_scalar(
            "SELECT id FROM momentopname WHERE uitvraag = $1 AND jaar = $2 AND ontdooid IS NULL ORDER BY volgnummer",
        );
        Ok(vraag
            .bind(uitvraag)
            .bind(jaar)
            .fetch_all(&mut *self.lezer().await?)
            .await?)
    }

    async fn geldende(&self, uitvraag: &str, jaar: i32) -> Result<Vec<LeveringId>, LakeFout> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM levering WHERE uitvraag = $1 AND jaar = $2 AND toestand IN ('ingediend', 'gepubliceerd')
             AND quarantaine IS NULL ORDER BY volgnummer",
        )
        .bind(uitvraag)
        .bind(jaar)
        .fetch_all(&mut *self.lezer().await?)
        .await?;
        ids.iter().map(|id| levering_id(id)).collect()
    }
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
