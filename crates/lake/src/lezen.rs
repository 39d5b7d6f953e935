//! The questions one can ask the register about leveringen.
//!
//! Owns the row of a levering and reading it, in or outside a transaction. Leaves every change of state to `stap`.

use std::collections::HashMap;

use schema::pakket::Toelichting;
use schema::{Oordeel, Pakket, Toestand};
use sqlx::SqliteConnection;

use crate::attempts::ATTEMPTS;
use crate::fout::LakeFout;
use crate::lake::{Lake, blokkerend, tijd};
use crate::levering::{
    Bestandstand, Filter, Gebeurtenis, Levering, LeveringId, Ondertekenaar, aantal, levering_id,
    toestand, uit_json,
};

/// The columns of [`Rij`], before the rest of the question.
macro_rules! kies {
    ($rest:literal) => {
        concat!(
            "SELECT id, volgnummer, kvk, uitvraag, jaar, nulopgave, toestand, quarantaine, regelhash, pseudoniem, ",
            "rijen, regels, naam, functie, jws IS NOT NULL AS bewijs, geopend, ontvangen, beoordeeld, ingediend, ",
            "gewijzigd, coalesce((SELECT aantal FROM oordeelpoging p WHERE p.levering = levering.id), 0) AS pogingen ",
            "FROM levering ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Rij {
    id: String,
    volgnummer: i64,
    kvk: String,
    uitvraag: String,
    jaar: i32,
    nulopgave: i64,
    toestand: String,
    quarantaine: Option<String>,
    regelhash: String,
    pseudoniem: String,
    rijen: String,
    regels: String,
    naam: Option<String>,
    functie: Option<String>,
    bewijs: i64,
    geopend: i64,
    ontvangen: Option<i64>,
    beoordeeld: Option<i64>,
    ingediend: Option<i64>,
    gewijzigd: i64,
    pogingen: u32,
}

impl Rij {
    fn levering(self, delen: &mut Delen) -> Result<Levering, LakeFout> {
        let delen = delen.remove(&self.id).unwrap_or_default();
        Ok(Levering {
            id: levering_id(&self.id)?,
            volgnummer: self.volgnummer,
            kvk: self.kvk,
            uitvraag: self.uitvraag,
            jaar: self.jaar,
            nulopgave: self.nulopgave != 0,
            toestand: toestand(&self.toestand)?,
            quarantaine: self.quarantaine,
            geopend: tijd(self.geopend)?,
            ontvangen: self.ontvangen.map(tijd).transpose()?,
            beoordeeld: self.beoordeeld.map(tijd).transpose()?,
            ingediend: self.ingediend.map(tijd).transpose()?,
            gewijzigd: tijd(self.gewijzigd)?,
            bestanden: delen.bestanden,
            regelhash: self.regelhash,
            pseudoniem: self.pseudoniem,
            rijen: uit_json(&self.rijen)?,
            regels: uit_json(&self.regels)?,
            toelichtingen: delen.toelichtingen,
            ondertekenaar: self
                .naam
                .zip(self.functie)
                .map(|(naam, functie)| Ondertekenaar { naam, functie }),
            attempts: self.pogingen,
            heeft_ontvangstbewijs: self.bewijs != 0,
        })
    }
}

/// What hangs below a levering, by its id.
type Delen = HashMap<String, Deel>;

#[derive(Default)]
struct Deel {
    bestanden: Vec<Bestandstand>,
    toelichtingen: Vec<Toelichting>,
}

impl Lake {
    /// One levering.
    pub async fn levering(&self, id: LeveringId) -> Result<Option<Levering>, LakeFout> {
        lees(&mut *self.lezer().await?, id).await
    }

    /// The leveringen that fit, newest first.
    pub async fn leveringen(&self, filter: Filter<'_>) -> Result<Vec<Levering>, LakeFout> {
        let mut lezer = self.lezer().await?;
        let rijen: Vec<Rij> = sqlx::query_as(kies!(
            "WHERE ($1 IS NULL OR kvk = $1) AND ($2 IS NULL OR uitvraag = $2) AND ($3 IS NULL OR jaar = $3)
             AND ($4 IS NULL OR toestand = $4) ORDER BY volgnummer DESC"
        ))
        .bind(filter.kvk)
        .bind(filter.uitvraag)
        .bind(filter.jaar)
        .bind(filter.toestand.map(Toestand::naam))
        .fetch_all(&mut *lezer)
        .await?;
        let mut delen = Delen::new();
        for rij in &rijen {
            lees_delen(&mut lezer, &rij.id, &mut delen).await?;
        }
        rijen
            .into_iter()
            .map(|rij| rij.levering(&mut delen))
            .collect()
    }

    /// The levering that counts now for this aanbieder, uitvraag and year.
    pub async fn in_kracht(
        &self,
        kvk: &str,
        uitvraag: &str,
        jaar: i32,
    ) -> Result<Option<Levering>, LakeFout> {
        let mut lezer = self.lezer().await?;
        match in_kracht(&mut lezer, kvk, uitvraag, jaar).await? {
            Some(id) => lees(&mut lezer, id).await,
            None => Ok(None),
        }
    }

    /// The leveringen that are in and wait for the judge, oldest first; those of which an attempt failed come last, and
    /// those that had their attempts not at all.
    pub async fn te_beoordelen(&self) -> Result<Vec<LeveringId>, LakeFout> {
        let ids: Vec<String> =
            sqlx::query_scalar(
                "SELECT l.id FROM levering l LEFT JOIN oordeelpoging p ON p.levering = l.id
                 WHERE l.toestand = 'ontvangen' AND l.quarantaine IS NULL AND coalesce(p.aantal, 0) < $1
                 ORDER BY coalesce(p.aantal, 0), l.volgnummer",
            )
            .bind(i64::from(ATTEMPTS))
            .fetch_all(&mut *self.lezer().await?)
            .await?;
        ids.iter().map(|id| levering_id(id)).collect()
    }

    /// The manifest of a levering; `None` for a nulopgave and after erasure.
    pub async fn pakket(&self, id: LeveringId) -> Result<Option<Pakket>, LakeFout> {
        let vraag =
            sqlx::query_scalar("SELECT pakket FROM levering WHERE id = $1").bind(id.to_string());
        let tekst: Option<Option<String>> = vraag.fetch_optional(&mut *self.lezer().await?).await?;
        tekst
            .ok_or(LakeFout::OnbekendeLevering(id))?
            .as_deref()
            .map(uit_json)
            .transpose()
    }

    /// The judgement; `None` until judged and after erasure.
    pub async fn oordeel(&self, id: LeveringId) -> Result<Option<Oordeel>, LakeFout> {
        let vraag = sqlx::query_scalar("SELECT oordeel FROM oordeel WHERE levering = $1")
            .bind(id.to_string());
        let tekst: Option<String> = vraag.fetch_optional(&mut *self.lezer().await?).await?;
        tekst.as_deref().map(uit_json).transpose()
    }

    /// The ontvangstbewijs (compact JWS); `None` until signed.
    pub async fn ontvangstbewijs(&self, id: LeveringId) -> Result<Option<String>, LakeFout> {
        let vraag =
            sqlx::query_scalar("SELECT jws FROM levering WHERE id = $1").bind(id.to_string());
        let jws: Option<Option<String>> = vraag.fetch_optional(&mut *self.lezer().await?).await?;
        Ok(jws.flatten())
    }

    /// The log, oldest first; of one levering, or all of it.
    pub async fn gebeurtenissen(
        &self,
        id: Option<LeveringId>,
    ) -> Result<Vec<Gebeurtenis>, LakeFout> {
        type Regel = (
            i64,
            Option<String>,
            Option<String>,
            Option<String>,
            String,
            String,
            i64,
        );
        let regels: Vec<Regel> = sqlx::query_as(
            "SELECT volgnummer, levering, van, naar, wat, wie, wanneer FROM gebeurtenis
             WHERE ($1 IS NULL OR levering = $1) ORDER BY volgnummer",
        )
        .bind(id.map(|id| id.to_string()))
        .fetch_all(&mut *self.lezer().await?)
        .await?;
        let maak = |(volgnummer, levering, van, naar, wat, wie, wanneer): Regel| {
            Ok(Gebeurtenis {
                volgnummer,
                levering: levering.as_deref().map(levering_id).transpose()?,
                van: van.as_deref().map(toestand).transpose()?,
                naar: naar.as_deref().map(toestand).transpose()?,
                wat,
                wie,
                wanneer: tijd(wanneer)?,
            })
        };
        regels.into_iter().map(maak).collect()
    }

    /// The file of one table as received (zstd), to read from the start.
    pub async fn open_raw(&self, id: LeveringId, tabel: &str) -> Result<std::fs::File, LakeFout> {
        let vraag =
            sqlx::query_scalar("SELECT 1 FROM levering_bestand WHERE levering = $1 AND tabel = $2");
        let bekend: Option<i64> = vraag
            .bind(id.to_string())
            .bind(tabel)
            .fetch_optional(&mut *self.lezer().await?)
            .await?;
        bekend.ok_or(LakeFout::OnbekendeTabel(id))?;
        let pad = self.kern.map.raw_bestand(id, tabel);
        blokkerend(move || {
            std::fs::File::open(pad).map_err(LakeFout::io("opening a received file"))
        })
        .await
    }
}

/// One levering, on a connection that may be in a transaction.
pub(crate) async fn lees(
    verbinding: &mut SqliteConnection,
    id: LeveringId,
) -> Result<Option<Levering>, LakeFout> {
    let vraag = sqlx::query_as(kies!("WHERE id = $1")).bind(id.to_string());
    let rij: Option<Rij> = vraag.fetch_optional(&mut *verbinding).await?;
    let Some(rij) = rij else { return Ok(None) };
    let mut delen = Delen::new();
    lees_delen(verbinding, &rij.id, &mut delen).await?;
    rij.levering(&mut delen).map(Some)
}

/// One levering that must be there.
pub(crate) async fn eis(
    verbinding: &mut SqliteConnection,
    id: LeveringId,
) -> Result<Levering, LakeFout> {
    lees(verbinding, id)
        .await?
        .ok_or(LakeFout::OnbekendeLevering(id))
}

/// The levering that counts now.
pub(crate) async fn in_kracht(
    verbinding: &mut SqliteConnection,
    kvk: &str,
    uitvraag: &str,
    jaar: i32,
) -> Result<Option<LeveringId>, LakeFout> {
    let id: Option<String> = sqlx::query_scalar(
        "SELECT id FROM levering WHERE kvk = $1 AND uitvraag = $2 AND jaar = $3
         AND toestand IN ('ingediend', 'gepubliceerd')",
    )
    .bind(kvk)
    .bind(uitvraag)
    .bind(jaar)
    .fetch_optional(verbinding)
    .await?;
    id.as_deref().map(levering_id).transpose()
}

async fn lees_delen(
    verbinding: &mut SqliteConnection,
    id: &str,
    delen: &mut Delen,
) -> Result<(), LakeFout> {
    let bestanden: Vec<(String, i64, i64, String)> =
        sqlx::query_as("SELECT tabel, bytes, binnen, hash FROM levering_bestand WHERE levering = $1 ORDER BY volgorde")
            .bind(id)
            .fetch_all(&mut *verbinding)
            .await?;
    let deel = delen.entry(id.to_owned()).or_default();
    for (tabel, bytes, binnen, hash) in bestanden {
        deel.bestanden.push(Bestandstand {
            tabel,
            bytes: aantal(bytes)?,
            offset: aantal(binnen)?,
            hash,
        });
    }
    deel.toelichtingen = lees_toelichtingen(verbinding, id).await?;
    Ok(())
}

/// The answers of one levering, by code.
pub(crate) async fn lees_toelichtingen(
    verbinding: &mut SqliteConnection,
    id: &str,
) -> Result<Vec<Toelichting>, LakeFout> {
    let rijen: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT code, antwoord, woorden FROM toelichting WHERE levering = $1 ORDER BY code",
    )
    .bind(id)
    .fetch_all(verbinding)
    .await?;
    let maak = |(code, antwoord, woorden): (String, String, String)| {
        Ok(Toelichting {
            code,
            antwoord: uit_json(&antwoord)?,
            woorden,
        })
    };
    rijen.into_iter().map(maak).collect()
}
