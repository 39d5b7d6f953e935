//! The beginning: opening a levering and taking receipt of it.
//!
//! Owns idempotency (same content, same levering) and that `ontvangen` is only said of bytes that are durable and
//! match. Leaves receiving the bytes to `upload`, and whether a new one may be opened to `rules`.

use std::collections::HashSet;

use schema::hash::{LengthAndHash, sha256_hex};
use schema::{Pakket, Toestand};
use sqlx::SqliteConnection;

use crate::aanbieder::require_aanbieder;
use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering::{FileState, Levering, NewLevering, Opening};
use crate::levering_id::LeveringId;
use crate::log::{log, note};
use crate::paths::{DataRoot, SECRET, is_name};
use crate::read_levering::require;
use crate::refusal::Refusal;
use crate::register_columns::{i64_van, levering_id, ms};
use crate::rules::may_open;
use crate::stamp::Stamp;
use crate::toelichtingen::set_toelichtingen;
use crate::transitions::step;

impl Lake {
    /// Opens a levering: makes `raw/<id>/pakket.json` durable and writes the register row. The same content (or the
    /// same key with the same content) gives the levering that was there, unless that one was taken back, expired or
    /// replaced, whatever the rules say of a new one; the same key with other content is [`LakeError::Conflict`].
    pub async fn open_levering(
        &self,
        new: &NewLevering<'_>,
        stamp: &Stamp,
    ) -> Result<Opening, LakeError> {
        check_names(new.pakket)?;
        let text = std::str::from_utf8(new.pakket_json)
            .map_err(|_| LakeError::Invalid("pakket.json is not UTF-8".to_owned()))?;
        let content = sha256_hex(new.pakket_json);
        // Most repeats end here, without touching the disk.
        let mut reader = self.reader().await?;
        require_aanbieder(&mut reader, new.kvk).await?;
        if let Some(id) = earlier(&mut reader, new, &content).await? {
            return Ok(Opening::Existing(require(&mut reader, id).await?));
        }
        // What is refused does not touch the disk either. The transaction asks again.
        may_open(&mut reader, whose(new), new.klok, stamp.nu).await??;
        drop(reader);
        let id = LeveringId::new(stamp.nu);
        let opened = match self.store_pakket(id, new.pakket_json.to_vec()).await {
            Ok(()) => self.write_in(id, new, text, &content, stamp).await,
            Err(error) => Err(error),
        };
        if !matches!(opened, Ok(Opening::New(_))) {
            self.clean_up_begin(id).await;
        }
        opened
    }

    /// Removes what was kept for a levering that was not opened after all. Best effort: start-up does the same.
    async fn clean_up_begin(&self, id: LeveringId) {
        let root = self.core.map.clone();
        let what = "removing the begin of a levering";
        if let Err(error) =
            blocking(move || root.remove_tree(&root.raw(id)).map_err(LakeError::io(what))).await
        {
            tracing::warn!(levering = %id, %error, "left for start-up");
        }
    }

    async fn store_pakket(&self, id: LeveringId, bytes: Vec<u8>) -> Result<(), LakeError> {
        let root = self.core.map.clone();
        blocking(move || {
            let raw = root.raw(id);
            let store = || {
                root.make(&raw)?;
                root.write_whole(&raw.join("pakket.json"), &bytes, SECRET)
            };
            store().map_err(LakeError::io("keeping pakket.json"))
        })
        .await
    }

