//! What an uitvraag asks, and the nouns everyone shares.
//!
//! Owns the definition of an uitvraag per year (tables, fields, code lists, rules), the reference tables of
//! gebieden with their validity, and the records that cross a border between crates: [`Bevinding`], [`Pakket`],
//! [`Cijfer`], [`Toestand`]. Makes the artefacts that follow from a definition (`make generate`).
//! Leaves reading files to `mapping`, judging to `check` and storing to `lake`.

pub mod artefacten;
pub mod bevinding;
pub mod cijfer;
mod codezoeker;
pub mod definitie;
pub mod gebieden;
pub mod hash;
pub mod indicator;
pub mod jeugdigen;
pub mod klok;
pub mod letters;
pub mod levering;
pub mod likeness;
pub mod onberekend;
pub mod pakket;
pub mod response;
pub mod safe_csv;
pub mod source;
pub mod tekst;

pub use artefacten::artefact;
pub use bevinding::{Bevinding, Ernst, Herkomst, Oordeel, Oorzaak, Plaats, RegelTelling, Verdict};
pub use cijfer::Cijfer;
pub use codezoeker::Codezoeker;
pub use definitie::{
    Code, Codelijst, Definitie, DefinitieFout, Regel, Soort, Tabel, Veld, Veldtype,
};
pub use gebieden::{Gebied, Gebieden, Gemeente, Niveau};
pub use indicator::{Comparison, Indicator};
pub use jeugdigen::Jeugdigen;
pub use levering::Toestand;
pub use pakket::Pakket;
pub use response::Uitkomst;
pub use safe_csv::SafeCsv;
pub use source::{Source, SourceError};

/// Everything under `schemas/`, compiled in, so that the binaries need no files beside them; and what a program adds.
pub static SCHEMAS: Source = Source::new(&COMPILED);

static COMPILED: include_dir::Dir<'static> =
    include_dir::include_dir!("$CARGO_MANIFEST_DIR/../../schemas");
