//! A grid of cells into canonical columns, by a koppeling that a person can read.
//!
//! Owns the first look at a file ([`verken`]), proposing a [`Koppeling`] ([`stel_voor`]), and reading by it or by the
//! headers of the sjabloon ([`Lezer`]): every column becomes a field, and what was assumed is said. Leaves opening files to
//! `sheets`, judging the canonical values to `check`. Knows nothing of any particular uitvraag but its definition.

mod carry_over;
mod changes;
mod code_words;
mod convert;
mod date_evidence;
mod dates;
mod evidence;
mod findings;
mod gemeente;
mod headers;
pub mod koppeling;
mod leftovers;
mod normalise;
mod numbers;
mod odd_cells;
mod placement;
mod plan;
mod propose;
mod provenance;
mod qualifiers;
mod row_filter;
mod stock;
mod summary;
mod survey;
mod template;
mod unused_cells;
mod weights;

pub use convert::reader::{Lezer, Partij};
pub use koppeling::{Aanbieder, Koppeling, KoppelingFout, Tabelkoppeling};
pub use propose::{Kolomvoorstel, OpenVraag, Voorstel, Waardevoorstel, stel_voor};
pub use summary::{Bronverslag, WAARDEVRAAG};
pub use survey::{Kolomverkenning, Tabelverkenning, Verkenning, verken, verken_alle};
