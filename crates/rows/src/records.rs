//! CSV text into blocks of rows: one pass, one buffer, no allocation per cell.
//!
//! Owns quoting, line ends (LF, CRLF, CR, mixed), row numbers, and the bounds that keep memory flat: length of a
//! cell, number of columns, blank lines, rows. A row number counts records, as a spreadsheet shows them: a line
//! end inside quotes does not start a new row, blank lines and a `sep=` line count.
//! Leaves the encoding to `encoding`, and which row is the header to its callers.

mod scan64;
#[cfg(test)]
mod tests;

use std::io::Read;

use self::scan64::Scan64;
use crate::codes::RefusalCode;
use crate::encoding::TextStream;
use crate::refusal::FileRefusal;
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
/// Columns from which a text over several lines can be told from rows: a note may hold a few of the signs between them.
const FEWEST_SWALLOWED: usize = 6;
/// Where one in so many rows is short, that is how the file was written.
const MANY_SHORT: u64 = 10;
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

/// Rows whose last, empty cells were left out, as Excel does.
#[derive(Default)]
struct ShortRows {
    count: u64,
    /// Row and number of columns of the first.
    first: (u64, usize),
    /// Whether the last cell of a row that is as wide as the header is ever empty.
    empty_tail: bool,
}

/// How one scan of a record ended.
enum RecordScan {
    /// Complete; the next record begins here.
    Heel(usize),
    /// The record goes on beyond the buffer.
    More,
    Fout(CellError),
}

#[derive(Clone, Copy)]
enum CellError {
    Quote,
    TooLong,
    TooMany,
    /// So many line ends between two quotes, each after a whole row.
    Swallowed(usize),
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

