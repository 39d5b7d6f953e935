//! The beginning: opening a levering and taking receipt of it.
//!
//! Owns idempotency (same content, same levering) and that `ontvangen` is only said of bytes that are durable and
//! match. Leaves receiving the bytes to `upload`, and whether a new one may be opened to `rules`.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::Path;

use schema::{Pakket, Toestand};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use crate::aanbieder::eis_aanbieder;
use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, blokkerend, ms};
use crate::levering::{
    Bestandstand, Geopend, Levering, LeveringId, NieuweLevering, i64_van, levering_id,
};
use crate::lezen::eis;
use crate::pad::{GEHEIM, Map, is_naam};
use crate::refusal::Refusal;
use crate::rules::may_open;
use crate::stap::{log, noteer, stap, zet_toelichtingen};
use crate::token::sha256;

impl Lake {
    /// Opens a levering: makes `raw/<id>/pakket.json` durable and writes the register row. The same content (or the
    /// same key with the same content) gives the levering that was there, unless that one was taken back, expired or
    /// replaced, whatever the rules say of a new one; the same key with other content is [`LakeFout::Conflict`].
    pub async fn open_levering(
        &self,
        nieuw: &NieuweLevering<'_>,
        stempel: &Stempel,
    ) -> Result<Geopend, LakeFout> {
        keur_namen(nieuw.pakket)?;
        let tekst = std::str::from_utf8(nieuw.pakket_json)
            .map_err(|_| LakeFout::Ongeldig("pakket.json is not UTF-8".to_owned()))?;
        let inhoud = sha256(nieuw.pakket_json);
        // Most repeats end here, without touching the disk.
        let mut lezer = self.lezer().await?;
        eis_aanbieder(&mut lezer, nieuw.kvk).await?;
        if let Some(id) = eerdere(&mut lezer, nieuw, &inhoud).await? {
            return Ok(Geopend::Bestaand(eis(&mut lezer, id).await?));
        }
        // What is refused does not touch the disk either. The transaction asks again.
        may_open(&mut lezer, whose(nieuw), nieuw.klok, stempel.nu).await??;
        drop(lezer);
        let id = LeveringId::nieuw(stempel.nu);
        let geopend = match self.bewaar_pakket(id, nieuw.pakket_json.to_vec()).await {
            Ok(()) => self.schrijf_in(id, nieuw, tekst, &inhoud, stempel).await,
            Err(fout) => Err(fout),
        };
        if !matches!(geopend, Ok(Geopend::Nieuw(_))) {
            self.ruim_begin_op(id).await;
        }
        geopend
    }

    /// Removes what was kept for a levering that was not opened after all. Best effort: start-up does the same.
    async fn ruim_begin_op(&self, id: LeveringId) {
        let map = self.kern.map.clone();
        let wat = "removing the begin of a levering";
        if let Err(fout) =
            blokkerend(move || map.verwijder_boom(&map.raw(id)).map_err(LakeFout::io(wat))).await
        {
            tracing::warn!(levering = %id, %fout, "left for start-up");
        }
    }

    async fn bewaar_pakket(&self, id: LeveringId, bytes: Vec<u8>) -> Result<(), LakeFout> {
        let map = self.kern.map.clone();
        blokkerend(move || {
            let raw = map.raw(id);
            let bewaar = || {
                map.maak(&raw)?;
                map.schrijf_heel(&raw.join("pakket.json"), &bytes, GEHEIM)
            };
            bewaar().map_err(LakeFout::io("keeping pakket.json"))
        })
        .await
    }

    async fn schrijf_in(
        &self,
        id: LeveringId,
        nieuw: &NieuweLevering<'_>,
        tekst: &str,
        inhoud: &str,
        stempel: &Stempel,
    ) -> Result<Geopend, LakeFout> {
        let mut tx = self.transactie().await?;
        if let Some(id) = eerdere(&mut tx, nieuw, inhoud).await? {
            return Ok(Geopend::Bestaand(eis(&mut tx, id).await?));
        }
        may_open(&mut tx, whose(nieuw), nieuw.klok, stempel.nu).await??;
        let pakket = nieuw.pakket;
        let rij = NieuweRij {
            id,
            kvk: nieuw.kvk,
            uitvraag: &pakket.uitvraag,
            jaar: pakket.jaar,
            pakket: Some((nieuw.sleutel, inhoud, tekst)),
            regelhash: &pakket.regels,
            pseudoniem: &pakket.pseudoniem,
        };
        voeg_toe(&mut tx, &rij, stempel).await?;
        for (volgorde, bestand) in (0_i64..).zip(&pakket.resources) {
            sqlx::query(
                "INSERT INTO levering_bestand (levering, tabel, volgorde, bytes, binnen, hash)
                 VALUES ($1, $2, $3, $4, 0, $5)",
            )
            .bind(id.to_string())
            .bind(&bestand.name)
            .bind(volgorde)
            .bind(i64_van(bestand.bytes)?)
            .bind(&bestand.hash)
            .execute(&mut *tx)
            .await?;
        }
        zet_toelichtingen(&mut tx, id, &pakket.toelichtingen).await?;
        let levering = eis(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Geopend::Nieuw(levering))
    }

