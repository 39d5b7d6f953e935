//! Is the register older than the files?
//!
//! Owns what a register knows, whatever version of ours made it, and what among the files is newer. Only looks.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use schema::Toestand;
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::folder::{content, is_dir, name_of};
use crate::levering_id::LeveringId;
use crate::paths::{DataRoot, is_temporary};
use crate::register_columns::{levering_id, toestand};
use crate::start_refusal::StartRefusal;

/// What a register knows, read with columns that every version of it has: it may still have to be migrated.
#[derive(Default)]
pub(crate) struct Known {
    /// False for a file without our tables, such as a register whose `-wal` was lost.
    pub(crate) is_register: bool,
    leveringen: HashMap<LeveringId, Toestand>,
    newest: Option<LeveringId>,
    publications: HashSet<(String, i32, u32)>,
    /// Being written when the service or the job ended.
    begun: HashSet<(String, i32, u32)>,
}

impl Known {
    pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Self, LakeError> {
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
                .fetch_all(&mut *connection)
                .await?;
        let has = |table: &str| tables.iter().any(|name| name == table);
        if !has("levering") || !has("publicatie") {
            return Ok(Self::default());
        }
        let rows: Vec<(String, String)> = sqlx::query_as("SELECT id, toestand FROM levering")
            .fetch_all(&mut *connection)
            .await?;
        let mut leveringen = HashMap::new();
        for (id, state) in &rows {
            leveringen.insert(levering_id(id)?, toestand(state)?);
        }
        let publications = sqlx::query_as("SELECT uitvraag, jaar, versie FROM publicatie")
            .fetch_all(&mut *connection)
            .await?;
        let begun = if has("publicatie_begonnen") {
            sqlx::query_as("SELECT uitvraag, jaar, versie FROM publicatie_begonnen")
                .fetch_all(&mut *connection)
                .await?
        } else {
            Vec::new()
        };
        Ok(Self {
            is_register: true,
            newest: leveringen.keys().max().copied(),
            leveringen,
            publications: publications.into_iter().collect(),
            begun: begun.into_iter().collect(),
        })
    }

    /// Refuses when the files know of something newer than anything here.
    pub(crate) fn refuse_newer_files(&self, root: &DataRoot) -> Result<(), LakeError> {
        let newer = self
            .newer_files(root)
            .map_err(LakeError::io("comparing register and files"))?;
        if newer.is_empty() {
            return Ok(());
        }
        Err(StartRefusal::OlderRegister { newer }.into())
    }

    fn newer_files(&self, root: &DataRoot) -> io::Result<Vec<String>> {
        let mut newer = Vec::new();
        for path in content(&root.dir.join("raw"))? {
            // Without uploaded bytes nothing was ever promised.
            let promised =
                |thing: &PathBuf| name_of(thing) != "pakket.json" && !is_temporary(name_of(thing));
            if self.is_newer(name_of(&path)) && content(&path)?.iter().any(promised) {
                newer.push(root.relative(&path));
            }
        }
        let mut folders = vec![root.dir.join("lake")];
        while let Some(folder) = folders.pop() {
            for path in content(&folder)? {
                if is_dir(&path) {
                    folders.push(path);
                } else if self.is_newer_table(name_of(&path)) {
                    newer.push(root.relative(&path));
                }
            }
        }
        for uitvraag in content(&root.dir.join("publicaties"))? {
            for jaar in content(&uitvraag)? {
                for version in content(&jaar)? {
                    if self.is_newer_publication(&uitvraag, &jaar, &version) {
                        newer.push(root.relative(&version));
                    }
                }
            }
        }
        newer.sort();
        Ok(newer)
    }

    /// Whether a levering of this id came after all that are known. Ids sort by when they were made.
    fn is_newer(&self, name: &str) -> bool {
        name.parse::<LeveringId>()
            .is_ok_and(|id| Some(id) > self.newest)
    }

    /// A table is written after its levering was received: of one that the register has as opened it is newer too.
    fn is_newer_table(&self, name: &str) -> bool {
        let Some(id) = name.strip_suffix(".parquet") else {
            return false;
        };
        let opened = |id: LeveringId| self.leveringen.get(&id) == Some(&Toestand::Geopend);
        self.is_newer(id) || id.parse().is_ok_and(opened)
    }

    fn is_newer_publication(&self, uitvraag: &Path, jaar: &Path, version: &Path) -> bool {
        let (Ok(year), Ok(version)) = (name_of(jaar).parse(), name_of(version).parse::<u32>())
        else {
            return false;
        };
        let name = name_of(uitvraag).to_owned();
        let newest = self
            .publications
            .iter()
            .filter(|(known, of, _)| *known == name && *of == year)
            .map(|(.., known)| *known)
            .max();
        Some(version) > newest && !self.begun.contains(&(name, year, version))
    }
}
