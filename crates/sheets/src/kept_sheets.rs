//! The sheets of a workbook or JSON file, as they were read, kept where the file itself is not.
//!
//! Owns that a file too large to be kept is not unpacked anew for each who asks what is in it. Leaves reading to
//! `workbook` and `json`, and whether a file is kept to `held_file`.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::grid::Raster;
use crate::remark::Opmerking;
use crate::sjabloon_mark::Marker;

/// What was read of a file whose cells are held in memory.
#[derive(Default)]
pub(crate) struct ReadSheets {
    pub(crate) grids: Vec<Arc<Raster>>,
    pub(crate) opmerkingen: Vec<Opmerking>,
    /// The sjabloon it was made from, where it says so.
    pub(crate) marker: Option<Marker>,
    /// Whether it counts its days from 1904.
    pub(crate) from_1904: bool,
}

/// What was read of a file and is kept, shared by its copies.
#[derive(Clone, Default)]
pub(crate) struct KeptSheets(Arc<Mutex<Option<Arc<ReadSheets>>>>);

impl fmt::Debug for KeptSheets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.get().map_or(0, |read| read.grids.len());
        write!(f, "KeptSheets({kept} sheets)")
    }
}

impl KeptSheets {
    pub(crate) fn get(&self) -> Option<Arc<ReadSheets>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps these from now on, or nothing.
    pub(crate) fn set(&self, sheets: Option<Arc<ReadSheets>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = sheets;
    }
}