    /// `geopend → ontvangen`, once all bytes are in and the hashes match. Idempotent: a levering that is further
    /// already is returned as it is. A file whose hash differs starts again at byte 0.
    pub async fn ontvangen(&self, id: LeveringId, stempel: &Stempel) -> Result<Levering, LakeFout> {
        self.eis_dienst()?;
        let levering = self
            .levering(id)
            .await?
            .ok_or(LakeFout::OnbekendeLevering(id))?;
        if levering.toestand != Toestand::Geopend {
            return verder(levering);
        }
        let tabellen: Vec<String> = onvolledig(&levering);
        if !tabellen.is_empty() {
            return Err(LakeFout::Onvolledig { tabellen });
        }
        let map = self.kern.map.clone();
        let bestanden = levering.bestanden.clone();
        if let Some(tabel) = blokkerend(move || verschilt(&map, id, &bestanden)).await? {
            self.begin_opnieuw(id, &tabel, stempel).await?;
            return Err(LakeFout::HashVerschilt { tabel });
        }
        let mut tx = self.transactie().await?;
        let levering = eis(&mut tx, id).await?;
        if levering.toestand != Toestand::Geopend {
            return verder(levering);
        }
        // Another request may have found a difference in the meantime.
        let tabellen = onvolledig(&levering);
        if !tabellen.is_empty() {
            return Err(LakeFout::Onvolledig { tabellen });
        }
        stap(&mut tx, &levering, Toestand::Ontvangen, stempel).await?;
        sqlx::query("UPDATE levering SET ontvangen = $1 WHERE id = $2")
            .bind(ms(stempel.nu))
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        let levering = eis(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// Forgets the bytes of one file of a levering that is still being received.
    pub(crate) async fn begin_opnieuw(
        &self,
        id: LeveringId,
        tabel: &str,
        stempel: &Stempel,
    ) -> Result<(), LakeFout> {
        let mut tx = self.transactie().await?;
        let teruggezet = sqlx::query(
            "UPDATE levering_bestand SET binnen = 0 WHERE levering = $1 AND tabel = $2
             AND EXISTS (SELECT 1 FROM levering WHERE id = $1 AND toestand = 'geopend')",
        )
        .bind(id.to_string())
        .bind(tabel)
        .execute(&mut *tx)
        .await?;
        if teruggezet.rows_affected() == 1 {
            noteer(
                &mut tx,
                Some(id),
                &format!("bestand {tabel} opnieuw vanaf byte 0"),
                stempel,
            )
            .await?;
        }
        Ok(tx.commit().await?)
    }
}

/// What stands in the register of a levering from its first moment.
pub(crate) struct NieuweRij<'a> {
    pub(crate) id: LeveringId,
    pub(crate) kvk: &'a str,
    pub(crate) uitvraag: &'a str,
    pub(crate) jaar: i32,
    /// Key, SHA-256 and text of `pakket.json`; `None` for a nulopgave.
    pub(crate) pakket: Option<(&'a str, &'a str, &'a str)>,
    pub(crate) regelhash: &'a str,
    pub(crate) pseudoniem: &'a str,
}

/// Adds a levering that is geopend.
pub(crate) async fn voeg_toe(
    tx: &mut SqliteConnection,
    rij: &NieuweRij<'_>,
    stempel: &Stempel,
) -> Result<(), LakeFout> {
    sqlx::query(
        "INSERT INTO levering (id, volgnummer, kvk, uitvraag, jaar, nulopgave, toestand, sleutel, inhoud, pakket,
           regelhash, pseudoniem, rijen, regels, geopend, gewijzigd)
         SELECT $1, coalesce(max(volgnummer), 0) + 1, $2, $3, $4, $5, 'geopend', $6, $7, $8, $9, $10, '{}', '[]',
           $11, $11 FROM levering",
    )
    .bind(rij.id.to_string())
    .bind(rij.kvk)
    .bind(rij.uitvraag)
    .bind(rij.jaar)
    .bind(i64::from(rij.pakket.is_none()))
    .bind(rij.pakket.map(|p| p.0))
    .bind(rij.pakket.map(|p| p.1))
    .bind(rij.pakket.map(|p| p.2))
    .bind(rij.regelhash)
    .bind(rij.pseudoniem)
    .bind(ms(stempel.nu))
    .execute(&mut *tx)
    .await?;
    log(tx, Some(rij.id), None, Some(Toestand::Geopend), "", stempel).await
}

/// The aanbieder, uitvraag and year that a new levering is of.
fn whose<'a>(nieuw: &NieuweLevering<'a>) -> (&'a str, &'a str, i32) {
    (nieuw.kvk, &nieuw.pakket.uitvraag, nieuw.pakket.jaar)
}