    /// Whether these few cells are a whole row with other signs between the columns, rather than a remark.
    fn in_another_dialect(&self, cells: &[(u32, u32)], width: usize) -> bool {
        let bytes = || {
            cells
                .iter()
                .flat_map(|&(van, tot)| &self.buffer[van as usize..tot as usize])
        };
        width > 2
            && [b';', b'\t', b'|', b',']
                .iter()
                .any(|character| bytes().filter(|b| *b == character).count() + 1 >= width)
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

    #[inline]
    fn scan(
        &self,
        begin: usize,
        cells: &mut Vec<(u32, u32)>,
        with_quotes: &mut Vec<usize>,
        scan64: &mut Scan64,
    ) -> RecordScan {
        let bytes = &self.buffer[..self.eind];
        let mut position = begin;
        let first = cells.len();
        if position == bytes.len() {
            return RecordScan::More;
        }
        loop {
            let van = position;
            position = scan64.next(bytes, position, self.oddities);
            let (mut cell, mut character) = ((van, position), bytes.get(position));
            if character == Some(&self.quote()) {
                match self.with_quotes(bytes, cell, scan64) {
                    Ok(None) => return RecordScan::More,
                    Ok(Some(quoted)) => {
                        if quoted.escaped {
                            with_quotes.push(cells.len());
                        }
                        cell = (quoted.van, quoted.tot);
                        position = quoted.after;
                        character = bytes.get(position);
                    }
                    Err(error) => return RecordScan::Fout(error),
                }
            }
            if cell.1 - cell.0 > self.limits.cel {
                return RecordScan::Fout(CellError::TooLong);
            }
            cells.push((cell.0 as u32, cell.1 as u32));
            if cells.len() - first > self.limits.kolommen {
                return RecordScan::Fout(CellError::TooMany);
            }
            match character {
                Some(&b'\n') => return RecordScan::Heel(position + 1),
                Some(&b'\r') => match bytes.get(position + 1) {
                    Some(&b'\n') => return RecordScan::Heel(position + 2),
                    Some(_) => return RecordScan::Heel(position + 1),
                    None if self.op => return RecordScan::Heel(position + 1),
                    None => return RecordScan::More,
                },
                Some(_) => position += 1,
                None if self.op => return RecordScan::Heel(position),
                None => return RecordScan::More,
            }
        }
    }

    /// A cell with a quote in it: up to its first quote, it is `cel`.
    fn with_quotes(
        &self,
        bytes: &[u8],
        cell: (usize, usize),
        scan64: &mut Scan64,
    ) -> Result<Option<Quoted>, CellError> {
        let (van, mut tot) = cell;
        if van == tot {
            return self.quoted(bytes, van, scan64, false);
        }
        if self.dialect.strict {
            return Err(CellError::Quote);
        }
        // Some programs put a blank after every separator.
        if bytes[van..tot].iter().all(|b| matches!(b, b' ' | b'\t')) {
            return self.quoted(bytes, tot, scan64, true);
        }
        let wait = bytes[van..tot] == *b"=";
        while bytes.get(tot) == Some(&self.quote()) {
            tot = scan64.next(bytes, tot + 1, self.oddities);
        }
        Ok(Some(Quoted {
            van,
            tot,
            after: tot,
            escaped: wait,
        }))
    }

    /// A cell that begins with a quote at `begin`; `padded` where blanks stand before it, and so may after it.
    fn quoted(
        &self,
        bytes: &[u8],
        begin: usize,
        scan64: &mut Scan64,
        padded: bool,
    ) -> Result<Option<Quoted>, CellError> {
        let quote = self.quote();
        let mut position = begin + 1;
        let mut escaped = false;
        let (mut separators, mut lines) = (0, 0);
        let after = loop {
            position = scan64.next(bytes, position, self.oddities);
            while position < bytes.len() && bytes[position] != quote {
                separators += usize::from(bytes[position] == self.dialect.separator);
                lines += usize::from(bytes[position] != self.dialect.separator);
                // CR LF is one.
                lines -= usize::from(bytes[position..].starts_with(b"\r\n"));
                position = scan64.next(bytes, position + 1, self.oddities);
            }
            if position - begin > self.limits.cel {
                return Err(CellError::TooLong);
            }
            if position == bytes.len() {
                return if self.op {
                    Err(CellError::Quote)
                } else {
                    Ok(None)
                };
            }
            let mut after = position + 1;
            while padded && bytes.get(after) == Some(&b' ') {
                after += 1;
            }
            match bytes.get(after) {
                Some(&b) if b == quote && after == position + 1 => {
                    escaped = true;
                    position += 2;
                }
                Some(&b) if b == self.dialect.separator || b == b'\n' || b == b'\r' => break after,
                None if self.op => break after,
                None => return Ok(None),
                Some(_) if self.dialect.strict => return Err(CellError::Quote),
                // A lone quote inside quotes: taken as it stands.
                Some(_) => position += 1,
            }
        };
        // An open quote that a stray one closes, rows further on: what lies between them is no text.
        if !self.dialect.strict
            && self.width >= FEWEST_SWALLOWED
            && lines > 0
            && separators >= lines * (self.width - 1)
        {
            return Err(CellError::Swallowed(lines));
        }
        Ok(Some(Quoted {
            van: begin + 1,
            tot: position,
            after,
            escaped,
        }))
    }

    /// Whether the record just scanned is a row; pads or cuts it where that loses nothing.
    fn accept(
        &mut self,
        cells: &mut Vec<(u32, u32)>,
        from: usize,
        width: usize,
    ) -> Result<bool, FileRefusal> {
        let count = cells.len() - from;
        if count == 1 && cells[from].0 == cells[from].1 {
            cells.truncate(from);
            self.empty_lines += 1;
            if self.empty_lines > self.limits.empty_lines {
                return Err(FileRefusal::new(
                    RefusalCode::BlankRows,
                    wording::TOO_MANY_EMPTY_LINES,
                ));
            }
            return Ok(false);
        }
        if self.rijen >= self.limits.rijen {
            return Err(FileRefusal::new(
                RefusalCode::TooManyRows,
                wording::too_many_rows(&self.limits.rijen),
            ));
        }
        if count == width {
            self.rijen += 1;
            self.short.empty_tail |= cells.last().is_some_and(|(van, tot)| van == tot);
            return Ok(true);
        }
        let filled = cells[from..]
            .iter()
            .filter(|&&(van, tot)| {
                !self.buffer[van as usize..tot as usize]
                    .trim_ascii()
                    .is_empty()
            })
            .count();
        let extra_empty =
            count > width && cells[from + width..].iter().all(|&(van, tot)| van == tot);
        if !self.dialect.strict && extra_empty {
            cells.truncate(from + width);
            self.rijen += 1;
            return Ok(true);
        }
        if !self.dialect.strict
            && count < width
            && filled <= 2
            && !self.in_another_dialect(&cells[from..], width)
        {
            let reason = if filled == 0 {
                Skipped::Empty
            } else {
                Skipped::Footnote
            };
            self.skipped.push((self.record, reason));
            cells.truncate(from);
            return Ok(false);
        }
        let ends_filled = cells.last().is_some_and(|(van, tot)| van < tot);
        if !self.dialect.strict
            && count < width
            && ends_filled
            && !self.in_another_dialect(&cells[from..], width)
        {
            if self.short.count == 0 {
                self.short.first = (self.record, count);
            }
            self.short.count += 1;
            self.rijen += 1;
            let empty = cells.last().map_or((0, 0), |(_, tot)| (*tot, *tot));
            cells.resize(from + width, empty);
            return Ok(true);
        }
        Err(wrong_width(self.record, count, width))
    }

    /// Refuses short rows of which nothing shows that it is their last cells that are not there: there is only one, or
    /// no row has them empty and hardly any row is short.
    fn judge_short_rows(&self) -> Result<(), FileRefusal> {
        let ShortRows {
            count,
            first: (row, columns),
            empty_tail,
        } = self.short;
        let is_habit = count > 1 && (empty_tail || count * MANY_SHORT >= self.rijen);
        if count == 0 || is_habit {
            return Ok(());
        }
        Err(wrong_width(row, columns, self.width))
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

fn wrong_width(row: u64, columns: usize, width: usize) -> FileRefusal {
    let message = wording::columns_differ(&row, &columns, &width);
    FileRefusal::new(RefusalCode::RowWidth, message).at_row(row)
}

struct Quoted {
    van: usize,
    tot: usize,
    after: usize,
    escaped: bool,
}

/// Makes two quotes into one in place, and fills what is left over with a plain letter so that all of it stays UTF-8.
fn unescape(buffer: &mut [u8], quote: u8, cells: &mut [(u32, u32)], with_quotes: &[usize]) {
    for &index in with_quotes {
        let (van, tot) = (cells[index].0 as usize, cells[index].1 as usize);
        // Quotes inside a cell that has none around it stand for themselves.
        if van == 0 || buffer[van - 1] != quote {
            continue;
        }
        let (mut lees, mut write) = (van, van);
        while lees < tot {
            buffer[write] = buffer[lees];
            lees += if buffer[lees] == quote && lees + 1 < tot && buffer[lees + 1] == quote {
                2
            } else {
                1
            };
            write += 1;
        }
        buffer[write..tot].fill(b'x');
        cells[index].1 = write as u32;
    }
}

/// Takes a text out of the guard that keeps Excel from changing it: `="00207"` is 00207.
fn take_out_of_guard(buffer: &[u8], cell: &mut (u32, u32)) -> bool {
    let content = buffer[cell.0 as usize..cell.1 as usize]
        .strip_prefix(b"=\"")
        .and_then(|rest| rest.strip_suffix(b"\""));
    let pending_quote = content.is_some_and(|text| !text.contains(&b'"'));
    if pending_quote {
        *cell = (cell.0 + 2, cell.1 - 1);
    }
    pending_quote
}
