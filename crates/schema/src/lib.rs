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
pub mod indicator;
pub mod jeugdigen;
pub mod klok;
pub mod letters;
pub mod levering;
pub mod likeness;
pub mod onberekend;
pub mod pakket;
pub mod tekst;

pub use artefacten::artefact;
pub use bevinding::{Bevinding, Ernst, Herkomst, Oordeel, Oorzaak, Plaats, RegelTelling, Verdict};
pub use cijfer::Cijfer;
pub use codezoeker::Codezoeker;
pub use definitie::{
    Code, Codelijst, Definitie, DefinitieFout, Regel, Soort, Tabel, Veld, Veldtype,
};
pub use gebieden::{Gebied, Gebieden, Gemeente, Niveau};
pub use indicator::Indicator;
pub use jeugdigen::Jeugdigen;
pub use levering::Toestand;
pub use pakket::Pakket;

/// Everything under `schemas/`, compiled in, so that the binaries need no files beside them.
pub(crate) static BESTANDEN: include_dir::Dir<'static> =
    include_dir::include_dir!("$CARGO_MANIFEST_DIR/../../schemas");
