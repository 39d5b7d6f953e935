//! A file as sheets of rows, whatever it is: CSV, workbook (.xlsx, .ods) or JSON.
//!
//! Owns what a file is opened as, and reading any of them in blocks. What was assumed comes back as remarks with the
//! code of the rule that says so. Leaves how a CSV is written to `rows`, headers to `mapping`.

use std::io::{self, Read};
use std::sync::Arc;

use rows::FileRefusal;
use rows::csv_dialect::{self, Found};
use rows::csv_quoted_lines::Unwrapped;
use rows::csv_records::{Dialect, RecordLimits, Regels, Skipped};
use rows::encoding::{TextEncoding, TextStream};

use crate::cell_block::{Block, RowTaker};
use crate::grid::{GridReader, Raster};
use crate::kept_sheets::ReadSheets;
use crate::presumed_encoding::ProvingStream;
use crate::query_rows::{QueryReader, QueryRows};
use crate::remark::{Opmerking, remark};
use crate::sjabloon_mark::Marker;
use crate::source_file::{ByteSource, FileKind, SourceFile};
use crate::{json, wording, workbook};

/// A file, opened.
pub struct OpenedFile {
    /// Its sheets, in the order of the file.
    pub sheets: Vec<Sheet>,
    /// What was assumed.
    pub opmerkingen: Vec<Opmerking>,
    /// The sjabloon the file was made from, where it says so.
    pub marker: Option<Marker>,
    /// Whether it is a workbook that counts its days from 1904.
    pub from_1904: bool,
}

/// A sheet of rows.
pub struct Sheet {
    /// Name of the sheet or list; none for a CSV.
    pub naam: Option<String>,
    /// Whether the sheet is hidden.
    pub hidden: bool,
    inhoud: Content,
}

enum Content {
    Csv {
        encoding: TextEncoding,
        found: Found,
    },
    /// The header is row 0, so that rows have the number the query gave them.
    Query(Arc<QueryRows>),
    Raster(Arc<Raster>),
}

/// Reads the rows below a header.
pub struct RowSource(Rows);

enum Rows {
    /// Straight from the file.
    Csv(Box<Regels<CsvText>>),
    /// Out of memory.
    Raster(GridReader),
    /// The rows of a query.
    Query(Box<QueryReader>),
}

/// The bytes of a CSV: as they are, or the lines within quotes.
enum CsvText {
    Plain(ProvingStream),
    Unwrapped(Box<Unwrapped<ProvingStream>>),
}

impl Read for CsvText {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(target),
            Self::Unwrapped(lines) => lines.read(target),
        }
    }
}

/// Opens a file.
///
/// # Errors
/// When it can't be taken: container, encoding, structure, or nothing in it.
pub fn open(file: &SourceFile) -> Result<OpenedFile, FileRefusal> {
    let opened = match file.kind()? {
        FileKind::Tekst => open_csv(file),
        FileKind::Werkmap => file
            .read_sheets(workbook::read)
            .map(|read| from_grids(&read)),
        FileKind::Json => file.read_sheets(json::read).map(|read| from_grids(&read)),
        FileKind::Query => Ok(from_query(file)),
    };
    let opened = opened.map_err(|w| w.in_file(&file.naam))?;
    if opened.sheets.iter().all(Sheet::is_empty_raster) {
        return Err(FileRefusal::empty().in_file(&file.naam));
    }
    Ok(opened)
}

fn from_query(file: &SourceFile) -> OpenedFile {
    let sheets = match &file.bron {
        ByteSource::Query(rows) => vec![Sheet {
            naam: None,
            hidden: false,
            inhoud: Content::Query(Arc::clone(rows)),
        }],
        _ => Vec::new(),
    };
    OpenedFile {
        sheets,
        opmerkingen: Vec::new(),
        marker: None,
        from_1904: false,
    }
}

fn from_grids(read: &ReadSheets) -> OpenedFile {
    OpenedFile {
        sheets: read.grids.iter().cloned().map(Sheet::of).collect(),
        opmerkingen: read.opmerkingen.clone(),
        marker: read.marker.clone(),
        from_1904: read.from_1904,
    }
}

