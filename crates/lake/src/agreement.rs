//! May the service start on this data directory? Register and files must be of the same moment.
//!
//! Owns the reasons to refuse, and the sentences that help a beheerder on: a register older than the files, a folder
//! that the register names and that is gone, too many leveringen that do not fit. Only looks: nothing is moved, put
//! into quarantine or migrated before all of it was answered. Leaves mending what is left to `herstel`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use schema::Toestand;
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::levering::{LeveringId, levering_id, toestand};
use crate::paths::{DataRoot, is_temporary};
use crate::sweep::{Facts, content, is_dir, name_of};

/// Why the service does not start. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartRefusal {
    /// The files know of something newer than anything in the register.
    #[error(
        "the register is empty or older than the files: it does not know {}. Nothing was changed. Put back the \
         register.sqlite that belongs to these files, together with its register.sqlite-wal where there was one, and \
         start again; {WAY_BACK}. If that register is lost for good, move what it does not know out of raw/, lake/ and \
         publicaties/ first",
        some_of(newer)
    )]
    OlderRegister {
        /// Relative paths.
        newer: Vec<String>,
    },
    /// The register names what should be in these folders.
    #[error(
        "the register names what is in {}, and that is missing or empty. Nothing was changed. Put it back (or mount \
         the disk it is on) and start again; {WAY_BACK}. {FOR_GOOD}",
        some_of(folders)
    )]
    FoldersGone {
        /// Relative paths.
        folders: Vec<String>,
    },
    /// Too many leveringen for damage to single ones.
    #[error(
        "{} of {all} leveringen do not fit their files: {}. Nothing was changed. Put raw/ and lake/ back as they were \
         when this register was copied, and start again; {WAY_BACK}. {FOR_GOOD}",
        misfits.len(),
        some_of(misfits)
    )]
    Misfits {
        /// Id and what is wrong with it.
        misfits: Vec<String>,
        /// Number of leveringen that have files.
        all: usize,
    },
}

const WAY_BACK: &str = "what an earlier start put into quarantine comes back with \
                        `omgangsmonitor admin quarantine release --all`";
const FOR_GOOD: &str =
    "What is lost for good stops counting with `omgangsmonitor admin quarantine damaged`";

/// At most this many leveringen may be damaged, whatever share of all they are.
const FEW: usize = 3;

/// The first three, and how many more.
fn some_of(things: &[String]) -> String {
    let named = things
        .iter()
        .take(3)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match things.len().saturating_sub(3) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

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

/// Refuses when a folder that the register names is missing or empty. What is in quarantine names nothing.
pub(crate) fn refuse_missing_folders(root: &DataRoot, facts: &Facts) -> Result<(), LakeError> {
    let folders =
        missing_folders(root, facts).map_err(LakeError::io("comparing register and files"))?;
    if folders.is_empty() {
        return Ok(());
    }
    Err(StartRefusal::FoldersGone { folders }.into())
}

fn missing_folders(root: &DataRoot, facts: &Facts) -> io::Result<Vec<String>> {
    let raw = facts.leveringen.values().filter(|levering| {
        let promised = levering.ontvangen.is_some() && !levering.nulopgave
            || levering.toestand == Toestand::Geopend
                && levering.bestanden.iter().any(|file| file.offset > 0);
        promised && levering.toestand != Toestand::Gewist && levering.quarantaine.is_none()
    });
    let named = raw
        .map(|levering| root.raw(levering.id))
        .chain(facts.counted.iter().cloned())
        .chain(facts.publicaties.keys().cloned());
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for path in named {
        let above = path.ancestors().skip(1);
        for folder in above.take_while(|folder| *folder != root.dir) {
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
    }
    let mut missing: Vec<PathBuf> = Vec::new();
    for (folder, things) in folders {
        // A folder of one thing is empty when that one is lost, and single ones may be.
        let may_be_empty = things == 1 && folder.parent() != Some(root.dir.as_path());
        let gone = !folder.is_dir() || (!may_be_empty && content(&folder)?.is_empty());
        // The folder above says it all, and comes first.
        if gone && !missing.iter().any(|above| folder.starts_with(above)) {
            missing.push(folder);
        }
    }
    Ok(missing.iter().map(|path| root.relative(path)).collect())
}

/// Refuses when more than a few leveringen, and more than one in ten, do not fit their files.
pub(crate) fn refuse_many_misfits(
    misfits: &BTreeMap<LeveringId, String>,
    all: usize,
) -> Result<(), LakeError> {
    if misfits.len() <= FEW || misfits.len() * 10 <= all {
        return Ok(());
    }
    let misfits = misfits
        .iter()
        .map(|(id, wrong)| format!("{id} ({wrong})"))
        .collect();
    Err(StartRefusal::Misfits { misfits, all }.into())
}