/// The levering that this content or key already led to.
async fn eerdere(
    verbinding: &mut SqliteConnection,
    nieuw: &NieuweLevering<'_>,
    inhoud: &str,
) -> Result<Option<LeveringId>, LakeFout> {
    let met_sleutel: Option<(String, String)> = sqlx::query_as(
        "SELECT id, inhoud FROM levering WHERE kvk = $1 AND sleutel = $2
         AND toestand NOT IN ('ingetrokken', 'verlopen')",
    )
    .bind(nieuw.kvk)
    .bind(nieuw.sleutel)
    .fetch_optional(&mut *verbinding)
    .await?;
    if let Some((id, eerdere_inhoud)) = met_sleutel {
        return if eerdere_inhoud == inhoud {
            levering_id(&id).map(Some)
        } else {
            Err(LakeFout::Conflict)
        };
    }
    // What was replaced gave its key back; under a new key what was erased may be offered again too.
    let zelfde_inhoud: Option<String> = sqlx::query_scalar(
        "SELECT id FROM levering WHERE kvk = $1 AND inhoud = $2
         AND toestand NOT IN ('ingetrokken', 'verlopen', 'vervangen', 'gewist') ORDER BY volgnummer DESC LIMIT 1",
    )
    .bind(nieuw.kvk)
    .bind(inhoud)
    .fetch_optional(verbinding)
    .await?;
    zelfde_inhoud.as_deref().map(levering_id).transpose()
}

/// Names become paths, lengths become limits: refuses a manifest in which they are no such thing.
fn keur_namen(pakket: &Pakket) -> Result<(), LakeFout> {
    let ongeldig = |wat: &str| Err(LakeFout::Ongeldig(wat.to_owned()));
    if !is_naam(&pakket.uitvraag) {
        return ongeldig("the name of the uitvraag");
    }
    if pakket.resources.is_empty() {
        return ongeldig("a pakket without tables");
    }
    let mut namen = HashSet::new();
    for bestand in &pakket.resources {
        if !is_naam(&bestand.name) || !namen.insert(&bestand.name) {
            return ongeldig("the name of a table");
        }
        if bestand.bytes == 0 {
            return ongeldig("a table without bytes");
        }
        let hex = bestand.hash.strip_prefix("sha256:").unwrap_or_default();
        if hex.len() != 64 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return ongeldig("the hash of a table");
        }
    }
    Ok(())
}

/// A levering past geopend: received, or no longer to be.
fn verder(levering: Levering) -> Result<Levering, LakeFout> {
    match levering.ontvangen {
        Some(_) => Ok(levering),
        None => Err(Refusal::State {
            from: levering.toestand,
            to: Toestand::Ontvangen,
        }
        .into()),
    }
}

fn onvolledig(levering: &Levering) -> Vec<String> {
    levering
        .bestanden
        .iter()
        .filter(|b| b.offset < b.bytes)
        .map(|b| b.tabel.clone())
        .collect()
}

/// The first table whose file is not what was announced. What matches is durable: bytes and names were synced before
/// the register counted them.
fn verschilt(
    map: &Map,
    id: LeveringId,
    bestanden: &[Bestandstand],
) -> Result<Option<String>, LakeFout> {
    for bestand in bestanden {
        let gevonden = vingerafdruk(&map.raw_bestand(id, &bestand.tabel))
            .map_err(LakeFout::io("reading a file back"))?;
        if gevonden != (bestand.bytes, bestand.hash.clone()) {
            return Ok(Some(bestand.tabel.clone()));
        }
    }
    Ok(None)
}

/// Length and `sha256:<hex>` of a file.
pub(crate) fn vingerafdruk(pad: &Path) -> io::Result<(u64, String)> {
    let mut bestand = std::fs::File::open(pad)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    let mut lengte = 0;
    loop {
        match bestand.read(&mut buffer)? {
            0 => {
                return Ok((
                    lengte,
                    format!(
                        "sha256:{}",
                        data_encoding::HEXLOWER.encode(&hasher.finalize())
                    ),
                ));
            }
            gelezen => {
                hasher.update(&buffer[..gelezen]);
                lengte += gelezen as u64;
            }
        }
    }
}
