//! Files under `intern/`: never served, written atomically, replaceable.
//!
//! Owns the writing; leaves the content (unprotected figures, figures per aanbieder) to `analysis` and `monitor`.

use std::path::PathBuf;

use crate::fout::LakeFout;
use crate::lake::Lake;

impl Lake {
    /// Writes `intern/<naam>` (mode 0600) durably and whole, replacing what was there.
    pub async fn schrijf_intern(&self, naam: &str, bytes: Vec<u8>) -> Result<PathBuf, LakeFout> {
        unimplemented!()
    }

    /// Reads `intern/<naam>`.
    pub async fn lees_intern(&self, naam: &str) -> Result<Option<Vec<u8>>, LakeFout> {
        unimplemented!()
    }

    /// Where `intern/<naam>` is, for a reader that wants a path.
    pub fn intern_pad(&self, naam: &str) -> Result<PathBuf, LakeFout> {
        unimplemented!()
    }
}
