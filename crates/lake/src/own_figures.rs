//! Files under `intern/aanbieders/`: the exact figures of one aanbieder each, for it alone.
//!
//! Owns that a file goes with the data it was made of: without a levering in force there are no figures to show. Leaves
//! what stands in it to `analysis`.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering::Levering;

fn folder(uitvraag: &str, jaar: i32) -> String {
    format!("aanbieders/{uitvraag}/{jaar}")
}

fn file(uitvraag: &str, jaar: i32, kvk: &str) -> String {
    format!("{}/{kvk}.json", folder(uitvraag, jaar))
}

impl Lake {
    /// Keeps a file per aanbieder (by KvK number) in place of all that stood there for this uitvraag and year.
    pub async fn keep_own_figures(
        &self,
        uitvraag: &str,
        jaar: i32,
        files: BTreeMap<String, Vec<u8>>,
    ) -> Result<(), LakeError> {
        let kept: Vec<PathBuf> = files
            .keys()
            .map(|kvk| self.internal_path(&file(uitvraag, jaar, kvk)))
            .collect::<Result<_, _>>()?;
        for (kvk, bytes) in files {
            self.write_internal(&file(uitvraag, jaar, &kvk), bytes)
                .await?;
        }
        let folder = self.internal_path(&folder(uitvraag, jaar))?;
        let older = blocking(move || {
            let entries = match std::fs::read_dir(folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(LakeError::io("reading intern/aanbieders")(error)),
            };
            let paths = entries.map(|entry| entry.map(|entry| entry.path()));
            let paths: io::Result<Vec<PathBuf>> = paths.collect();
            let mut paths = paths.map_err(LakeError::io("reading intern/aanbieders"))?;
            paths.retain(|path| !kept.contains(path));
            Ok(paths)
        })
        .await?;
        self.remove_files(older).await
    }

    /// The file of one aanbieder; none where it has no levering in force, or no figures were computed yet.
    pub async fn own_figures(
        &self,
        uitvraag: &str,
        jaar: i32,
        kvk: &str,
    ) -> Result<Option<Vec<u8>>, LakeError> {
        if self.in_force(kvk, uitvraag, jaar).await?.is_none() {
            return Ok(None);
        }
        self.lees_intern(&file(uitvraag, jaar, kvk)).await
    }

    /// Whether there is such a file.
    pub async fn has_own_figures(
        &self,
        uitvraag: &str,
        jaar: i32,
        kvk: &str,
    ) -> Result<bool, LakeError> {
        if self.in_force(kvk, uitvraag, jaar).await?.is_none() {
            return Ok(false);
        }
        let path = self.internal_path(&file(uitvraag, jaar, kvk))?;
        blocking(move || {
            path.try_exists()
                .map_err(LakeError::io("looking for an internal file"))
        })
        .await
    }

    /// Removes the file that an erased levering was in, where no other one is in force.
    pub(crate) async fn forget_own_figures(&self, erased: &Levering) -> Result<(), LakeError> {
        let Levering {
            uitvraag,
            jaar,
            kvk,
            ..
        } = erased;
        if self.in_force(kvk, uitvraag, *jaar).await?.is_some() {
            return Ok(());
        }
        let path = self.internal_path(&file(uitvraag, *jaar, kvk))?;
        self.remove_files(vec![path]).await
    }
}
