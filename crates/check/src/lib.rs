//! Canonical columns into findings: columnar, complete, in one pass.
//!
//! Owns the judgement of phase `pakket`: text into typed columns, every rule of a definition over them, and the
//! words of each finding. The same judgement runs at the aanbieder, in the service and in a browser: there is no
//! clock, file system, thread or network here, and over the same rows the [`schema::Oordeel`] is equal byte for
//! byte, however the rows were cut into batches. Leaves reading files and rules of phase `bron` to `mapping`.
//! Knows nothing of omgang: only the kinds of [`schema::Soort`]. Memory is flat where the caller gives
//! a scratch file for what rules over sets remember, some 100 bytes a row; a set of a few distinct values stays in memory.

mod controle;
pub mod expr;
mod fout;
mod hash;
mod herkomst;
mod klad;
mod oordeel;
mod oorzaak;
mod opbouw;
mod options;
mod regels;
mod sleutel;
mod suggestie;
mod tally;
mod tekst;
mod text_column;
mod typering;
mod view;
mod vondst;

pub use controle::Controle;
pub use fout::{CheckFout, RegelFout};
pub use herkomst::PakketHerkomst;
pub use klad::Klad;
pub use options::Opties;
pub use sleutel::toelichting_sleutel;
pub use text_column::TextColumn;
pub use typering::schema;

/// Findings listed per rule, in exporter and service alike, so that their lists are equal. Counts are never cut.
pub const PER_REGEL: usize = 1000;

/// Findings listed per rule for a report, which shows them all in the file itself.
pub const PER_REGEL_RAPPORT: usize = 500_000;