fn open_csv(file: &SourceFile) -> Result<OpenedFile, FileRefusal> {
    let encoding = file.encoding()?;
    let found = csv_dialect::find(file.open()?, encoding)?;
    let mut opmerkingen = Vec::new();
    opmerkingen.extend(remark(encoding));
    if found.declared {
        opmerkingen.push(Opmerking {
            code: "SEP_LINE",
            sentence: wording::file::SEPARATOR_LINE.to_owned(),
        });
    } else if found.delimiter != b',' {
        let name = match found.delimiter {
            b';' => "een puntkomma",
            b'\t' => "een tab",
            _ => "een rechte streep (|)",
        };
        opmerkingen.push(Opmerking {
            code: "DELIMITER_ASSUMED",
            sentence: wording::file::separated_by(&name),
        });
    }
    if found.wrapped.is_some() {
        opmerkingen.push(Opmerking {
            code: "",
            sentence: wording::file::WHOLE_LINES_IN_QUOTES.to_owned(),
        });
    }
    if found.quote == b'\'' {
        opmerkingen.push(Opmerking {
            code: "",
            sentence: wording::file::SINGLE_QUOTES.to_owned(),
        });
    }
    let content = Content::Csv { encoding, found };
    Ok(OpenedFile {
        sheets: vec![Sheet {
            naam: None,
            hidden: false,
            inhoud: content,
        }],
        opmerkingen,
        marker: None,
        from_1904: false,
    })
}

impl Sheet {
    /// A sheet out of memory.
    pub fn from_raster(raster: Raster) -> Self {
        Self::of(Arc::new(raster))
    }

    fn of(raster: Arc<Raster>) -> Self {
        Self {
            naam: raster.naam.clone(),
            hidden: raster.hidden,
            inhoud: Content::Raster(raster),
        }
    }

    /// The records of a CSV, after its `sep=` line.
    fn csv(
        file: &SourceFile,
        encoding: TextEncoding,
        found: Found,
    ) -> Result<Regels<CsvText>, FileRefusal> {
        let dialect = Dialect {
            separator: found.delimiter,
            strict: false,
        };
        let stream = match found.wrapped {
            None => TextStream::new(CsvText::Plain(file.text()?), encoding)?,
            Some(separator) => {
                let lines = Unwrapped::new(file.text()?, encoding, separator)?;
                TextStream::new(CsvText::Unwrapped(Box::new(lines)), TextEncoding::Utf8)?
            }
        };
        let mut regels =
            Regels::new(stream, dialect, RecordLimits::default()).quoted_by(found.quote);
        if found.declared {
            regels.single_record()?;
        }
        Ok(regels)
    }

