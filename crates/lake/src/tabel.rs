//! One table of one levering as a Parquet file: written once, deterministic, meaningless until the register names it.
//!
//! Owns the two leading columns `aanbieder` and `levering`, the writer's settings and the way to durable (temp,
//! fdatasync, rename, fsync of the directory). Leaves typing the columns to `check` and naming to `stap`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use data_encoding::HEXLOWER;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use sha2::{Digest, Sha256};

use crate::fout::LakeFout;
use crate::lake::Lake;
use crate::levering::{Levering, LeveringId, aantal, levering_id};
use crate::opslag::Bestand;
use crate::pad::{GEHEIM, Map, is_naam, tijdelijke_naam};

/// A Parquet file of one table of one levering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabelBestand {
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

/// Writes one table. Blocking: use it where blocking is allowed. Dropped before [`TabelSchrijver::sluit`], it leaves
/// nothing behind.
pub struct TabelSchrijver {
    /// `None` only while closing.
    schrijver: Option<ArrowWriter<Teller>>,
    map: Map,
    tijdelijk: PathBuf,
    pad: PathBuf,
    levering: LeveringId,
    kvk: String,
    tabel: String,
    schema: SchemaRef,
    rijen: u64,
    fout: Schijffout,
}

/// Rows per row group: enough to compress well, few enough to read side by side.
const RIJENGROEP: usize = 131_072;

/// Names of the two columns that every table in the lake has before its own.
pub const HERKOMST_KOLOMMEN: [&str; 2] = ["aanbieder", "levering"];

/// The schema of a Parquet file: the two leading columns, then the typed ones.
pub fn lake_schema(velden: &Schema) -> SchemaRef {
    let woordenboek = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let voor = HERKOMST_KOLOMMEN
        .iter()
        .map(|naam| Arc::new(Field::new(*naam, woordenboek.clone(), false)));
    Arc::new(Schema::new(
        voor.chain(velden.fields().iter().cloned())
            .collect::<Vec<_>>(),
    ))
}

impl TabelSchrijver {
    /// Writes typed rows (the schema given to [`Lake::tabel_schrijver`]).
    pub fn schrijf(&mut self, batch: &RecordBatch) -> Result<(), LakeFout> {
        let rijen = batch.num_rows();
        let mut kolommen = vec![
            herhaald(&self.kvk, rijen)?,
            herhaald(&self.levering.to_string(), rijen)?,
        ];
        kolommen.extend(batch.columns().iter().cloned());
        let aangevuld = RecordBatch::try_new(self.schema.clone(), kolommen)?;
        let schrijver = self
            .schrijver
            .as_mut()
            .expect("only closing takes the writer, and closing takes all");
        schrijver
            .write(&aangevuld)
            .map_err(|fout| self.fout.vertaal(fout))?;
        self.rijen += rijen as u64;
        Ok(())
    }

    /// Makes the file durable under its own name.
    pub fn sluit(mut self) -> Result<TabelBestand, LakeFout> {
        let schrijver = self
            .schrijver
            .take()
            .expect("only closing takes the writer, and closing takes all");
        let mut teller = schrijver
            .into_inner()
            .map_err(|fout| self.fout.vertaal(fout))?;
        let mut duurzaam = || {
            teller.bestand.sync()?;
            self.map.opslag.hernoem(&self.tijdelijk, &self.pad)?;
            self.map
                .opslag
                .sync_map(self.pad.parent().ok_or(io::ErrorKind::InvalidInput)?)
        };
        duurzaam().map_err(LakeFout::io("making a Parquet file durable"))?;
        Ok(TabelBestand {
            levering: self.levering,
            tabel: self.tabel.clone(),
            pad: self.pad.clone(),
            rijen: self.rijen,
            bytes: teller.bytes,
            hash: format!(
                "sha256:{}",
                HEXLOWER.encode(&teller.hasher.finalize_reset())
            ),
        })
    }
}

impl Drop for TabelSchrijver {
    fn drop(&mut self) {
        self.schrijver = None;
        // Gone already when it was renamed. Best effort: start-up removes what stays behind.
        self.map.opslag.verwijder(&self.tijdelijk).ok();
    }
}

/// A column that says the same in every row.
fn herhaald(waarde: &str, rijen: usize) -> Result<ArrayRef, LakeFout> {
    let sleutels = Int32Array::from(vec![0; rijen]);
    let waarden = Arc::new(StringArray::from(vec![waarde]));
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(
        sleutels, waarden,
    )?))
}

/// What the disk said last. The Parquet writer passes on its words only, and a full disk is to be told apart.
#[derive(Clone, Default)]
struct Schijffout(Arc<Mutex<Option<io::ErrorKind>>>);

