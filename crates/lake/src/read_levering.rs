//! The questions one can ask the register about leveringen.
//!
//! Owns the row of a levering and reading it, in or outside a transaction. Leaves every change of state to `transitions`.

use std::collections::HashMap;

use schema::pakket::Toelichting;
use schema::{Oordeel, Pakket, Toestand};
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering::{FileState, Levering, LeveringFilter, LogEntry, Signatory};
use crate::levering_id::LeveringId;
use crate::register_columns::{count, counts, from_json, levering_id, time, toestand};

/// The columns of [`LeveringRow`], before the rest of the question.
macro_rules! choose {
    ($rest:literal) => {
        concat!(
            "SELECT id, volgnummer, kvk, uitvraag, jaar, nulopgave, toestand, quarantaine, regelhash, pseudoniem, ",
            "rijen, regels, weigering, naam, functie, jws IS NOT NULL AS bewijs, geopend, ontvangen, beoordeeld, ingediend, ",
            "gewijzigd, coalesce((SELECT aantal FROM oordeelpoging p WHERE p.levering = levering.id), 0) AS pogingen ",
            "FROM levering ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct LeveringRow {
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
    weigering: Option<String>,
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

impl LeveringRow {
    fn levering(self, parts: &mut LeveringParts) -> Result<Levering, LakeError> {
        let parts = parts.remove(&self.id).unwrap_or_default();
        Ok(Levering {
            id: levering_id(&self.id)?,
            volgnummer: self.volgnummer,
            kvk: self.kvk,
            uitvraag: self.uitvraag,
            jaar: self.jaar,
            nulopgave: self.nulopgave != 0,
            toestand: toestand(&self.toestand)?,
            quarantaine: self.quarantaine,
            geopend: time(self.geopend)?,
            ontvangen: self.ontvangen.map(time).transpose()?,
            beoordeeld: self.beoordeeld.map(time).transpose()?,
            ingediend: self.ingediend.map(time).transpose()?,
            gewijzigd: time(self.gewijzigd)?,
            bestanden: parts.bestanden,
            regelhash: self.regelhash,
            pseudoniem: self.pseudoniem,
            rijen: from_json(&self.rijen)?,
            regels: from_json(&self.regels)?,
            refusal: self.weigering,
            toelichtingen: parts.toelichtingen,
            ondertekenaar: self
                .naam
                .zip(self.functie)
                .map(|(name, job_title)| Signatory {
                    naam: name,
                    functie: job_title,
                }),
            attempts: self.pogingen,
            has_ontvangstbewijs: self.bewijs != 0,
        })
    }
}

/// What hangs below a levering, by its id.
type LeveringParts = HashMap<String, LeveringDetails>;

#[derive(Default)]
struct LeveringDetails {
    bestanden: Vec<FileState>,
    toelichtingen: Vec<Toelichting>,
}

impl Lake {
    /// One levering.
    pub async fn levering(&self, id: LeveringId) -> Result<Option<Levering>, LakeError> {
        find(&mut *self.reader().await?, id).await
    }

    /// The leveringen that fit, newest first.
    pub async fn leveringen(&self, filter: LeveringFilter<'_>) -> Result<Vec<Levering>, LakeError> {
        let mut reader = self.reader().await?;
        let rows: Vec<LeveringRow> = sqlx::query_as(choose!(
            "WHERE ($1 IS NULL OR kvk = $1) AND ($2 IS NULL OR uitvraag = $2) AND ($3 IS NULL OR jaar = $3)
             AND ($4 IS NULL OR toestand = $4) ORDER BY volgnummer DESC"
        ))
        .bind(filter.kvk)
        .bind(filter.uitvraag)
        .bind(filter.jaar)
        .bind(filter.toestand.map(Toestand::name))
        .fetch_all(&mut *reader)
        .await?;
        let mut parts = LeveringParts::new();
        for row in &rows {
            read_parts(&mut reader, &row.id, &mut parts).await?;
        }
        rows.into_iter()
            .map(|row| row.levering(&mut parts))
            .collect()
    }

    /// The levering that counts now for this aanbieder, uitvraag and year.
    pub async fn in_force(
        &self,
        kvk: &str,
        uitvraag: &str,
        jaar: i32,
    ) -> Result<Option<Levering>, LakeError> {
        let mut reader = self.reader().await?;
        match in_force(&mut reader, kvk, uitvraag, jaar).await? {
            Some(id) => find(&mut reader, id).await,
            None => Ok(None),
        }
    }

    /// The manifest of a levering; `None` for a nulopgave and after erasure.
    pub async fn pakket(&self, id: LeveringId) -> Result<Option<Pakket>, LakeError> {
        let query =
            sqlx::query_scalar("SELECT pakket FROM levering WHERE id = $1").bind(id.to_string());
        let text: Option<Option<String>> = query.fetch_optional(&mut *self.reader().await?).await?;
        text.ok_or(LakeError::UnknownLevering(id))?
            .as_deref()
            .map(from_json)
            .transpose()
    }

    /// The judgement; `None` until judged and after erasure.
    pub async fn oordeel(&self, id: LeveringId) -> Result<Option<Oordeel>, LakeError> {
        let query = sqlx::query_scalar("SELECT oordeel FROM oordeel WHERE levering = $1")
            .bind(id.to_string());
        let text: Option<String> = query.fetch_optional(&mut *self.reader().await?).await?;
        text.as_deref().map(from_json).transpose()
    }

    /// The ontvangstbewijs (compact JWS); `None` until signed.
    pub async fn ontvangstbewijs(&self, id: LeveringId) -> Result<Option<String>, LakeError> {
        let query =
            sqlx::query_scalar("SELECT jws FROM levering WHERE id = $1").bind(id.to_string());
        let jws: Option<Option<String>> = query.fetch_optional(&mut *self.reader().await?).await?;
        Ok(jws.flatten())
    }

    /// The log, oldest first; of one levering, or all of it.
    pub async fn events(&self, id: Option<LeveringId>) -> Result<Vec<LogEntry>, LakeError> {
        type LogRow = (
            i64,
            Option<String>,
            Option<String>,
            Option<String>,
            String,
            String,
            i64,
        );
        let regels: Vec<LogRow> = sqlx::query_as(
            "SELECT volgnummer, levering, van, naar, wat, wie, wanneer FROM gebeurtenis
             WHERE ($1 IS NULL OR levering = $1) ORDER BY volgnummer",
        )
        .bind(id.map(|id| id.to_string()))
        .fetch_all(&mut *self.reader().await?)
        .await?;
        let make = |(sequence, levering, van, to, what, who, when): LogRow| {
            Ok(LogEntry {
                volgnummer: sequence,
                levering: levering.as_deref().map(levering_id).transpose()?,
                van: van.as_deref().map(toestand).transpose()?,
                naar: to.as_deref().map(toestand).transpose()?,
                wat: what,
                wie: who,
                wanneer: time(when)?,
            })
        };
        regels.into_iter().map(make).collect()
    }

    /// The file of one table as received (zstd), to read from the start.
    pub async fn open_raw(&self, id: LeveringId, tabel: &str) -> Result<std::fs::File, LakeError> {
        let query =
            sqlx::query_scalar("SELECT 1 FROM levering_bestand WHERE levering = $1 AND tabel = $2");
        let known: Option<i64> = query
            .bind(id.to_string())
            .bind(tabel)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        known.ok_or(LakeError::UnknownTabel(id))?;
        let path = self.core.map.raw_file(id, tabel);
        blocking(move || {
            std::fs::File::open(path).map_err(LakeError::io("opening a received file"))
        })
        .await
    }
}

/// One levering, on a connection that may be in a transaction.
pub(crate) async fn find(
    connection: &mut SqliteConnection,
    id: LeveringId,
) -> Result<Option<Levering>, LakeError> {
    let query = sqlx::query_as(choose!("WHERE id = $1")).bind(id.to_string());
    let row: Option<LeveringRow> = query.fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(None) };
    let mut parts = LeveringParts::new();
    read_parts(connection, &row.id, &mut parts).await?;
    row.levering(&mut parts).map(Some)
}

/// One levering that must be there.
pub(crate) async fn require(
    connection: &mut SqliteConnection,
    id: LeveringId,
) -> Result<Levering, LakeError> {
    find(connection, id)
        .await?
        .ok_or(LakeError::UnknownLevering(id))
}

/// The levering that counts now.
pub(crate) async fn in_force(
    connection: &mut SqliteConnection,
    kvk: &str,
    uitvraag: &str,
    jaar: i32,
) -> Result<Option<LeveringId>, LakeError> {
    let id: Option<String> = sqlx::query_scalar(concat!(
        "SELECT id FROM levering WHERE kvk = $1 AND uitvraag = $2 AND jaar = $3
         AND ",
        counts!()
    ))
    .bind(kvk)
    .bind(uitvraag)
    .bind(jaar)
    .fetch_optional(connection)
    .await?;
    id.as_deref().map(levering_id).transpose()
}

async fn read_parts(
    connection: &mut SqliteConnection,
    id: &str,
    parts: &mut LeveringParts,
) -> Result<(), LakeError> {
    let files: Vec<(String, i64, i64, String)> =
        sqlx::query_as("SELECT tabel, bytes, binnen, hash FROM levering_bestand WHERE levering = $1 ORDER BY volgorde")
            .bind(id)
            .fetch_all(&mut *connection)
            .await?;
    let part = parts.entry(id.to_owned()).or_default();
    for (tabel, bytes, arrived, hash) in files {
        part.bestanden.push(FileState {
            tabel,
            bytes: count(bytes)?,
            offset: count(arrived)?,
            hash,
        });
    }
    part.toelichtingen = read_toelichtingen(connection, id).await?;
    Ok(())
}

/// The answers of one levering, by code.
pub(crate) async fn read_toelichtingen(
    connection: &mut SqliteConnection,
    id: &str,
) -> Result<Vec<Toelichting>, LakeError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT code, antwoord, woorden FROM toelichting WHERE levering = $1 ORDER BY code",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    let make = |(code, answer, words): (String, String, String)| {
        Ok(Toelichting {
            code,
            antwoord: from_json(&answer)?,
            woorden: words,
        })
    };
    rows.into_iter().map(make).collect()
}