    /// The first rows with anything in them, with their numbers.
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub fn begin(
        &self,
        file: &SourceFile,
        how_many: usize,
    ) -> Result<Vec<(u64, Vec<String>)>, FileRefusal> {
        let mentions = |w: FileRefusal| w.in_file(&file.naam);
        let mut regels = match &self.inhoud {
            Content::Raster(raster) => return Ok(raster.begin(how_many)),
            Content::Query(rows) => return query_begin(rows, how_many).map_err(mentions),
            Content::Csv { encoding, found } => {
                Self::csv(file, *encoding, *found).map_err(mentions)?
            }
        };
        let mut out = Vec::new();
        while out.len() < how_many {
            let number = regels.next_record();
            let record = match regels.single_record() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(error) if out.is_empty() => return Err(mentions(error)),
                // Reading comes across it again, and then knows the header above it.
                Err(_) => break,
            };
            if record.iter().any(|c| !c.trim().is_empty()) {
                out.push((number, record));
            }
        }
        Ok(out)
    }

    /// Hands on every row that holds anything, as it stands: its number, and its filled cells with their columns.
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub fn each_row<E: From<FileRefusal>>(
        &self,
        file: &SourceFile,
        take: &mut RowTaker<'_, E>,
    ) -> Result<(), E> {
        let mentions = |w: FileRefusal| w.in_file(&file.naam);
        let mut regels = match &self.inhoud {
            Content::Raster(raster) => {
                return raster
                    .rows()
                    .try_for_each(|(row, cells)| take(u64::from(row), &cells));
            }
            Content::Query(rows) => {
                let header: Vec<(u32, &str)> = (0..)
                    .zip(rows.columns().iter().map(String::as_str))
                    .collect();
                take(0, &header)?;
                return rows.reader(0).map_err(mentions)?.each(take);
            }
            Content::Csv { encoding, found } => {
                Self::csv(file, *encoding, *found).map_err(mentions)?
            }
        };
        loop {
            let number = regels.next_record();
            let Some(record) = regels.single_record().map_err(mentions)? else {
                return Ok(());
            };
            let cells: Vec<(u32, &str)> = (0..)
                .zip(record.iter().map(String::as_str))
                .filter(|(_, cell)| !cell.is_empty())
                .collect();
            if !cells.is_empty() {
                take(number, &cells)?;
            }
        }
    }

    /// The rows below row `kopregel`.
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub fn rows(&self, file: &SourceFile, header_row: u64) -> Result<RowSource, FileRefusal> {
        let mentions = |w: FileRefusal| w.in_file(&file.naam);
        let mut regels = match &self.inhoud {
            Content::Raster(raster) => {
                let reader = GridReader::new(Arc::clone(raster), header_row);
                return Ok(RowSource(Rows::Raster(reader)));
            }
            Content::Query(rows) => {
                let reader = rows.reader(header_row).map_err(mentions)?;
                return Ok(RowSource(Rows::Query(Box::new(reader))));
            }
            Content::Csv { encoding, found } => {
                Self::csv(file, *encoding, *found).map_err(mentions)?
            }
        };
        while regels.next_record() <= header_row
            && regels.single_record().map_err(mentions)?.is_some()
        {}
        Ok(RowSource(Rows::Csv(Box::new(regels))))
    }

    /// Whether no cell of it is filled, where it is held in memory.
    pub fn is_empty_raster(&self) -> bool {
        matches!(&self.inhoud, Content::Raster(raster) if raster.is_empty())
    }

    /// The cells, unless it is a CSV.
    pub fn raster(&self) -> Option<&Raster> {
        match &self.inhoud {
            Content::Csv { .. } | Content::Query(_) => None,
            Content::Raster(raster) => Some(raster),
        }
    }

    /// Whether rows and columns have cell names as in a spreadsheet.
    pub fn has_cells(&self) -> bool {
        match &self.inhoud {
            Content::Csv { .. } => true,
            Content::Query(_) => false,
            Content::Raster(raster) => raster.has_cells,
        }
    }
}

/// The header of a query, as row 0, and its first rows.
fn query_begin(
    rows: &Arc<QueryRows>,
    how_many: usize,
) -> Result<Vec<(u64, Vec<String>)>, FileRefusal> {
    let mut out = vec![(0, rows.columns().to_vec())];
    let mut block = Block::default();
    // What is wrong further on is met again by reading it.
    if rows
        .reader(0)?
        .block(rows.columns().len(), &mut block)
        .is_ok()
    {
        let filled = (0..block.len()).filter(|row| block.row(*row).any(|c| !c.trim().is_empty()));
        out.extend(filled.map(|row| {
            let cells = block.row(row).map(str::to_owned).collect();
            (block.row_number(row), cells)
        }));
    }
    out.truncate(how_many);
    Ok(out)
}

impl RowSource {
    /// Fills `uit` with the next rows, each `width` wide; false at the end.
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub fn block(&mut self, width: usize, out: &mut Block) -> Result<bool, FileRefusal> {
        match &mut self.0 {
            Rows::Csv(regels) => {
                out.kinds.clear();
                regels.block(width, &mut out.rows)
            }
            Rows::Raster(raster) => Ok(raster.block(width, out)),
            Rows::Query(rows) => rows.block(width, out),
        }
    }

    /// Passes over these rows of a workbook, which are given in order.
    pub fn without(&mut self, rows: Vec<u32>) {
        if let Rows::Raster(raster) = &mut self.0 {
            raster.without(rows);
        }
    }

    /// How many cells were taken out of Excel's guard, `="00207"`.
    pub fn unpacked(&self) -> u64 {
        match &self.0 {
            Rows::Csv(regels) => regels.unpacked,
            Rows::Raster(_) | Rows::Query(_) => 0,
        }
    }

    /// How many rows were short: their last cells, which are empty, were left out.
    pub fn short_rows(&self) -> u64 {
        match &self.0 {
            Rows::Csv(regels) => regels.short_rows(),
            Rows::Raster(_) | Rows::Query(_) => 0,
        }
    }

    /// Rows that the reader itself passed over.
    pub fn skipped(&mut self) -> Vec<(u64, Skipped)> {
        match &mut self.0 {
            Rows::Csv(regels) => std::mem::take(&mut regels.skipped),
            Rows::Raster(_) | Rows::Query(_) => Vec::new(),
        }
    }
}
