//! Erasing the data of a levering: the register first, then the files.
//!
//! Owns what stays (that it was there, its hashes, its receipt) and what goes (rows, findings, words).

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel};
use crate::levering::{Levering, LeveringId};

impl Lake {
    /// Erases a levering: `→ gewist`, then raw files and Parquet are removed. A crash in between is finished by
    /// [`Lake::herstel`].
    pub async fn wissen(&self, id: LeveringId, stempel: &Stempel) -> Result<Levering, LakeFout> {
        unimplemented!()
    }
}
