//! What a look through the zip of a workbook found: the ground on which its parts may be read.
//!
//! Owns the finding, that no part with something against it is read, and which large parts are still to be looked at: they
//! are while they are read. Leaves the looking to `workbook::zip_bounds`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rows::FileRefusal;

use crate::xml::WorkbookKind;

/// What was found.
#[derive(Debug)]
pub(crate) struct ZipScan {
    pub(crate) vorm: WorkbookKind,
    /// Texts about the file itself: properties and comments.
    pub(crate) captions: Vec<String>,
    /// Bytes of all parts together, unpacked.
    pub(crate) unpacked: u64,
    /// Parts, by their name in lower case, with what is against reading them.
    pub(crate) spoiled: HashMap<String, FileRefusal>,
    pub(crate) later: LaterParts,
}

/// The large parts that are looked at while they are read, so that they are unpacked once.
#[derive(Debug, Default)]
pub(crate) struct LaterParts(Mutex<Later>);

#[derive(Debug, Default)]
struct Later {
    /// By their name in lower case, with the bytes that they say they unpack to.
    parts: HashMap<String, u64>,
    /// What was found in one of them.
    refusal: Option<FileRefusal>,
}

impl LaterParts {
    fn get(&self) -> MutexGuard<'_, Later> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, part: &str, bytes: u64) {
        self.get().parts.insert(part.to_lowercase(), bytes);
    }

    /// The bytes of a part that nobody looked at yet.
    pub(crate) fn bytes_of(&self, part: &str) -> Option<u64> {
        self.get().parts.get(&part.to_lowercase()).copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.get().parts.is_empty()
    }

    /// A part was looked at, to its end.
    pub(crate) fn passed(&self, part: &str) {
        self.get().parts.remove(&part.to_lowercase());
    }

    /// Something was found in a part while it was read.
    pub(crate) fn spoil(&self, refusal: FileRefusal) {
        self.get().refusal.get_or_insert(refusal);
    }

    /// What was found, rather than what a reader made of it.
    pub(crate) fn why(&self, otherwise: FileRefusal) -> FileRefusal {
        self.get().refusal.clone().unwrap_or(otherwise)
    }
}

impl ZipScan {
    /// Refuses a part that can't be read safely: to be asked before any part is.
    pub(crate) fn judge(&self, part: &str) -> Result<(), FileRefusal> {
        match self.spoiled.get(&part.to_lowercase()) {
            Some(refusal) => Err(refusal.clone()),
            None => Ok(()),
        }
    }
}
