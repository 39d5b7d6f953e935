//! One table of one levering as a Parquet file: written once, deterministic, meaningless until the register names it.
//!
//! Owns the two leading columns `aanbieder` and `levering`, the writer's settings and the way to durable (temp,
//! fdatasync, rename, fsync of the directory). Leaves typing the columns to `check` and naming to `record_oordeel`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use schema::hash::LengthAndHash;

use crate::disk::DurableFile;
use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering::Levering;
use crate::levering_id::LeveringId;
use crate::paths::{DataRoot, SECRET, is_name, temporary_name};
use crate::register_columns::{count, levering_id};

/// A Parquet file of one table of one levering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabelFile {
    /// The levering.
    pub levering: LeveringId,
    /// Table, as in `traject`.
    pub tabel: String,
    /// Where it is, absolute.
    pub pad: PathBuf,
    /// Rows.
    pub rijen: u64,
    /// Length.
    pub bytes: u64,
    /// `sha256:<hex>`.
    pub hash: String,
}

/// Writes one table. Blocking: use it where blocking is allowed. Dropped before [`TabelWriter::close`], it leaves
/// nothing behind.
pub struct TabelWriter {
    /// `None` only while closing.
    writer: Option<ArrowWriter<WriteCounter>>,
    map: DataRoot,
    temporary: PathBuf,
    pad: PathBuf,
    levering: LeveringId,
    kvk: String,
    tabel: String,
    schema: SchemaRef,
    rijen: u64,
    fout: DiskError,
}

/// Rows per row group: enough to compress well, few enough to read side by side.
const ROW_GROUP: usize = 131_072;

/// Names of the two columns that every table in the lake has before its own.
pub const PROVENANCE_COLUMNS: [&str; 2] = ["aanbieder", "levering"];

/// The schema of a Parquet file: the two leading columns, then the typed ones.
pub fn lake_schema(velden: &Schema) -> SchemaRef {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let before = PROVENANCE_COLUMNS
        .iter()
        .map(|name| Arc::new(Field::new(*name, dictionary.clone(), false)));
    Arc::new(Schema::new(
        before
            .chain(velden.fields().iter().cloned())
            .collect::<Vec<_>>(),
    ))
}

impl TabelWriter {
    /// Writes typed rows (the schema given to [`Lake::tabel_writer`]).
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        let rows = batch.num_rows();
        let mut columns = vec![
            repeated(&self.kvk, rows)?,
            repeated(&self.levering.to_string(), rows)?,
        ];
        columns.extend(batch.columns().iter().cloned());
        let completed = RecordBatch::try_new(self.schema.clone(), columns)?;
        let writer = self
            .writer
            .as_mut()
            .expect("only closing takes the writer, and closing takes all");
        writer
            .write(&completed)
            .map_err(|error| self.fout.translate(error))?;
        self.rijen += rows as u64;
        Ok(())
    }

    /// Makes the file durable under its own name.
    pub fn close(mut self) -> Result<TabelFile, LakeError> {
        let writer = self
            .writer
            .take()
            .expect("only closing takes the writer, and closing takes all");
        let mut counter = writer
            .into_inner()
            .map_err(|error| self.fout.translate(error))?;
        let synced = counter.bestand.sync();
        synced
            .and_then(|()| self.map.place(&self.temporary, &self.pad))
            .map_err(LakeError::io("making a Parquet file durable"))?;
        let (bytes, hash) = counter.fingerprint.finish();
        Ok(TabelFile {
            levering: self.levering,
            tabel: self.tabel.clone(),
            pad: self.pad.clone(),
            rijen: self.rijen,
            bytes,
            hash,
        })
    }
}

impl Drop for TabelWriter {
    fn drop(&mut self) {
        self.writer = None;
        // Gone already when it was renamed. Best effort: start-up removes what stays behind.
        self.map.storage.remove(&self.temporary).ok();
    }
}

/// A column that says the same in every row.
fn repeated(value: &str, rows: usize) -> Result<ArrayRef, LakeError> {
    let keys = Int32Array::from(vec![0; rows]);
    let values = Arc::new(StringArray::from(vec![value]));
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(
        keys, values,
    )?))
}

/// What the disk said last. The Parquet writer passes on its words only, and a full disk is to be told apart.
#[derive(Clone, Default)]
struct DiskError(Arc<Mutex<Option<io::ErrorKind>>>);

