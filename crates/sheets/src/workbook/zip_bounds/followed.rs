//! A large part on its way to a reader, followed while it is unpacked.
//!
//! Owns that a reader gets no byte of it before that byte was looked at, and no more of them than the zip said there
//! would be. Leaves what may not be in it to `xml_scan`, keeping what was found to [`ZipScan`].

use std::io::{self, Read};

use rows::FileRefusal;

use super::damaged;
use super::xml_scan::XmlScan;
use crate::zip_scan::ZipScan;

/// A part that is read; one that was looked at before goes through as it is.
pub(in crate::workbook) struct FollowedPart<'a, R> {
    part: R,
    name: String,
    scan: &'a ZipScan,
    look: Option<Look>,
}

struct Look {
    xml: XmlScan,
    /// Bytes so far, and as many as the zip says.
    bytes: u64,
    said: u64,
}

impl<'a, R: Read> FollowedPart<'a, R> {
    pub(in crate::workbook) fn new(part: R, name: &str, scan: &'a ZipScan) -> Self {
        let look = scan.later.bytes_of(name).map(|said| Look {
            xml: XmlScan::new(name),
            bytes: 0,
            said,
        });
        Self {
            part,
            name: name.to_owned(),
            scan,
            look,
        }
    }
}

impl Look {
    /// Looks at the next bytes; at none when the part ends.
    fn follow(&mut self, bytes: &[u8]) -> Result<(), FileRefusal> {
        self.bytes += bytes.len() as u64;
        if bytes.is_empty() {
            self.xml.end(self.bytes);
        } else {
            self.xml.follow(bytes);
        }
        if let Some(refusal) = self.xml.refusal.take() {
            return Err(refusal);
        }
        if self.bytes > self.said || (bytes.is_empty() && self.bytes < self.said) {
            return Err(damaged());
        }
        Ok(())
    }
}

impl<R: Read> Read for FollowedPart<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(look) = &mut self.look else {
            return self.part.read(buffer);
        };
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = self.part.read(buffer);
        let looked = match &read {
            Ok(n) => look.follow(&buffer[..*n]),
            Err(_) => Err(damaged()),
        };
        if let Err(refusal) = looked {
            self.scan.later.spoil(refusal);
            return Err(io::ErrorKind::InvalidData.into());
        }
        if matches!(read, Ok(0)) {
            self.look = None;
            self.scan.later.passed(&self.name);
        }
        read
    }
}
