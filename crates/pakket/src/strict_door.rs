//! The strict door: one canonical CSV of a pakket, and nothing else.
//!
//! Owns every refusal about its structure (UTF-8, comma, a known header without repeats, rows of one width) and
//! the BSN and bare-hash refusals over every column, for the exporter on its own pakket and the service on what comes in.
//! What is wrong in a value is a finding and belongs to `check`.

use std::io::Read;
use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use rows::bsn::{self, ColumnScan, ScanKind, SplitTest};
pub use rows::csv_records::RecordLimits;
use rows::csv_records::{Dialect, Regels};
use rows::encoding::TextStream;
use rows::invisible_characters::has_invisible;
use rows::row_block::RowBlock;
use rows::{FileRefusal, RefusalCode};
use schema::{Tabel, Veld, VeldType};

use crate::wording;

/// Reads one canonical CSV as canonical text batches.
pub struct StrictReader<R> {
    regels: Regels<R>,
    bestand: String,
    schema: SchemaRef,
    scans: Vec<ColumnScan>,
    split: SplitTest,
    /// Columns in which a part of a BSN may stand: counts, amounts and texts.
    parts: Vec<usize>,
    blok: RowBlock,
    /// The batch so far, per column.
    uit: Vec<StringBuilder>,
    af: bool,
}

/// A batch is handed on from this many rows.
const BATCH_ROWS: usize = 8192;

/// Opens the CSV of `tabel`: reads and judges the header.
///
/// # Errors
/// When encoding, delimiter or header are not canonical, or there is nothing in it.
pub fn open<R: Read>(
    tabel: &Tabel,
    r: R,
    limits: RecordLimits,
) -> Result<StrictReader<R>, FileRefusal> {
    let file = format!("{}.csv", tabel.naam);
    open_named(tabel, r, limits, file.clone()).map_err(|w| w.in_file(&file))
}

fn open_named<R: Read>(
    tabel: &Tabel,
    r: R,
    limits: RecordLimits,
    file: String,
) -> Result<StrictReader<R>, FileRefusal> {
    let stream = TextStream::strict(r)?;
    let mut regels = Regels::new(
        stream,
        Dialect {
            separator: b',',
            strict: true,
        },
        limits,
    );
    let header = regels.single_record()?.unwrap_or_default();
    if header.iter().all(|k| k.trim().is_empty()) {
        return Err(FileRefusal::new(RefusalCode::Empty, wording::EMPTY));
    }
    judge_header(tabel, &header)?;
    let velden: Vec<Field> = header
        .iter()
        .map(|name| Field::new(name, DataType::Utf8, true))
        .collect();
    let kinds: Vec<ScanKind> = header
        .iter()
        .map(|name| tabel.veld(name).map_or(ScanKind::Words, kind))
        .collect();
    let in_parts = |veld: &VeldType| {
        matches!(
            veld,
            VeldType::Whole | VeldType::Decimal | VeldType::Tekst { .. }
        )
    };
    let parts = (0..header.len())
        .filter(|n| {
            tabel
                .veld(&header[*n])
                .is_some_and(|v| in_parts(&v.veldtype))
        })
        .collect();
    let out = header.iter().map(|_| StringBuilder::new()).collect();
    Ok(StrictReader {
        regels,
        bestand: file,
        schema: Arc::new(Schema::new(velden)),
        scans: kinds.into_iter().map(ColumnScan::new).collect(),
        split: SplitTest::default(),
        parts,
        blok: RowBlock::default(),
        uit: out,
        af: false,
    })
}

fn kind(veld: &Veld) -> ScanKind {
    match veld.veldtype {
        VeldType::Pseudoniem => ScanKind::Identifiers,
        VeldType::Tekst { .. } if bsn::is_identifier(&veld.naam) => ScanKind::OwnNumbers,
        VeldType::Whole | VeldType::Decimal => ScanKind::Amounts,
        _ => ScanKind::Words,
    }
}

