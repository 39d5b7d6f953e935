//! A file is opened once, however often it is read: one that is gone by its name is read all the same.
#![cfg(unix)]

use std::fs::{self, File};
use std::path::Path;

use mapping::survey;
use sheets::{SourceFile, annotate};

use crate::support::{lees, omgang};

/// Explores, reads and annotates a file whose name is gone.
fn all_of(path: &Path, koppeling: Option<&mapping::Koppeling>) -> usize {
    let file = SourceFile::from_path(path);
    file.hold().unwrap();
    fs::remove_file(path).unwrap();
    let explored = survey(&file, &omgang()).unwrap();
    let (tables, _) = lees(std::slice::from_ref(&file), koppeling).unwrap();
    let oordeel =
        schema::Oordeel::refused("TOO_LARGE", "", schema::Place::default(), "x.".to_owned());
    annotate::make(std::slice::from_ref(&file), &oordeel, &omgang()).unwrap();
    assert_eq!(explored.tabellen[0].rijen as usize, tables["traject"].len());
    tables["traject"].len()
}

#[test]
fn a_file_without_a_name_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/extracts");
    // With this one open, no other fits in memory: it is read through its handle.
    let large = folder.path().join("large.csv");
    File::create(&large).unwrap().set_len(64 << 20).unwrap();
    let mut rows = Vec::new();
    for held in [None, Some(SourceFile::from_path(&large))] {
        if let Some(held) = &held {
            held.hold().unwrap();
        }
        for name in ["jeugdhulp_west.csv", "omgangshuis_noord.xlsx"] {
            let path = folder.path().join(name);
            fs::copy(fixtures.join(name), &path).unwrap();
            let koppeling = crate::support::proposal(&SourceFile::from_path(&path)).koppeling;
            rows.push(all_of(&path, Some(&koppeling)));
        }
    }
    assert!(rows[0] > 0 && rows[1] > 0, "{rows:?}");
    assert_eq!(
        rows[..2],
        rows[2..],
        "the same from memory and through a handle"
    );
}
