//! Opening what is judged, and why that may not be possible.
//!
//! Owns the files named on the command line, the koppeling, the tables of a pakket, and the line between what could not be
//! done and what was read and refused. Leaves judging to `judge_files`.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use mapping::Koppeling;
use pakket::strict_door;
use pakket::zstd_frames::{HIDDEN_FRAME, has_hidden_frame};
use rows::FileRefusal;
use schema::Definitie;
use sheets::SourceFile;

use crate::error::Failure;
use crate::pakket::PakketDirectory;
use crate::text_input;
use crate::wording;

/// Why there is no judgement.
#[derive(Debug)]
pub(crate) enum JudgeStop {
    /// It could not be done.
    Fout(Failure),
    /// The file was read and refused.
    Geweigerd(Box<FileRefusal>),
}

impl From<Failure> for JudgeStop {
    fn from(failure: Failure) -> Self {
        Self::Fout(failure)
    }
}

impl From<FileRefusal> for JudgeStop {
    fn from(refusal: FileRefusal) -> Self {
        // A disk that fails says nothing about the data.
        if refusal.code() == "READ_ERROR" {
            Self::Fout(refused(&refusal))
        } else {
            Self::Geweigerd(Box::new(refusal))
        }
    }
}

impl From<JudgeStop> for Failure {
    fn from(stop: JudgeStop) -> Self {
        match stop {
            JudgeStop::Fout(failure) => failure,
            JudgeStop::Geweigerd(refusal) => refused(&refusal).refused(),
        }
    }
}

/// A refusal as an error: its sentence, its stable code, its place.
pub(crate) fn refused(refusal: &FileRefusal) -> Failure {
    let place = refusal.place();
    let parts = [
        place.bestand.clone(),
        place.blad.as_ref().map(|b| format!("blad {b}")),
        place.rij.map(|r| format!("rij {r}")),
        place.kolom.as_ref().map(|k| format!("kolom {k}")),
    ];
    let location: Vec<String> = parts.into_iter().flatten().collect();
    let failure = Failure::new(format!("{refusal} [{}]", refusal.code()));
    if location.is_empty() {
        failure
    } else {
        failure.cause(format!("gevonden in {}", location.join(", ")))
    }
}

/// The files named on the command line.
pub(crate) fn open_files(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Failure> {
    for path in paths {
        // First, because Windows refuses to open a folder at all.
        if path.is_dir() {
            return Err(
                Failure::new(wording::files::folder_no_file(&path.display()))
                    .tip(wording::files::GIVE_FILE_NAME),
            );
        }
    }
    let open = |path: &PathBuf| {
        let file = SourceFile::from_path(path);
        let opened = file.hold();
        opened.map_err(|e| Failure::file(wording::files::FILE_NOT_OPENED, path, &e))?;
        Ok(file)
    };
    paths.iter().map(open).collect()
}

/// Reads a mapping file made for this uitvraag.
pub(crate) fn read_koppeling(path: &Path, definitie: &Definitie) -> Result<Koppeling, Failure> {
    const TIP: &str = wording::files::MEND_LINE;
    let text = text_input::read(path).map_err(|e| {
        Failure::file(wording::commands::KOPPELING_UNREADABLE, path, &e)
            .tip(wording::files::MAKE_KOPPELING)
    })?;
    let koppeling = Koppeling::parse(&text);
    koppeling
        .and_then(|koppeling| koppeling.verify(definitie).map(|()| koppeling))
        .map_err(|e| {
            Failure::new(wording::files::koppeling_wrong(&path.display()))
                .cause(e)
                .tip(TIP)
        })
}

/// Batches of one table.
pub(crate) type Batches = Box<dyn Iterator<Item = Result<RecordBatch, FileRefusal>>>;

/// The rows of a table of a pakket, read strictly.
pub(crate) fn open_table(
    definitie: &Definitie,
    dir: &PakketDirectory,
    file: &schema::pakket::PakketFile,
) -> Result<Batches, JudgeStop> {
    let path = dir.path(file);
    let tabel = definitie
        .tabel(&file.name)
        .ok_or_else(|| Failure::new(wording::files::foreign_table(&file.name)))?;
    let reading = |e: std::io::Error| Failure::file(wording::server::PAKKET_UNREADABLE, &path, &e);
    let mut packed = BufReader::new(File::open(&path).map_err(reading)?);
    if has_hidden_frame(&mut packed).map_err(reading)? {
        return Err(Failure::new(HIDDEN_FRAME).cause(path.display()).into());
    }
    let zstd = zstd::Decoder::with_buffer(packed).map_err(reading)?;
    let rows = strict_door::open(tabel, zstd, strict_door::RecordLimits::default())?;
    // Also a table without rows is a table.
    let present = RecordBatch::new_empty(rows.schema());
    Ok(Box::new(std::iter::once(Ok(present)).chain(rows)))
}
