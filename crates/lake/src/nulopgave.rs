//! The nulopgave: a signed levering without tables.
//!
//! Owns that it runs through the same states in one transaction and replaces, and is replaced, like any levering.

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel};
use crate::levering::{Geopend, Nulopgave};

impl Lake {
    /// Signs a nulopgave. Where one counts already, that one is returned.
    pub async fn nulopgave(&self, nieuw: &Nulopgave<'_>, stempel: &Stempel) -> Result<Geopend, LakeFout> {
        unimplemented!()
    }
}
