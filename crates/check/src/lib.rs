//! Canonical columns into findings: columnar, complete, in one pass.
//!
//! Owns the judgement of phase `pakket`: text into typed columns, every rule of a definition over them, and the
//! words of each finding. The same judgement runs at the aanbieder, in the service and in a browser: there is no
//! clock, file system, thread or network here, and over the same rows the [`schema::Oordeel`] is equal byte for
//! byte, however the rows were cut into batches. Leaves reading files and rules of phase `bron` to `extract`.
//! Knows nothing of omgang: only the kinds of [`schema::Soort`]. Memory is bounded per batch, plus what rules over
//! sets remember: at most 24 bytes a row for a key, 24 for another group, and 5 to 16 for each rule over it.

mod controle;
pub mod expr;
mod fout;
mod hash;
mod herkomst;
mod oordeel;
mod oorzaak;
mod opbouw;
mod regels;
mod sleutel;
mod suggestie;
mod tekst;
mod typering;
mod vondst;

pub use controle::{Controle, Opties};
pub use fout::{CheckFout, RegelFout};
pub use herkomst::PakketHerkomst;
pub use sleutel::toelichting_sleutel;
pub use typering::schema;

/// Findings listed per rule, in exporter and service alike, so that their lists are equal. Counts are never cut.
pub const PER_REGEL: usize = 1000;
