//! What was found, told as it stands in the own cell, with the own number of the row.
//!
//! Owns reading the file once more, as far as the last finding. Leaves what is looked at to [`crate::cell_watch`].

use rows::FileRefusal;
use schema::{Definitie, Oordeel};
use sheets::SourceFile;

use crate::cell_watch::{CellWatch, all};
use crate::convert::batch_reader::BatchReader;
use crate::koppeling::Koppeling;

/// Puts in each finding what stands in its own cell, and the own number of its row.
///
/// # Errors
/// When a file can't be read any more.
pub fn tell_own_cells(
    files: &[SourceFile],
    definitie: &Definitie,
    koppeling: Option<&Koppeling>,
    oordelen: &mut [&mut Oordeel],
) -> Result<(), FileRefusal> {
    let watch = CellWatch::new(oordelen.iter().flat_map(|oordeel| all(oordeel)));
    if watch.is_done() {
        return Ok(());
    }
    let mut reader = BatchReader::open(files, definitie, koppeling)?.watching(watch);
    while !reader.has_seen_all() && reader.next_batch()?.is_some() {}
    if let Some(watch) = reader.into_watch() {
        for oordeel in oordelen {
            watch.tell(oordeel);
        }
    }
    Ok(())
}