    async fn write_in(
        &self,
        id: LeveringId,
        new: &NewLevering<'_>,
        text: &str,
        content: &str,
        stamp: &Stamp,
    ) -> Result<Opening, LakeError> {
        let mut tx = self.transaction().await?;
        if let Some(id) = earlier(&mut tx, new, content).await? {
            return Ok(Opening::Existing(require(&mut tx, id).await?));
        }
        may_open(&mut tx, whose(new), new.klok, stamp.nu).await??;
        let pakket = new.pakket;
        let row = NewRow {
            id,
            kvk: new.kvk,
            uitvraag: &pakket.uitvraag,
            jaar: pakket.jaar,
            pakket: Some((new.sleutel, content, text)),
            regelhash: &pakket.regels,
            pseudoniem: &pakket.pseudoniem,
        };
        append(&mut tx, &row, stamp).await?;
        for (order, file) in (0_i64..).zip(&pakket.resources) {
            sqlx::query(
                "INSERT INTO levering_bestand (levering, tabel, volgorde, bytes, binnen, hash)
                 VALUES ($1, $2, $3, $4, 0, $5)",
            )
            .bind(id.to_string())
            .bind(&file.name)
            .bind(order)
            .bind(i64_van(file.bytes)?)
            .bind(&file.hash)
            .execute(&mut *tx)
            .await?;
        }
        set_toelichtingen(&mut tx, id, &pakket.toelichtingen).await?;
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Opening::New(levering))
    }

    /// `geopend → ontvangen`, once all bytes are in and the hashes match. Idempotent: a levering that is further
    /// already is returned as it is. A file whose hash differs starts again at byte 0.
    pub async fn received(&self, id: LeveringId, stamp: &Stamp) -> Result<Levering, LakeError> {
        self.require_service()?;
        let levering = self
            .levering(id)
            .await?
            .ok_or(LakeError::UnknownLevering(id))?;
        if levering.toestand != Toestand::Geopend {
            return go_on(levering);
        }
        let tabellen: Vec<String> = incomplete(&levering);
        if !tabellen.is_empty() {
            return Err(LakeError::Incomplete { tabellen });
        }
        let root = self.core.map.clone();
        let files = levering.bestanden.clone();
        if let Some(tabel) = blocking(move || differs(&root, id, &files)).await? {
            self.begin_again(id, &tabel, stamp).await?;
            return Err(LakeError::HashDiffers { tabel });
        }
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        if levering.toestand != Toestand::Geopend {
            return go_on(levering);
        }
        // Another request may have found a difference in the meantime.
        let tabellen = incomplete(&levering);
        if !tabellen.is_empty() {
            return Err(LakeError::Incomplete { tabellen });
        }
        step(&mut tx, &levering, Toestand::Ontvangen, stamp).await?;
        sqlx::query("UPDATE levering SET ontvangen = $1 WHERE id = $2")
            .bind(ms(stamp.nu))
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// Forgets the bytes of one file of a levering that is still being received.
    pub(crate) async fn begin_again(
        &self,
        id: LeveringId,
        tabel: &str,
        stamp: &Stamp,
    ) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        let put_back = sqlx::query(
            "UPDATE levering_bestand SET binnen = 0 WHERE levering = $1 AND tabel = $2
             AND EXISTS (SELECT 1 FROM levering WHERE id = $1 AND toestand = 'geopend')",
        )
        .bind(id.to_string())
        .bind(tabel)
        .execute(&mut *tx)
        .await?;
        if put_back.rows_affected() == 1 {
            note(
                &mut tx,
                Some(id),
                &format!("bestand {tabel} opnieuw vanaf byte 0"),
                stamp,
            )
            .await?;
        }
        Ok(tx.commit().await?)
    }
}

/// What stands in the register of a levering from its first moment.
pub(crate) struct NewRow<'a> {
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
pub(crate) async fn append(
    tx: &mut SqliteConnection,
    row: &NewRow<'_>,
    stamp: &Stamp,
) -> Result<(), LakeError> {
    sqlx::query(
        "INSERT INTO levering (id, volgnummer, kvk, uitvraag, jaar, nulopgave, toestand, sleutel, inhoud, pakket,
           regelhash, pseudoniem, rijen, regels, geopend, gewijzigd)
         SELECT $1, coalesce(max(volgnummer), 0) + 1, $2, $3, $4, $5, 'geopend', $6, $7, $8, $9, $10, '{}', '[]',
           $11, $11 FROM levering",
    )
    .bind(row.id.to_string())
    .bind(row.kvk)
    .bind(row.uitvraag)
    .bind(row.jaar)
    .bind(i64::from(row.pakket.is_none()))
    .bind(row.pakket.map(|p| p.0))
    .bind(row.pakket.map(|p| p.1))
    .bind(row.pakket.map(|p| p.2))
    .bind(row.regelhash)
    .bind(row.pseudoniem)
    .bind(ms(stamp.nu))
    .execute(&mut *tx)
    .await?;
    log(tx, Some(row.id), None, Some(Toestand::Geopend), "", stamp).await
}

