//! Reads an aanbieder's files as canonical text batches.
//!
//! Owns the order of the tables and what is reported at the end: findings of phase `bron`, assumptions, open
//! questions and where every row came from.

use arrow_array::RecordBatch;
use schema::{Bevinding, Definitie, Herkomst, RegelTelling};

use crate::bestand::Bestand;
use crate::koppeling::Koppeling;
use crate::weigering::Weigering;

/// Reads files, table after table, in batches.
pub struct Lezer {
    _velden: (),
}

/// Some rows of one table: all columns nullable text, named after canonical fields.
#[derive(Debug, Clone)]
pub struct Partij {
    /// Canonical table.
    pub tabel: String,
    /// The rows.
    pub batch: RecordBatch,
}

/// What there is to say when all has been read.
pub struct Bronverslag {
    /// Findings of phase `bron`.
    pub bevindingen: Vec<Bevinding>,
    /// Their exact counts.
    pub tellingen: Vec<RegelTelling>,
    /// What was assumed, as Dutch sentences.
    pub aannames: Vec<String>,
    /// Questions that are still open, as Dutch sentences.
    pub open: Vec<String>,
    /// Where every canonical row and field stands in the files.
    pub herkomst: Box<dyn Herkomst>,
}

impl Lezer {
    /// Opens the files; without a koppeling canonical headers and labels are recognised.
    ///
    /// # Errors
    /// When a file can't be taken, a column of the koppeling is not there, or there is no table to be recognised.
    pub fn open(bestanden: &[Bestand], definitie: &Definitie, koppeling: Option<&Koppeling>) -> Result<Self, Weigering> {
        let _ = (bestanden, definitie, koppeling);
        Err(Weigering::new("NOT_BUILT", "Deze stap is nog niet gebouwd."))
    }

    /// The next rows; `None` when every table has been read.
    ///
    /// # Errors
    /// When a file breaks off or is malformed further on.
    pub fn volgende(&mut self) -> Result<Option<Partij>, Weigering> {
        Ok(None)
    }

    /// A BSN was seen in what has been read so far: stop, nothing may be written.
    pub fn bsn_vermoed(&self) -> bool {
        false
    }

    /// What there is to say; call it when `volgende` has given `None`.
    pub fn afronden(self) -> Bronverslag {
        struct Nergens;
        impl Herkomst for Nergens {
            fn plaats(&self, _: &str, _: Option<u64>, _: Option<&str>) -> schema::Plaats {
                schema::Plaats::default()
            }
        }
        Bronverslag { bevindingen: vec![], tellingen: vec![], aannames: vec![], open: vec![], herkomst: Box::new(Nergens) }
    }
}
