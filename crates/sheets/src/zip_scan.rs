//! What a look through the zip of a workbook found: the ground on which its parts may be read.
//!
//! Owns the finding, and that no part with something against it is read. Leaves the looking to `workbook::zip_bounds`.

use std::collections::HashMap;

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
