//! A received file, unpacked on its way to the strict door.
//!
//! Owns the limits (unpacked bytes, zstd window), and who is to blame where it breaks off: our disk, the packing or what is
//! in it. Leaves the rows to `pakket::strict_door`.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use pakket::zstd_frames::{HIDDEN_FRAME, has_hidden_frame};
use rows::FileRefusal;
use schema::Place;
use schema::pakket::PakketFile;

use super::JudgeError;
use crate::wording;

/// Largest window of a zstd frame: 2^24 bytes. The exporter's level needs 2^21; a frame may ask for 2^31.
const WINDOW: u32 = 24;

/// Why a table was not read to its end.
pub(super) enum ReadStop {
    FileRefusal(Box<Refused>),
    Fout(JudgeError),
}

/// A refusal, as a finding.
pub(super) struct Refused {
    pub(super) code: &'static str,
    pub(super) plaats: Place,
    pub(super) bericht: String,
}

impl ReadStop {
    /// A file that is refused as a whole, and why.
    pub(super) fn of_file(pakket_file: &PakketFile, code: &'static str, message: String) -> Self {
        Self::FileRefusal(Box::new(Refused {
            code,
            plaats: Place {
                bestand: Some(pakket_file.path.clone()),
                ..Place::default()
            },
            bericht: message,
        }))
    }
}

impl<F: Into<JudgeError>> From<F> for ReadStop {
    fn from(error: F) -> Self {
        Self::Fout(error.into())
    }
}

/// The text in a file, and the meter that it runs through.
///
/// # Errors
/// When the disk fails, or something hides between what is unpacked.
pub(super) fn unpack(
    pakket_file: &PakketFile,
    file: File,
) -> Result<(impl Read + use<>, Arc<Meter>), ReadStop> {
    if has_hidden_frame(BufReader::new(&file)).map_err(|_| JudgeError::Disk)? {
        let message = HIDDEN_FRAME.to_owned();
        return Err(ReadStop::of_file(pakket_file, "COMPRESSION", message));
    }
    let meter = Arc::new(Meter::default());
    let guarded = GuardedFile {
        file,
        meter: Arc::clone(&meter),
    };
    let mut inner = zstd::Decoder::new(guarded).map_err(|_| JudgeError::Disk)?;
    inner.window_log_max(WINDOW).map_err(|_| JudgeError::Disk)?;
    let source = Limited {
        inner,
        at_most: pakket_file.bytes_uitgepakt,
        meter: Arc::clone(&meter),
    };
    Ok((source, meter))
}

/// What reading a file came to: how much was unpacked, and what went wrong underneath the reader of CSV.
#[derive(Default)]
pub(super) struct Meter {
    bytes: AtomicU64,
    too_many: AtomicBool,
    disk: AtomicBool,
    packed: AtomicBool,
}

impl Meter {
    /// Bytes that came out so far.
    pub(super) fn unpacked(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// What the strict reader's refusal really was: it only sees that reading failed.
    pub(super) fn explain(&self, pakket_file: &PakketFile, refusal: &FileRefusal) -> ReadStop {
        if self.disk.load(Ordering::Relaxed) {
            return ReadStop::Fout(JudgeError::Disk);
        }
        if self.too_many.load(Ordering::Relaxed) {
            let message = wording::refused::larger_unpacked(pakket_file.bytes_uitgepakt);
            return ReadStop::of_file(pakket_file, "SIZE_MISMATCH", message);
        }
        if self.packed.load(Ordering::Relaxed) {
            let message = wording::refused::NO_ZSTD.to_owned();
            return ReadStop::of_file(pakket_file, "COMPRESSION", message);
        }
        ReadStop::FileRefusal(Box::new(Refused {
            code: refusal.code(),
            plaats: refusal.place().clone(),
            bericht: refusal.to_string(),
        }))
    }
}

/// The file on disk: an error here is ours, not the aanbieder's.
struct GuardedFile {
    file: File,
    meter: Arc<Meter>,
}

impl Read for GuardedFile {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let loaded = self.file.read(buf);
        if loaded
            .as_ref()
            .is_err_and(|error| error.kind() != io::ErrorKind::Interrupted)
        {
            self.meter.disk.store(true, Ordering::Relaxed);
        }
        loaded
    }
}

/// The unpacked text: counted while it comes, and no more than was announced.
struct Limited<R> {
    inner: R,
    at_most: u64,
    meter: Arc<Meter>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let loaded = match self.inner.read(buf) {
            Ok(loaded) => loaded,
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    self.meter.packed.store(true, Ordering::Relaxed);
                }
                return Err(error);
            }
        };
        let total = self.meter.bytes.fetch_add(loaded as u64, Ordering::Relaxed) + loaded as u64;
        if total > self.at_most {
            self.meter.too_many.store(true, Ordering::Relaxed);
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(loaded)
    }
}
