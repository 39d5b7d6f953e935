//! What is wrong with the files of a levering, in words for the coördinator.
//!
//! Owns which files a levering has and comparing them with what the register says. Leaves what to do about it to
//! `quarantine` and `freeze`.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use schema::hash::LengthAndHash;

use crate::levering::Levering;
use crate::parquet_tabel::TabelFile;
use crate::paths::DataRoot;
use crate::wording;

/// How closely files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thoroughness {
    /// Present and as long as the register says.
    Lengte,
    /// Also read whole and compared with their SHA-256.
    Hash,
}

/// A file as the register knows it.
pub(crate) struct ExpectedFile<'a> {
    naam: String,
    pad: PathBuf,
    bytes: Option<u64>,
    hash: Cow<'a, str>,
}

/// The files that a levering should have: as received, and its tables.
pub(crate) fn expected_files<'a>(
    root: &DataRoot,
    levering: &'a Levering,
    content: Option<String>,
    tabellen: &'a [TabelFile],
) -> Vec<ExpectedFile<'a>> {
    let pakket = ExpectedFile {
        naam: "pakket.json".to_owned(),
        pad: root.raw(levering.id).join("pakket.json"),
        bytes: None,
        hash: format!("sha256:{}", content.unwrap_or_default()).into(),
    };
    let raw = levering.bestanden.iter().map(|file| ExpectedFile {
        naam: format!("{}.csv.zst", file.tabel),
        pad: root.raw_file(levering.id, &file.tabel),
        bytes: Some(file.bytes),
        hash: file.hash.as_str().into(),
    });
    std::iter::once(pakket)
        .chain(raw)
        .chain(tabellen.iter().map(expected_parquet))
        .collect()
}

fn expected_parquet(tabel: &TabelFile) -> ExpectedFile<'_> {
    ExpectedFile {
        naam: format!("{}.parquet", tabel.tabel),
        pad: tabel.pad.clone(),
        bytes: Some(tabel.bytes),
        hash: tabel.hash.as_str().into(),
    }
}

/// What is wrong with a Parquet file, read whole.
pub(crate) fn parquet_damage(tabel: &TabelFile) -> Option<String> {
    expected_parquet(tabel).damage_found(Thoroughness::Hash)
}

impl ExpectedFile<'_> {
    /// What is wrong with it.
    pub(crate) fn damage_found(&self, thoroughness: Thoroughness) -> Option<String> {
        let length = length_of(&self.pad);
        let name = &self.naam;
        let Ok(length) = length else {
            return Some(wording::unreadable(&name));
        };
        if self.bytes.is_some_and(|bytes| bytes != length) {
            return Some(wording::other_length(&name));
        }
        if thoroughness == Thoroughness::Lengte {
            return None;
        }
        match File::open(&self.pad).and_then(LengthAndHash::of) {
            Ok((_, hash)) if hash == self.hash => None,
            Ok(_) => Some(wording::other_content(&name)),
            Err(_) => Some(wording::unreadable(&name)),
        }
    }
}

/// Length of an ordinary file; a symlink is none.
fn length_of(path: &Path) -> io::Result<u64> {
    let data = path.symlink_metadata()?;
    if data.is_file() {
        Ok(data.len())
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}
