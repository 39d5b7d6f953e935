//! Canonical columns into findings: columnar, complete, in one pass.
//!
//! Owns the judgement of phase `pakket`: text into typed columns, every rule of a definition over them, and the
//! words of each finding. The same judgement runs at the aanbieder, in the service and in a browser: there is no
//! clock, file system, thread or network here, and over the same rows the [`schema::Oordeel`] is equal byte for
//! byte, however the rows were cut into batches. Leaves reading files and rules of phase `bron` to `mapping`.
//! Knows nothing of omgang: only the kinds of [`schema::RegelKind`]. Memory is flat where the caller gives
//! a scratch file for what rules over sets remember, some 100 bytes a row; a set of a few distinct values stays in memory.

mod batch_view;
mod compile;
mod error;
mod finding_words;
mod judge;
mod judge_options;
mod oordeel;
mod origin;
mod row_key;
mod rule_hit;
pub mod rule_language;
mod rules;
mod shared_cause;
mod spill;
mod suggest;
mod tally;
mod text_column;
mod toelichting_key;
mod typing;
mod waiting;
mod wording;

pub use error::{CheckError, RegelError};
pub use judge::Judge;
pub use judge_options::Options;
pub use origin::PakketOrigin;
pub use spill::Spill;
pub use text_column::TextColumn;
pub use toelichting_key::toelichting_key;
pub use typing::schema;

/// Findings listed per rule, in exporter and service alike, so that their lists are equal. Counts are never cut.
pub const PER_REGEL: usize = 1000;

/// Findings listed per rule for a report, which shows them all in the file itself.
pub const PER_REGEL_RAPPORT: usize = 500_000;
