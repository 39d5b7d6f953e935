//! CSV text into blocks of rows: one pass, one buffer, no allocation per cell.
//!
//! Owns the buffer, row numbers, and the bounds that keep memory flat. A row number counts records, as a spreadsheet
//! shows them: a line end inside quotes does not start a new row, blank lines and a `sep=` line count.
//! Leaves finding the cells of a record to `scan`, which records are rows to `row_width`, the encoding to `encoding`, and
//! which row is the header to its callers.

mod quotes;
mod row_width;
mod scan;
mod scan64;
#[cfg(test)]
mod tests;

use std::io::Read;

use self::quotes::{take_out_of_guard, unescape};
use self::row_width::ShortRows;
use self::scan::{CellError, RecordScan};
use self::scan64::Scan64;
use crate::encoding::TextStream;
use crate::refusal::FileRefusal;
use crate::refusal_codes::RefusalCode;
use crate::row_block::RowBlock;
use crate::wording;

/// Bounds on what is read.
#[derive(Debug, Clone, Copy)]
pub struct RecordLimits {
    /// Longest cell, in bytes.
    pub cel: usize,
    /// Most columns.
    pub kolommen: usize,
    /// Most rows.
    pub rijen: u64,
    /// Most blank lines.
    pub empty_lines: u64,
    /// Most bytes of text.
    pub bytes: u64,
}

impl Default for RecordLimits {
    fn default() -> Self {
        Self {
            cel: 64 * 1024,
            kolommen: 1024,
            rijen: 20_000_000,
            empty_lines: 1_000_000,
            bytes: 16 << 30,
        }
    }
}

/// How the text is divided into cells, and how strictly.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// The sign between two cells.
    pub separator: u8,
    /// Quotes in odd places and rows of another width are refused.
    pub strict: bool,
}

/// Most rows in a block. Blocks are small, so that one stays in the processor's cache while it is worked on.
pub const BLOCK_ROWS: usize = 4096;
/// The buffer begins small and doubles while there is more to read (small files stay cheap), up to `BUFFER`; only
/// for a very long record it grows on.
const FIRST_BUFFER: usize = 32 * 1024;
const BUFFER: usize = 128 * 1024;
const LARGEST_BUFFER: usize = 4 << 20;

/// Why a row was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skipped {
    /// Nothing stands in it.
    Empty,
    /// It adds up the others.
    Total,
    /// A remark.
    Footnote,
    /// The header once more.
    Header,
}

/// Reads records out of a text stream.
pub struct Regels<R> {
    stream: TextStream<R>,
    dialect: Dialect,
    limits: RecordLimits,
    /// Separator, line ends and quote.
    oddities: [u8; 4],
    buffer: Vec<u8>,
    /// What was seen of the text in the buffer; taken out while it is looked through.
    scan64: Scan64,
    begin: usize,
    eind: usize,
    op: bool,
    /// What is wrong right after the text in the buffer.
    fout: Option<FileRefusal>,
    loaded: u64,
    /// Number of the record that comes next, from 1.
    record: u64,
    empty_lines: u64,
    rijen: u64,
    /// Rows that were passed over here because of their width.
    pub skipped: Vec<(u64, Skipped)>,
    /// Cells that were taken out of Excel's guard, `="00207"`.
    pub unpacked: u64,
    /// Columns of the rows that are asked for; 0 while that is not known.
    width: usize,
    short: ShortRows,
}

impl<R: Read> Regels<R> {
    /// Reads this stream, divided so, within these bounds.
    pub fn new(stream: TextStream<R>, dialect: Dialect, limits: RecordLimits) -> Self {
        let oddities = [dialect.separator, b'\r', b'\n', b'"'];
        let buffer = vec![0; FIRST_BUFFER];
        Self {
            stream,
            dialect,
            limits,
            oddities,
            buffer,
            scan64: Scan64::default(),
            begin: 0,
            eind: 0,
            op: false,
            fout: None,
            loaded: 0,
            record: 1,
            empty_lines: 0,
            rijen: 0,
            skipped: Vec::new(),
            unpacked: 0,
            width: 0,
            short: ShortRows::default(),
        }
    }

