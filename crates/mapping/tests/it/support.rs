//! What the tests share: files in memory, and reading a whole file as rows of text.

use std::collections::BTreeMap;

use arrow_array::Array;
use check::TextColumn;
use mapping::{BatchReader, Koppeling, Proposal, SourceSummary, propose, survey};
use rows::FileRefusal;
use schema::Definitie;
use sheets::SourceFile;

pub(crate) type OptionalTextRow = BTreeMap<String, Option<String>>;

pub(crate) fn omgang() -> Definitie {
    static OMGANG: std::sync::LazyLock<Definitie> =
        std::sync::LazyLock::new(|| Definitie::load("omgang/2020").unwrap());
    OMGANG.clone()
}

pub(crate) fn fixture(name: &str) -> SourceFile {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/extracts")
        .join(name);
    SourceFile::from_path(&path)
}

pub(crate) fn proposal(file: &SourceFile) -> Proposal {
    let definitie = omgang();
    propose(&[survey(file, &definitie).unwrap()], &definitie)
}

/// Reads everything: rows per table, and the report.
pub(crate) fn lees(
    files: &[SourceFile],
    koppeling: Option<&Koppeling>,
) -> Result<(BTreeMap<String, Vec<OptionalTextRow>>, SourceSummary), FileRefusal> {
    read_for(files, &omgang(), koppeling)
}

/// The same, for another definition.
pub(crate) fn read_for(
    files: &[SourceFile],
    definitie: &Definitie,
    koppeling: Option<&Koppeling>,
) -> Result<(BTreeMap<String, Vec<OptionalTextRow>>, SourceSummary), FileRefusal> {
    let mut reader = BatchReader::open(files, definitie, koppeling)?;
    let mut tabellen: BTreeMap<String, Vec<OptionalTextRow>> = BTreeMap::new();
    while let Some(batch) = reader.next_batch()? {
        let rows = tabellen.entry(batch.tabel.clone()).or_default();
        let schema = batch.batch.schema();
        for i in 0..batch.batch.num_rows() {
            let cell = |k: usize| {
                let column = TextColumn::of(batch.batch.column(k)).unwrap();
                (!batch.batch.column(k).is_null(i)).then(|| column.value(i).to_owned())
            };
            rows.push(
                schema
                    .fields()
                    .iter()
                    .enumerate()
                    .map(|(k, f)| (f.name().clone(), cell(k)))
                    .collect(),
            );
        }
    }
    Ok((tabellen, reader.finish()))
}
