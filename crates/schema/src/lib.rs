//! What an uitvraag asks, and the nouns everyone shares.
//!
//! Owns the definition of an uitvraag per year (tables, fields, code lists, rules), the reference tables of
//! gebieden with their validity, and the records that cross a border between crates: [`Bevinding`], [`Pakket`],
//! [`Cijfer`], [`Toestand`]. Makes the artefacts that follow from a definition (`make generate`).
//! Leaves reading files to `mapping`, judging to `check` and storing to `lake`.

pub mod artefacts;
pub mod balance;
pub mod bevinding;
pub mod cijfer;
mod code_index;
pub mod confirmation;
pub mod confusables;
pub mod definitie;
pub mod definitie_source;
pub mod dutch_time;
pub mod gebieden;
pub mod hash;
pub mod indicator;
pub mod jeugdigen;
pub mod known_aanbieders;
pub mod likeness;
pub mod next_step;
pub mod not_computed;
pub mod own_figures;
pub mod pakket;
pub mod protection;
pub mod publisher;
pub mod respons;
pub mod safe_csv;
pub mod text;
pub mod toestand;
mod wording;

pub use artefacts::artefact;
pub use bevinding::{Bevinding, Cause, Ernst, Oordeel, Origin, Place, RegelTelling, Verdict};
pub use cijfer::Cijfer;
pub use code_index::CodeIndex;
pub use confirmation::Confirmation;
pub use definitie::{
    Code, Codelijst, Definitie, DefinitieError, Regel, RegelKind, Tabel, Veld, VeldType,
};
pub use definitie_source::{Source, SourceError};
pub use gebieden::{Gebied, Gebieden, Gemeente, Niveau};
pub use indicator::{Comparison, Indicator};
pub use jeugdigen::Jeugdigen;
pub use next_step::Situation;
pub use own_figures::{OwnFigure, OwnFigures};
pub use pakket::Pakket;
pub use publisher::Publisher;
pub use respons::Outcome;
pub use safe_csv::SafeCsv;
pub use toestand::Toestand;

/// Everything under `schema_dir/`, compiled in, so that the binaries need no files beside them; and what a program adds.
pub static SCHEMAS: Source = Source::new(&COMPILED);

static COMPILED: include_dir::Dir<'static> =
    include_dir::include_dir!("$CARGO_MANIFEST_DIR/../../schemas");
