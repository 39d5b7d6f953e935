//! Typed Parquet files, one per table.
//!
//! Owns how they are written: zstd-1, bounded row groups so that memory stays flat, whole or not at all. Leaves the types
//! to `check`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use schema::{Definitie, Tabel, Veldtype};
use tempfile::NamedTempFile;

use crate::fout::Fout;

const RIJEN_PER_GROEP: usize = 1 << 18;

/// Writes tables into a folder.
pub struct Parquetmap {
    map: PathBuf,
    definitie: Definitie,
    tabellen: BTreeMap<String, ArrowWriter<NamedTempFile>>,
}

impl Parquetmap {
    /// Starts in `map`, which is made where needed.
    pub fn new(map: &Path, definitie: &Definitie) -> Result<Self, Fout> {
        fs::create_dir_all(map).map_err(|e| Fout::bestand("kan de map niet maken", map, &e))?;
        Ok(Self {
            map: map.to_owned(),
            definitie: definitie.clone(),
            tabellen: BTreeMap::new(),
        })
    }

    /// Adds typed rows to a table.
    pub fn partij(&mut self, tabel: &str, batch: &RecordBatch) -> Result<(), Fout> {
        if !self.tabellen.contains_key(tabel) {
            let bestand = NamedTempFile::new_in(&self.map)
                .map_err(|e| Fout::bestand("kan in deze map niet schrijven", &self.map, &e))?;
            let schrijver = ArrowWriter::try_new(
                bestand,
                batch.schema(),
                Some(properties(self.definitie.tabel(tabel))),
            )
            .map_err(|e| self.fout(&e))?;
            self.tabellen.insert(tabel.to_owned(), schrijver);
        }
        let schrijver = self.tabellen.get_mut(tabel).expect("inserted above");
        schrijver
            .write(batch)
            .map_err(|e| Fout::new("kan de Parquet niet schrijven").oorzaak(e))
    }

    /// Closes the files and gives them their names.
    pub fn sluit(mut self) -> Result<Vec<PathBuf>, Fout> {
        let mut paden = Vec::new();
        for (tabel, schrijver) in std::mem::take(&mut self.tabellen) {
            let bestand = schrijver.into_inner().map_err(|e| self.fout(&e))?;
            let pad = self.map.join(format!("{tabel}.parquet"));
            bestand
                .persist(&pad)
                .map_err(|e| Fout::bestand("kan de Parquet niet schrijven", &pad, &e.error))?;
            paden.push(pad);
        }
        Ok(paden)
    }

    fn fout(&self, oorzaak: &parquet::errors::ParquetError) -> Fout {
        Fout::new(format!(
            "kan de Parquet niet schrijven in {}",
            self.map.display()
        ))
        .oorzaak(oorzaak)
    }
}

fn properties(tabel: Option<&Tabel>) -> WriterProperties {
    let velden = tabel.map(|t| t.velden.as_slice()).unwrap_or_default();
    let begin = WriterProperties::builder()
        .set_compression(Compression::ZSTD(
            ZstdLevel::try_new(1).expect("level 1 exists"),
        ))
        .set_max_row_group_row_count(Some(RIJEN_PER_GROEP))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(concat!("uitvraag ", env!("CARGO_PKG_VERSION")).to_owned());
    let bouwer = velden.iter().fold(begin, |bouwer, veld| {
        let kolom = ColumnPath::from(veld.naam.as_str());
        match veld.veldtype {
            // Identifiers hardly repeat: a dictionary of them costs time and saves nothing.
            Veldtype::Pseudoniem => bouwer
                .set_column_dictionary_enabled(kolom.clone(), false)
                .set_column_statistics_enabled(kolom, EnabledStatistics::None),
            // The first and last of texts and codes help nobody, and every value is compared for them.
            Veldtype::Tekst { .. } | Veldtype::Code { .. } | Veldtype::Gemeente => {
                bouwer.set_column_statistics_enabled(kolom, EnabledStatistics::None)
            }
            Veldtype::Geheel | Veldtype::Decimaal | Veldtype::Datum | Veldtype::JaNee => bouwer,
        }
    });
    bouwer.build()
}
