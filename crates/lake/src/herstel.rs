//! Start-up: register and files are brought into agreement.
//!
//! Owns what happens to files nobody names and to leveringen whose files are gone or damaged: one levering goes into
//! quarantine, the service starts. Leaves judging what is still to be judged to the caller.

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel};
use crate::levering::{Levering, LeveringId};

/// How closely files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grondigheid {
    /// Present and as long as the register says.
    Lengte,
    /// Also read whole and compared with their SHA-256.
    Hash,
}

/// What was found and done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Herstelverslag {
    /// Leveringen that are in and wait for the judge.
    pub te_beoordelen: Vec<LeveringId>,
    /// Leveringen put into quarantine now.
    pub in_quarantaine: Vec<LeveringId>,
    /// Files and directories nobody names, moved to `quarantaine/`.
    pub verplaatst: Vec<String>,
    /// Leftovers removed: temporary files, unnamed derived files, data of erased leveringen.
    pub verwijderd: Vec<String>,
}

impl Lake {
    /// Reconciles register and files; for the service, before it takes requests.
    pub async fn herstel(&self, grondigheid: Grondigheid, stempel: &Stempel) -> Result<Herstelverslag, LakeFout> {
        unimplemented!()
    }

    /// Takes a levering out of quarantine, after a beheerder put its files right (they are verified).
    pub async fn vrijgeven(&self, id: LeveringId, stempel: &Stempel) -> Result<Levering, LakeFout> {
        unimplemented!()
    }
}
