//! The rows of a query: kept in memory, and in a file without a name once they are many.
//!
//! Owns how they are kept (each cell its kind and its text) and reading them in blocks, as often as needed. A number stays
//! a number, so nothing about it is guessed. Leaves asking the database to the caller.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::sync::Arc;

use bytes::Bytes;
use rows::csv_records::{BLOCK_ROWS, RecordLimits};
use rows::invisible_characters::{control_at, is_turning};
use rows::{FileRefusal, RefusalCode};

use crate::cell::{Cell, CellKind};
use crate::cell_block::{Block, RowTaker};
use crate::held_file::{Held, Stream};
use crate::wording;

/// Rows stay in memory up to this many bytes.
const IN_MEMORY: usize = 64 << 20;
/// A block is handed on from this many bytes of text: a few rows may hold very much.
const BLOCK: usize = 8 << 20;

/// What every row has: its columns, and how the rows are kept.
#[derive(Debug)]
pub struct QueryRows {
    columns: Vec<String>,
    rows: u64,
    kept: Held,
}

/// Rows under way.
pub struct QueryWriter {
    columns: Vec<String>,
    rows: u64,
    buffer: Vec<u8>,
    file: Option<File>,
    /// Makes the file that takes them once they are too many; nobody else can open it.
    scratch: Box<dyn FnMut() -> io::Result<File>>,
}

impl QueryWriter {
    /// Rows of these columns. `scratch` makes a file without a name, when there are too many for memory.
    pub fn new(columns: Vec<String>, scratch: impl FnMut() -> io::Result<File> + 'static) -> Self {
        Self {
            columns,
            rows: 0,
            buffer: Vec::new(),
            file: None,
            scratch: Box::new(scratch),
        }
    }

    /// The next cell of the row under way.
    ///
    /// # Errors
    /// When the file can't be made or written, or the text is longer than any cell may be.
    pub fn cell(&mut self, cell: Cell<'_>) -> io::Result<()> {
        let text = cell.text();
        let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.buffer.push(cell.kind() as u8);
        self.buffer.extend_from_slice(&length.to_le_bytes());
        self.buffer.extend_from_slice(text.as_bytes());
        if self.buffer.len() > IN_MEMORY {
            self.spill()?;
        }
        Ok(())
    }

    /// Ends the row under way.
    pub fn end_row(&mut self) {
        self.rows += 1;
    }

    /// Number of complete rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// All rows.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn finish(mut self) -> io::Result<QueryRows> {
        let kept = if self.file.is_some() {
            self.spill()?;
            let file = self.file.take().ok_or(io::ErrorKind::NotFound)?;
            Held::from_file(file)?
        } else {
            Held::from_bytes(Bytes::from(self.buffer))
        };
        Ok(QueryRows {
            columns: self.columns,
            rows: self.rows,
            kept,
        })
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert((self.scratch)()?),
        };
        file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl QueryRows {
    /// The names of the columns.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The rows after row `after` (the first is 1).
    pub(crate) fn reader(self: &Arc<Self>, after: u64) -> Result<QueryReader, FileRefusal> {
        let mut reader = QueryReader {
            rows: Arc::clone(self),
            source: BufReader::with_capacity(64 * 1024, self.kept.stream()),
            row: 0,
        };
        let mut skipped = String::new();
        while reader.row < after.min(self.rows) {
            for _ in 0..self.columns.len() {
                skipped.clear();
                reader.next_cell(&mut skipped)?;
            }
            reader.row += 1;
        }
        Ok(reader)
    }
}

/// Reads the rows of a query.
pub(crate) struct QueryReader {
    rows: Arc<QueryRows>,
    source: BufReader<Stream>,
    /// Rows read so far.
    row: u64,
}

impl QueryReader {
    /// Fills `uit` with the next rows; cells beyond `width` are no part of the table. False at the end.
    pub(crate) fn block(&mut self, width: usize, out: &mut Block) -> Result<bool, FileRefusal> {
        let (bytes, mut cells, mut numbers) = out.rows.room();
        let mut kinds = std::mem::take(&mut out.kinds);
        kinds.clear();
        let mut text = String::from_utf8(bytes).expect("an emptied buffer");
        let limits = RecordLimits::default();
        if self.rows.rows > limits.rijen {
            let message = wording::json::query_too_many_rows(&limits.rijen);
            return Err(FileRefusal::new(RefusalCode::TooManyRows, message));
        }
        let mut beyond = String::new();
        while self.row < self.rows.rows && numbers.len() < BLOCK_ROWS && text.len() < BLOCK {
            self.row += 1;
            let begin = cells.len();
            for column in 0..self.rows.columns.len() {
                if column >= width {
                    beyond.clear();
                    self.next_cell(&mut beyond)?;
                    continue;
                }
                let from = text.len();
                kinds.push(self.next_cell(&mut text)?);
                self.judge(&text[from..], column, limits.cel)?;
                let at = |n: usize| u32::try_from(n).expect("a block is far below 4 GiB");
                cells.push((at(from), at(text.len())));
            }
            cells.resize(begin + width, (0, 0));
            kinds.resize(cells.len(), CellKind::Text);
            numbers.push(self.row);
        }
        let any = !numbers.is_empty();
        if kinds.iter().all(|kind| *kind == CellKind::Text) {
            kinds.clear();
        }
        out.rows.fill(text, cells, width, numbers);
        (out.kinds, out.width) = (kinds, width);
        Ok(any)
    }