impl Schijffout {
    fn vertaal(&self, fout: ParquetError) -> LakeFout {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(soort) => LakeFout::io("writing a Parquet file")(soort.into()),
            None => fout.into(),
        }
    }
}

/// Counts and hashes what is written.
struct Teller {
    bestand: Box<dyn Bestand>,
    fout: Schijffout,
    hasher: Sha256,
    bytes: u64,
}

impl Write for Teller {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let geschreven = self.bestand.write(buffer).inspect_err(|fout| {
            *self.fout.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(fout.kind());
        })?;
        self.hasher.update(&buffer[..geschreven]);
        self.bytes += geschreven as u64;
        Ok(geschreven)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bestand.flush()
    }
}

/// No moment, no name of a machine, no version of this program: the same rows are the same bytes.
fn eigenschappen() -> WriterProperties {
    let zstd = ZstdLevel::try_new(1).expect("1 is a level of zstd");
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(zstd))
        .set_max_row_group_row_count(Some(RIJENGROEP))
        .set_created_by("omgangsmonitor".to_owned())
        .build()
}

/// Reads the typed rows of one table of one levering back, without the two leading columns. Blocking.
pub struct TabelLezer {
    lezer: ParquetRecordBatchReader,
}

impl Iterator for TabelLezer {
    type Item = Result<RecordBatch, LakeFout>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.lezer.next()?;
        Some(
            batch
                .and_then(|batch| batch.project(&(2..batch.num_columns()).collect::<Vec<_>>()))
                .map_err(Into::into),
        )
    }
}

/// Where the Parquet file of a table lies, relative to the data directory.
pub(crate) fn parquet_pad(uitvraag: &str, tabel: &str, jaar: i32, id: LeveringId) -> PathBuf {
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
    pub fn tabel_schrijver(
        &self,
        levering: &Levering,
        tabel: &str,
        velden: &SchemaRef,
    ) -> Result<TabelSchrijver, LakeFout> {
        if !is_naam(tabel) {
            return Err(LakeFout::PadOngeldig);
        }
        let map = self.kern.map.clone();
        let pad = map.dir.join(parquet_pad(
            &levering.uitvraag,
            tabel,
            levering.jaar,
            levering.id,
        ));
        let tijdelijk = tijdelijke_naam(&pad);
        let open = || {
            map.maak(pad.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
            map.opslag.schrijf(&tijdelijk, 0, GEHEIM)
        };
        let bestand = open().map_err(LakeFout::io("starting a Parquet file"))?;
        let schema = lake_schema(velden);
        let fout = Schijffout::default();
        let teller = Teller {
            bestand,
            fout: fout.clone(),
            hasher: Sha256::new(),
            bytes: 0,
        };
        Ok(TabelSchrijver {
            schrijver: Some(ArrowWriter::try_new(
                teller,
                schema.clone(),
                Some(eigenschappen()),
            )?),
            map,
            tijdelijk,
            pad,
            levering: levering.id,
            kvk: levering.kvk.clone(),
            tabel: tabel.to_owned(),
            schema,
            rijen: 0,
            fout,
        })
    }

    /// The Parquet files the register names for a levering.
    pub async fn tabellen(&self, id: LeveringId) -> Result<Vec<TabelBestand>, LakeFout> {
        let rijen: Vec<TabelRij> =
            sqlx::query_as("SELECT levering, tabel, pad, rijen, bytes, hash FROM tabel WHERE levering = $1 ORDER BY tabel")
                .bind(id.to_string())
                .fetch_all(&mut *self.lezer().await?)
                .await?;
        rijen
            .into_iter()
            .map(|rij| rij.bestand(&self.kern.map))
            .collect()
    }

    /// Reads one of those files back.
    pub fn lees_tabel(&self, bestand: &TabelBestand) -> Result<TabelLezer, LakeFout> {
        let open =
            std::fs::File::open(&bestand.pad).map_err(LakeFout::io("opening a Parquet file"))?;
        Ok(TabelLezer {
            lezer: ParquetRecordBatchReaderBuilder::try_new(open)?.build()?,
        })
    }
}

/// A row of the register's table `tabel`.
#[derive(sqlx::FromRow)]
pub(crate) struct TabelRij {
    levering: String,
    tabel: String,
    pad: String,
    rijen: i64,
    bytes: i64,
    hash: String,
}

impl TabelRij {
    pub(crate) fn bestand(self, map: &Map) -> Result<TabelBestand, LakeFout> {
        Ok(TabelBestand {
            levering: levering_id(&self.levering)?,
            tabel: self.tabel,
            pad: map.dir.join(self.pad),
            rijen: aantal(self.rijen)?,
            bytes: aantal(self.bytes)?,
            hash: self.hash,
        })
    }
}
