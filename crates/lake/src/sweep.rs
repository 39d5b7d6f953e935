//! Files that the register does not name: leftovers are removed, what could be someone's data is set aside.
//!
//! Owns the walk over the data directory at start-up. Removes only what can be made again or was never promised;
//! everything else moves to `quarantaine/` for a beheerder to look at.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use schema::Toestand;
use schema::hash::{sha256, sha256_hex};

use crate::damage::Thoroughness;
use crate::folder::{content, is_dir, name_of};
use crate::levering_id::LeveringId;
use crate::lock_files::{WRITE_LOCK, open_slot};
use crate::paths::{COPIES, DataRoot, is_temporary};
use crate::publicatie::Publicatie;
use crate::register_facts::Facts;

/// One walk over the data directory.
pub(crate) struct Sweep<'a> {
    map: &'a DataRoot,
    facts: &'a Facts,
    found: SweepFindings,
}

/// What was found and done; relative paths.
#[derive(Default)]
pub(crate) struct SweepFindings {
    /// What nobody names, moved to `quarantaine/`, by where it was.
    pub(crate) moved: Vec<String>,
    /// Leftovers removed.
    pub(crate) removed: Vec<String>,
    /// Publications whose files are not as the register says.
    pub(crate) damaged_publicaties: Vec<String>,
}

impl<'a> Sweep<'a> {
    pub(crate) fn new(root: &'a DataRoot, facts: &'a Facts) -> Self {
        Self {
            map: root,
            facts,
            found: SweepFindings::default(),
        }
    }

    pub(crate) fn walk(mut self, thoroughness: Thoroughness) -> io::Result<SweepFindings> {
        for ding in content(&self.map.dir.join("raw"))? {
            self.raw(&ding)?;
        }
        self.lake(&self.map.dir.join("lake"))?;
        let lock = open_slot(self.map, WRITE_LOCK).map_err(io::Error::other)?;
        // A job that is publishing now has files nobody names yet; the next start will look again.
        if lock.try_lock().is_ok() {
            self.temporary_file(&self.map.dir.join("intern"))?;
            self.temporary_file(&self.map.dir.join(COPIES))?;
            self.publicaties()?;
        }
        let facts = self.facts;
        for (path, publicatie) in &facts.publicaties {
            if !is_heel(path, publicatie, thoroughness) {
                self.found.damaged_publicaties.push(self.name(path));
            }
        }
        for list in [
            &mut self.found.moved,
            &mut self.found.removed,
            &mut self.found.damaged_publicaties,
        ] {
            list.sort();
        }
        Ok(self.found)
    }

    /// One entry of `raw/`.
    fn raw(&mut self, path: &Path) -> io::Result<()> {
        let id = name_of(path).parse::<LeveringId>().ok();
        let Some(levering) = id.and_then(|id| self.facts.leveringen.get(&id)) else {
            // Without uploaded bytes nothing was ever promised: opening broke off before the register knew.
            let is_begin =
                |ding: &PathBuf| name_of(ding) == "pakket.json" || is_temporary(name_of(ding));
            let begin = id.is_some() && is_dir(path) && content(path)?.iter().all(is_begin);
            return if begin {
                self.remove(path)
            } else {
                self.move_file(path, name_of(path))
            };
        };
        if levering.toestand == Toestand::Gewist {
            return self.remove(path);
        }
        for ding in content(path)? {
            let name = name_of(&ding);
            let known = name == "pakket.json"
                || levering
                    .bestanden
                    .iter()
                    .any(|b| name.strip_suffix(".csv.zst") == Some(b.tabel.as_str()));
            if is_temporary(name) {
                self.remove(&ding)?;
            } else if !known {
                self.move_file(&ding, &format!("{}-{name}", levering.id))?;
            }
        }
        Ok(())
    }

    /// Everything below `lake/`.
    fn lake(&mut self, path: &Path) -> io::Result<()> {
        for ding in content(path)? {
            if is_dir(&ding) {
                self.lake(&ding)?;
            } else if !self.facts.parquet.contains(&ding) {
                self.unnamed_tabel(&ding)?;
            }
        }
        Ok(())
    }

    /// A file below `lake/` that does not count.
    fn unnamed_tabel(&mut self, path: &Path) -> io::Result<()> {
        let name = name_of(path);
        let id = name
            .strip_suffix(".parquet")
            .and_then(|stem| stem.parse::<LeveringId>().ok());
        // Of a levering we know it can be made again from what was received, and will be if it still matters.
        let derived = id.is_some_and(|id| self.facts.leveringen.contains_key(&id));
        if derived || is_temporary(name) {
            self.remove(path)
        } else {
            self.move_file(path, name)
        }
    }

    /// Temporary files at any depth.
    fn temporary_file(&mut self, path: &Path) -> io::Result<()> {
        for ding in content(path)? {
            if is_temporary(name_of(&ding)) {
                self.remove(&ding)?;
            } else if is_dir(&ding) {
                self.temporary_file(&ding)?;
            }
        }
        Ok(())
    }

    /// `publicaties/<uitvraag>/<jaar>/<versie>`.
    fn publicaties(&mut self) -> io::Result<()> {
        for uitvraag in content(&self.map.dir.join("publicaties"))? {
            for jaar in content(&uitvraag)? {
                for version in content(&jaar)? {
                    if is_temporary(name_of(&version)) {
                        self.remove(&version)?;
                    } else if !self.facts.publicaties.contains_key(&version) {
                        self.move_file(&version, "publicatie")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        if is_dir(path) {
            self.map.remove_tree(path)?;
        } else {
            self.map.storage.remove(path)?;
        }
        path.parent()
            .map_or(Ok(()), |parent| self.map.storage.sync_map(parent))?;
        self.found.removed.push(self.name(path));
        Ok(())
    }

    fn move_file(&mut self, path: &Path, name: &str) -> io::Result<()> {
        self.map.to_quarantine(path, name)?;
        self.found.moved.push(self.name(path));
        Ok(())
    }

    /// Relative path, for the report.
    fn name(&self, path: &Path) -> String {
        self.map.relative(path)
    }
}

/// Whether a publication still has all its files, and (looked at closely) with the bytes of its `SHA256SUMS`.
fn is_heel(path: &Path, publicatie: &Publicatie, thoroughness: Thoroughness) -> bool {
    if thoroughness == Thoroughness::Lengte {
        return publicatie
            .paden
            .iter()
            .all(|part| path.join(part).is_file());
    }
    let Ok(checksums) = fs::read_to_string(path.join("SHA256SUMS")) else {
        return false;
    };
    if sha256(checksums.as_bytes()) != publicatie.hash {
        return false;
    }
    let checksum_of: HashMap<&str, &str> = checksums
        .lines()
        .filter_map(|regel| regel.split_once("  "))
        .map(|(sum, part)| (part, sum))
        .collect();
    publicatie
        .paden
        .iter()
        .filter(|part| *part != "SHA256SUMS")
        .all(|part| {
            let bytes = fs::read(path.join(part)).ok();
            let sum = bytes.map(|bytes| sha256_hex(&bytes));
            sum.as_deref() == checksum_of.get(part.as_str()).copied()
        })
}