impl DiskError {
    fn translate(&self, error: ParquetError) -> LakeError {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(kind) => LakeError::io("writing a Parquet file")(kind.into()),
            None => error.into(),
        }
    }
}

/// Counts and hashes what is written.
struct WriteCounter {
    bestand: Box<dyn DurableFile>,
    fout: DiskError,
    fingerprint: LengthAndHash,
}

impl Write for WriteCounter {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.bestand.write(buffer).inspect_err(|error| {
            *self.fout.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.kind());
        })?;
        self.fingerprint.write_all(&buffer[..written])?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bestand.flush()
    }
}

/// No moment, no name of a machine, no version of this program: the same rows are the same bytes.
fn properties() -> WriterProperties {
    let zstd = ZstdLevel::try_new(1).expect("1 is a level of zstd");
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(zstd))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_created_by("omgangsmonitor".to_owned())
        .build()
}

/// Where the Parquet file of a table lies, relative to the data directory.
pub(crate) fn parquet_path(uitvraag: &str, tabel: &str, jaar: i32, id: LeveringId) -> PathBuf {
    [
        "lake",
        uitvraag,
        tabel,
        &format!("jaar={jaar}"),
        &format!("{id}.parquet"),
    ]
    .iter()
    .collect()
}

impl Lake {
    /// Starts the Parquet file of one table of a levering; `velden` is the schema of the typed batches.
    pub fn tabel_writer(
        &self,
        levering: &Levering,
        tabel: &str,
        velden: &SchemaRef,
    ) -> Result<TabelWriter, LakeError> {
        if !is_name(tabel) {
            return Err(LakeError::InvalidPath);
        }
        let root = self.core.map.clone();
        let path = root.dir.join(parquet_path(
            &levering.uitvraag,
            tabel,
            levering.jaar,
            levering.id,
        ));
        let temporary = temporary_name(&path);
        let open = || {
            root.make(path.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
            root.storage.write(&temporary, 0, SECRET)
        };
        let file = open().map_err(LakeError::io("starting a Parquet file"))?;
        let schema = lake_schema(velden);
        let error = DiskError::default();
        let counter = WriteCounter {
            bestand: file,
            fout: error.clone(),
            fingerprint: LengthAndHash::default(),
        };
        Ok(TabelWriter {
            writer: Some(ArrowWriter::try_new(
                counter,
                schema.clone(),
                Some(properties()),
            )?),
            map: root,
            temporary,
            pad: path,
            levering: levering.id,
            kvk: levering.kvk.clone(),
            tabel: tabel.to_owned(),
            schema,
            rijen: 0,
            fout: error,
        })
    }

    /// The Parquet files the register names for a levering.
    pub async fn tabellen(&self, id: LeveringId) -> Result<Vec<TabelFile>, LakeError> {
        let rows: Vec<TabelRow> =
            sqlx::query_as("SELECT levering, tabel, pad, rijen, bytes, hash FROM tabel WHERE levering = $1 ORDER BY tabel")
                .bind(id.to_string())
                .fetch_all(&mut *self.reader().await?)
                .await?;
        rows.into_iter()
            .map(|row| row.file(&self.core.map))
            .collect()
    }

    /// Removes files durably; fine when they are not there.
    pub(crate) async fn remove_files(&self, paths: Vec<PathBuf>) -> Result<(), LakeError> {
        let storage = self.core.map.storage.clone();
        blocking(move || {
            let remove = |path: &PathBuf| match storage.remove(path) {
                Ok(()) => path
                    .parent()
                    .map_or(Ok(()), |parent| storage.sync_map(parent)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(error) => Err(error),
            };
            paths
                .iter()
                .try_for_each(remove)
                .map_err(LakeError::io("removing Parquet files"))
        })
        .await
    }
}

/// A row of the register's table `tabel`.
#[derive(sqlx::FromRow)]
pub(crate) struct TabelRow {
    levering: String,
    tabel: String,
    pad: String,
    rijen: i64,
    bytes: i64,
    hash: String,
}

impl TabelRow {
    pub(crate) fn file(self, root: &DataRoot) -> Result<TabelFile, LakeError> {
        Ok(TabelFile {
            levering: levering_id(&self.levering)?,
            tabel: self.tabel,
            pad: root.dir.join(self.pad),
            rijen: count(self.rijen)?,
            bytes: count(self.bytes)?,
            hash: self.hash,
        })
    }
}
