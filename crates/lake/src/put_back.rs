//! The way back for what a start set aside in `quarantaine/` because the register did not name it then.
//!
//! Owns knowing again, by name or by hash, where such a thing belongs once the right register is back. Leaves
//! verifying a levering, and letting it count again, to `herstel`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use schema::Toestand;

use crate::fout::LakeFout;
use crate::lake::{Lake, SCHRIJFSLOT, Stempel, blokkerend, open_slot};
use crate::levering::LeveringId;
use crate::openen::vingerafdruk;
use crate::opruimen::{Feiten, inhoud, is_map, naam_van};
use crate::pad::Map;
use crate::stap::noteer;
use crate::token::sha256;

impl Lake {
    /// Moves what lies in `quarantaine/`, and the register names after all, to its place where that is empty. Gives
    /// the relative paths where things are now.
    pub async fn put_back(&self, stempel: &Stempel) -> Result<Vec<String>, LakeFout> {
        let feiten = self.feiten().await?;
        let mut tables = Vec::new();
        for id in feiten.leveringen.keys() {
            for table in self.tabellen(*id).await? {
                tables.push((table.hash, table.pad));
            }
        }
        let known = Known { feiten, tables };
        let map = self.kern.map.clone();
        let back = blokkerend(move || {
            let slot = open_slot(&map, SCHRIJFSLOT)?;
            slot.lock()
                .map_err(LakeFout::io("waiting for the write lock"))?;
            known
                .put_back(&map)
                .map_err(LakeFout::io("putting back what was set aside"))
        })
        .await?;
        if !back.is_empty() {
            let mut tx = self.transactie().await?;
            let what = format!("teruggezet uit quarantaine: {}", back.join(", "));
            noteer(&mut tx, None, &what, stempel).await?;
            tx.commit().await?;
        }
        Ok(back)
    }
}

struct Known {
    feiten: Feiten,
    /// The hashes of the Parquet files that count, and their places.
    tables: Vec<(String, PathBuf)>,
}

impl Known {
    fn put_back(&self, map: &Map) -> io::Result<Vec<String>> {
        let aside = map.dir.join("quarantaine");
        let mut back = Vec::new();
        for path in inhoud(&aside)? {
            let Some(place) = self.place_of(map, &path)? else {
                continue;
            };
            if place.symlink_metadata().is_ok() {
                continue;
            }
            let above = place.parent().ok_or(io::ErrorKind::InvalidInput)?;
            map.maak(above)?;
            map.opslag.hernoem(&path, &place)?;
            map.opslag.sync_map(above)?;
            map.opslag.sync_map(&aside)?;
            back.push(map.relative(&place));
        }
        Ok(back)
    }

    /// Where it belongs, if the register knows it.
    fn place_of(&self, map: &Map, path: &Path) -> io::Result<Option<PathBuf>> {
        if !is_map(path) {
            let (_, hash) = vingerafdruk(path)?;
            let mut tables = self.tables.iter();
            let found = tables.find(|(known, place)| *known == hash && !place.exists());
            return Ok(found.map(|(_, place)| place.clone()));
        }
        if let Ok(sums) = fs::read(path.join("SHA256SUMS")) {
            let hash = format!("sha256:{}", sha256(&sums));
            let mut publications = self.feiten.publicaties.iter();
            let found = publications.find(|(place, known)| known.hash == hash && !place.exists());
            return Ok(found.map(|(place, _)| place.clone()));
        }
        // A second one of the name has a number behind it.
        let name = naam_van(path);
        let id = name.get(..36).unwrap_or(name).parse::<LeveringId>().ok();
        let levering = id.and_then(|id| self.feiten.leveringen.get(&id));
        let kept = levering.filter(|levering| levering.toestand != Toestand::Gewist);
        Ok(kept.map(|levering| map.raw(levering.id)))
    }
}
