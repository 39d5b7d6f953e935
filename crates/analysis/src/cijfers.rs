//! The table `cijfers` as Parquet and as CSV, written and read.
//!
//! Owns the columns' types and the order of the rows. The same figures give the same bytes: nothing of time, machine or
//! order of computing gets in. Leaves what the columns mean to `schema::Cijfer`.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Int64Type, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use schema::Cijfer;
use schema::cijfer::{Status, Vertrouwelijk};

use crate::AnalyseFout;

/// Sorts by what identifies a row.
pub fn sort(cijfers: &mut [Cijfer]) {
    fn key(c: &Cijfer) -> (&str, i32, &str, &str, &str, &str, &str) {
        (
            &c.uitvraag,
            c.jaar,
            &c.indicator,
            &c.niveau,
            &c.gebied,
            &c.uitsplitsing,
            &c.categorie,
        )
    }
    cijfers.sort_by(|a, b| key(a).cmp(&key(b)));
}

/// The figures as one Arrow batch.
pub fn to_batch(cijfers: &[Cijfer]) -> RecordBatch {
    let kolommen: Vec<(Field, ArrayRef)> = Cijfer::KOLOMMEN
        .iter()
        .map(|naam| column(naam, cijfers))
        .collect();
    let (velden, arrays): (Vec<Field>, Vec<ArrayRef>) = kolommen.into_iter().unzip();
    RecordBatch::try_new(Arc::new(Schema::new(velden)), arrays)
        .expect("every column has a value per figure")
}

fn column(naam: &str, cijfers: &[Cijfer]) -> (Field, ArrayRef) {
    let tekst = |waarde: fn(&Cijfer) -> Option<&str>| -> ArrayRef {
        Arc::new(cijfers.iter().map(waarde).collect::<StringArray>())
    };
    let getal = |waarde: fn(&Cijfer) -> Option<f64>| -> ArrayRef {
        Arc::new(cijfers.iter().map(waarde).collect::<Float64Array>())
    };
    let array = match naam {
        "uitvraag" => tekst(|c| Some(&c.uitvraag)),
        "jaar" => Arc::new(cijfers.iter().map(|c| Some(c.jaar)).collect::<Int32Array>()),
        "indicator" => tekst(|c| Some(&c.indicator)),
        "niveau" => tekst(|c| Some(&c.niveau)),
        "gebied" => tekst(|c| Some(&c.gebied)),
        "uitsplitsing" => tekst(|c| Some(&c.uitsplitsing)),
        "categorie" => tekst(|c| Some(&c.categorie)),
        "waarde" => getal(|c| c.waarde),
        "onder" => getal(|c| c.onder),
        "boven" => getal(|c| c.boven),
        "oordeel" => tekst(|c| c.oordeel.as_deref()),
        "teller" => getal(|c| c.teller),
        "noemer" => getal(|c| c.noemer),
        "n" => Arc::new(cijfers.iter().map(|c| c.n).collect::<Int64Array>()),
        "status" => tekst(|c| Some(c.status.letter())),
        "vertrouwelijk" => tekst(|c| Some(c.vertrouwelijk.letter())),
        "respons" => getal(|c| c.respons),
        "momentopname" => tekst(|c| Some(&c.momentopname)),
        _ => unreachable!("KOLOMMEN holds no other names"),
    };
    let leeg = matches!(
        naam,
        "waarde" | "onder" | "boven" | "oordeel" | "teller" | "noemer" | "n" | "respons"
    );
    (Field::new(naam, array.data_type().clone(), leeg), array)
}

/// The figures as the bytes of a Parquet file.
///
/// # Errors
/// When Parquet refuses, which it has no reason to.
pub fn to_parquet(cijfers: &[Cijfer]) -> Result<Vec<u8>, AnalyseFout> {
    batch_to_parquet(&to_batch(cijfers))
}

/// Any batch as the bytes of a Parquet file, the same for the same batch.
pub(crate) fn batch_to_parquet(batch: &RecordBatch) -> Result<Vec<u8>, AnalyseFout> {
    let eigenschappen = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by("omgangsmonitor".to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut schrijver = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(eigenschappen))?;
    schrijver.write(batch)?;
    schrijver.close()?;
    Ok(bytes)
}

