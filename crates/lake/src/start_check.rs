//! May the service start on this data directory? Register and files must be of the same moment.
//!
//! Owns two of the reasons to refuse: a folder that the register names and that is gone, too many leveringen that do
//! not fit. Only looks: nothing is moved or put into quarantine before both were answered. Leaves a register that is
//! older than the files to `older_register`, the sentences to `start_refusal`, and mending what is left to `recovery`.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use schema::Toestand;

use crate::error::LakeError;
use crate::folder::content;
use crate::levering_id::LeveringId;
use crate::paths::DataRoot;
use crate::register_facts::Facts;
use crate::start_refusal::StartRefusal;

/// At most this many leveringen may be damaged, whatever share of all they are.
const FEW: usize = 3;

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
