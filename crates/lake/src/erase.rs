//! Erasing the data of a levering: the register first, then the files.
//!
//! Owns what stays (that it was there, its hashes, its receipt) and what goes (rows, findings, words).

use std::collections::BTreeSet;
use std::path::PathBuf;

use schema::Toestand;

use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering::Levering;
use crate::levering_id::LeveringId;
use crate::queries::require;
use crate::stamp::Stamp;
use crate::tabel::parquet_path;
use crate::transitions::step;

impl Lake {
    /// Erases a levering: `→ gewist`, then raw files and Parquet are removed. Asking again finishes what an error
    /// interrupted; after a crash [`Lake::recover`] does.
    pub async fn erase(&self, id: LeveringId, stamp: &Stamp) -> Result<Levering, LakeError> {
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        if levering.toestand == Toestand::Gewist {
            tx.rollback().await?;
            self.remove_data(&levering, Vec::new()).await?;
            return Ok(levering);
        }
        step(&mut tx, &levering, Toestand::Gewist, stamp).await?;
        let tabellen: Vec<String> =
            sqlx::query_scalar("SELECT tabel FROM tabel WHERE levering = $1")
                .bind(id.to_string())
                .fetch_all(&mut *tx)
                .await?;
        for query in [
            "DELETE FROM tabel WHERE levering = $1",
            "DELETE FROM oordeel WHERE levering = $1",
            "UPDATE toelichting SET woorden = '' WHERE levering = $1",
            "UPDATE levering SET pakket = NULL, quarantaine = NULL WHERE id = $1",
        ] {
            sqlx::query(query)
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        let erased = require(&mut tx, id).await?;
        tx.commit().await?;
        self.remove_data(&erased, tabellen).await?;
        Ok(erased)
    }

    /// Removes every file a levering can have, named in the register or not.
    async fn remove_data(&self, levering: &Levering, named: Vec<String>) -> Result<(), LakeError> {
        let root = self.core.map.clone();
        let id = levering.id;
        let announced = levering.bestanden.iter().map(|b| b.tabel.clone());
        let tabellen: BTreeSet<String> = named.into_iter().chain(announced).collect();
        let path = |tabel: &String| {
            root.dir
                .join(parquet_path(&levering.uitvraag, tabel, levering.jaar, id))
        };
        let paths: Vec<PathBuf> = tabellen.iter().map(path).collect();
        self.remove_files(paths).await?;
        let root = self.core.map.clone();
        blocking(move || {
            let remove = || {
                root.remove_tree(&root.raw(id))?;
                root.storage.sync_map(&root.dir.join("raw"))
            };
            remove().map_err(LakeError::io("removing received files"))
        })
        .await
    }
}