/// The figures as a CSV with header: comma, dot, empty for nothing.
///
/// # Errors
/// When writing fails, which in memory it does not.
pub fn to_csv(cijfers: &[Cijfer]) -> Result<Vec<u8>, AnalyseFout> {
    let mut schrijver = csv::Writer::from_writer(Vec::new());
    schrijver.write_record(Cijfer::KOLOMMEN)?;
    let getal = |waarde: Option<f64>| waarde.map_or_else(String::new, |w| w.to_string());
    for c in cijfers {
        let (jaar, n) = (
            c.jaar.to_string(),
            c.n.map_or_else(String::new, |n| n.to_string()),
        );
        let getallen = [c.waarde, c.onder, c.boven, c.teller, c.noemer, c.respons].map(getal);
        let [waarde, onder, boven, teller, noemer, respons] = &getallen;
        let oordeel = c.oordeel.as_deref().unwrap_or_default();
        schrijver.write_record([
            &c.uitvraag,
            &jaar,
            &c.indicator,
            &c.niveau,
            &c.gebied,
            &c.uitsplitsing,
            &c.categorie,
            waarde,
            onder,
            boven,
            oordeel,
            teller,
            noemer,
            &n,
            c.status.letter(),
            c.vertrouwelijk.letter(),
            respons,
            &c.momentopname,
        ])?;
    }
    schrijver
        .into_inner()
        .map_err(|e| AnalyseFout::Bestand(e.into_error()))
}

/// Reads the bytes of a Parquet file that [`to_parquet`] wrote.
///
/// # Errors
/// When it is no such file.
pub fn from_parquet(bytes: Vec<u8>) -> Result<Vec<Cijfer>, AnalyseFout> {
    let lezer = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))?.build()?;
    let mut cijfers = Vec::new();
    for batch in lezer {
        cijfers.extend(from_batch(&batch?)?);
    }
    Ok(cijfers)
}

fn from_batch(batch: &RecordBatch) -> Result<Vec<Cijfer>, AnalyseFout> {
    let fout = || AnalyseFout::Kolommen("cijfers".to_owned());
    let kolom = |naam: &str, soort: DataType| -> Result<ArrayRef, AnalyseFout> {
        Ok(cast(batch.column_by_name(naam).ok_or_else(fout)?, &soort)?)
    };
    let tekst = |naam| kolom(naam, DataType::Utf8);
    let getal = |naam| kolom(naam, DataType::Float64);
    let teksten: Vec<ArrayRef> = [
        "uitvraag",
        "indicator",
        "niveau",
        "gebied",
        "uitsplitsing",
        "categorie",
        "oordeel",
        "status",
        "vertrouwelijk",
        "momentopname",
    ]
    .into_iter()
    .map(tekst)
    .collect::<Result<_, _>>()?;
    let getallen: Vec<ArrayRef> = ["waarde", "onder", "boven", "teller", "noemer", "respons"]
        .into_iter()
        .map(getal)
        .collect::<Result<_, _>>()?;
    let (jaren, aantallen) = (
        kolom("jaar", DataType::Int32)?,
        kolom("n", DataType::Int64)?,
    );
    let (jaren, aantallen) = (
        jaren.as_primitive::<Int32Type>(),
        aantallen.as_primitive::<Int64Type>(),
    );
    (0..batch.num_rows())
        .map(|rij| {
            let tekst = |k: usize| teksten[k].as_string::<i32>().value(rij).to_owned();
            let getal = |k: usize| {
                let array = getallen[k].as_primitive::<Float64Type>();
                array.is_valid(rij).then(|| array.value(rij))
            };
            Ok(Cijfer {
                uitvraag: tekst(0),
                jaar: jaren.value(rij),
                indicator: tekst(1),
                niveau: tekst(2),
                gebied: tekst(3),
                uitsplitsing: tekst(4),
                categorie: tekst(5),
                waarde: getal(0),
                onder: getal(1),
                boven: getal(2),
                oordeel: teksten[6].is_valid(rij).then(|| tekst(6)),
                teller: getal(3),
                noemer: getal(4),
                n: aantallen.is_valid(rij).then(|| aantallen.value(rij)),
                status: status(&tekst(7)).ok_or_else(fout)?,
                vertrouwelijk: vertrouwelijk(&tekst(8)).ok_or_else(fout)?,
                respons: getal(5),
                momentopname: tekst(9),
            })
        })
        .collect()
}

fn status(letter: &str) -> Option<Status> {
    [Status::A, Status::P, Status::M, Status::L]
        .into_iter()
        .find(|s| s.letter() == letter)
}

fn vertrouwelijk(letter: &str) -> Option<Vertrouwelijk> {
    [Vertrouwelijk::F, Vertrouwelijk::C, Vertrouwelijk::D]
        .into_iter()
        .find(|v| v.letter() == letter)
}