fn judge_header(tabel: &Tabel, header: &[String]) -> Result<(), FileRefusal> {
    for (number, name) in header.iter().enumerate() {
        if bsn::forbidden_header(name) {
            return Err(FileRefusal::new(
                RefusalCode::BsnSuspected,
                wording::column_about_bsn(&(number + 1)),
            )
            .at_row(1));
        }
        if header[..number].contains(name) {
            return Err(FileRefusal::new(
                RefusalCode::HeaderDuplicate,
                wording::column_twice(&(number + 1)),
            )
            .at_row(1));
        }
        if tabel.veld(name).is_some() {
            continue;
        }
        if header.len() == 1 && (name.starts_with("sep=") || name.contains([';', '\t', '|'])) {
            return Err(FileRefusal::new(RefusalCode::Delimiter, wording::COMMA).at_row(1));
        }
        let hint = if has_invisible(name) {
            wording::INVISIBLE_CHARACTER
        } else {
            ""
        };
        let message = wording::no_veld(&(number + 1), &tabel.naam, &hint);
        return Err(FileRefusal::new(RefusalCode::HeaderUnknown, message).in_cell(1, number));
    }
    let mist = tabel
        .velden
        .iter()
        .find(|v| v.verplicht && !header.contains(&v.naam));
    match mist {
        Some(veld) => Err(FileRefusal::new(
            RefusalCode::HeaderMissing,
            wording::column_absent(&veld.naam),
        )
        .at_row(1)),
        None => Ok(()),
    }
}

impl<R: Read> StrictReader<R> {
    /// All columns of the header, as nullable text.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn step(&mut self) -> Result<Option<RecordBatch>, FileRefusal> {
        let mut rows = 0;
        let mut block = std::mem::take(&mut self.blok);
        while rows < BATCH_ROWS && self.regels.block(self.scans.len(), &mut block)? {
            rows += block.len();
            for row in 0..block.len() {
                let cells = self.parts.iter().map(|column| block.text(row, *column));
                self.split.look(cells);
            }
            for number in 0..self.scans.len() {
                self.judge(&block, number)?;
                let out = &mut self.uit[number];
                for cell in block.texts(number) {
                    if cell.is_empty() {
                        out.append_null();
                    } else {
                        out.append_value(cell);
                    }
                }
            }
        }
        self.blok = block;
        if rows == 0 {
            let suspicious = self.scans.iter().position(|s| s.test().suspicious());
            return match suspicious {
                Some(column) => Err(self.suspect_column(column)),
                None if self.split.suspicious() => Err(FileRefusal::new(
                    RefusalCode::BsnSuspected,
                    wording::NUMBERS_TOGETHER_ARE_BSN,
                )),
                None => Ok(None),
            };
        }
        let columns = self.uit.iter_mut().map(|column| {
            let room =
                StringBuilder::with_capacity(column.len() + 64, column.values_slice().len() + 1024);
            Arc::new(std::mem::replace(column, room).finish()) as ArrayRef
        });
        let columns = columns.collect();
        Ok(Some(
            RecordBatch::try_new(self.schema.clone(), columns)
                .expect("every column has the rows of the blocks"),
        ))
    }

    fn judge(&mut self, block: &RowBlock, number: usize) -> Result<(), FileRefusal> {
        let scan = &mut self.scans[number];
        let hashes = scan.kind() == ScanKind::Identifiers;
        let mut met = None;
        for (row, cell) in block.texts(number).enumerate() {
            if hashes && bsn::is_bare_hash(cell) {
                met = Some((row, RefusalCode::PseudonymLabel, wording::BARE_HASH));
                break;
            }
            if scan.look(cell) {
                met = Some((row, RefusalCode::BsnSuspected, wording::MAY_BE_BSN));
                break;
            }
        }
        if let Some((row, code, message)) = met {
            let header = self.schema.field(number).name();
            return Err(FileRefusal::new(code, message)
                .at_row(block.row_number(row))
                .in_column(header, number));
        }
        if scan.test().surely_suspect() {
            return Err(self.suspect_column(number));
        }
        Ok(())
    }

    fn suspect_column(&self, number: usize) -> FileRefusal {
        let count = self.scans[number].test().passed();
        let message = wording::column_of_bsn(&count);
        FileRefusal::new(RefusalCode::BsnSuspected, message)
            .in_column(self.schema.field(number).name(), number)
    }
}

impl<R: Read> Iterator for StrictReader<R> {
    type Item = Result<RecordBatch, FileRefusal>;

    /// The next rows, or the refusal that ends it all.
    fn next(&mut self) -> Option<Self::Item> {
        if self.af {
            return None;
        }
        match self.step() {
            Ok(Some(batch)) => Some(Ok(batch)),
            Ok(None) => {
                self.af = true;
                None
            }
            Err(refusal) => {
                self.af = true;
                let headers = self.schema.fields().iter().map(|f| f.name().as_str());
                Some(Err(refusal.below_header(headers).in_file(&self.bestand)))
            }
        }
    }
}
