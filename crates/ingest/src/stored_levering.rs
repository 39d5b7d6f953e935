//! The files of a levering as they came in, read again.
//!
//! Owns which files belong to a levering, in the order of its definition, and their rows as canonical text. For
//! leveringen that were let in before: what is wrong with a new one is told by `judge`.

use std::fs::File;

use arrow_array::RecordBatch;
use lake::{Lake, LakeError, LeveringId};
use pakket::strict_door;
use rows::FileRefusal;
use schema::pakket::PakketFile;
use schema::{Definitie, Pakket};

/// The received files of a levering, in the order of the definition.
///
/// # Errors
/// When the register fails or a file is not there.
pub(crate) async fn files(
    lake: &Lake,
    id: LeveringId,
    definitie: &Definitie,
    pakket: &Pakket,
) -> Result<Vec<(PakketFile, File)>, LakeError> {
    let mut files = Vec::new();
    for tabel in &definitie.tabellen {
        if let Some(pakket_file) = pakket.resources.iter().find(|b| b.name == tabel.naam) {
            files.push((pakket_file.clone(), lake.open_raw(id, &tabel.naam).await?));
        }
    }
    Ok(files)
}

/// The rows of one table of a levering, with the name of the table.
///
/// # Errors
/// When the file can't be read any more; the reason is a code or an error of the system.
pub(crate) fn batches(
    definitie: &Definitie,
    pakket_file: &PakketFile,
    file: File,
) -> Result<impl Iterator<Item = Result<(String, RecordBatch), String>> + use<>, String> {
    let tabel = definitie
        .tabel(&pakket_file.name)
        .ok_or("an unknown table")?;
    let unpacked = zstd::Decoder::new(file).map_err(|e| e.to_string())?;
    let refused = |w: FileRefusal| w.code().to_owned();
    let rows = strict_door::open(tabel, unpacked, strict_door::RecordLimits::default())
        .map_err(refused)?;
    let name = tabel.naam.clone();
    Ok(rows.map(move |batch| Ok((name.clone(), batch.map_err(refused)?))))
}
