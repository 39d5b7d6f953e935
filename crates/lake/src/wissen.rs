//! Erasing the data of a levering: the register first, then the files.
//!
//! Owns what stays (that it was there, its hashes, its receipt) and what goes (rows, findings, words).

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use schema::Toestand;

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, blokkerend};
use crate::levering::{Levering, LeveringId};
use crate::lezen::eis;
use crate::stap::stap;
use crate::tabel::parquet_pad;

impl Lake {
    /// Erases a levering: `→ gewist`, then raw files and Parquet are removed. Asking again finishes what an error
    /// interrupted; after a crash [`Lake::herstel`] does.
    pub async fn wissen(&self, id: LeveringId, stempel: &Stempel) -> Result<Levering, LakeFout> {
        let mut tx = self.transactie().await?;
        let levering = eis(&mut tx, id).await?;
        if levering.toestand == Toestand::Gewist {
            tx.rollback().await?;
            self.verwijder_data(&levering, Vec::new()).await?;
            return Ok(levering);
        }
        stap(&mut tx, &levering, Toestand::Gewist, stempel).await?;
        let tabellen: Vec<String> =
            sqlx::query_scalar("SELECT tabel FROM tabel WHERE levering = $1")
                .bind(id.to_string())
                .fetch_all(&mut *tx)
                .await?;
        for vraag in [
            "DELETE FROM tabel WHERE levering = $1",
            "DELETE FROM oordeel WHERE levering = $1",
            "UPDATE toelichting SET woorden = '' WHERE levering = $1",
            "UPDATE levering SET pakket = NULL, quarantaine = NULL WHERE id = $1",
        ] {
            sqlx::query(vraag)
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        let gewist = eis(&mut tx, id).await?;
        tx.commit().await?;
        self.verwijder_data(&gewist, tabellen).await?;
        Ok(gewist)
    }

    /// Removes every file a levering can have, named in the register or not.
    async fn verwijder_data(
        &self,
        levering: &Levering,
        genoemd: Vec<String>,
    ) -> Result<(), LakeFout> {
        let map = self.kern.map.clone();
        let id = levering.id;
        let aangekondigd = levering.bestanden.iter().map(|b| b.tabel.clone());
        let tabellen: BTreeSet<String> = genoemd.into_iter().chain(aangekondigd).collect();
        let pad = |tabel: &String| {
            map.dir
                .join(parquet_pad(&levering.uitvraag, tabel, levering.jaar, id))
        };
        let paden: Vec<PathBuf> = tabellen.iter().map(pad).collect();
        self.verwijder_bestanden(paden).await?;
        let map = self.kern.map.clone();
        blokkerend(move || {
            let verwijder = || {
                map.verwijder_boom(&map.raw(id))?;
                map.opslag.sync_map(&map.dir.join("raw"))
            };
            verwijder().map_err(LakeFout::io("removing received files"))
        })
        .await
    }

    /// Removes files durably; fine when they are not there.
    pub(crate) async fn verwijder_bestanden(&self, paden: Vec<PathBuf>) -> Result<(), LakeFout> {
        let opslag = self.kern.map.opslag.clone();
        blokkerend(move || {
            let verwijder = |pad: &PathBuf| match opslag.verwijder(pad) {
                Ok(()) => pad.parent().map_or(Ok(()), |ouder| opslag.sync_map(ouder)),
                Err(fout) if fout.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(fout) => Err(fout),
            };
            paden
                .iter()
                .try_for_each(verwijder)
                .map_err(LakeFout::io("removing Parquet files"))
        })
        .await
    }
}
