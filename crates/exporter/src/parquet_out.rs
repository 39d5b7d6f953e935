//! Typed Parquet files, one per table.
//!
//! Owns how they are written: zstd-1, bounded row groups so that memory stays flat, whole or not at all. Leaves the types
//! to `check`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use schema::{Definitie, Tabel, VeldType};
use tempfile::NamedTempFile;

use crate::atomic_file;
use crate::error::Failure;
use crate::wording;

const ROWS_PER_GROUP: usize = 1 << 18;

/// Writes tables into a folder.
pub(crate) struct ParquetDirectory {
    map: PathBuf,
    definitie: Definitie,
    tabellen: BTreeMap<String, ArrowWriter<NamedTempFile>>,
}

impl ParquetDirectory {
    /// Starts in `map`, which is made where needed.
    pub(crate) fn new(dir: &Path, definitie: &Definitie) -> Result<Self, Failure> {
        atomic_file::make_dir(dir)?;
        Ok(Self {
            map: dir.to_owned(),
            definitie: definitie.clone(),
            tabellen: BTreeMap::new(),
        })
    }

    /// Adds typed rows to a table.
    pub(crate) fn batch(&mut self, tabel: &str, batch: &RecordBatch) -> Result<(), Failure> {
        if !self.tabellen.contains_key(tabel) {
            let file = NamedTempFile::new_in(&self.map)
                .map_err(|e| Failure::file(wording::files::FOLDER_NOT_WRITABLE, &self.map, &e))?;
            let writer = ArrowWriter::try_new(
                file,
                batch.schema(),
                Some(properties(self.definitie.tabel(tabel))),
            )
            .map_err(|e| self.failure(&e))?;
            self.tabellen.insert(tabel.to_owned(), writer);
        }
        let writer = self.tabellen.get_mut(tabel).expect("inserted above");
        writer
            .write(batch)
            .map_err(|e| Failure::new(wording::files::PARQUET_NOT_WRITTEN).cause(e))
    }

    /// Closes the files and gives them their names.
    pub(crate) fn close(mut self) -> Result<Vec<PathBuf>, Failure> {
        let mut paths = Vec::new();
        for (tabel, writer) in std::mem::take(&mut self.tabellen) {
            let file = writer.into_inner().map_err(|e| self.failure(&e))?;
            let path = self.map.join(format!("{tabel}.parquet"));
            atomic_file::place(file.into_temp_path(), &path)
                .map_err(|e| Failure::file(wording::files::PARQUET_NOT_WRITTEN, &path, &e))?;
            paths.push(path);
        }
        Ok(paths)
    }

    fn failure(&self, cause: &parquet::errors::ParquetError) -> Failure {
        Failure::new(wording::files::parquet_not_written_in(&self.map.display())).cause(cause)
    }
}

fn properties(tabel: Option<&Tabel>) -> WriterProperties {
    let velden = tabel.map(|t| t.velden.as_slice()).unwrap_or_default();
    let begin = WriterProperties::builder()
        .set_compression(Compression::ZSTD(
            ZstdLevel::try_new(1).expect("level 1 exists"),
        ))
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(concat!("uitvraag ", env!("CARGO_PKG_VERSION")).to_owned());
    let builder = velden.iter().fold(begin, |builder, veld| {
        let column = ColumnPath::from(veld.naam.as_str());
        match veld.veldtype {
            // Identifiers hardly repeat: a dictionary of them costs time and saves nothing.
            VeldType::Pseudoniem => builder
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_statistics_enabled(column, EnabledStatistics::None),
            // The first and last of texts and codes help nobody, and every value is compared for them.
            VeldType::Tekst { .. } | VeldType::Code { .. } | VeldType::Gemeente => {
                builder.set_column_statistics_enabled(column, EnabledStatistics::None)
            }
            VeldType::Whole | VeldType::Decimal | VeldType::Datum | VeldType::YesNo => builder,
        }
    });
    builder.build()
}