    /// The same, with another sign around the cells than `"`.
    #[must_use]
    pub fn quoted_by(mut self, quote: u8) -> Self {
        self.oddities[3] = quote;
        self
    }

    fn quote(&self) -> u8 {
        self.oddities[3]
    }

    /// How many rows were short: their last cells, which are empty, were left out.
    pub fn short_rows(&self) -> u64 {
        self.short.count
    }

    /// The next record as texts, whatever its width; `None` at the end. Blank lines are empty records.
    ///
    /// # Errors
    /// When the text breaks off, is malformed or goes beyond the bounds.
    pub fn single_record(&mut self) -> Result<Option<Vec<String>>, FileRefusal> {
        let mut cells = Vec::new();
        let mut with_quotes = Vec::new();
        let mut scan64 = std::mem::take(&mut self.scan64);
        let Some(next) = self.one_record(&mut cells, &mut with_quotes, &mut scan64)? else {
            return Ok(None);
        };
        self.scan64 = scan64;
        self.unescape(&mut cells, &with_quotes);
        let texts = cells.iter().map(|&(van, tot)| {
            String::from_utf8_lossy(&self.buffer[van as usize..tot as usize]).into_owned()
        });
        let texts = texts.collect();
        self.begin = next;
        self.record += 1;
        Ok(Some(texts))
    }

    /// Number of the record that comes next.
    pub fn next_record(&self) -> u64 {
        self.record
    }

    /// Fills `uit` with the next rows, each `width` wide; false at the end.
    ///
    /// # Errors
    /// When the text breaks off, is malformed or goes beyond the bounds.
    pub fn block(&mut self, width: usize, out: &mut RowBlock) -> Result<bool, FileRefusal> {
        let (mut text, mut cells, mut rows) = out.room();
        let mut with_quotes: Vec<usize> = Vec::new();
        let mut scan64 = std::mem::take(&mut self.scan64);
        self.width = width;
        // Only the first record may move the buffer: what follows must fit in it as it lies.
        let mut end = loop {
            let Some(next) = self.one_record(&mut cells, &mut with_quotes, &mut scan64)? else {
                self.judge_short_rows()?;
                return Ok(false);
            };
            let takes = self.accept(&mut cells, 0, width)?;
            self.record += 1;
            if takes {
                rows.push(self.record - 1);
                break next;
            }
            with_quotes.clear();
            self.begin = next;
        };
        while rows.len() < BLOCK_ROWS {
            let from = cells.len();
            match self.scan(end, &mut cells, &mut with_quotes, &mut scan64) {
                RecordScan::Heel(next) => {
                    end = next;
                    if self.accept(&mut cells, from, width)? {
                        rows.push(self.record);
                    } else {
                        with_quotes.retain(|&i| i < from);
                    }
                    self.record += 1;
                }
                RecordScan::More => {
                    cells.truncate(from);
                    with_quotes.retain(|&i| i < from);
                    break;
                }
                RecordScan::Fout(error) => return Err(self.refuse(error, cells.len() - from)),
            }
        }
        self.scan64 = scan64;
        self.unpacked += self.unescape(&mut cells, &with_quotes);
        let begin = u32::try_from(self.begin).expect("the buffer is far below 4 GiB");
        if begin > 0 {
            for cell in &mut cells {
                *cell = (cell.0 - begin, cell.1 - begin);
            }
        }
        text.extend_from_slice(&self.buffer[self.begin..end]);
        let text = String::from_utf8(text).expect("the stream gives whole UTF-8 characters");
        self.begin = end;
        out.fill(text, cells, width, rows);
        Ok(true)
    }