    /// Hands on every row that holds anything: its number, and its filled cells with their columns.
    pub(crate) fn each<E: From<FileRefusal>>(
        mut self,
        take: &mut RowTaker<'_, E>,
    ) -> Result<(), E> {
        let mut block = Block::default();
        let width = self.rows.columns.len();
        while self.block(width, &mut block)? {
            for row in 0..block.len() {
                let cells: Vec<(u32, &str)> = (0..)
                    .zip(block.row(row))
                    .filter(|(_, cell)| !cell.is_empty())
                    .collect();
                if !cells.is_empty() {
                    take(block.row_number(row), &cells)?;
                }
            }
        }
        Ok(())
    }

    /// Adds the text of the next cell, and gives its kind.
    fn next_cell(&mut self, text: &mut String) -> Result<CellKind, FileRefusal> {
        let io = |error: io::Error| FileRefusal::io(&error);
        let mut head = [0; 5];
        self.source.read_exact(&mut head).map_err(io)?;
        let [kind, length @ ..] = head;
        let length = u64::from(u32::from_le_bytes(length));
        let read = self.source.by_ref().take(length).read_to_string(text);
        read.map_err(io)?;
        Ok(match kind {
            1 => CellKind::Number,
            2 => CellKind::Date,
            3 => CellKind::Truth,
            4 => CellKind::Error,
            _ => CellKind::Text,
        })
    }

    /// The bounds that hold for a cell of any source.
    fn judge(&self, text: &str, column: usize, longest: usize) -> Result<(), FileRefusal> {
        let here = |code, message: String| {
            let header = &self.rows.columns[column];
            let refusal = FileRefusal::new(code, message).at_row(self.row);
            Err(refusal.in_column(header, column))
        };
        if text.len() > longest {
            let message = wording::json::value_too_long(&longest);
            return here(RefusalCode::FieldTooLong, message);
        }
        if let Some((_, character)) = control_at(text.as_bytes()) {
            let what = if is_turning(character) {
                wording::json::REVERSES_DIRECTION
            } else {
                "een stuurteken"
            };
            let message = wording::json::query_forbidden_character(&what, character.into());
            return here(RefusalCode::ControlChar, message);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: usize, room: usize) -> QueryRows {
        let mut writer = QueryWriter::new(vec!["a".to_owned(), "b".to_owned()], || {
            Err(io::ErrorKind::StorageFull.into())
        });
        for row in 0..rows {
            writer.cell(Cell::Number(&row.to_string())).unwrap();
            writer.cell(Cell::Text(&"x".repeat(room))).unwrap();
            writer.end_row();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn rows_come_back_with_their_kinds_and_numbers() {
        let rows = Arc::new(written(10_000, 3));
        let mut reader = rows.reader(2).unwrap();
        let (mut block, mut seen) = (Block::default(), 2);
        while reader.block(2, &mut block).unwrap() {
            for row in 0..block.len() {
                assert_eq!(block.row_number(row), seen + 1);
                assert_eq!(block.cell(row, 0), Cell::Number(&seen.to_string()));
                assert_eq!(block.cell(row, 1), Cell::Text("xxx"));
                seen += 1;
            }
        }
        assert_eq!(seen, 10_000);
    }

    /// More than memory is given asks for a file: here there is none.
    #[test]
    fn many_rows_leave_memory() {
        let mut writer = QueryWriter::new(vec!["a".to_owned()], || {
            Err(io::ErrorKind::StorageFull.into())
        });
        let text = "x".repeat(1 << 20);
        let full = (0..100).find_map(|_| writer.cell(Cell::Text(&text)).err());
        assert_eq!(full.map(|e| e.kind()), Some(io::ErrorKind::StorageFull));
    }

    #[test]
    fn what_no_cell_may_hold_is_refused_with_its_place() {
        for (text, code) in [
            ("a\u{7}", "CONTROL_CHAR".to_owned()),
            (&*"x".repeat(70_000), "FIELD_TOO_LONG".to_owned()),
        ] {
            let mut writer = QueryWriter::new(vec!["a".to_owned()], || unreachable!());
            writer.cell(Cell::Text(text)).unwrap();
            writer.end_row();
            let rows = Arc::new(writer.finish().unwrap());
            let refused = rows.reader(0).unwrap().block(1, &mut Block::default());
            let refused = refused.unwrap_err();
            assert_eq!(
                (refused.code(), refused.place().rij),
                (code.as_str(), Some(1))
            );
        }
    }
}
