//! The cells of one record, where they lie in the buffer.
//!
//! Owns separators, line ends (LF, CRLF, CR, mixed) and what a quote begins and ends, and that no cell and no record grows
//! beyond its bounds. Leaves finding the next sign that matters to `scan64`, and taking quotes out to `quotes`.

use std::io::Read;

use super::Regels;
use super::scan64::Scan64;

/// Columns from which a text over several lines can be told from rows: a note may hold a few of the signs between them.
const FEWEST_SWALLOWED: usize = 6;

/// How one scan of a record ended.
pub(super) enum RecordScan {
    /// Complete; the next record begins here.
    Heel(usize),
    /// The record goes on beyond the buffer.
    More,
    Fout(CellError),
}

#[derive(Clone, Copy)]
pub(super) enum CellError {
    Quote,
    TooLong,
    TooMany,
    /// So many line ends between two quotes, each after a whole row.
    Swallowed(usize),
}

/// A cell with a quote in it.
struct Quoted {
    van: usize,
    tot: usize,
    /// Where what comes after it begins.
    after: usize,
    /// Whether quotes in it are to be taken out.
    escaped: bool,
}

impl<R: Read> Regels<R> {
    /// Scans the record at `begin`, as far as it lies in the buffer.
    #[inline]
    pub(super) fn scan(
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
}