    /// Scans one record at `begin`, reading on until it is complete; gives where the next one begins.
    fn one_record(
        &mut self,
        cells: &mut Vec<(u32, u32)>,
        with_quotes: &mut Vec<usize>,
        scan64: &mut Scan64,
    ) -> Result<Option<usize>, FileRefusal> {
        loop {
            if self.begin == self.eind && self.op {
                return Ok(None);
            }
            let from = cells.len();
            match self.scan(self.begin, cells, with_quotes, scan64) {
                RecordScan::Heel(next) => return Ok(Some(next)),
                RecordScan::Fout(error) => return Err(self.refuse(error, cells.len() - from)),
                RecordScan::More => {
                    cells.truncate(from);
                    with_quotes.retain(|&i| i < from);
                    self.fill()?;
                    *scan64 = Scan64::default();
                }
            }
        }
    }

    fn fill(&mut self) -> Result<(), FileRefusal> {
        if let Some(error) = self.fout.take() {
            return Err(self.place(error));
        }
        self.buffer.copy_within(self.begin..self.eind, 0);
        self.eind -= self.begin;
        self.begin = 0;
        let full = self.buffer.len() - self.eind < 16;
        let largest = if full {
            LARGEST_BUFFER.max(self.limits.cel * 4)
        } else {
            BUFFER
        };
        if self.loaded > 0 && self.buffer.len() < largest {
            self.buffer.resize((self.buffer.len() * 2).min(largest), 0);
        }
        if self.buffer.len() - self.eind < 16 {
            return Err(self.refuse(CellError::TooMany, 0));
        }
        // Fill up, so that a block does not depend on how the source cuts its bytes.
        while self.buffer.len() - self.eind >= 16 {
            let n = match self.stream.lees(&mut self.buffer[self.eind..]) {
                Ok(n) => n,
                // First all rows before it: then the row it stands in is the one that is asked for next.
                Err(error) => {
                    self.fout = Some(error);
                    break;
                }
            };
            if n == 0 {
                self.op = true;
                break;
            }
            self.eind += n;
            self.loaded += n as u64;
        }
        if self.loaded > self.limits.bytes {
            return Err(FileRefusal::new(RefusalCode::TooLarge, wording::TOO_LARGE));
        }
        Ok(())
    }

    /// Says in which cell of the record that is asked for now the text breaks off.
    fn place(&mut self, error: FileRefusal) -> FileRefusal {
        self.op = true;
        let mut cells = Vec::new();
        // An open quote is no cell yet.
        let number = match self.scan(
            self.begin,
            &mut cells,
            &mut Vec::new(),
            &mut Scan64::default(),
        ) {
            RecordScan::Heel(_) => cells.len().saturating_sub(1),
            RecordScan::Fout(_) | RecordScan::More => cells.len(),
        };
        error.in_cell(self.record, number)
    }

    /// Makes what stands between quotes into the text it is; gives how many cells were in Excel's guard.
    fn unescape(&mut self, cells: &mut [(u32, u32)], with_quotes: &[usize]) -> u64 {
        let quote = self.quote();
        unescape(&mut self.buffer, quote, cells, with_quotes);
        let wait = with_quotes.iter().filter(|_| !self.dialect.strict);
        wait.filter(|&&index| take_out_of_guard(&self.buffer, &mut cells[index]))
            .count() as u64
    }

    fn refuse(&self, error: CellError, column: usize) -> FileRefusal {
        let row = self.record;
        match error {
            CellError::Quote => {
                let message = wording::quote_wrong(&row);
                FileRefusal::new(RefusalCode::Quote, message).in_cell(row, column)
            }
            CellError::Swallowed(lines) => {
                let rows = if lines == 1 {
                    wording::WHOLE_ROW.to_owned()
                } else {
                    format!("staan {lines} hele rijen")
                };
                let message = wording::quote_closed_later(&row, &rows);
                FileRefusal::new(RefusalCode::Quote, message).in_cell(row, column)
            }
            CellError::TooLong => {
                let message = wording::cell_too_long(&row, &self.limits.cel);
                FileRefusal::new(RefusalCode::FieldTooLong, message).in_cell(row, column)
            }
            CellError::TooMany => {
                let message = wording::too_many_columns(&row, &self.limits.kolommen);
                FileRefusal::new(RefusalCode::TooManyColumns, message).at_row(row)
            }
        }
    }
}
