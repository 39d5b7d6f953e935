//! Lines that stand as a whole between quotes, taken out of them.
//!
//! Owns reading such a text (`"T101,K01,""7,50""";;;`, as a spreadsheet saves a file that it did not divide into columns) as
//! what it was before: of every record the first cell, as a line. Leaves recognising it to `csv_dialect`.

use std::io::{self, Read};

use crate::csv_records::{Dialect, RecordLimits, Regels};
use crate::encoding::{TextEncoding, TextStream};
use crate::refusal::FileRefusal;

/// Reads the lines within the quotes, as UTF-8.
pub struct Unwrapped<R> {
    records: Regels<R>,
    line: Vec<u8>,
    at: usize,
}

impl<R: Read> Unwrapped<R> {
    /// The lines of this text, of which `separator` stands behind the quotes.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn new(source: R, encoding: TextEncoding, separator: u8) -> Result<Self, FileRefusal> {
        let dialect = Dialect {
            separator,
            strict: false,
        };
        let stream = TextStream::new(source, encoding)?;
        Ok(Self {
            records: Regels::new(stream, dialect, RecordLimits::default()),
            line: Vec::new(),
            at: 0,
        })
    }
}

impl<R: Read> Read for Unwrapped<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.at == self.line.len() {
            let Some(record) = self.records.single_record().map_err(io::Error::other)? else {
                return Ok(0);
            };
            self.line.clear();
            self.line
                .extend_from_slice(record.first().map_or("", String::as_str).as_bytes());
            self.line.push(b'\n');
            self.at = 0;
        }
        let length = target.len().min(self.line.len() - self.at);
        target[..length].copy_from_slice(&self.line[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}