/// The aanbieder, uitvraag and year that a new levering is of.
fn whose<'a>(new: &NewLevering<'a>) -> (&'a str, &'a str, i32) {
    (new.kvk, &new.pakket.uitvraag, new.pakket.jaar)
}

/// The levering that this content or key already led to.
async fn earlier(
    connection: &mut SqliteConnection,
    new: &NewLevering<'_>,
    content: &str,
) -> Result<Option<LeveringId>, LakeError> {
    let with_key: Option<(String, String)> = sqlx::query_as(
        "SELECT id, inhoud FROM levering WHERE kvk = $1 AND sleutel = $2
         AND toestand NOT IN ('ingetrokken', 'verlopen')",
    )
    .bind(new.kvk)
    .bind(new.sleutel)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some((id, earlier_content)) = with_key {
        return if earlier_content == content {
            levering_id(&id).map(Some)
        } else {
            Err(LakeError::Conflict)
        };
    }
    // What was replaced gave its key back; under a new key what was erased may be offered again too.
    let same_content: Option<String> = sqlx::query_scalar(
        "SELECT id FROM levering WHERE kvk = $1 AND inhoud = $2
         AND toestand NOT IN ('ingetrokken', 'verlopen', 'vervangen', 'gewist') ORDER BY volgnummer DESC LIMIT 1",
    )
    .bind(new.kvk)
    .bind(content)
    .fetch_optional(connection)
    .await?;
    same_content.as_deref().map(levering_id).transpose()
}

/// Names become paths, lengths become limits: refuses a manifest in which they are no such thing.
fn check_names(pakket: &Pakket) -> Result<(), LakeError> {
    let invalid = |what: &str| Err(LakeError::Invalid(what.to_owned()));
    if !is_name(&pakket.uitvraag) {
        return invalid("the name of the uitvraag");
    }
    if pakket.resources.is_empty() {
        return invalid("a pakket without tables");
    }
    let mut names = HashSet::new();
    for file in &pakket.resources {
        if !is_name(&file.name) || !names.insert(&file.name) {
            return invalid("the name of a table");
        }
        if file.bytes == 0 {
            return invalid("a table without bytes");
        }
        let hex = file.hash.strip_prefix("sha256:").unwrap_or_default();
        if hex.len() != 64 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return invalid("the hash of a table");
        }
    }
    Ok(())
}

/// A levering past geopend: received, or no longer to be.
fn go_on(levering: Levering) -> Result<Levering, LakeError> {
    match levering.ontvangen {
        Some(_) => Ok(levering),
        None => Err(Refusal::State {
            from: levering.toestand,
            to: Toestand::Ontvangen,
        }
        .into()),
    }
}

fn incomplete(levering: &Levering) -> Vec<String> {
    levering
        .bestanden
        .iter()
        .filter(|b| b.offset < b.bytes)
        .map(|b| b.tabel.clone())
        .collect()
}

/// The first table whose file is not what was announced. What matches is durable: bytes and names were synced before
/// the register counted them.
fn differs(
    root: &DataRoot,
    id: LeveringId,
    files: &[FileState],
) -> Result<Option<String>, LakeError> {
    for file in files {
        let found = std::fs::File::open(root.raw_file(id, &file.tabel))
            .and_then(LengthAndHash::of)
            .map_err(LakeError::io("reading a file back"))?;
        if found != (file.bytes, file.hash.clone()) {
            return Ok(Some(file.tabel.clone()));
        }
    }
    Ok(None)
}
