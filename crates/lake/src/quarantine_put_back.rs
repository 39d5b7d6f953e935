//! The way back for what a start set aside in `quarantaine/` because the register did not name it then.
//!
//! Owns knowing again, by name or by hash, where such a thing belongs once the right register is back. Leaves
//! verifying a levering, and letting it count again, to `quarantine`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use schema::Toestand;
use schema::hash::{LengthAndHash, sha256};

use crate::error::LakeError;
use crate::folder::{content, is_dir, name_of};
use crate::lake::{Lake, blocking};
use crate::levering_id::LeveringId;
use crate::lock_files::{WRITE_LOCK, open_slot};
use crate::log::note;
use crate::paths::DataRoot;
use crate::register_facts::Facts;
use crate::stamp::Stamp;

impl Lake {
    /// Moves what lies in `quarantaine/`, and the register names after all, to its place where that is empty. Gives
    /// the relative paths where things are now.
    pub async fn put_back(&self, stamp: &Stamp) -> Result<Vec<String>, LakeError> {
        let facts = self.facts().await?;
        let mut tables = Vec::new();
        for id in facts.leveringen.keys() {
            for table in self.tabellen(*id).await? {
                tables.push((table.hash, table.pad));
            }
        }
        let known = KnownFiles { facts, tables };
        let root = self.core.map.clone();
        let back = blocking(move || {
            let lock = open_slot(&root, WRITE_LOCK)?;
            lock.lock()
                .map_err(LakeError::io("waiting for the write lock"))?;
            known
                .put_back(&root)
                .map_err(LakeError::io("putting back what was set aside"))
        })
        .await?;
        if !back.is_empty() {
            let mut tx = self.transaction().await?;
            let what = format!("teruggezet uit quarantaine: {}", back.join(", "));
            note(&mut tx, None, &what, stamp).await?;
            tx.commit().await?;
        }
        Ok(back)
    }
}

struct KnownFiles {
    facts: Facts,
    /// The hashes of the Parquet files that count, and their places.
    tables: Vec<(String, PathBuf)>,
}

impl KnownFiles {
    fn put_back(&self, root: &DataRoot) -> io::Result<Vec<String>> {
        let aside = root.dir.join("quarantaine");
        let mut back = Vec::new();
        for path in content(&aside)? {
            let Some(place) = self.place_of(root, &path)? else {
                continue;
            };
            if place.symlink_metadata().is_ok() {
                continue;
            }
            let above = place.parent().ok_or(io::ErrorKind::InvalidInput)?;
            root.make(above)?;
            root.place(&path, &place)?;
            root.storage.sync_map(&aside)?;
            back.push(root.relative(&place));
        }
        Ok(back)
    }

    /// Where it belongs, if the register knows it.
    fn place_of(&self, root: &DataRoot, path: &Path) -> io::Result<Option<PathBuf>> {
        if !is_dir(path) {
            let (_, hash) = LengthAndHash::of(fs::File::open(path)?)?;
            let mut tables = self.tables.iter();
            let found = tables.find(|(known, place)| *known == hash && !place.exists());
            return Ok(found.map(|(_, place)| place.clone()));
        }
        if let Ok(sums) = fs::read(path.join("SHA256SUMS")) {
            let hash = sha256(&sums);
            let mut publications = self.facts.publicaties.iter();
            let found = publications.find(|(place, known)| known.hash == hash && !place.exists());
            return Ok(found.map(|(place, _)| place.clone()));
        }
        // A second one of the name has a number behind it.
        let name = name_of(path);
        let id = name.get(..36).unwrap_or(name).parse::<LeveringId>().ok();
        let levering = id.and_then(|id| self.facts.leveringen.get(&id));
        let kept = levering.filter(|levering| levering.toestand != Toestand::Gewist);
        Ok(kept.map(|levering| root.raw(levering.id)))
    }
}
